"""The way through the window, down its left side."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from tkinter import ttk

from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets.controls import bind_alt_letter, choose_letters

_ICON = 18


class Rail(ttk.Frame):
    """The program's name, an entry for each page, and `bottom` for a switch.

    `names` are what the pages are called, by their keys, which are those of their icons as well.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        names: Mapping[str, str],
        *,
        on_select: Callable[[str], None],
    ) -> None:
        px = theme.px
        super().__init__(parent, style="rail.TFrame", padding=(px(14), px(20)))
        self._theme = theme
        self._selected = tk.StringVar(self, value=next(iter(names)))
        title = ttk.Label(
            self,
            text="rdiff-gui",
            style="heading.rail.TLabel",
            image=theme.icon("delta", 20, "accent"),
            compound="left",
        )
        title.pack(anchor="w", padx=px(8), pady=(px(2), px(18)))
        self.buttons: dict[str, ttk.Radiobutton] = {}
        letters = choose_letters(list(names.values()))
        for (key, name), letter in zip(names.items(), letters, strict=True):
            button = self.buttons[key] = ttk.Radiobutton(
                self,
                text=name,
                value=key,
                variable=self._selected,
                style="Nav.TRadiobutton",
                compound="left",
                command=lambda: on_select(self.selected),
            )
            button.pack(fill="x")
            bind_alt_letter(button, letter)
            self.set_busy(key, False)
        widest = max(theme.font("AppStrong").measure(name) for name in names.values())
        # The chosen entry is bold: without this the rail would change its width.
        ttk.Frame(self, style="rail.TFrame", width=max(px(156), widest + px(68))).pack()
        self.bottom = ttk.Frame(self, style="rail.TFrame")
        self.bottom.pack(side="bottom", fill="x", padx=px(5))

    @property
    def selected(self) -> str:
        """The key of the chosen page."""
        return self._selected.get()

    def select(self, key: str) -> None:
        """Show `key` as chosen; `on_select` is not called."""
        self._selected.set(key)

    def set_busy(self, key: str, busy: bool) -> None:
        """Put a dot on the page where work runs."""
        plain = self._theme.icon(key, _ICON, "muted", badge=busy)
        chosen = self._theme.icon(key, _ICON, "nav_text", badge=busy)
        # The stubs know no images by state.
        self.tk.call(
            str(self.buttons[key]), "configure", "-image", (str(plain), "selected", str(chosen))
        )
