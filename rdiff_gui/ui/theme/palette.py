"""The colours, light and dark, each named by what it is for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#rrggbb`.

    Surfaces are what things stand on: bg, rail, card, field, button, and the soft tints of
    banners and of a drop zone under a drag. Text keeps 4.5:1 on every surface it stands on,
    shapes that say something keep 3:1.
    """

    bg: str
    rail: str
    card: str
    field: str
    button: str
    soft: str
    ok_soft: str
    warning_soft: str
    error_soft: str

    text: str
    muted: str
    disabled: str
    ok: str
    warning: str
    error: str

    border: str
    outline: str
    ring: str
    trough: str
    hover: str
    pressed: str

    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    nav: str
    nav_text: str

    reused: str
    new: str


LIGHT = Palette(
    bg="#f6f7f9",
    rail="#eceef2",
    card="#ffffff",
    field="#ffffff",
    button="#ffffff",
    soft="#e8effd",
    ok_soft="#e3f4ea",
    warning_soft="#fdf1dc",
    error_soft="#fdeceb",
    text="#1b1f24",
    muted="#5b6470",
    disabled="#9aa2ad",
    ok="#137a4a",
    warning="#8a5300",
    error="#b42318",
    border="#d5dae1",
    outline="#828a96",
    ring="#4a7ae8",
    trough="#dfe3e9",
    hover="#e4e8ee",
    pressed="#d5dae2",
    accent="#2457d6",
    accent_hover="#1d49b8",
    accent_pressed="#173b97",
    on_accent="#ffffff",
    nav="#dde4f5",
    nav_text="#2457d6",
    reused="#c5d6fb",
    new="#c2410c",
)

DARK = Palette(
    bg="#17191d",
    rail="#1d2025",
    card="#202329",
    field="#191b20",
    button="#2a2e35",
    soft="#222c42",
    ok_soft="#1c3328",
    warning_soft="#352a18",
    error_soft="#3b2123",
    text="#eceef1",
    muted="#a2abb8",
    disabled="#656d79",
    ok="#5fd39a",
    warning="#f0b866",
    error="#ff9a90",
    border="#3a3f48",
    outline="#727b88",
    ring="#8ab0ff",
    trough="#33383f",
    hover="#343a43",
    pressed="#3f4651",
    accent="#6d9dff",
    accent_hover="#86aeff",
    accent_pressed="#5a8df5",
    on_accent="#0c1530",
    nav="#2a3346",
    nav_text="#b9d0ff",
    reused="#2f4a80",
    new="#ff8a4c",
)
