"""Errors as the window shows them: a sentence, and details for those who can help."""

from __future__ import annotations

import logging
import platform
import traceback
from dataclasses import dataclass

from rdiff_gui import __version__
from rdiff_gui.errors import (
    LibraryNotFound,
    LibraryProblem,
    LibrsyncFailed,
    OutputExists,
    RdiffError,
)
from rdiff_gui.librsync.loader import load_library
from rdiff_gui.ui import text

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """What to show; `detail` is folded away and can be copied, `command` can be copied too."""

    sentence: str
    detail: str | None = None
    command: str | None = None


def report(error: BaseException) -> ErrorReport:
    """How to tell the user of `error`; one that nobody foresaw comes with its traceback."""
    match error:
        case LibraryNotFound():
            return ErrorReport(
                text.LIBRSYNC_NOT_FOUND.format(remedy=error.remedy),
                "\n".join(error.tried),
                error.remedy,
            )
        case LibrsyncFailed():
            sentence, _, traced = str(error).partition("\n")
            return ErrorReport(sentence, "\n".join(filter(None, (traced, *_versions()))))
        case OutputExists():
            return ErrorReport(text.about(text.EXISTS_ALREADY, error.path))
        case RdiffError():
            return ErrorReport(str(error))
        case _:
            log.error("unexpected", exc_info=error)
            lines = traceback.format_exception(error)
            return ErrorReport(text.UNEXPECTED, "\n".join(_versions()) + "\n" + "".join(lines))


def _versions() -> tuple[str, ...]:
    """What a helper asks first."""
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
