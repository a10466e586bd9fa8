"""Colours, the desktop, and what this program is made of."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from rdiff_gui import __version__
from rdiff_gui.desktop.integration import is_possible
from rdiff_gui.desktop.licences import Licence, read_licences
from rdiff_gui.desktop.settings import ThemeChoice
from rdiff_gui.librsync.loader import PATH_VARIABLE, load_library
from rdiff_gui.records import replace
from rdiff_gui.ui import Page
from rdiff_gui.ui.desktop_offer import DesktopCard
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.language_card import LanguageCard
from rdiff_gui.ui.page import PageContext, PageView
from rdiff_gui.ui.preferences import ResultPreferences
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import CopyableText, Disclosure, FactTable, Switch, WrappedLabel
from rdiff_gui.wording import show_name, translate

_ROWS = 14

_THEMES = {
    ThemeChoice.SYSTEM: translate("As the system"),
    ThemeChoice.LIGHT: translate("Light"),
    ThemeChoice.DARK: translate("Dark"),
}
_KEEP_HISTORY = translate("Remember what was made")
_KEEP_HISTORY_HINT = translate(
    "And signatures of what was sent, so that the next version needs none from the others."
)
_LICENCES = translate("Licences of all parts")
_LIBRSYNC_MAY_BE_REPLACED = translate(
    "librsync is under the LGPL. To use another build of it, start the program with {variable} "
    "set to the full path of its file."
)


class SettingsPage(PageView):
    """Every change counts at once."""

    page = Page.SETTINGS
    title = translate("Settings")
    subtitle = translate("Changes count at once and are remembered.")

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, context)
        px = context.theme.px
        self.banner.grid(sticky="ew", pady=(0, px(10)))
        colours = self._card(translate("Colours"))
        self._theme_choice = tk.StringVar(self, value=context.settings.theme)
        letters = context.new_letters()
        self.choices: dict[ThemeChoice, ttk.Radiobutton] = {}
        for choice, label in _THEMES.items():
            button = self.choices[choice] = ttk.Radiobutton(
                colours,
                text=label,
                value=choice,
                variable=self._theme_choice,
                style="card.TRadiobutton",
                command=self._choose_theme,
            )
            button.grid(sticky="w")
            letters.give(label, button)
        self.language = LanguageCard(self._card(translate("Language")), context)
        self.language.grid(sticky="ew")
        self.results = ResultPreferences(self._card, context)
        self.results.folder.give_letters(letters)
        remembered = self._card(translate("History"))
        self.keep_history = Switch(
            remembered,
            text=_KEEP_HISTORY,
            on=context.settings.keep_history,
            on_change=self._choose_history,
            surface="card",
        )
        self.keep_history.grid(sticky="w")
        hint = WrappedLabel(remembered, text=_KEEP_HISTORY_HINT, style="muted.card.TLabel")
        hint.grid(sticky="ew", padx=context.theme.inset, pady=(px(4), 0))
        self._desktop_card = (
            DesktopCard(self._card(translate("Double-click")), context, self.banner)
            if is_possible()
            else None
        )
        card = self._card(translate("About"))
        self.about = FactTable(card, context.theme)
        self.about.grid(sticky="ew", padx=context.theme.inset)
        replaceable = _LIBRSYNC_MAY_BE_REPLACED.format(variable=PATH_VARIABLE)
        WrappedLabel(card, text=replaceable, style="muted.card.TLabel").grid(
            sticky="ew", padx=context.theme.inset, pady=(px(8), 0)
        )
        self.licences = Disclosure(self.body, context.theme, text=_LICENCES, on_open=self._read)
        self.licences.grid(sticky="ew")
        self.licences.give_letter(letters)
        self.licences.body.columnconfigure(0, weight=1)
        self.licence_view = LicenceView(self.licences.body, context.theme)
        self.licence_view.grid(sticky="ew")

    def _card(self, title: str) -> ttk.Frame:
        px, inset = self.context.theme.px, self.context.theme.inset
        # What can have the focus brings room for its ring along; the rest keeps it free.
        card = ttk.Frame(self.body, style="Card.TFrame", padding=(px(20) - inset, px(14)))
        card.columnconfigure(0, weight=1)
        card.grid(sticky="ew", pady=(0, px(16)))
        heading = ttk.Label(card, text=title, style="heading.card.TLabel")
        heading.grid(sticky="w", padx=inset, pady=(0, px(6)))
        return card

    def was_shown(self) -> None:
        """Show the settings and the desktop as they are, and which librsync does the work."""
        settings = self.context.settings
        self._theme_choice.set(settings.theme)
        self.keep_history.set(settings.keep_history)
        self.results.refresh()
        if self._desktop_card is not None:
            self._desktop_card.refresh()
        self.context.post.ask(
            load_library,
            lambda library: self._show_about(library.version, show_name(library.path)),
            lambda problem: self._show_about("–", report(problem).sentence),
        )

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

    def _choose_history(self) -> None:
        kept = replace(self.context.settings, keep_history=self.keep_history.on)
        self.context.change_settings(kept)

    def _show_about(self, version: str, library: str) -> None:
        self.about.show(
            [
                ("rdiff-gui", __version__),
                ("librsync", version),
                (translate("Library"), library),
                (translate("Licence"), translate("MIT: free to use, change and pass on")),
            ]
        )


class LicenceView(ttk.Frame):
    """A part is chosen above, its text is read below; both with the keyboard alone, too."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        px = theme.px
        self._licences: Sequence[Licence] = ()
        name = ttk.Label(self, text=translate("Part"), style="body.bg.TLabel")
        name.grid(row=0, column=0, sticky="w", padx=(theme.inset, px(8)))
        self.box = ttk.Combobox(self, state="readonly", width=38, font="AppBody", height=_ROWS)
        self.box.grid(row=0, column=1, sticky="w")
        self.box.bind("<<ComboboxSelected>>", lambda _event: self._show_chosen())
        card = ttk.Frame(self, style="Card.TFrame", padding=px(12))
        card.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(px(8), 0))
        self.text = CopyableText(card, theme, surface="card", most_lines=_ROWS)
        self.text.grid(row=0, column=0, sticky="ew")
        bar = ttk.Scrollbar(
            card, orient="vertical", command=self.text.yview, style="card.Vertical.TScrollbar"
        )
        self.text.configure(yscrollcommand=bar.set)
        bar.grid(row=0, column=1, sticky="ns")
        card.columnconfigure(0, weight=1)
        self.columnconfigure(1, weight=1)

    @property
    def empty(self) -> bool:
        """Whether nothing was shown yet."""
        return not self._licences

    def show(self, licences: Sequence[Licence]) -> None:
        """Offer these, and show the first."""
        self._licences = licences
        self.box.configure(values=[licence.part for licence in licences])
        if licences:
            self.box.current(0)
            self._show_chosen()
        else:
            self.text.show(translate("No licence texts were found on this computer."))

    def _show_chosen(self) -> None:
        self.text.show(self._licences[self.box.current()].text)
        # The list's pop-up leaves its choice selected, as if it could be typed over.
        self.box.selection_clear()
