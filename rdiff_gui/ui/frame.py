"""The window around the pages: rail, notices, size and place, keys, and light or dark colours."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Mapping
from functools import partial
from tkinter import ttk

from rdiff_gui.desktop import x11
from rdiff_gui.desktop.appearance import system_is_dark
from rdiff_gui.desktop.history import Operation
from rdiff_gui.desktop.own_files import window_icons
from rdiff_gui.desktop.settings import Settings, ThemeChoice
from rdiff_gui.records import replace
from rdiff_gui.ui import Page, text
from rdiff_gui.ui.page import PageView
from rdiff_gui.ui.theme import Mode, Theme
from rdiff_gui.ui.widgets import AltLetters, Banner, Tooltip
from rdiff_gui.ui.worker import Post

# Design pixels.
_RAIL_ICON = 18
_USUAL = (1120, 800)
_SMALLEST = (640, 400)
# The rail has room for two figures, and of what is done it says nothing.
_MOST_PERCENT = 99
# Below this width the rail is its icons alone.
_ROOM_FOR_NAMES = 760
# Panels and the title bar take some of the screen.
_SHARE_OF_SCREEN = 0.94
# They answer Enter themselves.
_OWN_RETURN = ("Treeview", "Text", "Listbox")
# Coming back to the window is when a change would be seen; asking costs a short process.
_LEAST_SECONDS_BETWEEN = 2.0


class WindowFrame:
    """The rail, a notice above, files that wait below; a page goes between, into row 1."""

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        *,
        on_page: Callable[[Page], None],
        on_enter: Callable[[], None],
    ) -> None:
        px = theme.px
        root.title(text.APP_TITLE)
        root.iconphoto(True, *(tk.PhotoImage(master=root, data=icon) for icon in window_icons()))
        root.columnconfigure(1, weight=1)
        root.rowconfigure(1, weight=1)
        # The steps are numbered, in the order in which they follow one another.
        steps = [operation.value for operation in Operation]
        names = {
            page.value: f"{steps.index(page.value) + 1}  {name}" if page.value in steps else name
            for page, name in text.PAGE_NAMES.items()
        }
        self.rail = Rail(
            root, theme, names, on_select=lambda key: on_page(Page(key)), on_enter=on_enter
        )
        self.rail.grid(row=0, column=0, rowspan=3, sticky="ns")
        self._root, self._theme = root, theme
        self._narrow = False
        root.bind("<Configure>", self._fit, add=True)
        self.notice = Banner(root, theme)
        self.notice.grid(row=0, column=1, sticky="ew", padx=px(32), pady=(px(16), 0))
        self.waiting = Banner(root, theme)
        self.waiting.grid(row=2, column=1, sticky="ew", padx=px(32), pady=(0, px(12)))
        for banner in (self.notice, self.waiting):
            banner.hide()

    def _fit(self, event: tk.Event[tk.Misc]) -> None:
        narrow = event.width < self._theme.px(_ROOM_FOR_NAMES)
        if event.widget is self._root and narrow != self._narrow:
            self._narrow = narrow
            self.rail.set_narrow(narrow)


class Rail(ttk.Frame):
    """The program's name, and an entry for each page.

    `names` are what the pages are called, by their keys, which are those of their icons as well.
    `on_enter` is called when a page was chosen by its letter, from wherever the keyboard was.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        names: Mapping[str, str],
        *,
        on_select: Callable[[str], None],
        on_enter: Callable[[], None],
    ) -> None:
        px = theme.px
        super().__init__(parent, style="rail.TFrame", padding=(px(14), px(20)))
        self._theme = theme
        self._labels: dict[str, str] = {}
        self._selected = tk.StringVar(self, value=next(iter(names)))
        title = self._title = ttk.Label(
            self,
            text="rdiff-gui",
            style="heading.rail.TLabel",
            image=theme.icon("swap", 20, "accent"),
            compound="left",
        )
        title.pack(anchor="w", padx=px(8), pady=(px(2), px(18)))
        self.buttons: dict[str, ttk.Radiobutton] = {}
        self.letters = AltLetters(then=on_enter)
        for key, name in names.items():
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
            self._labels[key] = self.letters.give(name, button)
            self.set_busy(key, False)
            Tooltip(button, theme, partial(self._hidden_text, key))
        measure = theme.font("AppStrong").measure
        widest = max(
            measure(text.STEP_WITH_PERCENT.format(step=label, percent=_MOST_PERCENT))
            for label in self._labels.values()
        )
        # The chosen entry is bold: without this the rail would change its width.
        self._width = max(px(156), widest + px(68))
        self._strut = ttk.Frame(self, style="rail.TFrame", width=self._width)
        self._strut.pack()
        self._narrow = False

    @property
    def selected(self) -> str:
        """The key of the chosen page."""
        return self._selected.get()

    def select(self, key: str) -> None:
        """Show `key` as chosen; `on_select` is not called."""
        self._selected.set(key)

    def set_narrow(self, narrow: bool) -> None:
        """Show the icons alone; the names are their tooltips."""
        self._narrow = narrow
        for label in (self._title, *self.buttons.values()):
            label["compound"] = "image" if narrow else "left"
        self._strut.configure(width=1 if narrow else self._width)

    def _hidden_text(self, key: str) -> str:
        return str(self.buttons[key].cget("text")) if self._narrow else ""

    def set_percent(self, key: str, percent: int | None) -> None:
        """Say how far the work is on a page, in whole per cent; None where there is none."""
        label = self._labels[key]
        if percent is not None:
            label = text.STEP_WITH_PERCENT.format(step=label, percent=min(percent, _MOST_PERCENT))
        self.buttons[key].configure(text=label)

    def set_busy(self, key: str, busy: bool) -> None:
        """Put a dot on the page where work runs."""
        plain = self._theme.icon(key, _RAIL_ICON, "muted", badge=busy)
        chosen = self._theme.icon(key, _RAIL_ICON, "nav_text", badge=busy)
        # The stubs know no images by state.
        self.tk.call(
            str(self.buttons[key]), "configure", "-image", (str(plain), "selected", str(chosen))
        )


# --- size and place ------------------------------------------------------------------------------


def set_size(root: tk.Tk, theme: Theme, settings: Settings) -> None:
    """Open as it was left, but never larger than the screen; the place is the desktop's say."""
    screen = (root.winfo_screenwidth(), root.winfo_screenheight())
    room = [int(side * _SHARE_OF_SCREEN) for side in screen]
    smallest = [min(theme.px(side), most) for side, most in zip(_SMALLEST, room, strict=True)]
    wanted = settings.window_size or [theme.px(side) for side in _USUAL]
    width, height = (
        max(least, min(side, most))
        for side, least, most in zip(wanted, smallest, room, strict=True)
    )
    root.minsize(*smallest)
    root.geometry(f"{width}x{height}")
    if settings.maximized and _is_x11(root):
        root.attributes("-zoomed", True)
    elif settings.maximized:
        root.state("zoomed")


def remember_size(root: tk.Tk, settings: Settings) -> Settings:
    """The settings with the size that the window has now."""
    maximized = root.attributes("-zoomed") if _is_x11(root) else root.state() == "zoomed"
    if maximized:
        return replace(settings, maximized=True)
    size = (root.winfo_width(), root.winfo_height())
    return replace(settings, window_size=size, maximized=False)


def _is_x11(root: tk.Tk) -> bool:
    return bool(root.tk.call("tk", "windowingsystem") == "x11")


def bring_to_front(root: tk.Tk, start: str = "") -> None:
    """Show the window above all others, with the keyboard.

    `start` is the desktop's name for what the user did to have it there.
    """
    if root.state() in ("iconic", "withdrawn"):
        root.deiconify()
    root.lift()
    root.update_idletasks()
    if _is_x11(root):
        x11.activate(root.winfo_id(), start)
    root.focus_force()


# --- keys ----------------------------------------------------------------------------------------


def bind_keys(
    root: tk.Tk,
    page_in_front: Callable[[], PageView],
    *,
    on_escape: Callable[[], None],
    on_close: Callable[[], None],
    on_paste: Callable[[], None],
    on_help: Callable[[str], None],
) -> None:
    """Enter presses the focused button, else the page's primary one; Escape, open and so on.

    `on_help` gets how the platform calls its key for commands.
    """
    # Some versions of Tk let Enter press buttons; twice would undo what a switch does.
    tk_presses = "Return" in str(root.tk.call("event", "info", "<<Invoke>>"))

    def press(event: tk.Event[tk.Misc]) -> None:
        widget = event.widget
        # Tk's own inner windows have no Python widget and come as a name.
        if not isinstance(widget, tk.Misc) or widget.winfo_class() in _OWN_RETURN:
            return
        if isinstance(widget, (ttk.Button, ttk.Checkbutton, ttk.Radiobutton)):
            if not tk_presses:
                widget.invoke()
        elif isinstance(widget, (ttk.Entry, tk.Tk)):
            page_in_front().press_primary()

    for key in ("<Return>", "<KP_Enter>"):
        root.bind(key, press, add=True)
    root.bind("<Escape>", lambda _event: on_escape(), add=True)
    command = "Command" if root.tk.call("tk", "windowingsystem") == "aqua" else "Control"
    root.bind(f"<{command}-o>", lambda _event: page_in_front().browse(), add=True)
    root.bind("<F1>", lambda _event: on_help(command), add=True)

    def paste(event: tk.Event[tk.Misc]) -> None:
        # A field takes text by itself.
        if not isinstance(event.widget, (ttk.Entry, tk.Text)):
            on_paste()

    root.bind("<<Paste>>", paste, add=True)
    for letter in ("q", "w"):
        root.bind(f"<{command}-{letter}>", lambda _event: on_close(), add=True)


# --- light or dark -------------------------------------------------------------------------------


def mode_for(choice: ThemeChoice, dark_system: bool | None) -> Mode:
    """The colours to wear; a system that does not say is taken for a light one."""
    dark = dark_system if choice is ThemeChoice.SYSTEM else choice is ThemeChoice.DARK
    return "dark" if dark else "light"


class Colours:
    """Keeps the theme in step with the user's choice, and with the system when that changes."""

    def __init__(
        self, root: tk.Tk, theme: Theme, post: Post, choice: ThemeChoice, dark_system: bool | None
    ) -> None:
        self._root = root
        self._theme = theme
        self._post = post
        self._choice = choice
        self._dark_system = dark_system
        self._asked = time.monotonic()
        root.bind("<FocusIn>", self._came_back, add=True)

    def choose(self, choice: ThemeChoice) -> None:
        """Wear what the user chose."""
        self._choice = choice
        self._dress()

    def _came_back(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is not self._root or self._choice is not ThemeChoice.SYSTEM:
            return
        now = time.monotonic()
        if now - self._asked > _LEAST_SECONDS_BETWEEN:
            self._asked = now
            self._post.ask(system_is_dark, self._follow_system)

    def _follow_system(self, dark: bool | None) -> None:
        self._dark_system = dark
        self._dress()

    def _dress(self) -> None:
        mode = mode_for(self._choice, self._dark_system)
        if mode != self._theme.mode:
            self._theme.apply(mode)
