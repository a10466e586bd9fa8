"""Finds old files that new ones are like, by the lines that they have in common.

What stands between two line ends is cut out by content alone, in text as in anything else: an edit
changes a piece or two, and the others are as they were.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence

from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.scan import open_file
from rdiff_gui.formats.tree_manifest import Manifest, Side

# Longer ones are told by their names alone.
_FILE_BYTES_MOST = 2**22
# Pieces of less are everywhere.
_PIECE_BYTES_LEAST = 12
# A piece that so many new files have tells none from another.
_SHARED_MOST = 8
# Some 100 MB are kept of all pieces; of more, those whose checksum ends in zeros.
_PIECES_MOST = 2**20
_USUAL_PIECE_BYTES = 32
# How much of a new file must be in the old one.
_LIKE, _LIKE_OF = 1, 5


def find_like(
    old: Tree,
    new: Tree,
    manifest: Manifest,
    candidates: Sequence[str],
    wanting: Sequence[str],
    run: Run,
) -> dict[str, str]:
    """For new files, the one of the old `candidates` that each has most in common with, if any.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, Cancelled.
    """
    candidates = [path for path in candidates if _is_short(manifest.old, path)]
    wanting = [path for path in wanting if _is_short(manifest.new, path)]
    if not candidates or not wanting:
        return {}
    mask = _mask(sum(manifest.new[path].size_bytes for path in wanting))
    whole_bytes: list[int] = []
    # Which new files have a piece.
    owners: dict[bytes, tuple[int, ...]] = {}
    for number, path in enumerate(wanting):
        pieces = {
            piece
            for piece in _read(new, path, run).split(b"\n")
            if len(piece) >= _PIECE_BYTES_LEAST and not zlib.crc32(piece) & mask
        }
        whole_bytes.append(sum(map(len, pieces)))
        # Most pieces are in one file, and share what says so.
        alone = (number,)
        for piece in pieces:
            having = owners.get(piece)
            if having is None:
                owners[piece] = alone
            elif len(having) <= _SHARED_MOST:
                owners[piece] = (*having, number)
    best: dict[int, tuple[int, str]] = {}
    for path in candidates:
        common: Counter[int] = Counter()
        for piece in owners.keys() & _read(old, path, run).split(b"\n"):
            if len(having := owners[piece]) <= _SHARED_MOST:
                for number in having:
                    common[number] += len(piece)
        for number, common_bytes in common.items():
            if common_bytes > best.get(number, (0, ""))[0]:
                best[number] = common_bytes, path
    return {
        wanting[number]: path
        for number, (common_bytes, path) in sorted(best.items())
        if common_bytes * _LIKE_OF >= whole_bytes[number] * _LIKE
    }


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
