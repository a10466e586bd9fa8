"""What tools/package makes: one module for each kind of download, and what goes into them all."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent


def run(*words: str | Path) -> None:
    """Run a program, its words on standard error; stops when it fails."""
    subprocess.run(words, check=True, cwd=PROJECT, stdout=sys.stderr)
