"""The drop zones of a step, with what is known of the files in them."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from rdiff_gui.descriptions import describe
from rdiff_gui.engine.summaries import DeltaFacts, Facts, SignatureFacts, UnreadFacts
from rdiff_gui.engine.trees.summaries import TreeFacts
from rdiff_gui.ui import Slot, text
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.step.model import Filled, StepModel, Summary
from rdiff_gui.ui.widgets import AltLetters, Disclosure, DropZone, FactTable, shorten_names
from rdiff_gui.wording import show_name

# Two zones side by side need this much, in design pixels.
_WIDE = 600
_HALF_GAP = 8
# Characters; two of these and their sentence fit into a line.
_NAME_SHOWN = 24
_SECOND = (Slot.NEW_FILE, Slot.DELTA)
_WITH_FACTS = (Slot.SIGNATURE, Slot.DELTA)


class ZoneRow(ttk.Frame):
    """A zone for each slot, side by side where there is room; below, their facts, until folded."""

    def __init__(
        self,
        parent: tk.Misc,
        context: PageContext,
        slots: Sequence[Slot],
        *,
        on_browse: Callable[[Slot], None],
        on_browse_folder: Callable[[Slot], None],
        on_clear: Callable[[Slot], None],
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[Slot, ...] = ()
        self._side_by_side = True
        self._row = ttk.Frame(self)
        self._row.pack(fill="x")
        self.zones: dict[Slot, DropZone] = {}
        self._facts: dict[Slot, tuple[Disclosure, FactTable]] = {}
        self._told: dict[Slot, Facts] = {}
        for slot in slots:
            self._add(slot, on_browse, on_browse_folder, on_clear)
        self._row.bind("<Configure>", lambda event: self._adapt(event.width))

    def _add(
        self,
        slot: Slot,
        on_browse: Callable[[Slot], None],
        on_browse_folder: Callable[[Slot], None],
        on_clear: Callable[[Slot], None],
    ) -> None:
        zone = self.zones[slot] = DropZone(
            self._row,
            self._context.theme,
            title=text.zone_title(slot, is_folder=None),
            hint=text.HINTS[slot],
            on_browse=lambda: on_browse(slot),
            on_clear=lambda: on_clear(slot),
            on_browse_folder=(lambda: on_browse_folder(slot)) if slot.takes_folders else None,
        )
        self._context.add_zone(zone, slot)
        if slot in _WITH_FACTS:
            disclosure = Disclosure(self, self._context.theme, text="")
            table = FactTable(disclosure.body, self._context.theme, surface="bg")
            table.pack(fill="x", expand=True, padx=self._context.theme.inset)
            self._facts[slot] = (disclosure, table)

    def give_letters(self, letters: AltLetters) -> None:
        """Let Alt press the buttons of the first and of the second zone."""
        for second in (False, True):
            zones = [zone for slot, zone in self.zones.items() if (slot in _SECOND) is second]
            letters.give(text.BROWSE, *(zone.browse_button for zone in zones))
            letters.give(text.CHANGE, *(zone.change_button for zone in zones))

    def show(self, model: StepModel[Summary]) -> None:
        """Show the slots and files of `model` as they are now."""
        now = time.time()
        for slot in model.slots:
            one = model.files.get(slot)
            is_folder = one.file.is_folder if one else model.wants_folder(slot)
            self.zones[slot].set_title(text.zone_title(slot, is_folder=is_folder))
            self._show_file(slot, one, now)
        for slot, (disclosure, table) in self._facts.items():
            one = model.files.get(slot) if slot in model.slots else None
            if one is not None and one.facts is not None:
                if self._told.get(slot) is not one.facts:
                    self._told[slot] = one.facts
                    line = shorten_names(text.about_line(one.facts), most=_NAME_SHOWN)
                    disclosure.set_heading(line)
                    about = (text.zone_title(slot, is_folder=False), show_name(one.path))
                    table.show([about, *describe(one.facts)])
                disclosure.pack(fill="x", pady=(self._context.theme.px(6), 0))
            else:
                disclosure.pack_forget()
        if self._shown != model.slots:
            self._shown = model.slots
            self._arrange()

    def fold(self) -> None:
        """Make room for what came of the files."""
        for disclosure, _table in self._facts.values():
            disclosure.set_open(False)

    def set_drag_over(self, slots: Sequence[Slot], over: bool) -> None:
        """Light the zones of `slots` up, or all dark again."""
        for slot, zone in self.zones.items():
            zone.set_drag_over(over and slot in slots)

    def _show_file(self, slot: Slot, one: Filled | None, now: float) -> None:
        zone = self.zones[slot]
        if one is None:
            zone.set_empty()
        elif one.problem:
            zone.set_problem(one.path.name, text.SEE_BELOW)
        else:
            zone.set_file(one.path.name, _detail(one, now))

    def _adapt(self, width: int) -> None:
        side_by_side = width >= self._context.theme.px(_WIDE)
        if side_by_side != self._side_by_side:
            self._side_by_side = side_by_side
            self._arrange()

    def _arrange(self) -> None:
        gap = self._context.theme.px(_HALF_GAP)
        columns = len(self._shown) if self._side_by_side else 1
        for column in range(2):
            used = column < columns
            self._row.columnconfigure(column, weight=int(used), uniform="zone" if used else "")
        for slot, zone in self.zones.items():
            if slot not in self._shown:
                zone.grid_remove()
        for place, slot in enumerate(self._shown):
            row, column = divmod(place, columns)
            # Half a gap on each side of the middle keeps both zones of one width.
            across = (0, gap) if columns > 1 and not column else (gap * column, 0)
            self.zones[slot].grid(
                row=row, column=column, sticky="nsew", padx=across, pady=(2 * gap * row, 0)
            )
            # Tab goes through the zones as the eye does.
            self.zones[slot].lift()


def _detail(one: Filled, now: float) -> str:
    match one.facts:
        case SignatureFacts():
            return text.signature_detail(one.facts)
        case DeltaFacts():
            return text.delta_detail(one.facts)
        case UnreadFacts():
            return text.unread_detail(one.facts)
        case TreeFacts():
            return text.tree_detail(one.facts)
    if one.file.is_folder:
        return text.folder_detail(one.file.modified, now)
    if one.file.is_ordinary:
        return text.ordinary_detail(one.file.size_bytes, one.file.modified, now)
    return text.LOOKING
