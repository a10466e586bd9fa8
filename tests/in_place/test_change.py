"""A file changed itself, at the cost of the change: what comes out, and when it is not done."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine import (
    ChangePlan,
    DeltaFacts,
    Way,
    apply_patch,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
    patch_writer,
    system,
)
from rdiff_gui.engine import input as engine_input
from rdiff_gui.engine.change_survey import Survey
from rdiff_gui.errors import (
    OptionOutOfRange,
    SourceInUse,
    WrongBasis,
)
from tests.cli_process import run_cli
from tests.conftest import MakeFile, Rdiff, random_bytes, refused
from tests.disks import contents
from tests.platforms import WINDOWS, open_beside, posix_only

from .conftest import LONG_AGO_NS, OLD_BYTES, UNDO, WRITES, Changed, interrupted

Listing = Callable[[], set[str]]


# --- what comes out ------------------------------------------------------------------------------


@pytest.mark.parametrize("grown_bytes", [3000, -70_000, 500_000])
def test_a_file_is_changed_at_the_cost_of_the_change(grown_bytes: int, tmp_path: Path) -> None:
    """The very file gets its changes, the rest stays, and the way back costs no more."""
    changed = Changed(tmp_path, grown_bytes=grown_bytes)
    inode = changed.old.stat().st_ino
    written: list[int] = []

    def count(write: Callable[..., int], *given: Any) -> int:
        written.append(write(*given))
        return written[-1]

    with pytest.MonkeyPatch.context() as patch:
        for name in WRITES:
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
    assert changed.old.stat().st_mtime_ns != LONG_AGO_NS
    back = apply_patch(
        changed.old, tmp_path / UNDO, changed.old, in_place=True, changes_only=True,
        keep_backup=False,
    )  # fmt: skip
    assert back.checked_blake3
    assert changed.old.read_bytes() == changed.before


def test_rdiff_takes_the_way_back_as_well(changed: Changed, tmp_path: Path, rdiff: Rdiff) -> None:
    """It is an ordinary delta."""
    changed.change()
    rdiff("patch", changed.old, tmp_path / UNDO, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == changed.before


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


@posix_only("Wine has no symbolic links")
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


def test_an_undo_delta_elsewhere_takes_the_old_way(changed: Changed, tmp_path: Path) -> None:
    """A journal lies beside its file, and cannot become one in another folder."""
    (tmp_path / "elsewhere").mkdir()
    summary = changed.change(undo=tmp_path / "elsewhere" / "undo")
    assert summary.plan
    assert summary.plan.way is Way.UNDO_ELSEWHERE
    assert changed.old.read_bytes() == changed.after


@posix_only("programs there have the rights of their user")
def test_a_program_with_rights_takes_the_old_way(changed: Changed) -> None:
    """Writing would take them away."""
    changed.old.chmod(0o4755)
    summary = changed.change()
    assert summary.plan
    assert summary.plan.way is Way.PRIVILEGED
    assert stat.S_IMODE(changed.old.stat().st_mode) == 0o4755
    assert changed.old.read_bytes() == changed.after


@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize("grown_bytes", [3000, -70_000])
def test_the_way_back_of_a_copy_costs_no_second_reading(
    grown_bytes: int, shares: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rdiff: Rdiff
) -> None:
    """What leads back comes from the reading that makes the result, which is not read itself."""
    (tmp_path / "here").mkdir()
    changed = Changed(tmp_path / "here", grown_bytes=grown_bytes)
    undo, true = tmp_path / "undo", system.read_at
    given = {changed.old.stat().st_ino, changed.delta.stat().st_ino}

    def read(descriptor: int, buffer: memoryview, place: int) -> int:
        assert os.fstat(descriptor).st_ino in given
        return true(descriptor, buffer, place)

    def share(source: int, start: int, target: int, place: int, length: int) -> None:
        assert os.pwrite(target, os.pread(source, length, start), place) == length

    monkeypatch.setattr(engine_input, "read_at", read)
    if shares:
        monkeypatch.setattr(patch_writer, "share_range", share)
    plan = changed.change(undo=undo).plan
    assert plan
    assert plan.way is (Way.CLONE if shares else Way.UNDO_ELSEWHERE)
    assert changed.old.read_bytes() == changed.after
    monkeypatch.undo()
    rdiff("patch", changed.old, undo, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == changed.before
    assert apply_patch(changed.old, undo, tmp_path / "again").checked_blake3


def test_others_do_not_see_half_a_file_unless_told(changed: Changed, tmp_path: Path) -> None:
    """Several names, or a program that may be writing: refused, and done on request."""
    (tmp_path / "second").hardlink_to(changed.old)
    with refused(SourceInUse, links=2):
        changed.change()
    assert changed.old.read_bytes() == changed.before
    changed.change(allow_shared=True)
    assert (tmp_path / "second").read_bytes() == changed.after
    changed.again()
    with open_beside(changed.old):
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
        opened.append(open_beside(changed.old))

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

    for name in WRITES:
        monkeypatch.setattr(os, name, written)
    with pytest.raises(WrongBasis):
        changed.change()
    assert changed.old.read_bytes() == wrong


@pytest.mark.parametrize("leaves", [False, True])
def test_the_cost_is_told_before_anything_is_written(
    leaves: bool, changed: Changed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan that is told is the one that is carried out; who does not like it leaves."""
    told: list[ChangePlan] = []

    def hear(plan: ChangePlan) -> None:
        told.append(plan)
        if leaves:
            raise KeyboardInterrupt

    def write(true: Callable[..., int], *given: Any) -> int:
        assert told
        return true(*given)

    if leaves:
        changed.old.chmod(0o4755)
        with pytest.raises(KeyboardInterrupt):
            changed.change(on_plan=hear)
        assert [plan.way for plan in told] == [Way.JOURNAL if WINDOWS else Way.PRIVILEGED]
        assert changed.old.read_bytes() == changed.before
        assert set(contents(tmp_path)) == {"old", "delta"}
    else:
        for name in WRITES:
            monkeypatch.setattr(os, name, partial(write, getattr(os, name)))
        assert changed.change(on_plan=hear).plan is told[0]


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
    told = run_cli("-v", *words, folder=tmp_path).stderr.decode().splitlines()
    assert " in 6 pieces, and a journal of 49.2 kB before that." in told[1]
    assert " was changed: " in told[2]
    changed.again()
    interrupted(changed)
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
