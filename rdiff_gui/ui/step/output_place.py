"""The field for where a result goes: a name is proposed until the user gives one."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk
from typing import TYPE_CHECKING

from rdiff_gui.ui.step.model import Place, Summary
from rdiff_gui.ui.text import BROWSE, CHOOSE_ANOTHER_FOLDER, NOT_BESIDE
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import AltLetters, Sentence, Tooltip, elide_middle, set_enabled, set_shown
from rdiff_gui.wording import name_of, show_name, translate

if TYPE_CHECKING:
    from rdiff_gui.ui.step.page import StepPage

# Characters of a folder's name.
_FOLDER_SHOWN = 24
# Design pixels.
_SHORTEST_FIELD = 140
_FOLDER_TITLE = translate("Choose the folder for the result")


class OutputField(ttk.Frame):
    """A name that can be typed, and the folder that it is for; `on_change` when the user typed.

    A whole path can be typed or pasted as well: its folder goes to the button, once the field is
    left. A name that a field cannot show (line breaks, bytes that are no text) is shown escaped,
    and given back as it was set for as long as nobody edits it. Letters that a field cannot join
    are joined while the keyboard is elsewhere (`ui.shaping`).
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        *,
        label: str,
        on_browse: Callable[[], None],
        on_browse_folder: Callable[[], None],
        on_change: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        self._on_change = on_change
        self._on_browse = on_browse
        self._proposing = False
        self._folder: str | None = None
        self._set_name = self._set_text = self._seen_text = ""
        self._text = tk.StringVar(self)
        self._text.trace_add("write", self._changed)
        self._theme = theme
        self._measure = theme.font("AppBody").measure
        caption = self._caption = ttk.Label(self, text=label, style="body.bg.TLabel")
        self.entry = ttk.Entry(self, textvariable=self._text)
        self.folder_button = ttk.Button(
            self,
            image=theme.icon("folder", 16, "muted"),
            compound="left",
            command=lambda: on_browse_folder() if self._folder else on_browse(),
        )
        self._letter = ""
        Tooltip(self.folder_button, theme, lambda: self.place_told)
        self._problem = Sentence(self, theme, style="error.bg.TLabel")
        self._another = ttk.Button(self, text=CHOOSE_ANOTHER_FOLDER, command=on_browse_folder)
        caption.grid(row=0, column=0, sticky="w", padx=(theme.px(3), theme.px(8)))
        self.entry.grid(row=0, column=1, sticky="ew")
        self.folder_button.grid(row=0, column=2, padx=(theme.px(6), 0))
        self._problem.grid(row=1, column=1, sticky="ew", padx=theme.px(3))
        self._another.grid(row=2, column=1, sticky="w", pady=(theme.px(6), 0))
        self._problem.grid_remove()
        self._another.grid_remove()
        self.columnconfigure(1, weight=1, minsize=theme.px(_SHORTEST_FIELD))
        self.bind("<Configure>", lambda _event: self._fit_folder(), add=True)
        self.entry.bind("<Configure>", lambda _event: self._show_end(), add=True)
        self.entry.bind("<FocusIn>", lambda _event: self._show_text(), add=True)
        self.entry.bind("<FocusOut>", lambda _event: self._split(), add=True)
        self.entry.bind("<<Paste>>", lambda _event: self.after_idle(self._split), add=True)
        self._show_folder(None)

    def give_letter(self, letters: AltLetters) -> None:
        """Let Alt press the folder's button, which says it where it has the letter."""
        self._letter = letters.give_unseen(_FOLDER_TITLE, self.folder_button)
        self._fit_folder()

    @property
    def place_told(self) -> str:
        """The folder, and the keys that choose another."""
        keys = f"Alt+{self._letter.upper()}" if self._letter else ""
        return "\n".join(filter(None, (show_name(self._folder or ""), keys)))

    @property
    def path(self) -> str:
        """The path as the operating system wants it; empty where none is given.

        Without a folder, what was typed.
        """
        text = self._text.get()
        name = self._set_name if text in (self._set_text, self._seen_text) else text
        if not name.strip() or self._folder is None or name.startswith("~"):
            return name
        return os.path.join(self._folder, name)  # noqa: PTH118  # what was typed stays so

    def set_path(self, path: Path | str) -> None:
        """Propose a path, of which nothing bad is known; `on_change` is not called."""
        folder, self._set_name = os.path.split(path)
        self._set_text = show_name(self._set_name) if self._set_name else ""
        self._write(self._set_text)
        self._show_text()
        self._show_folder(folder or None)
        self.set_problem(None)
        self._show_end()

    def set_enabled(self, enabled: bool) -> None:
        """Let the path be changed, or show one that is given."""
        set_enabled(self.entry, enabled)
        set_enabled(self.folder_button, enabled)

    def set_problem(self, sentence: str | None, *, of_folder: bool = False) -> None:
        """Say below the field why this path will not do, or, with None, that it will.

        Where it is the folder that will not, another one is offered.
        """
        if sentence:
            # The keyboard may never have left the field.
            self._split()
        self.entry.state(["invalid" if sentence else "!invalid"])
        self._say(sentence, "error")
        set_shown(self._another, of_folder)

    def set_note(self, sentence: str) -> None:
        """Say below the field what the path may leave open."""
        self._say(sentence, "muted")

    def _say(self, sentence: str | None, role: str) -> None:
        self._problem.configure(style=f"{role}.bg.TLabel")
        self._problem.show(sentence or "")
        set_shown(self._problem, bool(sentence))

    def _changed(self, *_trace: str) -> None:
        if not self._proposing:
            self._on_change()

    def _write(self, text: str) -> None:
        """As the program, not the user, writes it."""
        self._proposing = True
        self._text.set(text)
        self._proposing = False

    def _show_text(self) -> None:
        """For the eye while the keyboard is elsewhere, else to be edited."""
        text = self._text.get()
        if text == self._seen_text:
            text = self._set_text
        elif text != self._set_text:
            self._set_name = self._set_text = text
        shape = str if self._has_focus else getattr(self.tk, "shape", str)
        self._seen_text = shape(text)
        if self._seen_text != self._text.get():
            self._write(self._seen_text)

    @property
    def _has_focus(self) -> bool:
        # By its name, since Tk's own inner windows have no Python widget: its file chooser.
        return str(self.tk.call("focus")) == str(self.entry)

    def _show_folder(self, folder: str | None) -> None:
        self._folder = folder
        # The button asks for both, while there is neither.
        self._fit_folder()

    def _fit_folder(self) -> None:
        """Show the folder's name, or as much of it as the field beside it leaves room for."""
        folder = self._folder
        short = elide_middle(name_of(Path(folder)), _FOLDER_SHOWN, len) if folder else BROWSE
        button = self.folder_button
        # Before it was ever laid out, it is one pixel wide.
        if self.winfo_width() > 1:
            beside = button.winfo_reqwidth() - self._measure(str(button.cget("text")))
            room = self.winfo_width() - self._least_beside() - beside
            short = elide_middle(short, max(1, room), self._measure)
        place = short.lower().find(self._letter) if self._letter else -1
        if (short, place) != (str(button.cget("text")), int(button.cget("underline"))):
            button.configure(text=short)
            # By itself: where the letter is seen depends on the text that is there.
            button.configure(underline=place)

    def _least_beside(self) -> int:
        """What the caption and the shortest field take, with the room between them."""
        return self._caption.winfo_reqwidth() + self._theme.px(_SHORTEST_FIELD + 3 + 8 + 6)

    def _split(self) -> None:
        """Once it is typed, a whole path is a name and a folder."""
        text = self._text.get()
        typed = text not in (self._set_text, self._seen_text)
        if typed and os.path.dirname(os.path.expanduser(text)):  # noqa: PTH111, PTH120  # of a text
            self._typed_whole()
        self._show_text()
        self._show_end()

    def _typed_whole(self) -> None:
        """Whoever knows what a typed path is relative to sets it."""

    def _show_end(self) -> None:
        """The name is at the end, and it is what people look for."""
        if not self._has_focus:
            self.entry.icursor("end")
            self.entry.xview_moveto(1.0)


class OutputPlace(OutputField):
    """Shows and changes a place of the page's model; `on_change` before the page is refreshed.

    `find` gives a function that finds a name away from Tk's thread, or None while there is none.
    """

    def __init__(
        self,
        parent: tk.Misc,
        page: StepPage[Summary],
        place: Place,
        *,
        label: str,
        find: Callable[[], Callable[[], Path] | None],
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(
            parent,
            page.context.theme,
            label=label,
            on_browse=self.browse,
            on_browse_folder=self.browse_folder,
            on_change=self._typed,
        )
        self._page = page
        self._place = place
        self._find = find
        self._on_place_changed = on_change
        self._asked: Callable[[], Path] | None = None
        self._folder_chosen = False

    def propose(self) -> None:
        """Look for a name, unless the user gave one."""
        if self._place.chosen:
            self._follow()
            return
        asked = self._asked = self._find()
        if asked is None:
            self._propose(None, "")
            return
        wanted = self._page.model.wanted_folder

        def ask() -> tuple[Path, str]:
            path = asked()
            if wanted is None or path.parent == wanted or os.access(wanted, os.W_OK):
                return path, ""
            return path, NOT_BESIDE.format(wanted=show_name(wanted), folder=show_name(path.parent))

        # A disk may answer late, when another name was asked for already.
        self._page.context.post.ask(
            ask, lambda found: self._propose(*found) if self._asked is asked else None
        )

    def _follow(self) -> None:
        """A name alone means beside the files that are here now; a folder of one's own stays."""
        model, text = self._page.model, self.path
        if not self._folder_chosen and model.wanted_folder is not None:
            text = os.path.join(model.wanted_folder, os.path.basename(text))  # noqa: PTH118, PTH119
        self._place.path = model.read_path(text)
        if self._place.path is not None and model.inputs:
            self.set_path(self._place.path)

    def browse(self) -> None:
        """Let the user choose."""
        self._page.context.browse_output(self._place.path or Path.home(), self._choose)

    def browse_folder(self) -> None:
        """Let the user choose a folder for the name that is there."""
        path = self._place.path
        if path is None:
            self.browse()
            return
        self._page.context.browse_folder(
            _FOLDER_TITLE, path.parent, lambda folder: self._choose(folder / path.name)
        )

    def _typed_whole(self) -> None:
        if self._place.path is not None:
            self.set_path(self._place.path)
            self._folder_chosen = True

    def _propose(self, path: Path | None, note: str) -> None:
        if not self._place.chosen and not self._page.worker.busy:
            self._place.path = path
            self._folder_chosen = False
            self.set_path(path or "")
            self.set_note(note)
            self._on_place_changed()
            self._page.refresh()

    def _choose(self, path: Path) -> None:
        if not self._page.refuse_while_busy():
            self._place.choose(path, self._page.model.inputs)
            self.set_path(path)
            self._folder_chosen = True
            self._changed_by_user()

    def _typed(self) -> None:
        model = self._page.model
        self._place.choose(model.read_path(self.path), model.inputs)
        self.set_problem(None)
        if not self._page.worker.busy:
            self._changed_by_user()

    def _changed_by_user(self) -> None:
        self._on_place_changed()
        self._page.edited()
        self._page.refresh()
