"""A start while the window is open: a real process beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from Xlib import X, display

from rdiff_gui.desktop.running_program import meet
from rdiff_gui.ui.later_starts import LaterStarts
from tests.conftest import MakeFile
from tests.ui.window.conftest import User

TREE = Path(__file__).parents[3]


class Listener:
    """What windows send to all that listen, as window managers do."""

    def __init__(self) -> None:
        self.display: Any = display.Display()
        self._root = self.display.screen().root
        self._root.change_attributes(event_mask=X.SubstructureNotifyMask | X.PropertyChangeMask)
        self.display.sync()

    def messages(self) -> list[tuple[str, int, Sequence[int]]]:
        """Kind, window and words of those that came since the last call."""
        self.display.sync()
        found = []
        while self.display.pending_events():
            event = self.display.next_event()
            if event.type == X.ClientMessage:
                kind = self.display.get_atom_name(event.client_type)
                found.append((kind, event.window.id, event.data[1]))
        return found


@pytest.fixture
def open_first(user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[User]:
    """Somebody in front of the window of the running program."""
    for name in ("XDG_RUNTIME_DIR", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    _, first = meet([])
    assert first
    later = LaterStarts(user.root, first, user.app)
    yield user
    later.close()


def start(user: User, *words: str | bytes, cwd: Path, **environment: str) -> set[str]:
    """Start the program while the window lives, until it has ended; the modules that it loaded."""
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "rdiff_gui", *words],
        env={**os.environ, "PYTHONPATH": str(TREE), **environment},
        cwd=cwd,
        stderr=subprocess.PIPE,
    )
    assert process.stderr
    told = process.stderr
    try:
        # Or what it tells would fill the pipe.
        lines = []
        os.set_blocking(told.fileno(), False)
        while process.poll() is None:
            user.root.update()
            lines += told.readlines()
            time.sleep(0.002)
        lines += told.readlines()
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    user.settle()
    return {line.rpartition(b"|")[2].strip().decode() for line in lines if b"|" in line}


def test_files_of_a_later_start_arrive_in_the_window(
    open_first: User, make_file: MakeFile, tmp_path: Path
) -> None:
    """By the names that were typed there; without loading what shows windows."""
    user = open_first
    path = make_file(b"caf\xe9\n.db", b"content")
    loaded = start(user, "--", os.fsencode(path.name), cwd=tmp_path)
    assert "rdiff_gui.desktop.running_program" in loaded
    assert not loaded & {"tkinter", "rdiff_gui.ui", "rdiff_gui.engine", "platformdirs"}
    assert user.start.zone.name == r"caf\xe9\n.db"
    other = make_file("other", b"o")
    os.utime(other, (1000, 1000))
    start(user, str(other), cwd=Path("/"))
    assert user.delta.model.inputs == (other, path)


def test_a_later_start_brings_the_window_to_the_front(open_first: User, tmp_path: Path) -> None:
    """With the keyboard; the window manager learns of it, with the time of the user's click."""
    user = open_first
    listener = Listener()
    listener.display.set_input_focus(X.NONE, X.RevertToNone, X.CurrentTime)
    listener.display.sync()
    user.wait(lambda: not user.root.tk.call("focus"))
    start(user, cwd=tmp_path, DESKTOP_STARTUP_ID='menu "1"_TIME4711')
    user.wait(lambda: user.root.tk.call("focus"))
    kinds = {kind: (window, words) for kind, window, words in listener.messages()}
    window, words = kinds["_NET_ACTIVE_WINDOW"]
    inner = listener.display.create_resource_object("window", user.root.winfo_id())
    assert window == inner.query_tree().parent.id
    assert list(words[:2]) == [2, 4711]
    assert bytes(kinds["_NET_STARTUP_INFO_BEGIN"][1]) == b'remove: ID="menu \\"1'
    assert bytes(kinds["_NET_STARTUP_INFO"][1]).startswith(b'\\"_TIME4711"\0')
    listener.display.close()


def test_a_window_that_closes_takes_nothing_any_more(open_first: User) -> None:
    """The later start is to show its files in a window that stays."""
    open_first.app.closing.stopping = True
    script = "import sys\nfrom rdiff_gui.desktop.running_program import meet\nsys.exit(meet([])[0])"
    later = subprocess.Popen([sys.executable, "-c", script], env=os.environ, cwd=TREE)
    open_first.wait(lambda: later.poll() is not None)
    assert later.returncode == 0
    open_first.app.closing.stopping = False
