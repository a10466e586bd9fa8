"""What other things stand on, and plain text: frames, cards, drop zones, banners, labels."""

from __future__ import annotations

from dataclasses import replace

from rdiff_gui.ui.theme.pixels import mix
from rdiff_gui.ui.theme.sheet import RADIUS, SURFACES, Sheet

_CARD_RADIUS = 10

# Text roles: the prefix of the style (`muted.card.TLabel`), its font and its colour.
ROLES = {
    "title": ("AppTitle", "text"),
    "heading": ("AppHeading", "text"),
    "big": ("AppBig", "text"),
    "big-ok": ("AppBig", "ok"),
    "big-warning": ("AppBig", "warning"),
    "strong": ("AppStrong", "text"),
    "body": ("AppBody", "text"),
    "muted": ("AppBody", "muted"),
    "small": ("AppSmall", "muted"),
    "ok": ("AppBody", "ok"),
    "warning": ("AppBody", "warning"),
    "error": ("AppBody", "error"),
}


def define_surfaces(sheet: Sheet) -> None:
    """Define `[SURFACE.]TFrame`, Card, Drop and Banner frames and `[ROLE.]SURFACE.TLabel`."""
    # Without the border of clam's labels, text begins where boxes begin.
    sheet.nest("TLabel", "Label.fill", "Label.padding", "Label.label")
    for surface in SURFACES:
        _define_ground(sheet, surface)
    sheet.style.configure("heading.rail.TLabel", space=sheet.px(12))
    _define_card(sheet)
    _define_drop_zone(sheet)
    for kind in ("info", "ok", "warning", "error"):
        _define_banner(sheet, kind)
    for part in ("reused", "new"):
        sheet.style.configure(f"{part}.Swatch.TFrame", background=getattr(sheet.palette, part))
    sheet.style.configure("Tip.TFrame", background=sheet.palette.outline)


def _define_ground(sheet: Sheet, surface: str) -> None:
    ground = sheet.surface(surface)
    sheet.style.configure(f"{surface}.TFrame", background=ground)
    sheet.style.configure(f"{surface}.TLabel", background=ground)
    for role, (font, colour) in ROLES.items():
        sheet.style.configure(
            f"{role}.{surface}.TLabel",
            background=ground,
            foreground=getattr(sheet.palette, colour),
            font=font,
        )


def _define_card(sheet: Sheet) -> None:
    palette = sheet.palette
    card = sheet.tile(_CARD_RADIUS, palette.bg, fill=palette.card, border=palette.border)
    sheet.stretch("Card.face", [("", card)])
    _frame_layout(sheet, "Card.TFrame", "Card.face")


def _define_drop_zone(sheet: Sheet) -> None:
    """States: selected is filled, active is under a drag, invalid holds an unusable file."""
    palette, px = sheet.palette, sheet.px
    filled = sheet.tile(
        _CARD_RADIUS,
        palette.bg,
        fill=palette.card,
        border=palette.border,
        border_width=px(1.5),
    )
    empty = replace(
        filled,
        fill=palette.bg,
        border=mix(palette.muted, palette.bg, 0.25),
        dash=(px(6), px(5)),
    )
    refused = replace(filled, border=palette.error)
    sheet.stretch(
        "Drop.face",
        [
            ("active", replace(empty, fill=palette.soft, border=palette.accent)),
            ("invalid focus", replace(refused, ring=palette.ring)),
            ("invalid", refused),
            ("selected focus", replace(filled, ring=palette.ring)),
            ("selected hover", replace(filled, border=palette.outline)),
            ("selected", filled),
            ("focus", replace(empty, border=palette.muted, ring=palette.ring)),
            ("hover", replace(empty, border=palette.accent)),
            ("", empty),
        ],
    )
    _frame_layout(sheet, "Drop.TFrame", "Drop.face")


def _define_banner(sheet: Sheet, kind: str) -> None:
    face = sheet.tile(RADIUS, sheet.palette.bg, fill=sheet.surface(kind))
    sheet.stretch(f"{kind}.Banner.face", [("", face)])
    _frame_layout(sheet, f"{kind}.Banner.TFrame", f"{kind}.Banner.face")


def _frame_layout(sheet: Sheet, style: str, element: str) -> None:
    sheet.style.layout(style, [(element, {"sticky": "nswe"})])
    sheet.style.configure(style, background=sheet.palette.bg)
