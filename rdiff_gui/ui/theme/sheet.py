"""The colours, light and dark, how they become a ttk theme, and the surfaces and text of that.

Surfaces are what other things stand on: frames, cards, drop zones, banners.
"""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Iterator, Sequence
from tkinter import ttk
from typing import Any

from rdiff_gui.records import record, replace
from rdiff_gui.ui.theme.icons import draw_icon
from rdiff_gui.ui.theme.pixels import Pill, Tile, mix

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
    return light, dark


@record(frozen=True)
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


def _pick(place: int) -> Palette:
    return Palette(*(getattr(Palette, name)[place] for name in Palette.__match_args__))


LIGHT = _pick(0)
DARK = _pick(1)

RING_GAP = 3
RADIUS = 6
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

# Seen as a window opens, besides what a widget is; the other states wait until it is there.
_AT_ONCE = "selected"

# What ttk.Style.layout takes: elements with their options, children among them.
Layout = list[tuple[str, Any]]

StateTiles = Sequence[tuple[str, Tile]]
StatePills = Sequence[tuple[str, Pill]]


def prefix_of(surface: str) -> str:
    """What comes before the style's name; ttk finds the plain name for `bg.` too."""
    return "" if surface == "bg" else f"{surface}."


class Sheet:
    """Gives styles their lengths, images and elements; keeps the images alive.

    `px` turns a length of the design into pixels; a border has the width `line`.
    """

    def __init__(self, root: tk.Misc, palette: Palette, px: Callable[[float], int]) -> None:
        self.root = root
        self.palette = palette
        self.style = ttk.Style(root)
        self.px = px
        self.line = px(1)
        self.surface = palette.surface
        self._states: dict[str, StateTiles | StatePills] = {}
        self._images: dict[Tile | Pill, tk.PhotoImage] = {}
        self._undrawn: dict[Tile | Pill, tk.PhotoImage] = {}
        self._icons: list[tk.PhotoImage] = []

    def tile(self, radius: int, surface: str, **more: Any) -> Tile:
        """A rounded rectangle on the colour `surface`, with room for a focus ring around it."""
        look = {"fill": surface, "border_width": self.line, **more}
        gap, ring_width = self.px(RING_GAP), self.px(2)
        return Tile(radius=self.px(radius), surface=surface, gap=gap, ring_width=ring_width, **look)

    def icon(self, name: str, size: int, colour: str) -> tk.PhotoImage:
        """An icon that belongs to an element; `size` in design pixels."""
        image = tk.PhotoImage(master=self.root, data=draw_icon(name, self.px(size), colour))
        self._icons.append(image)
        return image

    def stretch(
        self,
        element: str,
        states: StateTiles,
        *,
        padding: int | tuple[int, int] | None = None,
        sticky: str = "nsew",
    ) -> None:
        """Make an element of nine-slice tiles; the last state is the normal one."""
        default = states[-1][1]
        self._make_element(
            element,
            states,
            border=default.corner,
            # Without these the image's own size is the smallest size of the widget.
            width=2 * default.corner,
            height=2 * default.corner if default.height is None else default.height,
            padding=default.gap if padding is None else padding,
            sticky=sticky,
        )

    def stamp(self, element: str, states: StatePills, *, width: int) -> None:
        """Make an element of pictures of one size; the last state is the normal one."""
        self._make_element(element, states, sticky="w", width=width)

    def _make_element(self, element: str, states: StateTiles | StatePills, **options: Any) -> None:
        """The pictures are empty until they are drawn, but of their size: ttk asks for it once."""
        self._states[element] = states
        for _spec, shape in states:
            if shape not in self._images:
                width, height = shape.size
                image = tk.PhotoImage(master=self.root, width=width, height=height)
                self._images[shape] = self._undrawn[shape] = image
        normal = self._images[states[-1][1]]
        self.style.element_create(element, "image", normal, *self._images_of(states), **options)

    def _images_of(
        self, states: StateTiles | StatePills
    ) -> Iterator[tuple[*tuple[str, ...], tk.PhotoImage]]:
        """All but the last, which is the normal one."""
        for spec, shape in states[:-1]:
            yield (*spec.split(), self._images[shape])

    def nest(self, style: str, *elements: str) -> None:
        """Lay a style out as elements that each fill the one before."""
        layout: Layout = [(elements[-1], {"sticky": "nswe"})]
        for element in reversed(elements[:-1]):
            layout = [(element, {"sticky": "nswe", "children": layout})]
        self.style.layout(style, layout)

    def draw_style(self, style: str, state: Sequence[str]) -> None:
        """Draw what a widget shows in its state; the others look like the normal one for now."""
        layout = self.root.tk.eval(f"ttk::style layout {style}")
        for element in self._states.keys() & layout.replace("{", " ").replace("}", " ").split():
            self._draw_element(element, state)

    def draw_all_styles(self) -> None:
        """The same for all styles, in the normal state."""
        for element in self._states:
            self._draw_element(element)

    def _draw_element(self, element: str, state: Sequence[str] = ()) -> None:
        states = self._states[element]
        for spec, shape in states:
            if {_AT_ONCE, *state}.issuperset(spec.split()):
                self._draw(shape)
        normal = self._images[states[-1][1]]
        for _spec, shape in states:
            if shape in self._undrawn:
                self.root.tk.call(self._undrawn[shape], "copy", normal)

    def draw_more(self, seconds: float) -> bool:
        """Draw what there is time for of what was put off; whether more is left."""
        until = time.monotonic() + seconds
        while self._undrawn and time.monotonic() < until:
            self._draw(next(reversed(self._undrawn)))
        return bool(self._undrawn)

    def _draw(self, shape: Tile | Pill) -> None:
        if shape in self._undrawn:
            self._undrawn.pop(shape).configure(data=shape.draw())


def define_surfaces(sheet: Sheet) -> None:
    """Define `[SURFACE.]TFrame`, Card, Drop and Banner frames and `[ROLE.]SURFACE.TLabel`."""
    # Without the border of clam's labels, text begins where boxes begin.
    sheet.nest("TLabel", "Label.fill", "Label.padding", "Label.label")
    for surface in SURFACES:
        _define_ground(sheet, surface)
    sheet.style.configure("heading.rail.TLabel", space=sheet.px(12))
    sheet.style.configure("chip.body.card.TLabel", space=sheet.px(10))
    _define_card(sheet)
    _define_drop_zone(sheet)
    for kind in ("info", "ok", "warning", "error"):
        _define_banner(sheet, kind)
    sheet.style.configure("Line.TFrame", background=sheet.palette.border)
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
    hover = replace(card, border=palette.outline)
    sheet.stretch("Card.face", [("", card)])
    sheet.stretch("Pressable.Card.face", [("hover", hover), ("", card)])
    _frame_layout(sheet, "Card.TFrame", "Card.face")
    _frame_layout(sheet, "Pressable.Card.TFrame", "Pressable.Card.face")


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
