"""How far the work is, told outside of its page: in the title, on the rail, and by the desktop."""

from __future__ import annotations

import time
import tkinter as tk

from rdiff_gui.records import TYPE_CHECKING, record
from rdiff_gui.ui import Page, text
from rdiff_gui.ui.frame import Rail, bring_to_front

if TYPE_CHECKING:
    from rdiff_gui.desktop.long_work import LongWork

# What is over sooner is nothing to tell the desktop of.
_LONG_MS = 3_000
# Nor is it news where the user looks elsewhere.
_NEWS_SECONDS = 10.0
_LOOK_MS = 300


@record
class _Job:
    """What a page is doing: how far it is, in whole per cent, and for which file."""

    begun: float
    percent: int | None = None
    name: str = ""
    long: bool = False
    timer: str = ""


class WorkStatus:
    """Knows the work of all pages."""

    def __init__(self, root: tk.Tk, rail: Rail) -> None:
        self._root = root
        self._rail = rail
        self._jobs: dict[Page, _Job] = {}
        self._desktop: LongWork | None = None
        self._timer: str | None = None
        self._told: int | None = None
        root.bind("<FocusIn>", self._seen, add=True)

    def began(self, page: Page) -> None:
        """Work begins on a page."""
        self._jobs[page] = job = _Job(time.monotonic())
        self._rail.set_busy(page, True)
        job.timer = self._root.after(_LONG_MS, self._lasts, job)

    def progressed(self, page: Page, fraction: float | None, name: str) -> None:
        """It is so far with a file that is called so."""
        job = self._jobs.get(page)
        # Rounded down, so that 100 % means done.
        percent = None if fraction is None else int(fraction * 100)
        if job and (job.percent, job.name) != (percent, name):
            job.percent, job.name = percent, name
            self._rail.set_percent(page, percent)
            self.show()

    def ended(self, page: Page, *, done: bool) -> None:
        """It has come to its end; with a result, where `done`."""
        job = self._jobs.pop(page)
        self._rail.set_busy(page, False)
        self._rail.set_percent(page, None)
        self._root.after_cancel(job.timer)
        self.show()
        if self._desktop and not any(job.long for job in self._jobs.values()):
            self._desktop.may_sleep()
        if time.monotonic() - job.begun > _NEWS_SECONDS and not self._root.tk.call("focus"):
            sentence = text.WORK_IS_DONE if done else text.WORK_HAS_ENDED
            self._get_desktop().notify(sentence.format(name=job.name), text.SHOW_WINDOW)
            self._look_for_clicks()

    def close(self) -> None:
        """Take back what the desktop was told."""
        if self._timer is not None:
            self._root.after_cancel(self._timer)
        if self._desktop:
            self._desktop.close()

    def _lasts(self, job: _Job) -> None:
        job.long = True
        self._get_desktop().stay_awake(text.WHY_AWAKE.format(name=job.name))
        self.show()

    def show(self) -> None:
        """Tell of the work of the page in front, else of what began last."""
        front = self._jobs.get(Page(self._rail.selected))
        job = front or next(reversed(self._jobs.values()), None)
        if job is None or not job.name:
            self._root.title(text.APP_TITLE)
        else:
            sentence = text.TITLE_AT_WORK if job.percent is None else text.TITLE_WITH_PERCENT
            self._root.title(sentence.format(percent=job.percent, name=job.name))
        percent = job.percent if job and job.long else None
        if self._desktop and percent != self._told:
            self._told = percent
            self._desktop.show_progress(None if percent is None else percent / 100)

    def _get_desktop(self) -> LongWork:
        if self._desktop is None:
            from rdiff_gui.desktop.long_work import LongWork  # the window need not wait for it

            self._desktop = LongWork(int(self._root.wm_frame(), 16))
        return self._desktop

    def _look_for_clicks(self) -> None:
        if self._timer is None:
            self._timer = self._root.after(_LOOK_MS, self._look)

    def _look(self) -> None:
        import queue

        self._timer = None
        try:
            start = self._get_desktop().clicks.get_nowait()
        except queue.Empty:
            self._look_for_clicks()
        else:
            bring_to_front(self._root, start)

    def _seen(self, _event: tk.Event[tk.Misc]) -> None:
        # Until the user is back.
        if self._timer is not None:
            self._root.after_cancel(self._timer)
            self._timer = None
            self._get_desktop().withdraw_news()
