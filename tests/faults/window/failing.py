"""A window whose work fails: files for every step, and somebody who presses the buttons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine import (
    Sealing,
    apply_patch,
    make_delta,
    make_delta_from_files,
    make_signature,
)
from rdiff_gui.errors import (
    Cancelled,
    ChangeUnfinished,
    DeltaExpands,
    LibraryNotFound,
    OutputExists,
    RdiffError,
    SourceInUse,
)
from rdiff_gui.ui import Page, Slot, text, worker
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.worker import Ending, Failed, Stopped
from tests.conftest import random_bytes
from tests.ui.window.conftest import AnyStep, User

OLD = random_bytes(300_000)
NEW = OLD[:150_000] + b"something new" + OLD[150_000:]

# What the window asks instead of saying that it cannot.
QUESTIONS = {
    OutputExists: "exists already. Replace it?",
    DeltaExpands: "Do you expect that?",
    SourceInUse: "has several names (hard links)",
    ChangeUnfinished: "can be taken back",
}


class Bench:
    """Files for every step in a folder, and somebody in front of the window who uses them."""

    def __init__(self, user: User, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.user = user
        self.folder = folder
        self.endings: list[Ending[object]] = []
        self._fill()
        self._whole = {path.name: path.read_bytes() for path in folder.iterdir()}
        tell = StepPage._tell

        def overhear(page: Any, begun: Any, attempt: Any, ending: Ending[Any]) -> None:
            self.endings.append(ending)
            tell(page, begun, attempt, ending)

        monkeypatch.setattr(StepPage, "_tell", overhear)
        # Nobody looks on, whose eye would have to follow.
        monkeypatch.setattr(worker, "DRAIN_MS", 3)

    def _fill(self) -> None:
        folder = self.folder
        (folder / "old").write_bytes(OLD)
        (folder / "new").write_bytes(NEW)
        make_signature(folder / "old", folder / "sig", sealing=Sealing.NONE)
        make_signature(folder / "old", folder / "sealed sig")
        make_delta(folder / "sig", folder / "new", folder / "delta", sealing=Sealing.NONE)
        for name in ("sealed delta", "packed delta"):
            make_delta_from_files(
                folder / "old", folder / "new", folder / name,
                compress=name.startswith("packed"),
            )  # fmt: skip

    @property
    def page(self) -> AnyStep:
        """The page in front, which is one of a step."""
        assert isinstance(self.user.app.page, StepPage)
        return self.user.app.page

    def heal(self) -> None:
        """Make the folder what it was before the fault."""
        for path in self.folder.iterdir():
            if path.name not in self._whole and path.is_dir():
                path.rmdir()
            elif path.name not in self._whole:
                path.unlink()
        for name, content in self._whole.items():
            path = self.folder / name
            if path.is_dir():
                path.rmdir()
            path.write_bytes(content)

    def choose(self, page: Page, *names: str) -> None:
        """Bring the files for a step, and wait until all about them is known."""
        paths = [self.folder / name for name in names]
        self.user.app.show(page)
        self.user.app.arrive(paths, Slot.OLD_TO_SIGN if page is Page.SIGNATURE else None)
        self.user.settle()
        assert self.page.page is page

    def fail(self) -> BaseException | None:
        """Press the button; what the work ended with, once the page has told."""
        before = len(self.endings)
        self.user.run()
        (ending,) = self.endings[before:]
        assert isinstance(ending, (Failed, Stopped)), ending
        assert not self.page.finished
        assert not self.page.worker.busy
        return ending.error if isinstance(ending, Failed) else None

    def judge_card(self, error: BaseException | None) -> None:
        """The page says what the error says, and the button can be pressed again."""
        words = self.user.words(self.page)
        sentence = text.UNEXPECTED
        match error:
            case None:
                sentence = str(Cancelled())
            case LibraryNotFound():
                sentence = text.LIBRSYNC_NOT_FOUND.format(remedy=error.remedy)
            case RdiffError():
                sentence = str(error).partition("\n")[0]
        # Not every page asks.
        assert sentence in words or QUESTIONS.get(type(error), sentence) in words
        assert self.page.primary.winfo_viewable()
        assert not self.page.primary.instate(["disabled"])

    def succeed(self) -> None:
        """The same page, the same files: now the work is right, to the last byte."""
        page = self.page
        output, inputs = page.model.output.path, page.model.inputs
        assert output is not None
        self.user.run()
        assert page.finished, self.user.words(page)
        if page.page is Page.SIGNATURE:
            # A seal stands behind it.
            assert output.read_bytes().startswith((self.folder / "sig").read_bytes())
        elif page.page is Page.DELTA:
            apply_patch(self.folder / "old", output, self.folder / "rebuilt")
            assert (self.folder / "rebuilt").read_bytes() == NEW
        else:
            assert output.read_bytes() == NEW
        assert inputs == page.model.inputs
        self.heal()
