"""Fields that have a setting behind them, and those of results, work and the user's own link."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from tkinter import ttk
from typing import Any, Generic, TypeVar

from rdiff_gui.desktop.settings import LABELS, link_speed, name_pattern, thread_count
from rdiff_gui.records import replace
from rdiff_gui.ui import text
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.widgets import (
    AltLetters,
    ChoiceBox,
    ElidedLabel,
    Switch,
    WrappedLabel,
    figures_across,
    set_shown,
)
from rdiff_gui.wording import show_name, translate

V = TypeVar("V", int, str)

_LINKS_MBIT_S = (1, 5, 10, 25, 50, 100, 250, 1000)
_SIGNATURE_NAMES = ("{name}.rsig", "{name}.sig", "{name}.signature")
_DELTA_NAMES = ("{name}.rdelta", "{name}.delta")
_NAMES_HINT = translate(
    "{place} stands for the file's own name. Only .rsig and .rdelta open with a double-click."
)
_BESIDE = translate("Beside the file that they are made from")
_ALWAYS_THERE = translate("Always in one folder")
_CHOOSE_FOLDER = translate("Choose the folder for results")
_ALL_THREADS = translate("One for each core")
_COMPRESS = translate("Compress deltas")
_MBIT_S = translate("Mbit/s")
_WIDTH = 22


class SettingBox(ttk.Combobox, Generic[V]):
    """A value to choose or to type, which counts and is remembered as soon as it can be one.

    `read` makes a value of a text, and raises ValueError where it cannot; `show` does the opposite.
    A text that is no value is marked, and goes when the focus does.
    """

    def __init__(
        self,
        parent: tk.Misc,
        context: PageContext,
        setting: str,
        choices: Sequence[V],
        *,
        read: Callable[[str], V],
        show: Callable[[V], str] = str,
        width: int = _WIDTH,
    ) -> None:
        texts = [show(choice) for choice in choices]
        super().__init__(
            parent,
            values=texts,
            width=max(width, figures_across(parent, texts)),
            font="AppBody",
            style="card.TCombobox",
        )
        self._context = context
        self._setting = setting
        self._read: Callable[[str], V] = read
        self._show: Callable[[V], str] = show
        for sequence in ("<<ComboboxSelected>>", "<KeyRelease>"):
            self.bind(sequence, lambda _event: self._choose())
        # Enter is for this field; the page's own button would begin anew.
        for key in ("<Return>", "<KP_Enter>"):
            self.bind(key, lambda _event: "break")
        self.bind("<FocusOut>", lambda _event: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show the setting as it is."""
        value = self._show(getattr(self._context.settings, self._setting))
        self.state(["!invalid"])
        if self.get() != value:
            self.set(value)

    def _choose(self) -> None:
        try:
            value = self._read(self.get())
        except ValueError:
            self.state(["invalid"])
            return
        self.state(["!invalid"])
        settings = self._context.settings
        if value != getattr(settings, self._setting):
            chosen: dict[str, Any] = {self._setting: value}
            self._context.change_settings(replace(settings, **chosen))


class LinkSpeedField(ttk.Frame):
    """How fast the user's link is, which all times are told for."""

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, style="card.TFrame")
        self.box = SettingBox(self, context, "link_mbit_s", _LINKS_MBIT_S, read=link_speed, width=6)
        self.box.pack(side="left")
        unit = ttk.Label(self, text=_MBIT_S, style="muted.card.TLabel")
        unit.pack(side="left", padx=(context.theme.px(4), 0))


class OutputFolderField(ttk.Frame):
    """Beside the file, or always in one folder."""

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, style="card.TFrame")
        self._context = context
        self._always = tk.BooleanVar(self)
        self.ways = [
            ttk.Radiobutton(
                self,
                text=label,
                value=always,
                variable=self._always,
                style="card.TRadiobutton",
                command=self._choose_way,
            )
            for label, always in ((_BESIDE, False), (_ALWAYS_THERE, True))
        ]
        self.button = ttk.Button(self, text=text.CHANGE, style="card.TButton", command=self._browse)
        self._path = ElidedLabel(self, context.theme, style="muted.card.TLabel")
        px = context.theme.px
        for row, way in enumerate(self.ways):
            way.grid(row=row, column=0, sticky="w", columnspan=2)
        self._path.grid(row=2, column=0, sticky="ew", padx=(px(26), px(8)))
        self.button.grid(row=2, column=1, sticky="e")
        self.columnconfigure(0, weight=1)
        self.refresh()

    def give_letters(self, letters: AltLetters) -> None:
        """Let Alt choose."""
        for way in self.ways:
            letters.give(str(way.cget("text")), way)
        letters.give(text.CHANGE, self.button)

    def refresh(self) -> None:
        """Show the setting as it is."""
        folder = self._context.settings.output_folder
        self._always.set(folder is not None)
        self._path.show(show_name(folder) if folder else "")
        for part in (self._path, self.button):
            set_shown(part, folder is not None)

    def _choose_way(self) -> None:
        if not self._always.get():
            self._choose(None)
        elif self._context.settings.output_folder is None:
            # Until a folder is chosen, nothing has changed.
            self.refresh()
            self._browse()

    def _browse(self) -> None:
        start = self._context.settings.output_folder or Path.home()
        self._context.browse_folder(_CHOOSE_FOLDER, start, self._choose)

    def _choose(self, folder: Path | None) -> None:
        whole = None if folder is None else Path(os.path.abspath(folder))  # noqa: PTH100  # links stay
        self._context.change_settings(replace(self._context.settings, output_folder=whole))
        self.refresh()


class ResultPreferences:
    """Three cards, each made by `card`, which takes its title."""

    def __init__(self, card: Callable[[str], ttk.Frame], context: PageContext) -> None:
        self._context = context
        settings = context.settings
        results = _Form(card(translate("Results")), context)
        self.folder = OutputFolderField(results.card, context)
        results.add("output_folder", self.folder)
        self.signature_name = SettingBox(
            results.card, context, "signature_name", _SIGNATURE_NAMES, read=name_pattern
        )
        results.add("signature_name", self.signature_name)
        self.delta_name = SettingBox(
            results.card, context, "delta_name", _DELTA_NAMES, read=name_pattern
        )
        results.add("delta_name", self.delta_name)
        results.explain(_NAMES_HINT.format(place="{name}"))
        work = _Form(card(translate("New work")), context)
        cores = os.cpu_count() or 1
        self.threads = SettingBox(
            work.card, context, "threads", range(cores + 1), read=_read_threads, show=_show_threads
        )
        work.add("threads", self.threads)
        self.sealing = ChoiceBox(
            work.card,
            text.SEALINGS,
            on_change=self._choose_seal,
            surface="card",
        )
        work.add("sealing", self.sealing)
        self.compress = Switch(
            work.card, text=_COMPRESS, on=settings.compress, on_change=self._choose_compression,
            surface="card",
        )  # fmt: skip
        work.add("compress", self.compress)
        sending = _Form(card(translate("Sending")), context)
        self.link = LinkSpeedField(sending.card, context)
        sending.add("link_mbit_s", self.link)
        self.refresh()

    def refresh(self) -> None:
        """Show the settings as they are."""
        settings = self._context.settings
        for field in (self.folder, self.signature_name, self.delta_name, self.threads):
            field.refresh()
        self.link.box.refresh()
        self.sealing.choose(settings.sealing)
        self.compress.set(settings.compress)

    def _choose_seal(self) -> None:
        settings = replace(self._context.settings, sealing=self.sealing.choice)
        self._context.change_settings(settings)

    def _choose_compression(self) -> None:
        settings = replace(self._context.settings, compress=self.compress.on)
        self._context.change_settings(settings)


class _Form:
    """A name beside each field, or above it where there is no room for both."""

    def __init__(self, card: ttk.Frame, context: PageContext) -> None:
        self.card = ttk.Frame(card, style="card.TFrame")
        self.card.grid(sticky="ew")
        self.card.columnconfigure(1, weight=1)
        self._px, self._inset = context.theme.px, context.theme.inset
        # The fields of all cards begin at one place.
        widest = max(map(context.theme.font("AppBody").measure, LABELS.values()))
        self._beside = widest + self._px(16)
        self._rows: list[tuple[ttk.Label, ttk.Widget]] = []
        self._stacked = False
        self.card.bind("<Configure>", lambda event: self._arrange(event.width))

    def add(self, setting: str, field: ttk.Widget) -> None:
        """Another row."""
        name = ttk.Label(self.card, text=LABELS[setting], style="body.card.TLabel")
        self._rows.append((name, field))
        self._place()

    def explain(self, hint: str) -> None:
        """A quiet line below."""
        label = WrappedLabel(self.card, text=hint, style="muted.card.TLabel")
        # Below two rows for each field.
        row = 2 * len(self._rows)
        across, below = self._inset, (self._px(4), 0)
        label.grid(row=row, column=0, columnspan=2, sticky="ew", padx=across, pady=below)

    def _arrange(self, width: int) -> None:
        widest = max(field.winfo_reqwidth() for _name, field in self._rows)
        stacked = width < self._beside + widest
        if stacked != self._stacked:
            self._stacked = stacked
            self._place()

    def _place(self) -> None:
        px = self._px
        self.card.columnconfigure(0, minsize=0 if self._stacked else self._beside)
        for place, (name, field) in enumerate(self._rows):
            above = "nw" if isinstance(field, OutputFolderField) else "w"
            name.grid(row=2 * place, column=0, sticky=above, padx=self._inset, pady=px(5))
            wide = "ew" if isinstance(field, ttk.Frame) else "w"
            row, column = (2 * place + 1, 0) if self._stacked else (2 * place, 1)
            field.grid(row=row, column=column, columnspan=2 - column, sticky=wide, pady=px(2))


def _show_threads(threads: int) -> str:
    return str(threads) if threads else _ALL_THREADS


def _read_threads(typed: str) -> int:
    return 0 if typed.casefold() == _ALL_THREADS.casefold() else thread_count(typed)
