"""Pairs of an old and a new file, the same bytes on every run with the same Python."""

from __future__ import annotations

import io
import random
import sqlite3
import sysconfig
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
PIECE_BYTES = 4 * MIB
EDITS = 200
Write = Callable[[Path, Path, int], None]


@dataclass(frozen=True, slots=True)
class Workload:
    """A name, a sentence, and how to write the pair. `scale`: bytes, files or rows."""

    name: str
    description: str
    scale: int
    write: Write


def workloads(quick: bool) -> list[Workload]:
    """The five pairs of the comparison; small ones for a quick run."""
    return [
        Workload("edited", "random data with 200 edits", 2 * MIB if quick else 1024 * MIB, edited),
        Workload("unrelated", "random, unrelated", MIB if quick else 256 * MIB, unrelated),
        Workload(
            "sparse", "sparse image, scattered writes", 4 * MIB if quick else 1024 * MIB, sparse
        ),
        Workload("source", "tarball of Python sources, edited", 20 if quick else 100_000, source),
        Workload("sqlite", "SQLite file, rows updated", 2000 if quick else 500_000, database),
    ]


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
    """The sources of the running Python; in the new tarball one file in twenty has a new line."""
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
