"""The files that operations work on, and what is right to come out of them.

What is right is known from the real rdiff and from tests/fuzzing/reference.py, a second reading of
the formats; the program itself only makes the files that nobody else can: sealed ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from ..conftest import edited, random_bytes
from ..fuzzing.reference import ZSTD_MAGIC, Unreadable, open_sealed, patched, unpacked
from ..fuzzing.targets import compressed

SMALL_BYTES = 40_000
# Few blocks: what is made of it has few bits.
TINY_BYTES = 400
# Several of the engine's slices, of 1 MiB for signatures and 2 MiB for patches.
LARGE_BYTES = 3 * 2**20
# More than any file here is ever made into.
MOST_BYTES = 2**24

_HOLE_BYTES = 2**16

_MAKE = """
import json, sys
from rdiff_gui.cli import main
sys.exit(any([main(words) for words in json.loads(sys.argv[1])]))
"""


class Materials:
    """Contents by name. `folder` holds each as a file of that name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._contents: dict[str, bytes] = {}
        self._signatures: dict[tuple[bytes, bool], bytes] = {}

    @classmethod
    def make(cls, folder: Path) -> Materials:
        """Make all of them. Raises: CalledProcessError."""
        materials = cls(folder)
        folder.mkdir()
        old, large = random_bytes(SMALL_BYTES), _with_hole(LARGE_BYTES)
        contents = {
            "old": old,
            "new": edited(old, 12),
            # What another program may put in the place of an input.
            "other": edited(old, 12, seed=7),
            "large old": large,
            "large new": large[:500_000] + random_bytes(70_000, 5) + large[700_000:],
            # In the same places but for some bytes, so that a file is changed itself.
            "close new": b"".join((large[:700_000], b"changed here", large[700_012:])) + b"and on",
            "tiny old": (tiny := random_bytes(TINY_BYTES, 6)),
            "tiny new": tiny[:150] + b"new here" + tiny[150:350],
            "precious": b"somebody else's\n" * 40,
        }
        for name, content in contents.items():
            put(folder / name, content)
        made = {
            "signature": "signature|old",
            "plain signature": "signature|--plain|old",
            "other signature": "signature|other",
            "large signature": "signature|large old",
            "delta": "delta|signature|new",
            "plain delta": "delta|--plain|--no-compress|signature|new",
            "compressed delta": "delta|--compress|signature|new",
            "other delta": "delta|signature|other",
            "large delta": "diff|large old|large new",
            "close delta": "diff|large old|close new",
            "tiny signature": "signature|-b|128|-S|8|tiny old",
            "tiny plain signature": "signature|--plain|-b|128|-S|8|tiny old",
            "tiny delta": "delta|--no-compress|tiny signature|tiny new",
            "tiny compressed delta": "delta|--compress|tiny signature|tiny new",
            "tiny plain delta": "delta|--plain|--no-compress|tiny signature|tiny new",
            "tiny plain compressed delta": "delta|--plain|--compress|tiny signature|tiny new",
        }
        # One process for all of them: a start takes longer than the work.
        commands = [[*words.split("|"), name] for name, words in made.items()]
        program = [sys.executable, "-P", "-c", _MAKE, json.dumps(commands)]
        subprocess.run(program, cwd=folder, check=True)
        put(folder / "tiny compressed signature", compressed(materials["tiny signature"]))
        return materials

    def __getitem__(self, name: str) -> bytes:
        if name not in self._contents:
            self._contents[name] = (self._folder / name).read_bytes()
        return self._contents[name]

    @cached_property
    def known_bases(self) -> tuple[bytes, ...]:
        """What the signatures here are signatures of."""
        return self["old"], self["other"], self["large old"]

    def signature_of(self, basis: bytes, *, piped: bool) -> bytes:
        """What the real rdiff makes of it, as a file or from a pipe, where it knows no size."""
        key = basis, piped
        if key not in self._signatures:
            # rdiff looks for the size of what it opens; a pipe has none. Two workers may do so.
            place = self._folder / f"basis-{os.getpid()}"
            put(place, basis)
            words, given = (["-"], basis) if piped else ([str(place)], b"")
            made = subprocess.run(
                ["rdiff", "signature", *words], input=given, capture_output=True, check=True
            )
            self._signatures[key] = made.stdout
            place.unlink()
        return self._signatures[key]


def opened(content: bytes) -> bytes:
    """The librsync file in a file of ours. Raises: Unreadable."""
    if sealed := open_sealed(content, MOST_BYTES):
        return sealed.body
    if content.startswith(ZSTD_MAGIC):
        return unpacked(content, MOST_BYTES)
    return content


def rebuilt(basis: bytes, delta: bytes) -> bytes | None:
    """What a delta of ours makes of a basis; None where it makes nothing."""
    try:
        return patched(basis, opened(delta), MOST_BYTES)
    except Unreadable:
        return None


def put(path: Path, content: bytes) -> None:
    """Write a file; long rows of zeros become holes."""
    if len(content) < 2 * _HOLE_BYTES:
        path.write_bytes(content)
        return
    with path.open("wb", buffering=0) as file:
        file.truncate(len(content))
        for start, piece in _pieces(content):
            if piece.strip(b"\0"):
                file.seek(start)
                file.write(piece)


def _pieces(content: bytes) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(content), _HOLE_BYTES):
        yield start, content[start : start + _HOLE_BYTES]


def _with_hole(size_bytes: int) -> bytes:
    third = size_bytes // 3
    return random_bytes(third, 3) + bytes(third) + random_bytes(size_bytes - 2 * third, 4)
