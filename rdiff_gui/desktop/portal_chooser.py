"""The file chooser of the user's desktop, whichever that is, asked for over D-Bus.

Source: XDG Desktop Portal, org.freedesktop.portal.FileChooser and org.freedesktop.portal.Request.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from rdiff_gui.desktop.programs import Answer, ChooserRequest
from rdiff_gui.engine.parallel import start_thread

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

log = logging.getLogger(__name__)

_BUS_NAME = "org.freedesktop.portal.Desktop"
_OBJECT = "/org/freedesktop/portal/desktop"
_CHOOSER = "org.freedesktop.portal.FileChooser"
_REQUEST = "org.freedesktop.portal.Request"
_CHOSEN, _CANCELLED = 0, 1
# The portal answers before its chooser is there, but may have to start first.
_REPLY_SECONDS = 3.0
_LOOK_SECONDS = 0.1


def portal_is_possible(environment: Mapping[str, str]) -> bool:
    """Whether there is a bus to ask for it."""
    return sys.platform == "linux" and bool(environment.get("DBUS_SESSION_BUS_ADDRESS"))


class PortalChooser:
    """A chooser that is on the screen soon. A thread waits for it; neither method does."""

    def __init__(self, request: ChooserRequest, window_id: int) -> None:
        self._request = request
        self._window_id = window_id
        self._closed = threading.Event()
        self._answer: Answer | None = None
        if start_thread(self._ask) is None:
            self._answer = Answer(usable=False)

    def poll(self) -> Answer | None:
        """The answer once there is one; None while the chooser is open."""
        return self._answer

    def close(self) -> None:
        """Take the chooser off the screen."""
        self._closed.set()

    def _ask(self) -> None:
        answer = Answer(usable=False)
        try:
            # The window need not wait for it, and can do without.
            from jeepney import DBusErrorResponse
            from jeepney.io.blocking import open_dbus_connection
        except ImportError as problem:
            log.info("no portal: %s", problem)
            self._answer = answer
            return
        try:
            with contextlib.closing(open_dbus_connection("SESSION")) as connection:
                answer = self._choose(connection)
        except (OSError, RuntimeError, ValueError, KeyError, DBusErrorResponse) as problem:
            log.info("no portal: %s", problem)
        self._answer = answer

    def _choose(self, connection: DBusConnection) -> Answer:
        from jeepney import DBusAddress, MatchRule, message_bus, new_method_call
        from jeepney.wrappers import unwrap_msg

        token = f"rdiff_gui_{secrets.token_hex(8)}"
        sender = connection.unique_name.removeprefix(":").replace(".", "_")
        handle = f"{_OBJECT}/request/{sender}/{token}"
        rule = MatchRule(type="signal", interface=_REQUEST, member="Response", path=handle)
        call = new_method_call(
            DBusAddress(_OBJECT, _BUS_NAME, _CHOOSER),
            "SaveFile" if self._request.save else "OpenFile",
            "ssa{sv}",
            (f"x11:{self._window_id:x}", self._request.title, self._options(token)),
        )
        with connection.filter(rule) as responses:
            for message in (message_bus.AddMatch(rule), call):
                unwrap_msg(connection.send_and_get_reply(message, timeout=_REPLY_SECONDS))
            while not self._closed.is_set():
                with contextlib.suppress(TimeoutError):
                    found = connection.recv_until_filtered(responses, timeout=_LOOK_SECONDS)
                    return _read(*found.body)
        connection.send(new_method_call(DBusAddress(handle, _BUS_NAME, _REQUEST), "Close"))
        return Answer()

    def _options(self, token: str) -> dict[str, tuple[str, Any]]:
        start = self._request.start
        folder = start.parent if self._request.save else start
        options: dict[str, tuple[str, Any]] = {
            "handle_token": ("s", token),
            "modal": ("b", True),
            "current_folder": ("ay", os.fsencode(folder) + b"\0"),
        }
        if self._request.save:
            options["current_name"] = ("s", start.name)
        else:
            options["multiple"] = ("b", self._request.several)
            options["directory"] = ("b", self._request.folder)
        return options


def _read(response: int, results: Mapping[str, tuple[str, Any]]) -> Answer:
    """What the portal's answer means; what lies on a server is not chosen."""
    if response != _CHOSEN:
        return Answer(usable=response == _CANCELLED)
    addresses = [urlsplit(uri) for uri in results["uris"][1]]
    paths = [unquote_to_bytes(address.path) for address in addresses if address.scheme == "file"]
    return Answer(tuple(Path(os.fsdecode(path)) for path in paths))
