"""The verbs where a folder was named: one signature, one delta for all of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.cli.arguments import STANDARD_STREAM, Request, UsageProblem
from rdiff_gui.cli.terminal import open_source, print_answer, print_note
from rdiff_gui.cli.verbs import fill, sealing_of, target_of, tell, working
from rdiff_gui.engine.options import PatchOptions, SignatureOptions
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.engine.trees.options import KeepOptions, TreePatchOptions
from rdiff_gui.errors import TreeDiffers, TreeUnrepaired
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import show_name, translate

if TYPE_CHECKING:
    from typing import Any


def sign_folder(request: Request, cancel: CancelToken) -> None:
    """Raises: UsageProblem, what the engine raises."""
    from rdiff_gui.engine.trees.tree_signature import make_tree_signature

    folder, made = fill(request)
    files = str(folder), target_of(made, request)
    options = request.choose(SignatureOptions)
    with _making(request, cancel) as how:
        summary = make_tree_signature(*files, options, **how)
    tell(request, summary)


def make_folder_delta(request: Request, cancel: CancelToken) -> None:
    """Raises: UsageProblem, what the engine raises."""
    from rdiff_gui.engine.trees.delta_by_signature import make_tree_delta

    signature, new, made = fill(request)
    files = open_source(signature), str(new), target_of(made, request)
    with _making(request, cancel, "rdiffdir") as how:
        summary = make_tree_delta(*files, **how)
    tell(request, summary)


def diff_folders(request: Request, cancel: CancelToken) -> None:
    """Raises: UsageProblem, what the engine raises."""
    from rdiff_gui.engine.trees.tree_delta import make_delta_from_trees

    old, new, made = fill(request)
    if request.given(*SignatureOptions.__match_args__):
        raise UsageProblem(
            translate("Two folders are compared without a signature: options for one mean nothing.")
        )
    files = str(old), str(new), target_of(made, request)
    with _making(request, cancel, "best", "rdiffdir") as how:
        summary = make_delta_from_trees(*files, **how)
    tell(request, summary)


@contextlib.contextmanager
def _making(request: Request, cancel: CancelToken, *fields: str) -> Iterator[dict[str, Any]]:
    """What all of these take, with what was given of `fields`. Raises: as open_cluster."""
    with _helped(request, cancel, "compress", *fields) as how:
        keep, sealing = request.choose(KeepOptions), sealing_of(request)
        yield how | {"keep": keep, "sealing": sealing}


@contextlib.contextmanager
def _helped(request: Request, cancel: CancelToken, *fields: str) -> Iterator[dict[str, Any]]:
    """As verbs.working, with the workers of a scheduler, where they were asked for.

    Raises: as open_cluster.
    """
    address = request.options.get("cluster")
    with contextlib.ExitStack() as opened:
        executor = None
        if address is not None:
            from rdiff_gui.cli.cluster import open_cluster

            executor = opened.enter_context(open_cluster(address, cancel))
        yield opened.enter_context(working(request, cancel, *fields)) | {"executor": executor}


def patch_folder(request: Request, cancel: CancelToken) -> None:
    """Raises: UsageProblem, what the engine raises."""
    from rdiff_gui.engine.trees.applying import apply_tree_patch

    old, delta, new = fill(request)
    if request.wants("changes_only"):
        raise UsageProblem(translate("Of a folder, only what changes is written anyway."))
    if not request.wants("in_place") and new in (None, STANDARD_STREAM):
        raise UsageProblem(translate("Name the new folder, or say --in-place."))
    with _told_whole(request), _helped(request, cancel, "undo", "keep_backup") as how:
        summary = apply_tree_patch(str(old), open_source(delta), new, _options_of(request), **how)
    if request.wants("verbose"):
        for difference in summary.kept:
            print_note(str(difference))
    if not summary.checked:
        text = translate(
            "This delta carries no checksums: whether the new folder is right could not be checked."
        )
        if new is None and request.options.get("keep_backup", True):
            text = translate(
                "This delta carries no checksums: whether the new folder is right could not be "
                "checked, and nothing leads back to the old one."
            )
        print_note(text)
    if summary.undo and "undo" not in request.options:
        text = translate("“{name}” leads back to the old folder.")
        print_note(text.format(name=show_name(summary.undo)))
    tell(request, summary)


def verify_folder(request: Request, cancel: CancelToken) -> None:
    """Raises: what the engine raises."""
    from rdiff_gui.descriptions import describe_tree_check
    from rdiff_gui.engine.trees.applying import verify_tree_patch

    folder, delta = request.words
    if request.wants("repair"):
        _repair(request, cancel)
        return
    with _told_whole(request), _helped(request, cancel) as how:
        summary = verify_tree_patch(folder, open_source(delta), _options_of(request), **how)
    print_answer(describe_tree_check(summary, Path(folder)))
    tell(request, summary)


def _repair(request: Request, cancel: CancelToken) -> None:
    """Tell every file that was wrong, whether or not it could be restored."""
    from rdiff_gui.descriptions import describe_repair
    from rdiff_gui.engine.trees.repair import repair_tree

    folder, delta = request.words
    try:
        with _helped(request, cancel) as how:
            summary = repair_tree(folder, open_source(delta), _options_of(request), **how)
    except TreeUnrepaired as problem:
        for difference in problem.differences:
            print_answer(str(difference))
        raise
    for difference in summary.restored:
        text = translate("restored: {name}")
        print_answer(text.format(name=show_name(difference.path)))
    print_answer(describe_repair(summary, Path(folder)))
    for remark in summary.remarks:
        print_note(str(remark))


def recover_folder(folder: Path, request: Request, cancel: CancelToken) -> None:
    """Raises: what the engine raises."""
    from rdiff_gui.descriptions import describe_tree_recovery
    from rdiff_gui.engine.trees.recovery import recover_tree

    with working(request, cancel) as how:
        del how["resources"]
        summary = recover_tree(folder, **how)
    print_answer(describe_tree_recovery(summary))


def _options_of(request: Request) -> TreePatchOptions:
    trust = request.choose(PatchOptions, allow_expansion=request.wants("force"))
    keep = request.choose(KeepOptions)
    return request.choose(TreePatchOptions, keep=keep, trust=trust)


@contextlib.contextmanager
def _told_whole(request: Request) -> Iterator[None]:
    """With -v, every file that is not as it should be, before the sentence that tells some."""
    try:
        yield
    except TreeDiffers as problem:
        if request.wants("verbose"):
            for difference in problem.differences:
                print_note(str(difference))
        raise
