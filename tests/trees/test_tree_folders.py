"""A folder held open: nothing beneath it leads out, whoever changes it meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rdiff_gui.engine.system import Tree, walk
from tests.disks import contents
from tests.platforms import WINDOWS

pytestmark = pytest.mark.skipif(WINDOWS, reason="links need rights there")


@pytest.fixture(params=["openat2", "one by one"])
def tree(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tree]:
    """A tree with a file, a link out of it to a folder, and one to a file."""
    if request.param == "one by one":
        monkeypatch.setattr("rdiff_gui.engine.system.posix_tree._openat2", lambda: None)
    for folder in ("outside", "tree/a/b"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "outside" / "file").write_bytes(b"theirs")
    (tmp_path / "tree" / "a" / "b" / "file").write_bytes(b"ours")
    (tmp_path / "tree" / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "outside" / "file")
    tree = Tree(tmp_path / "tree")
    yield tree
    tree.close()


def test_nothing_is_reached_over_a_link(tree: Tree, tmp_path: Path) -> None:
    """Neither read nor written nor named nor removed."""
    acts: list[Callable[[], object]] = [
        lambda: tree.open("out/file"),
        lambda: tree.open("link"),
        lambda: tree.open("out/new", os.O_WRONLY | os.O_CREAT),
        lambda: tree.open("a/../../outside/file"),
        lambda: tree.make_folder("out/folder"),
        lambda: tree.make_link("out/another", "/"),
        lambda: tree.move("a/b/file", tree, "out/moved"),
        lambda: tree.name_too("a/b/file", tree, "out/named"),
        lambda: tree.remove("out/file"),
        lambda: tree.set_time("out/file", 0),
        lambda: tree.set_mode("out/file", 0),
        lambda: tree.names("out"),
    ]
    for act in acts:
        with pytest.raises(OSError):  # noqa: PT011  # ELOOP, ENOTDIR, EXDEV
            act()
    assert tree.status("out/file") is None
    assert contents(tmp_path / "outside") == {"file": b"theirs"}


def test_a_folder_that_becomes_a_link_leads_nowhere(tree: Tree, tmp_path: Path) -> None:
    """Also where it was gone through before."""
    assert tree.status("a/b/file")
    (tmp_path / "tree" / "a" / "b").rename(tmp_path / "b")
    (tmp_path / "tree" / "a" / "b").symlink_to(tmp_path / "outside")
    tree.forget_ways()
    assert tree.status("a/b/file") is None
    with pytest.raises(OSError):  # noqa: PT011  # ELOOP or ENOTDIR
        tree.remove("a/b/file")


def test_what_is_moved_replaces_nothing(tree: Tree, tmp_path: Path) -> None:
    """A name that is taken stays what it is."""
    (tmp_path / "tree" / "taken").write_bytes(b"taken")
    with pytest.raises(FileExistsError):
        tree.move("a/b/file", tree, "taken")
    tree.move("a/b", tree, "b")
    assert [path for path, _ in walk(tree)] == ["a", "b", "link", "out", "taken", "b/file"]
    assert tree.read_link("link") == str(tmp_path / "outside" / "file")


def test_permissions_of_what_nobody_may_read(tree: Tree, tmp_path: Path) -> None:
    """They are given to the very thing, and never to what a link leads to."""
    file, outside = tmp_path / "tree" / "a" / "b" / "file", tmp_path / "outside" / "file"
    before = outside.stat().st_mode
    tree.set_mode("a/b/file", 0)
    tree.set_mode("a/b/file", 0o640)
    tree.set_mode("link", 0o777)
    assert file.stat().st_mode & 0o7777 == 0o640
    assert outside.stat().st_mode == before
