"""Many threads give what one gives, and what rdiff gives."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdiff_gui.engine import (
    Progress,
    Resources,
    Sealing,
    SignatureOptions,
    apply_patch,
    delta_slices,
    make_delta,
    make_signature,
    verify_patch,
)

from .conftest import MakeFile, Rdiff, edited, random_bytes

PLAIN = Sealing.NONE
THREADS = [1, 2, 5]


def shuffled(data: bytes, piece_bytes: int) -> bytes:
    """The same pieces in another order, so that matches lead everywhere."""
    pieces = [data[start : start + piece_bytes] for start in range(0, len(data), piece_bytes)]
    random.Random(6).shuffle(pieces)  # noqa: S311  # test data, not secrets
    return b"".join(pieces)


NEW_FILES: dict[str, Callable[[bytes], bytes]] = {
    "edited": lambda data: edited(data, 40),
    "moved by some bytes": lambda data: b"12345" + data,
    "shuffled": lambda data: shuffled(data, 300_001),
    "unrelated": lambda data: random_bytes(len(data), 9),
    "unchanged": lambda data: data,
    "half": lambda data: data[: len(data) // 2 + 77] + random_bytes(len(data) // 2, 8),
}


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("block_bytes", [0, 700, 4096])
def test_signatures_are_rdiffs_with_any_number_of_threads(
    threads: int, block_bytes: int, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Slices are cut at block boundaries, so nothing shows where they were cut."""
    old = make_file("old", 7_654_321)
    options = SignatureOptions(block_bytes)
    make_signature(old, tmp_path / "ours", options, sealing=PLAIN, resources=Resources(threads))
    rdiff("-b", str(block_bytes), "signature", old, tmp_path / "theirs")
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


@pytest.mark.parametrize("case", NEW_FILES)
def test_deltas_do_not_depend_on_the_number_of_threads(
    case: str, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """One delta for any number of threads, at most a thousandth longer than rdiff's, and right."""
    old = make_file("old", 6_000_000)
    new = make_file("new", NEW_FILES[case](old.read_bytes()))
    make_signature(old, tmp_path / "sig", sealing=PLAIN)
    deltas = set()
    for threads in THREADS:
        delta = io.BytesIO()
        make_delta(tmp_path / "sig", new, delta, sealing=PLAIN, resources=Resources(threads))
        deltas.add(delta.getvalue())
    (ours,) = deltas
    rdiff("delta", tmp_path / "sig", new, tmp_path / "theirs")
    assert len(ours) <= 1.001 * (tmp_path / "theirs").stat().st_size
    rdiff("patch", old, make_file("ours", ours), tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("case", NEW_FILES)
def test_patches_are_right_with_any_number_of_threads(
    case: str, threads: int, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Ours and rdiff's deltas, into a file and into a stream, sealed and not."""
    old = make_file("old", 6_000_000)
    new = make_file("new", NEW_FILES[case](old.read_bytes()))
    make_signature(old, tmp_path / "sig")
    make_delta(tmp_path / "sig", new, tmp_path / "ours")
    rdiff("delta", tmp_path / "sig", new, tmp_path / "theirs")
    resources = Resources(threads)
    for delta in (tmp_path / "ours", tmp_path / "theirs"):
        apply_patch(old, delta, tmp_path / "result", replace=True, resources=resources)
        assert (tmp_path / "result").read_bytes() == new.read_bytes()
        stream = io.BytesIO()
        apply_patch(old, delta, stream, resources=resources)
        assert stream.getvalue() == new.read_bytes()
        assert verify_patch(old, delta, resources=resources).result_bytes == new.stat().st_size


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    pieces=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 90)), max_size=40),
    block_bytes=st.sampled_from([1, 16, 61, 64]),
    slice_bytes=st.sampled_from([64, 100, 257]),
    piped=st.booleans(),
)
def test_no_cut_shows_wherever_it_falls(
    pieces: list[tuple[int, int]],
    block_bytes: int,
    slice_bytes: int,
    piped: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Slices of some bytes, so that cuts fall within every kind of match, literal and repeat."""
    monkeypatch.setattr(delta_slices, "_SLICE_BYTES_LEAST", slice_bytes)
    monkeypatch.setattr(delta_slices, "_SLICE_BYTES_MOST", slice_bytes)
    old = b"".join(random_bytes(90, seed) for seed in range(8)) + bytes(90)
    # Piece 9 is not in the old file; 8 is zeros, which match everywhere.
    source = [old[number * 90 :][:90] for number in range(9)] + [random_bytes(90, 99)]
    new = b"".join(source[number][:length] for number, length in pieces)
    (tmp_path / "old").write_bytes(old)
    (tmp_path / "new").write_bytes(new)
    signature, delta, whole, result = io.BytesIO(), io.BytesIO(), io.BytesIO(), io.BytesIO()
    options = SignatureOptions(block_bytes)
    make_signature(tmp_path / "old", signature, options, sealing=PLAIN)

    def compare(into: io.BytesIO, source: Path | io.BytesIO) -> int:
        signed = io.BytesIO(signature.getvalue())
        return make_delta(signed, source, into, resources=Resources(3)).literal_bytes

    literal_bytes = compare(delta, io.BytesIO(new) if piped else tmp_path / "new")
    apply_patch(tmp_path / "old", io.BytesIO(delta.getvalue()), result)
    assert result.getvalue() == new
    monkeypatch.undo()
    # Before a cut, librsync may take another of two possible matches; it is never far.
    cuts = len(new) // (max(1, slice_bytes // block_bytes) * block_bytes)
    assert literal_bytes <= compare(whole, tmp_path / "new") + cuts * block_bytes


@pytest.mark.parametrize("threads", THREADS)
def test_progress_only_grows(threads: int, make_file: MakeFile, tmp_path: Path) -> None:
    """However many threads tell it, the bar never goes back, and ends at the end."""
    old = make_file("old", 30_000_000)
    told: list[Progress] = []
    resources = Resources(threads)
    make_signature(old, tmp_path / "sig", on_progress=told.append, resources=resources)
    check_progress(told, 30_000_000)
    make_delta(
        tmp_path / "sig", old, tmp_path / "delta", on_progress=told.append, resources=resources
    )
    check_progress(told)
    apply_patch(
        old, tmp_path / "delta", tmp_path / "new", on_progress=told.append, resources=resources
    )
    check_progress(told)


def check_progress(told: list[Progress], total_bytes: int | None = None) -> None:
    """What was told grows up to the total."""
    done = [progress.done_bytes for progress in told]
    assert done == sorted(done)
    assert told[-1].done_bytes == told[-1].total_bytes
    assert total_bytes in (None, told[-1].total_bytes)
    told.clear()
