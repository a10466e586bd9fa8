"""What the command line does on a terminal, and does not do in a pipe."""

from __future__ import annotations

import io
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.cli.terminal import print_answer, print_note
from rdiff_gui.engine import make_delta_from_files

from .cli_process import PROGRAM, plain_environment, run_cli
from .conftest import MakeFile

SECONDS_MOST = 30


class Terminal:
    """A program whose standard error, and with `both` its standard output, is a terminal."""

    def __init__(
        self,
        *words: str,
        folder: Path,
        both: bool = False,
        columns: int = 100,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self._leader, follower = pty.openpty()
        termios.tcsetwinsize(follower, (25 if columns else 0, columns))
        self.process = subprocess.Popen(
            [*program, *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=follower if both else subprocess.DEVNULL,
            stderr=follower,
            env=plain_environment(TERM="xterm"),
        )
        os.close(follower)
        self.shown = b""

    def read_until(self, wanted: bytes) -> None:
        """Read on until `wanted` was shown, or to the end of the program."""
        deadline = time.monotonic() + SECONDS_MOST
        while wanted not in self.shown and time.monotonic() < deadline:
            if select.select([self._leader], [], [], 0.1)[0] and not self._read():
                return

    def finish(self) -> str:
        """Read to the end and give all that was shown."""
        self.read_until(b"never shown")
        self.process.wait(SECONDS_MOST)
        os.close(self._leader)
        return self.shown.decode(errors="replace")

    def _read(self) -> bool:
        try:
            data = os.read(self._leader, 65536)
        except OSError:  # the other side is closed
            return False
        self.shown += data
        return bool(data)


@pytest.mark.parametrize("columns", [100, 0])
def test_a_long_job_shows_its_progress(columns: int, make_dotted: MakeFile, tmp_path: Path) -> None:
    """Percent, bytes and speed on the terminal, and none of it left at the end."""
    make_dotted("old", 400_000_000)
    terminal = Terminal("signature", "old", "sums", folder=tmp_path, columns=columns)
    shown = terminal.finish()
    assert terminal.process.returncode == 0
    assert "signing: " in shown
    assert "%|" in shown
    assert "/400M" in shown
    assert "B/s]" in shown
    *_, cleared, cursor = shown.split("\r")
    assert (cleared.strip(), cursor) == ("", "")


@pytest.mark.parametrize("case", ["short", "--no-progress", "pipe"])
def test_nothing_is_shown_where_nobody_looks(
    case: str, make_dotted: MakeFile, tmp_path: Path
) -> None:
    """A short job, an explicit wish and a pipe are all silent."""
    make_dotted("old", 1000 if case == "short" else 300_000_000)
    if case == "pipe":
        assert run_cli("signature", "old", "sums", folder=tmp_path).stderr == b""
        return
    options = [case] if case.startswith("-") else []
    terminal = Terminal("signature", "old", "sums", *options, folder=tmp_path)
    assert terminal.finish() == ""
    assert terminal.process.returncode == 0


@pytest.mark.parametrize("options", [(), ("--no-progress",)])
def test_what_a_change_will_cost_is_told_first(
    options: tuple[str, ...], make_file: MakeFile, tmp_path: Path
) -> None:
    """Whoever looks sees it before the file is touched; a script reads what was done alone."""
    old = make_file("old", 1_000_000)
    make_file("new", b"new" + old.read_bytes()[3:])
    make_delta_from_files(old, tmp_path / "new", tmp_path / "delta")
    words = ("patch", *options, "--in-place", "--changes-only", "old", "delta")
    told = Terminal(*words, folder=tmp_path).finish().splitlines()
    if not options:
        assert "The file itself will be changed: " in told.pop(0)
    assert "The file itself was changed: " in told.pop(0)
    assert not told


def test_a_note_goes_above_the_bar(tmp_path: Path) -> None:
    """A line of its own, with the bar again below it."""
    lines = (
        "import sys, time",
        "from rdiff_gui.cli.terminal import ProgressBar",
        "from rdiff_gui.engine import Progress, Stage",
        "with ProgressBar(wanted=True) as bar:",
        "    time.sleep(0.5)",
        "    bar.show(Progress(Stage.PATCHING, 10, 100))",
        "    bar.note('a note')",
    )
    terminal = Terminal("\n".join(lines), folder=tmp_path, program=(sys.executable, "-c"))
    before, cleared, note, _, after, *_ = terminal.finish().split("\r")[1:]
    assert ("10%" in before, cleared.strip(), note) == (True, "", "rdiff-gui: a note")
    assert "10%" in after


def test_ctrl_c_clears_the_bar_before_it_speaks(make_dotted: MakeFile, tmp_path: Path) -> None:
    """The last thing on the screen is the sentence."""
    make_dotted("old", 4 * 2**30)
    terminal = Terminal("signature", "old", "sums", folder=tmp_path)
    terminal.read_until(b"%|")
    terminal.process.send_signal(signal.SIGINT)
    shown = terminal.finish()
    assert terminal.process.returncode == 130
    assert shown.rpartition("\r")[0].rpartition("\r")[2] == (
        "rdiff-gui: Cancelled. Nothing was changed."
    )
    assert os.listdir(tmp_path) == ["old"]  # noqa: PTH208  # names


def test_binary_data_is_kept_off_the_terminal(make_file: MakeFile, tmp_path: Path) -> None:
    """Forgetting the output's name does not garble the screen; insisting does."""
    make_file("old", b"x" * 100)
    refused = Terminal("signature", "old", folder=tmp_path, both=True)
    assert "binary data and would garble the terminal" in refused.finish()
    assert refused.process.returncode == 101
    forced = Terminal("signature", "-f", "old", folder=tmp_path, both=True)
    assert forced.finish().startswith("rs")


def test_answers_are_for_the_terminal(make_file: MakeFile, tmp_path: Path) -> None:
    """`info` and `--help` are text and come out anywhere."""
    make_file("old", b"x" * 100)
    answer = Terminal("info", "old", folder=tmp_path, both=True)
    assert "“old” is an ordinary file" in answer.finish()


class _Sips(io.RawIOBase):
    """A stream without a buffer that takes little at once, and now and then nothing."""

    def __init__(self) -> None:
        self.taken = b""
        self._is_full = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int | None:
        self._is_full = not self._is_full
        if self._is_full:
            return None
        self.taken += bytes(data[:7])
        return min(7, len(data))


@pytest.mark.parametrize("answering", [True, False])
def test_every_byte_is_said_where_little_is_taken_at_once(
    answering: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with PYTHONUNBUFFERED, which containers like to set."""
    sips = _Sips()
    stream: Any = io.TextIOWrapper(sips, encoding="utf-8", write_through=True)
    monkeypatch.setattr(sys, "stdout" if answering else "stderr", stream)
    (print_answer if answering else print_note)("It applies, and makes the right file of 20 B.")
    expected = "It applies, and makes the right file of 20 B.\n"
    assert sips.taken.decode() == (expected if answering else f"rdiff-gui: {expected}")
