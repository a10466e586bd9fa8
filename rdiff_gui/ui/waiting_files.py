"""Files that came for a step while it was at work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rdiff_gui.records import TYPE_CHECKING, record
from rdiff_gui.ui import Page, Slot, text
from rdiff_gui.ui.widgets import Action, Banner
from rdiff_gui.wording import name_of, translate, translate_plural

if TYPE_CHECKING:
    from rdiff_gui.ui.routing import DroppedFile

_TAKE = translate("Take now")
_FORGET = translate("Forget")


@record(frozen=True)
class Drop:
    """What was dropped at once, on a zone or on the window as a whole, with that page in front."""

    files: tuple[DroppedFile, ...]
    page: Page
    aimed_at: Slot | None

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the files are."""
        return tuple(file.path for file in self.files)


class WaitingFiles:
    """Holds drops by the step that they wait for, and tells of them in a banner of its own."""

    def __init__(self, banner: Banner, on_take: Callable[[Sequence[Drop]], None]) -> None:
        self._banner = banner
        self._on_take = on_take
        self._drops: dict[Page, list[Drop]] = {}

    def add(self, step: Page, drop: Drop) -> None:
        """Keep files until the step has ended."""
        self._drops.setdefault(step, []).append(drop)
        self._tell(step, ended=False)

    def ended(self, step: Page, *, take: bool) -> None:
        """The step has ended: give its files out, or offer to."""
        if step in self._drops and take:
            self._take(step)
        elif step in self._drops:
            self._tell(step, ended=True)

    def waits_for(self, step: Page) -> bool:
        """Whether files wait for that step."""
        return step in self._drops

    def _take(self, step: Page) -> None:
        drops = self._drops.pop(step)
        self._tell_of_others()
        self._on_take(drops)

    def _forget(self, step: Page) -> None:
        self._drops.pop(step, None)
        self._tell_of_others()

    def _tell_of_others(self) -> None:
        self._banner.hide()
        for step in self._drops:
            self._tell(step, ended=False)

    def _tell(self, step: Page, *, ended: bool) -> None:
        files = [file for drop in self._drops[step] for file in drop.files]
        actions: list[Action] = [(_FORGET, partial(self._forget, step))]
        if ended:
            told = translate_plural(
                "“{name}” waited until the step “{step}” has ended.",
                "{count} files waited until the step “{step}” has ended.",
                len(files),
            )
            actions.insert(0, (_TAKE, partial(self._take, step)))
        else:
            told = translate_plural(
                "“{name}” waits until the step “{step}” is done.",
                "{count} files wait until the step “{step}” is done.",
                len(files),
            )
        sentence = told.format(
            name=name_of(files[0].path), count=len(files), step=text.PAGE_NAMES[step]
        )
        self._banner.show("info", sentence, actions)


def have_own_zones(drops: Sequence[Drop]) -> bool:
    """Whether each drop is one file for a zone of its own, or there is one drop alone."""
    zones = {drop.aimed_at for drop in drops if len(drop.files) == 1}
    return len(drops) == 1 or (None not in zones and len(zones) == len(drops))
