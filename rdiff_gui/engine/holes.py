"""The holes of a sparse file, which need not be read to be known."""

from __future__ import annotations

from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from rdiff_gui.engine.inputs import Input


@record(frozen=True)
class Hole:
    """A stretch `[start, end)` of zeros that takes no room, in bytes."""

    start: int
    end: int


class Holes:
    """The holes of one source that are long enough to be worth it; used by one thread at a time."""

    def __init__(self, source: Input, least_bytes: int) -> None:
        """Look in `source` for holes of `least_bytes` and more."""
        self._source = source
        self._least_bytes = least_bytes
        self._searched_from = 0
        self._found: Hole | None = None

    def after(self, offset: int) -> Hole | None:
        """The first hole that ends behind `offset`; None where there are no more, or none known."""
        size_bytes = self._source.size_bytes
        if size_bytes is None:
            return None
        found = self._found
        if found is None or not self._searched_from <= offset < found.end:
            found = self._found = self._search(offset)
            self._searched_from = offset
        return found if found.start < size_bytes else None

    def _search(self, offset: int) -> Hole:
        while True:
            hole = Hole(*self._source.next_hole(offset))
            if hole.end - hole.start >= self._least_bytes or hole.start == hole.end:
                return hole
            offset = hole.end
