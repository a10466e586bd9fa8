"""One verb a function: options judged, the engine called, the result told.

Each function imports its own operation: no verb should wait for what the others need.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from rdiff_gui.cli.arguments import STANDARD_STREAM, Request, UsageProblem
from rdiff_gui.cli.table import groups_of
from rdiff_gui.cli.terminal import (
    ProgressBar,
    open_source,
    open_target,
    path_of_target,
    print_answer,
    print_note,
)
from rdiff_gui.engine.input import is_folder
from rdiff_gui.engine.options import (
    WINDOW_BYTES_MAX,
    WINDOW_BYTES_MIN,
    PatchOptions,
    Resources,
    Sealing,
    SignatureOptions,
)
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.errors import FoldersAndFiles, UndoImpossible
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import STANDARD_OUTPUT, translate

if TYPE_CHECKING:
    from typing import Any, BinaryIO

    from rdiff_gui.cli.reports import Summary


def carry_out(request: Request, cancel: CancelToken) -> None:
    """Do what was asked for.

    Raises: UsageProblem, what the engine raises.
    """
    _VERBS[request.verb.name](request, cancel)


def _signature(request: Request, cancel: CancelToken) -> None:
    basis, made = fill(request)
    if _names_folder(basis):
        from rdiff_gui.cli.folder_verbs import sign_folder

        sign_folder(request, cancel)
        return
    _refuse_for_files(request, "compress")
    from rdiff_gui.engine.signature import make_signature

    options = request.choose(SignatureOptions)
    files = open_source(basis), target_of(made, request)
    with working(request, cancel) as how:
        summary = make_signature(*files, options, sealing=sealing_of(request), **how)
    tell(request, summary)


def _delta(request: Request, cancel: CancelToken) -> None:
    signature, new_file, made = fill(request)
    if _names_folder(new_file):
        from rdiff_gui.cli.folder_verbs import make_folder_delta

        make_folder_delta(request, cancel)
        return
    _refuse_for_files(request)
    from rdiff_gui.engine.delta import make_delta

    files = (*_open_two(signature, new_file), target_of(made, request))
    with working(request, cancel, "compress") as how:
        summary = make_delta(*files, sealing=sealing_of(request), **how)
    tell(request, summary)


def _diff(request: Request, cancel: CancelToken) -> None:
    old_file, new_file, made = fill(request)
    if are_folders(old_file, new_file):
        from rdiff_gui.cli.folder_verbs import diff_folders

        diff_folders(request, cancel)
        return
    _refuse_for_files(request)
    from rdiff_gui.engine.two_files import make_delta_from_files

    options = request.choose(SignatureOptions)
    files = (*_open_two(old_file, new_file), target_of(made, request))
    with working(request, cancel, "compress", "best") as how:
        summary = make_delta_from_files(*files, options, sealing=sealing_of(request), **how)
    tell(request, summary)


def _patch(request: Request, cancel: CancelToken) -> None:
    from rdiff_gui.engine.patch import apply_patch

    basis, delta, new_file = fill(request)
    if _names_folder(basis):
        from rdiff_gui.cli.folder_verbs import patch_folder

        patch_folder(request, cancel)
        return
    _refuse_for_files(request)
    options = request.choose(PatchOptions, allow_expansion=request.wants("force"))
    if request.wants("in_place"):
        _refuse_stream(basis, "--in-place", "BASIS")
        new_file = basis
    files = (*_open_two(basis, delta), target_of(new_file, request))
    how_kept = ("undo", "in_place", "keep_backup", "changes_only")
    with working(request, cancel, *how_kept) as how:
        summary = apply_patch(*files, options, allow_shared=request.wants("force"), **how)
    if summary.plan is not None:
        from rdiff_gui.descriptions import describe_change

        print_note(describe_change(summary.plan, summary.backup))
    if summary.checked_blake3 is None:
        print_note(
            translate(
                "This delta carries no checksum: whether the result is right could not be checked."
            )
        )
    tell(request, summary)


def _verify(request: Request, cancel: CancelToken) -> None:
    if _names_folder(request.words[0]):
        from rdiff_gui.cli.folder_verbs import verify_folder

        verify_folder(request, cancel)
        return
    if request.wants("repair"):
        raise UsageProblem(translate("--repair is for folders; a file is made anew by patch."))
    _refuse_for_files(request)
    from rdiff_gui.cli.reports import write_check
    from rdiff_gui.engine.patch import verify_patch

    options = request.choose(PatchOptions, allow_expansion=request.wants("force"))
    files = _open_two(*request.words)
    with working(request, cancel) as how:
        summary = verify_patch(*files, options, **how)
    print_answer(write_check(summary, Path(request.words[0])))
    tell(request, summary)


def _info(request: Request, cancel: CancelToken) -> None:
    from rdiff_gui.cli.reports import write_json, write_words
    from rdiff_gui.engine.inspection import inspect

    trailing = request.wants("allow_trailing")
    facts = inspect(open_source(request.words[0]), allow_trailing=trailing, cancel=cancel)
    print_answer(write_json(facts) if request.wants("json") else write_words(facts))


def _recover(request: Request, cancel: CancelToken) -> None:
    from rdiff_gui.descriptions import describe_recovery
    from rdiff_gui.engine.recovery import recover
    from rdiff_gui.engine.trees.stage import is_stage_beside

    _refuse_stream(request.words[0], "recover", "FILE")
    path = Path(request.words[0])
    if is_folder(path) or is_stage_beside(path):
        from rdiff_gui.cli.folder_verbs import recover_folder

        recover_folder(path, request, cancel)
        return
    with working(request, cancel) as how:
        summary = recover(path, **how)
    print_answer(describe_recovery(summary))


def _desktop(request: Request, _cancel: CancelToken) -> None:
    from rdiff_gui.cli.reports import write_desktop_change, write_standing
    from rdiff_gui.desktop import integration

    (action,) = request.words
    if action == "status":
        for line in write_standing(integration.look()):
            print_answer(line)
        return
    change = integration.install() if action == "install" else integration.uninstall()
    print_answer(write_desktop_change(action, change))
    for remark in change.remarks:
        print_note(remark)


_VERBS: dict[str, Callable[[Request, CancelToken], None]] = {
    "signature": _signature,
    "delta": _delta,
    "patch": _patch,
    "diff": _diff,
    "verify": _verify,
    "info": _info,
    "recover": _recover,
    "desktop": _desktop,
}


def _refuse_for_files(request: Request, *fields: str) -> None:
    """Raises: UsageProblem, where an option was given that only folders have, or these for them."""
    for group in groups_of(request.verb):
        for option in group.options:
            if option.field in request.options and (group.of_folders or option.field in fields):
                text = translate("{option} goes with a folder, and no folder was named.")
                raise UsageProblem(text.format(option=option.names[0]))


def _refuse_stream(word: str | None, wanting: str, name: str) -> None:
    """Raises: UsageProblem, where what a verb or option needs to be a file is standard input."""
    if word in (None, STANDARD_STREAM):
        text = translate("{option} needs {word} to be a file.")
        raise UsageProblem(text.format(option=wanting, word=name))


def _names_folder(word: str | None) -> bool:
    """Whether a folder was named; one called `-` is `./-`."""
    return word is not None and word != STANDARD_STREAM and is_folder(word)


def are_folders(*words: str | None) -> bool:
    """Whether folders were named. Raises: FoldersAndFiles, where a file was, too."""
    folders = [word for word in words if word is not None and _names_folder(word)]
    files = [word for word in words if word not in folders]
    if folders and files:
        raise FoldersAndFiles(Path(files[0] or STANDARD_STREAM), folders[0])
    return bool(folders)


def fill(request: Request) -> list[str | None]:
    """All words of the verb, None for those that were left out."""
    return [*request.words, *[None] * (len(request.verb.words) - len(request.words))]


def _open_two(first: str | None, second: str | None) -> tuple[Path | BinaryIO, Path | BinaryIO]:
    """Raises: UsageProblem, when both are to come from standard input."""
    if {first, second} <= {None, STANDARD_STREAM}:
        raise UsageProblem(
            translate("Only one of the two input files can come from standard input.")
        )
    return open_source(first), open_source(second)


def target_of(word: str | None, request: Request) -> Path | BinaryIO:
    return open_target(word, force=request.wants("force"))


@contextlib.contextmanager
def working(request: Request, cancel: CancelToken, *fields: str) -> Iterator[dict[str, Any]]:
    """A progress bar meanwhile, and what all operations take, with what was given of `fields`.

    Raises: OptionOutOfRange, UndoImpossible, OutputUnwritable.
    """
    how = request.given(*fields)
    if how.get("undo") == STANDARD_STREAM:
        raise UndoImpossible(STANDARD_OUTPUT)
    if "undo" in how:
        how["undo"] = path_of_target(how["undo"])
    windows = request.given("input_bytes", "output_bytes")
    fitting = {field: _fit_window(size_bytes) for field, size_bytes in windows.items()}
    how["resources"] = request.choose(Resources, **fitting)
    if request.verb.writes:
        how["replace"] = request.wants("force")
    with ProgressBar(wanted=request.options.get("progress", True)) as bar:
        if request.wants("changes_only") and (bar.shown or request.wants("verbose")):
            from rdiff_gui.descriptions import announce_change

            how["on_plan"] = lambda plan: bar.note(announce_change(plan))
        yield how | {"cancel": cancel, "on_progress": bar.show}


def _fit_window(size_bytes: int) -> int:
    """Any size is good for rdiff; a buffer is a matter of speed and nobody's result."""
    return size_bytes and min(max(size_bytes, WINDOW_BYTES_MIN), WINDOW_BYTES_MAX)


def sealing_of(request: Request) -> Sealing:
    if request.wants("plain"):
        return Sealing.NONE
    return Sealing.FULL if request.options.get("names", True) else Sealing.NAMELESS


def tell(request: Request, summary: Summary) -> None:
    for remark in summary.remarks:
        print_note(str(remark))
    if request.wants("statistics"):
        from rdiff_gui.cli.reports import write_statistics

        for line in write_statistics(summary):
            print_note(line)
