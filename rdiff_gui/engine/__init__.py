"""Signature, delta and patch: the operations, usable as a library.

>>> from rdiff_gui.engine import make_signature, make_delta, apply_patch
>>> make_signature("old", "old.sig")                           # doctest: +SKIP
>>> make_delta("old.sig", "new", "new.delta")                  # doctest: +SKIP
>>> apply_patch("old", "new.delta", "new again")               # doctest: +SKIP

Every failure is an `rdiff_gui.errors.RdiffError`, whose `str()` is a sentence.
"""

from __future__ import annotations

from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from rdiff_gui.engine.delta import make_delta, make_delta_from_files
    from rdiff_gui.engine.input import Source
    from rdiff_gui.engine.inspection import find_basis, inspect, recognize_file
    from rdiff_gui.engine.options import (
        PatchOptions,
        Resources,
        Sealing,
        SignatureOptions,
    )
    from rdiff_gui.engine.output import Target
    from rdiff_gui.engine.patch import apply_patch, verify_patch
    from rdiff_gui.engine.progress import CancelToken, Progress, ProgressCallback, Stage
    from rdiff_gui.engine.signature import make_signature
    from rdiff_gui.engine.summaries import (
        DeltaFacts,
        DeltaSummary,
        Facts,
        LinkTime,
        OrdinaryFacts,
        PatchSummary,
        Region,
        Savings,
        SignatureFacts,
        SignatureSummary,
        Verdict,
    )
    from rdiff_gui.formats.magic import Kind
    from rdiff_gui.formats.seal import Identity, Seal
    from rdiff_gui.formats.signature_header import RollingSum, StrongHash
    from rdiff_gui.librsync.loader import librsync_version

__all__ = [
    "CancelToken",
    "DeltaFacts",
    "DeltaSummary",
    "Facts",
    "Identity",
    "Kind",
    "LinkTime",
    "OrdinaryFacts",
    "PatchOptions",
    "PatchSummary",
    "Progress",
    "ProgressCallback",
    "Region",
    "Resources",
    "RollingSum",
    "Savings",
    "Seal",
    "Sealing",
    "SignatureFacts",
    "SignatureOptions",
    "SignatureSummary",
    "Source",
    "Stage",
    "StrongHash",
    "Target",
    "Verdict",
    "apply_patch",
    "find_basis",
    "inspect",
    "librsync_version",
    "make_delta",
    "make_delta_from_files",
    "make_signature",
    "recognize_file",
    "verify_patch",
]

# Imported when they are first asked for: a start should not wait for all operations.
_HOMES = {
    "find_basis": "rdiff_gui.engine.inspection",
    "make_delta": "rdiff_gui.engine.delta",
    "DeltaFacts": "rdiff_gui.engine.summaries",
    "Facts": "rdiff_gui.engine.summaries",
    "OrdinaryFacts": "rdiff_gui.engine.summaries",
    "SignatureFacts": "rdiff_gui.engine.summaries",
    "Source": "rdiff_gui.engine.input",
    "inspect": "rdiff_gui.engine.inspection",
    "recognize_file": "rdiff_gui.engine.inspection",
    "PatchOptions": "rdiff_gui.engine.options",
    "Resources": "rdiff_gui.engine.options",
    "Sealing": "rdiff_gui.engine.options",
    "SignatureOptions": "rdiff_gui.engine.options",
    "Target": "rdiff_gui.engine.output",
    "apply_patch": "rdiff_gui.engine.patch",
    "CancelToken": "rdiff_gui.engine.progress",
    "Progress": "rdiff_gui.engine.progress",
    "ProgressCallback": "rdiff_gui.engine.progress",
    "Stage": "rdiff_gui.engine.progress",
    "LinkTime": "rdiff_gui.engine.summaries",
    "Savings": "rdiff_gui.engine.summaries",
    "Verdict": "rdiff_gui.engine.summaries",
    "make_signature": "rdiff_gui.engine.signature",
    "DeltaSummary": "rdiff_gui.engine.summaries",
    "PatchSummary": "rdiff_gui.engine.summaries",
    "Region": "rdiff_gui.engine.summaries",
    "SignatureSummary": "rdiff_gui.engine.summaries",
    "make_delta_from_files": "rdiff_gui.engine.delta",
    "verify_patch": "rdiff_gui.engine.patch",
    "Kind": "rdiff_gui.formats.magic",
    "Identity": "rdiff_gui.formats.seal",
    "Seal": "rdiff_gui.formats.seal",
    "RollingSum": "rdiff_gui.formats.signature_header",
    "StrongHash": "rdiff_gui.formats.signature_header",
    "librsync_version": "rdiff_gui.librsync.loader",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        globals()[name] = found = getattr(import_module(_HOMES[name]), name)
        return found

    def __dir__() -> list[str]:
        return [*globals(), *__all__]
