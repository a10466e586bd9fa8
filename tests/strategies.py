"""Files that nobody's program would write, and files that somebody's would, for hypothesis."""

from __future__ import annotations

import json
import struct

from hypothesis import settings
from hypothesis import strategies as st

from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, Seal, pack

from .fuzzing.judging import BASIS_BYTES, Workshop
from .fuzzing.targets import (
    SIGNATURE_MAGICS,
    compressed,
    footed,
    framed,
    identity_of,
    sealed_delta,
    with_edits,
)

# A busy machine is no failure.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

MAGIC = bytes.fromhex("72730236")

Literal = bytes
Copy = tuple[int, int]
Command = tuple[Literal | Copy, bytes]

# --- deltas ---------------------------------------------------------------------------------------


def encode_literal(data: bytes, width: int) -> bytes:
    """A literal command with its length in `width` bytes; 0: in the command itself."""
    if width == 0:
        return bytes([len(data)]) + data
    return bytes([65 + width.bit_length() - 1]) + len(data).to_bytes(width, "big") + data


def encode_copy(offset: int, length: int, offset_width: int, length_width: int) -> bytes:
    """A copy command with numbers of the given widths."""
    command = 69 + 4 * (offset_width.bit_length() - 1) + length_width.bit_length() - 1
    return (
        bytes([command])
        + offset.to_bytes(offset_width, "big")
        + length.to_bytes(length_width, "big")
    )


widths = st.sampled_from((1, 2, 4, 8))
literals: st.SearchStrategy[Command] = st.one_of(
    st.binary(min_size=1, max_size=64).map(lambda data: (data, encode_literal(data, 0))),
    st.tuples(st.binary(min_size=1, max_size=200), widths).map(
        lambda pair: (pair[0], encode_literal(*pair))
    ),
)
copies: st.SearchStrategy[Command] = st.tuples(
    st.integers(0, 255), st.integers(1, 255), widths, widths
).map(lambda four: ((four[0], four[1]), encode_copy(*four)))

# Numbers at which something overflows, ends, or is taken for something else.
edges = st.sampled_from((0, 1, 64, 127, 128, 255, 256)) | st.sampled_from(
    [value + step for value in (BASIS_BYTES, 2**16, 2**31, 2**32, 2**63) for step in (-1, 0, 1)]
)
short_data = st.binary(max_size=80)


def _fitting(value: int, width: int) -> bytes:
    return value.to_bytes(9, "big")[-width:]


edge_literals = st.builds(
    lambda width, length, data: encode_literal(b"", width)[:1] + _fitting(length, width) + data,
    *(widths, edges, short_data),
)
edge_copies = st.builds(
    lambda offset, length, offset_width, length_width: (
        encode_copy(0, 0, offset_width, length_width)[:1]
        + _fitting(offset, offset_width)
        + _fitting(length, length_width)
    ),
    *(edges, edges, widths, widths),
)
no_commands = st.integers(85, 255).map(lambda command: bytes([command]))

valid_deltas = st.lists(st.one_of(literals, copies), max_size=20).map(
    lambda commands: MAGIC + b"".join(code for _, code in commands) + b"\0"
)
edge_deltas = st.builds(
    lambda commands, end: MAGIC + b"".join(commands) + end,
    st.lists(
        st.one_of(
            *(literals.map(lambda command: command[1]), copies.map(lambda command: command[1])),
            *(edge_literals, edge_copies, no_commands),
        ),
        max_size=8,
    ),
    st.sampled_from((b"\0", b"\0", b"\0behind the end", b"")),
)
deltas = st.one_of(valid_deltas, edge_deltas)

# --- signatures -----------------------------------------------------------------------------------

headers = st.builds(
    lambda magic, block, strong: struct.pack(">III", magic, block, strong),
    st.sampled_from((*SIGNATURE_MAGICS, *SIGNATURE_MAGICS, 0, 0x72730147 + 1, 0x72730236)),
    st.sampled_from((1, 2, 7, 128, 128, 2048))
    | st.sampled_from((0, 2**26, 2**26 + 1, 2**29, 2**31 - 1, 2**31, 2**32 - 1)),
    st.sampled_from((4, 8, 8, 16, 32)) | st.sampled_from((0, 1, 3, 17, 33, 2**31, 2**32 - 1)),
)
twins = st.builds(
    lambda count, weak, strong_bytes: b"".join(
        struct.pack(">I", weak) + number.to_bytes(strong_bytes, "big") for number in range(count)
    ),
    st.sampled_from((2, 63, 64, 65, 300)),
    st.integers(0, 2**32 - 1),
    st.sampled_from((4, 8, 16)),
)
records = st.binary(max_size=200) | twins
signatures = st.builds(lambda header, rest: header + rest, headers, records)


def damaged(workshop: Workshop, kind: str) -> st.SearchStrategy[bytes]:
    """Real files of that kind, with bytes flipped, and cut or continued."""
    wholes = st.sampled_from([file for name, file in workshop.seeds.items() if kind in name])
    flipped = st.builds(with_edits, wholes, st.binary(max_size=6))
    cut = st.builds(lambda file, size: file[: size % len(file)], flipped, st.integers(0, 2**12))
    return st.one_of(flipped, cut, st.builds(lambda file, more: file + more, flipped, short_data))


# --- seals ----------------------------------------------------------------------------------------

hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
sizes = st.integers(0, 2**63 - 1)
names = st.binary(min_size=1, max_size=60).map(
    lambda raw: raw.translate(bytes.maketrans(b"/\\\0", b"---")).decode(errors="surrogateescape")
)
safe_names = names.filter(lambda name: name not in (".", ".."))
identities = st.builds(Identity, sizes, hashes, st.none() | safe_names)
seals = st.builds(
    Seal,
    kind=st.sampled_from((Kind.SIGNATURE, Kind.DELTA)),
    body=st.builds(Identity, sizes, hashes),
    program=st.text(max_size=50),
    created=st.text(max_size=30),
    basis=st.none() | identities,
    signature_blake3=st.none() | hashes,
    result=st.none() | identities,
)

# Any JSON at all, and values that look right until they are used.
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
hostile_values = st.one_of(
    *(st.sampled_from((None, True, -1, 1.5, 2**63, "", "..", "/", "\0", "\ud800", [], {})), sizes),
    *(hashes, names, st.text(max_size=20), json_values),
)


def _put(record: object, path: list[str], value: object) -> bytes:
    for key in path[:-1]:
        record = record.get(key) if isinstance(record, dict) else None
    if isinstance(record, dict):
        record[path[-1]] = value
    return b""


fields = st.sampled_from(
    [[key] for key in ("kind", "body", "program", "created", "basis", "signature", "result")]
    + [[file, key] for file in ("body", "basis", "result") for key in ("size", "blake3", "name")]
    + [["signature", "blake3"], ["unknown"], ["basis", "unknown"]]
)


def _with_values(seal: Seal, changes: list[tuple[list[str], object]], version: int) -> bytes:
    """A seal's payload with some of its values replaced, under a footer that fits."""
    record = json.loads(pack(seal)[:-20])
    for path, value in changes:
        _put(record, path, value)
    return footed(json.dumps(record).encode("ascii"), version)


def seals_around(content: bytes, workshop: Workshop) -> st.SearchStrategy[bytes]:
    """What may stand behind `content`: true seals, lies, hostile values under a right checksum."""
    is_delta = content.startswith(MAGIC)

    def truth(basis: bool, lie: bool) -> Seal:
        if is_delta:
            return sealed_delta(workshop, content, basis=basis, lie=lie)
        body, old = identity_of(content), identity_of(workshop.basis, "old")
        return Seal(Kind.SIGNATURE, body, "a test", "now", old if basis else None)

    record_bytes = 4 + content[11] if len(content) > 11 and not is_delta else 1
    true = st.builds(truth, st.booleans(), st.booleans())
    honest = true.map(lambda seal: pack(seal, record_bytes=record_bytes))
    changed = st.builds(
        _with_values,
        *(true, st.lists(st.tuples(fields, hostile_values), max_size=3)),
        st.sampled_from((1, 1, 1, 0, 2, 65535)),
    )
    noise = st.binary(max_size=100).map(footed)
    return st.one_of(honest, changed, noise, st.builds(with_edits, honest, st.binary(max_size=6)))


def sealed(
    contents: st.SearchStrategy[bytes], workshop: Workshop, *, may_compress: bool = True
) -> st.SearchStrategy[bytes]:
    """Whole files: any content, any seal or none, compressed or not."""

    def with_seals(content: bytes) -> st.SearchStrategy[bytes]:
        behind = st.just(b"") | seals_around(content, workshop)
        plain = behind.map(lambda seal: content + seal)
        return plain | behind.flatmap(lambda seal: frames(content, seal)) if may_compress else plain

    return contents.flatmap(with_seals)


# --- zstd frames ----------------------------------------------------------------------------------


def frames(content: bytes, seal: bytes) -> st.SearchStrategy[bytes]:
    """The content in one zstd frame or in several, with its seal, and with damage."""

    def split(place: int) -> bytes:
        place %= len(content) + 1
        return compressed(content[:place]) + framed(b"between", place) + compressed(content[place:])

    behind = framed(seal) if seal else b""
    whole = st.integers(0, 2**12).map(split) | st.just(compressed(content))
    before = st.sampled_from((b"", b"", framed(b"before"), compressed(b"")))
    right = st.builds(lambda first, frame: first + frame + behind, before, whole)
    return st.one_of(
        right,
        st.builds(with_edits, right, st.binary(min_size=3, max_size=6)),
        st.builds(lambda file, size: file[: size % len(file)], right, st.integers(0, 2**12)),
        st.builds(lambda file, more: file + more, right, short_data),
    )
