"""One program: with a verb the command line, else the window, with plain paths as if dropped.

A window that is open already takes the paths, but for `--new-window`.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # built in, unlike signal, which loads enum

# Before all else, since imports take most of a start: until the command line or the window listens
# for it, Ctrl-C ends us without a traceback. What the parent had ignored stays ignored.
if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    try:  # noqa: SIM105  # contextlib would be one more import before this
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    except ValueError:
        # Whoever imports this on another thread has an interpreter of their own to end.
        pass

import _imp
import gc
import os
import sys
from pathlib import Path

from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn

# New objects between two collections, instead of 700.
_FEW_COLLECTIONS = 20_000

_NOT_LOADED = 100

_NEW_WINDOW = "--new-window"


def main(arguments: list[str] | None = None) -> int:
    """Run with these arguments, or with those of the process; the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if os.path.expanduser("~") == "~":  # noqa: PTH111  # a Path would raise
        # A user that the system does not know, as in a container, is at home where login puts one.
        os.environ["HOME"] = "/"
    # Imported only as far as needed: neither side should wait for the other.
    if words == ["--selftest"]:
        from rdiff_gui import cli
        from rdiff_gui.ui.selftest import run_selftest

        return cli.answer(run_selftest)
    alone = words[:1] == [_NEW_WINDOW]
    if words and not alone:
        try:
            from rdiff_gui import cli
        except (ImportError, MemoryError, OSError) as problem:
            # All that could say this well is in what was not loaded.
            told = f"rdiff-gui: The program cannot be loaded: {problem or 'no memory'}.\n"
            sys.stderr.write(told)
            return _NOT_LOADED
        if cli.wants_command_line(words):
            return cli.main(words)
    files = words[alone:]
    if files[:1] == ["--"]:
        del files[0]
    return _open_window([Path(file) for file in files], alone=alone)


def _open_window(files: list[Path], *, alone: bool) -> int:
    """Show the files in the window that is open already, or in one of our own."""
    from rdiff_gui.desktop.running_program import meet

    # Before tkinter is loaded, which a start that only hands over does not need.
    handed_over, first = (False, None) if alone else meet(files)
    if handed_over:
        return 0
    try:
        from rdiff_gui.ui.language import settle_language

        settle_language()
        from rdiff_gui.ui.main import run_window
    except ModuleNotFoundError as missing:
        if missing.name not in ("tkinter", "_tkinter"):
            raise
        from rdiff_gui.ui.text import NO_TKINTER

        sys.stderr.write(NO_TKINTER + "\n")
        return 2
    try:
        return run_window(files, first)
    finally:
        if first:
            first.close()


def run() -> NoReturn:
    """Be the whole process.

    A command ends at once, without the interpreter's tidying up, which takes as long as rdiff's
    whole work on a small file: all that was said is flushed, and the engine has put back what it
    had to. The window says goodbye in its own time.
    """
    if _imp.lock_held():
        # Ctrl-C met one of the interpreter's own first imports, which swallowed it, and left the
        # lock that every other thread's imports would wait for.
        _signal.raise_signal(_signal.SIGINT)
    # Nor is there rubbish to look for while modules are imported.
    gc.set_threshold(_FEW_COLLECTIONS)
    exit_code = main()
    if "tkinter" not in sys.modules:
        os._exit(exit_code)
    sys.exit(exit_code)


if __name__ == "__main__":
    run()
