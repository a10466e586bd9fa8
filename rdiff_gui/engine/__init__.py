"""Signature, delta and patch: the operations, usable as a library.

>>> from pathlib import Path
>>> from rdiff_gui.engine import WrongBasis, apply_patch, make_delta, make_signature
>>> _ = Path("old").write_bytes(b"0123456789abcdef" * 1600)
>>> _ = Path("new").write_bytes(b"new" + Path("old").read_bytes())
>>> make_signature("old", "old.sig").blocks
100
>>> make_delta("old.sig", "new", "new.delta").literal_bytes
3
>>> _ = apply_patch("old", "new.delta", "again", on_progress=lambda progress: None)
>>> Path("again").read_bytes() == Path("new").read_bytes()
True
>>> try:
...     apply_patch("new", "new.delta", "again", replace=True)
... except WrongBasis as problem:
...     print(problem.expected_name, problem.expected_bytes)
old 25600

Every failure is an `RdiffError`, whose `str()` is a sentence.
"""

from __future__ import annotations

from rdiff_gui.records import TYPE_CHECKING

# The library's names are those that these modules have in their `__all__`.
if TYPE_CHECKING:
    from rdiff_gui.engine.delta import *
    from rdiff_gui.engine.input import *
    from rdiff_gui.engine.inspection import *
    from rdiff_gui.engine.options import *
    from rdiff_gui.engine.output import *
    from rdiff_gui.engine.patch import *
    from rdiff_gui.engine.progress import *
    from rdiff_gui.engine.recovery import *
    from rdiff_gui.engine.signature import *
    from rdiff_gui.engine.summaries import *
    from rdiff_gui.engine.trees.applying import *
    from rdiff_gui.engine.trees.delta_by_signature import *
    from rdiff_gui.engine.trees.options import *
    from rdiff_gui.engine.trees.recovery import *
    from rdiff_gui.engine.trees.repair import *
    from rdiff_gui.engine.trees.summaries import *
    from rdiff_gui.engine.trees.tree_delta import *
    from rdiff_gui.engine.trees.tree_signature import *
    from rdiff_gui.engine.two_files import *
    from rdiff_gui.errors import *
    from rdiff_gui.librsync.loader import *

    __all__: list[str]
else:
    # In this order they are looked through: a start should not wait for all operations.
    _MODULES = (
        "engine.options",
        "engine.progress",
        "errors",
        "engine.summaries",
        "engine.input",
        "engine.output",
        "engine.signature",
        "engine.delta",
        "engine.patch",
        "engine.inspection",
        "engine.two_files",
        "engine.recovery",
        "engine.trees.options",
        "engine.trees.summaries",
        "engine.trees.tree_delta",
        "engine.trees.tree_signature",
        "engine.trees.delta_by_signature",
        "engine.trees.applying",
        "engine.trees.recovery",
        "engine.trees.repair",
        "librsync.loader",
    )

    def __getattr__(name):
        """Import a name of the library when it is first asked for."""
        from importlib import import_module

        modules = (import_module(f"rdiff_gui.{module}") for module in _MODULES)
        if name == "__all__":
            return sorted(name for module in modules for name in module.__all__)
        for module in () if name.startswith("_") else modules:
            if name in module.__all__:
                globals()[name] = found = getattr(module, name)
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        return [*globals(), *__getattr__("__all__")]
