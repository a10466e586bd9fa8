"""Deltas of short texts: whatever zstd tells of them, they make the new one."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rdiff_gui.engine.text_delta import write_text_delta
from rdiff_gui.formats.delta_commands import CommandReader

_LINES = [f"line {number} of some text or other\n".encode() for number in range(40)]
_PIECES = st.lists(st.sampled_from([*_LINES, b"", b"x", b"ab" * 40, b"\xff\r\n"]), max_size=60)
_TEXTS = _PIECES.map(b"".join)
_SHORT, _LONG = b"x" * 31, b"".join(_LINES) * 50


def made_of(old: bytes, delta: bytes) -> bytes:
    """What its commands make of the old text."""
    reader = CommandReader(Path("delta"))
    new = bytearray()
    for is_literal, start, length in reader.feed(delta):
        new += (delta if is_literal else old)[start : start + length]
    reader.finish()
    return bytes(new)


@settings(deadline=None)
@given(_TEXTS, _TEXTS)
@example(b"", b"")
@example(b"", _SHORT)
@example(_SHORT, _SHORT * 2)
@example(_LONG, _LONG[5:-5])
@example(_LONG[9:], b"x" + _LONG)
def test_it_makes_the_new_text(old: bytes, new: bytes) -> None:
    """Matches that overlap, that end where a file ends, and none at all."""
    for best in (False, True):
        delta = bytearray()
        write_text_delta(old, new, delta.extend, best=best)
        assert made_of(old, bytes(delta)) == new


def test_an_edit_takes_a_few_bytes() -> None:
    """Of a text, what a hundred edits leave is copied."""
    draw = random.Random(1)  # noqa: S311  # test data, not secrets
    old = b"".join(draw.randbytes(20).hex().encode() + b"\n" for _ in range(5000))
    new = bytearray(old)
    for place in draw.sample(range(0, len(old), 50), 100):
        new[place : place + 3] = b"edited"
    delta = bytearray()
    write_text_delta(old, bytes(new), delta.extend, best=False)
    assert len(delta) < 100 * 40
