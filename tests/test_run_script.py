"""./run from the first start on, in a copy of the project with a stand-in system.

The real thing happens whenever ./test is called in a clean clone.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from .stand_in_system import System, pip_calls


def test_the_first_start_sets_up_and_starts(system: System) -> None:
    """One command is enough, its words go to the error stream, its data through the pipe."""
    result = system.run("signature", "old", "-", given=b"data")
    assert (result.returncode, result.stdout) == (0, b"<signature><old><->data")
    assert result.stderr.decode().splitlines()[0].startswith("Setting up rdiff-gui in ")
    journal = system.journal()
    assert journal[0].endswith(f"-m venv {system.project}/.venv")
    assert pip_calls(journal) == ["--editable ."]


def test_later_starts_only_start(system: System) -> None:
    """Once set up there is one Python process, and not a word."""
    system.run()
    system.journal()
    result = system.run("--help")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"<--help>", b"")
    assert (system.state / "journal").read_text().splitlines() == ["-P -m rdiff_gui --help"]


def test_arguments_arrive_untouched(system: System) -> None:
    """Spaces, quotes, newlines, stars and bytes that are no text are not the shell's business."""
    words = [b"a b", b"it's", b'"', b"two\nlines", b"*", b"", b"$HOME", b"\xff", b"--", b"-e"]
    result = system.run(*words)
    assert result.stdout == b"".join(b"<" + word + b">" for word in words)


@pytest.mark.parametrize("link", ["absolute", "relative", "twice"])
def test_it_can_be_started_through_a_link(link: str, system: System, tmp_path: Path) -> None:
    """A link from a folder on the PATH finds its way back to the project."""
    place = tmp_path / "links" / "rdiff gui"
    place.parent.mkdir()
    if link == "relative":
        place.symlink_to("../my project/run")
    else:
        place.symlink_to(system.project / "run")
    if link == "twice":
        other = tmp_path / "other"
        other.symlink_to("links/rdiff gui")
        place = other
    assert system.run("x", script=place).stdout == b"<x>"
    assert (system.project / ".venv").is_dir()


def test_a_changed_pyproject_is_noticed(system: System) -> None:
    """After an update that needs other packages, the next start brings them."""
    system.run()
    system.journal()
    with (system.project / "pyproject.toml").open("a") as file:
        file.write("# newer\n")
    assert system.run("x").stdout == b"<x>"
    journal = system.journal()
    assert pip_calls(journal) == ["--editable ."]
    assert not [line for line in journal if " -m venv " in line]
    assert system.run("x").stderr == b""


def test_a_moved_project_is_set_up_anew(system: System, tmp_path: Path) -> None:
    """Python packages know where they lie, so a moved folder is not taken for a finished one."""
    system.run()
    system.journal()
    system.project = system.project.rename(tmp_path / "elsewhere")
    assert system.run("x").stdout == b"<x>"
    assert pip_calls(system.journal()) == ["--editable ."]


def test_a_removed_python_is_noticed(system: System) -> None:
    """An interpreter that an upgrade took away is replaced by the one that came."""
    system.run()
    (system.project / ".venv/bin/python").unlink()
    system.journal()
    assert system.run("x").stdout == b"<x>"
    assert " -m venv " in system.journal()[0]


# --- cut off half way ---------------------------------------------------------------------------


def wait_for(path: Path) -> None:
    """Wait for a file to appear."""
    for _ in range(500):
        if path.exists():
            return
        time.sleep(0.02)
    pytest.fail(f"{path.name} did not appear within ten seconds")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_set_up_cut_off_is_taken_up_again(number: signal.Signals, system: System) -> None:
    """Whatever stopped the first start, the second one makes it whole."""
    system.know("slow")
    process = system.start("x")
    wait_for(system.state / "pip-begun")
    os.killpg(process.pid, number)
    output, words = process.communicate(timeout=10)
    assert process.returncode != 0
    assert output == b""
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert b"Set-up stopped. The next start takes it up again." in words
    system.forget("slow")
    (system.project / ".venv/half").touch()
    system.journal()
    assert system.run("x").stdout == b"<x>"
    assert pip_calls(system.journal()) == ["--editable ."]
    assert not (system.project / ".venv/half").exists()
    assert system.run("x").stderr == b""


def test_without_a_network_it_says_so(system: System) -> None:
    """Pip's own error is shown, and nothing that was good is thrown away."""
    system.know("offline")
    result = system.run("x")
    assert (result.returncode, result.stdout) == (1, b"")
    words = result.stderr.decode()
    assert "The Python packages could not be installed:\n  ERROR: no network\n" in words
    system.forget("offline")
    system.journal()
    assert system.run("x").stdout == b"<x>"
    assert not [line for line in system.journal() if " -m venv " in line]


def test_two_first_starts_do_not_trample_each_other(system: System) -> None:
    """The second waits for the first and finds all done."""
    system.know("slow")
    first = system.start("1")
    wait_for(system.state / "pip-begun")
    second = system.start("2")
    assert first.communicate(timeout=30)[0] == b"<1>"
    output, words = second.communicate(timeout=30)
    assert (output, words.decode()) == (
        b"<2>",
        "Another set-up of this folder is running; waiting for it.\n",
    )
    assert len(pip_calls(system.journal())) == 1
