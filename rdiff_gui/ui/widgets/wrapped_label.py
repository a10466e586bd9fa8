"""A label whose text takes the lines it needs in the width it is given."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk


class WrappedLabel(ttk.Label):
    """Asks for no width of its own: grid it sticky in a column with weight."""

    def __init__(self, parent: tk.Misc, *, text: str = "", style: str) -> None:
        super().__init__(parent, text=text, style=style, width=1)
        self.bind("<Configure>", lambda event: self.configure(wraplength=event.width))
