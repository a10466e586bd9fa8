"""A large file on the disk that changes a little: written whole, or changed itself."""

from __future__ import annotations

import os
import random
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from benchmark.contenders import PROJECT
from benchmark.pairs import MIB, write_random
from benchmark.rounds import Spread, launch, temporary_folder

_EDITS = 200
_EDIT_BYTES_MOST = 128 * 1024
_READ_ONLY = "only read and hashed, once"
_READ_AND_HASH = """
import sys
from blake3 import blake3
blake3().update_mmap(sys.argv[1])
"""


class Took(NamedTuple):
    """Seconds, over those of writing it whole, and what the disk counts as written, in MiB."""

    seconds: Spread
    ratio: Spread
    written_mib: Spread | None


def measure(place: Path, size_bytes: int, rounds: int, limit_seconds: float) -> dict[str, Took]:
    """By way; the edits' own bytes stand in the first one's name."""
    from rdiff_gui.engine import apply_patch, make_delta_from_files

    with temporary_folder(place) as folder:
        old, new, delta, undo = (folder / name for name in ("old", "new", "delta", "undo"))
        for path in (old, new):
            write_random(path, size_bytes, seed=1)
        edited_bytes = _edit(new, size_bytes)
        make_delta_from_files(old, new, delta)
        new.unlink()
        changing = {"in_place": True, "changes_only": True, "replace": True}
        apply_patch(old, delta, old, **changing, undo=undo)  # type: ignore[arg-type]  # all bool
        patch = [sys.executable, "-P", "-m", "rdiff_gui", "patch", "--in-place", "--no-backup"]
        ways = {
            "written whole": [*patch, str(old), str(delta)],
            f"changed itself, {edited_bytes / MIB:.1f} MiB of it": [
                *(*patch, "--changes-only", str(old), str(delta))
            ],
            _READ_ONLY: [sys.executable, "-c", _READ_AND_HASH, str(old)],
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        written: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(rounds):
            for name in random.Random(number).sample(sorted(ways), len(ways)):  # noqa: S311  # no secret
                if name != _READ_ONLY:
                    apply_patch(old, undo, old, keep_backup=False, **changing)  # type: ignore[arg-type]  # all bool
                os.sync()
                before = _written_bytes(old)
                wall, _, _ = launch(ways[name], {"PYTHONPATH": str(PROJECT)}, limit_seconds)
                os.sync()
                seconds[name].append(wall)
                if before is not None:
                    written[name].append(((_written_bytes(old) or before) - before) / MIB)
    whole = seconds["written whole"]
    return {
        name: Took(
            Spread.of(took),
            Spread.of(one / other for one, other in zip(took, whole, strict=True)),
            Spread.of(written[name]) if written[name] else None,
        )
        for name, took in seconds.items()
    }


def _edit(path: Path, size_bytes: int) -> int:
    """Write over some stretches; how many bytes."""
    dice, edited_bytes = random.Random(2), 0  # noqa: S311  # test data, not secrets
    most = min(_EDIT_BYTES_MOST, size_bytes // 8 // _EDITS)
    with path.open("r+b", buffering=0) as file:
        for _ in range(_EDITS):
            length = dice.randrange(1, most)
            file.seek(dice.randrange(size_bytes - length))
            edited_bytes += file.write(dice.randbytes(length))
    return edited_bytes


def _written_bytes(path: Path) -> int | None:
    """What the disk of a file has written so far, whoever had it do so; None where it is no disk.

    Source: Linux's Documentation/block/stat.rst: the seventh number, in sectors of 512 bytes.
    """
    device = path.stat().st_dev
    with suppress(OSError):
        counts = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/stat").read_text()
        return int(counts.split()[6]) * 512
    return None
