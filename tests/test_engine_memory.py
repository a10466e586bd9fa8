"""Memory stays bounded whatever the file size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import MakeFile, random_bytes

MEASURE = """
import re, sys
from pathlib import Path
from rdiff_gui import engine
def peak_kib():
    # Not ru_maxrss: that one remembers the process before exec, which was pytest.
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
before = peak_kib()
verb, *paths = sys.argv[1:]
getattr(engine, verb)(*map(Path, paths))
print(peak_kib() - before)
"""

BOUND_MIB = 150


def added_mib(verb: str, *paths: Path) -> float:
    """Peak memory of one operation above what Python and the engine take at rest."""
    outcome = subprocess.run(
        [sys.executable, "-c", MEASURE, verb, *paths], capture_output=True, text=True, check=True
    )
    return int(outcome.stdout) / 1024


HUGE = (pytest.mark.campaign, pytest.mark.timeout(900))


@pytest.mark.parametrize(
    "size_bytes",
    # A file that two and a half bounds hold; then some far beyond the machine's memory.
    [3 * 2**27, *(pytest.param(number * 2**30, marks=HUGE) for number in (1, 5, 20))],
)
def test_memory_does_not_grow_with_the_file(
    size_bytes: int, make_dotted: MakeFile, tmp_path: Path
) -> None:
    """With all threads, each step on a large file stays within 150 MiB above the signature.

    The files differ a little everywhere; each step has a process of its own.
    """
    old = make_dotted("old", size_bytes, 2**15)
    new = make_dotted("new", size_bytes, 2**15, 1)
    measured = {
        "make_signature": added_mib("make_signature", old, tmp_path / "sig"),
        "make_delta": added_mib("make_delta", tmp_path / "sig", new, tmp_path / "delta"),
        "apply_patch": added_mib("apply_patch", old, tmp_path / "delta", tmp_path / "result"),
    }
    print(f"{size_bytes / 2**30:.0f} GiB, MiB above rest:", measured)  # noqa: T201  # for the notes
    table_mib = (tmp_path / "sig").stat().st_size * 2 / 2**20
    assert min(measured.values()) > 0
    assert max(measured.values()) < BOUND_MIB + table_mib
    assert (tmp_path / "result").stat().st_size == size_bytes
    (tmp_path / "result").unlink()


def test_a_long_literal_is_not_held_in_memory(tmp_path: Path) -> None:
    """Old and new without anything in common: the delta is as big as the file, memory is not.

    Some stretches of 32 MiB are under way at once, more or fewer as threads happen to meet.
    """
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(random_bytes(10**6))
    new.write_bytes(b"".join(random_bytes(10**8, seed) for seed in (1, 2, 3)))
    assert added_mib("make_delta_from_files", old, new, tmp_path / "delta") < 220
    assert added_mib("apply_patch", old, tmp_path / "delta", tmp_path / "result") < BOUND_MIB
    assert (tmp_path / "result").read_bytes() == new.read_bytes()


def test_comparing_two_files_takes_windows_of_them(tmp_path: Path) -> None:
    """Files that share pages in another order, the worst there is: not all is in memory."""
    data = random_bytes(150 * 2**20)
    pages = [data[start : start + 8192] for start in range(0, len(data), 8192)]
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(data)
    new.write_bytes(b"".join(pages[::2] + pages[1::2]))
    assert added_mib("make_delta_from_files", old, new, tmp_path / "delta") < 400
    # All are found, too.
    assert (tmp_path / "delta").stat().st_size < 10**6
