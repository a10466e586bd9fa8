"""How the window closes: it asks while work goes on, and waits until that has cleaned up."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.ui import text
from rdiff_gui.ui.widgets import Banner
from rdiff_gui.ui.worker import Post, Worker

if TYPE_CHECKING:
    from rdiff_gui.ui.file_dialog import FileDialog

# A thread that hangs on a dead network disk must not keep the window open for ever.
PATIENCE_MS = 10_000
# Tk's own file chooser comes back in a moment; those of other systems when the user is done.
_CHOOSER_MS = 50


class Closing:
    """Knows all workers. `on_close` saves and gives back what the window holds.

    `file_dialog` gives what asks for files, if that was ever done.
    """

    def __init__(
        self,
        root: tk.Tk,
        post: Post,
        file_dialog: Callable[[], FileDialog | None],
        notice: Banner,
        on_close: Callable[[], None],
    ) -> None:
        self._root = root
        self._post = post
        self._file_dialog = file_dialog
        self._notice = notice
        self._on_close = on_close
        self._workers: list[Worker] = []
        self._patience: str | None = None
        self.stopping = False
        # Whether another window shall follow.
        self.again = False
        self.on_closed: Callable[[], None] = lambda: None

    def new_worker(self) -> Worker:
        """A worker that the window waits for."""
        worker = Worker(self._post)
        self._workers.append(worker)
        return worker

    @property
    def busy(self) -> bool:
        """Whether any step is at work."""
        return any(worker.busy for worker in self._workers)

    def close(self, *, again: bool = False) -> None:
        """Close the window, with `again` to open another; while work goes on, ask first."""
        if self.stopping:
            return
        self.again = again
        if not self.busy:
            self._close_now()
            return
        answers = [(text.STOP_AND_CLOSE, self.stop_and_close), (text.KEEP_GOING, self.keep_going)]
        self._notice.show("warning", text.CLOSE_QUESTION, answers)
        # The answer that changes nothing has the focus.
        self._notice.buttons[-1].focus_set()

    def keep_going(self) -> None:
        """Do not close after all."""
        self.again = False
        self._notice.hide()

    def stop_and_close(self) -> None:
        """Cancel all work, wait until it has cleaned up, and close."""
        if self.stopping:
            return
        self.stopping = True
        self._stop_workers()
        if not self.busy:
            self._close_now()
            return
        self._notice.show("info", text.CLOSING)
        self._patience = self._root.after(PATIENCE_MS, self._close_now)

    def stop_at_once(self) -> None:
        """Cancel all work and wait until it has cleaned up; calls nothing of Tk."""
        self._stop_workers()
        if dialog := self._file_dialog():
            dialog.give_up()
        self._post.wait_for_threads(PATIENCE_MS / 1000)

    def work_ended(self) -> None:
        """Close if that was all that was waited for; then the question needs no answer either."""
        if self.busy:
            return
        if self.stopping:
            # Never among what is done when idle: a page that waits for its layout would find itself
            # gone in the middle of that.
            self._root.after(0, self._close_now)
        elif self._notice.sentence == text.CLOSE_QUESTION:
            self.keep_going()

    def _stop_workers(self) -> None:
        for worker in self._workers:
            worker.close()

    def _close_now(self) -> None:
        self.stopping = True
        dialog = self._file_dialog()
        if dialog:
            dialog.close()
        if dialog and dialog.asking_tk:
            self._root.after(_CHOOSER_MS, self._close_now)
            return
        if self._patience is not None:
            self._root.after_cancel(self._patience)
        self._on_close()
        self._post.close()
        self.on_closed()
        # ttk has put off telling widgets of new colours, and could not do so any more.
        self._root.update_idletasks()
        self._root.destroy()
