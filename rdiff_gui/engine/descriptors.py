"""Where few descriptors are left, what an operation may load is loaded before it opens its files.

Usually modules and libraries wait until something needs them; by then its files may have taken the
last descriptor that the process may have, and no module could be read any more.
"""

from __future__ import annotations

import contextlib
import importlib
import os

# An operation's files at once: two inputs, their copies and what was unpacked of them, a result,
# an undo delta, a signature between the two, a folder; as many again for loading and for the rest.
_ENOUGH = 16

_LOADED_LATE = (
    "blake3",
    "json",
    "math",
    "select",
    "rdiff_gui.engine.compression",
    "rdiff_gui.engine.two_files",
)


def load_ahead_if_few() -> None:
    """Load all that an operation may load later, if the process is near its limit of open files.

    What cannot be loaded is left to whoever needs it, and says so then.
    """
    if has_enough_descriptors():
        return
    for name in _LOADED_LATE:
        with contextlib.suppress(OSError, ImportError):
            importlib.import_module(name)
    from rdiff_gui.engine.cores import quota_cores
    from rdiff_gui.errors import LibraryProblem
    from rdiff_gui.librsync.loader import load_library

    quota_cores()
    with contextlib.suppress(OSError, ImportError, LibraryProblem):
        load_library()


def has_enough_descriptors() -> bool:
    """Whether an operation need not be sparing with them."""
    spare: list[int] = []
    try:
        spare.append(os.open(os.devnull, os.O_RDONLY))
        while len(spare) < _ENOUGH:
            spare.append(os.dup(spare[0]))
    except OSError:
        return False
    finally:
        for descriptor in spare:
            os.close(descriptor)
    return True
