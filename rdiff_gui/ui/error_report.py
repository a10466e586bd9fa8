"""Errors as the window shows them, and parts of the system that are missing from the start on.

Most runs meet no error: what tells of one is imported when there is one.
"""

from __future__ import annotations

from pathlib import Path

from rdiff_gui import __version__
from rdiff_gui.desktop.own_files import log_warning
from rdiff_gui.records import TYPE_CHECKING, record, replace
from rdiff_gui.ui import text
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.widgets import Action, Banner

if TYPE_CHECKING:
    from rdiff_gui.ui.drag_and_drop import DragAndDrop

_LOG_BYTES = 200_000


@record(frozen=True)
class ErrorReport:
    """What to show; `detail` is folded away and can be copied, `command` can be copied too."""

    sentence: str
    detail: str | None = None
    command: str | None = None


def report(error: BaseException) -> ErrorReport:
    """How to tell the user of `error`; one that nobody foresaw is logged as well."""
    from rdiff_gui.errors import LibraryNotFound, LibrsyncFailed, OutputExists, RdiffError

    match error:
        case LibraryNotFound():
            return ErrorReport(
                text.LIBRSYNC_NOT_FOUND.format(remedy=error.remedy),
                "\n".join((*error.tried, *_versions())),
                error.remedy,
            )
        case LibrsyncFailed():
            # What librsync traced is in the details.
            return ErrorReport(str(error).partition("\n")[0], _details(error))
        case OutputExists():
            return ErrorReport(text.about(text.EXISTS_ALREADY, error.path))
        case RdiffError():
            return ErrorReport(str(error), _details(error))
        case _:
            import logging

            logging.getLogger(__name__).error("unexpected", exc_info=error)
            return ErrorReport(text.UNEXPECTED, _details(error))


def keep_log(path: Path) -> None:
    """From now on, have what nobody foresaw in a file as well, which never grows large."""
    import logging
    from logging.handlers import RotatingFileHandler

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        log_warning("no log: %s", problem)
        return
    kept = RotatingFileHandler(
        path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
    )
    kept.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    ours = logging.getLogger("rdiff_gui")
    ours.addHandler(kept)
    if logging.lastResort:
        # On the terminal as before, where there is one.
        ours.addHandler(logging.lastResort)


def show_problem(banner: Banner, problem: BaseException) -> None:
    """Tell of it until the user has read it."""
    told = report(problem)
    banner.tell("error", told.sentence, detail=told.detail)


def _details(error: BaseException) -> str:
    """For those who help: what is at work here, and where in it the error was met."""
    import traceback

    return "\n".join(_versions()) + "\n" + "".join(traceback.format_exception(error))


def _versions() -> tuple[str, ...]:
    """What a helper asks first."""
    import platform

    from rdiff_gui.errors import LibraryProblem
    from rdiff_gui.librsync.loader import load_library

    try:
        library = load_library()
        librsync = f"librsync {library.version}, {library.path}"
    except LibraryProblem as problem:
        librsync = str(problem).partition("\n")[0]
    return (
        f"rdiff-gui {__version__}",
        librsync,
        f"Python {platform.python_version()} on {platform.platform()}",
    )


def _load_library() -> None:
    """Raises: LibraryProblem."""
    from rdiff_gui.librsync.loader import load_library

    load_library()


class MissingParts:
    """Without librsync nothing works, which is told at each start; the rest is told once."""

    def __init__(self, context: PageContext, drag_and_drop: DragAndDrop, notice: Banner) -> None:
        self._context = context
        self._drag_and_drop = drag_and_drop
        self._notice = notice

    def look(self) -> None:
        """Look beside the window's work, and tell."""
        self._context.post.ask(_load_library, self._look_further, self._lack_library)

    def _lack_library(self, problem: BaseException) -> None:
        told = report(problem)
        actions = [(text.TRY_AGAIN, self._try_again), *self._offer_copy(told.command)]
        self._notice.show("error", told.sentence, actions, told.detail)

    def _try_again(self) -> None:
        self._notice.hide()
        self.look()

    def _look_further(self, _library: object) -> None:
        settings = self._context.settings
        if self._drag_and_drop.available or settings.drop_lack_told:
            return
        remedy = self._drag_and_drop.remedy()
        sentence = text.NO_LIBRARY_TO_DROP if remedy else text.NO_DRAG_AND_DROP
        self._notice.tell("warning", sentence.format(remedy=remedy), self._offer_copy(remedy))
        self._context.change_settings(replace(settings, drop_lack_told=True))

    def _offer_copy(self, command: str | None) -> list[Action]:
        if not command:
            return []
        return [(text.COPY_COMMAND, lambda: self._context.clipboard.copy_text(command))]
