"""The theme of one window: fonts, colours and pictures, switched while it runs."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from tkinter import font as tkfont
from tkinter import ttk
from typing import Literal

from rdiff_gui.ui.opening import Opening, Step
from rdiff_gui.ui.theme.buttons import define_buttons
from rdiff_gui.ui.theme.fields import define_fields
from rdiff_gui.ui.theme.icons import draw_icon
from rdiff_gui.ui.theme.pixels import draw_corner_masks
from rdiff_gui.ui.theme.sheet import DARK, LIGHT, RING_GAP, Palette, Sheet, define_surfaces

Mode = Literal["light", "dark"]

_PALETTES: dict[Mode, Palette] = {"light": LIGHT, "dark": DARK}

# A screen point is 1/72 inch; at 96 dots an inch the design's pixel is one pixel.
_PLAIN_SCALING = 96 / 72

# Points added to the body size, and the weight.
_FONTS: dict[str, tuple[int, Literal["normal", "bold"]]] = {
    "AppBody": (0, "normal"),
    "AppStrong": (0, "bold"),
    "AppSmall": (-1, "normal"),
    "AppHeading": (2, "bold"),
    "AppBig": (5, "bold"),
    "AppTitle": (9, "bold"),
}

_TK_FONTS = ("TkDefaultFont", "TkTextFont", "TkMenuFont", "TkHeadingFont")

# At a time, so that the window answers meanwhile.
_DRAW_SECONDS = 0.01

_WHEEL = ("<MouseWheel>", "<Button-4>", "<Button-5>")


class Theme:
    """Dresses every ttk widget under `root`; keep it as long as the window lives.

    Styles are named after the surface they stand on, `card.TButton`; see `sheet.SURFACES`,
    `sheet.ROLES`. After `apply`, ttk and the pictures given out change by themselves; what
    draws on a Canvas redraws on `<<ThemeChanged>>`.
    """

    def __init__(
        self,
        root: tk.Tk,
        mode: Mode = "light",
        when_open: Callable[[Step], None] | None = None,
    ) -> None:
        """`when_open` is given what can wait until the window is seen."""
        self.root = root
        scaling = float(root.tk.call("tk", "scaling"))
        self.k = max(1.0, round(scaling / _PLAIN_SCALING * 4) / 4)
        # What can have the focus keeps this much room for its ring; text beside it begins there.
        self.inset = self.px(RING_GAP)
        self._sheets: dict[Mode, Sheet] = {}
        self._icons: dict[tuple[str, int, str, bool], tk.PhotoImage] = {}
        self._masks: dict[tuple[int, str, str], tuple[tk.PhotoImage, ...]] = {}
        self._fonts = self._name_fonts()
        self._seen: set[tuple[str, ...]] = set()
        # Whether pictures were put off that may have been wanted since.
        self._put_off = False
        self._when_open = when_open or Opening(root).then
        self._style_popdowns()
        self._spare_wheel()
        root.bind_all("<Map>", self._draw_mapped, add=True)
        self.apply(mode)

    def apply(self, mode: Mode) -> None:
        """Change to light or dark, at any time."""
        self.mode: Mode = mode
        self.palette = _PALETTES[mode]
        if mode in self._sheets:
            # What is seen was perhaps seen in the other mode alone.
            self._sheets[mode].draw_all_styles()
            self._use()
        else:
            ttk.Style(self.root).theme_create(self._name, parent="clam")
            self._use()
            sheet = self._define(Sheet(self.root, self.palette, self.px))
            if self._sheets:
                # Any style may be seen now.
                sheet.draw_all_styles()
            self._sheets[mode] = sheet
            self._put_off = True
            self._when_open(self._draw_more)
        self.root.configure(background=self.palette.bg)
        for (icon, size, role, badge), image in self._icons.items():
            image.configure(data=self._draw(icon, size, role, badge))
        for key, masks in self._masks.items():
            for image, picture in zip(masks, self._draw_masks(*key), strict=True):
                image.configure(data=picture)

    @property
    def _name(self) -> str:
        return f"rdiff-gui-{self.mode}"

    def _use(self) -> None:
        """Draw all that is seen by the theme of this mode."""
        ttk.Style(self.root).theme_use(self._name)

    def _draw_mapped(self, event: tk.Event[tk.Misc]) -> None:
        """Draw the pictures of a widget that is about to be seen, unless one like it was."""
        widget = str(event.widget)
        kind = self._kind_of(widget)
        if not kind:
            return
        state = self.root.tk.splitlist(self.root.tk.call(widget, "state"))
        if (kind, *state) not in self._seen:
            self._seen.add((kind, *state))
            self._sheets[self.mode].draw_style(kind, state)

    def _kind_of(self, widget: str) -> str:
        """What ttk looks for among its styles; empty for a widget that is none of ttk's."""
        call = self.root.tk.call
        try:
            style = str(call(widget, "cget", "-style") or call("winfo", "class", widget))
        except tk.TclError:
            return ""
        with suppress(tk.TclError):
            # Bars have two layouts.
            return f"{str(call(widget, 'cget', '-orient')).capitalize()}.{style}"
        return style

    def draw_all(self) -> None:
        """Let no picture wait any more."""
        while self._draw_more():
            pass

    def _draw_more(self) -> bool:
        left = any(sheet.draw_more(_DRAW_SECONDS) for sheet in self._sheets.values())
        if self._put_off and not left:
            self._put_off = False
            # What changed its state meanwhile has to be drawn again: ttk sees no picture change.
            self._use()
        return left

    def px(self, length: float) -> int:
        """A length of the design in pixels of this screen, at least one."""
        return max(1, round(length * self.k))

    def surface(self, name: str) -> str:
        """The colour of one of SURFACES, now."""
        return self.palette.surface(name)

    def font(self, name: str) -> tkfont.Font:
        """One of our named fonts, for measuring: AppBody, AppStrong, AppSmall and so on."""
        return self._fonts[name]

    def icon(self, name: str, size: int, role: str, *, badge: bool = False) -> tk.PhotoImage:
        """An icon in the palette's colour `role`; `size` in design pixels.

        The same picture is given out each time, and changes colour with the theme. With
        `badge` it has a dot in its corner.
        """
        key = (name, size, role, badge)
        if key not in self._icons:
            self._icons[key] = tk.PhotoImage(master=self.root, data=self._draw(*key))
        return self._icons[key]

    def corner_masks(self, radius: int, surface: str, border: str) -> tuple[tk.PhotoImage, ...]:
        """Pictures that round off what is drawn on a Canvas on `surface`: nw, ne, sw, se.

        Around the corners they go on with a border in the palette's colour `border`.
        """
        key = (radius, surface, border)
        if key not in self._masks:
            pictures = self._draw_masks(*key)
            self._masks[key] = tuple(
                tk.PhotoImage(master=self.root, data=picture) for picture in pictures
            )
        return self._masks[key]

    def _draw_masks(self, radius: int, surface: str, border: str) -> tuple[bytes, ...]:
        line = getattr(self.palette, border)
        return draw_corner_masks(self.px(radius), self.surface(surface), line, self.px(1))

    def _draw(self, name: str, size: int, role: str, badge: bool) -> bytes:
        colour = getattr(self.palette, role)
        return draw_icon(name, self.px(size), colour, self.palette.accent if badge else None)

    def _name_fonts(self) -> dict[str, tkfont.Font]:
        # On macOS a point is a pixel, and 13 of them the system's own size.
        body = 13 if self.root.tk.call("tk", "windowingsystem") == "aqua" else 10
        family = tkfont.nametofont("TkDefaultFont", root=self.root).actual("family")
        for name in _TK_FONTS:
            tkfont.nametofont(name, root=self.root).configure(
                family=family, size=body, weight="normal"
            )
        tkfont.nametofont("TkFixedFont", root=self.root).configure(size=body)
        return {
            name: tkfont.Font(
                self.root, name=name, family=family, size=body + points, weight=weight
            )
            for name, (points, weight) in _FONTS.items()
        }

    def _define(self, sheet: Sheet) -> Sheet:
        palette = sheet.palette
        sheet.style.configure(
            ".",
            background=palette.bg,
            foreground=palette.text,
            font="AppBody",
            bordercolor=palette.border,
            troughcolor=palette.trough,
            focuscolor=palette.ring,
            selectbackground=palette.accent,
            selectforeground=palette.on_accent,
            fieldbackground=palette.field,
            insertcolor=palette.text,
        )
        sheet.style.map(".", foreground=[("disabled", palette.disabled)])
        define_surfaces(sheet)
        define_buttons(sheet)
        define_fields(sheet)
        return sheet

    def _style_popdowns(self) -> None:
        """The list under a combobox is no ttk widget: dress it whenever it is shown."""

        def dress(event: tk.Event[tk.Misc]) -> None:
            palette = self.palette
            look = {
                "-background": palette.field,
                "-foreground": palette.text,
                "-selectbackground": palette.accent,
                "-selectforeground": palette.on_accent,
                "-font": "AppBody",
                "-borderwidth": 0,
                "-highlightthickness": 0,
            }
            options = chain.from_iterable(look.items())
            self.root.tk.call(f"{event.widget}.f.l", "configure", *options)

        for sequence in ("<Map>", "<<ThemeChanged>>"):
            self.root.bind_class("ComboboxPopdown", sequence, dress, add=True)

    def _spare_wheel(self) -> None:
        """Scrolling a page must not change the values that pass under the pointer."""
        for sequence in _WHEEL:
            self.root.unbind_class("TCombobox", sequence)
