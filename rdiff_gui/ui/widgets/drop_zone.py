"""A place to drop a file on, or to choose one for."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets.controls import set_shown
from rdiff_gui.ui.widgets.labels import ElidedLabel, Tooltip, WrappedLabel
from rdiff_gui.wording import show_name, translate

_ICON = 32
# A name is shortened, and a hint or what is told of a file wraps.
_NARROWEST_WORDS = 120
# What stands between words, icon and buttons, and around them.
_GAPS = 62


class DropZone(ttk.Frame):
    """Empty, holding a file, or holding one that will not do; and any of these under a drag.

    A click anywhere, Enter and Space call `on_browse`. With `on_clear` a filled zone has a
    button to empty it, with `on_browse_folder` one to choose a folder.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        *,
        title: str,
        hint: str,
        on_browse: Callable[[], None],
        on_clear: Callable[[], None] | None = None,
        on_browse_folder: Callable[[], None] | None = None,
    ) -> None:
        px = theme.px
        super().__init__(
            parent, style="Drop.TFrame", padding=(px(18), px(20)), takefocus=True, cursor="hand2"
        )
        self._theme = theme
        self._hint = hint
        self._on_browse = on_browse
        self._on_clear = on_clear
        self._file_name = ""
        self._strut = ttk.Frame(self, width=0)
        self._icon = ttk.Label(self)
        self._title = ttk.Label(self, text=title)
        self._name_line = ElidedLabel(self, theme)
        self._detail = WrappedLabel(self, style="muted.bg.TLabel")
        self._buttons = ttk.Frame(self, cursor="arrow")
        self._clear = ttk.Button(
            self._buttons, image=theme.icon("close", 16, "muted"), command=self._press_clear
        )
        self.browse_button = ttk.Button(self._buttons, text=translate("Browse…"), command=on_browse)
        # Quieter, where there is a file already.
        self.change_button = ttk.Button(self._buttons, text=translate("Change…"), command=on_browse)
        self._folder: ttk.Button | None = None
        if on_browse_folder is not None:
            image = theme.icon("folder", 16, "muted")
            self._folder = ttk.Button(self._buttons, image=image, command=on_browse_folder)
            Tooltip(self._folder, theme, lambda: translate("Choose a folder"))
            self._folder.grid(row=0, column=2, padx=(px(4), 0))
        self._place()
        Tooltip(self._clear, theme, lambda: translate("Take it out of here"))
        self._listen()
        self.set_empty()

    @property
    def folder_button(self) -> ttk.Button:
        """The button for a folder, of a zone that takes one."""
        assert self._folder is not None
        return self._folder

    @property
    def name(self) -> str:
        """The whole name it holds, as shown; empty without a file."""
        return self._file_name

    def set_title(self, title: str) -> None:
        """Say otherwise what belongs here."""
        self._title.configure(text=title)

    def set_empty(self, hint: str | None = None) -> None:
        """Wait for a file, with `hint` or the words it began with."""
        self.state(["!selected", "!invalid"])
        self._set("", self._hint if hint is None else hint, "upload", "accent")

    def set_file(self, name: Path | str, detail: str) -> None:
        """Hold a file or a folder; `detail` says what it is in a few words."""
        self.state(["selected", "!invalid"])
        self._set(show_name(name), detail, "check", "ok")

    def set_problem(self, name: Path | str, sentence: str) -> None:
        """Hold a file that will not do; the sentence says why, and what would."""
        self.state(["!selected", "invalid"])
        self._set(show_name(name), sentence, "warning", "error")

    def set_drag_over(self, over: bool) -> None:
        """Show that a file can be let go here."""
        self.state(["active" if over else "!active"])
        self._dress()

    def _place(self) -> None:
        px, font = self._theme.px, self._theme.font
        gap, inset = px(3), self._theme.inset
        # Buttons below the words have room for a focus ring; the words keep it free.
        self._icon.grid(row=1, column=1, rowspan=3, padx=(px(6), px(14) - inset))
        self._title.grid(row=1, column=2, sticky="w", padx=(inset, 0))
        self._name_line.grid(row=2, column=2, sticky="ew", padx=(inset, 0), pady=(gap, 0))
        self._detail.grid(row=3, column=2, sticky="ew", padx=(inset, 0), pady=(gap, 0))
        self._clear.grid(row=0, column=0, padx=px(2))
        self.browse_button.grid(row=0, column=1)
        self.change_button.grid(row=0, column=1)
        self.columnconfigure(2, weight=1)
        self.rowconfigure((0, 5), weight=1)
        # As tall when empty as with a file, so that the page stays where it is.
        lines = font("AppHeading").metrics("linespace") + 2 * font("AppBody").metrics("linespace")
        self._strut.configure(height=lines + 2 * gap)
        self._strut.grid(row=0, column=0, rowspan=6)
        self._arrange()

    def _arrange(self) -> None:
        """The buttons at the right where the words keep room, else below them."""
        px = self._theme.px
        # Their frame does not know yet which of them were shown just now.
        shown = [each for each in self._buttons.winfo_children() if each.winfo_manager()]
        buttons = sum(each.winfo_reqwidth() + px(4) for each in shown)
        wanted = px(_NARROWEST_WORDS) + self._icon.winfo_reqwidth() + buttons
        if self.winfo_width() >= wanted + px(_GAPS):
            self._buttons.grid(row=1, column=3, rowspan=3, padx=(px(6), 0), pady=0)
            self._clear_beside(0)
        else:
            self._buttons.grid(row=4, column=2, rowspan=1, sticky="w", padx=0, pady=(px(4), 0))
            self._clear_beside(3)

    def _clear_beside(self, column: int) -> None:
        if self._clear.winfo_manager():
            self._clear.grid(column=column)

    def _set(self, name: str, detail: str, icon: str, role: str) -> None:
        self._file_name = name
        self._detail.configure(text=detail)
        self._icon.configure(image=self._theme.icon(icon, _ICON, role))
        for widget, wanted in (
            (self._name_line, bool(name)),
            (self._detail, bool(detail)),
            (self._clear, bool(name and self._on_clear)),
            (self.browse_button, not name),
            (self.change_button, bool(name)),
        ):
            set_shown(widget, wanted)
        if self._folder is not None:
            set_shown(self._folder, not name)
        self._dress()
        self._name_line.show(name)
        self._arrange()

    def _dress(self) -> None:
        """Give what stands in the zone the ground that its state has."""
        surface = "bg"
        if self.instate(["active"]):
            surface = "soft"
        elif self._file_name:
            surface = "card"
        self._strut.configure(style=f"{surface}.TFrame")
        self._buttons.configure(style=f"{surface}.TFrame")
        self._icon.configure(style=f"body.{surface}.TLabel")
        self._title.configure(style=f"heading.{surface}.TLabel")
        self._name_line.configure(style=f"body.{surface}.TLabel")
        role = "error" if self.instate(["invalid"]) else "muted"
        self._detail.configure(style=f"{role}.{surface}.TLabel")
        self.browse_button.configure(style=f"{surface}.TButton")
        self.change_button.configure(style=f"{surface}.Ghost.TButton")
        self._clear.configure(style=f"{surface}.Ghost.TButton")
        if self._folder is not None:
            self._folder.configure(style=f"{surface}.Ghost.TButton")

    def _listen(self) -> None:
        for label in (self._icon, self._title, self._name_line, self._detail):
            tags = label.bindtags()
            label.bindtags((tags[0], str(self), *tags[1:]))
        self.bind("<Configure>", lambda _event: self._arrange())
        self.bind("<Enter>", lambda _event: self.state(["hover"]))
        self.bind("<Leave>", lambda _event: self.state(["!hover"]))
        self.bind("<ButtonPress-1>", lambda _event: self.focus_set())
        self.bind("<ButtonRelease-1>", self._click)
        for key in ("<Return>", "<KP_Enter>", "<space>"):
            self.bind(key, lambda _event: self._on_browse())
        for key in ("<Delete>", "<BackSpace>"):
            self.bind(key, lambda _event: self._press_clear())

    def _click(self, event: tk.Event[tk.Misc]) -> None:
        x = event.x_root - self.winfo_rootx()
        y = event.y_root - self.winfo_rooty()
        if 0 <= x < self.winfo_width() and 0 <= y < self.winfo_height():
            self._on_browse()

    def _press_clear(self) -> None:
        if self._file_name and self._on_clear:
            self.focus_set()
            self._on_clear()
