"""A folder in the patch step: what to do, and why it could not be done."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdiff_gui.engine import apply_tree_patch, verify_tree_patch
from rdiff_gui.engine.options import PatchOptions, Resources
from rdiff_gui.engine.trees.options import TreePatchOptions
from rdiff_gui.engine.trees.summaries import TreePatchSummary
from rdiff_gui.errors import LinkLeadsOut, NotATree, OutputExists, TreeDiffers, TreeUnfinished
from rdiff_gui.formats.magic import Kind
from rdiff_gui.records import replace
from rdiff_gui.ui import Slot
from rdiff_gui.ui.step.model import Attempt, StepModel
from rdiff_gui.ui.text import about
from rdiff_gui.ui.worker import Work
from rdiff_gui.wording import show_name, show_number, translate, translate_plural

if TYPE_CHECKING:
    from rdiff_gui.ui.patch.page import PatchPage
    from rdiff_gui.ui.routing import DroppedFile

_FOR_A_FOLDER = translate("This delta is for a whole folder, and “{name}” is a file.")
_EXISTS = translate("“{name}” exists already. Choose another name.")
_KEEP_MINE = translate("Keep mine, and patch the others")
_ALLOW_LINKS = translate("Allow such links")


def tell_misfit(old: DroppedFile, delta: DroppedFile) -> str:
    """Why a delta cannot be for what was chosen, as a sentence; empty where it can."""
    if old.is_folder == (delta.kind is Kind.TREE_DELTA):
        return ""
    if old.is_folder:
        return str(NotATree(delta.path, "delta"))
    return about(_FOR_A_FOLDER, old.path)


def tree_work(
    inputs: tuple[Path, ...],
    new: Path | None,
    undo: Path | None,
    attempt: Attempt,
    resources: Resources,
) -> Work[TreePatchSummary]:
    """Patch a folder; without `new`, itself. Or only try it."""
    trust = PatchOptions(allow_expansion=attempt.allow_expansion)
    options = TreePatchOptions(attempt.keep_local, attempt.outside_links, trust=trust)
    folder, delta = inputs
    if attempt.checking:
        return partial(verify_tree_patch, folder, delta, options, resources=resources)
    return partial(apply_tree_patch, folder, delta, new, options, undo=undo, resources=resources)


def explain(page: PatchPage, begun: StepModel[Any], attempt: Attempt, error: BaseException) -> bool:
    """Say why a folder could not be patched, where that is known here."""
    match error:
        case OutputExists() if error.path == begun.result_path:
            page.output.set_problem(about(_EXISTS, error.path))
            page.output.entry.focus_set()
        case TreeDiffers() if not error.is_new:
            keep = partial(page.start, replace(attempt, keep_local=True))
            in_place = begun.result_path == begun.files[Slot.OLD_TO_PATCH].path
            actions = [(_KEEP_MINE, keep)] if in_place and not attempt.checking else []
            detail = "\n".join(map(str, error.differences))
            page.banner.show("warning", _tell_differences(error, in_place), actions, detail)
        case LinkLeadsOut():
            allow = partial(page.start, replace(attempt, outside_links=True))
            page.banner.show("warning", _tell_link(error), [(_ALLOW_LINKS, allow)])
        case TreeUnfinished() if error.reason is None:
            page.offer_to_put_back(error.path, is_folder=True)
        case _:
            return False
    return True


def _tell_differences(error: TreeDiffers, in_place: bool) -> str:
    count = len(error.differences)
    text = translate_plural(
        "{count} path in “{name}” is not as it was when the delta was made: {first}. Nothing was "
        "changed.",
        "{count} paths in “{name}” are not as they were when the delta was made, the first one: "
        "{first}. Nothing was changed.",
        count,
    )
    told = text.format(count=show_number(count), name=error.name, first=error.differences[0])
    if in_place:
        return told
    advice = translate("{told} To keep your own files, put the result in the old folder's place.")
    return advice.format(told=told)


def _tell_link(error: LinkLeadsOut) -> str:
    return translate(
        "The delta makes a link, “{member}”, that leads out of the folder, to “{target}”. Allow "
        "that only if you trust whoever sent it."
    ).format(member=show_name(error.member), target=show_name(error.target))
