"""What can be pressed, switched, chosen and unfolded, and the keys for it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Mapping, Sequence
from tkinter import ttk
from typing import Generic, TypeVar

from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets.alt_letters import AltLetters
from rdiff_gui.ui.widgets.labels import Tooltip, elide_middle

Choice = TypeVar("Choice")

# What a button says, and what it does.
Action = tuple[str, Callable[[], None]]


def set_shown(widget: tk.Grid, shown: bool) -> None:
    """Let a widget that was put with `grid` take its place again, or leave it."""
    if shown:
        widget.grid()
    else:
        widget.grid_remove()


def set_enabled(widget: ttk.Widget, enabled: bool) -> None:
    """Let a widget be used, or not."""
    widget.state(["!disabled" if enabled else "disabled"])


class Flow(ttk.Frame):
    """Its children side by side, in as many rows as they need; put it as wide as it may be."""

    def __init__(self, parent: tk.Misc, theme: Theme, *, surface: str, gap: int = 4) -> None:
        super().__init__(parent)
        self._gap = theme.px(gap)
        self._rows: list[ttk.Frame] = []
        self._arranged: list[list[tk.Widget]] = []
        self.set_surface(surface)
        self.bind("<Configure>", lambda _event: self.arrange())

    def set_surface(self, surface: str) -> None:
        """Stand on another ground."""
        self._surface = surface
        for ground in (self, *self._rows):
            ground.configure(style=f"{surface}.TFrame")

    def arrange(self) -> None:
        """Lay the children out, after any came or went."""
        wanted: list[list[tk.Widget]] = []
        left = 0
        for child in self.children_in_order():
            needed = child.winfo_reqwidth() + self._gap
            # Before it was ever laid out, it is one pixel wide.
            if not wanted or (self.winfo_width() > 1 and needed > left + self._gap):
                wanted.append([])
                left = self.winfo_width()
            wanted[-1].append(child)
            left -= needed
        if wanted == self._arranged:
            return
        for row in self._arranged:
            for child in row:
                if child.winfo_exists():
                    child.pack_forget()
        self._arranged = wanted
        while len(self._rows) < len(wanted):
            self._rows.append(ttk.Frame(self, style=f"{self._surface}.TFrame"))
        for place, ground in enumerate(self._rows):
            ground.pack_forget()
            if place < len(wanted):
                ground.pack(anchor="w")
                for child in wanted[place]:
                    before = 0 if child is wanted[place][0] else self._gap
                    child.pack(in_=ground, side="left", padx=(before, 0))
                    # Above the row's ground, and Tab goes through them as the eye does.
                    child.lift()

    def children_in_order(self) -> Sequence[tk.Widget]:
        """All that is to be seen in it."""
        return [
            child
            for child in self.winfo_children()
            if isinstance(child, tk.Widget) and child not in self._rows
        ]


class ActionRow(Flow):
    """The primary action where the eye begins, then the ordinary ones."""

    def show(self, actions: Sequence[Action], primary: Action | None = None) -> None:
        """Replace the buttons."""
        for button in self.buttons:
            button.destroy()
        if primary is not None:
            self._add(*primary, f"{self._surface}.Accent.TButton")
        for text, command in actions:
            self._add(text, command, f"{self._surface}.TButton")
        self.arrange()

    @property
    def buttons(self) -> list[ttk.Button]:
        """From left to right."""
        return [child for child in self.winfo_children() if isinstance(child, ttk.Button)]

    def _add(self, text: str, command: Callable[[], None], style: str) -> None:
        ttk.Button(self, text=text, command=command, style=style)


class PopupMenu(tk.Menu):
    """What can be done with one thing, where that is."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, tearoff=False, font="AppBody", relief="raised")
        self._theme = theme

    def show(self, actions: Sequence[Action], x: int, y: int) -> None:
        """Open it there on the screen."""
        palette, px = self._theme.palette, self._theme.px
        self.configure(
            background=palette.button,
            foreground=palette.text,
            activebackground=palette.nav,
            activeforeground=palette.nav_text,
            borderwidth=px(1),
            activeborderwidth=px(4),
        )
        self.delete(0, "end")
        for label, command in actions:
            self.add_command(label=label, command=command)
        self.tk_popup(x, y)


class Switch(ttk.Checkbutton):
    """Yes or no; `on_change` after the user has moved it."""

    def __init__(
        self,
        parent: tk.Misc,
        *,
        text: str,
        on: bool,
        on_change: Callable[[], None],
        surface: str = "bg",
    ) -> None:
        self._on = tk.BooleanVar(parent, value=on)
        super().__init__(
            parent,
            text=text,
            variable=self._on,
            style=f"{surface}.TCheckbutton",
            command=on_change,
        )

    @property
    def on(self) -> bool:
        """Whether it is on."""
        return self._on.get()

    def set(self, on: bool) -> None:
        """Move it; `on_change` is not called."""
        self._on.set(on)


class WrappedSwitch(Switch):
    """Over as many lines as it takes. Asks for no width of its own, as a WrappedLabel."""

    def __init__(
        self, parent: tk.Misc, *, text: str, on: bool, on_change: Callable[[], None]
    ) -> None:
        super().__init__(parent, text=text, on=on, on_change=on_change)
        self._whole = text
        self._beside = self.winfo_reqwidth() - self._measure(text)
        self.configure(width=1)
        self.bind("<Configure>", lambda event: self._fit(event.width - self._beside), add=True)

    def _fit(self, room: int) -> None:
        lines = [""]
        for word in self._whole.split(" "):
            longer = f"{lines[-1]} {word}".lstrip()
            if lines[-1] and self._measure(longer) > room:
                lines.append(word)
            else:
                lines[-1] = longer
        self.configure(text="\n".join(lines))

    def _measure(self, text: str) -> int:
        return int(self.tk.call("font", "measure", "AppBody", text))


def figures_across(parent: tk.Misc, texts: Iterable[str]) -> int:
    """How wide a field is, in figures as Tk counts it, that holds each of these texts."""
    widest, figure = (
        max(int(parent.tk.call("font", "measure", "AppBody", each)) for each in measured)
        for measured in (texts, "0")
    )
    return -(-widest // figure)


class ChoiceBox(ttk.Combobox, Generic[Choice]):
    """One of several things by their labels, the first at the beginning; wide enough for each."""

    def __init__(
        self,
        parent: tk.Misc,
        labels: Mapping[Choice, str],
        *,
        on_change: Callable[[], None],
        surface: str = "bg",
    ) -> None:
        super().__init__(
            parent,
            values=list(labels.values()),
            state="readonly",
            width=figures_across(parent, labels.values()),
            font="AppBody",
            style=f"{surface}.TCombobox",
        )
        self._choices = list(labels)
        self.current(0)
        self.bind("<<ComboboxSelected>>", lambda _event: on_change())

    @property
    def choice(self) -> Choice:
        """What is chosen."""
        return self._choices[self.current()]

    def relabel(self, labels: Mapping[Choice, str]) -> None:
        """Give the same things other labels; it never becomes narrower."""
        chosen = self.current()
        width = max(int(self.cget("width")), figures_across(self, labels.values()))
        self.configure(values=list(labels.values()), width=width)
        self.current(chosen)

    def choose(self, choice: Choice) -> None:
        """Choose it; `on_change` is not called."""
        self.current(self._choices.index(choice))


class Disclosure(ttk.Frame):
    """A heading that unfolds `body` below it, and calls `on_open` then.

    `surface` is what it stands on.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        *,
        text: str,
        surface: str = "bg",
        on_open: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(parent, style=f"{surface}.TFrame")
        self._theme = theme
        self._open = False
        self._on_open = on_open
        self.heading = text
        self.button = ttk.Button(
            self,
            text=text,
            style=f"{surface}.Fold.TButton",
            compound="left",
            command=lambda: self.set_open(not self._open),
        )
        self.body = ttk.Frame(self, style=f"{surface}.TFrame")
        self.button.grid(row=0, column=0, sticky="w")
        # Below the heading's text begins what has room for a focus ring; other text keeps it free.
        self.body.grid(row=1, column=0, sticky="nsew", padx=(theme.px(24) - theme.inset, 0))
        self.columnconfigure(0, weight=1)
        self.button.bind("<Right>", lambda _event: self.set_open(True))
        self.button.bind("<Left>", lambda _event: self.set_open(False))
        self.set_open(False)
        self.bind("<Configure>", lambda _event: self._fit(), add=True)
        Tooltip(self.button, theme, self._hidden_heading)

    def give_letter(self, letters: AltLetters) -> None:
        """Let Alt unfold it."""
        self.set_heading(letters.give(self.heading, self.button))

    def set_heading(self, text: str) -> None:
        """Say something else."""
        self.heading = text
        self._fit()

    def _fit(self) -> None:
        measure = self._theme.font("AppBody").measure
        # Before it was ever laid out, it is one pixel wide.
        room = self.winfo_width() if self.winfo_width() > 1 else 0
        beside = self.button.winfo_reqwidth() - measure(str(self.button.cget("text")))
        heading = elide_middle(self.heading, room - beside, measure) if room else self.heading
        self.button.configure(text=heading)

    def _hidden_heading(self) -> str:
        return "" if str(self.button.cget("text")) == self.heading else self.heading

    @property
    def open(self) -> bool:
        """Whether the body is seen."""
        return self._open

    def set_open(self, is_open: bool) -> None:
        """Unfold or fold."""
        self._open = is_open
        self.button.configure(image=self._theme.icon("down" if is_open else "right", 14, "muted"))
        set_shown(self.body, is_open)
        if is_open:
            self._on_open()
