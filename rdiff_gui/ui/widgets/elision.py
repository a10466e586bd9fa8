"""Names cut to the width there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

ELLIPSIS = "…"


def elide_middle(text: str, width_px: int, measure: Callable[[str], int]) -> str:
    """`text`, or where wider than `width_px` its start and end; a file's extension is kept.

    `measure` gives the width of a text in pixels.
    """
    if measure(text) <= width_px:
        return text
    suffix_length = len(PurePath(text).suffix)
    low, high = 0, len(text)
    best = ELLIPSIS
    while low <= high:
        kept = (low + high) // 2
        tail = min(kept, max(kept // 2, suffix_length + 1))
        candidate = text[: kept - tail] + ELLIPSIS + (text[-tail:] if tail else "")
        if measure(candidate) <= width_px:
            best = candidate
            low = kept + 1
        else:
            high = kept - 1
    return best
