"""A patch of a tree that is interrupted at any moment, and the way back, or on, from there."""

from __future__ import annotations

import errno
import itertools
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from rdiff_gui.engine import CancelToken, Recovery, make_delta_from_trees
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.applying import apply_tree_patch, verify_tree_patch
from rdiff_gui.engine.trees.plan import Plan, Planner
from rdiff_gui.engine.trees.recovery import recover_tree
from rdiff_gui.errors import Cancelled, DiskFull, TreePutBack, TreeUnfinished
from tests.in_place.conftest import KILLED, counting

from .conftest import MakeTrees, Trees
from .writer import look, write_delta

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked by POSIX")

_TREE_STEPS = (
    *("move", "make_folder", "make_link", "remove", "remove_folder", "name_too"),
    *("set_mode", "set_time", "sync_disk"),
)
_STEPS: tuple[tuple[Any, str], ...] = (
    *((Tree, name) for name in _TREE_STEPS),
    *((os, name) for name in ("write", "pwrite", "fsync")),
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


def interrupt(do: Callable[[], object], moment: Callable[[], None]) -> int:
    """Do it in a process of its own, in which `moment` is called first; how that ended."""
    child = os.fork()
    if not child:
        try:
            moment()
            do()
        except BaseException:  # noqa: BLE001  # the parent looks at what is left
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return status


def kill() -> None:
    """As the power goes."""
    os.kill(os.getpid(), KILLED)


def killed_at(step: int) -> Callable[[], None]:
    """What has a process killed before that step."""
    return partial(strike, counting(step, kill))


def settle(trees: Trees) -> Recovery:
    """Recover, which is interrupted once more; the tree is one of the two."""
    for step in (3, 9):
        interrupt(lambda: recover_tree(trees.root), killed_at(step))
    outcome = recover_tree(trees.root).outcome
    assert trees.is_old() or trees.is_new()
    return outcome


def _kill_before_steps(make_trees: MakeTrees, every: int) -> set[Recovery]:
    outcomes = set()
    ended = 0
    for step in range(1, 10_000, every):
        trees = make_trees()
        ended = interrupt(trees.patch, killed_at(step))
        if not ended:
            break
        outcomes.add(settle(trees))
        if not trees.is_new():
            trees.patch()
        assert trees.is_new()
    assert not ended
    assert step > 100
    return outcomes


def test_killed_before_some_steps(make_trees: MakeTrees) -> None:
    """Nobody ever finds a tree that is neither, once it is recovered."""
    assert _kill_before_steps(make_trees, 13) >= {Recovery.NOT_BEGUN, Recovery.PUT_BACK}


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_killed_before_every_step(make_trees: MakeTrees) -> None:
    """The same."""
    assert _kill_before_steps(make_trees, 1) == {*Recovery} - {Recovery.CHANGED_SINCE}


def _kill_at_moments(make_trees: MakeTrees, moments: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  # test data, not secrets
    begun = time.monotonic()
    assert interrupt(make_trees().patch, lambda: None) == 0
    seconds = time.monotonic() - begun
    for _ in range(moments):
        trees = make_trees()
        moment = dice.uniform(0, 1.2 * seconds)

        def end_then(moment: float = moment) -> None:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, max(moment, 1e-6))

        interrupt(trees.patch, end_then)
        settle(trees)


def test_killed_at_some_moments(make_trees: MakeTrees) -> None:
    """Wherever it was."""
    _kill_at_moments(make_trees, 8, 1)


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_killed_at_300_moments(make_trees: MakeTrees) -> None:
    """The same."""
    _kill_at_moments(make_trees, 300, 2)


def test_killed_while_a_tree_is_made_beside(make_trees: MakeTrees) -> None:
    """The new tree is there whole, or not at all; what was made of it is used by the next run."""
    for step in range(1, 10_000, 29):
        trees = make_trees()
        new = trees.home / "new tree"
        ended = interrupt(partial(apply_tree_patch, trees.root, trees.delta, new), killed_at(step))
        if new.exists():
            assert look(new) == trees.new
            recover_tree(new)
        else:
            apply_tree_patch(trees.root, trees.delta, new)
            assert look(new) == trees.new
        assert trees.is_old()
        if not ended:
            break
    assert step > 60


def test_what_was_made_is_kept_for_the_next_run(trees: Trees) -> None:
    """A run that was killed need not be begun anew: what fits by its hash stays."""
    for step in itertools.count(60, 5):
        assert interrupt(trees.patch, killed_at(step))
        (stage,) = trees.home.glob(".*.rdiff-stage")
        made = {entry.stat().st_ino for entry in (stage / "in").iterdir() if entry.is_file()}
        if len(made) > 3:
            break
    trees.patch()
    assert trees.is_new()
    standing = {entry.stat().st_ino for entry in trees.root.rglob("*")}
    assert len(made & standing) >= len(made) - 1


def _refuse() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("stays_full", [False, True])
def test_a_full_disk_at_some_steps(make_trees: MakeTrees, stays_full: bool) -> None:
    """The old tree stands again; where the disk takes nothing at all, later."""
    unfinished = 0
    for step in range(1, 10_000, 7):
        trees = make_trees()
        with pytest.MonkeyPatch.context() as patch:
            strike(counting(step, _refuse, and_on=stays_full), patch.setattr)
            try:
                summary = trees.patch()
            except DiskFull:
                assert look(trees.root) == trees.old
                assert stays_full or trees.is_old()
            except TreeUnfinished:
                assert stays_full
                unfinished += 1
            else:
                if not summary.remarks:
                    break
                # All is there, but for a time or permissions, or what was taken out.
                assert set(look(trees.root)) == {*trees.new}
                continue
        recover_tree(trees.root)
        assert trees.is_old()
    assert step > 60
    assert bool(unfinished) is stays_full


def _cancel(token: CancelToken) -> None:
    token.cancel()
    # Until the caller has heard of it.
    time.sleep(0.06)


def test_a_cancel_puts_the_tree_back(make_trees: MakeTrees) -> None:
    """Wherever it comes; the caller has its answer when the old tree is there again."""
    cancelled = 0
    for step in range(1, 10_000, 13):
        trees, token = make_trees(), CancelToken()
        with pytest.MonkeyPatch.context() as patch:
            strike(counting(step, partial(_cancel, token)), patch.setattr)
            try:
                trees.patch(cancel=token)
            except Cancelled:
                cancelled += 1
                assert trees.is_old()
            else:
                assert trees.is_new()
                if step > 200:
                    break
    assert cancelled > 5


def test_the_next_run_settles_and_says_so(make_trees: MakeTrees) -> None:
    """Before the mark it puts back, behind it it ends; then it does what it was asked for."""
    seen = set()
    for step in itertools.count(60, 11):
        trees = make_trees()
        assert interrupt(trees.patch, killed_at(step))
        if any(trees.home.glob(".*.rdiff-stage/journal-done")):
            # What was a folder is a file by now, and goes where the folder was taken out to.
            trees.delta.write_bytes(write_delta(trees.new, trees.old))
            trees.patch()
            assert trees.is_old()
            break
        summary = trees.patch()
        seen |= {type(remark) for remark in summary.remarks}
        assert trees.is_new()
    assert seen == {TreePutBack}


def test_others_do_not_take_half_a_tree_for_one(make_trees: MakeTrees) -> None:
    """What reads a tree says that it was interrupted, and the command that helps."""
    for step in itertools.count(70):
        trees = make_trees()
        assert interrupt(trees.patch, killed_at(step))
        if any(trees.home.glob(".*.rdiff-stage/journal*")):
            break
    for reads in (
        lambda: verify_tree_patch(trees.root, trees.delta),
        lambda: apply_tree_patch(trees.root, trees.delta, trees.home / "new tree"),
        lambda: make_delta_from_trees(trees.root, trees.root, trees.home / "made"),
    ):
        with pytest.raises(TreeUnfinished, match="recover"):
            reads()


def test_a_run_that_was_interrupted_since_another_looked(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has taken out of the tree is nobody else's to throw away."""
    plan = Planner.plan

    def plan_late(planner: Planner) -> Plan:
        found = plan(planner)
        with monkeypatch.context() as patch:
            patch.setattr(Planner, "plan", plan)
            for step in itertools.count(70):
                assert interrupt(trees.patch, killed_at(step))
                if any(trees.home.glob(".*.rdiff-stage/journal*")):
                    break
        return found

    monkeypatch.setattr(Planner, "plan", plan_late)
    with pytest.raises(TreeUnfinished):
        trees.patch()
    assert recover_tree(trees.root).outcome is Recovery.PUT_BACK
    assert trees.is_old()


def test_what_was_written_to_since_is_not_lost(make_trees: MakeTrees) -> None:
    """A file of the new tree that somebody saved after the crash stays where it is."""
    for step in itertools.count(70):
        trees = make_trees()
        assert interrupt(trees.patch, killed_at(step))
        edited = trees.root / "edited"
        all_out = any(trees.home.glob(".*.rdiff-stage/journal-out"))
        if all_out and edited.exists():
            break
    edited.write_bytes(b"saved since")
    with pytest.raises(TreeUnfinished) as caught:
        recover_tree(trees.root)
    assert "edited" in str(caught.value)
    assert edited.read_bytes() == b"saved since"
    edited.rename(trees.home / "new tree")
    assert recover_tree(trees.root).outcome is Recovery.PUT_BACK
    assert trees.is_old()


def test_a_damaged_journal_is_not_followed(make_trees: MakeTrees) -> None:
    """Nothing is moved by it, and nothing thrown away."""
    for step in itertools.count(70):
        trees = make_trees()
        assert interrupt(trees.patch, killed_at(step))
        journal = next(trees.home.glob(".*.rdiff-stage/journal*"), None)
        if journal:
            break
    assert journal
    data = bytearray(journal.read_bytes())
    data[len(data) // 2] ^= 1
    journal.write_bytes(data)
    before = sorted(path for path in trees.home.rglob("*") if path.name != "lock")
    with pytest.raises(TreeUnfinished):
        recover_tree(trees.root)
    with pytest.raises(TreeUnfinished):
        trees.patch()
    assert sorted(path for path in trees.home.rglob("*") if path.name != "lock") == before
