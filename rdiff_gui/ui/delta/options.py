"""The forms for what is put around a file: its seal, and for a delta its compression."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from rdiff_gui.engine.options import DeltaOptions, Sealing
from rdiff_gui.ui.sentences import trust
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import WrappedLabel


class SealingField(ttk.Frame):
    """Which seal a signature or delta gets, and what that is good for."""

    def __init__(self, parent: tk.Misc, theme: Theme, *, on_change: Callable[[], None]) -> None:
        super().__init__(parent)
        px = theme.px
        name = ttk.Label(self, text=trust.SEALING, style="body.bg.TLabel")
        name.grid(row=0, column=0, sticky="w", padx=(0, px(8)))
        self.box = ttk.Combobox(
            self, values=list(trust.SEALINGS.values()), state="readonly", width=38, font="AppBody"
        )
        self.box.current(0)
        self.box.bind("<<ComboboxSelected>>", lambda _event: on_change())
        self.box.grid(row=0, column=1, sticky="w", pady=px(2))
        hint = WrappedLabel(self, text=trust.SEALING_HINT, style="muted.bg.TLabel")
        hint.grid(row=1, column=0, columnspan=2, sticky="ew")
        self.columnconfigure(1, weight=1)

    def read(self) -> Sealing:
        """What was chosen."""
        return list(trust.SEALINGS)[self.box.current()]


class DeltaOptionsForm(ttk.Frame):
    """Seal and compression; `on_change` after either was changed."""

    def __init__(self, parent: tk.Misc, theme: Theme, *, on_change: Callable[[], None]) -> None:
        super().__init__(parent)
        px = theme.px
        self.sealing = SealingField(self, theme, on_change=on_change)
        self.sealing.pack(fill="x")
        row = ttk.Frame(self)
        row.pack(fill="x", pady=(px(8), 0))
        self._compress = tk.BooleanVar(self, value=True)
        self.compress = ttk.Checkbutton(
            row,
            text=trust.COMPRESS,
            variable=self._compress,
            style="bg.TCheckbutton",
            command=on_change,
        )
        self.compress.pack(side="left")
        hint = ttk.Label(row, text=trust.COMPRESS_HINT, style="muted.bg.TLabel")
        hint.pack(side="left", padx=(px(12), 0))

    def read(self) -> DeltaOptions:
        """What was chosen."""
        return DeltaOptions(self.sealing.read(), compress=self._compress.get())
