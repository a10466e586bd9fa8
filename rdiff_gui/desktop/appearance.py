"""How the user's desktop looks: whether it is dark, and how fine the screen is."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rdiff_gui.desktop.programs import answer_of

_GNOME = "org.gnome.desktop.interface"
_PORTAL = (
    "gdbus", "call", "--session", "--dest", "org.freedesktop.portal.Desktop",
    "--object-path", "/org/freedesktop/portal/desktop",
    "--method", "org.freedesktop.portal.Settings.Read",
    "org.freedesktop.appearance", "color-scheme",
)  # fmt: skip
_LEAST_DPI, _MOST_DPI = 72, 768


def system_is_dark(timeout_seconds: float = 0.5) -> bool | None:
    """True for dark, False for light, None where the desktop does not say.

    Blocks up to `timeout_seconds`; may be called from any thread, and is meant to be called
    away from Tk's.
    """
    if sys.platform == "win32":
        import winreg

        personalize = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, personalize) as key:
                return bool(winreg.QueryValueEx(key, "AppsUseLightTheme")[0] == 0)
        except OSError:
            return None
    if sys.platform == "darwin":
        style = answer_of(("defaults", "read", "-g", "AppleInterfaceStyle"), timeout_seconds)
        # The key is missing while the desktop is light, and `defaults` then fails.
        return style == "Dark"
    return _linux_is_dark(time.monotonic() + timeout_seconds)


def _linux_is_dark(deadline: float) -> bool | None:
    if "KDE" in os.environ.get("XDG_CURRENT_DESKTOP", "").upper():
        kde = kde_is_dark(kde_globals_file(os.environ))
        if kde is not None:
            return kde
    scheme = answer_of(("gsettings", "get", _GNOME, "color-scheme"), deadline - time.monotonic())
    known = scheme_is_dark(scheme)
    if known is not None:
        return known
    # The portal speaks for desktops that keep the colours elsewhere.
    portal = portal_is_dark(answer_of(_PORTAL, max(0.05, deadline - time.monotonic())))
    if portal is not None:
        return portal
    theme = answer_of(
        ("gsettings", "get", _GNOME, "gtk-theme"), max(0.05, deadline - time.monotonic())
    )
    return None if theme is None else theme.strip("'").lower().endswith("-dark")


def scheme_is_dark(answer: str | None) -> bool | None:
    """Read gsettings' color-scheme; its `default` means that nobody chose."""
    return {"'prefer-dark'": True, "'prefer-light'": False}.get(answer or "")


def portal_is_dark(answer: str | None) -> bool | None:
    """Read the portal's color-scheme: 1 dark, 2 light, 0 no preference.

    Source: XDG Desktop Portal documentation, org.freedesktop.portal.Settings.
    """
    value = re.search(r"uint32 (\d)", answer or "")
    return {"1": True, "2": False}.get(value.group(1)) if value else None


def kde_globals_file(environment: Mapping[str, str]) -> Path:
    """Where Plasma keeps its colours."""
    config = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(config) / "kdeglobals"


def kde_is_dark(path: Path) -> bool | None:
    """Judge the window background that Plasma writes, `BackgroundNormal=r,g,b`."""
    import configparser  # a start elsewhere need not wait for it

    plasma = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        plasma.read_string(path.read_text(encoding="utf-8", errors="replace"))
        background = plasma["Colors:Window"]["BackgroundNormal"]
        red, green, blue = (int(part) for part in background.split(",")[:3])
    except (OSError, KeyError, ValueError, configparser.Error):
        return None
    return 0.299 * red + 0.587 * green + 0.114 * blue < 128


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
