"""Where the programs of one screen meet: a Unix socket in a folder that only this user can enter.

Whoever holds the folder's lock is the first of them. The system takes the lock from a program that
ends, however it ends, so a socket that was left behind is known for one and replaced.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
import sys
import time
from pathlib import Path

assert sys.platform != "win32"

_SOCKET = "socket"
_BACKLOG = 8
# The first one has its lock a moment before it listens, and a moment after.
_RETRY_SECONDS = 0.02
_LISTENS_AFTER_SECONDS = 0.5
# pid, uid and gid. Source: unix(7), SO_PEERCRED.
_CREDENTIALS = "3i"


class Channel:
    """The place, held until it is closed. `listener` is the socket of the first program."""

    # The folder keeps others away.
    secret = b""

    def __init__(self) -> None:
        """Raises: OSError, where there is no screen, or no such folder can be had."""
        self.listener: socket.socket | None = None
        self._folder, self._descriptor = _open_folder()
        # That is the folder that was looked at, and short: a socket's path has 107 bytes at most.
        self._address = (
            f"/proc/self/fd/{self._descriptor}/{_SOCKET}"
            if sys.platform == "linux"
            else str(self._folder / _SOCKET)
        )
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.listener = self._listen()
        except BlockingIOError:
            pass
        except OSError:
            self._leave()
            raise

    def _listen(self) -> socket.socket:
        self._remove_socket()
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(self._address)
            listener.listen(_BACKLOG)
            listener.setblocking(False)
        except OSError:
            listener.close()
            raise
        return listener

    def connect(self, until: float) -> socket.socket:
        """Connect to the first program, at the latest when `until` comes. Raises: OSError."""
        listens = time.monotonic() + _LISTENS_AFTER_SECONDS
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.settimeout(max(_RETRY_SECONDS, until - time.monotonic()))
                connection.connect(self._address)
            except OSError:
                connection.close()
                if time.monotonic() > listens:
                    raise
                time.sleep(_RETRY_SECONDS)
            else:
                return connection

    def close(self) -> None:
        """Leave the place to others."""
        if self.listener:
            self.listener.close()
            self._remove_socket()
            self._leave()
        else:
            os.close(self._descriptor)

    def _leave(self) -> None:
        with contextlib.suppress(OSError):
            self._folder.rmdir()
        os.close(self._descriptor)

    def _remove_socket(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_SOCKET, dir_fd=self._descriptor)


def is_own_user(connection: socket.socket) -> bool:
    """Whether the program at the other end runs as this user, where the system tells."""
    if sys.platform != "linux":
        return True
    size = struct.calcsize(_CREDENTIALS)
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    return bool(struct.unpack(_CREDENTIALS, told)[1] == os.geteuid())


def _open_folder() -> tuple[Path, int]:
    """The folder, and a descriptor of it. Raises: OSError."""
    name = _folder_name()
    temporary = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108  # what lies there is looked at
    for parent in (os.environ.get("XDG_RUNTIME_DIR", ""), temporary):
        folder = Path(parent, name)
        if not folder.is_absolute():
            continue
        with contextlib.suppress(OSError):
            folder.mkdir(0o700, exist_ok=True)
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
            descriptor = os.open(folder, flags)
            found = os.fstat(descriptor)
            if found.st_uid == os.geteuid() and not found.st_mode & 0o077:
                return folder, descriptor
            # Somebody else was there first.
            os.close(descriptor)
    raise FileNotFoundError(name)


def _folder_name() -> str:
    """Each screen has its own program, and so has each container on it, where paths mean others.

    Raises: OSError, where there is no screen.
    """
    host, colon, screen = os.environ.get("DISPLAY", "").rpartition(":")
    if not colon and sys.platform != "darwin":
        raise FileNotFoundError("DISPLAY")
    # Behind the dot is which monitor a window opens on.
    place = f"{host}-{screen.partition('.')[0]}"
    plain = "".join(letter if letter.isalnum() else "-" for letter in place)
    root = Path("/").stat()
    return f"rdiff-gui-{os.geteuid()}{plain}-{root.st_dev:x}-{root.st_ino:x}"
