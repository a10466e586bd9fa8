"""The forms for how a signature is made, and for the seal around a signature or a delta."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from rdiff_gui.descriptions import SEAL
from rdiff_gui.engine.options import Sealing, SignatureOptions
from rdiff_gui.errors import OptionOutOfRange
from rdiff_gui.formats.signature_header import BLOCK_BYTES_MAX
from rdiff_gui.ui.signature import text
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import ChoiceBox, WrappedLabel, set_shown

_BLOCK_SIZES = (text.AUTOMATIC, "512", "1024", "2048", "4096", "8192", "16384", "65536")
_WIDTH = 12
_WIDE = 38


class SignatureOptionsForm(ttk.Frame):
    """Four fields, all on their recommended value; `on_change` after any was changed."""

    def __init__(self, parent: tk.Misc, theme: Theme, *, on_change: Callable[[], None]) -> None:
        super().__init__(parent)
        px = theme.px
        self.block = ttk.Combobox(self, values=_BLOCK_SIZES, width=_WIDTH, font="AppBody")
        self.block.set(text.AUTOMATIC)
        for sequence in ("<<ComboboxSelected>>", "<KeyRelease>"):
            self.block.bind(sequence, lambda _event: on_change())
        self.strong_hash = ChoiceBox(self, text.HASHES, width=_WIDTH, on_change=on_change)
        self.length = ChoiceBox(self, text.SUM_LENGTHS, width=_WIDTH, on_change=on_change)
        self.rolling = ChoiceBox(self, text.ROLLING_SUMS, width=_WIDTH, on_change=on_change)
        fields = (
            (text.BLOCK_SIZE, self.block),
            (text.HASH, self.strong_hash),
            (text.SUM_LENGTH, self.length),
            (text.ROLLING_SUM, self.rolling),
        )
        for place, (label, box) in enumerate(fields):
            row, second = divmod(place, 2)
            name = ttk.Label(self, text=label, style="body.bg.TLabel")
            name.grid(row=row, column=2 * second, sticky="w", padx=(px(24) * second, px(8)))
            box.grid(row=row, column=2 * second + 1, sticky="ew", pady=px(2))
        self._problem = WrappedLabel(self, style="error.bg.TLabel")
        self._problem.grid(row=2, column=0, columnspan=4, sticky="ew")
        self._problem.grid_remove()
        self.columnconfigure((1, 3), weight=1, uniform="field")

    def read(self) -> SignatureOptions | None:
        """What was chosen; None with a sentence in the form where that cannot be."""
        problem = block_bytes = None
        try:
            block_bytes = read_block_bytes(self.block.get())
        except OptionOutOfRange as error:
            problem = str(error)
        self.block.state(["invalid" if problem else "!invalid"])
        self._problem.configure(text=problem or "")
        set_shown(self._problem, bool(problem))
        if block_bytes is None:
            return None
        return SignatureOptions(
            block_bytes, self.length.choice, self.strong_hash.choice, self.rolling.choice
        )


def read_block_bytes(typed: str) -> int:
    """The block size that was chosen or typed; 0 for the automatic one.

    Raises: OptionOutOfRange.
    """
    plain = "".join(typed.split())
    if plain.casefold() in ("", "0", text.AUTOMATIC.casefold()):
        return 0
    # isdecimal alone takes other scripts' digits too, which int reads just as well.
    if not plain.isdecimal() or len(plain) > 9 or not 1 <= int(plain) <= BLOCK_BYTES_MAX:
        raise OptionOutOfRange(
            text.BLOCK_SIZE_IN_A_SENTENCE,
            f"“{typed}”",
            text.BLOCK_SIZE_ALLOWED.format(most=BLOCK_BYTES_MAX),
        )
    return int(plain)


class SealingField(ttk.Frame):
    """Which seal a signature or delta gets, and what that is good for."""

    def __init__(self, parent: tk.Misc, theme: Theme, *, on_change: Callable[[], None]) -> None:
        super().__init__(parent)
        px = theme.px
        name = ttk.Label(self, text=SEAL, style="body.bg.TLabel")
        name.grid(row=0, column=0, sticky="w", padx=(0, px(8)))
        self.box = ChoiceBox(self, text.SEALINGS, width=_WIDE, on_change=on_change)
        self.box.grid(row=0, column=1, sticky="w", pady=px(2))
        hint = WrappedLabel(self, text=text.SEALING_HINT, style="muted.bg.TLabel")
        hint.grid(row=1, column=0, columnspan=2, sticky="ew")
        self.columnconfigure(1, weight=1)

    def read(self) -> Sealing:
        """What was chosen."""
        return self.box.choice
