"""A D-Bus of the test's own, with a stand-in for the services that a desktop has there."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    message_bus,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
_COOKIE, _NOTIFICATION = 77, 5
_NEWS = "org.freedesktop.Notifications"
_PORTAL = "org.freedesktop.portal.Desktop"


@contextlib.contextmanager
def own_bus(folder: Path) -> Iterator[str]:
    """A bus in that folder; its address."""
    path = folder / "bus"
    (folder / "bus.conf").write_text(_CONFIGURATION.format(path=path))
    command = ["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        try:
            assert daemon.stdout
            assert daemon.stdout.readline()
            yield f"unix:path={path}"
        finally:
            daemon.kill()


class Services:
    """Answers for some names of the bus, and writes down what it is asked and told."""

    def __init__(self, address: str, *names: str, hangs: bool = False) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.locks: list[int] = []
        self._hangs = hangs
        self._connection: DBusConnection = open_dbus_connection(address, enable_fds=True)
        bus = Proxy(message_bus, self._connection)
        for name in names:
            bus.RequestName(name)
        bus.AddMatch(MatchRule(type="signal", interface="com.canonical.Unity.LauncherEntry"))
        bus.AddMatch(MatchRule(type="signal", member="NameOwnerChanged"))
        self._ended = False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def wait_for(self, member: str, count: int = 1, seconds: float = 20) -> tuple[Any, ...]:
        """What came with the latest call of that name, once there were so many."""
        end = time.monotonic() + seconds
        while len(found := [words for name, words in self.calls[:] if name == member]) < count:
            assert time.monotonic() < end, self.calls
            time.sleep(0.01)
        return found[-1]

    def signal(self, member: str, signature: str, *words: object) -> None:
        """Tell of what the user does with a notification."""
        place = DBusAddress(f"/{_NEWS.replace('.', '/')}", interface=_NEWS)
        self._connection.send(new_signal(place, member, signature, words))

    def close(self) -> None:
        """Be gone."""
        self._ended = True
        self._thread.join()
        self._connection.close()

    def _serve(self) -> None:
        while not self._ended:
            with contextlib.suppress(TimeoutError):
                message = self._connection.receive(timeout=0.05)
                # What could not be delivered comes back without one.
                member = message.header.fields.get(HeaderFields.member, "")
                self.calls.append((member, message.body))
                if message.header.message_type is MessageType.method_call and not self._hangs:
                    self._answer(message)

    def _answer(self, message: Message) -> None:
        fields = message.header.fields
        answers: dict[tuple[str, str], tuple[str, Callable[[], object]]] = {
            (_NEWS, "Notify"): ("u", lambda: _NOTIFICATION),
            ("org.gnome.SessionManager", "Inhibit"): ("u", lambda: _COOKIE),
            ("org.freedesktop.login1.Manager", "Inhibit"): ("h", self._lock),
        }
        called = (fields[HeaderFields.interface], fields[HeaderFields.member])
        signature, answer = answers.get(called, ("", tuple))
        words = (answer(),) if signature else ()
        self._connection.send(new_method_return(message, signature or None, words))
        for given in words if signature == "h" else ():
            os.close(int(str(given)))

    def _lock(self) -> int:
        """The writing end of a pipe; the reading end tells when all have let go of it."""
        kept, given = os.pipe()
        self.locks.append(kept)
        return given


class Portal(Services):
    """Its file chooser, which ends with this response at once; with None it stays open."""

    def __init__(
        self, address: str, response: int | None, uris: Sequence[str] = (), *, hangs: bool = False
    ) -> None:
        self._response, self._uris = response, list(uris)
        super().__init__(address, _PORTAL, hangs=hangs)

    def _answer(self, message: Message) -> None:
        sender = str(message.header.fields[HeaderFields.sender])[1:].replace(".", "_")
        handle = f"/{_PORTAL.replace('.', '/').lower()}"
        if message.header.fields[HeaderFields.member] == "Close":
            self._connection.send(new_method_return(message))
            return
        handle = f"{handle}/request/{sender}/{message.body[2]['handle_token'][1]}"
        self._connection.send(new_method_return(message, "o", (handle,)))
        if self._response is not None:
            place = DBusAddress(handle, interface="org.freedesktop.portal.Request")
            words = (self._response, {"uris": ("as", self._uris)})
            self._connection.send(new_signal(place, "Response", "ua{sv}", words))
