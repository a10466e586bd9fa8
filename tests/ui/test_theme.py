"""The theme on a real window: on the screen, at every scale, switched while it runs."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

import pytest

from rdiff_gui.ui.theme import Mode, Theme
from rdiff_gui.ui.theme.sheet import DARK, LIGHT, ROLES, SURFACES, Palette
from rdiff_gui.ui.widgets import CopyableText, WrappedSwitch
from tests.ui.screen import count_pixels, rgb_of

Make = Callable[[tk.Tk], tk.Widget]


def combobox(parent: tk.Misc) -> ttk.Combobox:
    """One with two values, the first chosen."""
    box = ttk.Combobox(parent, values=["first", "second"], state="readonly")
    box.set("first")
    return box


def popdown_colour(box: ttk.Combobox, option: str) -> str:
    """A colour of the list under a combobox, which has no Python widget."""
    window = box.tk.call("ttk::combobox::PopdownWindow", str(box))
    return str(box.tk.call(f"{window}.f.l", "cget", option))


@pytest.mark.parametrize(
    ("scaling", "k"), [(1.0, 1.0), (96 / 72, 1.0), (120 / 72, 1.25), (2.0, 1.5), (192 / 72, 2.0)]
)
def test_lengths_follow_the_screens_scaling(bare_root: tk.Tk, scaling: float, k: float) -> None:
    """Everything is drawn larger on a finer screen, in quarter steps, never smaller than 1x."""
    bare_root.tk.call("tk", "scaling", scaling)
    theme = Theme(bare_root)
    assert theme.k == k
    assert theme.px(20) == round(20 * k)
    assert theme.px(0.2) == 1
    assert theme.icon("delta", 20, "accent").width() == round(20 * k)


def test_controls_are_twice_as_large_at_twice_the_scaling(bare_root: tk.Tk) -> None:
    """A button at 2x is not a small button with large text."""
    bare_root.tk.call("tk", "scaling", 192 / 72)
    theme = Theme(bare_root)
    button = ttk.Button(bare_root, text="Make delta")
    button.pack()
    bare_root.update()
    line = theme.font("AppBody").metrics("linespace")
    assert button.winfo_height() == line + 2 * theme.px(7) + 2 * theme.px(3)


@pytest.mark.parametrize(("mode", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_window_wears_the_palette(bare_root: tk.Tk, mode: Mode, palette: object) -> None:
    """What the theme says is what the screen shows."""
    bare_root.geometry("200x150")
    theme = Theme(bare_root, mode)
    assert theme.palette is palette
    ttk.Button(bare_root, text="Make delta", style="Accent.TButton").pack(pady=50)
    bare_root.update()
    assert count_pixels(bare_root, theme.palette.bg) > 10_000
    assert count_pixels(bare_root, theme.palette.accent) > 500


@pytest.mark.parametrize("when", ["before it is seen", "soon after"])
def test_what_is_disabled_as_the_window_opens_looks_so(bare_root: tk.Tk, when: str) -> None:
    """Its pictures are drawn later than others; nobody is led to press what cannot be pressed."""
    later: list[Callable[[], object]] = []
    theme = Theme(bare_root, when_open=later.append)
    button = ttk.Button(bare_root, text="Make delta", style="Accent.TButton")
    button.pack()
    if when == "soon after":
        bare_root.update()
    button.state(["disabled"])
    if when == "soon after":
        bare_root.update()
        (draw,) = later
        while draw():
            pass
    assert not count_pixels(button, theme.palette.accent)
    assert count_pixels(button, theme.palette.trough) > 500


def test_what_came_in_the_other_colours_is_seen_in_the_first(bare_root: tk.Tk) -> None:
    """Where the desktop changes twice as the window opens, before all pictures are drawn."""
    theme = Theme(bare_root, when_open=lambda _step: None)
    bare_root.update()
    theme.apply("dark")
    button = ttk.Button(bare_root, text="Make delta", style="Accent.TButton")
    button.pack()
    bare_root.update()
    theme.apply("light")
    assert count_pixels(button, LIGHT.accent) > 500


def test_switching_changes_what_is_on_the_screen(root: tk.Tk, theme: Theme) -> None:
    """Light to dark and back, with the same widgets, as often as the user likes."""
    label = ttk.Label(root, text="Word", style="heading.card.TLabel")
    label.pack()
    icon = ttk.Label(root, image=theme.icon("start", 32, "accent"), style="body.bg.TLabel")
    icon.pack()
    modes: list[tuple[Mode, Palette]] = [("dark", DARK), ("light", LIGHT), ("dark", DARK)]
    for mode, palette in modes:
        theme.apply(mode)
        assert theme.mode == mode
        assert count_pixels(label, palette.card) > 100
        assert count_pixels(icon, palette.accent) > 20
        assert root.cget("background") == palette.bg


def test_a_picture_given_out_changes_with_the_theme(theme: Theme) -> None:
    """Icons and masks need not be asked for again."""
    icon = theme.icon("delta", 24, "text")
    mask = theme.corner_masks(6, "card", "outline")[0]
    assert theme.icon("delta", 24, "text") is icon
    assert icon.get(4, 19) == rgb_of(LIGHT.text)
    theme.apply("dark")
    assert theme.icon("delta", 24, "text") is icon
    assert icon.get(4, 19) == rgb_of(DARK.text)
    assert mask.get(0, 0) == rgb_of(DARK.card)
    assert theme.surface("card") == DARK.card


def test_every_style_of_a_label_is_there(root: tk.Tk, theme: Theme) -> None:
    """Each text role on each surface has its colours, so no page meets a grey box."""
    style = ttk.Style(root)
    for surface in SURFACES:
        for role, (font, colour) in ROLES.items():
            name = f"{role}.{surface}.TLabel"
            assert style.lookup(name, "background") == theme.surface(surface)
            assert style.lookup(name, "foreground") == getattr(theme.palette, colour)
            assert style.lookup(name, "font") == font


@pytest.mark.parametrize("widget_class", [ttk.Entry, ttk.Combobox])
def test_a_field_on_a_card_stands_on_its_ground(
    root: tk.Tk, theme: Theme, widget_class: type[ttk.Entry]
) -> None:
    """Around it nothing of the page's ground is seen; what it cannot be has a red border."""
    theme.apply("dark")
    field = widget_class(root, style=f"card.T{widget_class.__name__}")
    field.pack()
    assert count_pixels(field, DARK.card)
    assert not count_pixels(field, DARK.bg)
    assert not count_pixels(field, DARK.error)
    field.state(["invalid"])
    assert count_pixels(field, DARK.error) > field.winfo_width()


FOCUSABLE: dict[str, Make] = {
    "button": lambda root: ttk.Button(root, text="Press"),
    "primary button": lambda root: ttk.Button(root, text="Press", style="Accent.TButton"),
    "quiet button": lambda root: ttk.Button(root, text="Press", style="Ghost.TButton"),
    "button on a card": lambda root: ttk.Button(root, text="Press", style="card.TButton"),
    "rail entry": lambda root: ttk.Radiobutton(root, text="Page", style="Nav.TRadiobutton"),
    "switch": lambda root: ttk.Checkbutton(root, text="Dark"),
    "radio button": lambda root: ttk.Radiobutton(root, text="One"),
    "entry": ttk.Entry,
    "fact": lambda root: ttk.Entry(root, style="card.Value.TEntry"),
    "combobox": combobox,
    "table": lambda root: ttk.Treeview(root, height=2),
}


def test_the_focus_can_be_seen(root: tk.Tk, theme: Theme) -> None:
    """A ring around whatever has the keyboard, and only around that, in both themes."""
    modes: tuple[Mode, ...] = ("light", "dark")
    for name, make in FOCUSABLE.items():
        widget = make(root)
        widget.pack(padx=20, pady=20)
        for mode in modes:
            theme.apply(mode)
            root.focus_force()
            assert count_pixels(widget, theme.palette.ring) < 10, (name, mode)
            widget.focus_force()
            assert count_pixels(widget, theme.palette.ring) > 60, (name, mode)
        widget.destroy()


def test_the_focus_can_be_seen_on_text(root: tk.Tk, theme: Theme) -> None:
    """Details that can be copied show the same ring, in both themes."""
    text = CopyableText(root, theme, surface="bg")
    text.show("librsync: job.c")
    text.pack(fill="x", padx=20, pady=20)
    text.focus_force()
    assert count_pixels(text, LIGHT.ring) > 60
    theme.apply("dark")
    assert count_pixels(text, DARK.ring) > 60


def test_a_progress_bar_moves(root: tk.Tk, theme: Theme) -> None:
    """Its filled part grows with its value."""
    bar = ttk.Progressbar(root, length=400, maximum=1.0)
    bar.pack(padx=20, pady=20)
    filled = []
    for value in (0.0, 0.25, 0.5, 1.0):
        bar.configure(value=value)
        filled.append(count_pixels(bar, theme.palette.accent))
    assert filled == sorted(filled)
    assert filled[1] * 1.7 < filled[2] < filled[3] * 0.6


def test_a_disabled_button_looks_and_is_disabled(root: tk.Tk, theme: Theme) -> None:
    """A primary button that cannot be pressed yet is not in the accent colour."""
    pressed: list[str] = []
    button = ttk.Button(
        root, text="Make delta", style="Accent.TButton", command=lambda: pressed.append("x")
    )
    button.pack()
    button.state(["disabled"])
    assert count_pixels(button, theme.palette.accent) == 0
    button.invoke()
    assert pressed == []
    button.state(["!disabled"])
    assert count_pixels(button, theme.palette.accent) > 500


def test_the_list_under_a_combobox_follows_the_theme(root: tk.Tk, theme: Theme) -> None:
    """Also when it was opened before the theme changed, and while it is open."""
    box = combobox(root)
    box.pack()
    root.update()
    box.tk.call("ttk::combobox::Post", str(box))
    root.update()
    assert popdown_colour(box, "-background") == LIGHT.field
    theme.apply("dark")
    root.update()
    assert popdown_colour(box, "-background") == DARK.field
    assert popdown_colour(box, "-foreground") == DARK.text
    box.tk.call("ttk::combobox::Unpost", str(box))
    theme.apply("light")
    box.tk.call("ttk::combobox::Post", str(box))
    root.update()
    assert popdown_colour(box, "-background") == LIGHT.field
    box.tk.call("ttk::combobox::Unpost", str(box))


@pytest.mark.parametrize("sequence", ["<Button-4>", "<Button-5>"])
def test_the_wheel_changes_no_value(root: tk.Tk, sequence: str) -> None:
    """Scrolling a page over a choice does not choose something else."""
    box = combobox(root)
    box.pack()
    root.update()
    box.event_generate(sequence)
    root.update()
    assert box.get() == "first"


def test_table_rows_are_as_tall_as_the_text_needs(bare_root: tk.Tk) -> None:
    """The line height of the font and 8 pixels of the design, at 2x too."""
    bare_root.tk.call("tk", "scaling", 192 / 72)
    theme = Theme(bare_root)
    row = int(ttk.Style(bare_root).lookup("Treeview", "rowheight"))
    assert row == theme.font("AppBody").metrics("linespace") + theme.px(8)


@pytest.mark.parametrize("room", [780, 300])
def test_a_switch_shows_all_its_words(room: int, root: tk.Tk, theme: Theme) -> None:
    """In one line where there is room, else in several: with as much ink as a label has."""
    words = "Put the result in the old file's place, whatever the folder is"
    label = ttk.Label(root, text=words, style="body.bg.TLabel")
    label.pack(anchor="w")
    root.update()
    whole = count_pixels(label, theme.palette.text)
    assert whole > 100
    switch = WrappedSwitch(root, text=words, on=False, on_change=lambda: None)
    switch.pack(fill="x")
    root.geometry(f"{room}x580")
    root.update()
    assert switch.winfo_width() == room
    assert abs(count_pixels(switch, theme.palette.text) - whole) < whole / 10
