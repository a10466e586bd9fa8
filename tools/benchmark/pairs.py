"""Pairs of an old and a new file, the same bytes on every run with the same Python.

Run as a command, it writes one: the bench does so, because the peak memory of a measured process
counts from the bench's own.
"""

from __future__ import annotations

import io
import random
import signal
import sqlite3
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
GIB = 1 << 30
PIECE_BYTES = 4 * MIB
EDITS = 200
ISLAND_BYTES = MIB


@dataclass(frozen=True, slots=True)
class Pair:
    """A name, a sentence, and how to write the two files. `scale`: bytes, files or rows.

    `room_bytes`: what the two and a rebuilt one take on the disk, about; `delta_bytes`: what each
    contender's delta does, while all are kept.
    """

    name: str
    description: str
    shape: str
    scale: int
    room_bytes: int
    delta_bytes: int = 0

    def write(self, old: Path, new: Path) -> None:
        """Write both, in a process of its own."""
        command = [sys.executable, "-I", __file__, self.shape, str(self.scale), str(old), str(new)]
        subprocess.run(command, check=True)


def comparison(quick: bool) -> list[Pair]:
    """The five pairs of the comparison; small ones for a quick run."""
    return [
        edited_pair(2 * MIB if quick else GIB),
        unrelated_pair(MIB if quick else 256 * MIB),
        Pair(
            f"sparse image, {size_text(4 * MIB if quick else GIB)}",
            "64 islands of data in holes; then 100 pages written here and there",
            "sparse",
            4 * MIB if quick else GIB,
            4 * MIB if quick else GIB,
        ),
        Pair(
            "source tarball",
            "the sources of the running Python; then a release later: every file's time has "
            "changed, and one file in twenty",
            "source",
            20 if quick else 100_000,
            256 * MIB,
        ),
        Pair(
            "SQLite file",
            "a table with an index; then one row in a hundred updated, one in a hundred more",
            "database",
            2000 if quick else 500_000,
            512 * MIB,
        ),
    ]


def edited_pair(size_bytes: int) -> Pair:
    """Random data with 200 edits."""
    return Pair(
        f"edited, {size_text(size_bytes)}",
        "random bytes; then 200 stretches of up to 50 bytes replaced, put in or taken out",
        "edited",
        size_bytes,
        3 * size_bytes,
    )


def unrelated_pair(size_bytes: int) -> Pair:
    """Nothing in common."""
    return Pair(
        f"unrelated, {size_text(size_bytes)}",
        "two files of random bytes that have nothing in common",
        "unrelated",
        size_bytes,
        3 * size_bytes,
        size_bytes,
    )


def hole_pair(size_bytes: int) -> Pair:
    """One island of data in a hole, changed in the middle."""
    return Pair(
        f"hole, {size_text(size_bytes)}",
        "1 MiB of random bytes in a file that is one hole otherwise; then 100 bytes of it changed",
        "hole",
        size_bytes,
        16 * ISLAND_BYTES,
    )


def size_text(size_bytes: int) -> str:
    """Such as 256 MiB; sizes of pairs are powers of two."""
    return f"{size_bytes // GIB} GiB" if size_bytes >= GIB else f"{size_bytes // MIB} MiB"


def edited(old: Path, new: Path, size_bytes: int) -> None:
    """Random data; 200 stretches of up to 50 bytes replaced, put in or taken out."""
    write_random(old, size_bytes, seed=1)
    dice = random.Random(2)  # noqa: S311  # test data, not secrets
    with old.open("rb") as before, new.open("wb") as after:
        for position in sorted(dice.randrange(size_bytes) for _ in range(EDITS)):
            copy_bytes(before, after, position - before.tell())
            before.seek(dice.randrange(50), io.SEEK_CUR)
            after.write(dice.randbytes(dice.randrange(50)))
        copy_bytes(before, after, size_bytes - before.tell())


def unrelated(old: Path, new: Path, size_bytes: int) -> None:
    """Two files with nothing in common."""
    write_random(old, size_bytes, seed=3)
    write_random(new, size_bytes, seed=4)


def hole(old: Path, new: Path, size_bytes: int) -> None:
    """An island of data behind the middle of a hole; a stretch of it is other in the new file."""
    dice = random.Random(8)  # noqa: S311  # test data, not secrets
    island = bytearray(dice.randbytes(min(ISLAND_BYTES, size_bytes // 4)))
    for path in (old, new):
        with path.open("wb") as file:
            file.truncate(size_bytes)
            file.seek(size_bytes // 2 + 4096)
            file.write(island)
        island[1000:1100] = dice.randbytes(100)


def sparse(old: Path, new: Path, size_bytes: int) -> None:
    """A file of holes with 64 islands of data, and the same with 100 pages written."""
    for path, writes in ((old, 0), (new, 100)):
        dice = random.Random(5)  # noqa: S311  # test data, not secrets
        with path.open("wb") as file:
            file.truncate(size_bytes)
            for length, count in ((size_bytes // 4096, 64), (4096, writes)):
                for _ in range(count):
                    file.seek(dice.randrange((size_bytes - length) // 4096) * 4096)
                    file.write(dice.randbytes(length))


def source(old: Path, new: Path, files_most: int) -> None:
    """The sources of the running Python; in the new tarball one file in twenty has a new line.

    Release tarballs give all files the time of the release, so every header changes.
    """
    root = Path(sysconfig.get_path("stdlib"))
    modules = sorted(path for path in root.rglob("*.py") if "site-packages" not in path.parts)
    for archive, is_new in ((old, False), (new, True)):
        dice = random.Random(6)  # noqa: S311  # test data, not secrets
        with tarfile.open(archive, "w") as tar:
            for number, module in enumerate(modules[:files_most]):
                lines = module.read_bytes().splitlines(keepends=True)
                if is_new and number % 20 == 0:
                    lines.insert(dice.randrange(len(lines) + 1), b"# %d\n" % dice.randrange(10**9))
                content = b"".join(lines)
                entry = tarfile.TarInfo(str(module.relative_to(root)))
                entry.size = len(content)
                entry.mtime = 1_700_000_000 if is_new else 1_690_000_000
                tar.addfile(entry, io.BytesIO(content))


def database(old: Path, new: Path, rows: int) -> None:
    """A table with an index; then one row in a hundred updated and one in a hundred put in."""
    dice = random.Random(7)  # noqa: S311  # test data, not secrets
    with closing(sqlite3.connect(old)) as before, before:
        before.execute("PRAGMA page_size = 4096")
        before.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, body BLOB)")
        before.execute("CREATE INDEX item_name ON item (name)")
        filled = ((f"{dice.randrange(10**9)}", dice.randbytes(200)) for _ in range(rows))
        before.executemany("INSERT INTO item (name, body) VALUES (?, ?)", filled)
    with old.open("rb") as file, new.open("wb") as copy:
        copy_bytes(file, copy, old.stat().st_size)
    with closing(sqlite3.connect(new)) as after, after:
        changed = [(dice.randbytes(200), dice.randrange(rows)) for _ in range(rows // 100)]
        after.executemany("UPDATE item SET body = ? WHERE id = ?", changed)
        filled = ((f"{dice.randrange(10**9)}", dice.randbytes(200)) for _ in range(rows // 100))
        after.executemany("INSERT INTO item (name, body) VALUES (?, ?)", filled)


def write_random(path: Path, size_bytes: int, seed: int) -> None:
    """Incompressible bytes."""
    dice = random.Random(seed)  # noqa: S311  # test data, not secrets
    with path.open("wb") as file:
        for start in range(0, size_bytes, PIECE_BYTES):
            file.write(dice.randbytes(min(PIECE_BYTES, size_bytes - start)))


def copy_bytes(before: io.BufferedIOBase, after: io.BufferedIOBase, length: int) -> None:
    """Copy that many bytes from where both files stand; nothing where length is not above 0."""
    while length > 0 and (piece := before.read(min(PIECE_BYTES, length))):
        after.write(piece)
        length -= len(piece)


WRITERS: dict[str, Callable[[Path, Path, int], None]] = {
    "edited": edited,
    "unrelated": unrelated,
    "hole": hole,
    "sparse": sparse,
    "source": source,
    "database": database,
}


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is the bench's to tell of
    shape, scale, old_name, new_name = sys.argv[1:]
    WRITERS[shape](Path(old_name), Path(new_name), int(scale))
