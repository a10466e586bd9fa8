"""A window of its own process, to drag a result out of: prints where on the screen that is.

tkdnd bears no second window in a process that something was dragged from.
"""

from __future__ import annotations

import sys
import tempfile
import tkinter as tk
from pathlib import Path
from tkinter import ttk

from rdiff_gui.desktop.settings import Settings, save_settings
from rdiff_gui.ui import Page
from rdiff_gui.ui.app import App
from rdiff_gui.ui.signature.page import SignaturePage

_LOOK_MS = 20


def main() -> None:
    """Sign the file of the command line; close the window once standard input ends."""
    home = Path(tempfile.mkdtemp())
    save_settings(Settings(desktop_offered=True), home / "settings.json")
    root = tk.Tk()
    root.geometry("900x700+0+0")
    app = App(root, settings_file=home / "settings.json", history_file=home / "history.jsonl")
    app.show(Page.SIGNATURE)
    app.arrive([Path(sys.argv[1])])

    def begin() -> None:
        page = app.page
        if isinstance(page, SignaturePage) and page.finished:
            page.see(page.result)
            root.update()
            chips = [part for part in labels_in(page.result) if part.cget("cursor")]
            print(*(f"{part.winfo_rootx()} {part.winfo_rooty()}" for part in chips), flush=True)  # noqa: T201  # to the test
            root.createfilehandler(sys.stdin, tk.READABLE, lambda *_: app.closing.close())
            return
        if isinstance(page, SignaturePage) and page.model.ready and not page.worker.busy:
            page.press_primary()
        root.after(_LOOK_MS, begin)

    begin()
    root.mainloop()


def labels_in(widget: tk.Misc) -> list[ttk.Label]:
    """All labels of a part of the window."""
    found = [widget] if isinstance(widget, ttk.Label) else []
    for child in widget.winfo_children():
        found += labels_in(child)
    return found


if __name__ == "__main__":
    main()
