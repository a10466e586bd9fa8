"""One program: with a verb the command line, else the window, with plain paths as if dropped."""

from __future__ import annotations

import gc
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

# New objects between two collections, instead of 700.
_FEW_COLLECTIONS = 20_000


def main(arguments: list[str] | None = None) -> int:
    """Run with these arguments, or with those of the process; the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    # Until the command line or the window listens for it, Ctrl-C ends us without a traceback.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Imported only as far as needed: neither side should wait for the other.
    if words == ["--selftest"]:
        from rdiff_gui.cli.terminal import print_answer
        from rdiff_gui.ui.selftest import run_selftest

        return run_selftest(print_answer)
    from rdiff_gui.cli import wants_command_line

    if wants_command_line(words):
        from rdiff_gui import cli

        return cli.main(words)
    try:
        from rdiff_gui.ui.opening import run_window
    except ModuleNotFoundError as missing:
        if missing.name not in ("tkinter", "_tkinter"):
            raise
        from rdiff_gui.ui.sentences.window import NO_TKINTER

        sys.stderr.write(NO_TKINTER + "\n")
        return 2
    files = words[1:] if words[:1] == ["--"] else words
    return run_window([Path(word) for word in files])


def run() -> NoReturn:
    """Be the whole process.

    A command ends at once, without the interpreter's tidying up, which takes as long as rdiff's
    whole work on a small file: all that was said is flushed, and the engine has put back what it
    had to. The window says goodbye in its own time.
    """
    # Nor is there rubbish to look for while modules are imported.
    gc.set_threshold(_FEW_COLLECTIONS)
    exit_code = main()
    if "tkinter" not in sys.modules:
        os._exit(exit_code)
    sys.exit(exit_code)


if __name__ == "__main__":
    run()
