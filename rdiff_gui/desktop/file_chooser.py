"""The file chooser of the user's desktop: asked for over D-Bus, or a program that shows one.

Tk's own is ugly on Linux.

Source: XDG Desktop Portal, org.freedesktop.portal.FileChooser and org.freedesktop.portal.Request.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from rdiff_gui.desktop.programs import child_environment
from rdiff_gui.records import record

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

log = logging.getLogger(__name__)

_BUS_NAME = "org.freedesktop.portal.Desktop"
_OBJECT = "/org/freedesktop/portal/desktop"
_CHOOSER = "org.freedesktop.portal.FileChooser"
_REQUEST = "org.freedesktop.portal.Request"
_CHOSEN = 0
# What the portal and the programs say when the user cancelled.
_CANCELLED = 1
# The portal answers before its chooser is there, but may have to start first.
_REPLY_SECONDS = 3.0
_LOOK_SECONDS = 0.1

# What is in no path that a program gives.
_SEPARATOR = "//"


@record(frozen=True)
class ChooserRequest:
    """What to ask for: `start` is a folder, or when `save` the proposed file.

    With `several`, more than one file may be chosen; with `folder`, a folder is.
    """

    title: str
    start: Path
    save: bool = False
    several: bool = False
    folder: bool = False


@record(frozen=True)
class Answer:
    """The end of a chooser: what was chosen, if anything, or that it was not `usable`."""

    paths: tuple[Path, ...] = ()
    usable: bool = True


class Chooser:
    """A chooser to be shown; the functions that ask wait for the user, on a thread."""

    def __init__(self, request: ChooserRequest, window_id: int) -> None:
        self._request = request
        self._window_id = window_id
        self._closed = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """Take it off the screen; may be called from any thread, and does not wait."""
        self._closed.set()
        if self._process is not None:
            self._process.terminate()

    # --- the portal ------------------------------------------------------------------------------

    def ask_portal(self) -> Answer:
        """Ask the desktop, whichever it is."""
        try:
            # The window need not wait for it, and can do without.
            from jeepney import DBusErrorResponse
            from jeepney.io.blocking import open_dbus_connection
        except ImportError as problem:
            log.info("no portal: %s", problem)
            return Answer(usable=False)
        try:
            with contextlib.closing(open_dbus_connection("SESSION")) as connection:
                return self._choose(connection)
        except (OSError, RuntimeError, ValueError, KeyError, DBusErrorResponse) as problem:
            log.info("no portal: %s", problem)
            return Answer(usable=False)

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

    # --- programs --------------------------------------------------------------------------------

    def ask_programs(self) -> Answer:
        """Start one after the other, until one can be used."""
        answer = Answer(usable=False)
        for command in chooser_commands(self._request, self._window_id, os.environ):
            with contextlib.suppress(OSError):
                answer = self._ask_program(command)
            if answer.usable:
                break
        return answer

    def _ask_program(self, command: tuple[str, ...]) -> Answer:
        """Raises: OSError, where it cannot be started."""
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            # It speaks as the window does.
            env={**child_environment(), "LANGUAGE": os.environ.get("LANGUAGE", "")},
        ) as process:
            self._process = process
            if self._closed.is_set():
                process.terminate()
            exit_code, output = _wait_for(process)
        if self._closed.is_set():
            return Answer()
        return read_answer(exit_code, output, several=self._request.several)


def portal_is_possible(environment: Mapping[str, str]) -> bool:
    """Whether there is a bus to ask for it."""
    return sys.platform == "linux" and bool(environment.get("DBUS_SESSION_BUS_ADDRESS"))


def _read(response: int, results: Mapping[str, tuple[str, Any]]) -> Answer:
    """What the portal's answer means; what lies on a server is not chosen."""
    if response != _CHOSEN:
        return Answer(usable=response == _CANCELLED)
    addresses = [urlsplit(uri) for uri in results["uris"][1]]
    paths = [unquote_to_bytes(address.path) for address in addresses if address.scheme == "file"]
    return Answer(tuple(Path(os.fsdecode(path)) for path in paths))


def chooser_commands(
    request: ChooserRequest,
    window_id: int,
    environment: Mapping[str, str],
    which: Callable[[str], str | None] = shutil.which,
) -> tuple[tuple[str, ...], ...]:
    """The programs to try in order, KDE's first on KDE; empty where Tk's own is the best."""
    if sys.platform in ("win32", "darwin"):
        return ()
    # A folder ends in a slash, or zenity would take its name for a file's.
    start = str(request.start) if request.save else f"{request.start}{os.sep}"
    zenity = (
        "zenity", "--file-selection", "--modal", f"--attach={window_id}",
        f"--title={request.title}", f"--filename={start}",
        *(("--save",) if request.save else ()),
        *(("--directory",) if request.folder else ()),
        *(("--multiple", f"--separator={_SEPARATOR}") if request.several else ()),
    )  # fmt: skip
    wanted = "savefilename" if request.save else "openfilename"
    kdialog = (
        "kdialog", "--attach", str(window_id), "--title", request.title,
        "--getexistingdirectory" if request.folder else f"--get{wanted}", start,
        *(("--multiple", "--separate-output") if request.several else ()),
    )  # fmt: skip
    on_kde = "KDE" in environment.get("XDG_CURRENT_DESKTOP", "").upper()
    order = (kdialog, zenity) if on_kde else (zenity, kdialog)
    return tuple(command for command in order if which(command[0]))


def read_answer(exit_code: int, output: bytes, *, several: bool = False) -> Answer:
    """What the program's end means: exit code 1 is the user's cancel, others are trouble."""
    chosen = output.removesuffix(b"\n")
    if exit_code != 0 or not chosen:
        return Answer(usable=exit_code == _CANCELLED)
    names = [chosen]
    if several:
        # kdialog gives a line for each path, and all of them are whole.
        separator = _SEPARATOR.encode()
        names = chosen.replace(b"\n/", separator + b"/").split(separator)
    return Answer(tuple(Path(os.fsdecode(name)) for name in names))


def _wait_for(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    """How a program ended, and what it said."""
    while True:
        exit_code = process.poll()
        try:
            output, _ = process.communicate(timeout=_LOOK_SECONDS)
        except subprocess.TimeoutExpired as late:
            # Whoever it has started may hold its output open for longer.
            if exit_code is not None:
                return exit_code, late.output or b""
        else:
            return process.returncode, output
