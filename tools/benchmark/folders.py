"""Folders: one delta for all that changed, and a patch where nothing does."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmark.contenders import PROJECT
from benchmark.pairs import fetch
from benchmark.rounds import CommandFailed, Spread, launch, temporary_folder

_OURS = (sys.executable, "-P", "-m", "rdiff_gui")
_ENVIRONMENT = {"PYTHONPATH": str(PROJECT)}
REFERENCE = "tar, xdelta3 -9"
OURS = "rdiff-gui"
# With numbers for the old folder, the new one, and what is written; a line is one process.
_WAYS = {
    OURS: (),
    REFERENCE: (
        "tar cf {2}.old --sort=name -C {0} .",
        "tar cf {2}.new --sort=name -C {1} .",
        "xdelta3 -9 -e -f -s {2}.old {2}.new {2}",
    ),
    "rdiffdir, zstd -19": (
        "rdiffdir signature {0} {2}.sig",
        "rdiffdir delta {2}.sig {1} {2}.tar",
        "zstd -19 -qf {2}.tar -o {2}",
    ),
    "hdiffz -dir": ("hdiffz -f -c-zstd-19 {0} {1} {2}",),
}
_WHEELS = (("scipy", "1.17.0", "1.17.1"), ("django", "5.1", "5.2"))
_TAGS = (("v2.30.0", "v2.40.0"), ("v2.40.0", "v2.49.0"), ("v2.48.0", "v2.49.0"))
SAME_FILES, _SAME_BYTES = 10_000, 10_000


@dataclass(slots=True)
class Way:
    """How one program did with one pair: a delta's size, and seconds a round."""

    delta_bytes: int = 0
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    failure: str = ""


@dataclass(slots=True)
class FolderPair:
    """Two folders, how many files the new one has, and what became of them."""

    name: str
    files: int
    ways: dict[str, Way]


def measure(
    place: Path, packages: Path, git: Path | None, rounds: int, limit_seconds: float, *, quick: bool
) -> list[FolderPair]:
    """All pairs; those of tags where there is a clone of git."""
    return [
        _measure_pair(name, write, place, rounds, limit_seconds)
        for name, write in _pairs(packages, git, quick=quick)
    ]


def measure_nothing(place: Path, rounds: int, *, quick: bool) -> Spread:
    """A patch that has nothing to do, over reading and hashing all, both in this process."""
    from blake3 import blake3

    from rdiff_gui import engine

    def seconds(do: Callable[[], object]) -> float:
        begun = time.perf_counter()
        do()
        return time.perf_counter() - begun

    with temporary_folder(place) as folder:
        tree, delta, dice = folder / "tree", folder / "delta", random.Random(3)  # noqa: S311  # no secret
        for number in range(100 if quick else SAME_FILES):
            path = tree / str(number // 100) / str(number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(dice.randbytes(_SAME_BYTES))
        engine.make_delta_from_trees(tree, tree, delta)

        def patch() -> object:
            return engine.apply_tree_patch(tree, delta, None, keep_backup=False)

        def hash_all() -> None:
            for above, _, names in os.walk(tree):
                for name in names:
                    with open(os.path.join(above, name), "rb") as file:  # noqa: PTH118, PTH123  # faster
                        blake3(file.read()).digest()

        return Spread.of(seconds(patch) / seconds(hash_all) for _ in range(rounds))


def _pairs(
    packages: Path, git: Path | None, *, quick: bool
) -> Iterator[tuple[str, Callable[[Path, Path], None]]]:
    if quick:
        yield "two files", _write_small
        return
    for name, before, after in _WHEELS:
        wheels = [fetch(packages, name, version) for version in (before, after)]

        def unpack(old: Path, new: Path, wheels: list[Path] = wheels) -> None:
            for wheel, folder in zip(wheels, (old, new), strict=True):
                with zipfile.ZipFile(wheel) as packed:
                    packed.extractall(folder)  # noqa: S202  # packages that pip would install

        yield f"{name} {before} → {after}", unpack
    for tags in _TAGS if git else ():

        def check_out(old: Path, new: Path, tags: tuple[str, str] = tags) -> None:
            for tag, folder in zip(tags, (old, new), strict=True):
                command = ["git", "-C", str(git), "archive", tag]
                with (
                    subprocess.Popen(command, stdout=subprocess.PIPE) as archive,
                    tarfile.open(fileobj=archive.stdout, mode="r|") as tar,
                ):
                    tar.extractall(folder, filter="tar")

        yield f"git {tags[0]} → {tags[1]}", check_out


def _write_small(old: Path, new: Path) -> None:
    for folder, text, seconds in ((old, "old", 1), (new, "new", 2)):
        folder.mkdir()
        (folder / "same").write_text("same" * 1000)
        (folder / "other").write_text("line\n" * 500 + text)
        # rdiffdir goes by them.
        os.utime(folder / "other", (seconds, seconds))


def _measure_pair(
    name: str, write: Callable[[Path, Path], None], place: Path, rounds: int, limit_seconds: float
) -> FolderPair:
    with temporary_folder(place) as folder:
        old, new, work = (folder / each for each in ("old", "new", "work"))
        write(old, new)
        files = sum(len(names) for _, _, names in os.walk(new))
        print(f"  {name}: {files:,} files", file=sys.stderr)
        ways = {way: Way() for way, lines in _WAYS.items() if all(map(_is_here, lines))}
        for number in range(rounds):
            for way in random.Random(number).sample(sorted(ways), len(ways)):  # noqa: S311  # no secret
                work.mkdir()
                if not ways[way].failure:
                    try:
                        _do(way, ways[way], (old, new, work / "delta"), limit_seconds)
                    except CommandFailed as problem:
                        ways[way].failure = str(problem)
                        print(f"  {way}: {problem}", file=sys.stderr)
                shutil.rmtree(work)
        return FolderPair(name, files, ways)


def _is_here(line: str) -> bool:
    return shutil.which(line.split()[0]) is not None


def _do(name: str, way: Way, paths: tuple[Path, Path, Path], limit_seconds: float) -> None:
    """One delta; ours is applied as well. Raises: CommandFailed."""
    old, new, delta = paths
    lines = [line.format(*paths).split() for line in _WAYS[name]]
    commands = [[shutil.which(words[0]) or words[0], *words[1:]] for words in lines]
    if name == OURS:
        commands = [[*_OURS, "diff", *map(str, paths)]]
    took = [launch(command, _ENVIRONMENT, limit_seconds) for command in commands]
    way.wall.append(sum(wall for wall, _, _ in took))
    way.cpu.append(sum(cpu for _, cpu, _ in took))
    way.delta_bytes = delta.stat().st_size
    if name == OURS:
        made = delta.with_name("made")
        launch([*_OURS, "patch", str(old), str(delta), str(made)], _ENVIRONMENT, limit_seconds)
        if _content_of(made) != _content_of(new):
            raise CommandFailed("the rebuilt folder is wrong")


def _content_of(folder: Path) -> dict[Path, bytes | None]:
    return {
        path.relative_to(folder): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }
