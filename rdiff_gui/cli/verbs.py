"""One verb a function: options judged, the engine called, the result told.

Each function imports its own operation: no verb should wait for what the others need.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rdiff_gui.cli.arguments import STANDARD_STREAM, Request, UsageProblem
from rdiff_gui.cli.terminal import (
    ProgressBar,
    open_source,
    open_target,
    print_answer,
    print_note,
)
from rdiff_gui.engine.options import (
    WINDOW_BYTES_MAX,
    WINDOW_BYTES_MIN,
    DeltaOptions,
    PatchOptions,
    Resources,
    Sealing,
    SignatureOptions,
)
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.formats.signature_header import RollingSum, StrongHash
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from typing import Any, BinaryIO

    from rdiff_gui.cli.statistics import Summary


def carry_out(request: Request, cancel: CancelToken) -> None:
    """Do what was asked for.

    Raises: UsageProblem, what the engine raises.
    """
    _VERBS[request.verb.name](request, cancel)


def _signature(request: Request, cancel: CancelToken) -> None:
    from rdiff_gui.engine.signature import make_signature

    basis, signature = _fill(request.words, 2)
    options = _signature_options(request)
    with ProgressBar(wanted=request.progress) as bar:
        summary = make_signature(
            open_source(basis),
            open_target(signature, force=request.force),
            options,
            on_progress=bar.show,
            **_keywords(request, cancel),
        )
    _tell(request, summary)


def _delta(request: Request, cancel: CancelToken) -> None:
    from rdiff_gui.engine.delta import make_delta

    signature, new_file, delta = _fill(request.words, 3)
    with ProgressBar(wanted=request.progress) as bar:
        summary = make_delta(
            *_open_two(signature, new_file),
            open_target(delta, force=request.force),
            _delta_options(request),
            on_progress=bar.show,
            **_keywords(request, cancel),
        )
    _tell(request, summary)


def _diff(request: Request, cancel: CancelToken) -> None:
    from rdiff_gui.engine.delta import make_delta_from_files

    old_file, new_file, delta = _fill(request.words, 3)
    options = _signature_options(request)
    with ProgressBar(wanted=request.progress) as bar:
        summary = make_delta_from_files(
            *_open_two(old_file, new_file),
            open_target(delta, force=request.force),
            options,
            _delta_options(request),
            on_progress=bar.show,
            **_keywords(request, cancel),
        )
    _tell(request, summary)


def _patch(request: Request, cancel: CancelToken) -> None:
    from rdiff_gui.engine.patch import apply_patch

    basis, delta, new_file = _fill(request.words, 3)
    options = PatchOptions(
        request.limit_bytes,
        request.force,
        request.trailing,
        in_place=request.in_place,
        keep_backup=request.backup,
    )
    if request.in_place:
        if basis in (None, STANDARD_STREAM):
            raise UsageProblem(translate("--in-place needs BASIS to be a file."))
        new_file = basis
    with ProgressBar(wanted=request.progress) as bar:
        summary = apply_patch(
            *_open_two(basis, delta),
            open_target(new_file, force=request.force),
            options,
            undo=None if request.undo is None else Path(request.undo),
            on_progress=bar.show,
            **_keywords(request, cancel),
        )
    if summary.checked_blake3 is None:
        print_note(
            translate(
                "This delta carries no checksum: whether the result is right could not be checked."
            )
        )
    _tell(request, summary)


def _verify(request: Request, cancel: CancelToken) -> None:
    from rdiff_gui.cli.findings import write_verdict
    from rdiff_gui.engine.patch import verify_patch

    basis, delta = request.words
    options = PatchOptions(request.limit_bytes, request.force, request.trailing)
    keywords = _keywords(request, cancel)
    del keywords["replace"]
    with ProgressBar(wanted=request.progress) as bar:
        summary = verify_patch(*_open_two(basis, delta), options, on_progress=bar.show, **keywords)
    print_answer(write_verdict(summary))
    _tell(request, summary)


def _info(request: Request, cancel: CancelToken) -> None:
    from rdiff_gui.cli.findings import write_json, write_words
    from rdiff_gui.engine.inspection import inspect

    source = open_source(request.words[0])
    facts = inspect(source, allow_trailing=request.trailing, cancel=cancel)
    print_answer(write_json(facts) if request.json else write_words(facts))


def _desktop(request: Request, _cancel: CancelToken) -> None:
    from rdiff_gui.cli.desktop_verb import carry_out_desktop

    carry_out_desktop(request.words[0])


_VERBS: dict[str, Callable[[Request, CancelToken], None]] = {
    "signature": _signature,
    "delta": _delta,
    "patch": _patch,
    "diff": _diff,
    "verify": _verify,
    "info": _info,
    "desktop": _desktop,
}


def _fill(words: tuple[str, ...], count: int) -> list[str | None]:
    return [*words, *[None] * (count - len(words))]


def _open_two(first: str | None, second: str | None) -> tuple[Path | BinaryIO, Path | BinaryIO]:
    """Raises: UsageProblem, when both are to come from standard input."""
    if {first, second} <= {None, STANDARD_STREAM}:
        raise UsageProblem(
            translate("Only one of the two input files can come from standard input.")
        )
    return open_source(first), open_source(second)


def _keywords(request: Request, cancel: CancelToken) -> dict[str, Any]:
    """What all operations take."""
    resources = Resources(
        request.threads, _fit_window(request.input_bytes), _fit_window(request.output_bytes)
    )
    return {"resources": resources, "replace": request.force, "cancel": cancel}


def _fit_window(size_bytes: int) -> int:
    """Any size is good for rdiff; a buffer is a matter of speed and nobody's result."""
    if not size_bytes:
        return 0
    return min(max(size_bytes, WINDOW_BYTES_MIN), WINDOW_BYTES_MAX)


def _signature_options(request: Request) -> SignatureOptions:
    """Raises: OptionOutOfRange."""
    return SignatureOptions(
        block_bytes=request.block_bytes,
        strong_bytes=request.strong_bytes,
        strong_hash=StrongHash(request.strong_hash),
        rolling_sum=RollingSum(request.rolling_sum),
        sealing=_sealing(request),
    )


def _sealing(request: Request) -> Sealing:
    if request.plain:
        return Sealing.NONE
    return Sealing.FULL if request.names else Sealing.NAMELESS


def _delta_options(request: Request) -> DeltaOptions:
    return DeltaOptions(_sealing(request), request.compress)


def _tell(request: Request, summary: Summary) -> None:
    for remark in summary.remarks:
        print_note(str(remark))
    if request.statistics:
        from rdiff_gui.cli.statistics import describe

        for line in describe(summary):
            print_note(line)
