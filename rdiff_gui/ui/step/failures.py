"""Why the work of a step failed, and what can be done: on the page, at the field it is about."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rdiff_gui.errors import (
    DeltaExpands,
    DiskFull,
    FileProblem,
    FormatProblem,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
)
from rdiff_gui.records import replace
from rdiff_gui.ui import text
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.step.model import Attempt, StepModel, Summary
from rdiff_gui.ui.widgets import Action

if TYPE_CHECKING:
    from rdiff_gui.ui.step.page import StepPage


def explain(
    page: StepPage[Summary], begun: StepModel[Summary], attempt: Attempt, error: BaseException
) -> None:
    """Say why the work failed, and offer what can be done."""
    match error:
        case OutputExists() if begun.output.path is not None:
            page.banner.show(
                "warning",
                text.about(text.EXISTS_ALREADY, begun.output.path),
                [
                    (text.REPLACE, lambda: page.start(replace(attempt, replace=True))),
                    (text.CHOOSE_ANOTHER_NAME, page.output.browse),
                ],
            )
        case DeltaExpands(limit_is_users=False):
            allowed = replace(attempt, allow_expansion=True)
            question = text.expands(error.result_bytes, of_folder=begun.of_folders)
            again: Action = (text.ALLOW_EXPANSION, lambda: page.start(allowed))
            page.banner.show("warning", question, [again])
        case OutputIsInput() | OutputUnwritable():
            of_folder = isinstance(error, OutputUnwritable) or error.within
            page.output.set_problem(str(error), of_folder=of_folder)
            page.output.entry.focus_set()
        case _:
            told = report(error)
            actions = _remedies(page, begun, attempt, error)
            if told.command:
                copy = partial(page.context.clipboard.copy_text, told.command)
                actions.append((text.COPY_COMMAND, copy))
            page.banner.show("error", told.sentence, actions, told.detail)


def _remedies(
    page: StepPage[Summary], begun: StepModel[Summary], attempt: Attempt, error: BaseException
) -> list[Action]:
    if isinstance(error, DiskFull):
        return [(text.CHOOSE_ANOTHER_FOLDER, page.output.browse_folder)]
    actions: list[Action] = []
    # What is damaged stays so.
    if not isinstance(error, FormatProblem):
        actions.append((text.TRY_AGAIN, lambda: page.start(attempt)))
    if isinstance(error, FileProblem) and error.path in begun.inputs:
        slot = begun.slots[begun.inputs.index(error.path)]
        actions.append(page.choose_another(slot))
    return actions
