"""The screen goes away, or the session ends, while a file is patched in place."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import blake3
import pytest
from Xlib import X
from Xlib.display import Display
from Xlib.protocol import event

from rdiff_gui.engine import make_delta_from_files
from rdiff_gui.ui import text

from .processes import OwnScreen, own_screen, start_watched

# Some tenths of a second of work.
SIZE_BYTES = 2**27
STEP_BYTES = 2**19
END_SECONDS_MOST = 5
MOMENTS = 40


@dataclass(frozen=True)
class Versions:
    """An old file and the delta to the new one; `names` says which is which by its BLAKE3."""

    old: Path
    delta: Path
    names: dict[str, str]

    def name(self, path: Path) -> str:
        """Which version lies at `path`, whole."""
        return self.names.get(digest(path), "neither")


def digest(path: Path) -> str:
    """The file's BLAKE3."""
    return blake3.blake3().update_mmap(path).hexdigest()


@dataclass
class Job:
    """One patch in place. `folder` holds the user's files and nothing else."""

    folder: Path
    versions: Versions
    process: subprocess.Popen[str]
    screen: OwnScreen

    def wait_for(self, stage: str) -> None:
        """Read what the program tells until it is so far."""
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith(stage):
                return
            assert line != "done\n", f"{stage} was over too soon"
        raise AssertionError(self.process.communicate())

    def end(self) -> str:
        """Wait for the end of the program; what it said of it."""
        try:
            return self.process.communicate(timeout=END_SECONDS_MOST)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def judge(self) -> str:
        """Which version has the name; anything but one that is whole, or debris, fails."""
        names = set(os.listdir(self.folder))  # noqa: PTH208  # names are what is compared
        found = self.versions.name(self.folder / "old")
        if found == "old":
            assert names == {"old", "delta"}
        else:
            assert found == "new"
            assert names == {"old", "old.old", "delta"}
            assert self.versions.name(self.folder / "old.old") == "old"
        return found


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Versions:
    """Large files that take little room, and yet time: no hole is worth passing over."""
    folder = tmp_path_factory.mktemp("versions")
    dice = random.Random(1)  # noqa: S311  # test data, not secrets
    names = {}
    for name in ("old", "new"):
        with (folder / name).open("wb", buffering=0) as file:
            file.truncate(SIZE_BYTES)
            for offset in range(0, SIZE_BYTES, STEP_BYTES):
                os.pwrite(file.fileno(), dice.randbytes(16), offset)
        names[digest(folder / name)] = name
    make_delta_from_files(folder / "old", folder / "new", folder / "delta")
    return Versions(folder / "old", folder / "delta", names)


@contextlib.contextmanager
def patching(versions: Versions, tmp_path: Path) -> Iterator[Job]:
    """The program with its job, on a screen of its own."""
    folder, home = tmp_path / "files", tmp_path / "home"
    for path in (folder, home):
        path.mkdir(exist_ok=True)
    for left in folder.iterdir():
        left.unlink()
    for path in (versions.old, versions.delta):
        subprocess.run(["cp", "--sparse=always", path, folder / path.name], check=True)
    with own_screen() as screen:
        process = start_watched(
            "patching", folder / "old", folder / "delta", home=home, display=screen.name
        )
        try:
            yield Job(folder, versions, process, screen)
        finally:
            process.kill()
            process.communicate()


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param("checking", marks=pytest.mark.campaign),
        "patching",
        pytest.param("done", marks=pytest.mark.campaign),
    ],
)
def test_a_screen_that_goes_away_leaves_whole_files(
    stage: str, versions: Versions, tmp_path: Path
) -> None:
    """The work is put back, one sentence is said, and nothing lies about."""
    with patching(versions, tmp_path) as job:
        job.wait_for(stage)
        job.screen.vanish()
        assert job.end() == text.SCREEN_LOST + "\n"
        assert job.process.returncode == 1
        # Where the machine is busy, the work may end before the screen does.
        possible = {"checking": ["old"], "patching": ["old", "new"], "done": ["new"]}
        assert job.judge() in possible[stage]


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_a_screen_may_go_away_at_any_moment(versions: Versions, tmp_path: Path) -> None:
    """Forty moments, from before the window is up to after the end of the work."""
    with patching(versions, tmp_path) as job:
        job.wait_for("checking")
        began = time.monotonic()
        job.wait_for("done")
        work_seconds = time.monotonic() - began
    dice = random.Random(1)  # noqa: S311  # moments, not secrets
    ends: list[tuple[str, float]] = []
    for _ in range(MOMENTS):
        with patching(versions, tmp_path) as job:
            job.wait_for("checking")
            time.sleep(dice.uniform(0, 1.6 * work_seconds))
            job.screen.vanish()
            began = time.monotonic()
            said = job.end()
            seconds = time.monotonic() - began
            ends.append((job.judge(), seconds))
            assert said == text.SCREEN_LOST + "\n"
            assert job.process.returncode == 1
    slowest = max(seconds for _version, seconds in ends)
    kept = sum(version == "old" for version, _seconds in ends)
    # Told in the log for whoever wants the numbers.
    print(  # noqa: T201
        f"{MOMENTS} moments within {1.6 * work_seconds:.2f} s: {kept} times old, "
        f"{MOMENTS - kept} times new, each whole; the program ended after {slowest:.2f} s at most"
    )
    assert 0 < kept < MOMENTS


@pytest.mark.campaign
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_end_of_the_session_leaves_whole_files(
    number: signal.Signals, versions: Versions, tmp_path: Path
) -> None:
    """The window closes in good order; what was at work is put back without a word."""
    with patching(versions, tmp_path) as job:
        job.wait_for("patching")
        job.process.send_signal(number)
        # The desktop may be in a hurry.
        job.process.send_signal(number)
        assert job.end() == ""
        assert job.process.returncode == 0
        assert job.judge() in ("old", "new")


@pytest.mark.campaign
def test_a_window_manager_that_closes_the_window_is_asked_back(
    versions: Versions, tmp_path: Path
) -> None:
    """The close button asks while work goes on, which ends as if nothing was; then it closes."""
    with patching(versions, tmp_path) as job:
        job.wait_for("checking")
        press_close_button(job.screen.name)
        job.wait_for("done")
        assert job.process.poll() is None
        assert job.judge() == "new"
        press_close_button(job.screen.name)
        assert job.end() == ""
        assert job.process.returncode == 0


def press_close_button(screen: str) -> None:
    """Do what a window manager does then. Source: ICCCM, 4.2.8.1, WM_DELETE_WINDOW."""
    display = Display(screen)
    protocols, delete = (display.intern_atom(name) for name in ("WM_PROTOCOLS", "WM_DELETE_WINDOW"))
    for wrapper in display.screen().root.query_tree().children:
        accepted = wrapper.get_full_property(protocols, X.AnyPropertyType)
        if accepted is not None and delete in accepted.value:
            wrapper.send_event(
                event.ClientMessage(
                    window=wrapper,
                    client_type=protocols,
                    data=(32, [delete, X.CurrentTime, 0, 0, 0]),
                )
            )
    display.sync()
    display.close()
