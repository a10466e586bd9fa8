"""The programs that a build runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent


def run(*words: str | Path) -> None:
    """Run a program, its words on standard error; stops when it fails."""
    subprocess.run(words, check=True, cwd=PROJECT, stdout=sys.stderr)
