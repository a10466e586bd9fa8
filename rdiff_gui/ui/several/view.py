"""What is said of each row, and of all of them."""

from __future__ import annotations

import os
from pathlib import Path

from rdiff_gui.engine.summaries import Verdict
from rdiff_gui.ui import Page, Slot, text
from rdiff_gui.ui.routing import tell_obstacle
from rdiff_gui.ui.several.collection import FILES_MOST
from rdiff_gui.ui.several.model import TO_DO, Item, Lack, Row, RowState, Totals
from rdiff_gui.ui.widgets.row_list import RowView
from rdiff_gui.wording import (
    name_of,
    show_name,
    show_number,
    show_percent,
    show_size,
    translate,
    translate_plural,
)

MAKE_SIGNATURE = translate("Make its signature")

_ICONS = {
    RowState.WAITING: ("right", "muted"),
    RowState.RUNNING: ("delta", "accent"),
    RowState.DONE: ("check", "ok"),
    RowState.FAILED: ("error", "error"),
    RowState.CANCELLED: ("close", "muted"),
    RowState.NOTHING: ("info", "muted"),
}
_STATES = {
    RowState.WAITING: translate("waiting"),
    RowState.RUNNING: translate("running"),
    RowState.DONE: translate("done"),
    RowState.FAILED: translate("failed"),
    RowState.CANCELLED: translate("cancelled"),
    RowState.NOTHING: translate("nothing to do"),
}
_LACKS = {
    Lack.PARTNER: translate("Goes with none of the others."),
    Lack.FOLDER: translate("Of a whole folder: open it as a single step."),
    Lack.OLD_FILE: translate("The old file that this delta is for was not found."),
    Lack.NEW_FILE: translate("The new file that belongs to this signature was not found."),
    Lack.ONLY_OLD: translate("Only in the old folder: it was removed, renamed or moved."),
    Lack.ONLY_NEW: translate("Only in the new folder: send the file itself."),
}
_SAME = translate("Old and new file are the same.")


def view_of(row: Row) -> RowView:
    """The row as it is now."""
    item, made = row.last, row.made
    icon, state, detail, note = _ICONS[row.state], _STATES[row.state], _role_of(row), ""
    if row.state in (*TO_DO, RowState.RUNNING):
        note = show_size(row.whole_bytes)
    if row.state is RowState.FAILED or row.lack:
        # Where the file lies would leave no room for what is wrong with it.
        detail = tell_problem(row).replace(f"{show_name(item.path.parent)}{os.sep}", "")
    elif made and not made.written:
        detail = _SAME
    elif made:
        detail = translate("“{name}”, {size}").format(
            name=name_of(made.output), size=show_size(made.output_bytes)
        )
        if made.output.parent != item.path.parent:
            detail = translate("“{name}”, {size}, in “{folder}”").format(
                name=name_of(made.output),
                size=show_size(made.output_bytes),
                folder=show_name(made.output.parent),
            )
        note = _note_of(row)
        if made.cautions:
            icon = ("warning", "warning")
    if row.lack is Lack.USE:
        icon, state = ("warning", "warning"), translate("cannot be used")
    return RowView(
        icon,
        show_name(item.relative or item.path.name),
        detail,
        translate("{percent} %").format(percent=int(row.fraction * 100))
        if row.state is RowState.RUNNING
        else state,
        note,
        detail_role="error" if row.state is RowState.FAILED else "muted",
        is_sentence=bool(tell_problem(row)),
        fraction=row.fraction if row.state is RowState.RUNNING else None,
        action=action_of(row),
    )


def action_of(row: Row) -> str:
    """What the row's button says; empty where it has none."""
    if row.state is RowState.FAILED:
        return text.ALLOW_EXPANSION if row.asks else text.TRY_AGAIN
    if row.lack in (Lack.PARTNER, Lack.ONLY_NEW):
        return MAKE_SIGNATURE if row.last.file.is_ordinary else ""
    return ""


def tell_problem(row: Row) -> str:
    """Why nothing came of it, as a sentence; empty where something did, or will."""
    if row.lack is Lack.USE:
        return tell_obstacle(row.last.file)
    return _LACKS[row.lack] if row.lack else row.problem


def _role_of(row: Row) -> str:
    """What will be made, and from what."""
    items = row.items
    if row.page is Page.SIGNATURE:
        return translate("Makes a signature")
    if Slot.SIGNATURE in items:
        told = translate("Makes a delta, with the signature “{name}”")
        return told.format(name=name_of(items[Slot.SIGNATURE].path))
    if row.page is Page.PATCH:
        told = translate("Makes the new file, with the delta “{name}”")
        return told.format(name=name_of(items[Slot.DELTA].path))
    if row.lack:
        return ""
    old = items[Slot.OLD_TO_COMPARE]
    if _is_called_alike(old, row.last):
        told = translate("Makes a delta; the old file is in “{folder}”")
        return told.format(folder=show_name(_folder_of(old)))
    return translate("Makes a delta; the old file is “{name}”").format(name=name_of(old.path))


def _is_called_alike(old: Item, new: Item) -> bool:
    return old.path.name == new.path.name


def _folder_of(item: Item) -> Path:
    """The folder that was dropped, where the file lies in one of two."""
    folder = item.path.parent
    for _part in Path(item.relative).parts[1:]:
        folder = folder.parent
    return folder


def _note_of(row: Row) -> str:
    made = row.made
    if not made:
        return ""
    match made.verdict:
        case Verdict.IDENTICAL:
            return translate("already the same")
        case Verdict.NOT_WORTH_IT:
            return translate("nothing saved")
        case Verdict.SMALLER:
            return translate("{percent} saved").format(percent=show_percent(made.saved))
    if row.page is Page.PATCH:
        return translate("not checked") if made.unchecked else translate("checked")
    return ""


def tell_totals(totals: Totals) -> str:
    """What Start will do, and what came of the other rows."""
    counts = totals.counts
    parts = []
    if to_do := totals.to_do:
        told = translate_plural("{count} file to do, {size}", "{count} files to do, {size}", to_do)
        parts.append(told.format(count=to_do, size=show_size(totals.to_do_bytes)))
    if done := counts[RowState.DONE]:
        parts.append(translate_plural("{count} done", "{count} done", done).format(count=done))
    if totals.saved_bytes:
        parts.append(translate("{size} saved").format(size=show_size(totals.saved_bytes)))
    if failed := counts[RowState.FAILED]:
        told = translate_plural("{count} failed", "{count} failed", failed)
        parts.append(told.format(count=failed))
    if nothing := counts[RowState.NOTHING]:
        told = translate_plural("nothing to do for {count}", "nothing to do for {count}", nothing)
        parts.append(told.format(count=nothing))
    return " · ".join(parts)


def tell_cut_short() -> str:
    """That there were too many files."""
    return translate(
        "There are more than {count} files in these folders. The others are not in the list."
    ).format(count=show_number(FILES_MOST))
