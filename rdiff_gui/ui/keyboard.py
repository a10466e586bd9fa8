"""Keys that work everywhere in the window."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

# They answer Enter themselves.
_OWN_RETURN = ("Treeview", "Text", "Listbox")


def bind_keys(
    root: tk.Tk,
    *,
    on_primary: Callable[[], None],
    on_escape: Callable[[], None],
    on_browse: Callable[[], None],
    on_close: Callable[[], None],
) -> None:
    """Enter presses the focused button, else the page's primary one; Escape, open and close."""
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
            on_primary()

    for key in ("<Return>", "<KP_Enter>"):
        root.bind(key, press, add=True)
    root.bind("<Escape>", lambda _event: on_escape(), add=True)
    command = "Command" if root.tk.call("tk", "windowingsystem") == "aqua" else "Control"
    root.bind(f"<{command}-o>", lambda _event: on_browse(), add=True)
    for letter in ("q", "w"):
        root.bind(f"<{command}-{letter}>", lambda _event: on_close(), add=True)
