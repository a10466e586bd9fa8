"""A sentence that needs to be read, with what can be done about it."""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Sequence
from pathlib import Path
from tkinter import ttk
from typing import Literal

from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets.controls import Action, ActionRow, Disclosure, Switch
from rdiff_gui.ui.widgets.labels import CopyableText, Sentence
from rdiff_gui.wording import translate

Tone = Literal["info", "ok", "warning", "error"]

_ICONS: dict[Tone, tuple[str, str]] = {
    "info": ("info", "accent"),
    "ok": ("check", "ok"),
    "warning": ("warning", "warning"),
    "error": ("error", "error"),
}
_COPY = translate("Copy details")
_WITH_FOLDERS = translate("With the names of folders")
# From the beginning of a path to its last name.
_FOLDERS = re.compile(r"""(?<![^\s"'“(<=])(?:~|[A-Za-z]:)?[/\\]+(?:[^/\\\n"”]+[/\\]+)+""")


class Banner(ttk.Frame):
    """Put it with `grid`, once: while it is hidden it takes no room there."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sentence = ""
        self._inside: ttk.Frame | None = None
        self._actions: ActionRow | None = None
        self.bind("<Map>", lambda _event: self._give_room_back())

    @property
    def sentence(self) -> str:
        """What it says, or nothing while hidden."""
        return self._sentence

    @property
    def buttons(self) -> list[ttk.Button]:
        """The buttons of its actions, from left to right."""
        return self._actions.buttons if self._actions is not None else []

    def show(
        self,
        tone: Tone,
        sentence: str,
        actions: Sequence[Action] = (),
        detail: str | None = None,
    ) -> None:
        """Say `sentence`; `detail` is for those who help, folded and copyable."""
        self.hide()
        self._sentence = sentence
        px = self._theme.px
        inside = ttk.Frame(self, style=f"{tone}.Banner.TFrame", padding=(px(14), px(10)))
        inside.pack(fill="both", expand=True)
        inside.columnconfigure(1, weight=1)
        name, role = _ICONS[tone]
        icon = ttk.Label(
            inside, image=self._theme.icon(name, 20, role), style=f"body.{tone}.TLabel"
        )
        # The buttons below have room for a focus ring; the text above keeps it free.
        inset = self._theme.inset
        icon.grid(row=0, column=0, sticky="n", padx=(0, px(10) - inset))
        text = Sentence(inside, self._theme, text=sentence, style=f"body.{tone}.TLabel")
        text.grid(row=0, column=1, sticky="ew", padx=(inset, 0))
        if actions:
            row = self._actions = ActionRow(inside, self._theme, surface=tone)
            row.show(actions)
            row.grid(row=1, column=1, sticky="ew", pady=(px(6), 0))
        if detail:
            folded = Disclosure(inside, self._theme, text=translate("Details"), surface=tone)
            folded.grid(row=2, column=1, sticky="ew", pady=(px(4), 0))
            lines = CopyableText(folded.body, self._theme, surface=tone)
            lines.show(detail)
            lines.pack(fill="x", expand=True)
            self._add_copying(folded.body, tone, detail)
        self._inside = inside
        self.grid()

    def _add_copying(self, parent: ttk.Frame, tone: Tone, detail: str) -> None:
        """For others, whom folders concern only if the user says so."""
        row = ActionRow(parent, self._theme, surface=tone)
        row.pack(fill="x", pady=(self._theme.px(6), 0))
        told = _FOLDERS.sub("…/", detail.replace(str(Path.home()), "~"))
        if told == detail:
            row.show([(_COPY, lambda: self._copy(detail))])
            return
        row.show([(_COPY, lambda: self._copy(detail if folders.on else told))])
        folders = Switch(row, text=_WITH_FOLDERS, on=False, on_change=lambda: None, surface=tone)
        row.arrange()

    def _copy(self, text: str) -> None:
        self.clipboard_clear()
        self.clipboard_append(text)

    def tell(
        self,
        tone: Tone,
        sentence: str,
        more: Sequence[Action] = (),
        detail: str | None = None,
    ) -> None:
        """Say `sentence` until the user has read it; `more` is what can be done besides."""
        self.show(tone, sentence, [(translate("Dismiss"), self.hide), *more], detail)

    def hide(self) -> None:
        """Take it away, and the room with it."""
        self._sentence = ""
        if self._inside is not None:
            self._inside.destroy()
            self._inside = self._actions = None
        self._give_room_back()

    def _give_room_back(self) -> None:
        if not self._sentence and self.winfo_manager():
            self.grid_remove()
