"""Standard streams: data in and out, one line for a problem, a bar for progress.

Standard output carries data or an answer and nothing else; all talk goes to standard error.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
import time
from pathlib import Path

from rdiff_gui.cli.arguments import STANDARD_STREAM, UsageProblem
from rdiff_gui.cli.table import PROGRAM
from rdiff_gui.errors import FileProblem, OutputUnwritable
from rdiff_gui.errors.files import Reading, Writing
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import STANDARD_INPUT, STANDARD_OUTPUT, translate

if TYPE_CHECKING:
    from typing import Any, BinaryIO, Self, TextIO

    from rdiff_gui.engine.progress import Progress

# A bar that is gone at once only flickers.
_BAR_AFTER_SECONDS = 0.4

_COLUMNS_ASSUMED = 80
_LINES_ASSUMED = 25

_PLAIN_QUOTES = str.maketrans(
    {**dict.fromkeys("“”„«»", '"'), **dict.fromkeys("\u2068\u2069"), "·": "-", "…": "..."}
)


def open_source(word: str | None) -> Path | BinaryIO:
    """The input of that name; standard input for `-` and for none.

    Raises: SourceUnreadable.
    """
    if word not in (None, STANDARD_STREAM):
        return Path(str(word))
    with Reading(STANDARD_INPUT):
        return _open_stream(0, sys.stdin)


def path_of_target(word: str) -> Path:
    """Raises: OutputUnwritable, for what can only be the name of a folder."""
    if word.endswith(("/", os.sep)):
        raise OutputUnwritable(Path(word), errno.EISDIR, os.strerror(errno.EISDIR))
    return Path(word)


def open_target(word: str | None, *, force: bool) -> Path | BinaryIO:
    """The output of that name; standard output for `-` and for none.

    Raises: UsageProblem, for binary data on a terminal; OutputUnwritable.
    """
    if word not in (None, STANDARD_STREAM):
        return path_of_target(str(word))
    with Writing(STANDARD_OUTPUT):
        stream = _open_stream(1, sys.stdout)
    if stream.isatty() and not force:
        raise UsageProblem(
            translate(
                "The result is binary data and would garble the terminal. Name a file for it, "
                "or redirect the output, or insist with --force."
            )
        )
    return stream


def _open_stream(number: int, stream: TextIO | None) -> BinaryIO:
    """Raises: OSError."""
    if stream is None:
        # The descriptor of a closed one may be a library's by now: libffi keeps its own file open.
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    # Unbuffered: a buffer's lock, held by a read that waits, would hold up the exit.
    return open(number, "wb" if number else "rb", buffering=0, closefd=False)


def use_utf8() -> None:
    """On Windows, have text go to files and pipes as everywhere else, not in its old code pages."""
    if sys.platform == "win32":
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def is_closed_pipe(problem: OutputUnwritable) -> bool:
    """Whether the reader of standard output is gone; Windows calls that an invalid argument."""
    if problem.code == errno.EPIPE:
        return True
    closed = sys.platform == "win32" and problem.code == errno.EINVAL
    return closed and problem.path == STANDARD_OUTPUT


def print_answer(text: str) -> None:
    """Write text to standard output, all of it.

    Raises: OutputUnwritable, DiskFull.
    """
    if sys.stdout is None:
        raise OutputUnwritable(STANDARD_OUTPUT, errno.EBADF, os.strerror(errno.EBADF))
    try:
        with Writing(STANDARD_OUTPUT):
            # Names and sentences come out under every locale, if need be escaped.
            sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a real one
            _print_whole(text.rstrip("\n"), sys.stdout)
    except FileProblem:
        _abandon_standard_output()
        raise


def _abandon_standard_output() -> None:
    """Keep the interpreter from trying, and failing, to write the rest when it ends."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)


def print_note(text: str) -> None:
    """Write to standard error, with the program's name before it; never fails."""
    if sys.stderr is None:
        return
    line = f"{PROGRAM}: {text}"
    try:
        line.encode(sys.stderr.encoding or "ascii")
    except UnicodeEncodeError:
        line = line.translate(_PLAIN_QUOTES)
    with contextlib.suppress(OSError, ValueError):
        _print_whole(line, sys.stderr)


def _print_whole(text: str, stream: TextIO) -> None:
    """Write a line or more, however long its reader takes. Raises: OSError, ValueError."""
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        # Somebody's own, in place of the true one.
        print(text, file=stream, flush=True)  # the one place that talks
        return
    # The text layer loses what is not taken at once: of a non-blocking stream, or of one without a
    # buffer below.
    line = memoryview(f"{text}\n".encode(stream.encoding, stream.errors or "strict"))
    try:
        line = line[buffer.write(line) or 0 :]
        if not line:
            buffer.flush()
            return
    except BlockingIOError as problem:
        line = line[problem.characters_written :]
    # Loaded for whoever makes us wait.
    from rdiff_gui.engine.output import flush_whole, write_whole

    write_whole(buffer, line)
    flush_whole(buffer)


class ProgressBar:
    """A bar on standard error, `shown` where that is a terminal; nothing elsewhere."""

    def __init__(self, *, wanted: bool) -> None:
        self.shown = wanted and sys.stderr is not None and sys.stderr.isatty()
        self._started = time.monotonic()
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        if self._bar is not None:
            with contextlib.suppress(OSError):
                self._bar.close()

    def show(self, progress: Progress) -> None:
        """Move the bar; a callback for the engine. No trouble of the terminal ends the work."""
        if not self.shown:
            return
        try:
            self._move(progress)
        except BlockingIOError:
            # The terminal is behind; the next news will do.
            pass
        except OSError:
            # It is gone, as with a window that was closed.
            self.shown = False

    def note(self, text: str) -> None:
        """Say something in the midst of the work; any thread may."""
        if self._bar is None:
            print_note(text)
            return
        with contextlib.suppress(OSError), self._bar.external_write_mode(sys.stderr):
            print_note(text)

    def _move(self, progress: Progress) -> None:
        if self._bar is None:
            if time.monotonic() - self._started < _BAR_AFTER_SECONDS:
                return
            self._bar = _open_bar(progress)
        if self._bar.total != progress.total_bytes:
            self._bar.total = progress.total_bytes
        self._bar.set_description(translate(progress.stage.value), refresh=False)
        self._bar.update(progress.done_bytes - self._bar.n)


def _open_bar(progress: Progress) -> Any:
    import threading

    from tqdm import tqdm  # only a terminal needs it

    # No thread of tqdm's own: the engine calls often enough. Nor a lock that other processes share,
    # for which Python 3.14 starts one that complains at our end.
    tqdm.monitor_interval = 0
    tqdm.set_lock(threading.RLock())
    # Serial consoles and fresh containers do not know their size, and tqdm would show nothing.
    columns, lines = os.get_terminal_size(sys.stderr.fileno())
    return tqdm(
        desc=translate(progress.stage.value),
        initial=progress.done_bytes,
        total=progress.total_bytes,
        unit="B",
        unit_scale=True,
        leave=False,
        dynamic_ncols=columns > 0,
        ncols=None if columns else _COLUMNS_ASSUMED,
        nrows=None if lines else _LINES_ASSUMED,
        file=sys.stderr,
    )
