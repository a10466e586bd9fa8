"""How fine the user's screen is, where Tk does not know it by itself."""

from __future__ import annotations

import re
import sys

from rdiff_gui.desktop.children import answer_of

_LEAST_DPI, _MOST_DPI = 72, 768


def x_resource_dpi(timeout_seconds: float = 0.5) -> float | None:
    """The dots an inch that the desktop wants on X11, from the resource `Xft.dpi`; else None.

    Tk 8.6 looks at the size of the screen, which desktops leave alone when the user asks for
    larger text. Blocks up to `timeout_seconds`; may be called from any thread.
    """
    if sys.platform in ("win32", "darwin"):
        return None
    return read_dpi(answer_of(("xrdb", "-query"), timeout_seconds))


def read_dpi(resources: str | None) -> float | None:
    """Find `Xft.dpi` among X resources."""
    found = re.search(r"^Xft\.dpi:\s*(\d{1,4}(?:\.\d+)?)\s*$", resources or "", re.MULTILINE)
    dpi = float(found.group(1)) if found else 0.0
    return dpi if _LEAST_DPI <= dpi <= _MOST_DPI else None
