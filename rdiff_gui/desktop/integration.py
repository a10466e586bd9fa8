"""Add the program to the desktop of the user who runs it, take it away, and say how it stands."""

from __future__ import annotations

import sys
from pathlib import Path

from rdiff_gui.desktop.own_program import DesktopChange, Standing, State
from rdiff_gui.errors import DesktopForeign

if sys.platform == "win32":
    from rdiff_gui.desktop import windows_registry as desktop
else:
    from rdiff_gui.desktop import freedesktop as desktop


def is_possible() -> bool:
    """Whether this is a system where a program adds itself; may be called from any thread."""
    return sys.platform != "darwin"


def look() -> Standing:
    """How the program stands with this user's desktop; call it away from Tk's thread."""
    return desktop.look() if is_possible() else Standing(State.FOREIGN, Path())


def install() -> DesktopChange:
    """Add the program; what an older version added is replaced.

    Raises: DesktopForeign, ProgramUnnameable, DesktopUnwritable.
    """
    if not is_possible():
        raise DesktopForeign
    return desktop.install()


def uninstall() -> DesktopChange:
    """Take away what `install` put there, and nothing else.

    Raises: DesktopForeign, ProgramUnnameable, DesktopStuck.
    """
    if not is_possible():
        raise DesktopForeign
    return desktop.uninstall()


__all__ = ["DesktopChange", "Standing", "State", "install", "is_possible", "look", "uninstall"]
