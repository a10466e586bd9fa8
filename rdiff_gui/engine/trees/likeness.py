"""Finds files that were renamed and edited, by the lines that they have in common.

What stands between two line ends is cut out by content alone, in text as in anything else: an edit
changes a piece or two, and the others are as they were. Only files that are gone are looked at.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.scan import open_file
from rdiff_gui.formats.tree_manifest import Manifest, Side

# Longer ones are told by their names alone.
_FILE_BYTES_MOST = 2**22
# Pieces of less are everywhere.
_PIECE_BYTES_LEAST = 12
# A piece that so many files have tells none from another.
_SHARED_MOST = 8
# Some 100 MB are kept of all pieces; of more, those whose checksum ends in zeros.
_PIECES_MOST = 2**20
_USUAL_PIECE_BYTES = 32
# How much of a new file must be in the old one.
_LIKE, _LIKE_OF = 1, 3


def find_like(
    old: Tree,
    new: Tree,
    manifest: Manifest,
    gone: Sequence[str],
    wanting: Sequence[str],
    run: Run,
) -> dict[str, str]:
    """For new files, the one of the `gone` old ones that each has most in common with, if any.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, Cancelled.
    """
    gone = [path for path in gone if _is_short(manifest.old, path)]
    wanting = [path for path in wanting if _is_short(manifest.new, path)]
    if not gone or not wanting:
        return {}
    mask = _mask(sum(manifest.old[path].size_bytes for path in gone))
    owners: dict[int, list[int]] = defaultdict(list)
    for number, path in enumerate(gone):
        for piece in _pieces(_read(old, path, run), mask):
            if len(owners[piece]) <= _SHARED_MOST:
                owners[piece].append(number)
    found: dict[str, str] = {}
    for path in wanting:
        common: Counter[int] = Counter()
        whole = 0
        for piece, size_bytes in _pieces(_read(new, path, run), mask).items():
            whole += size_bytes
            sharing = owners.get(piece, ())
            if len(sharing) <= _SHARED_MOST:
                for number in sharing:
                    common[number] += size_bytes
        best = max(common, key=lambda number: (common[number], -number), default=None)
        if best is not None and common[best] * _LIKE_OF >= whole * _LIKE:
            found[path] = gone[best]
    return found


def _is_short(side: Side, path: str) -> bool:
    return 0 < side[path].size_bytes <= _FILE_BYTES_MOST


def _read(tree: Tree, path: str, run: Run) -> bytes:
    run.check()
    with open_file(tree, path) as opened:
        return opened.bytes_at(0, opened.size_bytes or 0)


def _mask(size_bytes: int) -> int:
    """Which bits of a piece's checksum must be zero, so that there are not too many."""
    thinning = size_bytes // _USUAL_PIECE_BYTES // _PIECES_MOST
    return (1 << thinning.bit_length()) - 1


def _pieces(data: bytes, mask: int) -> dict[int, int]:
    """The checksums of its pieces, each with the piece's length."""
    return {
        checksum: len(piece)
        for piece in _long(data.split(b"\n"))
        if not (checksum := zlib.crc32(piece)) & mask
    }


def _long(pieces: Iterable[bytes]) -> Iterator[bytes]:
    return (piece for piece in pieces if len(piece) >= _PIECE_BYTES_LEAST)
