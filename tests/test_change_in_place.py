"""A file changed itself: at the cost of the change, and with a way back at every moment."""

from __future__ import annotations

import errno
import itertools
import os
import random
import shutil
import signal
import stat
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest

from rdiff_gui.engine import (
    CancelToken,
    DeltaFacts,
    PatchSummary,
    Progress,
    Recovery,
    RecoverySummary,
    Stage,
    Way,
    apply_patch,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
    recover,
    verify_patch,
)
from rdiff_gui.engine.change import Change
from rdiff_gui.engine.change_survey import Survey
from rdiff_gui.engine.system import posix_folder
from rdiff_gui.errors import (
    Cancelled,
    ChangePutBack,
    ChangeUnfinished,
    DiskFull,
    JournalUnusable,
    OptionOutOfRange,
    ResultWrong,
    SourceBusy,
    SourceInUse,
    SourceMissing,
    WrongBasis,
)

from .cli_process import run_cli
from .conftest import MakeFile, Rdiff, random_bytes, refused
from .disks import contents

Listing = Callable[[], set[str]]

OLD_BYTES = 2**20
CHANGING, JOURNAL, UNDO = "old.rdiff-changing", "old.rdiff-journal", "old.undo.rdelta"

_KILLED = 9
_LONG_AGO_NS = 1_600_000_000 * 10**9


class Changed:
    """An old file with some edits, a piece that two places share, and two that change places."""

    def __init__(self, folder: Path, *, grown_bytes: int = 3000) -> None:
        self.folder = folder
        self.old, self.delta = folder / "old", folder / "delta"
        self.before = random_bytes(OLD_BYTES, 3)
        after = bytearray(self.before)
        for place in (5_000, 400_001, 777_777):
            after[place : place + 2000] = random_bytes(2000, place)
        one, other = after[200_000:210_000], after[600_000:610_000]
        after[200_000:210_000], after[600_000:610_000] = other, one
        if grown_bytes > 0:
            after += random_bytes(grown_bytes, 8)
        else:
            del after[grown_bytes:]
        self.after = bytes(after)
        new = folder / "new"
        self.old.write_bytes(self.before)
        new.write_bytes(self.after)
        make_delta_from_files(self.old, new, self.delta)
        new.unlink()
        os.utime(self.old, ns=(_LONG_AGO_NS, _LONG_AGO_NS))

    def change(self, **more: Any) -> PatchSummary:
        """Let the old file become the new one."""
        return apply_patch(
            self.old, self.delta, self.old, **{"in_place": True, "changes_only": True} | more
        )

    def again(self) -> None:
        """Begin anew, with what stood here at first."""
        for entry in self.folder.iterdir():
            if entry != self.delta:
                entry.unlink()
        self.old.write_bytes(self.before)
        os.utime(self.old, ns=(_LONG_AGO_NS, _LONG_AGO_NS))

    def is_whole(self) -> bool:
        """Whether the file is the old or the new one, and nothing but a way back lies beside it."""
        found = contents(self.folder)
        undo = found.pop(UNDO, None)
        right = (self.after,) if undo is not None else (self.before, self.after)
        if found.get("old") == self.before and self.old.stat().st_mtime_ns != _LONG_AGO_NS:
            return False
        return set(found) == {"old", "delta"} and found["old"] in right

    def interrupt(self, moment: Callable[[], None]) -> int:
        """Change it in a process of its own, in which `moment` is called first; how that ended."""
        child = os.fork()
        if not child:
            try:
                moment()
                self.change()
            except BaseException:  # noqa: BLE001  # the parent looks at what is left
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        return status


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """A file that grows a little."""
    return Changed(tmp_path)


# All that changes a disk; the last is all ways to rename.
_STEPS = (
    (os, "write"),
    (os, "pwrite"),
    (os, "ftruncate"),
    (os, "fsync"),
    (os, "link"),
    (os, "unlink"),
    (posix_folder.Folder, "_rename_at"),
)


def strike(step: Callable[[], None], replace: Callable[[Any, str, Any], None] = setattr) -> None:
    """Have `step` called before each step that changes the disk."""

    def struck(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            step()
            return function(*arguments, **more)

        return call

    for owner, name in _STEPS:
        replace(owner, name, struck(getattr(owner, name)))


def counting(last: int, do: Callable[[], None], *, and_on: bool = False) -> Callable[[], None]:
    """What does something when it is called for the `last` time, or from then on."""
    calls = 0

    def step() -> None:
        nonlocal calls
        calls += 1
        if calls == last or (and_on and calls > last):
            do()

    return step


# --- what comes out ------------------------------------------------------------------------------


@pytest.mark.parametrize("grown_bytes", [3000, -70_000, 500_000])
def test_a_file_is_changed_at_the_cost_of_the_change(
    grown_bytes: int, tmp_path: Path, rdiff: Rdiff
) -> None:
    """The very file gets its changes, the rest stays, and rdiff takes the way back as well."""
    changed = Changed(tmp_path, grown_bytes=grown_bytes)
    inode = changed.old.stat().st_ino
    written: list[int] = []

    def count(write: Callable[..., int], *given: Any) -> int:
        written.append(write(*given))
        return written[-1]

    with pytest.MonkeyPatch.context() as patch:
        for name in ("write", "pwrite"):
            patch.setattr(os, name, partial(count, getattr(os, name)))
        summary = changed.change()
    assert changed.old.read_bytes() == changed.after
    assert changed.old.stat().st_ino == inode
    plan = summary.plan
    assert plan
    assert plan.way is Way.JOURNAL
    assert plan.ranges == 5 + (grown_bytes > 0)
    assert sum(written) <= plan.written_bytes + 4096
    assert summary.backup == tmp_path / UNDO
    assert set(contents(tmp_path)) == {"old", "delta", UNDO}
    rdiff("patch", changed.old, tmp_path / UNDO, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == changed.before
    back = apply_patch(
        changed.old, tmp_path / UNDO, changed.old, in_place=True, changes_only=True,
        keep_backup=False,
    )  # fmt: skip
    assert back.checked_blake3
    assert changed.old.read_bytes() == changed.before


def test_the_way_back_knows_what_it_is_for(changed: Changed, tmp_path: Path) -> None:
    """Its seal names both files, with a sample, and a wrong one is refused by it."""
    changed.change(undo=tmp_path / "back")
    facts = inspect(tmp_path / "back")
    assert isinstance(facts, DeltaFacts)
    assert facts.seal
    assert facts.seal.basis
    assert facts.seal.basis.name == "old"
    make_signature(changed.old, tmp_path / "sums")
    sums = inspect(tmp_path / "sums")
    assert sums.seal  # type: ignore[union-attr]  # a signature has one
    assert facts.seal.basis == sums.seal.basis  # type: ignore[union-attr]  # the same
    changed.old.write_bytes(changed.before + bytes(3000))
    with pytest.raises(WrongBasis):
        apply_patch(changed.old, tmp_path / "back", tmp_path / "never")


def test_what_is_kept_is_a_choice(changed: Changed, listing: Listing, tmp_path: Path) -> None:
    """Nothing without a backup; an undo delta under its own name, also over another one."""
    changed.change(keep_backup=False)
    assert listing() == {"old", "delta"}
    changed.again()
    (tmp_path / UNDO).write_bytes(b"an earlier one")
    assert changed.change().backup == tmp_path / "old.undo-2.rdelta"
    assert (tmp_path / UNDO).read_bytes() == b"an earlier one"
    changed.again()
    (tmp_path / "mine").write_bytes(b"replaced")
    assert changed.change(undo=tmp_path / "mine", replace=True).backup == tmp_path / "mine"
    assert apply_patch(changed.old, tmp_path / "mine", tmp_path / "back").checked_blake3


def test_what_the_file_has_already_is_not_written(tmp_path: Path, make_file: MakeFile) -> None:
    """A delta may bring or move what is there anyway: that is no change, and takes no journal."""
    old = make_file("old", bytes(300_000) + random_bytes(OLD_BYTES))
    new = make_file("new", bytes(300_000) + b"new" + old.read_bytes()[300_003:])
    # Zeros are found at one place, which is another one for most of them.
    make_signature(old, tmp_path / "sums")
    make_delta(tmp_path / "sums", new, tmp_path / "delta")
    summary = apply_patch(old, tmp_path / "delta", old, in_place=True, changes_only=True)
    assert old.read_bytes() == new.read_bytes()
    assert summary.plan
    assert (summary.plan.ranges, summary.plan.changed_bytes) == (1, 4096)


def test_a_delta_without_a_seal_will_do(changed: Changed, tmp_path: Path, rdiff: Rdiff) -> None:
    """What the result must be is not known then; what it will be is."""
    (tmp_path / "new").write_bytes(changed.after)
    rdiff("signature", changed.old, tmp_path / "sums")
    changed.delta.unlink()
    rdiff("delta", tmp_path / "sums", tmp_path / "new", changed.delta)
    summary = changed.change()
    assert summary.checked_blake3 is None
    assert changed.old.read_bytes() == changed.after
    assert apply_patch(changed.old, tmp_path / UNDO, tmp_path / "back").checked_blake3


def test_a_link_stays_one(changed: Changed, tmp_path: Path) -> None:
    """The file that a link leads to is changed, and its journal lies beside that."""
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link"
    link.symlink_to(changed.old)
    apply_patch(link, changed.delta, link, in_place=True, changes_only=True)
    assert link.is_symlink()
    assert changed.old.read_bytes() == changed.after
    assert (tmp_path / UNDO).exists()


# --- when not ------------------------------------------------------------------------------------


def test_what_does_not_pay_is_written_anew(make_file: MakeFile, tmp_path: Path) -> None:
    """An insertion near the front moves everything: the file is replaced whole, and it says so."""
    old = make_file("old", OLD_BYTES)
    new = make_file("new", b"in front" + old.read_bytes())
    make_delta_from_files(old, new, tmp_path / "delta")
    summary = apply_patch(old, tmp_path / "delta", old, in_place=True, changes_only=True)
    assert summary.plan
    assert summary.plan.way is Way.TOO_MUCH
    assert summary.backup == tmp_path / "old.old"
    assert old.read_bytes() == new.read_bytes()


def test_other_folders_and_rights_take_the_old_way(changed: Changed, tmp_path: Path) -> None:
    """A journal cannot become an undo delta elsewhere; and writing takes rights away."""
    (tmp_path / "elsewhere").mkdir()
    summary = changed.change(undo=tmp_path / "elsewhere" / "undo")
    assert summary.plan
    assert summary.plan.way is Way.UNDO_ELSEWHERE
    shutil.rmtree(tmp_path / "elsewhere")
    changed.again()
    changed.old.chmod(0o4755)
    summary = changed.change()
    assert summary.plan
    assert summary.plan.way is Way.PRIVILEGED
    assert stat.S_IMODE(changed.old.stat().st_mode) == 0o4755
    assert changed.old.read_bytes() == changed.after


def test_others_do_not_see_half_a_file_unless_told(changed: Changed, tmp_path: Path) -> None:
    """Several names, or a program that may be writing: refused, and done on request."""
    (tmp_path / "second").hardlink_to(changed.old)
    with refused(SourceInUse, links=2):
        changed.change()
    assert changed.old.read_bytes() == changed.before
    changed.change(allow_shared=True)
    assert (tmp_path / "second").read_bytes() == changed.after
    changed.again()
    with changed.old.open("r+b"):
        with refused(SourceInUse, links=1):
            changed.change()
        assert changed.is_whole()
        changed.change(allow_shared=True)
    assert changed.old.read_bytes() == changed.after


def test_whoever_opens_it_meanwhile_is_seen(
    changed: Changed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is one more look when nobody can find the file, and before a byte is written."""
    opened = []
    carry_out = Survey.carry_out

    def open_late(survey: Survey) -> None:
        carry_out(survey)
        opened.append(changed.old.open("r+b"))

    monkeypatch.setattr(Survey, "carry_out", open_late)
    with refused(SourceInUse, links=1):
        changed.change()
    opened[0].close()
    assert changed.is_whole()
    assert changed.old.read_bytes() == changed.before


def test_it_is_an_option_of_in_place(changed: Changed, tmp_path: Path) -> None:
    """A result under another name has nothing to change."""
    with pytest.raises(OptionOutOfRange):
        apply_patch(changed.old, changed.delta, tmp_path / "new", changes_only=True)


def test_a_wrong_file_is_refused_before_anything_is_written(
    changed: Changed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One byte that no sample meets: the result to be is wrong, and nothing was begun."""
    wrong = bytearray(changed.before)
    wrong[500_123] ^= 1
    changed.old.write_bytes(wrong)

    def written(*_arguments: object) -> None:
        pytest.fail("something was written")

    for name in ("write", "pwrite"):
        monkeypatch.setattr(os, name, written)
    with pytest.raises(WrongBasis):
        changed.change()
    assert changed.old.read_bytes() == wrong


# --- whatever happens ----------------------------------------------------------------------------


def test_killed_before_every_step(changed: Changed) -> None:
    """Nobody ever finds half a file under its name, and the way back ends at a whole one."""
    step = 0
    outcomes: set[Recovery] = set()
    while True:
        step += 1
        changed.again()
        blow = counting(step, lambda: os.kill(os.getpid(), _KILLED))
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


def _interrupted(changed: Changed) -> bytes:
    """Leave it half changed; its journal."""
    journal = changed.folder / JOURNAL

    def die_in_the_middle() -> None:
        true, calls = os.pwrite, 0

        def write(*arguments: Any) -> int:
            nonlocal calls
            # Only once the journal has its name.
            calls += journal.exists()
            if calls == 3:
                os.kill(os.getpid(), _KILLED)
            return true(*arguments)

        os.pwrite = write  # in a process of its own

    assert changed.interrupt(die_in_the_middle) == _KILLED
    assert not changed.old.exists()
    half = (changed.folder / CHANGING).read_bytes()
    assert half not in (changed.before, changed.after)
    return journal.read_bytes()


def test_rdiff_reads_the_way_back_from_half_a_file(
    changed: Changed, tmp_path: Path, rdiff: Rdiff
) -> None:
    """What an interrupted change leaves is an ordinary delta and what it is for."""
    _interrupted(changed)
    rdiff("patch", tmp_path / CHANGING, tmp_path / JOURNAL, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == changed.before


def test_any_state_in_between_leads_back(changed: Changed, tmp_path: Path) -> None:
    """After a power cut, the disk may have some blocks and not others, and any size."""
    journal = _interrupted(changed)
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
    journal = _interrupted(changed)
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


@pytest.mark.parametrize("stays_full", [False, True])
def test_a_full_disk_at_every_step(changed: Changed, stays_full: bool) -> None:
    """The old file is put back; where the disk takes nothing at all, later."""

    def refuse() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

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
    true = os.pwrite
    flipped: list[int] = []

    def write(descriptor: int, data: memoryview, place: int) -> int:
        if (changed.folder / CHANGING).exists() and not flipped:
            flipped.append(place)
            data = memoryview(bytes([data[0] ^ 1]) + bytes(data[1:]))
        return true(descriptor, data, place)

    monkeypatch.setattr(os, "pwrite", write)
    with pytest.raises(ResultWrong):
        changed.change()
    assert changed.is_whole()
    assert changed.old.read_bytes() == changed.before


# --- afterwards ----------------------------------------------------------------------------------


def test_the_next_run_puts_back_and_says_so(changed: Changed, tmp_path: Path) -> None:
    """And then does what it was asked for."""
    _interrupted(changed)
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
    _interrupted(changed)
    summary = apply_patch(changed.old, changed.delta, tmp_path / "new")
    assert [type(remark) for remark in summary.remarks] == [ChangePutBack]
    assert changed.old.read_bytes() == changed.before


def test_what_is_at_work_is_not_recovered(
    changed: Changed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file that is being changed right now is not for another run."""
    tried: list[Path] = []
    check = Change._check

    def meddle(change: Change, descriptor: int) -> None:
        assert (tmp_path / CHANGING).exists()
        for meddles in (lambda: recover(changed.old), changed.change):
            with pytest.raises(SourceBusy):
                meddles()
            tried.append(changed.old)
        check(change, descriptor)

    monkeypatch.setattr(Change, "_check", meddle)
    changed.change()
    assert len(tried) == 2
    assert changed.old.read_bytes() == changed.after
    assert changed.is_whole()


def test_a_name_that_is_taken_by_then_stays_taken(changed: Changed, tmp_path: Path) -> None:
    """The old file goes beside whatever somebody has put there meanwhile."""
    _interrupted(changed)
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
        changed.interrupt(partial(strike, counting(step, lambda: os.kill(os.getpid(), _KILLED))))
        if not changed.old.exists():
            break
        changed.again()
    beside = tmp_path / (name[:240] + ending)
    assert recover(beside) == RecoverySummary(changed.old, Recovery.PUT_BACK, None, seconds=ANY)
    assert contents(tmp_path) == {name: changed.before, "delta": changed.delta.read_bytes()}


def test_a_file_that_somebody_wrote_to_is_not_touched(changed: Changed, tmp_path: Path) -> None:
    """The journal does not fit any more, and writing would lose what they did."""
    _interrupted(changed)
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


# --- on the command line -------------------------------------------------------------------------


def test_the_command_line_changes_and_recovers(changed: Changed, tmp_path: Path) -> None:
    """What was done is told, what is odd is refused, and what was interrupted is put back."""
    words = ("patch", "--in-place", "--changes-only", "old", "delta")
    done = run_cli(*words, folder=tmp_path)
    assert done.returncode == 0
    assert done.stderr.decode().startswith("rdiff-gui: The file itself was changed: ")
    assert "“old.undo.rdelta” leads back." in done.stderr.decode()
    assert changed.old.read_bytes() == changed.after
    changed.again()
    _interrupted(changed)
    refused_run = run_cli("signature", "old", "sums", folder=tmp_path)
    assert refused_run.returncode == 100
    assert "“rdiff-gui recover” puts the old file back." in refused_run.stderr.decode()
    put_back = run_cli("recover", "old", folder=tmp_path)
    assert put_back.returncode == 0
    assert put_back.stdout.decode() == "“old” is as it was before the change was interrupted.\n"
    assert changed.old.read_bytes() == changed.before
    assert b"nothing was done" in run_cli("recover", "old", folder=tmp_path).stdout
    (tmp_path / "second").hardlink_to(changed.old)
    assert b"2 names (hard links)" in run_cli(*words, folder=tmp_path).stderr
    assert run_cli("--force", *words, folder=tmp_path).returncode == 0
    assert (tmp_path / "second").read_bytes() == changed.after
    alone = run_cli("patch", "--changes-only", "old", "delta", "new", folder=tmp_path)
    assert alone.returncode == 101
    assert b"--changes-only goes with --in-place." in alone.stderr
