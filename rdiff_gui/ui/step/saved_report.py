"""What a result says, as a page for others: one HTML file that needs nothing beside it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from html import escape
from pathlib import Path

from rdiff_gui import __version__
from rdiff_gui.desktop.own_files import replace_text
from rdiff_gui.engine.summaries import DeltaSummary
from rdiff_gui.errors.files import Writing
from rdiff_gui.ui import text
from rdiff_gui.ui.error_report import show_problem
from rdiff_gui.ui.page import PageView
from rdiff_gui.ui.step.model import Outcome, first_free
from rdiff_gui.ui.step.result_view import link_rows, tell_link_times
from rdiff_gui.ui.widgets import Action
from rdiff_gui.wording import local_time, name_of, show_moment, translate

_SAVE = translate("Save report")
_SAVED = translate("“{name}” lies beside the result; any browser shows it.")
_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em }
td, th { text-align: left; padding: .2em 1.5em .2em 0; overflow-wrap: anywhere }
th { font-weight: normal }
th, footer { opacity: .7 }
svg { width: 100%; height: 2em; border-radius: .4em; background: #c5d6fb; fill: #c2410c }
"""


def report_action(page: PageView, outcome: Outcome, inputs: Sequence[tuple[str, Path]]) -> Action:
    """A button for a page: save it, and tell where; `inputs` as below."""
    context, finished = page.context, time.time()

    def saved(path: Path) -> None:
        show: Action = (text.SHOW_IN_FOLDER, lambda: context.show_in_folder(path))
        page.tell("ok", text.about(_SAVED, path), [show])

    def save() -> None:
        speed = context.settings.link_mbit_s
        work = partial(save_report, outcome, inputs, speed, finished)
        context.post.ask(work, saved, partial(show_problem, page.banner), lasting=True)

    return _SAVE, save


def save_report(
    outcome: Outcome, inputs: Sequence[tuple[str, Path]], link_mbit_s: int, finished: float
) -> Path:
    """Write it beside the result, under a free name; `inputs` are files and what each was for.

    Of files, their names alone are told.

    Raises: OutputUnwritable, DiskFull.
    """
    with Writing(outcome.output):
        path = first_free(
            outcome.output.parent,
            lambda number: f"{outcome.output.name}{'' if number == 1 else f' ({number})'}.html",
        )
    with Writing(path):
        replace_text(path, _as_html(outcome, inputs, link_mbit_s, finished))
    return path


def _as_html(
    outcome: Outcome, inputs: Sequence[tuple[str, Path]], link_mbit_s: int, finished: float
) -> str:
    facts = [(label, name_of(path)) for label, path in inputs]
    facts.append((translate("Result"), name_of(outcome.output)))
    if outcome.blake3:
        facts.append((text.CHECKSUM, outcome.blake3))
    facts.append((translate("When"), show_moment(local_time(finished))))
    head = escape(outcome.headline)
    parts = [f"<h1>{head}</h1>", _paragraph(outcome.line)]
    if outcome.delta is not None and outcome.delta.new_bytes:
        parts.append(_map(outcome.delta))
    parts += map(_paragraph, outcome.remarks)
    if outcome.savings is not None:
        times = tell_link_times(outcome, link_mbit_s)
        rows = link_rows(outcome.savings.link_times(), of_folder=outcome.tree is not None)
        parts += [_paragraph(times), _table(rows)]
    parts += [_table(facts), f"<footer>rdiff-gui {escape(__version__)}</footer>"]
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{head}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _paragraph(sentence: str) -> str:
    return f"<p>{escape(sentence)}</p>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    def line(row: Sequence[str]) -> str:
        first, *others = map(escape, row)
        return f"<tr><th>{first}</th>" + "".join(f"<td>{cell}</td>" for cell in others) + "</tr>"

    return "<table>" + "\n".join(map(line, rows)) + "</table>"


def _map(delta: DeltaSummary) -> str:
    """The new file from left to right, with what is new in another colour."""
    width = 1000 / delta.new_bytes
    new = "".join(
        f'<rect x="{region.start * width:.2f}" height="1"'
        f' width="{max(3, (region.end - region.start) * width):.2f}"/>'
        for region in delta.regions
        if region.new
    )
    return f'<svg viewBox="0 0 1000 1" preserveAspectRatio="none">{new}</svg>'
