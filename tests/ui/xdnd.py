"""A drag source for tests: XDND version 5 as file managers speak it, without a pointer.

Source: freedesktop.org, Drag-and-Drop Protocol for the X Window System, version 5.
"""

from __future__ import annotations

import sys
import threading
import time
import tkinter as tk
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from Xlib import X, Xatom, display
from Xlib.ext import xtest
from Xlib.protocol import event

_WAIT_SECONDS = 10.0
_TYPE = "text/uri-list"


def uri_of(path: Path) -> str:
    """The address that a file manager would send."""
    return "file://" + quote_from_bytes(bytes(path))


def _program(title: str) -> str:
    """A title without how far the window's work is, which changes at any time."""
    return title.rpartition(" — ")[2]


class Drag:
    """One drag of some URIs over the window named `title`, from its own X connection."""

    def __init__(self, title: str, uris: Iterable[str]) -> None:
        self._data = ("\r\n".join(uris) + "\r\n").encode("utf-8", "surrogateescape")
        self._display: Any = display.Display()
        self._screen = self._display.screen()
        self._target: Any = self._find_soon(title)
        self._source: Any = self._screen.root.create_window(0, 0, 1, 1, 0, self._screen.root_depth)
        self._source.set_selection_owner(self._atom("XdndSelection"), X.CurrentTime)

    def _atom(self, name: str) -> int:
        return int(self._display.intern_atom(name))

    def _find_soon(self, title: str) -> Any:
        """As a hand that holds files over a window which has just opened."""
        end = time.monotonic() + _WAIT_SECONDS
        while (target := self._find(self._screen.root, title)) is None:
            assert time.monotonic() < end, f"no drop target named {title!r}"
            time.sleep(0.02)
        return target

    def _find(self, window: Any, title: str) -> Any:
        for child in window.query_tree().children:
            aware = child.get_full_property(self._atom("XdndAware"), X.AnyPropertyType)
            if aware and child.get_attributes().map_state == X.IsViewable:
                name = child.get_full_text_property(self._atom("_NET_WM_NAME"))
                if _program(name or child.get_wm_name() or "") == _program(title):
                    return child
            found = self._find(child, title)
            if found is not None:
                return found
        return None

    def _send(self, name: str, *words: int) -> None:
        data = [self._source.id, *words] + [0] * (4 - len(words))
        message = event.ClientMessage(
            window=self._target, client_type=self._atom(name), data=(32, data)
        )
        self._target.send_event(message)
        self._display.flush()

    def _wait_for(self, name: str) -> list[int]:
        """Serve the data until the target sends `name`; its five words."""
        end = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < end:
            if not self._display.pending_events():
                time.sleep(0.002)
                continue
            news: Any = self._display.next_event()
            if news.type == X.SelectionRequest:
                self._serve(news)
            elif news.type == X.ClientMessage and news.client_type == self._atom(name):
                return [int(word) for word in news.data[1]]
        raise TimeoutError(name)

    def _serve(self, request: Any) -> None:
        where = request.property or request.target
        if request.target == self._atom("TARGETS"):
            request.requestor.change_property(where, Xatom.ATOM, 32, [self._atom(_TYPE)])
        elif request.target == self._atom(_TYPE):
            request.requestor.change_property(where, request.target, 8, self._data)
        else:
            where = X.NONE
        request.requestor.send_event(
            event.SelectionNotify(
                time=request.time,
                requestor=request.requestor,
                selection=request.selection,
                target=request.target,
                property=where,
            )
        )
        self._display.flush()

    def enter(self) -> None:
        """Come over the window."""
        self._send("XdndEnter", 5 << 24, self._atom(_TYPE))

    def move(self, x: int, y: int) -> bool:
        """Point at a place of the screen; whether the target would take the files there."""
        copy = self._atom("XdndActionCopy")
        self._send("XdndPosition", 0, (x << 16) | y, X.CurrentTime, copy)
        return bool(self._wait_for("XdndStatus")[1] & 1)

    def leave(self) -> None:
        """Go away without dropping."""
        self._send("XdndLeave")
        self._display.sync()

    def drop(self) -> str:
        """Let go; the name of the action that the target finished with."""
        self._send("XdndDrop", 0, X.CurrentTime)
        action = self._wait_for("XdndFinished")[2]
        return str(self._display.get_atom_name(action)) if action else "refused"

    def close(self) -> None:
        """Hang up."""
        self._display.close()


def beside_tk(root: tk.Tk, act: Callable[[], object]) -> None:
    """Run `act` on a thread while the window lives, and raise what it raises."""
    problems: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as problem:  # noqa: BLE001  # raised again below, on the test's thread
            problems.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    while thread.is_alive():
        root.update()
        time.sleep(0.002)
    thread.join()
    root.update()
    if problems:
        raise problems[0]


def drop_uris(root: tk.Tk, widget: tk.Misc, uris: Iterable[str]) -> str:
    """Drop addresses on the middle of `widget`; the action that came back."""
    root.update()
    title = root.title()
    x = widget.winfo_rootx() + widget.winfo_width() // 2
    y = widget.winfo_rooty() + widget.winfo_height() // 2
    actions: list[str] = []

    def act() -> None:
        drag = Drag(title, uris)
        drag.enter()
        if drag.move(x, y):
            actions.append(drag.drop())
        else:
            drag.leave()
            actions.append("refused")
        drag.close()

    beside_tk(root, act)
    return actions[0]


def drop_files(root: tk.Tk, widget: tk.Misc, *paths: Path) -> str:
    """Drop files on the middle of `widget`; the action that came back."""
    if sys.platform == "win32":
        from tests.ui import windows_screen

        return windows_screen.drop_files(root, widget, paths)
    return drop_uris(root, widget, [uri_of(path) for path in paths])


class DropTarget:
    """Another program's window on the screen, which takes one list of files by a copy."""

    def __init__(self, x: int, y: int, side: int = 200) -> None:
        self._display: Any = display.Display()
        self._root = self._display.screen().root
        self._centre = (x + side // 2, y + side // 2)
        self._window: Any = self._root.create_window(x, y, side, side, 0, X.CopyFromParent)
        self._window.set_wm_name("letter")
        self._window.change_property(self._atom("XdndAware"), Xatom.ATOM, 32, [5])
        self._window.map()
        self._display.sync()
        self.type = ""
        self.data = b""

    def _atom(self, name: str) -> int:
        return int(self._display.intern_atom(name))

    def take_from(self, x: int, y: int) -> None:
        """Drag with a real pointer from a place of the screen to this window, and let go there."""
        self._point(x, y)
        xtest.fake_input(self._display, X.ButtonPress, 1)
        for step in range(1, 11):
            self._point(
                *(a + (b - a) * step // 10 for a, b in zip((x, y), self._centre, strict=True))
            )
            self._answer(0.05)
        self._answer(0.5)
        xtest.fake_input(self._display, X.ButtonRelease, 1)
        self._display.sync()
        end = time.monotonic() + _WAIT_SECONDS
        while not self.data and time.monotonic() < end:
            self._answer(0.05)
        self._display.close()

    def _point(self, x: int, y: int) -> None:
        xtest.fake_input(self._display, X.MotionNotify, x=x, y=y)
        self._display.sync()

    def _answer(self, seconds: float) -> None:
        """Say yes to whoever drags, and ask for the files once they are dropped."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self._display.pending_events():
                time.sleep(0.002)
                continue
            news: Any = self._display.next_event()
            selection, kind = self._atom("XdndSelection"), self._atom(_TYPE)
            if news.type == X.SelectionNotify and news.property:
                found = self._window.get_full_property(news.property, X.AnyPropertyType)
                self.type = str(self._display.get_atom_name(found.property_type))
                self.data = bytes(found.value)
                self._reply("XdndFinished", 1, self._atom("XdndActionCopy"))
            elif news.type == X.ClientMessage:
                self._source = int(news.data[1][0])
                if news.client_type == self._atom("XdndPosition"):
                    self._reply("XdndStatus", 1, 0, 0, self._atom("XdndActionCopy"))
                elif news.client_type == self._atom("XdndDrop"):
                    self._window.convert_selection(selection, kind, kind, int(news.data[1][2]))
                    self._display.flush()

    def _reply(self, name: str, *words: int) -> None:
        data = [self._window.id, *words] + [0] * (4 - len(words))
        source = self._display.create_resource_object("window", self._source)
        message = event.ClientMessage(window=source, client_type=self._atom(name), data=(32, data))
        source.send_event(message)
        self._display.flush()
