"""One delta for a folder: what it says, and what other programs make of it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    Cancelled,
    CancelToken,
    Change,
    EntryRefused,
    Fate,
    KeepOptions,
    OutputIsInput,
    Resources,
    SourceUnreadable,
    TreeFacts,
    inspect,
    make_delta_from_trees,
    make_tree_delta,
    make_tree_signature,
)
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.trees.applying import apply_tree_patch
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.tree_manifest import DEPTH_MOST

from ..conftest import edited, random_bytes, refused
from ..platforms import posix_only
from .writer import NS, Node, Spec, file, folder, link, look, plant, whole

PROGRAM = [sys.executable, "-m", "rdiff_gui"]
PAGE = (Path(__file__).parents[2] / "docs" / "format.md").read_text()
TEXT = b"".join(b"line %d of a text\n" % number for number in range(400))
OTHER_TEXT = b"".join(b"record %d of a list\n" % number for number in range(300))
NOISE = random_bytes(300_000)

OLD = whole(
    {
        "same": file(b"same"),
        "same with another time": file(b"time", ns=5),
        "edited": file(TEXT + b"old"),
        "noise": file(NOISE),
        "gone/deep/file": file(b"gone"),
        "was here/moved": file(TEXT[100:]),
        "was here/edited-1.0": file(TEXT[:-300] + b"version 1"),
        "was here/renamed": file(OTHER_TEXT + b"and edited"),
        "file to folder": file(b"was a file"),
        "folder to file/inside": file(b"inside"),
        "link": link("same"),
        "mode": file(b"mode", mode=0o600),
        "swap one": file(TEXT[200:]),
        "swap two": file(TEXT[300:]),
    }
)
PLAIN_NEW = whole(
    {
        "same": file(b"same"),
        "same with another time": file(b"time", ns=6),
        "edited": file(TEXT + b"new"),
        "noise": file(edited(NOISE)),
        "file to folder/inside": file(b"in a folder now"),
        "folder to file": file(b"a file now"),
        "link": link("edited"),
        "new/empty file": file(b""),
        "new/empty folder": folder(mode=0o700),
        "new/link": link("nowhere/at all"),
        "mode": file(b"mode", mode=0o755),
        "caf\udce9 ä": file(b"a strange name"),
    }
)
NEW = whole(
    {
        **PLAIN_NEW,
        "now here/moved": file(TEXT[100:]),
        "now here/edited-1.1": file(TEXT[:-300] + b"version 2"),
        "now here/other name": file(b"edited and " + OTHER_TEXT),
        "swap one": file(TEXT[300:]),
        "swap two": file(TEXT[200:]),
        "names/first": file(b"of two names"),
        "names/second": Node(hard="names/first"),
    }
)


def run_program(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command line."""
    return subprocess.run([*PROGRAM, *words], cwd=cwd, capture_output=True, text=True, check=False)


def without_times(spec: Spec, ns: int = 0) -> dict[str, Node]:
    """What a program keeps that knows no nanoseconds."""
    return {
        path: Node(node.content, node.target, node.hard, node.mode, ns)
        if node.target is None
        else link(node.target)
        for path, node in spec.items()
    }


def times_dropped(root: Path) -> dict[str, Node]:
    """What a tree holds, but for times."""
    return without_times(look(root))


def facts_of(delta: Path) -> TreeFacts:
    """What `info` finds."""
    facts = inspect(delta)
    assert isinstance(facts, TreeFacts)
    return facts


def test_each_path_has_its_fate(tmp_path: Path) -> None:
    """What moved takes a line, what was edited a delta, what stays nothing; by content alone."""
    plant(tmp_path / "old", OLD)
    plant(tmp_path / "new", NEW)
    summary = make_delta_from_trees(tmp_path / "old", tmp_path / "new", tmp_path / "delta")
    changes = {change.path: change for change in summary.changes}
    fates = {path: change.fate for path, change in changes.items()}
    assert fates == {
        "edited": Fate.CHANGED,
        "noise": Fate.CHANGED,
        "link": Fate.CHANGED,
        "mode": Fate.TOUCHED,
        "now here": Fate.NEW,
        "now here/moved": Fate.MOVED,
        "now here/edited-1.1": Fate.MOVED,
        "now here/other name": Fate.MOVED,
        "swap one": Fate.MOVED,
        "swap two": Fate.MOVED,
        "names": Fate.NEW,
        "names/first": Fate.NEW,
        "names/second": Fate.LINKED,
        "file to folder": Fate.NEW,
        "file to folder/inside": Fate.NEW,
        "folder to file": Fate.NEW,
        "folder to file/inside": Fate.DELETED,
        "new": Fate.NEW,
        "new/empty file": Fate.NEW,
        "new/empty folder": Fate.NEW,
        "new/link": Fate.NEW,
        "caf\udce9 ä": Fate.NEW,
        "gone": Fate.DELETED,
        "gone/deep": Fate.DELETED,
        "gone/deep/file": Fate.DELETED,
        "was here": Fate.DELETED,
        "was here/moved": Fate.DELETED,
        "was here/edited-1.0": Fate.DELETED,
        "was here/renamed": Fate.DELETED,
    }
    assert changes["now here/moved"].source == "was here/moved"
    assert changes["now here/edited-1.1"].source == "was here/edited-1.0"
    assert changes["now here/edited-1.1"].delta_bytes < 60
    assert changes["now here/other name"].source == "was here/renamed"
    assert changes["swap one"] == Change("swap one", Fate.MOVED, "swap two", len(TEXT) - 300, 0)
    assert changes["names/second"].source == "names/first"
    assert summary.kept_files == 2
    facts = facts_of(tmp_path / "delta")
    assert facts.changes == summary.changes
    assert (facts.kind, facts.compressed, facts.has_manifest) == (Kind.TREE_DELTA, True, True)
    assert facts.files == sum(node.content is not None for node in NEW.values())
    assert facts.seal
    assert facts.seal.basis
    assert (facts.seal.basis.name, facts.seal.basis.size_bytes) == ("old", summary.old_bytes)


def test_the_page_tells_how_it_is_done_by_hand(tmp_path: Path) -> None:
    """zstd, tar and rdiff, as docs/format.md has it, make the new folder."""
    plant(tmp_path / "old", OLD)
    plant(tmp_path / "there", NEW)
    assert run_program("diff", "old", "there", "delta", cwd=tmp_path).returncode == 0
    script = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)[-1]
    subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, check=True)
    assert times_dropped(tmp_path / "new") == without_times(NEW)


def test_rdiffdir_applies_what_needs_no_more(tmp_path: Path) -> None:
    """Without moves and hard links, a delta is rdiffdir's; with --rdiffdir, every one is."""
    plant(tmp_path / "old", OLD)
    for name, new, words in (("plain", PLAIN_NEW, []), ("whole", NEW, ["--rdiffdir"])):
        plant(tmp_path / name, new)
        plant(tmp_path / f"{name} old", OLD)
        for path in (
            "swap one",
            "swap two",
            "was here/moved",
            "was here/edited-1.0",
            "was here/renamed",
        ):
            if name == "plain":
                # What stays in both cannot have moved.
                (tmp_path / name / path).parent.mkdir(exist_ok=True)
                (tmp_path / name / path).write_bytes((tmp_path / "old" / path).read_bytes())
        made = run_program("diff", *words, "old", name, f"{name}.zst", cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        subprocess.run(["zstd", "-q", "-d", f"{name}.zst", "-o", "tar"], cwd=tmp_path, check=True)
        command = ["rdiffdir", "patch", f"{name} old", "tar"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        (tmp_path / "tar").unlink()
        made_files, expected = look(tmp_path / f"{name} old"), look(tmp_path / name)
        assert {path: node.content for path, node in made_files.items()} == {
            path: node.content for path, node in expected.items()
        }
        assert made_files["mode"].mode == 0o755
        assert made_files["link"].target == "edited"


def test_rdiffdir_stops_before_it_touches_what_needs_more(tmp_path: Path) -> None:
    """A delta with moves must not be applied by half."""
    plant(tmp_path / "old", OLD)
    plant(tmp_path / "new", NEW)
    assert run_program("diff", "--no-compress", "old", "new", "delta", cwd=tmp_path).returncode == 0
    command = ["rdiffdir", "patch", "old", "delta"]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    assert done.returncode != 0
    assert look(tmp_path / "old") == OLD


def test_what_rdiffdir_writes_is_known(tmp_path: Path) -> None:
    """Its deltas, files in pieces included, and its signatures."""
    plant(tmp_path / "old", whole({"file": file(b"x"), "large": file(NOISE)}))
    new = whole({"file": file(b"y", ns=7 * 10**9), "large": file(NOISE[::-1], ns=7 * 10**9)})
    plant(tmp_path / "new", new)
    for words in (["sig", "old", "sig"], ["delta", "sig", "new", "delta"]):
        subprocess.run(["rdiffdir", *words], cwd=tmp_path, check=True, capture_output=True)
    signature, delta = facts_of(tmp_path / "sig"), facts_of(tmp_path / "delta")
    assert (signature.kind, signature.files, signature.has_manifest) == (
        Kind.TREE_SIGNATURE, 2, False,
    )  # fmt: skip
    assert (delta.kind, delta.files, delta.has_manifest) == (Kind.TREE_DELTA, 2, False)
    large = next(change for change in delta.changes if change.path == "large")
    assert large.delta_bytes > len(NOISE)


def test_the_delta_depends_on_content_alone(tmp_path: Path) -> None:
    """Not on the number of threads; and a folder that is the same brings no change."""
    plant(tmp_path / "old", OLD)
    plant(tmp_path / "new", NEW)
    made = set()
    for threads in (1, 3):
        make_delta_from_trees(
            tmp_path / "old",
            tmp_path / "new",
            tmp_path / "delta",
            resources=Resources(threads=threads),
            replace=True,
        )
        facts = facts_of(tmp_path / "delta")
        assert facts.seal
        made.add((facts.seal.body, facts.seal.basis, facts.seal.result, facts.size_bytes))
    assert len(made) == 1
    plant(tmp_path / "again", OLD)
    summary = make_delta_from_trees(tmp_path / "old", tmp_path / "again", tmp_path / "nothing")
    assert summary.identical
    assert facts_of(tmp_path / "nothing").changes == ()


def test_a_large_file_goes_with_all_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moved, edited, new or kept; it is the same as for small ones."""
    monkeypatch.setattr("rdiff_gui.engine.trees.hashing.LARGE_BYTES", 2**16)
    monkeypatch.setattr("rdiff_gui.engine.trees.batches.LARGE_BYTES", 2**16)
    monkeypatch.setattr("rdiff_gui.engine.trees.hashing.BATCH_FILES", 2)
    other = random_bytes(200_000, 3)
    plant(tmp_path / "old", whole({"a": file(NOISE), "b/b": file(NOISE[5:]), "z": file(b"z")}))
    new = {"a": file(edited(NOISE)), "c/b": file(NOISE[9:]), "new": file(other), "z": file(b"y")}
    plant(tmp_path / "new", whole(new))
    summary = make_delta_from_trees(tmp_path / "old", tmp_path / "new", tmp_path / "delta")
    changes = {change.path: change for change in summary.changes}
    assert changes["a"].delta_bytes < 2000
    assert (changes["c/b"].source, changes["c/b"].delta_bytes < 100) == ("b/b", True)
    assert changes["new"].delta_bytes == len(other)
    assert facts_of(tmp_path / "delta").changes == summary.changes


def test_a_new_file_is_made_of_one_that_stays(tmp_path: Path) -> None:
    """One with much in common, whatever it is called; where too much would be read, one beside."""
    lines = [
        f"{number} {number**7:x}: what is to be translated\n".encode() for number in range(900)
    ]
    old = {
        "po/de.po": file(b"".join(lines[:600])),
        "po/fr.po": file(b"".join(lines[300:])),
        "far/away.po": file(b"".join(lines)),
        "unlike.po": file(b"".join(lines[:10]) + NOISE),
    }
    new = {**old, "po/uk.po": file(b"".join(b"uk\n" + line for line in lines[250:]))}
    plant(tmp_path / "old", whole(old))
    plant(tmp_path / "new", whole(new))

    def source_of(delta: str) -> str | None:
        summary = make_delta_from_trees(tmp_path / "old", tmp_path / "new", tmp_path / delta)
        changes = {change.path: change for change in summary.changes}
        assert list(changes) == ["po/uk.po"]
        return changes["po/uk.po"].source

    assert source_of("delta") == "far/away.po"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rdiff_gui.engine.trees.pairing._READ_MOST", 2)
        assert source_of("near") == "po/fr.po"
        patch.setattr("rdiff_gui.engine.trees.pairing._READ_MOST", 0)
        assert source_of("none") is None
    apply_tree_patch(tmp_path / "old", tmp_path / "near", None, keep_backup=False)
    assert look(tmp_path / "old") == look(tmp_path / "new")


@posix_only("no other system has sockets in folders, or these modes")
def test_what_belongs_to_a_file_is_kept_on_request(tmp_path: Path) -> None:
    """Set-user bits, owners and attributes are in the manifest where they are asked for."""
    plant(tmp_path / "old", whole({}))
    plant(tmp_path / "new", whole({"file": file(b"x", mode=0o4755)}))
    os.setxattr(tmp_path / "new" / "file", "user.note", b"\0note")
    delta = tmp_path / "delta"
    for keep in (KeepOptions(), KeepOptions(special_modes=True, owners=True, xattrs=True)):
        make_delta_from_trees(
            tmp_path / "old", tmp_path / "new", delta, keep=keep, compress=False, replace=True
        )
        told = json.loads(re.findall(rb'{"version".*?}\n', delta.read_bytes(), re.DOTALL)[0])
        assert (told["rest"], told["sides"][1], told["types"][-1]) == ([".", "file"], ">", "-")
        more = told["more"].get(str(len(told["types"]) - 1), {})
        assert told["modes"][-1] == (0o4755 if keep.special_modes else 0o755)
        assert more.get("attributes") == ({"user.note": "AG5vdGU="} if keep.xattrs else None)
        assert more.get("uid") == (os.getuid() if keep.owners else None)


@posix_only("no other system has sockets in folders, or these modes")
def test_what_cannot_be_sent_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket, a delta within what it is made of, a file and a folder; nothing is left behind."""
    plant(tmp_path / "old", whole({}))
    plant(tmp_path / "new", whole({"file": file(b"x")}))
    with refused(OutputIsInput):
        make_delta_from_trees(tmp_path / "old", tmp_path / "new", tmp_path / "new" / "delta")
    done = run_program("diff", "old", "new/file", "delta", cwd=tmp_path)
    assert (done.returncode, "is a folder and" in done.stderr) == (100, True)
    done = run_program("diff", "-b", "512", "old", "new", "delta", cwd=tmp_path)
    assert (done.returncode, "without a signature" in done.stderr) == (101, True)
    monkeypatch.chdir(tmp_path / "new")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        with refused(EntryRefused, path=tmp_path / "new" / "socket"):
            make_delta_from_trees(tmp_path / "old", tmp_path / "new", tmp_path / "delta")
    cancel = CancelToken()
    (tmp_path / "new" / "socket").unlink()

    def wait_for_the_end(_tree: object, _keep: object, run: Run) -> None:
        cancel.cancel()
        while True:
            run.check()

    monkeypatch.setattr("rdiff_gui.engine.trees.tree_delta.scan_tree", wait_for_the_end)
    with pytest.raises(Cancelled):
        make_delta_from_trees(tmp_path / "old", tmp_path / "new", tmp_path / "delta", cancel=cancel)
    assert {each.name for each in tmp_path.iterdir()} == {"old", "new"}


def test_a_signature_is_all_that_the_other_side_needs(tmp_path: Path) -> None:
    """Sealed, it knows what stays and what moved; the delta makes the new folder."""
    plant(tmp_path / "old", OLD)
    plant(tmp_path / "new", NEW)
    for words in (
        ["signature", "old", "sums"],
        ["delta", "sums", "new", "delta"],
        ["patch", "old", "delta", "made"],
    ):
        done = run_program(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert look(tmp_path / "made") == NEW
    sums, facts = facts_of(tmp_path / "sums"), facts_of(tmp_path / "delta")
    assert (sums.kind, sums.compressed, sums.has_manifest) == (Kind.TREE_SIGNATURE, True, True)
    assert sums.seal
    assert facts.seal
    assert (facts.seal.basis, facts.seal.signature_blake3) == (
        sums.seal.basis, sums.seal.body.blake3,
    )  # fmt: skip
    changes = {change.path: change for change in facts.changes}
    assert changes["now here/moved"].source == "was here/moved"
    assert changes["noise"].delta_bytes < len(NOISE) // 10
    assert "same" not in changes
    for words, told in (
        (["delta", "sums", "new/noise", "other"], "not with a file"),
        (["patch", "old", "sums", "other"], "not a delta"),
        (["delta", "delta", "new", "other"], "not a signature"),
        (["signature", "--compress", "old/noise", "other"], "no folder was named"),
        (["diff", "--rdiffdir", "old/noise", "new/noise", "other"], "no folder was named"),
    ):
        refusal = run_program(*words, cwd=tmp_path)
        assert refusal.returncode
        assert told in refusal.stderr
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("signer", ["rdiffdir", "ours"])
@pytest.mark.parametrize("maker", ["rdiffdir", "ours"])
@pytest.mark.parametrize("patcher", ["rdiffdir", "ours"])
def test_each_step_may_be_rdiffdirs(
    signer: str, maker: str, patcher: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signature, delta and patch, in all eight ways; a large file goes in pieces."""
    monkeypatch.chdir(tmp_path)
    # rdiffdir takes what has the same second for unchanged.
    new = {path: Node(n.content, n.target, n.hard, n.mode, NS + 10**10) for path, n in NEW.items()}
    plant(tmp_path / "old", OLD)
    plant(tmp_path / "new", new)
    # fmt: off
    steps = {
        ("rdiffdir", "sign"): ["rdiffdir", "sig", "old", "sums"],
        ("rdiffdir", "make"): ["rdiffdir", "delta", "sums", "new", "delta"],
        ("rdiffdir", "patch"): ["rdiffdir", "patch", "old", "delta"],
        ("ours", "sign"): [*PROGRAM, "signature", "--no-compress", "old", "sums"],
        ("ours", "make"): [
            *PROGRAM,
            "delta",
            "--rdiffdir",
            "--no-compress",
            "sums",
            "new",
            "delta",
        ],
        ("ours", "patch"): [*PROGRAM, "patch", "--in-place", "--outside-links", "old", "delta"],
    }
    # fmt: on
    for who, what in ((signer, "sign"), (maker, "make"), (patcher, "patch")):
        done = subprocess.run(steps[who, what], check=False, capture_output=True, text=True)
        assert done.returncode == 0, (who, what, done.stderr)
    made, expected = look(tmp_path / "old"), look(tmp_path / "new")
    assert {path: (node.content, node.target) for path, node in made.items()} == {
        path: (node.content, node.target) for path, node in expected.items()
    }


@pytest.mark.parametrize("seconds", [10**10, -(10**10)])
def test_times_that_no_manifest_tells(seconds: int, tmp_path: Path) -> None:
    """A file of the year 2286, or 1653, as a broken clock makes them, comes over all the same."""
    old, new = (
        plant(tmp_path / name, whole({"f": file(name.encode())})) for name in ("old", "new")
    )
    try:
        os.utime(new / "f", (seconds, seconds))
    except (OSError, OverflowError):
        pytest.skip("the disk knows no such time")
    signature, delta, back = (tmp_path / name for name in ("signature", "delta", "back"))
    make_delta_from_trees(old, new, delta)
    apply_tree_patch(old, delta, tmp_path / "result")
    assert (tmp_path / "result" / "f").read_bytes() == b"new"
    make_tree_signature(new, signature)
    make_tree_delta(signature, old, back)
    apply_tree_patch(new, back, None, keep_backup=False)
    assert look(new) == look(old)


@posix_only("a path there is not as long")
def test_folders_that_are_too_deep(tmp_path: Path) -> None:
    """What nobody would take back is not written."""
    for name, depth in (("old", 3), ("new", DEPTH_MOST)):
        (tmp_path / name / "/".join("d" * depth)).mkdir(parents=True)
    folders = tmp_path / "old", tmp_path / "new"
    make_delta_from_trees(*folders, tmp_path / "delta")
    apply_tree_patch(tmp_path / "old", tmp_path / "delta", tmp_path / "result")
    assert look(tmp_path / "result") == look(tmp_path / "new")
    (tmp_path / "new" / "/".join("d" * DEPTH_MOST) / "d").mkdir()
    for make in (
        lambda target: make_delta_from_trees(*folders, target),
        lambda target: make_tree_signature(folders[1], target),
    ):
        with refused(SourceUnreadable):
            make(tmp_path / "deeper")
        assert not (tmp_path / "deeper").exists()
