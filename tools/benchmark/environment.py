"""An environment of the bench's own: the peers, and matplotlib. Nothing of it is the program's.

What it holds stands in pyproject.toml, as the dependency group `bench`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / ".bench"  # not in git


class SetUpFailed(Exception):
    """Why there is no environment."""


def provide() -> Path:
    """The interpreter of the environment, which is made and filled where it is not yet.

    Raises: SetUpFailed.
    """
    with (PROJECT / "pyproject.toml").open("rb") as file:
        wanted: list[str] = tomllib.load(file)["dependency-groups"]["bench"]
    place = FOLDER / "environment"
    python, stamp = place / "bin" / "python", place / "complete"
    description = "\n".join([str(place), sys.version, *wanted])
    if stamp.is_file() and stamp.read_text() == description:
        return python
    print(f"Installing what is compared with into {place} (once).", file=sys.stderr)
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(exist_ok=True)
    pip = [str(python), "-I", "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    for command in [[sys.executable, "-I", "-m", "venv", str(place)], [*pip, "install", *wanted]]:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SetUpFailed((done.stderr or done.stdout).strip())
    stamp.write_text(description)
    return python


def version_of(python: Path, distribution: str) -> str | None:
    """What is installed of a distribution."""
    ask = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    done = subprocess.run(
        [python, "-I", "-c", ask, distribution], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None
