"""Which paths of a folder's delta are listed, in which order, and what is told of each."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from rdiff_gui.engine.trees.listing import ListedPath
from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.ui.widgets.row_list import RowView
from rdiff_gui.wording import show_name, show_size, translate


class Order(enum.Enum):
    """How the list is sorted."""

    FATE = "what became of it"
    NAME = "name"
    SIZE = "size"


ORDERS = {
    Order.FATE: translate("What becomes of it"),
    Order.NAME: translate("Name"),
    Order.SIZE: translate("Size"),
}

# What people look for first; by their icons, which have the colours of the map.
_ICONS = {
    Fate.CHANGED: ("delta", "accent"),
    Fate.NEW: ("plus", "accent"),
    Fate.DELETED: ("close", "error"),
    Fate.MOVED: ("right", "accent"),
    Fate.LINKED: ("right", "muted"),
    Fate.TOUCHED: ("settings", "muted"),
    Fate.KEPT: ("check", "muted"),
}
_TEXTS = {
    Fate.CHANGED: translate("changed"),
    Fate.NEW: translate("new"),
    Fate.DELETED: translate("removed"),
    Fate.MOVED: translate("moved from “{source}”"),
    Fate.LINKED: translate("another name of “{source}”"),
    Fate.TOUCHED: translate("other permissions"),
    Fate.KEPT: translate("unchanged"),
}


def tell(listed: ListedPath) -> str:
    """What becomes of a path, in a few words."""
    return _TEXTS[listed.fate].format(source=show_name(listed.source or ""))


def name_of_path(listed: ListedPath) -> str:
    """The path as it is shown; the folder itself has a dot."""
    return show_name(listed.path or ".")


def arrange(paths: Sequence[ListedPath], sought: str, order: Order) -> list[int]:
    """The places in `paths` of those in whose names `sought` is, sorted; equal ones by name."""
    sought = sought.casefold().strip()
    found = [
        place
        for place, listed in enumerate(paths)
        if not sought
        or sought in listed.path.casefold()
        or (listed.source is not None and sought in listed.source.casefold())
    ]
    if order is Order.FATE:
        ranks = {fate: rank for rank, fate in enumerate(_ICONS)}
        found.sort(key=lambda place: ranks[paths[place].fate])
    elif order is Order.SIZE:
        found.sort(key=lambda place: -paths[place].size_bytes)
    return found


def view_of(listed: ListedPath) -> RowView:
    """A row of the list."""
    return RowView(
        _ICONS[listed.fate], name_of_path(listed), tell(listed), show_size(listed.size_bytes)
    )
