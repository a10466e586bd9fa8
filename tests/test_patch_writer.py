"""A new file put together from many pieces: few reads, and the same bytes however it is done."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine import (
    PatchOptions,
    Resources,
    apply_patch,
    delta_reader,
    make_delta_from_files,
    system,
    temporary_file,
    verify_patch,
)
from rdiff_gui.engine import input as engine_input
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.output import Nowhere
from rdiff_gui.errors import ResultIncomplete
from rdiff_gui.formats.delta_commands import (
    Command,
    CommandReader,
    pack_copy,
    pack_end,
    pack_literal_head,
    pack_magic,
)

from .conftest import MakeFile, random_bytes
from .fuzzing.reference import patched

ANY_GROWTH = PatchOptions(allow_expansion=True)

# Around what is gathered, what one span may be, holes, and whole slices.
LENGTHS = (1, 3, 64, 2**12, 2**13 - 1, 2**13, 2**13 + 1, 2**16, 2**18 + 1, 2**21 + 1)


def delta_of(seed: int, count: int, basis_bytes: int, lengths: tuple[int, ...]) -> bytes:
    """Literals and copies by turns of those lengths, copies from anywhere or near the last."""
    dice = random.Random(seed)  # noqa: S311  # test data, not secrets
    parts, near = [pack_magic()], 0
    for number in range(count):
        length = dice.choice(lengths)
        if number % 2:
            near = (near + dice.choice((0, 5, 5000, 300_000, basis_bytes // 2))) % basis_bytes
            start = min(near, basis_bytes - length)
            parts.append(pack_copy(start, length))
        else:
            length = min(length, 70_000)
            parts.append(pack_literal_head(length) + dice.randbytes(length))
    return b"".join([*parts, pack_end()])


@pytest.mark.parametrize("lengths", [LENGTHS[:3], LENGTHS[3:7], LENGTHS])
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_pieces_of_any_length_from_anywhere_come_to_their_place(
    seed: int, threads: int, lengths: tuple[int, ...], make_file: MakeFile, tmp_path: Path
) -> None:
    """The same file as by the plainest reading of the commands, for any number of threads."""
    basis = random_bytes(3_000_000, seed)
    content = delta_of(seed, 9_000 if max(lengths) < 100 else 300, len(basis), lengths)
    old, delta = make_file("old", basis), make_file("delta", content)
    apply_patch(old, delta, tmp_path / "new", ANY_GROWTH, resources=Resources(threads=threads))
    assert (tmp_path / "new").read_bytes() == patched(basis, content, 2**30)


def test_many_small_pieces_take_few_reads(
    make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty thousand commands are not fifty thousand calls of the system."""
    basis = random_bytes(100_000)
    commands = b"".join(b"\1x" + pack_copy(4 * number, 3) for number in range(25_000))
    old, delta = make_file("old", basis), make_file("delta", pack_magic() + commands + pack_end())
    reads: list[int] = []
    read_at = Input.read_at

    def count(self: Input, buffer: memoryview, offset: int) -> int:
        reads.append(offset)
        return read_at(self, buffer, offset)

    monkeypatch.setattr(Input, "read_at", count)
    apply_patch(old, delta, tmp_path / "new", ANY_GROWTH)
    assert len(reads) < 100
    new = (tmp_path / "new").read_bytes()
    assert new == b"".join(b"x" + basis[4 * n : 4 * n + 3] for n in range(25_000))


def test_a_result_of_another_length_is_said_to_be_one(
    make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence names the two lengths, and not librsync, which had no part in it."""

    def lose(self: Any, data: memoryview) -> None:
        self.written_bytes += len(data) - 1

    monkeypatch.setattr(Nowhere, "write", lose)
    old, delta = make_file("old", b"x" * 100), make_file("delta", pack_magic() + b"\3new\0")
    with pytest.raises(ResultIncomplete, match=r"with 2 B .* makes 3 B") as caught:
        verify_patch(old, delta)
    assert (caught.value.exit_code, caught.value.expected_bytes) == (106, 3)


@pytest.mark.parametrize(("kept_most", "readings"), [(2**16, 1), (100, 2)])
def test_commands_are_read_once_where_they_are_few(
    kept_most: int,
    readings: int,
    make_file: MakeFile,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Too many to keep are read again, so that memory stays bounded."""
    old = make_file("old", random_bytes(300_000))
    delta = make_file("delta", delta_of(1, 2000, 300_000, LENGTHS[:3]))
    feed, fed_bytes = CommandReader.feed, 0

    def count(self: CommandReader, window: memoryview) -> list[Command]:
        nonlocal fed_bytes
        fed_bytes += len(window)
        return feed(self, window)

    monkeypatch.setattr(CommandReader, "feed", count)
    monkeypatch.setattr(delta_reader, "_KEPT_MOST", kept_most)
    apply_patch(old, delta, tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == patched(old.read_bytes(), delta.read_bytes(), 2**20)
    assert fed_bytes == readings * delta.stat().st_size


@pytest.mark.parametrize("packed", [False, True])
def test_a_delta_is_read_once(
    packed: bool, tmp_path: Path, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its seal, its commands and its data come from one read; none is unpacked to disk."""
    old = make_file("old", 2_000_000)
    new = make_file("new", b"".join((random_bytes(900_000, 5), old.read_bytes()[500_000:])))
    delta = tmp_path / "delta"
    make_delta_from_files(old, new, delta, compress=packed)
    identity, read_bytes = delta.stat().st_ino, 0
    read_at = system.read_at

    def count(descriptor: int, buffer: memoryview, position: int) -> int:
        nonlocal read_bytes
        got = read_at(descriptor, buffer, position)
        read_bytes += got if os.fstat(descriptor).st_ino == identity else 0
        return got

    monkeypatch.setattr(engine_input, "read_at", count)
    monkeypatch.setattr(temporary_file, "_open_nameless", None)
    apply_patch(old, delta, tmp_path / "made")
    assert (tmp_path / "made").read_bytes() == new.read_bytes()
    assert read_bytes == delta.stat().st_size
