"""The list of finished operations."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rdiff_gui.desktop.history import History, HistoryEntry, Operation


def entry(number: int = 0, name: str = "photos.db") -> HistoryEntry:
    """A finished delta."""
    return HistoryEntry(
        finished=1_700_000_000.0 + number,
        operation=Operation.DELTA,
        inputs=(Path("/a") / f"{name}.sig", Path("/a") / name),
        output=Path("/a") / f"{name}.delta",
        whole_bytes=1_200_000_000,
        output_bytes=14_300_000,
        seconds=2.5,
    )


def test_what_was_done_is_listed_newest_first(tmp_path: Path) -> None:
    """The latest work stands on top, also after a restart."""
    file = tmp_path / "state" / "history.jsonl"
    for number in range(3):
        History(file).add(entry(number))
    assert History(file).entries() == (entry(2), entry(1), entry(0))


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        "日本語 🎉",
        "line\nbreak\u2028\x85",
        "\"quotes' {braces}",
        "\udcff\udcfe",
    ],
)
def test_hard_names_come_back(name: str, tmp_path: Path) -> None:
    """Every name that a disk can hold survives, bytes that are no text included."""
    history = History(tmp_path / "history.jsonl")
    history.add(entry(name=name))
    assert history.entries() == (entry(name=name),)


@pytest.mark.parametrize(
    "damage",
    [
        b"\n\n{\n",
        b'{"finished": "soon"}\n',
        b'{"finished": 1, "operation": "cook", "inputs": [], "output": "", '
        b'"whole_bytes": 1, "output_bytes": 1, "seconds": 1}\n',
        b'{"finished": 1, "operation": "delta", "inputs": 5, "output": "x", '
        b'"whole_bytes": 1, "output_bytes": 1, "seconds": 1}\n',
        b"\xff\xfe\x00\n[]\n3\nnull\n",
        b'{"finished": 1, "operation": "del',
    ],
)
def test_damaged_lines_are_passed_over(damage: bytes, tmp_path: Path) -> None:
    """A crash in the middle of a line costs that line and no other."""
    file = tmp_path / "history.jsonl"
    History(file).add(entry(1))
    with file.open("ab") as stream:
        stream.write(damage)
    History(file).add(entry(2))
    assert History(file).entries() == (entry(2), entry(1))


def test_the_list_is_bounded(tmp_path: Path) -> None:
    """Years of use neither fill the disk nor slow the page down."""
    history = History(tmp_path / "history.jsonl", limit=5)
    for number in range(23):
        history.add(entry(number))
    assert [one.finished - 1_700_000_000 for one in history.entries()] == [22, 21, 20, 19, 18]
    assert history.path.read_bytes().count(b"\n") <= 11


def test_two_windows_lose_nothing(tmp_path: Path) -> None:
    """Two programs that finish work at the same time both end up in the list."""
    file = tmp_path / "history.jsonl"
    script = (
        "import sys; from pathlib import Path\n"
        "from rdiff_gui.desktop.history import History, HistoryEntry, Operation\n"
        "history = History(Path(sys.argv[1]), limit=40)\n"
        "for number in range(60):\n"
        "    history.add(HistoryEntry(number, Operation.PATCH, (), Path(sys.argv[2]), 1, 1, 1.0))\n"
    )
    windows = [
        subprocess.Popen([sys.executable, "-c", script, str(file), name]) for name in ("one", "two")
    ]
    assert [window.wait(60) for window in windows] == [0, 0]
    lines = file.read_bytes().splitlines()
    assert 40 <= len(lines) <= 81
    assert len(History(file, limit=40).entries()) == 40
    assert {line[:1] + line[-1:] for line in lines} == {b"{}"}


def test_the_list_can_be_emptied(tmp_path: Path) -> None:
    """“Clear” forgets everything, and again when nothing is there."""
    history = History(tmp_path / "history.jsonl")
    history.add(entry())
    history.clear()
    history.clear()
    assert history.entries() == ()


@pytest.mark.parametrize("name", ["file", "n" * 300])
def test_a_history_that_cannot_be_kept_disturbs_nobody(name: str, tmp_path: Path) -> None:
    """A home that is read-only or closed is logged; the work itself is done and shown."""
    (tmp_path / "file").write_text("")
    history = History(tmp_path / name / "history.jsonl")
    history.add(entry())
    history.remove(entry())
    history.clear()
    assert history.signatures.latest(tmp_path / "file") is None
    assert history.entries() == ()


def test_signatures_of_what_was_sent_do_not_pile_up(tmp_path: Path) -> None:
    """The newest of many stay, each for its own file."""
    signatures = History(tmp_path / "state" / "history.jsonl").signatures
    files = [tmp_path / f"{number}" / "photos.db" for number in range(50)]
    for number, file in enumerate(files):
        file.parent.mkdir()
        file.write_bytes(b"later")
        kept = signatures.place_for(file)
        kept.write_bytes(b"a signature")
        os.utime(kept, (1000 + number,) * 2)
    signatures.trim()
    assert [signatures.latest(file) is not None for file in files] == [False] * 10 + [True] * 40
    os.utime(files[-1], (1000, 1000))
    assert signatures.latest(files[-1]) is None
    signatures.clear()
    assert not list(signatures.folder.iterdir())


def test_one_entry_is_forgotten_with_its_signatures(tmp_path: Path) -> None:
    """But not those of a file that another entry is about, nor any other entry."""
    history = History(tmp_path / "history.jsonl")
    file, other = entry().inputs[-1], Path("/a/other")
    for number in range(3):
        history.add(entry(number))
    kept = [history.signatures.place_for(path) for path in (file, other)]
    for path in kept:
        path.touch()
    history.remove(entry(1))
    history.remove(entry(1))
    assert history.entries() == (entry(2), entry(0))
    assert all(path.exists() for path in kept)
    history.remove(entry(0))
    history.remove(entry(2))
    assert history.entries() == ()
    assert [path.exists() for path in kept] == [False, True]
