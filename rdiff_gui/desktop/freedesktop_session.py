"""What a desktop of freedesktop.org is told over D-Bus: progress, news, and not to sleep.

Every call has a time limit, and what is not there is passed over. Whatever is asked for ends with
the connection, and that with the process.

Source: Desktop Notifications Specification; Unity's LauncherEntry, which KDE's task manager, Dash
to Dock and others read; gnome-session, org.gnome.SessionManager; PowerManagement Specification;
systemd's INHIBITOR_LOCKS.
"""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from typing import Any

from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    HeaderFields,
    MatchRule,
    Message,
    MessageFlag,
    message_bus,
    new_method_call,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from rdiff_gui.desktop.own_files import APP_ID, APP_NAME, ENTRY

log = logging.getLogger(__name__)

_REPLY_SECONDS = 2.0

_NOTIFICATIONS = DBusAddress(
    "/org/freedesktop/Notifications",
    "org.freedesktop.Notifications",
    "org.freedesktop.Notifications",
)
_LAUNCHER = DBusAddress(f"/{APP_ID.replace('.', '/')}", None, "com.canonical.Unity.LauncherEntry")
_GNOME = DBusAddress(
    "/org/gnome/SessionManager", "org.gnome.SessionManager", "org.gnome.SessionManager"
)
_POWER = DBusAddress(
    "/org/freedesktop/PowerManagement/Inhibit",
    "org.freedesktop.PowerManagement.Inhibit",
    "org.freedesktop.PowerManagement.Inhibit",
)
_LOGIN = DBusAddress(
    "/org/freedesktop/login1", "org.freedesktop.login1", "org.freedesktop.login1.Manager"
)
# Of the session: being suspended.
_SUSPEND = 4
_SERVERS_CHOICE = -1

# An address that is none is a ValueError, and none at all a KeyError.
_TROUBLE = (OSError, RuntimeError, ValueError, KeyError, DBusErrorResponse)


class Desktop:
    """The user's desktop. All calls are made on one thread, and none of them raises."""

    def __init__(self, window: int) -> None:
        """Connect to the session's bus, where there is one; `window` is the number of ours."""
        self._window = window
        self._session = _connect("SESSION")
        self._awake = contextlib.ExitStack()
        self._notification = 0
        self._signals: deque[Message] = deque(maxlen=100)
        if self._session:
            rule = MatchRule(
                type="signal", interface=_NOTIFICATIONS.interface, path=_NOTIFICATIONS.object_path
            )
            self._session.filter(rule, queue=self._signals).__enter__()
            self._ask(message_bus.AddMatch(rule))

    # --- progress --------------------------------------------------------------------------------

    def show_progress(self, fraction: float | None) -> None:
        """Show 0.0 to 1.0 beside the program's icon; None takes it away."""
        shown = {
            "progress": ("d", fraction or 0.0),
            "progress-visible": ("b", fraction is not None),
        }
        self._send(
            new_signal(_LAUNCHER, "Update", "sa{sv}", (f"application://{ENTRY.name}", shown))
        )

    # --- sleep -----------------------------------------------------------------------------------

    def stay_awake(self, why: str) -> None:
        """Have the computer not fall asleep by itself, until `may_sleep`. The screen may."""
        self.may_sleep()
        wishes = (
            (_GNOME, "susu", (APP_ID, self._window & 0xFFFFFFFF, why, _SUSPEND), "Uninhibit"),
            (_POWER, "ss", (APP_NAME, why), "UnInhibit"),
        )
        for address, signature, words, end in wishes:
            found = self._ask(new_method_call(address, "Inhibit", signature, words))
            if found:
                release = new_method_call(address, end, "u", found)
                self._awake.callback(self._ask, release)
                return
        # Where no desktop looks after that, the system does.
        system = _connect("SYSTEM")
        if system is None:
            return
        with contextlib.closing(system):
            lock = ("idle:sleep", APP_NAME, why, "block")
            found = _reply(system, new_method_call(_LOGIN, "Inhibit", "ssss", lock))
            if found:
                self._awake.callback(found[0].close)

    def may_sleep(self) -> None:
        """Take the wish back."""
        self._awake.close()

    # --- news ------------------------------------------------------------------------------------

    def notify(self, sentence: str, show: str) -> None:
        """Show a sentence, in the place of the last; `show` is what its click is called."""
        hints = {"desktop-entry": ("s", APP_ID), "category": ("s", "transfer.complete")}
        words = (
            APP_NAME, self._notification, APP_ID, sentence, "", ["default", show], hints,
            _SERVERS_CHOICE,
        )  # fmt: skip
        message = new_method_call(_NOTIFICATIONS, "Notify", "susssasa{sv}i", words)
        # Such a service may be there only when it is called.
        found = self._ask(message, may_start=True)
        self._notification = found[0] if found else 0

    @property
    def has_news(self) -> bool:
        """Whether something was shown that can be clicked."""
        return self._notification != 0

    def clicked(self) -> str | None:
        """The desktop's name for the user's click on what was shown, perhaps empty; None so far."""
        start = ""
        with contextlib.suppress(*_TROUBLE):
            while self._session:
                self._session.recv_messages(timeout=0)
        for message in [self._signals.popleft() for _ in range(len(self._signals))]:
            if not message.body or message.body[0] != self._notification:
                continue
            # The token comes first.
            match message.header.fields[HeaderFields.member]:
                case "ActivationToken":
                    start = str(message.body[1])
                case "ActionInvoked":
                    self.withdraw_news()
                    return start
                case "NotificationClosed":
                    self._notification = 0
        return None

    def withdraw_news(self) -> None:
        """Take away what was shown."""
        if self._notification:
            words = (self._notification,)
            self._notification = 0
            self._ask(new_method_call(_NOTIFICATIONS, "CloseNotification", "u", words))

    # --- the bus ---------------------------------------------------------------------------------

    def close(self) -> None:
        """Take everything back."""
        self.may_sleep()
        self.show_progress(None)
        self.withdraw_news()
        self._hang_up()

    def _hang_up(self) -> None:
        if self._session:
            self._session.close()
            self._session = None

    def _send(self, message: Message) -> None:
        if self._session:
            try:
                self._session.send(message)
            except _TROUBLE as problem:
                log.info("the session's bus has gone: %s", problem)
                self._hang_up()

    def _ask(self, message: Message, *, may_start: bool = False) -> tuple[Any, ...] | None:
        return _reply(self._session, message, may_start=may_start) if self._session else None


def _connect(bus: str) -> DBusConnection | None:
    try:
        # logind gives a descriptor.
        return open_dbus_connection(bus, enable_fds=bus == "SYSTEM")
    except _TROUBLE as problem:
        log.info("no %s bus: %s", bus.lower(), problem)
        return None


def _reply(
    connection: DBusConnection, message: Message, *, may_start: bool = False
) -> tuple[Any, ...] | None:
    """What is answered, or None. Nothing is started for our sake, unless `may_start`."""
    if not may_start:
        message.header.flags |= MessageFlag.no_auto_start
    try:
        answer = connection.send_and_get_reply(message, timeout=_REPLY_SECONDS)
        return tuple(unwrap_msg(answer))
    except _TROUBLE as problem:
        log.info("%s", problem)
        return None
