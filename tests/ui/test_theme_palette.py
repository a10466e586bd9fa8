"""Colours that everybody can read, computed from the palette itself."""

from __future__ import annotations

import dataclasses

import pytest

from rdiff_gui.ui.theme.sheet import DARK, LIGHT, Palette
from tests.ui.screen import rgb_of

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])

GROUNDS = ("bg", "card", "soft", "ok_soft", "warning_soft", "error_soft")

TEXT_ON = {
    "text": (*GROUNDS, "rail", "field", "button", "hover", "pressed", "nav"),
    "muted": (*GROUNDS, "rail"),
    "ok": ("bg", "card", "ok_soft"),
    "warning": ("bg", "card", "warning_soft"),
    "error": ("bg", "card", "soft", "error_soft"),
    "on_accent": ("accent", "accent_hover", "accent_pressed"),
    "nav_text": ("nav",),
}

SHAPES_ON = {
    "accent": ("bg", "card", "soft", "rail", "trough"),
    "outline": ("bg", "card", "rail", "field"),
    "muted": ("bg", "field", "hover"),
    "ring": (*GROUNDS, "rail"),
    "error": ("bg", "card"),
    "new": ("card",),
    "card": ("outline",),
}


def contrast(first: str, second: str) -> float:
    """From 1 (the same) to 21 (black and white).

    Source: WCAG 2.2, "contrast ratio" and "relative luminance".
    """

    def luminance(colour: str) -> float:
        parts = [part / 255 for part in rgb_of(colour)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_and_white_is_21() -> None:
    """The measure itself is right at both ends."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#2457d6", "#2457d6") == 1


@PALETTES
@pytest.mark.parametrize(
    ("text", "ground"), [(text, ground) for text, on in TEXT_ON.items() for ground in on]
)
def test_text_can_be_read(palette: Palette, text: str, ground: str) -> None:
    """Text keeps 4.5:1 on every surface it stands on."""
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5


@PALETTES
@pytest.mark.parametrize(
    ("shape", "ground"), [(shape, ground) for shape, on in SHAPES_ON.items() for ground in on]
)
def test_shapes_can_be_seen(palette: Palette, shape: str, ground: str) -> None:
    """Icons, outlines of fields, switches and focus rings keep 3:1."""
    assert contrast(getattr(palette, shape), getattr(palette, ground)) >= 3


@PALETTES
def test_the_delta_maps_colours_differ(palette: Palette) -> None:
    """Reused and new are told apart without telling colours apart."""
    assert contrast(palette.reused, palette.new) >= 3.5


@PALETTES
def test_colours_are_written_in_full(palette: Palette) -> None:
    """Each is #rrggbb in lower case, which is all that the drawing understands."""
    for field in dataclasses.fields(palette):
        value = getattr(palette, field.name)
        assert len(value) == 7
        assert value == f"#{int(value[1:], 16):06x}"
