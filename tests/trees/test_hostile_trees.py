"""Deltas made to do harm: each is refused before the first write, whatever it is called."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.engine.options import PatchOptions
from rdiff_gui.engine.trees.applying import (
    apply_tree_patch,
    verify_tree_patch,
)
from rdiff_gui.engine.trees.options import KeepOptions, TreePatchOptions
from rdiff_gui.errors import (
    DeltaExpands,
    LinkLeadsOut,
    NamesCollide,
    RdiffError,
    StageForeign,
    TreeDamaged,
    TreeUnsafe,
)

from .conftest import MakeTrees, Trees
from .writer import (
    Part,
    Told,
    file,
    link,
    look,
    manifest,
    members,
    pack_told,
    plant,
    tell,
    whole,
    write_tar,
)

OLD = whole({"file": file(b"old"), "folder/inside": file(b"inside"), "link": link("folder")})


class Victim:
    """A tree, what lies beside it, and a tar that somebody sent."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = plant(home / "tree", OLD)
        (home / "outside").mkdir()
        (home / "outside" / "file").write_bytes(b"theirs")
        self.delta = home / "delta"

    def refuses(self, tar: bytes, *errors: type[RdiffError]) -> RdiffError:
        """Nothing is written, in place or beside."""
        self.delta.write_bytes(tar)
        before = self.everything()
        acts: list[Callable[[], object]] = [
            lambda: apply_tree_patch(self.root, self.delta, None, keep_backup=False),
            lambda: apply_tree_patch(self.root, self.delta, self.home / "new"),
            lambda: verify_tree_patch(self.root, self.delta),
        ]
        for act in acts:
            with pytest.raises(errors) as caught:
                act()
            assert self.everything() == before
        return caught.value

    def everything(self) -> dict[str, tuple[float, bytes]]:
        """All that lies here, with the times of the last change."""
        return {
            path.relative_to(self.home).as_posix(): (
                path.lstat().st_ctime,
                path.read_bytes() if path.is_file() else b"",
            )
            for path in self.home.rglob("*")
        }


@pytest.fixture
def victim(tmp_path: Path) -> Victim:
    """A tree that somebody sends deltas for."""
    return Victim(tmp_path)


_NAMES = [
    "/etc/passwd", "//etc", "../outside/file", "a/../../outside/file", "a/..", "..", "a//b",
    "a/./b", "a\0b", "x/" * 600 + "x", "n" * 2**15,
]  # fmt: skip


@pytest.mark.parametrize("name", _NAMES, ids=[name[:12] for name in _NAMES])
@pytest.mark.parametrize("kind", ["snapshot", "diff", "deleted", "moved", "multivol_snapshot"])
def test_names_that_lead_out(name: str, kind: str, victim: Victim) -> None:
    """Absolute, upwards, empty, too long, too deep; in our own tars and in rdiffdir's."""
    ending = "/1" if kind.startswith("multivol") else ""
    records = {"path": f"{kind}/{name}{ending}", "RDIFFGUI.from": "file"}
    parts = [Part("snapshot/./", type=tarfile.DIRTYPE), Part("x", b"theirs", records=records)]
    victim.refuses(write_tar(parts), TreeUnsafe, TreeDamaged)


@pytest.mark.parametrize("name", ["/file", "../outside/file", "folder/../../outside/file", ""])
def test_old_files_that_lie_elsewhere(name: str, victim: Victim) -> None:
    """What is moved from comes from the tree, and what is linked to lies in it."""
    new = whole({**OLD, "more": file(b"theirs")})
    for kind, record in (("moved", "RDIFFGUI.from"), ("linked", "RDIFFGUI.to")):
        parts = members(OLD, whole(OLD))
        parts.append(Part(f"{kind}/more", records={record: name}))
        victim.refuses(write_tar(parts, manifest(OLD, new)), TreeUnsafe, TreeDamaged)


@pytest.mark.parametrize(
    "type_", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.LNKTYPE, b"S", b"V"]
)
def test_what_is_no_file(type_: bytes, victim: Victim) -> None:
    """Devices, pipes, and what tars have besides."""
    parts = [Part("snapshot/./", type=tarfile.DIRTYPE)]
    parts.append(Part("snapshot/thing", type=type_, target="snapshot/file"))
    victim.refuses(write_tar(parts), TreeUnsafe, TreeDamaged)


def test_twice_the_same_name(victim: Victim) -> None:
    """Nor in another order: what is read last would win."""
    root = Part("snapshot/./", type=tarfile.DIRTYPE)
    for names in (["a", "a"], ["b", "a"], ["a", "a/"]):
        parts = [root, *(Part(f"snapshot/{name}", b"x") for name in names)]
        victim.refuses(write_tar(parts), TreeDamaged, TreeUnsafe)
    parts = [root, Part("snapshot/a", b"x"), Part("deleted/a")]
    victim.refuses(write_tar(parts), TreeDamaged)


def test_a_member_behind_a_link(victim: Victim) -> None:
    """What is written to a link's path would go where it leads."""
    outside = str(victim.home / "outside")
    root = Part("snapshot/./", type=tarfile.DIRTYPE)
    parts = [root, Part("snapshot/a", b"", tarfile.SYMTYPE, outside), Part("snapshot/a/b", b"x")]
    victim.refuses(write_tar(parts), TreeUnsafe)
    # One that stands here already, and that no manifest tells of.
    (victim.root / "planted").symlink_to(outside)
    parts = [root, Part("snapshot/planted/file", b"x")]
    victim.refuses(write_tar(parts), RdiffError)
    # And one that took the place of a folder.
    (victim.root / "folder" / "inside").unlink()
    (victim.root / "folder").rmdir()
    (victim.root / "folder").symlink_to(outside)
    new = whole({**OLD, "folder/file": file(b"x")})
    victim.refuses(write_tar(members(OLD, new), manifest(OLD, new)), RdiffError)


_TARGETS = ["/etc", "..", "../..", "folder/../..", "link/../..", "a/b/../../../outside"]


@pytest.mark.parametrize("target", _TARGETS)
def test_links_that_lead_out(target: str, victim: Victim) -> None:
    """Refused, unless they are allowed; then they are made, and nothing is written through them."""
    new = whole({**OLD, "way out": link(target)})
    tar = write_tar(members(OLD, new), manifest(OLD, new))
    error = victim.refuses(tar, LinkLeadsOut)
    assert "--outside-links" in str(error)
    options = TreePatchOptions(outside_links=True)
    apply_tree_patch(victim.root, victim.delta, None, options, keep_backup=False)
    assert look(victim.root) == new
    assert (victim.home / "outside" / "file").read_bytes() == b"theirs"


def test_a_link_by_way_of_another(victim: Victim) -> None:
    """Each alone stays within; both together do not."""
    new = whole({**OLD, "a/b/up": link(".."), "out": link("a/b/up/../../..")})
    victim.refuses(write_tar(members(OLD, new), manifest(OLD, new)), LinkLeadsOut)
    new = whole({**OLD, "one": link("two/x"), "two": link("one/x")})
    victim.refuses(write_tar(members(OLD, new), manifest(OLD, new)), LinkLeadsOut)
    fine = whole({**OLD, "a/b/up": link(".."), "in": link("a/b/up/../file")})
    victim.delta.write_bytes(write_tar(members(OLD, fine), manifest(OLD, fine)))
    apply_tree_patch(victim.root, victim.delta, None, keep_backup=False)
    assert look(victim.root) == fine


def _forge(change: Callable[[Told], object]) -> bytes:
    """A tar whose manifest somebody has changed."""
    new = whole({**OLD, "file": file(b"new")})
    told = tell(OLD, new)
    change(told)
    return write_tar(members(OLD, new), pack_told(told))


def _claim(path: str, side: str, **facts: object) -> Callable[[Told], object]:
    return lambda told: told[path][side].update(facts)


@pytest.mark.parametrize(
    "change",
    [
        _claim("file", "new", blake3="0" * 16),
        _claim("file", "new", size=2**62),
        _claim("file", "new", type="folder"),
        _claim("file", "new", mode=-1),
        _claim("file", "new", hardlink="nowhere"),
        _claim("folder/inside", "new", blake3="1" * 16),
        _claim("folder", "new", type="link", target="/etc"),
        _claim("", "new", type="link", target="/etc"),
        lambda told: told.pop("folder"),
        lambda told: told.pop(""),
        lambda told: told["folder/inside"].pop("new"),
        lambda told: told.update({"../x": {"old": told["file"]["old"]}}),
    ],
)
def test_manifests_that_lie(change: Callable[[Told], object], victim: Victim) -> None:
    """What it says and what the members bring must be one."""
    victim.refuses(_forge(change), RdiffError)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sizes": []},
        {"sizes": [3, 3, 6, 6, 6]},
        {"sizes": [3.0, 3, 6, 6]},
        {"shared": [1, 0, 0, 0, 0]},
        {"shared": [0, 0, 0]},
        {"shared": [0, 0, 0, 9, 0]},
        {"rest": [".", 1, "folder", "/inside", "link"]},
        {"rest": [".", "link", "folder", "/inside", "file"]},
        {"sides": "|||||||"},
        {"sides": "|||?|"},
        {"types": "dd--dd--l"},
        {"types": ["d"]},
        {"old_mtimes": [2**63]},
        {"new_mtimes": [2**62, 2**62, 2**62, 0, 0]},
        {"blake3": ["a"] * 64},
        {"blake3": "a" * 60},
        {"blake3": "x" * 64},
        {"more": {"99": {}}},
        {"more": []},
        {"targets": []},
        {"modes": None},
    ],
)
def test_columns_that_do_not_fit(wrong: dict[str, object], victim: Victim) -> None:
    """Each has just what the others ask for, and nothing but that."""
    new = whole({**OLD, "file": file(b"new")})
    told = json.loads(manifest(OLD, new)) | wrong
    packed = json.dumps(told).encode("ascii")
    victim.refuses(write_tar(members(OLD, new), packed), TreeDamaged)


@pytest.mark.parametrize(("first", "paths"), [("x", 200), ("\N{GRINNING FACE}", 60)])
def test_paths_that_fill_the_memory(
    first: str, paths: int, victim: Victim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes almost all of the one before it, so that a small manifest would.

    One wide character makes all of a path's four bytes wide in memory.
    """
    monkeypatch.setattr("rdiff_gui.formats.manifest_columns.MANIFEST_BYTES_MOST", 2**20)
    told = json.loads(manifest(OLD, OLD))
    told["shared"] = [0, 0, *[10_000] * paths]
    told["rest"] = [".", first + "x" * 9_999, *(f"{number:03}" for number in range(paths))]
    told["sides"] = ">" * len(told["rest"])
    told["types"] = "d" * len(told["rest"])
    told["modes"] = told["new_mtimes"] = [0] * len(told["rest"])
    told |= {"old_mtimes": [], "sizes": [], "targets": [], "blake3": ""}
    tar = write_tar(members(OLD, OLD), json.dumps(told).encode("ascii"))
    assert "entries" in str(victim.refuses(tar, TreeDamaged))


def test_a_manifest_that_was_changed(victim: Victim) -> None:
    """Its hash stands in the header, and a seal has both."""
    new = whole({**OLD, "file": file(b"new")})
    tar = write_tar(members(OLD, new), manifest(OLD, new))
    victim.refuses(tar.replace(b'"modes": [493', b'"modes": [511', 1), TreeDamaged)


def test_more_than_all_that_was_there(victim: Victim) -> None:
    """A small file that would fill the disk is refused, and asked about."""
    size = 2**22
    body = b"\x72\x73\x02\x36" + b"\x4f\0\0\0\0\0\0\0\x03" * (size // 3) + b"\0"
    new = whole({**OLD, "file": file(b"old" * (size // 3))})
    parts = [
        Part(each.name, body) if each.name == "diff/file" else each for each in members(OLD, new)
    ]
    tar = write_tar(parts, manifest(OLD, new))
    victim.delta.write_bytes(tar)
    options = TreePatchOptions(trust=PatchOptions(limit_bytes=size // 2))
    with pytest.raises(DeltaExpands):
        apply_tree_patch(victim.root, victim.delta, None, options, keep_backup=False)
    assert look(victim.root) == OLD


def test_pieces_that_do_not_fit(victim: Victim) -> None:
    """A file in pieces has all of them, in order, and is one; a million of them take no hour."""
    root = Part("snapshot/./", type=tarfile.DIRTYPE)
    for names in (["a/1", "a/3"], ["a/2"], ["a/1", "b/2"], ["a/1", "a/1"], ["a/x"]):
        parts = [root, *(Part(f"multivol_snapshot/{name}", b"x") for name in names)]
        victim.refuses(write_tar(parts), TreeDamaged, TreeUnsafe)
    folder_piece = Part("multivol_snapshot/a/2", type=tarfile.DIRTYPE)
    victim.refuses(
        write_tar([root, Part("multivol_snapshot/a/1", b"x"), folder_piece]), TreeDamaged
    )
    many = [Part(f"multivol_snapshot/a/{number}", b"x") for number in range(1, 20_001)]
    victim.delta.write_bytes(write_tar([root, *many]))
    apply_tree_patch(victim.root, victim.delta, victim.home / "new")
    assert (victim.home / "new" / "a").read_bytes() == b"x" * 20_000


@pytest.mark.parametrize("size", [0, 511, 1000, 2**20 + 1])
def test_tars_that_were_cut(size: int, victim: Victim) -> None:
    """At any place, and with whatever behind the end."""
    new = whole({**OLD, "more": file(os.urandom(2**20))})
    tar = write_tar(members(OLD, new), manifest(OLD, new))
    victim.refuses(tar[:size], RdiffError)
    victim.refuses(tar + b"more", RdiffError)


def test_headers_that_never_end(victim: Victim) -> None:
    """Neither memory nor the stack is filled by what a header claims."""
    tar = write_tar([Part("snapshot/./", type=tarfile.DIRTYPE)])
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 2**40
    victim.refuses(tar[:1024] + info.tobuf(tarfile.GNU_FORMAT), TreeDamaged)
    info.size = 0
    chain = info.tobuf(tarfile.USTAR_FORMAT) * 20_000
    victim.refuses(tar[:1024] + chain, TreeDamaged)


def test_times_that_no_system_knows(victim: Victim) -> None:
    """Where no manifest tells another, it would be given when the tree is new already."""
    for mtime in (2**80, -(2**80)):
        info = tarfile.TarInfo("snapshot/./")
        info.type, info.mtime = tarfile.DIRTYPE, mtime
        victim.refuses(info.tobuf(tarfile.GNU_FORMAT) + bytes(2**10), TreeDamaged)


def test_names_that_a_disk_takes_for_one(victim: Victim, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where capitals are small letters, the second would replace the first."""
    for one, other in (("readme", "README"), ("caf\u00e9", "cafe\u0301"), ("A/x", "a/y")):
        new = whole({**OLD, one: file(b"1"), other: file(b"2")})
        tar = write_tar(members(OLD, new), manifest(OLD, new))
        with monkeypatch.context() as patch:
            patch.setattr("rdiff_gui.engine.trees.names._probe", lambda _stage: (True, True))
            victim.delta.write_bytes(tar)
            for new_path in (None, victim.home / "new"):
                with pytest.raises(NamesCollide):
                    apply_tree_patch(victim.root, victim.delta, new_path)
            assert look(victim.root) == OLD
    apply_tree_patch(victim.root, victim.delta, None, keep_backup=False)
    assert look(victim.root) == new


def test_a_stage_that_somebody_planted(trees: Trees) -> None:
    """A link, a file or somebody else's folder in its place is nobody's stage."""
    place = trees.home / ".tree.rdiff-stage"
    target = trees.home / "target"
    target.mkdir()

    def make_foreign() -> None:
        place.mkdir()
        os.chown(place, 12345, 12345)

    plants: list[Callable[[], object]] = [
        lambda: place.symlink_to(target),
        lambda: place.write_bytes(b""),
        make_foreign,
    ]
    for plant_it in plants:
        plant_it()
        with pytest.raises(StageForeign):
            trees.patch()
        assert look(trees.root) == trees.old
        assert not list(target.iterdir())
        place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()


def test_a_journal_that_a_delta_brings(victim: Victim) -> None:
    """The next run would follow it."""
    new = whole({**OLD, ".tree.rdiff-stage/journal-done": file(b"{}")})
    victim.refuses(write_tar(members(OLD, new), manifest(OLD, new)), TreeUnsafe)


def test_rights_that_a_delta_may_not_give(make_trees: MakeTrees) -> None:
    """An attribute that makes a program mighty is given on no request."""
    new = whole({"program": file(b"run")})
    told = tell(whole({}), new)
    told["program"]["new"]["attributes"] = {"security.capability": "AAAA", "user.x": "AAAA"}
    trees = make_trees({}, {})
    trees.delta.write_bytes(write_tar(members(whole({}), new), pack_told(told)))
    keep = KeepOptions(special_modes=True, owners=True, acls=True, xattrs=True)
    trees.patch(options=TreePatchOptions(keep=keep))
    assert os.listxattr(trees.root / "program") == ["user.x"]
