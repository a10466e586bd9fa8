"""Programs of the desktop that we start: never with our bundle's own libraries."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

# What a frozen program sets for itself, and what breaks a GTK or Qt program that inherits it.
_OUR_OWN = ("FONTCONFIG_FILE", "TCL_LIBRARY", "TK_LIBRARY")
_STARTERS = ("_PYI_", "STATICX_")
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def child_environment(
    environment: Mapping[str, str] | None = None, frozen: bool | None = None
) -> dict[str, str]:
    """The environment for a program that is not ours.

    `environment` and `frozen` default to this process's own.
    """
    clean = dict(os.environ if environment is None else environment)
    if not (getattr(sys, "frozen", False) if frozen is None else frozen):
        return clean
    for name in _OUR_OWN:
        clean.pop(name, None)
    for name in [name for name in clean if name.startswith(_STARTERS)]:
        del clean[name]
    for name in _LIBRARY_PATHS:
        original = clean.pop(f"{name}_ORIG", None)
        clean.pop(name, None)
        if original:
            clean[name] = original
    return clean


def answer_of(command: Sequence[str], timeout_seconds: float) -> str | None:
    """What the program prints, or None when it is missing, fails or takes too long."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=timeout_seconds,
            check=True,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
        )
        return done.stdout.decode("utf-8", "replace").strip()
    return None
