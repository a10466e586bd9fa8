"""Buttons, the rail's entries, switches, check boxes and radio buttons."""

from __future__ import annotations

from typing import Any

from rdiff_gui.records import replace
from rdiff_gui.ui.theme.pixels import SMALL, Pill, Tile, mix
from rdiff_gui.ui.theme.sheet import (
    RADIUS,
    RING_GAP,
    SURFACES,
    Layout,
    Sheet,
    StatePills,
    prefix_of,
)

# Drawing takes time before the window opens, and no banner has a primary button.
_ACCENT_SURFACES = ("bg", "card")


def define_buttons(sheet: Sheet) -> None:
    """Define `[SURFACE.][Accent.|Ghost.|Fold.]TButton` and the toggles.

    The plain names stand on bg; ttk finds them for `bg.TButton` too.
    """
    for surface in SURFACES:
        _define_push_buttons(sheet, surface)
    for surface in ("bg", "card", "error"):
        _define_toggle(sheet, surface, "Checkbutton", _switch_states(sheet, surface))
    for surface in ("bg", "card"):
        _define_toggle(sheet, surface, "Radiobutton", _radio_states(sheet, surface))
    _define_rail_entries(sheet)


def _define_push_buttons(sheet: Sheet, surface: str) -> None:
    prefix = prefix_of(surface)
    palette, px = sheet.palette, sheet.px
    ground = sheet.surface(surface)
    face = sheet.tile(RADIUS, ground, middle=SMALL)
    neutral = replace(face, fill=palette.button, border=palette.border)
    plain = _button_states(sheet, neutral, palette.hover, palette.pressed, ground)
    ghost = _button_states(sheet, face, palette.hover, palette.pressed, ground)
    accent = _button_states(
        sheet,
        replace(face, fill=palette.accent),
        palette.accent_hover,
        palette.accent_pressed,
        palette.trough,
    )
    kinds = [("", plain, palette.text)]
    kinds += [(kind, ghost, palette.text) for kind in ("Ghost.", "Fold.")]
    if surface in _ACCENT_SURFACES:
        kinds.append(("Accent.", accent, palette.on_accent))
    for kind, states, text in kinds:
        style = f"{prefix}{kind}TButton"
        element = f"{prefix}{kind}Button.face"
        sheet.stretch(element, states)
        sheet.nest(style, element, "Button.padding", "Button.label")
        padding = {"Ghost.": (px(7), px(4)), "Fold.": (px(1), px(4), px(7), px(4))}.get(
            kind, (px(14), px(7))
        )
        sheet.style.configure(
            style, background=ground, foreground=text, padding=padding, anchor="center", space=px(6)
        )


def _button_states(
    sheet: Sheet, rest: Tile, hover: str, pressed: str, disabled: str
) -> list[tuple[str, Tile]]:
    ring = sheet.palette.ring
    return [
        ("disabled", replace(rest, fill=disabled)),
        ("pressed focus", replace(rest, fill=pressed, ring=ring)),
        ("pressed", replace(rest, fill=pressed)),
        ("active focus", replace(rest, fill=hover, ring=ring)),
        ("focus", replace(rest, ring=ring)),
        ("active", replace(rest, fill=hover)),
        ("", rest),
    ]


def _define_rail_entries(sheet: Sheet) -> None:
    palette, px = sheet.palette, sheet.px
    rest = sheet.tile(RADIUS, palette.rail, middle=SMALL)
    selected = replace(rest, fill=palette.nav)
    hover = replace(rest, fill=palette.hover)
    sheet.stretch(
        "Nav.face",
        [
            ("selected focus", replace(selected, ring=palette.ring)),
            ("selected", selected),
            ("active focus", replace(hover, ring=palette.ring)),
            ("focus", replace(rest, ring=palette.ring)),
            ("active", hover),
            ("", rest),
        ],
    )
    sheet.nest("Nav.TRadiobutton", "Nav.face", "Radiobutton.padding", "Radiobutton.label")
    sheet.style.configure(
        "Nav.TRadiobutton",
        background=palette.rail,
        foreground=palette.text,
        padding=(px(10), px(8)),
        anchor="w",
        space=px(12),
        font="AppBody",
    )
    sheet.style.map(
        "Nav.TRadiobutton",
        foreground=[("disabled", palette.disabled), ("selected", palette.nav_text)],
        font=[("selected", "AppStrong")],
    )


def _define_toggle(sheet: Sheet, surface: str, widget: str, states: StatePills) -> None:
    style = f"{prefix_of(surface)}T{widget}"
    element = f"{prefix_of(surface)}{widget}.mark"
    mark = states[-1][1]
    sheet.stamp(element, states, width=mark.width + 2 * mark.gap + sheet.px(6))
    parts: Layout = [
        (element, {"side": "left", "sticky": ""}),
        # What asks for less than its text takes what there is.
        (f"{widget}.label", {"side": "left", "expand": True, "sticky": "nswe"}),
    ]
    sheet.style.layout(style, [(f"{widget}.padding", {"sticky": "nswe", "children": parts})])
    sheet.style.configure(
        style,
        background=sheet.surface(surface),
        foreground=sheet.palette.text,
        padding=(0, sheet.px(2)),
    )


def _switch_states(sheet: Sheet, surface: str) -> list[tuple[str, Pill]]:
    """Yes or no: a knob that lies left or right."""
    palette, px, ground = sheet.palette, sheet.px, sheet.surface(surface)
    off = Pill(
        **_mark_size(sheet, 34),
        surface=ground,
        fill=palette.outline,
        knob=palette.card,
        knob_radius=px(18) / 2 - px(3),
        knob_at=0.0,
    )
    on = replace(off, fill=palette.accent, knob=palette.on_accent, knob_at=1.0)
    return _mark_states(sheet, on, off, mix(palette.outline, ground, 0.6))


def _radio_states(sheet: Sheet, surface: str) -> list[tuple[str, Pill]]:
    """One of several: a ring, with a dot where chosen."""
    palette, px, ground = sheet.palette, sheet.px, sheet.surface(surface)
    off = Pill(
        **_mark_size(sheet, 18),
        surface=ground,
        fill=palette.field,
        border=palette.outline,
        border_width=sheet.line,
        knob=palette.on_accent,
        knob_radius=0.0,
    )
    on = replace(off, fill=palette.accent, border=None, knob_radius=px(18) / 5)
    return _mark_states(sheet, on, off, mix(palette.outline, ground, 0.6))


def _mark_size(sheet: Sheet, width: int) -> dict[str, Any]:
    px = sheet.px
    return {"width": px(width), "height": px(18), "gap": px(RING_GAP), "ring_width": px(2)}


def _mark_states(sheet: Sheet, on: Pill, off: Pill, pale: str) -> list[tuple[str, Pill]]:
    ring = sheet.palette.ring
    return [
        ("disabled selected", replace(on, fill=pale)),
        ("disabled", replace(off, fill=pale)),
        ("selected focus", replace(on, ring=ring)),
        ("selected active", replace(on, fill=sheet.palette.accent_hover)),
        ("selected", on),
        ("focus", replace(off, ring=ring)),
        ("", off),
    ]
