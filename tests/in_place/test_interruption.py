"""A change that is interrupted at any moment, and the way back from there."""

from __future__ import annotations

import errno
import itertools
import os
import random
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest.mock import ANY

import pytest

from rdiff_gui.engine import (
    CancelToken,
    Progress,
    Recovery,
    RecoverySummary,
    Stage,
    apply_patch,
    make_signature,
    recover,
    verify_patch,
)
from rdiff_gui.engine.change import ChangeInPlace
from rdiff_gui.engine.system import write_at
from rdiff_gui.errors import (
    Cancelled,
    ChangePutBack,
    ChangeUnfinished,
    DiskFull,
    JournalUnusable,
    ResultWrong,
    SourceBusy,
    SourceMissing,
)
from tests.conftest import Rdiff, refused
from tests.disks import contents
from tests.platforms import WINDOWS

from .conftest import CHANGING, JOURNAL, KILLED, UNDO, Changed, counting, interrupted, strike

# --- whatever happens ----------------------------------------------------------------------------


def test_killed_before_every_step(changed: Changed) -> None:
    """Nobody ever finds half a file under its name, and the way back ends at a whole one."""
    step = 0
    outcomes: set[Recovery] = set()
    while True:
        step += 1
        changed.again()
        blow = counting(step, lambda: os.kill(os.getpid(), KILLED))
        status = changed.interrupt(partial(strike, blow))
        if status == 0:
            break
        if changed.old.exists():
            assert changed.old.read_bytes() in (changed.before, changed.after)
        outcomes.add(recover(changed.old).outcome)
        assert changed.is_whole()
    assert step > 15
    assert outcomes == {
        Recovery.NOTHING,
        Recovery.NOT_BEGUN,
        Recovery.PUT_BACK,
        Recovery.COMPLETE,
    }


def _kill_at_moments(changed: Changed, moments: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  # test data, not secrets
    begun = time.monotonic()
    assert changed.interrupt(lambda: None) == 0
    seconds = time.monotonic() - begun
    for _ in range(moments):
        changed.again()
        moment = dice.uniform(0, 1.2 * seconds)

        def end_then(moment: float = moment) -> None:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, max(moment, 1e-6))

        changed.interrupt(end_then)
        recover(changed.old)
        assert changed.is_whole()


def test_killed_at_some_moments(changed: Changed) -> None:
    """Wherever it was."""
    _kill_at_moments(changed, 20, 1)


@pytest.mark.campaign
def test_killed_at_300_moments(changed: Changed) -> None:
    """The same."""
    _kill_at_moments(changed, 300, 2)


def test_rdiff_reads_the_way_back_from_half_a_file(
    changed: Changed, tmp_path: Path, rdiff: Rdiff
) -> None:
    """What an interrupted change leaves is an ordinary delta and what it is for."""
    interrupted(changed)
    rdiff("patch", tmp_path / CHANGING, tmp_path / JOURNAL, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == changed.before


def test_any_state_in_between_leads_back(changed: Changed, tmp_path: Path) -> None:
    """After a power cut, the disk may have some blocks and not others, and any size."""
    journal = interrupted(changed)
    changing = tmp_path / CHANGING
    for seed in range(40):
        dice = random.Random(seed)  # noqa: S311  # test data, not secrets
        length = dice.choice((len(changed.before), len(changed.after), len(changed.after) + 5000))
        state = bytearray((changed.before + bytes(10_000))[:length])
        for block in range(0, min(length, len(changed.after)), 512):
            if dice.random() < 0.5:
                state[block : block + 512] = changed.after[block : block + 512]
        changed.old.unlink(missing_ok=True)
        changing.write_bytes(state)
        (tmp_path / JOURNAL).write_bytes(journal)
        assert recover(changed.old).outcome is Recovery.PUT_BACK
        assert changed.old.read_bytes() == changed.before


def _tear(changed: Changed, step_bytes: int) -> None:
    journal = interrupted(changed)
    half = contents(changed.folder)
    for length in range(0, len(journal), step_bytes):
        (changed.folder / JOURNAL).write_bytes(journal[:length])
        with pytest.raises(ChangeUnfinished) as caught:
            recover(changed.old)
        assert caught.value.reason
        assert contents(changed.folder) == half | {JOURNAL: journal[:length]}
    # A whole file, with what is no way back beside it.
    (changed.folder / CHANGING).unlink()
    changed.old.write_bytes(changed.before)
    for length in range(0, len(journal), len(journal) // 7):
        (changed.folder / JOURNAL).write_bytes(journal[:length])
        with pytest.raises(JournalUnusable):
            recover(changed.old)
        with pytest.raises(JournalUnusable):
            changed.change()
        assert changed.old.read_bytes() == changed.before


def test_a_torn_journal_is_refused(changed: Changed) -> None:
    """Nothing is written from it, and nothing thrown away."""
    _tear(changed, 307)


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_a_journal_torn_at_every_length_is_refused(changed: Changed) -> None:
    """The same."""
    _tear(changed, 1)


def refuse() -> None:
    """As a disk that is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_copy_and_its_way_back_appear_together(tmp_path: Path) -> None:
    """Where the changed file is a new one, a full disk leaves the old one, and no undo delta."""
    (tmp_path / "here").mkdir()
    changed, undo = Changed(tmp_path / "here"), tmp_path / "undo"
    before = contents(tmp_path / "here")
    for step in itertools.count(1):
        with pytest.MonkeyPatch.context() as patch:
            strike(counting(step, refuse), patch.setattr)
            try:
                changed.change(undo=undo)
            except DiskFull:
                assert contents(tmp_path / "here") == before
                assert not undo.exists()
            else:
                break
    assert step > 10
    assert changed.old.read_bytes() == changed.after
    apply_patch(changed.old, undo, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == changed.before


@pytest.mark.parametrize("stays_full", [False, True])
def test_a_full_disk_at_every_step(changed: Changed, stays_full: bool) -> None:
    """The old file is put back; where the disk takes nothing at all, later."""
    step = 0
    unfinished = 0
    while True:
        step += 1
        changed.again()
        with pytest.MonkeyPatch.context() as patch:
            strike(counting(step, refuse, and_on=stays_full), patch.setattr)
            try:
                changed.change()
            except DiskFull:
                assert changed.old.read_bytes() == changed.before
                # One that cannot be removed either stays.
                assert stays_full or changed.is_whole()
            except ChangeUnfinished:
                unfinished += 1
            else:
                if changed.is_whole():
                    break
                # All was done but for the journal's name.
                assert set(contents(changed.folder)) == {"old", "delta", JOURNAL}
        recover(changed.old)
        assert changed.is_whole()
    assert step > 15
    assert bool(unfinished) is stays_full


def _sync_slowly(sync: Callable[[int], None], seconds: float, descriptor: int) -> None:
    time.sleep(seconds)
    sync(descriptor)


def test_a_cancel_puts_the_file_back(changed: Changed) -> None:
    """Wherever it comes; the caller has its answer when the old file is there again."""
    heard: list[Progress] = []
    changed.change(on_progress=heard.append)
    steps = iter(range(1, 200))
    cancelled = 0
    for step in steps:
        changed.again()
        token = CancelToken()
        with pytest.MonkeyPatch.context() as patch:
            strike(counting(step, token.cancel), patch.setattr)
            # Until the caller has heard of it.
            patch.setattr(os, "fsync", partial(_sync_slowly, os.fsync, 0.03))
            try:
                changed.change(cancel=token)
            except Cancelled:
                cancelled += 1
                assert changed.old.read_bytes() == changed.before
                # On Windows, a name goes when its file is closed.
                while WINDOWS and not changed.is_whole():
                    time.sleep(0.01)
                assert changed.is_whole()
            else:
                assert changed.old.read_bytes() == changed.after
                break
    assert cancelled > 5
    assert any(news.stage is Stage.PATCHING for news in heard)


def test_a_result_that_comes_out_wrong_is_put_back(
    changed: Changed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that loses a bit is found out by the last look."""
    flipped: list[int] = []

    def write(descriptor: int, data: memoryview, place: int) -> int:
        if (changed.folder / CHANGING).exists() and not flipped:
            flipped.append(place)
            data = memoryview(bytes([data[0] ^ 1]) + bytes(data[1:]))
        return write_at(descriptor, data, place)

    monkeypatch.setattr("rdiff_gui.engine.journal.write_at", write)
    with pytest.raises(ResultWrong):
        changed.change()
    assert changed.is_whole()
    assert changed.old.read_bytes() == changed.before


# --- afterwards ----------------------------------------------------------------------------------


def test_the_next_run_puts_back_and_says_so(changed: Changed, tmp_path: Path) -> None:
    """And then does what it was asked for."""
    interrupted(changed)
    for reads in (
        lambda: make_signature(changed.old, tmp_path / "sums"),
        lambda: verify_patch(changed.old, changed.delta),
    ):
        with refused(ChangeUnfinished, reason=None):
            reads()
    summary = changed.change()
    assert [type(remark) for remark in summary.remarks] == [ChangePutBack]
    assert changed.old.read_bytes() == changed.after
    assert changed.is_whole()
    changed.again()
    interrupted(changed)
    summary = apply_patch(changed.old, changed.delta, tmp_path / "new")
    assert [type(remark) for remark in summary.remarks] == [ChangePutBack]
    assert changed.old.read_bytes() == changed.before


def test_what_is_at_work_is_not_recovered(
    changed: Changed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file that is being changed right now is not for another run."""
    tried: list[Path] = []
    check = ChangeInPlace._check

    def meddle(change: ChangeInPlace, descriptor: int) -> None:
        assert (tmp_path / CHANGING).exists()
        for meddles in (lambda: recover(changed.old), changed.change):
            with pytest.raises(SourceBusy):
                meddles()
            tried.append(changed.old)
        check(change, descriptor)

    monkeypatch.setattr(ChangeInPlace, "_check", meddle)
    changed.change()
    assert len(tried) == 2
    assert changed.old.read_bytes() == changed.after
    assert changed.is_whole()


def test_a_name_that_is_taken_by_then_stays_taken(changed: Changed, tmp_path: Path) -> None:
    """The old file goes beside whatever somebody has put there meanwhile."""
    interrupted(changed)
    changed.old.write_bytes(b"somebody else's")
    found = recover(changed.old)
    assert (found.outcome, found.path) == (Recovery.PUT_BACK, tmp_path / "old.old")
    assert found.path.read_bytes() == changed.before
    assert changed.old.read_bytes() == b"somebody else's"


@pytest.mark.parametrize("name", ["old", "n" * 250])
@pytest.mark.parametrize("ending", [".rdiff-changing", ".rdiff-journal"])
def test_a_file_is_found_by_what_stands_beside_it(
    name: str, ending: str, changed: Changed, tmp_path: Path
) -> None:
    """Either name will do, and the longest name comes back whole."""
    changed.old = changed.old.rename(tmp_path / name)
    for step in itertools.count(1):
        changed.interrupt(partial(strike, counting(step, lambda: os.kill(os.getpid(), KILLED))))
        if not changed.old.exists():
            break
        changed.again()
    beside = tmp_path / (name[:240] + ending)
    assert recover(beside) == RecoverySummary(changed.old, Recovery.PUT_BACK, None, seconds=ANY)
    assert contents(tmp_path) == {name: changed.before, "delta": changed.delta.read_bytes()}


def test_a_file_that_somebody_wrote_to_is_not_touched(changed: Changed, tmp_path: Path) -> None:
    """The journal does not fit any more, and writing would lose what they did."""
    interrupted(changed)
    with (tmp_path / CHANGING).open("r+b") as file:
        file.seek(100_000)
        file.write(b"theirs")
    before = contents(tmp_path)
    with pytest.raises(ChangeUnfinished):
        recover(changed.old)
    assert contents(tmp_path) == before


def test_a_file_that_went_on_after_its_change_keeps_its_journal(
    changed: Changed, tmp_path: Path
) -> None:
    """Killed when all was done but for the journal's name, and used since."""
    changed.change()
    (tmp_path / UNDO).rename(tmp_path / JOURNAL)
    with changed.old.open("ab") as file:
        file.write(b"more")
    found = recover(changed.old)
    assert (found.outcome, found.undo) == (Recovery.CHANGED_SINCE, tmp_path / UNDO)
    assert changed.old.read_bytes() == changed.after + b"more"


def test_there_may_be_nothing_to_recover(changed: Changed, tmp_path: Path) -> None:
    """Neither a file that nobody changed nor one that is not there is a failure to be feared."""
    assert recover(changed.old).outcome is Recovery.NOTHING
    with pytest.raises(SourceMissing):
        recover(tmp_path / "nothing")
    with changed.old.open("rb") as file, pytest.raises(TypeError):
        recover(file)  # type: ignore[arg-type]  # as a caller may do
