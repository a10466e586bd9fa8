"""Whatever two trees are, what leads from one to the other does."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from rdiff_gui.engine import (
    PatchOptions,
    make_delta_from_trees,
    make_tree_delta,
    make_tree_signature,
)
from rdiff_gui.engine.trees.applying import apply_tree_patch
from rdiff_gui.engine.trees.options import TreePatchOptions

from .conftest import BIG, NEW, OLD
from .writer import NS, Node, Spec, file, folder, key, link, look, plant, whole, write_delta

_NAMES = st.sampled_from(["a", "b", "B", "\u00e4", "n\n", "\udcff", ".x", "y" * 200])
_CONTENTS = (b"", b"x", b"xy" * 999, BIG + b"1", BIG + b"2", bytes(2**17))
_MODES = st.sampled_from([0o644, 0o600, 0o755, 0o444])
_TIMES = st.sampled_from([NS, 1, NS + 1])
# By number: what failed is shown, and should be read.
_FILES = st.tuples(st.integers(0, len(_CONTENTS) - 1), _MODES, _TIMES).map(
    lambda facts: file(_CONTENTS[facts[0]], mode=facts[1], ns=facts[2])
)
_LINKS = st.builds(link, st.sampled_from(["a", "b/a", "../a", "/nowhere", "\udcff"]))
_FOLDERS = st.builds(folder, mode=st.sampled_from([0o755, 0o700, 0o555]), ns=_TIMES)

_Nested = dict[str, "Node | tuple[Node, _Nested]"]
_TREES: st.SearchStrategy[_Nested] = st.deferred(
    lambda: st.dictionaries(_NAMES, _FILES | _LINKS | st.tuples(_FOLDERS, _TREES), max_size=4)
)


def _flatten(nested: _Nested, above: str = "") -> dict[str, Node]:
    found: dict[str, Node] = {}
    for name, node in nested.items():
        path = f"{above}/{name}" if above else name
        if isinstance(node, Node):
            found[path] = node
        else:
            found[path] = node[0]
            found |= _flatten(node[1], path)
    return found


@st.composite
def _two_trees(draw: st.DrawFn) -> tuple[Spec, Spec]:
    """Two trees that have most in common; some files of the second are names of others."""
    old, other = _flatten(draw(_TREES)), _flatten(draw(_TREES))
    new = draw(st.sampled_from([other, {**old, **other}]))
    new = {path: node for path, node in new.items() if _stands(path, new)}
    files = sorted((path for path, node in new.items() if node.type == "file"), key=key)
    if len(files) > 1 and draw(st.booleans()):
        new[files[-1]] = Node(hard=files[0])
    return whole(old), whole(new)


def _stands(path: str, tree: Spec) -> bool:
    above = path.rpartition("/")[0]
    return not above or (tree[above].type == "folder" and _stands(above, tree))


_HURRIED = [Phase.explicit, Phase.reuse, Phase.generate]


@given(_two_trees())
@example((OLD, NEW))
@example((NEW, OLD))
@settings(max_examples=12, deadline=None, phases=_HURRIED)
def test_any_tree_becomes_any_other(trees: tuple[Spec, Spec]) -> None:
    """In its place and beside, with names of all kinds, links, moves, and files of any length."""
    _there_and_back(*trees)


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@given(_two_trees())
@settings(max_examples=500, deadline=None, phases=_HURRIED)
def test_many_trees_become_others(trees: tuple[Spec, Spec]) -> None:
    """The same."""
    _there_and_back(*trees)


def _there_and_back(old: Spec, new: Spec) -> None:
    options = TreePatchOptions(outside_links=True, trust=PatchOptions(allow_expansion=True))
    home = Path(tempfile.mkdtemp())
    try:
        root, delta = plant(home / "tree", old), home / "delta"
        delta.write_bytes(write_delta(old, new))
        apply_tree_patch(root, delta, home / "beside", options)
        assert look(root) == old
        assert look(home / "beside") == new
        apply_tree_patch(root, delta, None, options, keep_backup=False)
        assert look(root) == new
        # And back again, by what diff makes.
        made, undo = home / "made", home / "undo"
        make_delta_from_trees(root, plant(home / "old", old), made)
        apply_tree_patch(root, made, None, options, undo=undo)
        assert look(root) == old
        apply_tree_patch(root, undo, None, options, keep_backup=False)
        assert look(root) == new
        # And over a signature.
        make_tree_signature(root, home / "sums")
        make_tree_delta(home / "sums", home / "old", made, replace=True)
        apply_tree_patch(root, made, home / "back", options)
        assert look(home / "back") == old
        assert {entry.name for entry in home.iterdir()} == {
            *("tree", "beside", "delta", "old", "made", "undo", "sums", "back")
        }
    finally:
        shutil.rmtree(home)
