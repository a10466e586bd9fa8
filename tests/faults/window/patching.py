"""The program, whose user drops an old file and its delta and patches in place with a backup.

Each progress is told on standard output; after the end, `done`, and the window stays.
"""

from __future__ import annotations

import sys
import tkinter as tk
from pathlib import Path

from rdiff_gui.engine.progress import Progress
from rdiff_gui.ui import main as window
from rdiff_gui.ui.app import App
from rdiff_gui.ui.patch.page import PatchPage
from rdiff_gui.ui.step.foot import StepFoot

_LOOK_MS = 20


class WatchedApp(App):
    """Presses the buttons as soon as they can be pressed."""

    def __init__(self, root: tk.Tk, *, settings_file: Path, history_file: Path, **_more: object):
        super().__init__(root, settings_file=settings_file, history_file=history_file)
        root.after(_LOOK_MS, self._begin)

    def _begin(self) -> None:
        page = self.page
        if isinstance(page, PatchPage) and not page.form.in_place.instate(["selected"]):
            page.form.in_place.invoke()
        page.press_primary()
        if self.closing.busy:
            self._watch()
        else:
            self.root.after(_LOOK_MS, self._begin)

    def _watch(self) -> None:
        if self.closing.busy:
            self.root.after(_LOOK_MS, self._watch)
        else:
            print("done", flush=True)  # noqa: T201  # to whoever started this


def main() -> int:
    """Open the window with the paths of the command line."""
    show = StepFoot.show_progress

    def tell(foot: StepFoot, progress: Progress) -> None:
        print(progress.stage.name.lower(), progress.done_bytes, flush=True)  # noqa: T201  # as above
        show(foot, progress)

    StepFoot.show_progress = tell  # type: ignore[assignment, method-assign]  # listen in
    vars(window)["App"] = WatchedApp
    return window.run_window([Path(word) for word in sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
