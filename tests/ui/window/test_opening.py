"""The program as a process: with a window, without a display, and its end."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from Xlib import X, display

from rdiff_gui.desktop.own_files import ENTRY, SHARE
from rdiff_gui.ui.main import keeping_composed_letters
from tests.cli_process import unpublished_bytes
from tests.conftest import MakeFile
from tests.platforms import WINDOWS
from tests.ui.xdnd import Drag, uri_of


def environment(home: Path, **more: str) -> dict[str, str]:
    """The user's environment, with folders of the test's own."""
    mine = {
        "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home),
        "XDG_DATA_HOME": str(home), "XDG_RUNTIME_DIR": str(home),
    }  # fmt: skip
    return {**os.environ, **mine, **more}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of the test's own."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("arguments", [[], ["photos.db"], ["--", "-x"]])
def test_without_a_display_one_sentence_names_the_command_line(
    arguments: list[str], home: Path
) -> None:
    """On a server nothing but a helpful sentence appears, and the exit code is 2."""
    env = environment(home)
    del env["DISPLAY"]
    done = subprocess.run(
        [sys.executable, "-m", "rdiff_gui", *arguments],
        env=env, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "There is no display to open a window on. Use the command line instead: rdiff-gui --help"
    ]


def test_without_tkinter_the_sentence_says_what_to_install(home: Path) -> None:
    """A Python without tkinter is told apart from a missing display."""
    script = (
        "import sys; sys.modules['tkinter'] = None\n"
        "from rdiff_gui.__main__ import main; sys.exit(main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(home), capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert done.returncode == 2
    assert "sudo apt install python3-tk" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_verb_needs_no_display_and_no_tkinter(home: Path, make_file: MakeFile) -> None:
    """The same program works in a pipe on a server."""
    old = make_file("old", b"content")
    script = (
        "import sys; sys.modules['tkinter'] = None\n"
        "from rdiff_gui.__main__ import main\n"
        "sys.exit(main(['signature', sys.argv[1], sys.argv[1] + '.sig']))"
    )
    env = environment(home)
    del env["DISPLAY"]
    done = subprocess.run([sys.executable, "-c", script, old], env=env, check=False, timeout=30)
    assert done.returncode == 0
    assert Path(f"{old}.sig").read_bytes()[:4] == bytes.fromhex("72730147")


class Program:
    """The program with its window on the screen."""

    def __init__(self, home: Path, *arguments: str | bytes, **more: str) -> None:
        self._display: Any = display.Display()
        self._before = self._windows()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rdiff_gui", *arguments],
            env=environment(home, **more),
            stderr=subprocess.PIPE,
        )
        self.window: Any = None
        self.wait(self._find)

    def wait(self, happened: Any) -> None:
        """Wait until it happened."""
        end = time.monotonic() + 20
        while not happened():
            assert time.monotonic() < end, "it never happened"
            assert self.process.poll() is None, self.process.communicate()[1]
            time.sleep(0.02)

    def _find(self) -> bool:
        new = [window for window in self._windows() if window not in self._before]
        self.window = new[0] if new else None
        return bool(new)

    def _windows(self) -> list[Any]:
        found = []
        for window in self._display.screen().root.query_tree().children:
            for one in (window, *window.query_tree().children):
                name = one.get_wm_class()
                shown = one.get_attributes().map_state == X.IsViewable
                if shown and name and name[1] == "Rdiff-gui":
                    found.append(one)
        return found

    def end(self) -> str:
        """End it with a signal, as the desktop does; what it wrote to standard error."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        error = self.process.communicate(timeout=20)[1].decode()
        self._display.close()
        return error


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    """Programs that are ended whatever happens."""
    started: list[Program] = []
    yield started
    for program in started:
        program.process.kill()
        program.process.communicate()


def test_the_window_opens_and_closes_in_good_order(home: Path, programs: list[Program]) -> None:
    """Its class is what the desktop file names; SIGTERM closes it and remembers its size."""
    program = Program(home)
    programs.append(program)
    name, window_class = program.window.get_wm_class()
    assert name == "rdiff-gui"
    assert f"\nStartupWMClass={window_class}\n" in (SHARE / ENTRY).read_text()
    assert program.end() == ""
    assert program.process.returncode == 0
    assert (home / "rdiff-gui" / "settings.json").is_file()


def test_a_desktop_that_wants_larger_text_gets_it(
    home: Path, programs: list[Program], tmp_path: Path
) -> None:
    """Where the desktop says 192 dots an inch, the window opens twice as large."""
    xrdb = tmp_path / "bin" / "xrdb"
    xrdb.parent.mkdir()
    xrdb.write_text("#!/bin/sh\necho 'Xft.dpi: 192'\n")
    xrdb.chmod(0o755)
    widths = []
    for path in (os.environ["PATH"], f"{xrdb.parent}:{os.environ['PATH']}"):
        program = Program(home, PATH=path)
        programs.append(program)
        widths.append(program.window.get_geometry().width)
        program.end()
        (home / "rdiff-gui" / "settings.json").unlink()
    assert widths[1] > widths[0]


@pytest.mark.parametrize("way", ["refused", "dies unheard"])
def test_the_window_opens_where_the_system_gives_no_thread(way: str, home: Path) -> None:
    """The desktop's wishes stay unknown; nothing is waited for in vain, and no error is shown."""
    script = (
        "import _thread, sys\n"
        "def start(body, arguments, keywords=None):\n"
        "    if sys.argv[1] == 'refused':\n"
        '        raise RuntimeError("can\'t start new thread")\n'
        "    return 1\n"
        "_thread.start_new_thread = start\n"
        "import threading\n"
        "from rdiff_gui.ui import main\n"
        "from rdiff_gui.ui.app import App\n"
        "begin = App.__init__\n"
        "def begin_and_end(self, root, **more):\n"
        "    begin(self, root, **more)\n"
        "    root.after(200, self.closing.close)\n"
        "App.__init__ = begin_and_end\n"
        "sys.exit(main.run_window([]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, way],
        env=environment(home), capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.skipif(
    WINDOWS or not hasattr(ctypes.CDLL(None), "malloc_info"), reason="no arenas to count"
)
def test_all_threads_of_the_window_share_one_heap(home: Path) -> None:
    """What one thread has freed serves the others: memory does not grow with each busy hour."""
    script = (
        "import ctypes, sys, threading\n"
        "from rdiff_gui.engine.parallel import start_thread\n"
        "from rdiff_gui.ui import main\n"
        "from rdiff_gui.ui.app import App\n"
        "libc = ctypes.CDLL(None)\n"
        "begin, at_once = App.__init__, threading.Barrier(9)\n"
        "def take_and_wait():\n"
        "    libc.malloc(1000)\n"
        "    at_once.wait()\n"
        "    at_once.wait()\n"
        "def begin_and_count(self, root, **more):\n"
        "    begin(self, root, **more)\n"
        "    threads = [start_thread(take_and_wait) for _ in range(8)]\n"
        "    at_once.wait()\n"
        "    libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, 'stdout'))\n"
        "    at_once.wait()\n"
        "    root.after(200, self.closing.close)\n"
        "App.__init__ = begin_and_count\n"
        "sys.exit(main.run_window([]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(home), capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.count("<heap nr=") == 1


@pytest.mark.parametrize(
    "own", ["", ".XCompose", ".compose-cache", "XCOMPOSEFILE", "nothing", "closed home"]
)
def test_xlib_keeps_its_table_of_composed_letters(
    own: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the user can have that, and has no table that changes; other programs never see it."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    for name in ("XCOMPOSECACHE", "XCOMPOSEFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    if own.startswith("."):
        (home / own).mkdir()
    elif own == "nothing":
        (home / "cache").write_bytes(b"a file where a folder was due")
    elif own == "closed home":
        # The system answers as for the home of another user, to root as well.
        monkeypatch.setenv("HOME", str(home / ("n" * 300)))
        monkeypatch.delenv("XDG_CACHE_HOME")
    elif own:
        monkeypatch.setenv(own, "elsewhere")
    with keeping_composed_letters():
        told = os.environ.get("XCOMPOSECACHE")
    assert "XCOMPOSECACHE" not in os.environ
    if own:
        assert told is None
    else:
        assert told == str(home / "cache/rdiff-gui/compose")
        # Xlib writes into no other.
        assert Path(told).stat().st_mode & 0o077 == 0


def test_files_on_the_command_line_and_drops_arrive(
    home: Path, programs: list[Program], make_file: MakeFile
) -> None:
    """Paths count as dropped, also odd ones under LANG=C; then a drop from another process."""
    name = os.fsencode(make_file("日本語 \udcff.db", b"x" * 100))
    program = Program(home, b"--", name, LC_ALL="C")
    programs.append(program)
    drag = Drag("rdiff-gui", [uri_of(make_file("dropped", b"y"))])
    where = program.window.get_geometry()
    drag.enter()
    assert drag.move(where.width // 2, where.height - 40)
    assert drag.drop() == "XdndActionCopy"
    drag.close()
    assert program.end() == ""
    assert program.process.returncode == 0


def test_a_second_window_opens_where_it_is_wanted_or_the_first_hangs(
    home: Path, programs: list[Program], make_file: MakeFile
) -> None:
    """Else the second start ends at once, and the first window has its files."""
    programs.append(Program(home))
    file = make_file("photos.db", b"x")
    second = [sys.executable, "-m", "rdiff_gui", str(file)]
    subprocess.run(second, env=environment(home), check=True, timeout=20)
    programs.append(Program(home, "--new-window", str(file)))
    programs[0].process.send_signal(signal.SIGSTOP)
    programs.append(Program(home, str(file)))
    programs[0].process.send_signal(signal.SIGCONT)
    assert [program.end() for program in programs] == ["", "", ""]
    assert not list(home.rglob("socket"))


def test_the_chosen_language_counts_from_the_next_start_on(home: Path) -> None:
    """The window is closed and opened anew, as its user was asked; the environment is as before."""
    script = (
        "import os, sys\n"
        "from rdiff_gui.__main__ import main as run\n"
        "from rdiff_gui.ui import language\n"
        "settle = language.settle_language\n"
        "def settle_and_listen():\n"
        "    settle()\n"
        "    from rdiff_gui.ui import main\n"
        "    from rdiff_gui.wording import spoken_language\n"
        '    say = \'import os; print("then", os.environ["LANGUAGE"])\'\n'
        "    main.own_command = lambda: (sys.executable, '-c', say)\n"
        "    def start_again(root, app):\n"
        "        print(spoken_language(), os.environ['LANGUAGE'], flush=True)\n"
        "        root.after(100, app.start_again)\n"
        "    main._listen_to_finder = start_again\n"
        "language.settle_language = settle_and_listen\n"
        "sys.exit(run([]))\n"
    )
    (home / "rdiff-gui").mkdir()
    (home / "rdiff-gui/settings.json").write_text('{"language": "pl"}')
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(home, LANGUAGE="xx:C"), capture_output=True, text=True, check=False,
        timeout=30,
    )  # fmt: skip
    assert (done.stderr, done.stdout) == ("", "pl pl\nthen xx:C\n")


def test_a_signal_while_working_leaves_nothing_behind(
    home: Path, make_dotted: MakeFile, tmp_path: Path
) -> None:
    """The end of the session cancels the work, and the half-made file is gone."""
    giant = make_dotted("giant", 16 * 2**30)
    script = (
        "import sys, pathlib\n"
        "from rdiff_gui.ui import main\n"
        "from rdiff_gui.ui.app import App\n"
        "from rdiff_gui.ui import Page, Slot\n"
        "go = App._go\n"
        "def go_and_press(self, destination, *, fresh):\n"
        "    go(self, destination, fresh=fresh)\n"
        "    if destination.page is Page.START:\n"
        "        self.page.situations[Slot.OLD_TO_SIGN].invoke()\n"
        "        self.root.after(500, self.page.press_primary)\n"
        "App._go = go_and_press\n"
        "sys.exit(main.run_window([pathlib.Path(sys.argv[1])]))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, giant], env=environment(home))
    try:
        end = time.monotonic() + 20
        while not unpublished_bytes(process.pid, tmp_path):
            assert time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
    assert {path.name for path in tmp_path.iterdir()} == {"giant", "home"}


def test_a_signal_while_tk_asks_for_a_file_closes_in_good_order(home: Path) -> None:
    """Where no chooser of the desktop is installed, the end of the session ends Tk's own first."""
    script = (
        "import sys\n"
        "from rdiff_gui.desktop import file_chooser\n"
        "from rdiff_gui.ui import file_dialog, main\n"
        "from rdiff_gui.ui.app import App\n"
        "file_chooser.chooser_commands = lambda *_request: ()\n"
        "show = file_dialog.FileDialog._show_tk\n"
        "def show_and_tell(self, request):\n"
        "    self._root.after(300, lambda: print('asking', flush=True))\n"
        "    return show(self, request)\n"
        "file_dialog.FileDialog._show_tk = show_and_tell\n"
        "start = App.__init__\n"
        "def start_and_browse(self, root, **more):\n"
        "    start(self, root, **more)\n"
        "    root.after(200, self.page.browse)\n"
        "App.__init__ = start_and_browse\n"
        "sys.exit(main.run_window([]))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        assert process.stdout.readline() == "asking\n"
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=10)[1] == ""
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()
