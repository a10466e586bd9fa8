"""Step one on the screen, with the forms of options, which other steps have as well."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from rdiff_gui.descriptions import SEAL
from rdiff_gui.desktop.settings import Settings
from rdiff_gui.engine.options import Sealing, SignatureOptions
from rdiff_gui.engine.summaries import SignatureSummary
from rdiff_gui.engine.trees.summaries import TreeSignatureSummary
from rdiff_gui.errors import OptionOutOfRange
from rdiff_gui.formats.signature_header import BLOCK_BYTES_MAX, RollingSum, StrongHash
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.signature.model import SignatureModel
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.text import SEALINGS
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import ChoiceBox, Flow, WrappedLabel, set_shown
from rdiff_gui.wording import translate

AUTOMATIC = translate("Automatic")
_BLOCK_SIZES = (AUTOMATIC, "512", "1024", "2048", "4096", "8192", "16384", "65536")
HASHES = {
    StrongHash.BLAKE2: translate("BLAKE2 (recommended)"),
    StrongHash.MD4: translate("MD4 (for rdiff before 1.0)"),
}
ROLLING_SUMS = {
    RollingSum.RABINKARP: translate("RabinKarp (recommended)"),
    RollingSum.ROLLSUM: translate("Rollsum (for rdiff before 2.2)"),
}
SUM_LENGTHS = {0: translate("Full (recommended)"), -1: translate("Shortest that is safe")}
_SEALING_HINT = translate(
    "With a seal, patching refuses a wrong or damaged file and proves that the result is right. "
    "rdiff reads sealed files too."
)
_SEALING_HINT_OF_A_FOLDER = translate(
    "With a seal, patching refuses a wrong folder or a damaged delta and proves that the result is "
    "right."
)
_SEALINGS_OF_A_FOLDER = {**SEALINGS, Sealing.NONE: translate("None, as rdiffdir writes it")}
_WIDTH = 12
# Design pixels, between a name and its field, and between two fields.
_GAPS = (8, 24)


class SignaturePage(StepPage[SignatureSummary | TreeSignatureSummary]):
    """Choose the old file or folder."""

    page = Page.SIGNATURE
    title = translate("Make a signature")
    subtitle = translate(
        "A small fingerprint of the old version, for whoever has the new one. It holds no content."
    )
    primary_text = translate("Make signature")
    all_slots = (Slot.OLD_TO_SIGN,)
    model: SignatureModel

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, context, SignatureModel())

    def build_more(self) -> None:
        """Add the signature's options."""
        theme = self.context.theme
        self.form = SignatureOptionsForm(self.options.body, theme, on_change=self.options_changed)
        self.form.pack(fill="x", expand=True)
        self.sealing = SealingField(
            self.options.body, theme, self.context.settings.sealing, on_change=self.options_changed
        )
        self.sealing.pack(fill="x", pady=(theme.px(6), 0))

    def follow_settings(self, before: Settings) -> None:
        super().follow_settings(before)
        self.sealing.follow(before.sealing, self.context.settings.sealing)

    def refresh(self) -> None:
        super().refresh()
        self.sealing.tell(of_folders=self.model.of_folders)

    def options_are_valid(self) -> bool:
        """Take the form's options over; the form says so where they cannot be."""
        options = self.form.read()
        if options is None:
            return self.wrong_option(self.form.block)
        self.model.options, self.model.sealing = options, self.sealing.read()
        return True


class SignatureOptionsForm(ttk.Frame):
    """Four fields, all on their recommended value; `on_change` after any was changed."""

    def __init__(self, parent: tk.Misc, theme: Theme, *, on_change: Callable[[], None]) -> None:
        super().__init__(parent)
        px = theme.px
        self.block = ttk.Combobox(self, values=_BLOCK_SIZES, width=_WIDTH, font="AppBody")
        self.block.set(AUTOMATIC)
        for sequence in ("<<ComboboxSelected>>", "<KeyRelease>"):
            self.block.bind(sequence, lambda _event: on_change())
        self.strong_hash = ChoiceBox(self, HASHES, on_change=on_change)
        self.length = ChoiceBox(self, SUM_LENGTHS, on_change=on_change)
        self.rolling = ChoiceBox(self, ROLLING_SUMS, on_change=on_change)
        fields = (
            (translate("Block size"), self.block),
            (translate("Hash"), self.strong_hash),
            (translate("Sum length"), self.length),
            (translate("Rolling sum"), self.rolling),
        )
        self._fields = [
            (ttk.Label(self, text=label, style="body.bg.TLabel"), box) for label, box in fields
        ]
        self._px, self._inset = px, theme.inset
        self._problem = WrappedLabel(self, style="error.bg.TLabel")
        self._problem.grid(row=len(fields), column=0, columnspan=4, sticky="ew")
        self._problem.grid_remove()
        self._arrange(2)
        self.bind("<Configure>", lambda event: self._arrange(self._count_beside(event.width)))

    def _count_beside(self, width: int) -> int:
        """How many fields stand in a row."""
        columns = zip(*self._fields, strict=True)
        widest = sum(max(part.winfo_reqwidth() for part in column) for column in columns)
        return 2 if width >= 2 * (widest + self._px(sum(_GAPS))) else 1

    def _arrange(self, in_a_row: int) -> None:
        px = self._px
        for place, (name, box) in enumerate(self._fields):
            row, second = divmod(place, in_a_row)
            before = px(_GAPS[1]) if second else self._inset
            name.grid(row=row, column=2 * second, sticky="w", padx=(before, px(_GAPS[0])))
            box.grid(row=row, column=2 * second + 1, sticky="ew", pady=px(2))
        self.columnconfigure(1, weight=1, uniform="field")
        self.columnconfigure(3, weight=in_a_row - 1, uniform="field" if in_a_row == 2 else "")

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
    if plain.casefold() in ("", "0", AUTOMATIC.casefold()):
        return 0
    # isdecimal alone takes other scripts' digits too, which int reads just as well.
    if not plain.isdecimal() or len(plain) > 9 or not 1 <= int(plain) <= BLOCK_BYTES_MAX:
        raise OptionOutOfRange(
            translate("The block size"),
            f"“{typed}”",
            translate("“Automatic”, or a whole number of bytes from 1 to {most}").format(
                most=BLOCK_BYTES_MAX
            ),
        )
    return int(plain)


class SealingField(ttk.Frame):
    """Which seal a signature or delta gets, and what that is good for."""

    def __init__(
        self, parent: tk.Misc, theme: Theme, usual: Sealing, *, on_change: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        px = theme.px
        field = Flow(self, theme, surface="bg", gap=_GAPS[0])
        field.grid(sticky="ew")
        ttk.Label(field, text=SEAL, style="body.bg.TLabel", padding=(theme.inset, px(2)))
        self.box = ChoiceBox(field, SEALINGS, on_change=on_change)
        self.box.choose(usual)
        field.arrange()
        self._hint = WrappedLabel(self, text=_SEALING_HINT, style="muted.bg.TLabel")
        self._hint.grid(sticky="ew", padx=theme.inset)
        self.columnconfigure(0, weight=1)

    def follow(self, before: Sealing, usual: Sealing) -> None:
        """Another one is usual now; what was chosen here stays while the usual one does."""
        if usual is not before:
            self.box.choose(usual)

    def tell(self, *, of_folders: bool) -> None:
        """Say what a seal is good for, of files or of folders."""
        self._hint.configure(text=_SEALING_HINT_OF_A_FOLDER if of_folders else _SEALING_HINT)
        self.box.relabel(_SEALINGS_OF_A_FOLDER if of_folders else SEALINGS)

    def read(self) -> Sealing:
        """What was chosen."""
        return self.box.choice
