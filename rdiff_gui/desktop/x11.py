"""What Tk does not say to the window manager on X11."""

from __future__ import annotations

import contextlib
import ctypes
import re
import sys
from collections.abc import Iterator
from ctypes import POINTER, byref, c_char, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p

# Source: X.h, X11/Xlib.h.
_CLIENT_MESSAGE = 33
_TO_WINDOW_MANAGERS = (1 << 19) | (1 << 20)
_TO_ALL = 1 << 22
_LONGS, _BYTES = 32, 8

# The user asked for it, not the program by itself. Source: EWMH, _NET_ACTIVE_WINDOW.
_BY_USER = 2
_MESSAGE_BYTES = 20


class _Words(ctypes.Union):
    _fields_ = (("longs", c_long * 5), ("bytes", c_char * _MESSAGE_BYTES))


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent, as long as any XEvent. Source: Xlib.h."""

    _fields_ = (
        ("type", c_int), ("serial", c_ulong), ("send_event", c_int), ("display", c_void_p),
        ("window", c_ulong), ("kind", c_ulong), ("format", c_int), ("words", _Words),
        ("rest", c_long * 12),
    )  # fmt: skip


def activate(window: int, start: str) -> None:
    """Have the window that Tk calls `window` brought to the front, on this workspace.

    `start` is the desktop's name for the start that asks for it: it holds the time of the user's
    click, and the desktop is told that this start is complete.
    """
    if sys.platform in ("win32", "darwin"):
        return
    with _connection() as server:
        if server is None:
            return
        calls, display = server
        root, parent, children, count = c_ulong(), c_ulong(), c_void_p(), c_uint()
        calls.XQueryTree(display, window, byref(root), byref(parent), byref(children), byref(count))
        calls.XFree(children)
        clicked = re.search(r"_TIME(\d{1,10})$", start)
        # Of Tk's two windows, the window manager knows the outer.
        message = _message(calls, display, parent.value, b"_NET_ACTIVE_WINDOW", _LONGS)
        message.words.longs[0] = _BY_USER
        message.words.longs[1] = int(clicked.group(1)) if clicked else 0
        calls.XSendEvent(display, root, 0, _TO_WINDOW_MANAGERS, byref(message))
        if start:
            _tell_completion(calls, display, root, start)


def _tell_completion(calls: ctypes.CDLL, display: int, root: c_ulong, start: str) -> None:
    """Source: freedesktop.org, Startup Notification Protocol."""
    told = b'remove: ID="%s"\0' % re.sub(r'(["\\])', r"\\\1", start).encode()
    window = calls.XCreateSimpleWindow(display, root, -1, -1, 1, 1, 0, 0, 0)
    kind = b"_NET_STARTUP_INFO_BEGIN"
    for begin in range(0, len(told), _MESSAGE_BYTES):
        message = _message(calls, display, window, kind, _BYTES)
        message.words.bytes = told[begin : begin + _MESSAGE_BYTES]
        calls.XSendEvent(display, root, 0, _TO_ALL, byref(message))
        kind = b"_NET_STARTUP_INFO"


def _message(
    calls: ctypes.CDLL, display: int, window: int, kind: bytes, bits: int
) -> _ClientMessage:
    atom = calls.XInternAtom(display, kind, 0)
    return _ClientMessage(type=_CLIENT_MESSAGE, window=window, kind=atom, format=bits)


@contextlib.contextmanager
def _connection() -> Iterator[tuple[ctypes.CDLL, int] | None]:
    """Xlib, and a connection of its own to the screen; None where there is none."""
    try:
        calls = ctypes.CDLL("libX11.so.6")
    except OSError:
        yield None
        return
    calls.XOpenDisplay.argtypes = (c_char_p,)
    calls.XOpenDisplay.restype = c_void_p
    calls.XCloseDisplay.argtypes = (c_void_p,)
    calls.XFree.argtypes = (c_void_p,)
    calls.XInternAtom.argtypes = (c_void_p, c_char_p, c_int)
    calls.XInternAtom.restype = c_ulong
    calls.XQueryTree.argtypes = (
        c_void_p, c_ulong, POINTER(c_ulong), POINTER(c_ulong), POINTER(c_void_p), POINTER(c_uint),
    )  # fmt: skip
    calls.XCreateSimpleWindow.argtypes = (
        c_void_p, c_ulong, c_int, c_int, c_uint, c_uint, c_uint, c_ulong, c_ulong,
    )  # fmt: skip
    calls.XCreateSimpleWindow.restype = c_ulong
    calls.XSendEvent.argtypes = (c_void_p, c_ulong, c_int, c_long, POINTER(_ClientMessage))
    display = calls.XOpenDisplay(None)
    try:
        yield (calls, display) if display else None
    finally:
        if display:
            calls.XCloseDisplay(display)
