"""Our ttk theme: `Theme` is all that the rest of the window needs."""

from rdiff_gui.ui.theme.theme import Mode, Theme

__all__ = ["Mode", "Theme"]
