"""Seals, frames and names made to hurt: under right checksums lies, and on the screen tricks."""

from __future__ import annotations

import json
import random
import struct
import sys
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..fuzzing.reference import SEAL_MAGIC, ZSTD_MAGIC
from ..fuzzing.targets import compressed
from .bench import Bench, Result
from .bits import operation_on, try_file
from .execution import Outcome
from .judging import Finding, judge_words, snapshot
from .materials import opened
from .operations import Operation

NAME = "hostile"
TITLE = "hostile seals, frames and names"

_FILES = ("tiny-signature", "tiny-delta", "tiny-compressed-delta")

# What a terminal obeys, what turns the direction of reading, what cannot be seen, what is no text.
NAMES: tuple[bytes, ...] = (
    b"\x1b[31mred\x1b[0m", b"\x1b]0;title\x07", b"two\nlines", b"back\rover", b"tab\there",
    b"bell\x07", b"del\x7f\x08\x08", b"\xc2\x9b31m", b"\xff\xfe", b"\xed\xa0\x80", b"a\xcc\x81",
    "\u202egpj.exe".encode(), "\u2066left\u2069".encode(), "zero\u200bwidth".encode(),
    "\u2028line".encode(), "\u2029paragraph".encode(), "\ufeffmark".encode(),
    "\U000e0041tag".encode(),
    "“quoted” was not found.".encode(), b"-f", b"--help", b" ", b"...", b"\\x1b", b"%s%n",
    b"{name}",
    b"n" * 255, "名".encode() * 85, b"rdiff-gui: Cancelled. Nothing was changed.",
)  # fmt: skip

_NAMES_OF_SEALS: tuple[object, ...] = (
    *(name.decode("utf-8", "surrogateescape") for name in NAMES),
    *("..", "/etc/passwd", "../../x", "a/b", "a\\b", "C:x", "\0", "", "n" * 70_000, "\ud800"),
    *(None, 5, True, [], {}),
)
_NUMBERS: tuple[object, ...] = (
    *(-1, 0, 1, 2**31, 2**32, 2**63 - 1, 2**63, 2**64, 10**4000, 1.5, 1e308, True, None, "5", []),
)
_HASHES: tuple[object, ...] = ("", "0" * 64, "F" * 64, "0" * 63, "g" * 64, None, 7, "\uff10" * 64)
_RECORDS: tuple[bytes, ...] = (
    *(b"", b"{}", b"[]", b"null", b"5", b"{", b'"', b"\xff", b"{}{}", b"NaN", b"[" * 60_000),
    *(b'{"body":' * 5000 + b"5" + b"}" * 5000, b" " * 65_000 + b"{}", b'{"kind":"delta"}'),
)


def plan(_bench: Bench, _dice: random.Random) -> list[str]:
    """Everything in the tables above, in every place where it fits."""
    cases = [
        f"{file}/{how}/{number}"
        for file in _FILES
        for how, table in _TABLES
        for number in range(len(table))
    ]
    cases += (f"{verb}/name/{number}" for verb in _NAME_WORDS for number in range(len(NAMES)))
    return cases


def carry_out(bench: Bench, case: str) -> Result:
    """One of them."""
    first, how, text = case.split("/")
    if how == "name":
        return _with_name(bench, _NAME_WORDS[first], NAMES[int(text)])
    file = first.replace("-", " ")
    content = dict(_TABLES)[how][int(text)](bench.materials[file])
    result = try_file(bench, operation_on(file), content)
    told = bench.run(replace(operation_on(file), words=("info", "in/damaged")))
    result.findings += judge_words(bench.set_up(operation_on(file)), told)
    result.findings += _judge_screen(result.outcome, 1) + _judge_screen(told, None)
    return result


def _judge_screen(outcome: Outcome, lines_most: int | None) -> list[Finding]:
    """Nothing may reach the screen that is not text; a failure is one line."""
    text = outcome.words + outcome.output.decode("utf-8", "backslashreplace")
    bad = {each for each in text if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    findings = [Finding("words", f"on the screen: {text!r}")] if bad - {"\n"} else []
    if lines_most is not None and outcome.words.count("\n") > lines_most:
        findings.append(Finding("words", f"more than a line: {outcome.words!r}"))
    return findings


# --- seals ----------------------------------------------------------------------------------------


def _record_of(content: bytes) -> tuple[bytes, dict[str, object]]:
    """What stands before the seal, and what it says."""
    payload_bytes = int.from_bytes(content[-20:-16], "big")
    start = len(content) - 20 - payload_bytes
    record = json.loads(content[start:-20])
    assert isinstance(record, dict)
    return content[:start], record


def _footed(payload: bytes, version: int = 1) -> bytes:
    return (
        payload + struct.pack(">IIHH", len(payload), zlib.crc32(payload), version, 0) + SEAL_MAGIC
    )


def _sealed(before: bytes, payload: bytes, version: int = 1) -> bytes:
    """That seal behind the file; where it is packed, in a frame that unpackers pass over."""
    seal = _footed(payload, version)
    if before.startswith(ZSTD_MAGIC):
        before = before[:-4] + struct.pack("<I", len(seal))
    return before + seal


def _with_value(place: tuple[str, str], value: object) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        before, record = _record_of(content)
        part = record.setdefault(place[0], {})
        if isinstance(part, dict):
            part[place[1]] = value
        # Numbers longer than Python reads by itself are part of the matter.
        sys.set_int_max_str_digits(0)
        return _sealed(before, json.dumps(record).encode("ascii"))

    return change


def _with_record(payload: bytes, version: int = 1) -> Callable[[bytes], bytes]:
    return lambda content: _sealed(_record_of(content)[0], payload, version)


def _with_version(version: int) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        before, record = _record_of(content)
        return _sealed(before, json.dumps(record).encode("ascii"), version)

    return change


# --- frames ---------------------------------------------------------------------------------------

_SKIPPED = bytes.fromhex("502a4d18")
# A window of 2^41 bytes; a frame that says it holds 2^62; one that needs a dictionary.
_HEADERS = (
    "28b52ffd00f8",
    "28b52ffde0" + "00" * 7 + "40",
    "28b52ffd01580500",
    "28b52ffd",
    "28b52ffd08",
)

_FRAMES: tuple[Callable[[bytes], bytes], ...] = (
    lambda content: compressed(opened(content)),
    lambda content: compressed(compressed(opened(content))),
    compressed,
    lambda content: compressed(opened(content)) + b"behind",
    lambda content: compressed(opened(content)) * 2,
    lambda content: compressed(opened(content)[:50]) + compressed(opened(content)[50:]),
    lambda content: _SKIPPED + struct.pack("<I", 4) + b"skip" + compressed(opened(content)),
    lambda content: _SKIPPED + struct.pack("<I", 2**32 - 1) + compressed(opened(content)),
    lambda content: (_SKIPPED + bytes(4)) * 5000 + compressed(opened(content)),
    lambda _content: compressed(b""),
    lambda content: compressed(opened(content) + bytes(2**24)),
    lambda content: compressed(opened(content))[:-1],
    *(lambda content, head=head: bytes.fromhex(head) + content for head in _HEADERS),
)

_TABLES: tuple[tuple[str, tuple[Callable[[bytes], bytes], ...]], ...] = (
    ("version", tuple(map(_with_version, (0, 2, 255, 65_535)))),
    ("record", tuple(map(_with_record, _RECORDS))),
    *(
        (f"{file} name", tuple(_with_value((file, "name"), value) for value in _NAMES_OF_SEALS))
        for file in ("basis", "result")
    ),
    *(
        (f"{file} size", tuple(_with_value((file, "size"), value) for value in _NUMBERS))
        for file in ("body", "basis", "result")
    ),
    *(
        (f"{file} hash", tuple(_with_value((file, "blake3"), value) for value in _HASHES))
        for file in ("body", "basis", "result")
    ),
    ("frame", _FRAMES),
)


# --- names ----------------------------------------------------------------------------------------

# The bad name is where the braces are.
_NAME_WORDS = {
    "missing": ("signature", "--", "in/{}", "out/made"),
    "ordinary": ("info", "--", "in/{}"),
    "no-signature": ("delta", "--", "in/{}", "in/old", "out/made"),
    "no-delta": ("patch", "--", "in/old", "in/{}", "out/made"),
    "exists": ("signature", "--", "in/old", "in/{}"),
    "no-folder": ("signature", "--", "in/old", "{}/made"),
    "made": ("signature", "-s", "--", "in/old", "out/{}"),
    "not-a-verb": ("-s", "{}", "in/old"),
    "not-a-number": ("-b", "{}", "signature", "in/old"),
}


def _with_name(bench: Bench, words: tuple[str, ...], raw: bytes) -> Result:
    name = raw.decode("utf-8", "surrogateescape")
    operation = Operation(
        *("named", "any", tuple(word.format(name) if "{}" in word else word for word in words)),
        {"in/old": "tiny old"},
    )
    situation = replace(
        bench.set_up(replace(operation, words=("info", "in/old"))), operation=operation
    )
    if words[0] not in ("signature", "-s", "-b") or words[-1] == "in/{}":
        Path(bench.folder, "in", name).write_bytes(bench.materials["tiny old"])
    outcome = bench.run(operation)
    findings = list(judge_words(situation, outcome)) if outcome.code else []
    findings += _judge_screen(outcome, 1 if outcome.code else None)
    if outcome.code == 0 and "out/{}" in words and not Path(bench.folder, "out", name).is_file():
        findings.append(Finding("wrong", f"exit 0, and nothing is called {name!r}"))
    made = set(snapshot(bench.folder / "out")) - {name}
    if made:
        findings.append(Finding("debris", f"{made}"))
    return Result(True, findings, outcome)
