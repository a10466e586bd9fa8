"""Finding one's way: the rail, pages that scroll, what folds and tooltips."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

import pytest

from rdiff_gui.ui.frame import Rail
from rdiff_gui.ui.page import ScrolledPage
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import (
    ChoiceBox,
    Disclosure,
    Tooltip,
    WrappedLabel,
)
from tests.ui.screen import colours_of, count_pixels, texts_of

PAGES = {"start": "Start", "signature": "Signature", "delta": "Delta", "settings": "Settings"}


@pytest.fixture
def chosen() -> list[str]:
    """The pages that were asked for, in order."""
    return []


@pytest.fixture
def rail(root: tk.Tk, theme: Theme, chosen: list[str]) -> Rail:
    """A rail with four pages."""
    rail = Rail(root, theme, PAGES, on_select=chosen.append, on_enter=lambda: None)
    rail.pack(side="left", fill="y")
    root.update()
    return rail


@pytest.fixture
def page(root: tk.Tk, theme: Theme) -> ScrolledPage:
    """A page of thirty buttons in a window that has room for a few."""
    root.geometry("400x300")
    page = ScrolledPage(root, theme)
    page.pack(fill="both", expand=True)
    for number in range(30):
        ttk.Button(page.body, text=f"Button {number}").grid(sticky="w")
    root.update()
    return page


def wait(root: tk.Tk, wait_ms: int) -> None:
    """Let the window run that long."""
    done = tk.BooleanVar(root)
    root.after(wait_ms, done.set, True)
    root.wait_variable(done)


# --- rail ----------------------------------------------------------------------------------------


def test_the_rail_leads_to_pages(rail: Rail, chosen: list[str]) -> None:
    """A press asks for the page; being told the page asks for nothing."""
    assert rail.selected == "start"
    rail.buttons["delta"].invoke()
    assert chosen == ["delta"]
    rail.select("signature")
    assert rail.selected == "signature"
    assert chosen == ["delta"]


def test_every_page_has_an_alt_letter_of_its_own(
    root: tk.Tk, rail: Rail, chosen: list[str]
) -> None:
    """No two share one, upper case is the same, and pressing it goes there."""
    letters = []
    for page, name in PAGES.items():
        letter = name[int(rail.buttons[page]["underline"])].lower()
        letters.append(letter)
        root.event_generate(f"<Alt-Key-{letter}>")
        root.event_generate(f"<Alt-Key-{letter.upper()}>")
        root.update()
    assert len(set(letters)) == len(PAGES)
    assert chosen == [page for page in PAGES for _ in range(2)]


def test_the_rail_is_walked_with_the_keyboard(root: tk.Tk, rail: Rail, chosen: list[str]) -> None:
    """Tab goes from page to page, Space opens the one that has the focus."""
    root.event_generate("<Tab>")
    root.update()
    assert root.focus_get() is rail.buttons["start"]
    rail.buttons["start"].event_generate("<Tab>")
    root.update()
    assert root.focus_get() is rail.buttons["signature"]
    rail.buttons["signature"].event_generate("<space>")
    root.update()
    assert chosen == ["signature"]


def test_the_chosen_page_stands_out(rail: Rail, theme: Theme) -> None:
    """Its ground and its colour differ, and the rail keeps its width though it is bold."""
    width = rail.winfo_width()
    for page in PAGES:
        rail.select(page)
        assert count_pixels(rail.buttons[page], theme.palette.nav) > 1000
        assert rail.winfo_width() == width
    assert count_pixels(rail.buttons["start"], theme.palette.nav) == 0


def test_work_on_another_page_is_seen(rail: Rail, theme: Theme) -> None:
    """A dot in the accent colour appears on the page, and goes when the work is done."""
    button = rail.buttons["delta"]
    quiet = colours_of(button)
    assert count_pixels(button, theme.palette.accent) == 0
    rail.set_busy("delta", True)
    assert count_pixels(button, theme.palette.accent) > 10
    rail.set_busy("delta", False)
    assert colours_of(button) == quiet


# --- pages that scroll ---------------------------------------------------------------------------


def test_a_page_that_fits_has_no_scroll_bar(root: tk.Tk, page: ScrolledPage) -> None:
    """It comes when the window gets too small, and goes when there is room again."""
    assert page.bar.winfo_ismapped()
    for button in page.body.winfo_children()[3:]:
        button.destroy()
    root.update()
    assert not page.bar.winfo_ismapped()
    assert page.body.winfo_height() == page.canvas.winfo_height()
    root.geometry("400x60")
    root.update()
    assert page.bar.winfo_ismapped()


def test_a_page_that_is_lower_when_narrower_comes_to_rest(root: tk.Tk, theme: Theme) -> None:
    """Words beside one another can take more lines than below one another."""
    page = ScrolledPage(root, theme)
    page.pack(fill="both", expand=True)
    root.update()
    widths: list[int] = []
    part = ttk.Frame(page.body, height=1)
    part.grid(sticky="ew")
    wide, window_height = root.winfo_width() - 2 * theme.px(32), root.winfo_height()

    def lay_out(width: int) -> None:
        widths.append(width)
        assert len(widths) < 100, "it never comes to rest"
        part.configure(height=window_height if width >= wide else window_height // 2)

    part.bind("<Configure>", lambda event: lay_out(event.width))
    root.update()
    assert page.bar.winfo_ismapped()
    assert set(widths) == {wide}


def test_the_focus_is_scrolled_into_sight(root: tk.Tk, page: ScrolledPage) -> None:
    """Tabbing down a long page never leaves the window."""
    buttons = page.body.winfo_children()
    for button in (buttons[-1], buttons[0], buttons[15]):
        button.focus_force()
        root.update()
        top = button.winfo_rooty() - root.winfo_rooty()
        assert top >= 0
        assert top + button.winfo_height() <= root.winfo_height()


def test_the_wheel_scrolls_the_page(root: tk.Tk, page: ScrolledPage) -> None:
    """Over any part of it, in both directions, and no further than its ends."""
    button = page.body.winfo_children()[2]
    button.event_generate("<Button-4>")
    root.update()
    assert page.canvas.yview()[0] == 0
    button.event_generate("<Button-5>")
    root.update()
    lower = page.canvas.yview()[0]
    assert lower > 0
    page.canvas.event_generate("<Button-5>")
    root.update()
    assert page.canvas.yview()[0] > lower
    for _ in range(60):
        page.body.event_generate("<Button-5>")
    root.update()
    assert page.canvas.yview()[1] == 1


def test_the_wheel_elsewhere_leaves_the_page(root: tk.Tk, page: ScrolledPage) -> None:
    """A table scrolls itself, and a page behind is not scrolled by the one before it."""
    table = ttk.Treeview(page.body, height=3)
    table.grid()
    outside = ttk.Label(root, text="outside")
    outside.pack()
    root.update()
    for widget in (table, outside):
        widget.event_generate("<Button-5>")
        root.update()
        assert page.canvas.yview()[0] == 0


def test_page_keys_scroll(root: tk.Tk, page: ScrolledPage) -> None:
    """Page Down and Page Up, from any control on the page."""
    button = page.body.winfo_children()[0]
    button.focus_force()
    root.update()
    button.event_generate("<Next>")
    root.update()
    assert page.canvas.yview()[0] > 0.2
    button.event_generate("<Prior>")
    root.update()
    assert page.canvas.yview()[0] == 0


def test_a_page_that_is_gone_is_not_scrolled(root: tk.Tk, page: ScrolledPage) -> None:
    """The window outlives its pages: keys and wheel then do nothing."""
    page.destroy()
    root.event_generate("<Button-5>")
    root.event_generate("<Next>")
    root.update()
    assert not page.winfo_exists()


def test_a_page_follows_the_theme(root: tk.Tk, page: ScrolledPage, theme: Theme) -> None:
    """Nothing light stays behind in the dark."""
    theme.apply("dark")
    root.update()
    assert page.canvas.cget("background") == theme.palette.bg
    assert count_pixels(page, theme.palette.bg) > 50_000


# --- folding, tooltips, words --------------------------------------------------------------------


def test_options_unfold_and_fold(root: tk.Tk, theme: Theme) -> None:
    """By click, by Space, and by the arrow keys; the arrow shows which."""
    disclosure = Disclosure(root, theme, text="Options")
    ttk.Label(disclosure.body, text="inside").grid()
    disclosure.pack()
    root.update()
    assert texts_of(disclosure) == ["Options"]
    folded = str(disclosure.button["image"])
    disclosure.button.invoke()
    assert texts_of(disclosure) == ["Options", "inside"]
    assert str(disclosure.button["image"]) != folded
    disclosure.button.focus_force()
    for key, is_open in (("Left", False), ("Left", False), ("Right", True), ("space", False)):
        disclosure.button.event_generate(f"<{key}>")
        root.update()
        assert disclosure.open is is_open
    assert texts_of(disclosure) == ["Options"]


def test_a_tooltip_waits_for_the_pointer_to_rest(root: tk.Tk, theme: Theme) -> None:
    """It comes after a while, and any key, press or leaving takes it away."""
    label = ttk.Label(root, text="x")
    label.pack()
    root.update()
    tip = Tooltip(label, theme, lambda: "the whole name")
    label.event_generate("<Enter>")
    root.update()
    assert tip.shown == ""
    wait(root, 700)
    assert tip.shown == "the whole name"
    label.event_generate("<Leave>")
    assert tip.shown == ""
    label.event_generate("<Enter>")
    label.event_generate("<ButtonPress-1>")
    wait(root, 700)
    assert tip.shown == ""


def test_a_tooltip_stays_on_the_screen(root: tk.Tk, theme: Theme) -> None:
    """Also at the far corner, where there is no room below or to the right."""
    root.geometry(f"+{root.winfo_screenwidth() - 60}+{root.winfo_screenheight() - 40}")
    label = ttk.Label(root, text="x")
    label.pack(fill="both", expand=True)
    root.update()
    label.event_generate("<Motion>", warp=True, x=20, y=10)
    root.update()
    tip = Tooltip(label, theme, lambda: "a name that is long enough to need some room")
    tip.show()
    root.update()
    window = next(w for w in label.winfo_children() if isinstance(w, tk.Toplevel))
    assert window.winfo_rootx() + window.winfo_width() <= root.winfo_screenwidth()
    assert window.winfo_rooty() + window.winfo_height() <= root.winfo_screenheight()


def test_a_tooltip_goes_with_its_widget(root: tk.Tk, theme: Theme) -> None:
    """A widget may go while its tooltip waits or shows, and nothing is left behind."""
    for shown in (True, False):
        label = ttk.Label(root, text="x")
        label.pack()
        root.update()
        tip = Tooltip(label, theme, lambda: "text")
        label.event_generate("<Enter>")
        if shown:
            tip.show()
        label.destroy()
        wait(root, 600)
        assert tip.shown == ""


def test_words_take_the_lines_they_need(root: tk.Tk, theme: Theme) -> None:
    """A sentence is never wider than its place, and all of it is there."""
    label = WrappedLabel(root, text="word " * 60, style="body.bg.TLabel")
    label.pack(fill="x")
    root.update()
    line = theme.font("AppBody").metrics("linespace")
    heights = []
    for width in (700, 350):
        root.geometry(f"{width}x500")
        root.update()
        heights.append(label.winfo_height())
    assert heights[0] >= 2 * line
    assert heights[1] >= 2 * heights[0] - line


def test_a_choice_has_room_for_the_labels_that_it_is_given_later(root: tk.Tk, theme: Theme) -> None:
    """It grows with them, does not shrink again, and what was chosen stays so."""
    box = ChoiceBox(root, {1: "one", 2: "two"}, on_change=lambda: None)
    box.pack()
    box.choose(2)
    wanted = theme.font("AppBody").measure("a longer label")
    for labels in ({1: "one", 2: "a longer label"}, {1: "one", 2: "two"}):
        box.relabel(labels)
        root.update()
        assert box.winfo_width() > wanted
        assert box.get() == labels[2]
    assert box.choice == 2
