"""How far the work is, how fast it goes, and a way to stop it."""

from __future__ import annotations

import tkinter as tk
from collections import deque
from collections.abc import Callable
from tkinter import ttk

from rdiff_gui.engine.progress import Progress
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets.alt_letters import AltLetters
from rdiff_gui.ui.widgets.controls import set_enabled
from rdiff_gui.ui.widgets.labels import ElidedLabel
from rdiff_gui.wording import translate

_STEP_MS = 25
# Long enough to be calm, short enough to notice a slower disk.
_WINDOW_SECONDS = 4.0
# Before that, a speed would be a guess.
_LEAST_SECONDS = 0.4


class ProgressPanel(ttk.Frame):
    """Percent and amounts above a bar, Cancel beside it."""

    def __init__(
        self, parent: tk.Misc, theme: Theme, letters: AltLetters, *, on_cancel: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        px = theme.px
        self._percent = ttk.Label(self, style="strong.bg.TLabel")
        self._left = ElidedLabel(self, theme, style="body.bg.TLabel")
        self._right = ttk.Label(self, style="muted.bg.TLabel")
        self.bar = ttk.Progressbar(self, maximum=1.0)
        self.cancel = ttk.Button(self, command=on_cancel)
        self._cancel_text = letters.give(translate("Cancel"), self.cancel)
        self._percent.grid(row=0, column=0, sticky="w", padx=(px(4), px(10)))
        self._left.grid(row=0, column=1, sticky="ew")
        self._right.grid(row=0, column=2, sticky="e", padx=(px(10), px(4)))
        self.bar.grid(row=1, column=0, columnspan=3, sticky="ew", padx=px(3), pady=(px(6), 0))
        self.cancel.grid(row=0, column=3, rowspan=2, padx=(px(12), 0))
        self.columnconfigure(1, weight=1)
        self._known = True
        self.reset()

    def show(self, fraction: float | None, left_text: str, right_text: str) -> None:
        """`fraction` is 0.0 to 1.0, or None while the end is not known."""
        self._left.show(left_text)
        self._right.configure(text=right_text)
        self._set_known(fraction is not None)
        if fraction is not None:
            # Rounded down, so that 100 % means done.
            self._percent.configure(
                text=translate("{percent} %").format(percent=int(fraction * 100))
            )
            self.bar.configure(value=fraction)

    def set_cancelling(self) -> None:
        """Show that the wish to stop was heard."""
        self.cancel.configure(text=translate("Cancelling…"))
        set_enabled(self.cancel, False)

    def reset(self) -> None:
        """Be ready for the next piece of work; nothing moves any more."""
        self.show(0.0, "", "")
        self.cancel.configure(text=self._cancel_text)
        set_enabled(self.cancel, True)

    def destroy(self) -> None:
        """A bar that moves would have Tk call what is gone with the window."""
        self.bar.stop()
        super().destroy()

    def _set_known(self, known: bool) -> None:
        if known == self._known:
            return
        self._known = known
        if known:
            self.bar.stop()
            self.bar.configure(mode="determinate", style="Horizontal.TProgressbar")
            self._percent.grid()
        else:
            self._percent.grid_remove()
            self.bar.configure(mode="indeterminate", style="Unknown.Horizontal.TProgressbar")
            self.bar.start(_STEP_MS)


class TransferRate:
    """Speed over the last seconds. Times in seconds of one clock, amounts in bytes."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._total_bytes: int | None = None

    def note(self, progress: Progress, now: float) -> None:
        """Take in how far the work is at `now`."""
        self._seen.append((now, progress.done_bytes))
        self._total_bytes = progress.total_bytes
        # The newest sample outside the window stays, so that the window is always full.
        while len(self._seen) > 2 and self._seen[1][0] < now - _WINDOW_SECONDS:
            self._seen.popleft()

    @property
    def bytes_a_second(self) -> float | None:
        """None until enough was seen."""
        if len(self._seen) < 2:
            return None
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        if end - start < _LEAST_SECONDS:
            return None
        return (last - first) / (end - start)

    @property
    def seconds_left(self) -> float | None:
        """None while speed or total is not known, or nothing moves."""
        speed = self.bytes_a_second
        if not speed or self._total_bytes is None:
            return None
        return (self._total_bytes - self._seen[-1][1]) / speed
