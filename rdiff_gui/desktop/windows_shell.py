"""What Windows is told: progress on the taskbar's button, that work has ended, and not to sleep.

Source: winbase.h, SetThreadExecutionState; winuser.h, FlashWindowEx; shobjidl_core.h,
ITaskbarList3.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import POINTER, byref, c_int, c_uint32, c_uint64, c_void_p
from ctypes.wintypes import HWND

assert sys.platform == "win32"

_ES_CONTINUOUS, _ES_SYSTEM_REQUIRED = 0x80000000, 0x00000001
_FLASHW_TRAY_UNTIL_FRONT = 0x2 | 0xC
_CLSCTX_INPROC_SERVER = 1
_TBPF_NOPROGRESS, _TBPF_NORMAL = 0, 2
_WHOLE = 1000
# CLSID_TaskbarList and IID_ITaskbarList3, as they lie in memory.
_CLASS = bytes.fromhex("44f3fd566dfdd011958a006097c9a090")
_INTERFACE = bytes.fromhex("91fb1aea289e864b90e99e9f8a5eefaf")
# Places in the table of functions.
_RELEASE, _HR_INIT, _SET_PROGRESS_VALUE, _SET_PROGRESS_STATE = 2, 3, 9, 10


class _FlashInfo(ctypes.Structure):
    """FLASHWINFO."""

    _fields_ = (
        ("size", c_uint32), ("window", HWND), ("flags", c_uint32), ("count", c_uint32),
        ("timeout_ms", c_uint32),
    )  # fmt: skip


class Desktop:
    """The user's desktop. All calls are made on one thread, and none of them raises."""

    # Windows brings the window to the front itself when its button is clicked.
    has_news = False

    def __init__(self, window: int) -> None:
        self._window = window
        self._taskbar = c_void_p()
        ole = ctypes.windll.ole32
        ole.CoInitialize(None)
        ole.CoCreateInstance(_CLASS, None, _CLSCTX_INPROC_SERVER, _INTERFACE, byref(self._taskbar))
        self._call(_HR_INIT)

    def show_progress(self, fraction: float | None) -> None:
        """Show 0.0 to 1.0 on the taskbar's button; None takes it away."""
        window = HWND(self._window)
        state = _TBPF_NOPROGRESS if fraction is None else _TBPF_NORMAL
        self._call(_SET_PROGRESS_STATE, window, c_int(state))
        if fraction is not None:
            done = c_uint64(int(fraction * _WHOLE))
            self._call(_SET_PROGRESS_VALUE, window, done, c_uint64(_WHOLE))

    def stay_awake(self, _why: str) -> None:
        """Have the computer not fall asleep by itself, until `may_sleep`. The screen may."""
        ctypes.windll.kernel32.SetThreadExecutionState(
            c_uint32(_ES_CONTINUOUS | _ES_SYSTEM_REQUIRED)
        )

    def may_sleep(self) -> None:
        """Take the wish back."""
        ctypes.windll.kernel32.SetThreadExecutionState(c_uint32(_ES_CONTINUOUS))

    def notify(self, _sentence: str, _show: str) -> None:
        """Have the taskbar's button flash until the window comes to the front."""
        info = _FlashInfo(window=self._window, flags=_FLASHW_TRAY_UNTIL_FRONT)
        info.size = ctypes.sizeof(info)
        ctypes.windll.user32.FlashWindowEx(byref(info))

    def clicked(self) -> str | None:
        """Nothing can be clicked."""
        return None

    def withdraw_news(self) -> None:
        """Windows does so itself."""

    def close(self) -> None:
        """Take everything back."""
        self.may_sleep()
        self.show_progress(None)
        self._call(_RELEASE)
        self._taskbar = c_void_p()
        ctypes.windll.ole32.CoUninitialize()

    def _call(self, place: int, *words: ctypes._SimpleCData[int] | HWND) -> None:
        """Call a function of ITaskbarList3; nothing where there is no taskbar."""
        if self._taskbar:
            table = ctypes.cast(self._taskbar, POINTER(POINTER(c_void_p))).contents
            kind = ctypes.WINFUNCTYPE(c_int, c_void_p, *map(type, words))
            kind(table[place] or 0)(self._taskbar, *words)
