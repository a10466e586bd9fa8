"""A publication that fails, or is cancelled, half way: everything is put back."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine import (
    CancelToken,
    apply_patch,
    make_signature,
    temporary_file,
)
from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.system import Folder
from rdiff_gui.errors import (
    Cancelled,
    NotPutBack,
    OutputExists,
    OutputUnwritable,
    SourceUnreadable,
)

from .conftest import MakeFile
from .disks import contents, neither, no_nameless, patch_in_place, without_parts
from .platforms import WINDOWS, posix_only

Listing = Callable[[], set[str]]


NAME_CHANGES = [
    (Folder, name)
    for name in ("link", "name_descriptor", "rename", "_rename_at", "rename_to_free", "unlink")
    if hasattr(Folder, name)
]
LOOKS: list[tuple[Any, str]] = [(Folder, "status"), (Folder, "is_at_its_path"), (os, "fstat")]


class _Failing:
    """Lets the N-th of these calls fail."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, calls: Sequence[tuple[Any, str]], number: int
    ) -> None:
        self.calls = 0
        for owner, name in calls:
            monkeypatch.setattr(owner, name, self._wrap(getattr(owner, name), number))

    def _wrap(self, really: Callable[..., Any], number: int) -> Callable[..., Any]:
        def step(*arguments: Any) -> Any:
            self.calls += 1
            if self.calls == number:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return really(*arguments)

        return step


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("keep_backup", [True, False])
@pytest.mark.parametrize("calls", [NAME_CHANGES, LOOKS], ids=["changes", "looks"])
def test_a_failure_at_any_step_puts_everything_back(
    calls: Sequence[tuple[Any, str]],
    keep_backup: bool,
    pair: tuple[Path, Path],
    delta: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Whichever change of a name or look fails: all is as before, or all is done."""
    old, new = pair
    (tmp_path / "undo").write_bytes(b"an earlier undo")
    before, after = contents(tmp_path), new.read_bytes()
    for number in range(1, 100):
        with monkeypatch.context() as patching:
            failing = _Failing(patching, calls, number)
            try:
                patch_in_place(
                    old, delta, keep_backup=keep_backup, undo=tmp_path / "undo", replace=True
                )
            except (OutputUnwritable, SourceUnreadable):
                assert without_parts(contents(tmp_path)) == before
                continue
        if failing.calls < number:
            break
        # Only tidying up failed.
        assert old.read_bytes() == after
        restore(tmp_path, before)
    else:
        pytest.fail("there is always one step more")
    assert number > 3
    assert old.read_bytes() == after


def restore(folder: Path, before: dict[str, bytes]) -> None:
    """Begin anew."""
    for entry in folder.iterdir():
        entry.unlink()
    for name, data in before.items():
        (folder / name).write_bytes(data)


@pytest.mark.usefixtures("disk")
def test_another_run_does_not_sweep_what_may_come_back(
    pair: tuple[Path, Path], delta: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The undo file that is replaced is out of its place, and nobody's debris, for a moment."""
    old, _ = pair
    undo, result = tmp_path / "undo", tmp_path / "result"
    undo.write_bytes(b"an earlier undo")
    monkeypatch.setattr(temporary_file, "_SWEEP_AGAIN_SECONDS", 0)
    looks: list[Folder] = []
    really_look = Folder.is_at_its_path

    def look(folder: Folder) -> bool:
        looks.append(folder)
        if len(looks) == 2:
            temporary_file.sweep(folder)
            result.mkdir()
        return really_look(folder)

    monkeypatch.setattr(Folder, "is_at_its_path", look)
    with pytest.raises(OutputExists):
        apply_patch(old, delta, result, undo=undo, replace=True)
    result.rmdir()
    assert undo.read_bytes() == b"an earlier undo"
    assert set(contents(tmp_path)) == {"old", "new", "delta", "undo"}


@pytest.mark.parametrize("stuck", [False, True], ids=["slow", "stuck"])
def test_a_cancel_while_a_part_is_made_leaves_nothing(
    stuck: bool, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch, listing: Listing
) -> None:
    """The caller waits a moment for the name to be known; if it cannot, the thread tidies up."""
    no_nameless(monkeypatch)
    really_rename, really_discard = Folder.rename, AtomicFile.discard
    token, left = CancelToken(), threading.Event()

    def rename(folder: Folder, name: str, new_name: str) -> None:
        token.cancel()
        left.wait()
        really_rename(folder, name, new_name)

    def discard(file: AtomicFile) -> None:
        if not stuck:
            left.set()
        really_discard(file)

    monkeypatch.setattr(Folder, "rename", rename)
    monkeypatch.setattr(AtomicFile, "discard", discard)
    old = make_file("old", 5000)
    with pytest.raises(Cancelled):
        make_signature(old, old.with_name("sig"), cancel=token)
    left.set()
    # On Windows, a name goes when its file is closed.
    while (stuck or WINDOWS) and listing() != {"old"}:
        time.sleep(0.01)
    assert listing() == {"old"}


@posix_only("it lets a step of POSIX fail")
def test_a_failure_that_cannot_be_undone_says_where_the_old_file_is(
    pair: tuple[Path, Path], delta: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On a dying disk without links and swaps, nothing is lost, and the sentence leads to it."""
    old, _ = pair
    before = old.read_bytes()
    neither(monkeypatch)
    really_rename = Folder.rename
    renamed: list[str] = []

    def rename(folder: Folder, name: str, new_name: str) -> None:
        if renamed and renamed[-1] == "old.old":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        really_rename(folder, name, new_name)
        renamed.append(new_name)

    monkeypatch.setattr(Folder, "rename", rename)
    with pytest.raises(NotPutBack) as caught:
        patch_in_place(old, delta)
    assert caught.value.kept == tmp_path / "old.old"
    assert caught.value.kept.read_bytes() == before


@posix_only("it lets a step of POSIX fail")
def test_an_earlier_undo_that_cannot_be_put_back_gets_a_name_that_stays(
    pair: tuple[Path, Path], delta: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A part would be swept by the next run; a backup is the user's."""
    old, _ = pair
    (tmp_path / "undo").write_bytes(b"an earlier undo")
    (tmp_path / "result").write_bytes(b"earlier")
    really_swap = Folder.exchange
    swaps: list[str] = []

    def swap(folder: Folder, name: str, other: str) -> bool:
        swaps.append(name)
        if len(swaps) > 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return really_swap(folder, name, other)

    def rename(_folder: Folder, _name: str, _new_name: str) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Folder, "exchange", swap)
    monkeypatch.setattr(Folder, "rename", rename)
    with pytest.raises(NotPutBack) as caught:
        apply_patch(old, delta, tmp_path / "result", undo=tmp_path / "undo", replace=True)
    assert caught.value.kept == tmp_path / "undo.old"
    assert (tmp_path / "undo.old").read_bytes() == b"an earlier undo"
    assert (tmp_path / "result").read_bytes() == b"earlier"
    assert not list(tmp_path.glob(".*.rdiff-part"))
