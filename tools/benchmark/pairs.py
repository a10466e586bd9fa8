"""Pairs of an old and a new file, the same bytes on every run with the same Python."""

from __future__ import annotations

import functools
import io
import random
import sqlite3
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

MIB = 1 << 20
GIB = 1 << 30
_PIECE_BYTES = 4 * MIB


@dataclass(frozen=True, slots=True)
class Pair:
    """A name, a sentence, how to write the two files, and what room they and a rebuilt one take."""

    name: str
    description: str
    write: Callable[[Path, Path], None]
    room_bytes: int


def comparison(*, quick: bool) -> list[Pair]:
    """The five pairs of the comparison; small ones for a quick run."""
    image_bytes, modules, rows = (4 * MIB, 20, 2000) if quick else (GIB, 100_000, 500_000)
    return [
        edited(MIB if quick else GIB),
        unrelated(MIB if quick else 256 * MIB),
        Pair(
            f"sparse image, {size_text(image_bytes)}",
            "64 islands of data in holes; then 100 pages written here and there",
            lambda old, new: _write_sparse(old, new, image_bytes),
            image_bytes,
        ),
        Pair(
            "source tarball",
            "the sources of the running Python; then a release later: every file's time has "
            "changed, and one file in twenty",
            lambda old, new: _write_sources(old, new, modules),
            256 * MIB,
        ),
        Pair(
            "SQLite file",
            "a table with an index; then one row in a hundred updated, one in a hundred more",
            lambda old, new: _write_database(
                old, new, rows, changed=rows // 100, added=rows // 100
            ),
            512 * MIB,
        ),
    ]


def edited(size_bytes: int) -> Pair:
    """Random data with 200 edits."""
    return Pair(
        f"edited, {size_text(size_bytes)}",
        "random bytes; then 200 stretches of up to 50 bytes replaced, put in or taken out",
        lambda old, new: _write_edited(old, new, size_bytes),
        3 * size_bytes,
    )


def unrelated(size_bytes: int) -> Pair:
    """Nothing in common."""

    def write(old: Path, new: Path) -> None:
        write_random(old, size_bytes, seed=3)
        write_random(new, size_bytes, seed=4)

    text = "two files of random bytes that have nothing in common"
    return Pair(f"unrelated, {size_text(size_bytes)}", text, write, 8 * size_bytes)


def packages(folder: Path, *, quick: bool) -> list[Pair]:
    """Two versions of well-known packages, one after another, and a database.

    They are fetched into `folder` where they are not there yet. Raises: CalledProcessError.
    """
    versions = {"numpy": ("2.4.5", "2.4.6"), "scipy": ("1.17.0", "1.17.1"),
                "sympy": ("1.13.3", "1.14.0")}  # fmt: skip
    found = []
    for name, both in versions.items() if not quick else ():
        write = functools.partial(_write_wheels, [fetch(folder, name, each) for each in both])
        text = "the files of its wheel as a tar archive"
        found.append(Pair(f"{name} {' → '.join(both)}", text, write, 512 * MIB))
    rows, changed = (2000, 20) if quick else (500_000, 2000)
    return [
        *found,
        Pair(
            f"SQLite file, {changed} rows changed",
            "a table with an index; then some rows updated",
            lambda old, new: _write_database(old, new, rows, changed=changed, added=0),
            512 * MIB,
        ),
    ]


def moved(size_bytes: int) -> list[Pair]:
    """Random data that is changed in place, shifted, swapped, and other data."""
    size = size_text(size_bytes)
    return [
        Pair(
            f"edited in place, {size}",
            "random bytes; then 200 stretches of up to 50 bytes replaced by as many",
            lambda old, new: _write_edited(old, new, size_bytes, in_place=True),
            3 * size_bytes,
        ),
        Pair(
            f"insertions, {size}",
            "random bytes; then 1000 put in at the front, and 1000 in the middle",
            lambda old, new: _write_moved(old, new, size_bytes, swapped=False),
            3 * size_bytes,
        ),
        Pair(
            f"halves swapped, {size}",
            "random bytes; then the second half first",
            lambda old, new: _write_moved(old, new, size_bytes, swapped=True),
            3 * size_bytes,
        ),
        unrelated(size_bytes),
    ]


def hole(size_bytes: int) -> Pair:
    """One island of data in a hole, changed in the middle."""

    def write(old: Path, new: Path) -> None:
        dice = _dice(8)
        island = bytearray(dice.randbytes(MIB))
        for path in (old, new):
            with path.open("wb") as file:
                file.truncate(size_bytes)
                file.seek(size_bytes // 2 + 4096)
                file.write(island)
            island[1000:1100] = dice.randbytes(100)

    text = "1 MiB of random bytes in a file that is one hole otherwise; then 100 bytes changed"
    return Pair(f"hole, {size_text(size_bytes)}", text, write, 16 * MIB)


def size_text(size_bytes: int) -> str:
    """Such as 256 MiB; sizes of pairs are powers of two."""
    return f"{size_bytes // GIB} GiB" if size_bytes >= GIB else f"{size_bytes // MIB} MiB"


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # test data, not secrets


def write_random(path: Path, size_bytes: int, seed: int) -> None:
    """Random bytes, the same for the same seed."""
    dice = _dice(seed)
    with path.open("wb") as file:
        for start in range(0, size_bytes, _PIECE_BYTES):
            file.write(dice.randbytes(min(_PIECE_BYTES, size_bytes - start)))


def _write_moved(old: Path, new: Path, size_bytes: int, *, swapped: bool) -> None:
    write_random(old, size_bytes, seed=9)
    dice = _dice(10)
    with old.open("rb") as before, new.open("wb") as after:
        for start in (size_bytes // 2, 0) if swapped else (0, size_bytes // 2):
            after.write(b"" if swapped else dice.randbytes(1000))
            before.seek(start)
            for _ in range(0, size_bytes // 2, MIB // 2):
                after.write(before.read(MIB // 2))


def _write_edited(old: Path, new: Path, size_bytes: int, *, in_place: bool = False) -> None:
    write_random(old, size_bytes, seed=1)
    dice = _dice(2)
    with old.open("rb") as before, new.open("wb") as after:
        for place in [*sorted(dice.randrange(size_bytes) for _ in range(200)), size_bytes]:
            while (left := min(_PIECE_BYTES, place - before.tell())) > 0:
                after.write(before.read(left))
            skipped = before.read(dice.randrange(50))
            after.write(dice.randbytes(len(skipped) if in_place else dice.randrange(50)))


def _write_sparse(old: Path, new: Path, size_bytes: int) -> None:
    for path, writes in ((old, 0), (new, 100)):
        dice = _dice(5)
        with path.open("wb") as file:
            file.truncate(size_bytes)
            for length, count in ((size_bytes // 4096, 64), (4096, writes)):
                for _ in range(count):
                    file.seek(dice.randrange((size_bytes - length) // 4096) * 4096)
                    file.write(dice.randbytes(length))


def _write_sources(old: Path, new: Path, modules_most: int) -> None:
    """Release tarballs give all files the time of the release, so every header changes."""
    root = Path(sysconfig.get_path("stdlib"))
    modules = sorted(path for path in root.rglob("*.py") if "site-packages" not in path.parts)
    for archive, seconds, changed in ((old, 1_690_000_000, 0), (new, 1_700_000_000, 20)):
        dice = _dice(6)
        with tarfile.open(archive, "w") as tar:
            for number, module in enumerate(modules[:modules_most]):
                lines = module.read_bytes().splitlines(keepends=True)
                if changed and number % changed == 0:
                    lines.insert(dice.randrange(len(lines) + 1), b"# %d\n" % dice.randrange(10**9))
                content = b"".join(lines)
                entry = tarfile.TarInfo(str(module.relative_to(root)))
                entry.size, entry.mtime = len(content), seconds
                tar.addfile(entry, io.BytesIO(content))


def fetch(folder: Path, name: str, version: str) -> Path:
    """The wheel for one Python on one system, so that all who measure have the same bytes."""
    place = folder / f"{name}-{version}"
    if not list(place.glob("*.whl")):
        print(f"Fetching {name} {version} (once).", file=sys.stderr)
        fixed = "--no-deps --only-binary :all: --implementation cp --python-version 3.13"
        systems = [f"--platform=manylinux_2_{libc}_x86_64" for libc in (17, 27, 28)]
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", *fixed.split(), *systems,
             "-d", str(place), f"{name}=={version}"],
            check=True,
        )  # fmt: skip
    return next(place.glob("*.whl"))


def _write_wheels(wheels: list[Path], old: Path, new: Path) -> None:
    for wheel, archive in zip(wheels, (old, new), strict=True):
        with zipfile.ZipFile(wheel) as packed, tarfile.open(archive, "w") as tar:
            for entry in sorted(packed.infolist(), key=lambda entry: entry.filename):
                header = tarfile.TarInfo(entry.filename)
                header.size = entry.file_size
                tar.addfile(header, io.BytesIO(packed.read(entry)))


def _write_database(old: Path, new: Path, rows: int, *, changed: int, added: int) -> None:
    dice = _dice(7)

    def insert(database: sqlite3.Connection, count: int) -> None:
        filled = ((f"{dice.randrange(10**9)}", dice.randbytes(200)) for _ in range(count))
        database.executemany("INSERT INTO item (name, body) VALUES (?, ?)", filled)

    with closing(sqlite3.connect(old)) as database, database:
        database.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, body BLOB)")
        database.execute("CREATE INDEX item_name ON item (name)")
        insert(database, rows)
    copyfile(old, new)
    with closing(sqlite3.connect(new)) as database, database:
        updates = [(dice.randbytes(200), dice.randrange(rows)) for _ in range(changed)]
        database.executemany("UPDATE item SET body = ? WHERE id = ?", updates)
        insert(database, added)
