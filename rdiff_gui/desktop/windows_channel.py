"""Where the programs of one session meet, on Windows, whose Python has no Unix sockets.

It is a socket of this computer alone. Its number stands, with a secret, in a file below the user's
profile, which others cannot read. Whoever holds the file's lock is the first program; Windows takes
it from one that ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import msvcrt
import os
import socket
import sys
import time
from pathlib import Path

assert sys.platform == "win32"

_SECRET_BYTES = 32
_LONGEST_NOTE = 200
_BACKLOG = 8
# Far behind what the file says: nobody can read what is locked.
_LOCKED_BYTE = 1 << 20
# The first one has its lock a moment before the file says anything.
_RETRY_SECONDS = 0.02
# Source: winuser.h.
_ASFW_ANY = -1


class Channel:
    """The place, held until it is closed. `listener` is the socket of the first program."""

    def __init__(self) -> None:
        """Raises: OSError, where no such file can be had."""
        self.listener: socket.socket | None = None
        self.secret = b""
        session = os.environ.get("SESSIONNAME", "")
        plain = "".join(letter if letter.isalnum() else "-" for letter in session)
        file = Path(os.environ.get("LOCALAPPDATA", "")) / "rdiff-gui" / f"window-{plain}"
        if not file.is_absolute():
            raise FileNotFoundError(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_BINARY | os.O_NOINHERIT)
        try:
            os.lseek(self._file, _LOCKED_BYTE, os.SEEK_SET)
            try:
                msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)
            except OSError:
                return
            self._listen()
        except OSError:
            os.close(self._file)
            raise

    def _listen(self) -> None:
        os.ftruncate(self._file, 0)
        listener = socket.socket(socket.AF_INET)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            listener.bind(("127.0.0.1", 0))
            listener.listen(_BACKLOG)
            listener.setblocking(False)
            self.secret = os.urandom(_SECRET_BYTES).hex().encode()
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, b"%d %s\n" % (listener.getsockname()[1], self.secret))
        except OSError:
            listener.close()
            raise
        self.listener = listener

    def connect(self, until: float) -> socket.socket:
        """Connect to the first program, at the latest when `until` comes. Raises: OSError."""
        while not (note := self._read()).endswith(b"\n"):
            if time.monotonic() > until:
                raise TimeoutError
            time.sleep(_RETRY_SECONDS)
        port, self.secret = note.split()
        # The user has just started us, so we may pass on the right to come to the front.
        ctypes.windll.user32.AllowSetForegroundWindow(_ASFW_ANY)
        patience = max(_RETRY_SECONDS, until - time.monotonic())
        return socket.create_connection(("127.0.0.1", int(port)), patience)

    def _read(self) -> bytes:
        os.lseek(self._file, 0, os.SEEK_SET)
        return os.read(self._file, _LONGEST_NOTE)

    def close(self) -> None:
        """Leave the place to others."""
        if self.listener:
            self.listener.close()
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, 0)
        os.close(self._file)


def is_own_user(_connection: socket.socket) -> bool:
    """Who knows the secret is."""
    return True
