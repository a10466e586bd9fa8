"""Deltas of two files that are both at hand: right for all content, and small where they can be."""

from __future__ import annotations

import io
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdiff_gui.engine import (
    CancelToken,
    DeltaSummary,
    Progress,
    Resources,
    Sealing,
    SignatureOptions,
    apply_patch,
    file_walk,
    gap_matches,
    make_delta_from_files,
    match_hints,
)
from rdiff_gui.errors import Cancelled, SourceChanged
from rdiff_gui.formats.zstd_sequences import FrameReader

from .conftest import MakeFile, Rdiff, edited, random_bytes
from .platforms import WINDOWS, posix_only

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MIB = 2**20

# A piece by its seed: random, text, zeros, something repeated.
pieces = st.integers(0, 11)
edits = st.tuples(st.integers(0, 10**6), st.integers(0, 40), st.binary(max_size=40))


def piece(seed: int) -> bytes:
    """Some thousand bytes of one kind or another."""
    size = (700, 5000, 13_000)[seed % 3]
    match seed // 3:
        case 0:
            return random_bytes(size, seed)
        case 1:
            return b"".join(b"line %d of it\n" % number for number in range(size // 12))[:size]
        case 2:
            return bytes(size)
        case _:
            return (random_bytes(100, seed) * (size // 100 + 1))[:size]


def changed(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """`data` with stretches replaced by others."""
    result = bytearray(data)
    for place, length, put in changes:
        start = place % (len(result) + 1)
        result[start : start + length] = put
    return bytes(result)


def check(old: Path, new: Path, folder: Path, rdiff: Rdiff, **options: object) -> DeltaSummary:
    """Make the delta, and have it applied by our patch and by rdiff's."""
    summary = make_delta_from_files(old, new, folder / "delta", replace=True, **options)  # type: ignore[arg-type]  # handed on
    apply_patch(old, folder / "delta", folder / "ours", replace=True)
    assert (folder / "ours").read_bytes() == new.read_bytes()
    plain = folder / "delta"
    if options.get("compress"):
        plain = folder / "unpacked"
        plain.write_bytes(zstd.decompress((folder / "delta").read_bytes()))
    rdiff("-f", "patch", old, plain, folder / "theirs")
    assert (folder / "theirs").read_bytes() == new.read_bytes()
    assert summary.literal_bytes + summary.copied_bytes == summary.new_bytes == new.stat().st_size
    return summary


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files of some kilobytes go through all that large ones do."""
    for module, name, value in (
        (file_walk, "_PIECE_BYTES", 2**13),
        (file_walk, "_GAP_BYTES_MOST", 2**12),
        (file_walk, "_STRETCH_BYTES", 2**15),
        (file_walk, "_STRETCH_ITEMS", 8),
        (gap_matches, "_PART_BYTES", 2**12),
        (gap_matches, "_DOUBTED_BYTES", 2**13),
        (gap_matches, "PREFIX_BYTES_MOST", 2**14),
        (match_hints, "PREFIX_BYTES_MOST", 2**14),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.mark.usefixtures("small_windows")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    before=st.lists(pieces, max_size=8),
    after=st.lists(pieces, max_size=8),
    changes=st.lists(edits, max_size=6),
    compress=st.booleans(),
)
def test_shared_moved_repeated_and_edited_pieces_go_round(
    before: list[int],
    after: list[int],
    changes: list[tuple[int, int, bytes]],
    compress: bool,
    rdiff: Rdiff,
    tmp_path: Path,
) -> None:
    """Whatever two files share, and wherever, both programs make the new one of the old one."""
    (tmp_path / "old").write_bytes(b"".join(map(piece, before)))
    (tmp_path / "new").write_bytes(changed(b"".join(map(piece, after)), changes))
    check(tmp_path / "old", tmp_path / "new", tmp_path, rdiff, compress=compress)


@pytest.mark.parametrize("sealing", [Sealing.FULL, Sealing.NONE])
@pytest.mark.parametrize("new_size", [0, 1, 4096, 4097, 3 * MIB + 1])
@pytest.mark.parametrize("old_size", [0, 1, 4096, 3 * MIB])
def test_any_sizes_go_round(
    old_size: int,
    new_size: int,
    sealing: Sealing,
    make_file: MakeFile,
    rdiff: Rdiff,
    tmp_path: Path,
) -> None:
    """Empty files, those of a byte, and those that end on a page."""
    data = random_bytes(4 * MIB)
    old, new = make_file("old", data[:old_size]), make_file("new", data[:new_size])
    summary = check(old, new, tmp_path, rdiff, sealing=sealing)
    assert summary.copied_bytes >= min(old_size, new_size) // 4096 * 4096
    assert summary.identical == (old_size == new_size)


def test_the_delta_does_not_depend_on_the_threads(
    make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor on what of the two files was worked on first, in one stretch or in several."""
    monkeypatch.setattr(file_walk, "_STRETCH_BYTES", 3 * MIB)
    data = random_bytes(6 * MIB)
    parts = [data[start : start + MIB // 2] for start in range(0, len(data), MIB // 2)]
    old = make_file("old", data)
    new = make_file("new", edited(b"".join(parts[::-1]), 200) + random_bytes(9 * MIB, 5))
    deltas = set()
    for threads in (1, 2, 5):
        make_delta_from_files(
            old, new, tmp_path / "delta", sealing=Sealing.NONE, replace=True,
            resources=Resources(threads),
        )  # fmt: skip
        deltas.add((tmp_path / "delta").read_bytes())
    assert len(deltas) == 1


def de_bruijn(letters: int, order: int) -> bytes:
    """Every word of so many letters, each once. Source: Fredricksen, Kessler and Maiorana."""
    word = [0] * letters * order
    text = bytearray()

    def extend(length: int, period: int) -> None:
        if length > order:
            if order % period == 0:
                text.extend(word[1 : period + 1])
            return
        word[length] = word[length - period]
        extend(length + 1, period)
        for letter in range(word[length - period] + 1, letters):
            word[length] = letter
            extend(length + 1, length)

    extend(1, 1)
    return bytes(text)


def hard_pair(name: str, size: int) -> tuple[bytes, bytes, int, int]:
    """Old and new file of about that size, and how many commands and literal bytes are enough."""
    dice = random_bytes(size, 1)
    some = 100_000
    match name:
        case "zeros":
            return bytes(size), bytes(size + some), 30, 4096
        case "more zeros":
            return bytes(MIB), bytes(size), 100, 2 * MIB
        case "one byte":
            return b"x" * size, b"y" * some + b"x" * size, 30, 3 * some
        case "period":
            period = random_bytes(1000, 2) * (size // 1000)
            return period, b"put in" + period[:MIB] + b"here" + period[MIB:], 60, some
        case "de Bruijn":
            # Four letters: the order is the number of times that the size is divided by 4.
            words = de_bruijn(4, size.bit_length() // 2)
            return words, changed(words, [(9**7, 9, b"zz")]), 30, 1000
        case "unrelated":
            return dice, random_bytes(size, 3), 1000, size
        case "reversed":
            return dice, dice[::-1], 1000, size
        case "swapped":
            return dice, dice[size // 2 :] + dice[: size // 2], 20, 4096
        case "shuffled":
            pages = [dice[start : start + 8192] for start in range(0, size, 8192)]
            return dice, b"".join(pages[::-1]), 10_000, size // 8
        case "nine bytes":
            every = bytearray(dice)
            every[::9] = bytes(len(every[::9]))
            return dice, bytes(every), size // 2, size
    raise KeyError(name)


@pytest.mark.parametrize("size", [4 * MIB, pytest.param(16 * MIB, marks=pytest.mark.campaign)])
@pytest.mark.parametrize(
    "name",
    [
        *("zeros", "more zeros", "one byte", "period", "de Bruijn"),
        *("unrelated", "reversed", "swapped", "shuffled", "nine bytes"),
    ],
)
def test_nothing_is_quadratic(
    name: str, size: int, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Files made to be hard: the work is bounded, and so are commands and literals."""
    before, after, commands_most, literal_most = hard_pair(name, size)
    old, new = make_file("old", before), make_file("new", after)
    summary = check(old, new, tmp_path, rdiff, sealing=Sealing.NONE)
    assert summary.copy_count + summary.literal_count <= commands_most
    assert summary.literal_bytes <= literal_most


def test_what_changes_meanwhile_is_refused(
    make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A delta between files that somebody writes to fits neither version."""
    data = random_bytes(3 * MIB)
    old, new = make_file("old", data), make_file("new", edited(data))
    really_walk = file_walk.Walk.end
    for changing in (old, new):

        def end(walk: file_walk.Walk, path: Path = changing) -> None:
            with path.open("r+b") as file:
                file.write(b"x")
            really_walk(walk)

        monkeypatch.setattr(file_walk.Walk, "end", end)
        with pytest.raises(SourceChanged):
            make_delta_from_files(old, new, tmp_path / "delta")
        assert not (tmp_path / "delta").exists()


def test_a_file_cut_short_meanwhile_is_refused(
    make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there when it was opened is not there any more."""
    data = random_bytes(3 * MIB)
    old, new = make_file("old", data), make_file("new", data[::-1])
    really_walk = file_walk.Walk.stretches

    def stretches(walk: file_walk.Walk) -> Iterator[file_walk.Stretch]:
        os.truncate(old, MIB)
        return really_walk(walk)

    monkeypatch.setattr(file_walk.Walk, "stretches", stretches)
    with pytest.raises(SourceChanged):
        make_delta_from_files(old, new, tmp_path / "delta")


@pytest.mark.parametrize("part", [0.0, 0.3, 0.99])
def test_a_cancel_at_any_moment_leaves_nothing(
    part: float, make_file: MakeFile, tmp_path: Path
) -> None:
    """While both are compared, while gaps are filled, and while the rest is packed."""
    data = random_bytes(6 * MIB)
    old = make_file("old", data)
    new = make_file("new", edited(data[3 * MIB :] + data[: 3 * MIB], 500) + random_bytes(MIB, 7))
    token = CancelToken()

    def cancel_late(progress: Progress) -> None:
        if progress.done_bytes >= part * (progress.total_bytes or 0):
            token.cancel()

    with pytest.raises(Cancelled):
        make_delta_from_files(
            old, new, tmp_path / "delta", compress=True, best=True,
            on_progress=cancel_late, cancel=token,
        )  # fmt: skip
    # On Windows, a name goes when its file is closed.
    while WINDOWS and len(list(tmp_path.iterdir())) > 2:
        time.sleep(0.01)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]


def test_what_cannot_be_read_twice_goes_by_way_of_a_signature(
    make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Streams, and whoever asks for blocks: the delta is another one, and as right."""
    data = random_bytes(200_000)
    old, new = make_file("old", data), make_file("new", edited(data, 3))
    direct = check(old, new, tmp_path, rdiff, options=SignatureOptions())
    for before, options in ((old.open("rb"), SignatureOptions(2000)), (io.BytesIO(data), None)):
        with before:
            summary = make_delta_from_files(
                before, new, tmp_path / "delta", *([options] if options else []), replace=True
            )
        assert summary.literal_bytes > direct.literal_bytes
        apply_patch(old, tmp_path / "delta", tmp_path / "result", replace=True)
        assert (tmp_path / "result").read_bytes() == new.read_bytes()


def test_progress_only_grows_and_ends_at_its_total(make_file: MakeFile, tmp_path: Path) -> None:
    """What is counted is what was said to be in all."""
    data = random_bytes(3 * MIB)
    old, new = make_file("old", data), make_file("new", edited(data) + random_bytes(MIB, 2))
    for sealing in (Sealing.FULL, Sealing.NONE):
        told: list[Progress] = []
        make_delta_from_files(
            old, new, tmp_path / "delta", sealing=sealing, replace=True, on_progress=told.append
        )
        done = [each.done_bytes for each in told]
        assert done == sorted(done)
        assert told[-1].done_bytes == told[-1].total_bytes
        assert all(each.done_bytes <= (each.total_bytes or 0) for each in told)


@posix_only("holes are not looked for there")
def test_huge_holes_are_not_read(
    make_sparse: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """64 GiB of hole, with data that has moved: what is read is little more than that."""
    really_read = os.preadv
    read_bytes: list[int] = []

    def read(descriptor: int, buffers: Sequence[memoryview], position: int) -> int:
        read_bytes.append(really_read(descriptor, buffers, position))
        return read_bytes[-1]

    monkeypatch.setattr(os, "preadv", read)
    size_bytes = 64 * 2**30
    old = make_sparse("old", size_bytes, {20 * 2**30: random_bytes(MIB)})
    new = make_sparse("new", size_bytes + 5, {40 * 2**30 + 77: random_bytes(MIB)})
    summary = make_delta_from_files(old, new, tmp_path / "delta", sealing=Sealing.NONE)
    assert summary.copy_count < 20
    assert summary.literal_bytes < 10_000
    apply_patch(old, tmp_path / "delta", tmp_path / "result")
    assert (tmp_path / "result").stat().st_size == size_bytes + 5
    with (tmp_path / "result").open("rb") as result:
        result.seek(40 * 2**30)
        assert result.read(MIB + 154) == bytes(77) + random_bytes(MIB) + bytes(77)
    assert len(read_bytes) < 1000
    assert sum(read_bytes) < 16 * MIB


def test_a_smaller_delta_takes_a_second_look(
    make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Shorter matches are found, and better packed; it is no other format."""
    dice = random.Random(1)  # noqa: S311  # test data, not secrets
    words = [dice.randbytes(6).hex().encode() for _ in range(3000)]
    lines = [b" ".join(dice.choices(words, k=7)) for _ in range(20_000)]
    old = make_file("old", b"\n".join(lines))
    dice.shuffle(lines)
    new = make_file("new", b"\n".join(lines))
    fast, best = (check(old, new, tmp_path, rdiff, compress=True, best=best) for best in (0, 1))
    assert best.delta_bytes < fast.delta_bytes


PARAMETERS = zstd.CompressionParameter


@pytest.mark.parametrize("level", [-5, 1, 3, 7, 13, 19])
@pytest.mark.parametrize("size", [0, 40, 3000, 300_000])
def test_matches_are_read_out_of_frames(level: int, size: int) -> None:
    """Of all that zstd writes: every match is one, and those of a copy cover it."""
    text = b"".join(b"%d lines of it, " % (number * 7919) for number in range(60_000))
    prefix = random_bytes(100_000) + text[:200_000] + bytes(1000)
    data = (prefix[50_000:270_000] + b"new" + random_bytes(1000, 5) + text[500_000:])[:size]
    compressor = zstd.ZstdCompressor(
        options={PARAMETERS.compression_level: level, PARAMETERS.window_log: 20},
        zstd_dict=zstd.ZstdDict(prefix, is_raw=True).as_prefix,
    )
    frame = compressor.compress(data, compressor.FLUSH_FRAME)
    matches = FrameReader(frame, len(prefix), 8).matches()
    ends = [0, *(start + length for start, _, length in matches)]
    assert all(end <= start for end, (start, _, _) in zip(ends, matches, strict=False))
    for start, source, length in matches:
        assert length >= 8
        assert data[start : start + length] == prefix[source : source + length]
    if size > 40 and level > 5:
        assert sum(length for _, _, length in matches) > 0.5 * min(size, 220_000)


def test_files_that_are_the_same_need_no_delta(make_file: MakeFile, tmp_path: Path) -> None:
    """On request there is none then, nor anything else, and one where a byte differs."""
    old, same = make_file("old", 300_000), make_file("same", 300_000)
    summary = make_delta_from_files(old, same, tmp_path / "delta", if_different=True)
    assert summary.identical
    assert {path.name for path in tmp_path.iterdir()} == {"old", "same"}
    other = make_file("other", old.read_bytes()[:-1] + b"x")
    assert not make_delta_from_files(old, other, tmp_path / "delta", if_different=True).identical
    assert (tmp_path / "delta").exists()
