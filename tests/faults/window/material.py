"""Files of every kind that somebody can drop on the window."""

from __future__ import annotations

import os
import random
import socket
import zlib
from dataclasses import dataclass
from pathlib import Path

from rdiff_gui.engine import make_delta_from_files, make_signature

_LARGE_BYTES = 2**28
_STEP_BYTES = 2**19
_DICE = random.Random(7)  # noqa: S311  # test data, not secrets


@dataclass(frozen=True)
class Material:
    """`old`, `new`, `signature`, `delta` and `large` are good; `all` has the bad ones too."""

    folder: Path
    old: Path
    new: Path
    signature: Path
    delta: Path
    large: Path
    all: tuple[Path, ...]
    contents: dict[Path, bytes]

    def restore(self) -> None:
        """Make the small good files what they were: somebody may have patched one in place."""
        for path, content in self.contents.items():
            path.write_bytes(content)


def make_material(folder: Path) -> Material:
    """Fill the folder."""
    folder.mkdir()
    old, new, signature, delta = (folder / name for name in ("old", "new", "sums", "changes"))
    content = _DICE.randbytes(300_000)
    old.write_bytes(content)
    new.write_bytes(content[:100_000] + b"something new" + content[100_000:])
    make_signature(old, signature)
    make_delta_from_files(old, new, delta, compress=True)
    large = make_large(folder / "large", seed=1)
    good = (old, new, signature, delta, large)
    names = ("日本語 🎉", "two words & more", "line\nbreak", "-rf", "\udcff\udcfe", "x" * 250)
    hard = tuple(folder / name for name in names)
    for path in hard:
        path.write_bytes(new.read_bytes())
    return Material(
        folder, old, new, signature, delta, large, (*good, *hard, *_make_bad(folder, good)),
        {path: path.read_bytes() for path in (old, new, signature, delta)},
    )  # fmt: skip


def make_large(path: Path, seed: int) -> Path:
    """A file that takes little room, and yet some tenths of a second."""
    dice = random.Random(seed)  # noqa: S311  # test data, not secrets
    with path.open("wb", buffering=0) as file:
        file.truncate(_LARGE_BYTES)
        for offset in range(0, _LARGE_BYTES, _STEP_BYTES):
            os.pwrite(file.fileno(), dice.randbytes(16), offset)
    return path


def _make_bad(folder: Path, good: tuple[Path, ...]) -> tuple[Path, ...]:
    _old, _new, signature, delta, _large = good
    contents = {
        "empty": b"",
        "cut sums": signature.read_bytes()[:-40],
        "cut changes": delta.read_bytes()[:-40],
        "damaged changes": _turn(delta.read_bytes(), 60),
        "damaged sums": _turn(signature.read_bytes(), 60),
        "hostile sums": bytes.fromhex("727301477fffffff00000020") + bytes(36),
        "bomb": bytes.fromhex("72730236") + bytes.fromhex("4600c350") * 200 + b"\0",
        "no END": bytes.fromhex("72730236447fffffffffffffff41"),
        "text": b"Milk, bread.\n" * 100,
        "zipped": zlib.compress(bytes(100_000)),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    for name, source in (("a folder", good[0]), ("another folder", good[1])):
        (folder / name / "in it").mkdir(parents=True)
        (folder / name / "in it" / "database").write_bytes(source.read_bytes())
        (folder / name / f"only in {name}").write_text(name)
    (folder / "link to nothing").symlink_to("nowhere")
    (folder / "link to old").symlink_to("old")
    (folder / "circle").symlink_to("circle")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        # Its address has little room, so it is told from within the folder.
        before = Path.cwd()
        os.chdir(folder)
        listener.bind("socket")
        os.chdir(before)
    special = (
        "a folder", "another folder", "link to nothing", "link to old", "circle", "pipe", "socket",
        "missing",
    )  # fmt: skip
    return (
        *(folder / name for name in contents),
        *(folder / name for name in special),
        Path("/dev/zero"),
        Path("/proc/self/mem"),
    )


def _turn(content: bytes, offset: int) -> bytes:
    damaged = bytearray(content)
    damaged[offset] ^= 1
    return bytes(damaged)
