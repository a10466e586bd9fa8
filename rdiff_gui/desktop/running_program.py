"""One running program: a later start hands its files to the one that has the window.

What is handed over is the length of the rest in four bytes, and then words with a zero byte behind
each: the protocol's name, the channel's secret, the desktop's name for this start, and paths. The
answer is one byte, or none where nothing is taken. Nothing here waits for long: a program that
hangs is left alone, and the later one opens a window of its own.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rdiff_gui.records import record

if sys.platform == "win32":
    from rdiff_gui.desktop.windows_channel import Channel, is_own_user
else:
    from rdiff_gui.desktop.posix_channel import Channel, is_own_user

_PROTOCOL = b"rdiff-gui 1"
_LENGTH = struct.Struct(">I")
# More than any system lets a program's arguments have.
_MOST_BYTES = 8 << 20
_MOST_PATHS = 200_000
_LONGEST_START = 1000
_TAKEN = b"+"

# The first program may be starting itself, from a slow disk.
_PATIENCE_SECONDS = 3.0
# Who connects says all at once.
_LISTEN_SECONDS = 3.0
_MOST_AT_ONCE = 8
_PART_BYTES = 1 << 16
_PARTS_AT_ONCE = 16

# Source: Startup Notification Protocol; XDG Activation, "xdg-activation-v1".
_START_VARIABLES = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")


@record(frozen=True)
class Delivery:
    """What a later start brought. `start` is the desktop's name for it, often empty."""

    paths: tuple[Path, ...]
    start: str


class FirstProgram:
    """The one with the window, which takes what later starts bring. Never waits."""

    def __init__(self, channel: Channel, listener: socket.socket) -> None:
        self._channel = channel
        self._listener = listener
        self._callers: list[_Caller] = []
        self.open = True

    def fileno(self) -> int:
        """What becomes readable when somebody connects."""
        return self._listener.fileno()

    def take(self) -> list[Delivery]:
        """What has come in whole since the last call."""
        self._admit()
        deliveries = []
        for caller in self._callers[:]:
            try:
                body = caller.read()
                if body is None:
                    if time.monotonic() > caller.until:
                        raise TimeoutError
                    continue
                delivery = _understand(body, self._channel.secret)
                # Whoever has lost patience shows the files itself.
                caller.answer()
                deliveries.append(delivery)
            except (OSError, ValueError):
                pass
            self._callers.remove(caller)
            caller.connection.close()
        return deliveries

    def _admit(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            if len(self._callers) < _MOST_AT_ONCE and is_own_user(connection):
                self._callers.append(_Caller(connection))
            else:
                connection.close()

    @property
    def listening(self) -> bool:
        """Whether somebody is being listened to, so that `take` should soon be called again."""
        return bool(self._callers)

    def close(self) -> None:
        """Take nothing any more; may be called more than once."""
        if not self.open:
            return
        self.open = False
        for caller in self._callers:
            caller.connection.close()
        self._callers.clear()
        self._channel.close()


class _Caller:
    """A later start, while it speaks."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.until = time.monotonic() + _LISTEN_SECONDS
        self._heard = bytearray()
        connection.setblocking(False)

    def read(self) -> bytes | None:
        """What stands behind the length, once it is whole. Raises: OSError, ValueError."""
        for _ in range(_PARTS_AT_ONCE):
            try:
                part = self.connection.recv(_PART_BYTES)
            except BlockingIOError:
                break
            if not part:
                raise ConnectionAbortedError
            self._heard += part
            if len(self._heard) > _MOST_BYTES:
                raise ValueError
        if len(self._heard) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._heard)
        missing = length + _LENGTH.size - len(self._heard)
        if length > _MOST_BYTES or missing < 0:
            raise ValueError
        return None if missing else bytes(self._heard[_LENGTH.size :])

    def answer(self) -> None:
        """Say that it is taken. Raises: OSError, where nobody listens any more."""
        try:
            gone = not self.connection.recv(1)
        except BlockingIOError:
            gone = False
        if gone:
            raise ConnectionAbortedError
        self.connection.send(_TAKEN)


def _understand(body: bytes, secret: bytes) -> Delivery:
    """Raises: ValueError, for anything but what `hand_over` says."""
    import hmac  # for the few that are handed something

    words = body.split(b"\0", _MOST_PATHS)
    if len(words) < 4 or words.pop() != b"" or words[0] != _PROTOCOL:
        raise ValueError
    if not hmac.compare_digest(words[1], secret) or len(words[2]) > _LONGEST_START:
        raise ValueError
    paths = tuple(Path(os.fsdecode(word)) for word in words[3:])
    if not all(path.is_absolute() for path in paths):
        raise ValueError
    return Delivery(paths, words[2].decode("ascii"))


def meet(paths: Sequence[Path]) -> tuple[bool, FirstProgram | None]:
    """Whether a running program has taken `paths`; else this one's place as the first, if any."""
    start = _name_of_this_start()
    try:
        channel = Channel()
    except OSError:
        return False, None
    if channel.listener:
        return False, FirstProgram(channel, channel.listener)
    try:
        return _hand_over(channel, paths, start), None
    except (OSError, ValueError):
        return False, None
    finally:
        channel.close()


def _hand_over(channel: Channel, paths: Sequence[Path], start: bytes) -> bool:
    """Raises: OSError, ValueError."""
    until = time.monotonic() + _PATIENCE_SECONDS
    whole = [os.fsencode(path.absolute()) for path in paths]
    with channel.connect(until) as connection:
        words = [_PROTOCOL, channel.secret, start, *whole]
        body = b"".join(word + b"\0" for word in words)
        if len(body) > _MOST_BYTES or len(words) > _MOST_PATHS:
            return False
        connection.settimeout(max(0.01, until - time.monotonic()))
        connection.sendall(_LENGTH.pack(len(body)) + body)
        connection.settimeout(max(0.01, until - time.monotonic()))
        return connection.recv(1) == _TAKEN


def _name_of_this_start() -> bytes:
    """What the desktop called it; no program that we start may be taken for it."""
    names = [os.environ.pop(variable, "") for variable in _START_VARIABLES]
    name = next(filter(None, names), "")
    return name.encode() if name.isascii() and len(name) <= _LONGEST_START else b""
