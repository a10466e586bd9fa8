"""What the history page says."""

from __future__ import annotations

from rdiff_gui.desktop.history import HistoryEntry, Operation
from rdiff_gui.ui.text import OPERATIONS, show_when
from rdiff_gui.wording import name_of, show_percent, show_size, translate

TITLE = translate("History")
SUBTITLE = translate("What was made on this computer, newest first.")
EMPTY = translate("Nothing yet. What you make will be listed here.")
CLEAR_HISTORY = translate("Clear history")
COLUMNS = (
    translate("When"),
    translate("What"),
    translate("Result"),
    translate("Size"),
    translate("Saved"),
)


def row(entry: HistoryEntry, now: float) -> tuple[str, ...]:
    """One finished operation, by the columns."""
    saved = ""
    if entry.operation is Operation.DELTA and entry.whole_bytes:
        saved = show_percent(max(0.0, 1 - entry.output_bytes / entry.whole_bytes))
    return (
        show_when(entry.finished, now),
        OPERATIONS[entry.operation],
        name_of(entry.output),
        show_size(entry.output_bytes),
        saved,
    )
