"""Files dragged in from a file manager, by the real protocol."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdiff_gui.ui.drag_and_drop import DragAndDrop, Dropped, path_of, read_dropped
from tests.ui.xdnd import Drag, beside_tk, drop_files, drop_uris

HARD_NAMES = [
    b"plain.txt",
    b"two words.bin",
    b" leading and trailing ",
    "日本語.db".encode(),
    "🎉 party 🎉".encode(),
    "Ünïcödé".encode(),
    b"{braces} {",
    b"[brackets] $HOME [exit]",
    b"\"double\" and 'single'",
    b"back\\slash",
    b"line\nbreak",
    b"tab\tstop",
    b"100%",
    b"%41%20.txt",
    b"latin-1 \xe9\xff",
    b"#hash ; & ? *",
    b"-rf",
]


class Target:
    """A window with one zone in it, both taking files."""

    def __init__(self, root: tk.Tk) -> None:
        self.root = root
        root.title("drop target")
        root.geometry("400x300+0+0")
        self.zone = tk.Frame(root, width=200, height=200)
        self.zone.place(x=0, y=0)
        self.label = tk.Label(self.zone, text="inside the zone")
        self.label.place(x=50, y=50)
        self.news: list[tuple[str, object]] = []
        drag_and_drop = DragAndDrop(root)
        assert drag_and_drop.available
        for name, widget in (("window", root), ("zone", self.zone)):
            self._listen(drag_and_drop, name, widget)
        root.update()

    def _listen(self, drag_and_drop: DragAndDrop, name: str, widget: tk.Misc) -> None:
        drag_and_drop.accept_files(
            widget,
            on_drop=lambda dropped: self.news.append((f"{name} drop", dropped)),
            on_hover=lambda over: self.news.append((f"{name} hover", over)),
        )


@pytest.fixture
def target() -> Iterator[Target]:
    """The window, gone with all that Tk holds at the end."""
    root = tk.Tk()
    raised: list[BaseException] = []
    root.report_callback_exception = lambda _kind, error, _traceback: raised.append(error)
    yield Target(root)
    root.destroy()
    gc.collect()
    if raised:
        raise raised[0]


def test_every_name_arrives_whole(target: Target) -> None:
    """No name that a disk can hold is mangled on its way."""
    for name in HARD_NAMES:
        path = Path("/home/me") / os.fsdecode(name)
        assert drop_files(target.root, target.zone, path) == "XdndActionCopy"
        assert target.news[-1] == ("zone drop", Dropped((path,)))


def test_thirteen_files_arrive_in_order(target: Target) -> None:
    """A handful of files is a handful of files."""
    paths = tuple(Path("/many files") / os.fsdecode(name) for name in HARD_NAMES[:13])
    drop_files(target.root, target.zone, *paths)
    assert target.news[-1] == ("zone drop", Dropped(paths))


def test_other_spellings_of_addresses_are_understood(target: Target) -> None:
    """File managers differ in how they write a local file's address."""
    drop_uris(
        target.root,
        target.zone,
        [
            "# a comment",
            "file:///a%20b",
            "file:/c",
            "FILE://localhost/d",
            f"file://{socket.gethostname()}/e",
            "/bare path",
            "file:///unquoted é {x}",
        ],
    )
    expected = ("/a b", "/c", "/d", "/e", "/bare path", "/unquoted é {x}")
    assert target.news[-1] == ("zone drop", Dropped(tuple(Path(path) for path in expected)))


def test_what_is_not_on_this_computer_is_told_apart(target: Target) -> None:
    """Addresses of servers are no paths, and are not lost in silence either."""
    uris = ["smb://server/share/x", "https://example.org/x", "file://elsewhere.example/x"]
    drop_uris(target.root, target.zone, [*uris, "file:///here"])
    assert target.news[-1] == ("zone drop", Dropped((Path("/here"),), tuple(uris)))


def test_the_zone_goes_before_the_window_around_it(target: Target) -> None:
    """A drop on a zone's label is the zone's; beside it, it is the window's."""
    drop_files(target.root, target.label, Path("/in zone"))
    target.root.update()
    assert target.news[-1][0] == "zone drop"
    beside = tk.Frame(target.root, width=20, height=20)
    beside.place(x=300, y=200)
    drop_files(target.root, beside, Path("/in window"))
    assert target.news[-1] == ("window drop", Dropped((Path("/in window"),)))


def test_dragging_over_and_away_is_told(target: Target) -> None:
    """Zones can light up under the files and go dark again."""

    def act() -> None:
        drag = Drag("drop target", ["file:///x"])
        drag.enter()
        assert drag.move(20, 20)
        assert drag.move(30, 30)
        assert drag.move(350, 250)
        drag.leave()
        drag.close()

    beside_tk(target.root, act)
    for _ in range(20):
        target.root.update()
    assert target.news == [
        ("zone hover", True),
        ("zone hover", False),
        ("window hover", True),
        ("window hover", False),
    ]


def test_a_platform_without_tkdnd_still_has_a_window(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A missing or broken tkdnd is logged; the Browse buttons do the work."""
    root = tk.Tk()
    try:
        with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
            patch.setitem(sys.modules, "tkinterdnd2", None)
            missing = DragAndDrop(root)
            assert not missing.available
        assert "no drag and drop" in caplog.text
        with monkeypatch.context() as patch:
            patch.setattr("platform.system", lambda: "Plan 9")
            assert not DragAndDrop(root).available
        missing.accept_files(root, on_drop=lambda _: None, on_hover=lambda _: None)
        assert not root.tk.call("bind", root, "<<Drop>>")
    finally:
        root.destroy()


def test_plain_paths_of_other_systems_are_read() -> None:
    """Windows and macOS hand over paths, not addresses."""
    assert read_dropped(["/a b", "file:///c%20d"]) == Dropped((Path("/a b"), Path("/c d")))
    assert read_dropped([]) == Dropped(())
    assert path_of(b"file:relative") is None
    assert path_of(b"relative") is None
