"""The form for how a signature is made."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from rdiff_gui.engine.options import SignatureOptions
from rdiff_gui.errors import OptionOutOfRange
from rdiff_gui.ui.sentences import wizard
from rdiff_gui.ui.signature import choices
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import WrappedLabel


class SignatureOptionsForm(ttk.Frame):
    """Four fields, all on their recommended value; `on_change` after any was changed."""

    def __init__(self, parent: tk.Misc, theme: Theme, *, on_change: Callable[[], None]) -> None:
        super().__init__(parent)
        self._theme = theme
        self._on_change = on_change
        self.block = self._add(0, 0, wizard.BLOCK_SIZE, choices.BLOCK_CHOICES, editable=True)
        self.strong_hash = self._add(0, 2, wizard.HASH, choices.HASH_CHOICES)
        self.length = self._add(1, 0, wizard.SUM_LENGTH, choices.LENGTH_CHOICES)
        self.rolling = self._add(1, 2, wizard.ROLLING_SUM, choices.ROLLING_CHOICES)
        self._problem = WrappedLabel(self, style="error.bg.TLabel")
        self._problem.grid(row=2, column=0, columnspan=4, sticky="ew")
        self._problem.grid_remove()
        self.columnconfigure((1, 3), weight=1, uniform="field")

    def read(self) -> SignatureOptions | None:
        """What was chosen; None with a sentence in the form where that cannot be."""
        try:
            options = choices.read_options(
                self.block.get(), self.strong_hash.get(), self.rolling.get(), self.length.get()
            )
        except OptionOutOfRange as problem:
            self.block.state(["invalid"])
            self._problem.configure(text=str(problem))
            self._problem.grid()
            return None
        self.block.state(["!invalid"])
        self._problem.grid_remove()
        return options

    def _add(
        self, row: int, column: int, label: str, values: Sequence[str], *, editable: bool = False
    ) -> ttk.Combobox:
        px = self._theme.px
        name = ttk.Label(self, text=label, style="body.bg.TLabel")
        name.grid(row=row, column=column, sticky="w", padx=(0 if column == 0 else px(24), px(8)))
        box = ttk.Combobox(
            self,
            values=list(values),
            state="normal" if editable else "readonly",
            width=12,
            font="AppBody",
        )
        box.set(values[0])
        box.grid(row=row, column=column + 1, sticky="ew", pady=px(2))
        box.bind("<<ComboboxSelected>>", lambda _event: self._on_change())
        box.bind("<KeyRelease>", lambda _event: self._on_change())
        return box
