"""Each download works in each root, as an unprivileged user with a home that cannot be written.

There is no font in any of the roots, and in the empty one no libc and no shell either.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdiff_gui.engine import apply_patch, inspect
from rdiff_gui.engine.summaries import SignatureFacts
from rdiff_gui.librsync.loader import load_library
from tests.conftest import edited, random_bytes
from tests.frozen.conftest import Place
from tests.frozen.root_folder import HOME, USER, stop
from tests.frozen.screen import Screen
from tests.ui.xdnd import uri_of

# A first run fetches a Debian.
pytestmark = [pytest.mark.frozen, pytest.mark.timeout(300)]

OLD, NEW = "旧 old file.bin", "新 new file.bin"
# What the test itself puts into /tmp.
TEMPORARY = {".X11-unix"}
LOOKED_FOR_BY_NAME = "/usr/bin:/bin"


def screen_name() -> dict[str, str]:
    """How a program finds the screen of this test run."""
    return {"DISPLAY": os.environ["DISPLAY"]}


@pytest.fixture
def data(place: Place) -> Iterator[Path]:
    """The user's folder /data, with an old and a new file."""
    folder = place.root.folder / "data"
    old = random_bytes(300_000)
    for name, content in ((OLD, old), (NEW, edited(old))):
        (folder / name).write_bytes(content)
        os.chown(folder / name, USER, USER)
    yield folder
    for left in folder.iterdir():
        left.unlink()


@pytest.mark.parametrize("language", ["C", "C.UTF-8"])
def test_the_self_test_passes_without_a_display(place: Place, language: str) -> None:
    """Every library in use comes from the download."""
    done = place.root.run(place.program, "--selftest", environment={"LANG": language})
    assert done.returncode == 0, done.stdout.decode()
    assert b"all from the bundle" in done.stdout
    assert done.stderr == b""


def test_the_catalogues_are_there(place: Place) -> None:
    """The command line speaks the user's language, and writes numbers as it does."""
    given = {"LANG": "C.UTF-8", "LANGUAGE": "de"}
    done = place.root.run(place.program, "--help", environment=given)
    assert "Standardein- oder -ausgabe" in done.stdout.decode()


def test_the_self_test_passes_on_a_screen(place: Place) -> None:
    """With Tk, tkdnd and all the libraries of X11 loaded too, and no font on the system."""
    done = place.root.run(
        place.program, "--selftest", environment={"LANG": "C", "DISPLAY": os.environ["DISPLAY"]}
    )
    assert done.returncode == 0, done.stdout.decode()
    for word in (b"tkdnd 2.", b"libxcb.so.1", b"librsync.so.2", b"all from the bundle"):
        assert word in done.stdout


def test_the_users_own_librsync_is_taken(place: Place, data: Path) -> None:
    """The LGPL of librsync is kept: whoever has another build of it can use that one."""
    own = data / "librsync.so.2"
    shutil.copy(load_library().path, own)
    own.chmod(0o755)
    done = place.root.run(
        place.program, "--selftest", environment={"RDIFF_GUI_LIBRSYNC": "/data/librsync.so.2"}
    )
    assert done.returncode == 0, done.stdout.decode()
    assert b"(/data/librsync.so.2)" in done.stdout
    assert b"all from the bundle but your own librsync, /data/librsync.so.2" in done.stdout


def test_the_command_line_works(place: Place, data: Path) -> None:
    """With hard names, in a language that has none of their letters."""
    for words in (
        ("signature", f"/data/{OLD}", "/data/s"),
        ("delta", "/data/s", f"/data/{NEW}", "/data/d"),
        ("patch", f"/data/{OLD}", "/data/d", "/data/result 結果"),
    ):
        done = place.root.run(place.program, *words, environment={"LANG": "C"})
        assert done.returncode == 0, done.stderr
    assert (data / "result 結果").read_bytes() == (data / NEW).read_bytes()


def test_a_user_makes_a_delta(place: Place, data: Path) -> None:
    """A file as argument, keys, a drop, and the file manager, until the window is closed.

    Tab is among the keys: what Tk does then, it loads at that moment.

    What the file manager inherits is what the window was started with, and nothing of ours.
    """
    given = {"LANG": "C", "PATH": LOOKED_FOR_BY_NAME, **screen_name()}
    process = place.root.start(place.program, f"/data/{OLD}", environment=given)
    try:
        with contextlib.closing(Screen(process)) as screen:
            signature = data / f"{OLD}.rsig"
            # Both the first choice for a file that waits and the step's own button.
            screen.press_until(signature.exists, "no key made it", "Alt_L", "m")
            assert isinstance(inspect(signature), SignatureFacts)
            screen.settle()
            uris = [uri_of(Path("/data", name)) for name in (signature.name, NEW)]
            assert screen.drop(*uris) == "XdndActionCopy"
            delta = data / f"{NEW}.rdelta"
            screen.press_until(delta.exists, "no key made it", "Alt_L", "m")
            apply_patch(data / OLD, delta, data / "result")
            assert (data / "result").read_bytes() == (data / NEW).read_bytes()
            seen = data / "environment"
            # The first choice copies the delta, the next one shows it.
            screen.press("Tab")
            screen.press_until(seen.exists, "no file manager was started", "Return")
            screen.press("Control_L", "q")
            output, notes = process.communicate(timeout=60)
            assert (process.returncode, output) == (0, b"")
            # Neither fontconfig nor we can keep anything in such a home, and that is all.
            for line in notes.splitlines():
                assert line.endswith(b"No writable cache directories") or HOME.encode() in line
    finally:
        stop(process)
    lines = seen.read_text().splitlines()
    inherited = dict(line.split("=", 1) for line in lines)
    # What a shell adds for itself.
    for name in ("PWD", "OLDPWD", "SHLVL", "_"):
        inherited.pop(name, None)
    assert inherited == {"HOME": HOME, **given}
    # What unpacked itself there has cleaned up.
    assert {path.name for path in (place.root.folder / "tmp").iterdir()} <= TEMPORARY
