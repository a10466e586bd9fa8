"""One of every error that there is, made from what its class says of itself."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from pathlib import Path

import rdiff_gui.errors as tree
from rdiff_gui.errors import Difference, DifferenceKind, RdiffError

_VALUES: dict[object, object] = {
    str: "some words",
    str | None: "a name",
    int: 7,
    int | None: 7,
    bool: False,
    object: "something",
    Path: Path("/a folder/a file"),
    Path | None: Path("/a folder/another file"),
    tuple[str, ...]: ("one thing", "another"),
    tuple[Difference, ...]: tuple(Difference(kind.value, kind) for kind in DifferenceKind),
}


def all_errors() -> Iterator[RdiffError]:
    """One of each class of the tree that has a sentence, in the order of their names.

    A field of a type that nobody thought of is a KeyError, and wants a value above.
    """
    for kind in sorted(_kinds(RdiffError), key=lambda kind: kind.__name__):
        if kind.__module__.startswith(tree.__name__) and kind.__str__ is not Exception.__str__:
            # A start imports typing for type checkers alone.
            hints = typing.get_type_hints(kind, localns=vars(typing))
            names = getattr(kind, "__match_args__", ())
            yield kind(*(_VALUES[hints[name]] for name in names))


def _kinds(kind: type[RdiffError]) -> set[type[RdiffError]]:
    return {kind}.union(*(_kinds(below) for below in kind.__subclasses__()))
