"""A desktop to try the installed package on: a screen, openbox, pcmanfm and a hand on the mouse."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import tkinter as tk
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from Xlib import X
from Xlib.ext import xtest
from Xlib.protocol.event import ClientMessage

from rdiff_gui.ui.theme.pixels import png
from tests.frozen.onlooker import Onlooker
from tests.frozen.root_folder import RootFolder, stop

# What a small desktop has: icons, a font, and what keeps the list of which program opens what.
# GTK's settings ask for any session bus, and debootstrap finds none by itself.
PACKAGES = (
    "adwaita-icon-theme",
    "dbus-x11",
    "desktop-file-utils",
    "fonts-dejavu-core",
    "openbox",
    "pcmanfm",
)
MANAGER, OURS = "Pcmanfm", "Rdiff-gui"
SIZE = (1800, 800)
_DRAG_STEPS, _STEP_SECONDS = 20, 0.02
Point = tuple[int, int]


@contextlib.contextmanager
def own_screen() -> Iterator[str]:
    """A screen of its own, since a window manager changes everything on it; gives its name."""
    read_end, write_end = os.pipe()
    width, height = SIZE
    command = ["Xvfb", "-displayfd", str(write_end), "-nolisten", "tcp"]
    command += ["-screen", "0", f"{width}x{height}x24"]
    server = subprocess.Popen(command, pass_fds=(write_end,), stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        with os.fdopen(read_end) as answer:
            yield ":" + answer.readline().strip()
    finally:
        server.terminate()
        server.wait()


@dataclass(frozen=True)
class Area:
    """Where a window is on the screen."""

    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> Point:
        """The point that somebody aims at."""
        return self.left + self.width // 2, self.top + self.height // 2

    @property
    def title(self) -> Point:
        """A point of the title bar."""
        return self.left + self.width // 2, self.top + 10


class Desktop(Onlooker):
    """The programs of a root folder on one screen, and what a user sees and does there."""

    def __init__(self, root: RootFolder, screen: str, pictures: Path) -> None:
        super().__init__(screen)
        self.root = root
        self._screen_name = screen
        self._pictures = pictures
        self._root_window: Any = self._display.screen().root
        # For reading PNG files.
        self._tk = tk.Tk(screenName=screen, useTk=True)
        self._tk.withdraw()
        self._programs: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> None:
        """Start a program as the user."""
        environment = {"DISPLAY": self._screen_name, "LANG": "C.UTF-8"}
        self._programs.append(self.root.start(*words, environment=environment))

    def stop_programs(self) -> None:
        """End them all, with what they started."""
        while self._programs:
            stop(self._programs.pop())

    def close(self) -> None:
        """End all programs, and hang up."""
        self.stop_programs()
        self._tk.destroy()
        super().close()

    # --- look ------------------------------------------------------------------------------------

    def picture(self, name: str) -> None:
        """Save what is on the screen when it rests."""
        self.settle()
        self._save(name)

    def _evidence(self) -> str:
        return f"; see {self._save('failed')}"

    def _save(self, name: str) -> Path:
        pixels, (width, height) = self._pixels(), SIZE
        swapped = bytearray(pixels)
        swapped[0::4], swapped[2::4] = pixels[2::4], pixels[0::4]
        rows = [bytes(swapped[4 * width * y : 4 * width * (y + 1)]) for y in range(height)]
        path = self._pictures / f"{name}.png"
        path.write_bytes(png(width, height, rows))
        return path

    def find_icon(self, icon: Path) -> list[Point]:
        """Wherever that picture is seen: the middles, from left to right."""
        image = tk.PhotoImage(master=self._tk, file=icon)
        size = image.width()
        # Only the middle, which no icon of ours lets the ground shine through.
        inner = range(size // 3, size - size // 3)
        rows = [b"".join(bytes((*image.get(x, y)[::-1], 255)) for x in inner) for y in inner]
        pixels, line = self._pixels(), 4 * SIZE[0]
        found = []
        at = pixels.find(rows[0])
        while at >= 0:
            if at % 4 == 0 and all(
                pixels.startswith(row, at + line * below) for below, row in enumerate(rows)
            ):
                y, x = divmod(at // 4, SIZE[0])
                found.append((x + len(inner) // 2, y + len(inner) // 2))
            at = pixels.find(rows[0], at + 1)
        return sorted(found)

    def active(self) -> str | None:
        """The class of the window that has the keyboard."""
        window = self._property("_NET_ACTIVE_WINDOW")
        if not window or not window[0]:
            return None
        return str(self._display.create_resource_object("window", window[0]).get_wm_class()[1])

    def has_copy(self) -> bool:
        """Whether a program has something to be pasted."""
        owner = self._display.get_selection_owner(self._display.intern_atom("CLIPBOARD"))
        return bool(owner != X.NONE)

    def has_window_manager(self) -> bool:
        """Whether one has begun its work."""
        return bool(self._property("_NET_SUPPORTING_WM_CHECK"))

    def _clients(self) -> list[Any]:
        ids = self._property("_NET_CLIENT_LIST")
        return [self._display.create_resource_object("window", one) for one in ids]

    def _property(self, name: str) -> list[int]:
        atom = self._display.intern_atom(name)
        found = self._root_window.get_full_property(atom, X.AnyPropertyType)
        return list(found.value) if found else []

    def _pixels(self) -> bytes:
        image = self._root_window.get_image(0, 0, *SIZE, X.ZPixmap, 0xFFFFFFFF)
        pixels = bytearray(image.data)
        # Blue, green, red and one that says nothing, which is not always the same.
        pixels[3::4] = b"\xff" * (SIZE[0] * SIZE[1])
        return bytes(pixels)

    # --- act -------------------------------------------------------------------------------------

    def place(self, wm_class: str, area: Area) -> None:
        """Wait for the window of that class, and put it there."""

        def find() -> Any:
            return next((w for w in self._clients() if w.get_wm_class()[1] == wm_class), None)

        window = self.wait(find, f"no window of {wm_class} came")
        # Gravity north-west, and all four numbers are given.
        how = 1 | 0xF << 8
        message = ClientMessage(
            window=window,
            client_type=self._display.intern_atom("_NET_MOVERESIZE_WINDOW"),
            data=(32, [how, area.left, area.top, area.width, area.height]),
        )
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self._root_window.send_event(message, event_mask=mask)
        self._display.sync()
        self.settle()

    def move(self, to: Point) -> None:
        """Move the pointer."""
        xtest.fake_input(self._display, X.MotionNotify, x=to[0], y=to[1])
        self._display.sync()

    def click(self, at: Point, times: int = 1) -> None:
        """Click there with the left button."""
        self.move(at)
        for _ in range(times):
            self._button(X.ButtonPress)
            self._button(X.ButtonRelease)
        self.settle()

    def drag(self, start: Point, end: Point, picture: str) -> None:
        """Drag with the left button, take a picture before it is let go, and let go."""
        self.move(start)
        self._button(X.ButtonPress)
        self.settle()
        for step in range(1, _DRAG_STEPS + 1):
            x, y = (a + (b - a) * step // _DRAG_STEPS for a, b in zip(start, end, strict=True))
            self.move((x, y))
            time.sleep(_STEP_SECONDS)
        self.picture(picture)
        self._button(X.ButtonRelease)
        self.settle()

    def _button(self, what: int) -> None:
        xtest.fake_input(self._display, what, 1)
        self._display.sync()
