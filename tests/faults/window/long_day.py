"""Job after job in one window, for a given time; a process of its own.

Told on standard output, as JSON: what the window cost on the way, what was done, and the longest
gap of the event loop while a job ran.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections import Counter
from pathlib import Path

from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui import app as app_module
from rdiff_gui.ui.main import share_one_heap
from rdiff_gui.ui.step.page import StepPage
from tests.ui.window.conftest import AnyStep, User

from .material import Material, make_large, make_material
from .watch import Costs, measure, open_window, wait, warm_up

_TICK_MS = 5


class LongDay:
    """Somebody with much to do, and a watch on the event loop."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.material: Material = make_material(home / "files")
        self.large_new = make_large(home / "files" / "large new", seed=2)
        self.user: User = open_window(home)
        self.jobs: Counter[str] = Counter()
        self.longest_gap_seconds = 0.0
        self._last = time.monotonic()
        self._tick()

    def _tick(self) -> None:
        now = time.monotonic()
        if self.user.app.closing.busy:
            self.longest_gap_seconds = max(self.longest_gap_seconds, now - self._last)
        self._last = now
        self.timer = self.user.root.after(_TICK_MS, self._tick)

    def round(self) -> None:
        """One of each: three right jobs, one in place, two that fail, two that are cancelled."""
        material = self.material
        self._do("signature", Page.SIGNATURE, material.large)
        self._do("delta", Page.DELTA, material.signature, material.new)
        self._do("delta of two files", Page.DELTA, material.large, self.large_new)
        self._do("patch", Page.PATCH, material.delta, material.old)
        self._patch_in_place()
        self._fail()
        for page, files in (
            (Page.SIGNATURE, (material.large,)),
            (Page.DELTA, (material.large, self.large_new)),
        ):
            self._cancel(page, *files)

    def _choose(self, page: Page, *files: Path) -> AnyStep:
        self.user.go(page)
        self.user.app.arrive(files, Slot.OLD_TO_SIGN if page is Page.SIGNATURE else None)
        self.user.settle()
        step = self.user.app.page
        assert isinstance(step, StepPage)
        assert step.page is page
        step.output.set_path(self.home / "output")
        step.output._typed()
        return step

    def _press(self, step: AnyStep) -> None:
        # What was done before the work is not the event loop's fault.
        self._last = time.monotonic()
        step.press_primary()
        assert step.worker.busy
        wait(self.user, lambda: not step.worker.busy)
        self.user.settle()

    def _do(self, name: str, page: Page, *files: Path) -> None:
        step = self._choose(page, *files)
        self._press(step)
        assert step.finished, self.user.words(step)
        if page is Page.PATCH:
            assert (self.home / "output").read_bytes() == self.material.new.read_bytes()
        (self.home / "output").unlink()
        self.jobs[name] += 1

    def _patch_in_place(self) -> None:
        old = self.home / "mine"
        old.write_bytes(self.material.old.read_bytes())
        step = self._choose(Page.PATCH, self.material.delta, old)
        form = self.user.patch.form
        form.in_place.invoke()
        self.user.settle()
        self._press(step)
        assert step.finished, self.user.words(step)
        form.in_place.invoke()
        self.user.settle()
        assert old.read_bytes() == self.material.new.read_bytes()
        kept = old.with_name("mine.old")
        assert kept.read_bytes() == self.material.old.read_bytes()
        kept.unlink()
        self.jobs["patch in place"] += 1

    def _fail(self) -> None:
        victim = self.home / "victim"
        victim.write_bytes(self.material.delta.read_bytes())
        step = self._choose(Page.PATCH, victim, self.material.old)
        victim.write_bytes(victim.read_bytes()[:-60])
        self._press(step)
        assert not step.finished
        assert step.banner.sentence
        step = self._choose(Page.SIGNATURE, self.material.old)
        (self.home / "output").touch()
        self._press(step)
        assert "exists already" in step.banner.sentence
        (self.home / "output").unlink()
        self.jobs["failure"] += 2

    def _cancel(self, page: Page, *files: Path) -> None:
        step = self._choose(page, *files)
        self._last = time.monotonic()
        step.press_primary()
        self.user.root.update()
        step.progress.cancel.invoke()
        wait(self.user, lambda: not step.worker.busy)
        self.user.settle()
        assert step.finished or step.banner.sentence == "Cancelled. Nothing was changed."
        (self.home / "output").unlink(missing_ok=True)
        self.jobs["cancelled"] += 1


def spend(home: Path, seconds: float) -> dict[str, object]:
    """Work that long; the costs after a tenth of the time, and at the end."""
    share_one_heap()
    vars(app_module)["show_in_folder"] = lambda _path: True
    day = LongDay(home)
    warm_up(day.user)
    began = time.monotonic()
    costs: list[Costs] = []
    for share in (0.1, 1.0):
        while time.monotonic() - began < share * seconds or not day.jobs:
            day.round()
        costs.append(measure(day.user, day.material))
    day.user.root.after_cancel(day.timer)
    day.user.app.closing.close()
    assert not day.user.errors, day.user.errors[0]
    return {
        "costs": [dataclasses.asdict(cost) for cost in costs],
        "jobs": dict(day.jobs),
        "longest_gap_seconds": day.longest_gap_seconds,
    }


if __name__ == "__main__":
    print(json.dumps(spend(Path(sys.argv[1]), float(sys.argv[2]))))  # noqa: T201
