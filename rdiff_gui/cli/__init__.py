"""The command line: rdiff's verbs, options, pipes and exit codes, over the same engine.

`main` is the edge where every failure becomes one line and an exit code.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # built in, unlike signal, which loads enum

from rdiff_gui import __version__
from rdiff_gui.cli.arguments import (
    HelpWanted,
    Request,
    VersionWanted,
    read_arguments,
    wants_command_line,
)
from rdiff_gui.cli.table import PROGRAM
from rdiff_gui.cli.terminal import is_closed_pipe, print_answer, print_note, use_utf8
from rdiff_gui.errors import Cancelled, OutputUnwritable, PartUnloadable, RdiffError
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import show_name, translate

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any, Self

    from rdiff_gui.engine.progress import CancelToken

__all__ = ["answer", "main", "wants_command_line"]

_PIPE_CLOSED = 128 + 13
_NO_MEMORY = 102
_INTERNAL = 107


def main(arguments: list[str]) -> int:
    """Do what the arguments ask for; the exit code is rdiff's.

    Never raises: every failure is one line on standard error.
    """
    use_utf8()
    request: Request | HelpWanted | VersionWanted | None = None
    with _Signals() as signals:
        try:
            request = read_arguments(arguments)
            _carry_out(request, signals)
        except Cancelled as problem:
            if isinstance(request, Request) and request.writes_stream:
                print_note(translate("Cancelled. What was written so far is cut off."))
            else:
                print_note(str(problem))
            return 128 + signals.caught if signals.caught else problem.exit_code
        except RdiffError as problem:
            return _tell(problem)
        except ImportError as problem:
            return _tell(PartUnloadable(str(problem)))
        except MemoryError:
            print_note(translate("There is not enough memory for this."))
            return _NO_MEMORY
        except Exception as problem:  # noqa: BLE001  # the last edge: a traceback helps no user
            _report_mistake(
                problem, verbose=isinstance(request, Request) and request.wants("verbose")
            )
            return _INTERNAL
    return 0


def answer(tell: Callable[[Callable[[str], None]], int]) -> int:
    """Have something told, line by line, on standard output; its exit code, or a hindrance's."""
    use_utf8()
    try:
        return tell(print_answer)
    except RdiffError as problem:
        return _tell(problem)


def _tell(problem: RdiffError) -> int:
    """Say what went wrong, unless nobody reads what comes out; the exit code."""
    if isinstance(problem, OutputUnwritable) and is_closed_pipe(problem):
        return _PIPE_CLOSED
    print_note(str(problem))
    return problem.exit_code


def _carry_out(request: Request | HelpWanted | VersionWanted, signals: _Signals) -> None:
    # Imported where it is needed: an answer should not wait for the engine.
    match request:
        case HelpWanted():
            from rdiff_gui.cli.help import write_help

            print_answer(write_help(request.verb))
        case VersionWanted():
            _print_versions()
        case Request():
            from rdiff_gui.cli import verbs
            from rdiff_gui.engine.progress import CancelToken

            if request.wants("verbose"):
                print_note(_describe_library())
            token = CancelToken()
            signals.cancel(token)
            verbs.carry_out(request, token)


def _print_versions() -> None:
    """The program's version, even where librsync's cannot be told. Raises: LibraryProblem."""
    print_answer(f"{PROGRAM} {__version__}")
    print_answer(_describe_library())
    print_answer(translate("Copyright 2026 the rdiff-gui maintainers; MIT License, no warranty."))


def _describe_library() -> str:
    """Raises: LibraryProblem."""
    from rdiff_gui.librsync.loader import load_library

    library = load_library()
    return f"librsync {library.version} ({show_name(library.path)})"


def _report_mistake(problem: Exception, *, verbose: bool) -> None:
    text = translate("Something unexpected happened: {kind}: {problem}.").format(
        kind=type(problem).__name__, problem=problem
    )
    if verbose:
        import traceback

        print_note(f"{text}\n{''.join(traceback.format_exception(problem)).rstrip()}")
    else:
        advice = translate("This is a mistake in the program; with -v it tells where.")
        print_note(f"{text} {advice}")


class _Signals:
    """Turns Ctrl-C and its relatives into a cancel, while the block runs."""

    def __init__(self) -> None:
        self.caught: int | None = None
        self._token: CancelToken | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
            number = getattr(_signal, name, None)
            # What the caller had ignored, as nohup does, stays ignored.
            if number is not None and _signal.getsignal(number) != _signal.SIG_IGN:
                self._before[number] = _signal.signal(number, self._catch)
        return self

    def __exit__(self, *_problem: object) -> None:
        for number, handler in self._before.items():
            _signal.signal(number, handler)

    def cancel(self, token: CancelToken) -> None:
        """Raise this token from now on, also for what was caught before."""
        self._token = token
        if self.caught:
            token.cancel()

    def _catch(self, number: int, _frame: FrameType | None) -> None:
        self.caught = self.caught or number
        if self._token:
            self._token.cancel()
