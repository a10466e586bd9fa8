"""Ctrl-C and its relatives, from the first line of a start to the end of the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .cli_process import PROGRAM, plain_environment, start_cli, unpublished_bytes
from .conftest import MakeFile, random_bytes
from .platforms import posix_only

CONSOLE = "a process is told to end by its console alone"


def threads_of(process_id: int) -> int:
    """How many threads a process has: two once the engine is at work."""
    return len(list(Path(f"/proc/{process_id}/task").iterdir()))


def wait_until(condition: Callable[[], bool]) -> None:
    """Give the process time to get somewhere."""
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    pytest.fail("the program did not come that far within ten seconds")


@posix_only(CONSOLE)
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_half_way_leaves_nothing(name: str, make_dotted: MakeFile, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a large file: exit 130, and the old result is as it was."""
    number = signal.Signals[name]
    make_dotted("old", 3 * 2**30)
    sums = tmp_path / "sums"
    sums.write_text("precious")
    process = start_cli("-f", "-b", "256", "signature", "old", "sums", folder=tmp_path)
    wait_until(lambda: unpublished_bytes(process.pid, tmp_path) > 2**20)
    process.send_signal(number)
    _, words = process.communicate(timeout=10)
    assert process.returncode == 128 + number
    assert words == b"rdiff-gui: Cancelled. Nothing was changed.\n"
    assert set(os.listdir(tmp_path)) == {"old", "sums"}  # noqa: PTH208  # names
    assert sums.read_text() == "precious"


@posix_only(CONSOLE)
@pytest.mark.parametrize("line", ["signature", "signature - out", "delta - old out", "patch old"])
def test_ctrl_c_while_waiting_for_a_pipe(line: str, tmp_path: Path, make_file: MakeFile) -> None:
    """A pipe that never says anything does not hold the program up, nor crash it at its end."""
    make_file("old", 1000)
    reader, writer = os.pipe()
    process = start_cli(*line.split(), folder=tmp_path, stdin=reader)
    wait_until(lambda: threads_of(process.pid) > 1)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=10)
    os.close(reader)
    os.close(writer)
    assert process.returncode == 130
    if "out" in line:
        assert words == b"rdiff-gui: Cancelled. Nothing was changed.\n"
    else:
        assert words == b"rdiff-gui: Cancelled. What was written so far is cut off.\n"
    assert os.listdir(tmp_path) == ["old"]  # noqa: PTH208  # names


def check_quiet_end(script: str, folder: Path) -> None:
    """See that Ctrl-C ends a start without a word."""
    result = subprocess.run(
        [sys.executable, "-c", script, "--help"], cwd=folder, capture_output=True, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (-signal.SIGINT, b"", b"")


@posix_only(CONSOLE)
def test_ctrl_c_while_starting_is_quiet(tmp_path: Path) -> None:
    """Before there is anything to cancel, the program ends as any Unix program does."""
    script = (
        "import os, signal, sys\n"
        "import rdiff_gui.__main__ as door\n"
        "class Slow:\n"
        "    def find_spec(self, name, *_rest):\n"
        "        if name == 'rdiff_gui.cli':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "door.main()\n"
    )
    check_quiet_end(script, tmp_path)


@posix_only(CONSOLE)
def test_ctrl_c_is_quiet_from_the_first_line_on(tmp_path: Path) -> None:
    """Not even the first import of the program's own leaves a traceback."""
    script = (
        "import os, runpy, signal, sys\n"
        "class Slow:\n"
        "    def find_spec(self, name, *_rest):\n"
        "        if name == 'gc':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.modules.pop('gc', None)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "runpy.run_module('rdiff_gui', run_name='__main__')\n"
    )
    check_quiet_end(script, tmp_path)


@posix_only(CONSOLE)
def test_a_lost_ctrl_c_is_no_deadlock(tmp_path: Path) -> None:
    """One that the interpreter swallowed while it held the lock of imports ends the program."""
    script = "import _imp; _imp.acquire_lock(); from rdiff_gui.__main__ import run; run()"
    check_quiet_end(script, tmp_path)


def test_the_library_leaves_ctrl_c_alone(tmp_path: Path) -> None:
    """Whoever only imports the engine keeps their own way of being interrupted."""
    script = (
        "import signal, rdiff_gui, rdiff_gui.engine, rdiff_gui.cli\n"
        "from rdiff_gui.engine import make_signature\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)


@posix_only(CONSOLE)
def test_nohup_is_obeyed(tmp_path: Path) -> None:
    """What the caller had ignored stays ignored, so the work goes on after a logout."""
    reader, writer = os.pipe()
    process = subprocess.Popen(
        ["sh", "-c", 'trap "" HUP; exec "$@" signature - sums', "-", *PROGRAM],
        cwd=tmp_path,
        stdin=reader,
        env=plain_environment(),
    )
    os.close(reader)
    wait_until(lambda: threads_of(process.pid) > 1)
    process.send_signal(signal.SIGHUP)
    os.write(writer, random_bytes(50_000))
    os.close(writer)
    assert process.wait(timeout=10) == 0
    assert (tmp_path / "sums").exists()
