"""Colours, the desktop, and what this program is made of."""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace
from tkinter import ttk

from rdiff_gui import __version__
from rdiff_gui.desktop.integration import is_possible
from rdiff_gui.desktop.licences import Licence, read_licences
from rdiff_gui.desktop.settings import Settings, ThemeChoice
from rdiff_gui.librsync.loader import PATH_VARIABLE, Library, load_library
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.page import PageContext, PageView
from rdiff_gui.ui.settings import text
from rdiff_gui.ui.settings.desktop import DesktopCard
from rdiff_gui.ui.settings.licence_view import LicenceView
from rdiff_gui.ui.slots import Page
from rdiff_gui.ui.widgets import Disclosure, FactTable, WrappedLabel, bind_alt_letter
from rdiff_gui.wording import show_name


class SettingsPage(PageView):
    """Every change counts at once."""

    page = Page.SETTINGS
    title = text.TITLE
    subtitle = text.SUBTITLE

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, context)
        px = context.theme.px
        self.banner.grid(sticky="ew", pady=(0, px(10)))
        colours = self._card(text.COLOURS)
        self._theme_choice = tk.StringVar(self, value=context.settings.theme)
        *letters, licence_letter = context.letters(*text.THEMES.values(), text.LICENCES)
        self.choices: dict[ThemeChoice, ttk.Radiobutton] = {}
        for (choice, label), letter in zip(text.THEMES.items(), letters, strict=True):
            button = self.choices[choice] = ttk.Radiobutton(
                colours,
                text=label,
                value=choice,
                variable=self._theme_choice,
                style="card.TRadiobutton",
                command=self._choose_theme,
            )
            button.grid(sticky="w")
            bind_alt_letter(button, letter)
        self._desktop_card = (
            DesktopCard(self._card(text.DESKTOP_TITLE), context, self.banner)
            if is_possible()
            else None
        )
        card = self._card(text.ABOUT)
        self.about = FactTable(card, context.theme)
        self.about.grid(sticky="ew")
        replaceable = text.LIBRSYNC_MAY_BE_REPLACED.format(variable=PATH_VARIABLE)
        WrappedLabel(card, text=replaceable, style="muted.card.TLabel").grid(
            sticky="ew", pady=(px(8), 0)
        )
        self.licences = Disclosure(self.body, context.theme, text=text.LICENCES, on_open=self._read)
        self.licences.grid(sticky="ew")
        bind_alt_letter(self.licences.button, licence_letter)
        self.licences.body.columnconfigure(0, weight=1)
        self.licence_view = LicenceView(self.licences.body, context.theme)
        self.licence_view.grid(sticky="ew")

    def _card(self, title: str) -> ttk.Frame:
        px = self.context.theme.px
        card = ttk.Frame(self.body, style="Card.TFrame", padding=(px(20), px(14)))
        card.columnconfigure(0, weight=1)
        card.grid(sticky="ew", pady=(0, px(16)))
        ttk.Label(card, text=title, style="heading.card.TLabel").grid(sticky="w", pady=(0, px(6)))
        return card

    def was_shown(self) -> None:
        """Show the settings and the desktop as they are, and which librsync does the work."""
        self.follow(self.context.settings)
        if self._desktop_card is not None:
            self._desktop_card.refresh()
        self.context.post.ask(
            load_library,
            self._show_about,
            lambda problem: self.about.show(
                text.about_rows(__version__, "–", report(problem).sentence)
            ),
        )

    def follow(self, settings: Settings) -> None:
        """The settings were changed elsewhere."""
        self._theme_choice.set(settings.theme)

    def focus_start(self) -> None:
        """The chosen colours."""
        self.choices[self.context.settings.theme].focus_set()

    def _read(self) -> None:
        if self.licence_view.empty:
            self.context.post.ask(read_licences, self._show_licences)

    def _show_licences(self, licences: list[Licence]) -> None:
        self.licence_view.show(licences)
        self.see(self.licence_view)

    def _choose_theme(self) -> None:
        chosen = ThemeChoice(self._theme_choice.get())
        self.context.change_settings(replace(self.context.settings, theme=chosen))

    def _show_about(self, library: Library) -> None:
        self.about.show(text.about_rows(__version__, library.version, show_name(library.path)))
