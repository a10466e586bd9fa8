"""Lines of text that can be selected and copied but not changed."""

from __future__ import annotations

import tkinter as tk

from rdiff_gui.ui.theme import Theme

_MOST_LINES = 12


class CopyableText(tk.Text):
    """As tall as its text, up to `most_lines`. `surface` is what it stands on."""

    def __init__(
        self, parent: tk.Misc, theme: Theme, *, surface: str, most_lines: int = _MOST_LINES
    ) -> None:
        super().__init__(
            parent,
            wrap="word",
            font="TkFixedFont",
            borderwidth=0,
            highlightthickness=theme.px(2),
            padx=theme.px(4),
            pady=theme.px(4),
            height=1,
            width=1,
            state="disabled",
            takefocus=True,
        )
        self._theme = theme
        self._surface = surface
        self._most_lines = most_lines
        self.bind("<<ThemeChanged>>", lambda _event: self._dress())
        self.bind("<Button-1>", lambda _event: self.focus_set(), add=True)
        # Tab leaves the text, as it leaves every other control.
        self.bind("<Tab>", lambda _event: self._leave("tk_focusNext"))
        self.bind("<Shift-Tab>", lambda _event: self._leave("tk_focusPrev"))
        self.bind("<Control-a>", lambda _event: self._select_all())
        self._dress()

    def show(self, text: str, surface: str | None = None) -> None:
        """Replace the text, and the ground where one is given."""
        self._surface = surface or self._surface
        self.configure(state="normal")
        self.delete("1.0", "end")
        self.insert("1.0", text)
        self.configure(state="disabled", height=min(self._most_lines, text.count("\n") + 1))
        self._dress()

    def _dress(self) -> None:
        palette = self._theme.palette
        ground = self._theme.surface(self._surface)
        self.configure(
            background=ground,
            foreground=palette.text,
            selectbackground=palette.accent,
            selectforeground=palette.on_accent,
            inactiveselectbackground=palette.accent,
            highlightbackground=ground,
            highlightcolor=palette.ring,
            insertbackground=palette.text,
        )

    def _leave(self, direction: str) -> str:
        target = self.tk.call(direction, self)
        self.tk.call("focus", target)
        return "break"

    def _select_all(self) -> str:
        self.tag_add("sel", "1.0", "end-1c")
        return "break"
