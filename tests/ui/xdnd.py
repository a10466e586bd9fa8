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

from Xlib import X, Xatom, display  # type: ignore[import-untyped]  # ships no types
from Xlib.protocol import event  # type: ignore[import-untyped]  # ships no types

_WAIT_SECONDS = 10.0
_TYPE = "text/uri-list"


def uri_of(path: Path) -> str:
    """The address that a file manager would send."""
    return "file://" + quote_from_bytes(bytes(path))


class Drag:
    """One drag of some URIs over the window named `title`, from its own X connection."""

    def __init__(self, title: str, uris: Iterable[str]) -> None:
        self._data = ("\r\n".join(uris) + "\r\n").encode("utf-8", "surrogateescape")
        self._display: Any = display.Display()
        self._screen = self._display.screen()
        self._target: Any = self._find(self._screen.root, title)
        assert self._target is not None, f"no drop target named {title!r}"
        self._source: Any = self._screen.root.create_window(0, 0, 1, 1, 0, self._screen.root_depth)
        self._source.set_selection_owner(self._atom("XdndSelection"), X.CurrentTime)

    def _atom(self, name: str) -> int:
        return int(self._display.intern_atom(name))

    def _find(self, window: Any, title: str) -> Any:
        for child in window.query_tree().children:
            aware = child.get_full_property(self._atom("XdndAware"), X.AnyPropertyType)
            if aware and child.get_attributes().map_state == X.IsViewable:
                name = child.get_full_text_property(self._atom("_NET_WM_NAME"))
                if (name or child.get_wm_name()) == title:
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
