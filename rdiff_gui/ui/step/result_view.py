"""How a finished operation is shown: headline, map, remarks, times, and what comes next."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk
from typing import Literal

from rdiff_gui.engine.summaries import LinkTime
from rdiff_gui.ui import text
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.preferences import LinkSpeedField
from rdiff_gui.ui.step.map_view import StepMap
from rdiff_gui.ui.step.model import Outcome
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.trees.view import TreeView
from rdiff_gui.ui.widgets import (
    Action,
    ActionRow,
    Disclosure,
    FactTable,
    Sentence,
    Tooltip,
    WrappedLabel,
    elide_middle,
    set_shown,
)
from rdiff_gui.wording import name_of, show_duration, translate

Role = Literal["ok", "plain", "warning"]

_HEADLINES: dict[Role, str] = {
    "ok": "big-ok.card.TLabel",
    "plain": "big.card.TLabel",
    "warning": "big-warning.card.TLabel",
}
_NARROWEST_LINE = 240
_OPEN = translate("Open")
_DRAG = translate("Drag it into a letter, a chat or a folder.")
# Characters of the file's name.
_NAME_SHOWN = 48
_OTHER_LINKS = translate("On other links")


class ResultView(ttk.Frame):
    """A card that says all there is to say of one result, and below it what to be wary of.

    What can be done with it goes into `actions`.
    """

    def __init__(self, parent: tk.Misc, context: PageContext, actions: ActionRow) -> None:
        super().__init__(parent)
        self._context = context
        self._actions = actions
        self._card = ResultCard(self, context.theme)
        self._card.grid(sticky="ew")
        self._card.body.columnconfigure(0, weight=1)
        self._cautions = Cautions(self, context.theme)
        self._cautions.grid(sticky="ew", pady=(context.theme.px(8), 0))
        self.columnconfigure(0, weight=1)
        self._times: TimeSaved | None = None
        self.files: TreeView | None = None

    def present(self, outcome: Outcome, more: Sequence[Action] = ()) -> None:
        """Replace what is shown; `more` is what can be done besides."""
        self._show_head(outcome, more)
        theme, px, body = self._context.theme, self._context.theme.px, self._card.body
        for part in body.winfo_children():
            part.destroy()
        self._times = None
        self._show_file(outcome)
        if outcome.delta is not None and outcome.delta.new_bytes:
            delta_map = StepMap(body, self._context)
            delta_map.show(outcome.output, outcome.old_bytes)
            delta_map.grid(sticky="ew", pady=(0, px(10)))
        self.files = None
        if outcome.tree is not None:
            self.files = TreeView(body, self._context, outcome.tree_folder)
            self.files.show(outcome.tree)
            self.files.grid(sticky="ew", pady=(0, px(10)))
        for remark in outcome.remarks:
            label = Sentence(body, theme, text=remark, style="body.card.TLabel")
            label.grid(sticky="ew", padx=theme.inset, pady=(0, px(8)))
        if outcome.blake3 is not None:
            checksum = FactTable(body, theme)
            checksum.show([(text.CHECKSUM, outcome.blake3)])
            checksum.grid(sticky="ew", padx=theme.inset, pady=(0, px(8)))
        if outcome.savings is not None:
            self._times = TimeSaved(body, self._context, outcome)
            self._times.grid(sticky="ew", padx=theme.inset, pady=(0, px(4)))
            others = Disclosure(body, theme, text=_OTHER_LINKS, surface="card")
            others.grid(sticky="ew", pady=(0, px(8)))
            times, of_folder = outcome.savings.link_times(), outcome.tree is not None
            savings_table(others.body, theme, times, of_folder=of_folder).pack(fill="x")
        if outcome.next_step:
            row = ttk.Frame(body, style="card.TFrame")
            row.columnconfigure(1, weight=1)
            row.grid(sticky="ew", padx=theme.inset, pady=(px(2), 0))
            icon = theme.icon("info", 20, "accent")
            icon_label = ttk.Label(row, image=icon, style="body.card.TLabel")
            icon_label.grid(row=0, column=0, sticky="n", padx=(0, px(10)))
            label = Sentence(row, theme, text=outcome.next_step, style="body.card.TLabel")
            label.grid(row=0, column=1, sticky="ew")
        self._cautions.show(outcome.cautions)

    def follow_settings(self) -> None:
        """Times are told for the user's own link."""
        if self._times is not None:
            self._times.follow_settings()

    def _show_head(self, outcome: Outcome, more: Sequence[Action]) -> None:
        context, output = self._context, outcome.output
        clipboard = context.clipboard
        actions: list[Action] = [(text.SHOW_IN_FOLDER, lambda: context.show_in_folder(output))]
        if outcome.opens:
            actions.insert(0, (_OPEN, lambda: context.open_file(output)))
        else:
            actions.append((text.COPY_PATH, lambda: clipboard.copy_text(str(output))))
        if clipboard.takes_files:
            # What is to be sent is pasted into a letter or a chat.
            place = 0 if outcome.to_send else len(actions) - (not outcome.opens)
            label = text.COPY_FOLDER if outcome.is_folder else text.COPY_FILE
            actions.insert(place, (label, partial(self._copy_output, label)))
        actions += more
        self._output = output
        if outcome.follow is not None:
            label, destination = outcome.follow.label, outcome.follow.destination
            actions.append((label, lambda: context.go(destination)))
        self._actions.show(actions[1:], primary=actions[0])
        self._card.show(outcome.headline, outcome.line, role=outcome.role)

    def _show_file(self, outcome: Outcome) -> None:
        """The output itself, to be dragged into a letter or a folder, where that can be done."""
        theme, output = self._context.theme, outcome.output
        chip = ttk.Label(
            self._card.body,
            text=elide_middle(name_of(output), _NAME_SHOWN, len),
            image=theme.icon("folder" if outcome.is_folder else "signature", 20, "accent"),
            compound="left",
            style="chip.body.card.TLabel",
            cursor="hand2",
        )
        if self._context.give_file(chip, output):
            chip.grid(sticky="w", padx=theme.inset, pady=(0, theme.px(8)))
            Tooltip(chip, theme, lambda: _DRAG)
        else:
            chip.destroy()

    def _copy_output(self, label: str) -> None:
        self._context.clipboard.copy_file(self._output)
        for button in self._actions.buttons:
            if button.cget("text") == label:
                button.configure(text=text.COPIED)


class TimeSaved(ttk.Frame):
    """A sentence of what is saved on the user's own link, whose speed can be changed and stays."""

    def __init__(self, parent: tk.Misc, context: PageContext, outcome: Outcome) -> None:
        super().__init__(parent, style="card.TFrame")
        self._context = context
        self._outcome = outcome
        px = context.theme.px
        self._sentence = Sentence(self, context.theme, style="body.card.TLabel")
        self._sentence.grid(row=0, column=0, sticky="ew")
        link = LinkSpeedField(self, context)
        link.grid(row=0, column=1, padx=(px(10), 0))
        self.speed = link.box
        self.columnconfigure(0, weight=1)
        self.follow_settings()

    def follow_settings(self) -> None:
        """The link may be another one now."""
        self.speed.refresh()
        speed = self._context.settings.link_mbit_s
        self._sentence.show(tell_link_times(self._outcome, speed))


def tell_link_times(outcome: Outcome, link_mbit_s: int) -> str:
    """How long file or folder and delta take; with the signature's way, where one was sent."""
    savings, signature_came = outcome.savings, outcome.signature_came
    assert savings is not None
    match outcome.tree is not None, signature_came:
        case True, True:
            told = translate(
                "On your link, signature and delta together take {delta}; the folder takes {whole}."
            )
        case True, False:
            told = translate("On your link, the delta takes {delta}; the folder takes {whole}.")
        case False, True:
            told = translate(
                "On your link, signature and delta together take {delta}; the file takes {whole}."
            )
        case _:
            told = translate("On your link, the delta takes {delta}; the file takes {whole}.")
    sent_bytes = savings.delta_bytes + signature_came * savings.signature_bytes
    delta, whole = (each * 8 / link_mbit_s / 1e6 for each in (sent_bytes, savings.new_bytes))
    return told.format(delta=show_duration(delta), whole=show_duration(whole))


class ResultCard(ttk.Frame):
    """Headline, a line beside it; `body` below takes what the page adds."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        px = theme.px
        # What can have the focus brings room for its ring along; the rest keeps it free here.
        super().__init__(parent, style="Card.TFrame", padding=(px(20) - theme.inset, px(14)))
        self._theme = theme
        self._head = ttk.Frame(self, style="card.TFrame")
        self._headline = WrappedLabel(self._head, style=_HEADLINES["ok"])
        self._line = Sentence(self._head, theme, style="body.card.TLabel")
        self.body = ttk.Frame(self, style="card.TFrame")
        self._head.grid(row=0, column=0, sticky="ew", padx=theme.inset)
        self.body.grid(row=1, column=0, sticky="nsew", pady=(px(10), 0))
        self.columnconfigure(0, weight=1)
        self._head.columnconfigure(1, weight=1)
        self._head.bind("<Configure>", lambda _event: self._arrange())

    def show(self, headline: str, line: str = "", *, role: Role = "ok") -> None:
        """Replace the head; the body is the page's own."""
        self._headline.configure(text=headline, style=_HEADLINES[role])
        self._line.show(line)
        self._arrange()

    def _arrange(self) -> None:
        """Side by side where there is room, else below one another."""
        px, head = self._theme.px, self._head
        wanted = self._theme.font("AppBig").measure(str(self._headline.cget("text")))
        beside = head.winfo_width() >= wanted + px(_NARROWEST_LINE + 14)
        head.columnconfigure(0, minsize=wanted if beside else 0)
        self._headline.grid(row=0, column=0, sticky="ew", columnspan=1 if beside else 2)
        if beside:
            self._line.grid(row=0, column=1, sticky="ew", padx=(px(14), 0), pady=0, columnspan=1)
        else:
            self._line.grid(row=1, column=0, sticky="ew", padx=0, pady=(px(4), 0), columnspan=2)


def savings_table(
    parent: tk.Misc, theme: Theme, link_times: Sequence[LinkTime], *, of_folder: bool = False
) -> ttk.Frame:
    """A row for each link, on a card."""
    table = ttk.Frame(parent, style="card.TFrame")
    table.columnconfigure((0, 1, 2, 3), weight=1)
    gap = theme.px(4)
    for row, cells in enumerate(link_rows(link_times, of_folder=of_folder)):
        style = "body.card.TLabel" if row else "small.card.TLabel"
        for column, cell in enumerate(cells):
            label = ttk.Label(table, text=cell, style=style)
            label.grid(row=row, column=column, sticky="e" if column else "w", padx=gap, pady=gap)
    return table


def link_rows(link_times: Sequence[LinkTime], *, of_folder: bool) -> list[tuple[str, ...]]:
    """The heads, and a row for each link."""
    heads = (
        translate("Link"),
        translate("Whole folder") if of_folder else translate("Whole file"),
        translate("Delta"),
        translate("Time saved"),
    )
    rows = (
        (
            _show_link(link.mbit_s),
            show_duration(link.whole_seconds),
            show_duration(link.delta_seconds),
            _show_saved(link.saved_seconds),
        )
        for link in link_times
    )
    return [heads, *rows]


def _show_link(mbit_s: int) -> str:
    if mbit_s >= 1000 and mbit_s % 1000 == 0:
        return translate("{speed} Gbit/s").format(speed=mbit_s // 1000)
    return translate("{speed} Mbit/s").format(speed=mbit_s)


def _show_saved(seconds: float) -> str:
    return f"−{show_duration(-seconds)}" if seconds < 0 else show_duration(seconds)


class Cautions(ttk.Frame):
    """A line for each sentence, quieter than a banner. Put it with `grid`; empty, it is away."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self.columnconfigure(1, weight=1)

    def show(self, sentences: Sequence[str]) -> None:
        """Replace the lines; with none, take no room."""
        for part in self.winfo_children():
            part.destroy()
        px = self._theme.px
        for row, sentence in enumerate(sentences):
            icon = ttk.Label(
                self, image=self._theme.icon("warning", 16, "warning"), style="body.bg.TLabel"
            )
            icon.grid(row=row, column=0, sticky="n", padx=(px(20), px(8)), pady=(px(4), 0))
            text = Sentence(self, self._theme, text=sentence, style="muted.bg.TLabel")
            text.grid(row=row, column=1, sticky="ew", padx=(0, px(20)), pady=(px(2), 0))
        if sentences or self.winfo_manager():
            set_shown(self, bool(sentences))
