"""Files dragged onto the window from a file manager, and out of it, through tkdnd.

tkdnd can be missing on a platform; then nothing is a drop target and the Browse buttons do. Its
own decoding loses names that are not UTF-8 and hosts in URIs, so on X11 the raw bytes are handed
over and decoded here.
"""

from __future__ import annotations

import ctypes
import os
import socket
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes

from rdiff_gui.desktop.own_files import log_warning
from rdiff_gui.records import record

# What tkdnd is linked with on X11 besides Tk's own libraries, and its packages.
_LIBRARY = "libXcursor.so.1"
_PACKAGES = {
    "debian": "libxcursor1",
    "fedora": "libXcursor",
    "arch": "libxcursor",
    "suse": "libXcursor1",
    "alpine": "libxcursor",
}
_FILES = "DND_Files"
_RAW = "uri-list:"

# Source: tkdnd_unix.tcl, xdnd::normalise_data, whose result is the %D of the drop events.
_HAND_OVER_RAW_BYTES = """
    rename ::tkdnd::xdnd::normalise_data ::tkdnd::xdnd::decoded_data
    proc ::tkdnd::xdnd::normalise_data {type data} {
        if {![string match text/uri-list* $type]} { return [decoded_data $type $data] }
        if {[catch {::tkdnd::bytes_to_string $data} bytes]} {
            set bytes [encoding convertto utf-8 $data]
        }
        return [list @RAW@[binary encode hex $bytes]]
    }
    """.replace("@RAW@", _RAW)


@record(frozen=True)
class Dropped:
    """What was dropped: local paths, and the addresses of what is not on this computer."""

    paths: tuple[Path, ...]
    elsewhere: tuple[str, ...] = ()


class DragAndDrop:
    """tkdnd, loaded into one root when that has time."""

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._loaded: bool | None = None
        # What becomes a target when it is loaded.
        self._early: list[Callable[[], None]] = []

    def load(self) -> None:
        """Targets that were made before take files from now on; does nothing a second time."""
        if self._loaded is None:
            self._loaded = self._load()
            while self._early:
                self._early.pop(0)()

    @property
    def available(self) -> bool:
        """Whether it could be loaded, which is done now if it was not before."""
        self.load()
        return bool(self._loaded)

    def _load(self) -> bool:
        try:
            from tkinterdnd2 import TkinterDnD  # type: ignore[import-untyped]  # ships no types

            TkinterDnD._require(self._root)  # the only way into a plain tkinter.Tk
            if self._root.tk.call("tk", "windowingsystem") == "x11":
                self._root.tk.eval(_HAND_OVER_RAW_BYTES)
        except (ImportError, RuntimeError, tk.TclError) as error:
            log_warning("no drag and drop here: %s", error)
            return False
        return True

    def remedy(self) -> str | None:
        """The command that helps where it is not available; None where none is known."""
        if self._root.tk.call("tk", "windowingsystem") != "x11":
            return None
        try:
            ctypes.CDLL(_LIBRARY)
        except OSError:
            from rdiff_gui.errors.program import install_command

            return install_command(_PACKAGES)
        return None

    def accept_files(
        self,
        widget: tk.Misc,
        *,
        on_drop: Callable[[Dropped], None],
        on_hover: Callable[[bool], None],
    ) -> None:
        """Make `widget` and all in it a target for files.

        `on_hover` gets True as files are dragged over it and False as they leave; `on_drop` is
        called after the file manager was answered. A target inside another takes precedence.
        """
        if self._loaded is None:
            self._early.append(
                lambda: self.accept_files(widget, on_drop=on_drop, on_hover=on_hover)
            )
        if not self._loaded:
            return

        def enter() -> str:
            on_hover(True)
            return "copy"

        def leave() -> str:
            on_hover(False)
            return "copy"

        def drop(data: str) -> str:
            on_hover(False)
            words = widget.tk.splitlist(data)
            widget.after_idle(on_drop, read_dropped([str(word) for word in words]))
            return "copy"

        call = widget.tk.call
        call("tkdnd::drop_target", "register", widget, _FILES)
        call("bind", widget, "<<DropEnter>>", widget.register(enter))
        call("bind", widget, "<<DropPosition>>", widget.register(lambda: "copy"))
        call("bind", widget, "<<DropLeave>>", widget.register(leave))
        call("bind", widget, "<<Drop>>", f"{widget.register(drop)} %D")

    def give_file(self, widget: tk.Misc, path: Path, on_begin: Callable[[], None]) -> None:
        """Let `path` be dragged from `widget` to another program, which copies it.

        `on_begin` is called each time before it is offered.
        """
        on_x11 = self._root.tk.call("tk", "windowingsystem") == "x11"
        data = (path.absolute().as_uri() if on_x11 else str(path),)

        def begin() -> tuple[str, str, tuple[str]]:
            on_begin()
            return "copy", _FILES, data

        widget.tk.call("tkdnd::drag_source", "register", widget, _FILES)
        widget.tk.call("bind", widget, "<<DragInitCmd>>", widget.register(begin))


def read_dropped(words: list[str]) -> Dropped:
    """Understand the data of a drop event: raw URI bytes from X11, or plain paths."""
    if len(words) == 1 and words[0].startswith(_RAW):
        lines = bytes.fromhex(words[0].removeprefix(_RAW)).replace(b"\0", b"\n").splitlines()
    else:
        lines = [os.fsencode(word) for word in words]
    paths: list[Path] = []
    elsewhere: list[str] = []
    for line in lines:
        if not line or line.startswith(b"#"):
            continue
        path = path_of(line)
        if path is None:
            elsewhere.append(line.decode("utf-8", "replace"))
        else:
            paths.append(path)
    return Dropped(tuple(paths), tuple(elsewhere))


def path_of(uri: bytes) -> Path | None:
    """The local path of a `file:` URI or of a bare path; None for what lies elsewhere.

    Source: RFC 8089, with the host that some file managers add.
    """
    scheme, colon, rest = uri.partition(b":")
    if not colon or scheme.lower() != b"file":
        bare = Path(os.fsdecode(uri))
        return bare if bare.is_absolute() else None
    if rest.startswith(b"//"):
        host, slash, rest = rest[2:].partition(b"/")
        rest = slash + rest
        if host.lower() not in (b"", b"localhost", os.fsencode(socket.gethostname().lower())):
            return None
    return Path(os.fsdecode(unquote_to_bytes(rest))) if rest.startswith(b"/") else None
