"""What is shown while work runs and when it has ended."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

import pytest

from rdiff_gui.engine.summaries import LinkTime
from rdiff_gui.ui.step.result_view import ResultCard, savings_table
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.theme.sheet import DARK, LIGHT
from rdiff_gui.ui.widgets import (
    ActionRow,
    AltLetters,
    Banner,
    CopyableText,
    FactTable,
)
from rdiff_gui.ui.widgets.progress_panel import ProgressPanel
from tests.ui.screen import buttons_of, count_pixels, texts_of

MEGABYTE = 1_000_000


def focusable(widget: tk.Misc) -> list[tk.Misc]:
    """What Tab stops at in it, by Tk's own rules."""
    found: list[tk.Misc] = []
    for child in widget.winfo_children():
        if child.tk.call("tk::FocusOK", str(child)):
            found.append(child)
        found += focusable(child)
    return found


# --- progress ------------------------------------------------------------------------------------


@pytest.fixture
def panel(root: tk.Tk, theme: Theme) -> ProgressPanel:
    """A panel on the screen; Cancel is noted as an event on the window."""
    panel = ProgressPanel(
        root, theme, AltLetters(), on_cancel=lambda: root.event_generate("<<Cancelled>>")
    )
    panel.pack(fill="x", padx=20, pady=20)
    root.update()
    return panel


def test_progress_shows_percent_and_amounts(panel: ProgressPanel, theme: Theme) -> None:
    """Words above the bar, and the bar as long as they say."""
    panel.show(0.64, "768 MB of 1.20 GB", "412 MB/s · 1 s left")
    assert texts_of(panel) == ["64 %", "768 MB of 1.20 GB", "412 MB/s · 1 s left", "Cancel"]
    short = count_pixels(panel.bar, theme.palette.accent)
    panel.show(0.9999, "1.19 GB of 1.20 GB", "")
    assert texts_of(panel)[0] == "99 %"
    assert count_pixels(panel.bar, theme.palette.accent) > short * 1.4
    panel.show(1.0, "", "")
    assert texts_of(panel)[0] == "100 %"


def test_progress_without_a_known_end_moves(panel: ProgressPanel) -> None:
    """A pipe has no length: no percent then, but a bar that wanders."""
    panel.show(None, "768 MB", "412 MB/s")
    assert texts_of(panel) == ["768 MB", "412 MB/s", "Cancel"]
    before = panel.bar["value"]
    done = tk.BooleanVar(panel)
    panel.after(150, done.set, True)
    panel.wait_variable(done)
    assert panel.bar["value"] != before
    panel.show(0.5, "", "")
    assert texts_of(panel) == ["50 %", "Cancel"]
    assert panel.bar["value"] == 0.5
    assert str(panel.bar["mode"]) == "determinate"


def test_cancel_is_heard_once(root: tk.Tk, panel: ProgressPanel) -> None:
    """It calls back, then says that it was heard; the next piece of work starts afresh."""
    heard: list[str] = []
    root.bind("<<Cancelled>>", lambda _event: heard.append("x"))
    panel.cancel.invoke()
    root.update()
    panel.set_cancelling()
    panel.cancel.invoke()
    root.update()
    assert heard == ["x"]
    assert "Cancelling…" in texts_of(panel)
    panel.reset()
    assert texts_of(panel) == ["0 %", "Cancel"]
    root.event_generate("<Alt-Key-c>")
    root.update()
    assert heard == ["x", "x"]


# --- banner --------------------------------------------------------------------------------------


@pytest.fixture
def banner(root: tk.Tk, theme: Theme) -> Banner:
    """A banner above a label that shows where the room begins."""
    banner = Banner(root, theme)
    banner.grid(row=0, column=0, sticky="ew", pady=8)
    ttk.Label(root, text="below").grid(row=1, column=0)
    root.columnconfigure(0, weight=1)
    root.update()
    return banner


@pytest.mark.parametrize(
    ("kind", "ground"),
    [("info", "soft"), ("ok", "ok_soft"), ("warning", "warning_soft"), ("error", "error_soft")],
)
def test_a_banner_says_its_sentence_in_its_colour(
    banner: Banner, theme: Theme, kind: str, ground: str
) -> None:
    """Each kind has its own ground and icon, in light and dark."""
    banner.show(kind, "“photos.db” was not found.")  # type: ignore[arg-type]  # from the table
    assert texts_of(banner) == ["“photos.db” was not found."]
    for palette, mode in ((LIGHT, "light"), (DARK, "dark")):
        theme.apply(mode)  # type: ignore[arg-type]  # one of the two
        assert count_pixels(banner, getattr(palette, ground)) > 5_000


def test_a_hidden_banner_takes_no_room(root: tk.Tk, banner: Banner) -> None:
    """Nothing moves when it was never needed; what it pushed down comes back up."""
    below = root.grid_slaves(row=1)[0]
    top = below.winfo_y()
    assert top == 0
    banner.show("info", "Something.")
    root.update()
    assert below.winfo_y() > top + 20
    banner.hide()
    root.update()
    assert below.winfo_y() == top
    assert banner.sentence == ""


def test_a_long_sentence_is_wrapped(root: tk.Tk, banner: Banner) -> None:
    """All of it can be read, also in a narrow window."""
    banner.show("error", "The delta needs a longer file than this one. " * 6)
    root.update()
    wide = banner.winfo_height()
    root.geometry("360x500")
    root.update()
    assert banner.winfo_height() > wide
    assert banner.winfo_width() <= 360


def test_a_banners_actions_can_be_taken(banner: Banner) -> None:
    """Each button does what it says; the next sentence brings its own."""
    taken: list[str] = []
    banner.show("error", "No.", [("Choose", lambda: taken.append("choose"))])
    button = buttons_of(banner)[0]
    button.invoke()
    assert taken == ["choose"]
    banner.show("info", "Yes.")
    assert buttons_of(banner) == []


def test_details_are_folded_and_can_be_copied(root: tk.Tk, banner: Banner) -> None:
    """What helps those who help is a click away and goes to the clipboard."""
    banner.show("error", "librsync stopped.", detail="job.c:12 failed\nmdfour.c:3 too")
    (details,) = buttons_of(banner)
    assert details.cget("text") == "Details"
    assert not any(isinstance(w, CopyableText) for w in focusable(banner))
    details.invoke()
    root.update()
    text = next(w for w in focusable(banner) if isinstance(w, CopyableText))
    text.focus_force()
    text.event_generate("<<SelectAll>>")
    text.event_generate("<<Copy>>")
    root.update()
    assert root.clipboard_get() == "job.c:12 failed\nmdfour.c:3 too"
    text.event_generate("<Key-x>")
    root.update()
    assert text.get("1.0", "end-1c") == "job.c:12 failed\nmdfour.c:3 too"


def test_tab_leaves_the_details(root: tk.Tk, banner: Banner) -> None:
    """Nobody is caught in a text that cannot be changed."""
    banner.show("error", "librsync stopped.", detail="job.c:12")
    (details,) = buttons_of(banner)
    details.invoke()
    root.update()
    text = next(w for w in focusable(banner) if isinstance(w, CopyableText))
    text.focus_force()
    text.event_generate("<Shift-Tab>")
    root.update()
    assert root.focus_get() is details
    text.focus_force()
    text.event_generate("<Tab>")
    root.update()
    assert root.focus_get() is not text


# --- result card ---------------------------------------------------------------------------------


@pytest.fixture
def card(root: tk.Tk, theme: Theme) -> ResultCard:
    """A card as wide as the window."""
    card = ResultCard(root, theme)
    card.pack(fill="x", padx=20, pady=20)
    root.update()
    return card


@pytest.mark.parametrize(("role", "colour"), [("ok", "ok"), ("warning", "warning")])
def test_a_result_is_read_at_a_glance(
    card: ResultCard, theme: Theme, role: str, colour: str
) -> None:
    """Headline in the colour of the verdict, the line beside it."""
    card.show("98.8 % smaller", "1.20 GB → 14.3 MB", role=role)  # type: ignore[arg-type]  # table
    assert texts_of(card) == ["98.8 % smaller", "1.20 GB → 14.3 MB"]
    assert count_pixels(card, getattr(theme.palette, colour)) > 200
    card.show("Already the same", role="plain")
    assert count_pixels(card, getattr(theme.palette, colour)) == 0


@pytest.fixture
def actions(root: tk.Tk, theme: Theme) -> ActionRow:
    """A row of four actions, one of them the primary one."""
    row = ActionRow(root, theme, surface="bg")
    row.pack(fill="x")
    others = [(f"Another action {number}", lambda: None) for number in range(3)]
    row.show(others, primary=("Copy file", lambda: None))
    root.update()
    return row


def test_the_primary_action_comes_first(actions: ActionRow, theme: Theme) -> None:
    """It is the accented one, where the eye begins."""
    first, *others = actions.buttons
    assert first.cget("text") == "Copy file"
    assert count_pixels(first, theme.palette.accent) > 500
    assert all(first.winfo_rootx() < other.winfo_rootx() for other in others)


def test_actions_that_do_not_fit_stand_below(root: tk.Tk, actions: ActionRow) -> None:
    """Nothing is cut off in a small window, and all is in one row in a large one."""
    for geometry, rows in (("780x500", 1), ("330x500", 2), ("160x500", 4), ("780x500", 1)):
        root.geometry(geometry)
        root.update()
        root.update()
        assert len({button.winfo_rooty() for button in actions.buttons}) == rows
        for button in actions.buttons:
            assert button.winfo_width() == button.winfo_reqwidth()
            assert button.winfo_rootx() + button.winfo_width() <= actions.winfo_rootx() + (
                actions.winfo_width()
            )


# --- tables --------------------------------------------------------------------------------------


def test_savings_are_shown_for_each_link(root: tk.Tk, theme: Theme) -> None:
    """Times for the whole file and the delta, and what is saved, also where it is a loss."""
    table = savings_table(root, theme, [LinkTime(10, 960, 11.0), LinkTime(1000, 9.6, 9.8)])
    table.pack()
    cells = texts_of(table)
    assert cells[:4] == ["Link", "Whole file", "Delta", "Time saved"]
    assert cells[4] == "10 Mbit/s"
    assert cells[7] == "15 min 49 s"
    assert cells[8] == "1 Gbit/s"
    assert cells[11] == "−0.2 s"
    table = savings_table(root, theme, [LinkTime(2500, 1, 1)])
    table.pack()
    assert texts_of(table)[4] == "2500 Mbit/s"
    assert len(texts_of(table)) == 8


def test_facts_can_be_copied_and_not_changed(root: tk.Tk, theme: Theme) -> None:
    """A value can be marked with the keyboard and copied; typing does nothing."""
    table = FactTable(root, theme)
    table.pack(fill="x")
    table.show([("Kind", "Signature"), ("Path", "/home/somebody/photos.db.sig")])
    root.update()
    path = next(
        w for w in focusable(table)
        if isinstance(w, ttk.Entry) and w.get().startswith("/home")
    )  # fmt: skip
    path.focus_force()
    path.event_generate("<Key-x>")
    path.event_generate("<<SelectAll>>")
    path.event_generate("<<Copy>>")
    root.update()
    assert root.clipboard_get() == "/home/somebody/photos.db.sig"
    table.show([("Kind", "Delta")])
    assert texts_of(table) == ["Kind"]
