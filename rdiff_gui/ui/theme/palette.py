"""The colours, each named by what it is for, with its light and its dark value."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

# What things stand on, by the prefix of their style (`card.TButton`) and the palette's name.
SURFACES = {
    "bg": "bg",
    "rail": "rail",
    "card": "card",
    "soft": "soft",
    "info": "soft",
    "ok": "ok_soft",
    "warning": "warning_soft",
    "error": "error_soft",
}


def _both(light: str, dark: str) -> Any:
    return field(metadata={"light": light, "dark": dark})


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#rrggbb`.

    Surfaces are what things stand on: bg, rail, card, field, button, and the soft tints of
    banners and of a drop zone under a drag. Text keeps 4.5:1 on every surface it stands on,
    shapes that say something keep 3:1.
    """

    bg: str = _both("#f6f7f9", "#17191d")
    rail: str = _both("#eceef2", "#1d2025")
    card: str = _both("#ffffff", "#202329")
    field: str = _both("#ffffff", "#191b20")
    button: str = _both("#ffffff", "#2a2e35")
    soft: str = _both("#e8effd", "#222c42")
    ok_soft: str = _both("#e3f4ea", "#1c3328")
    warning_soft: str = _both("#fdf1dc", "#352a18")
    error_soft: str = _both("#fdeceb", "#3b2123")

    text: str = _both("#1b1f24", "#eceef1")
    muted: str = _both("#5b6470", "#a2abb8")
    disabled: str = _both("#9aa2ad", "#656d79")
    ok: str = _both("#137a4a", "#5fd39a")
    warning: str = _both("#8a5300", "#f0b866")
    error: str = _both("#b42318", "#ff9a90")

    border: str = _both("#d5dae1", "#3a3f48")
    outline: str = _both("#828a96", "#727b88")
    ring: str = _both("#4a7ae8", "#8ab0ff")
    trough: str = _both("#dfe3e9", "#33383f")
    hover: str = _both("#e4e8ee", "#343a43")
    pressed: str = _both("#d5dae2", "#3f4651")

    accent: str = _both("#2457d6", "#6d9dff")
    accent_hover: str = _both("#1d49b8", "#86aeff")
    accent_pressed: str = _both("#173b97", "#5a8df5")
    on_accent: str = _both("#ffffff", "#0c1530")
    nav: str = _both("#dde4f5", "#2a3346")
    nav_text: str = _both("#2457d6", "#b9d0ff")

    reused: str = _both("#c5d6fb", "#2f4a80")
    new: str = _both("#c2410c", "#ff8a4c")

    def surface(self, name: str) -> str:
        """The colour of one of SURFACES."""
        colour: str = getattr(self, SURFACES[name])
        return colour


def _pick(mode: str) -> Palette:
    return Palette(*(colour.metadata[mode] for colour in fields(Palette)))


LIGHT = _pick("light")
DARK = _pick("dark")
