"""Seals, compression, verify, undo and in place, from the command line."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from rdiff_gui.cli.table import VERBS, groups_of

from .cli_process import one_line, run_cli
from .conftest import Rdiff, edited, random_bytes
from .platforms import posix_only

OLD = random_bytes(60_000)
NEW = edited(OLD)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an old and a new file, and the sealed delta between them."""
    (tmp_path / "old").write_bytes(OLD)
    (tmp_path / "new").write_bytes(NEW)
    succeed("diff", "old", "new", "d", folder=tmp_path)
    return tmp_path


def succeed(*words: str, folder: Path) -> str:
    """Run, expect exit code 0 and silence on stderr, and give what was answered."""
    result = run_cli(*words, folder=folder)
    assert (result.returncode, result.stderr) == (0, b"")
    return result.stdout.decode()


def names_in(folder: Path) -> set[str]:
    """What lies in the folder."""
    return set(os.listdir(folder))  # noqa: PTH208  # names are what is compared


def test_verify_says_that_it_is_right_and_writes_nothing(folder: Path, rdiff: Rdiff) -> None:
    """A sealed delta is confirmed; rdiff's own applies, but could not be checked."""
    before = names_in(folder)
    assert "makes the new file of 60.0 kB" in succeed("verify", "old", "d", folder=folder)
    assert names_in(folder) == before
    rdiff("signature", folder / "old", folder / "s")
    rdiff("delta", folder / "s", folder / "new", folder / "theirs")
    assert "carries no checksum" in succeed("verify", "old", "theirs", folder=folder)


@pytest.mark.parametrize("words", [("n",), ("-",), ()])
def test_a_patch_that_could_not_be_checked_says_so(
    words: tuple[str, ...], folder: Path, rdiff: Rdiff
) -> None:
    """Rdiff's own delta fits any file that is long enough: one line tells, and no code changes."""
    rdiff("signature", folder / "old", folder / "s")
    rdiff("delta", folder / "s", folder / "new", folder / "theirs")
    unsure = run_cli("patch", "new", "theirs", *words, folder=folder)
    assert unsure.returncode == 0
    assert "could not be checked" in one_line(unsure)
    made = (folder / "n").read_bytes() if words == ("n",) else unsure.stdout
    assert made != NEW
    assert succeed("patch", "old", "d", "right", folder=folder) == ""


def test_verify_fails_as_patch_would(folder: Path) -> None:
    """The wrong old file and a damaged delta have their sentences and exit codes."""
    wrong = run_cli("verify", "new", "d", folder=folder)
    assert wrong.returncode == 106
    assert "is not the file that the delta “d” is for" in one_line(wrong)
    (folder / "d").write_bytes((folder / "d").read_bytes()[:20])
    cut = run_cli("verify", "old", "d", folder=folder)
    assert cut.returncode == run_cli("patch", "old", "d", "n", folder=folder).returncode
    assert cut.returncode in (103, 106)


def test_a_wrong_old_file_writes_nothing(folder: Path) -> None:
    """Not even an empty result is left, and an old result stays."""
    (folder / "result").write_bytes(b"precious")
    result = run_cli("-f", "patch", "new", "d", "result", folder=folder)
    assert result.returncode == 106
    assert (folder / "result").read_bytes() == b"precious"


@pytest.mark.parametrize("verb", ["delta", "diff"])
def test_compressed_deltas_unpack_to_plain_ones(verb: str, folder: Path, rdiff: Rdiff) -> None:
    """`zstd -d` of it is the plain delta, byte for byte, which rdiff applies."""
    first = "old"
    if verb == "delta":
        first = "s"
        succeed("signature", "old", "s", folder=folder)
    succeed(verb, "--compress", first, "new", "packed", folder=folder)
    succeed(verb, "--plain", "--no-compress", first, "new", "plain", folder=folder)
    subprocess.run(["zstd", "-q", "-d", "packed", "-o", "unpacked"], cwd=folder, check=True)
    assert (folder / "unpacked").read_bytes() == (folder / "plain").read_bytes()
    rdiff("patch", folder / "old", folder / "unpacked", folder / "result")
    assert (folder / "result").read_bytes() == NEW
    assert run_cli("patch", "old", "packed", folder=folder).stdout == NEW


def test_plain_files_have_no_seal_and_nameless_ones_no_names(folder: Path) -> None:
    """What a file tells of its maker is the maker's choice."""
    succeed("diff", "--plain", "old", "new", "plain", folder=folder)
    succeed("diff", "--no-names", "old", "new", "nameless", folder=folder)
    plain, nameless, named = (
        json.loads(succeed("info", "--json", name, folder=folder))["seal"]
        for name in ("plain", "nameless", "d")
    )
    assert plain is None
    assert (nameless["basis"]["name"], nameless["result"]["name"]) == (None, None)
    assert (named["basis"]["name"], named["result"]["name"]) == ("old", "new")
    assert nameless["basis"]["blake3"] == named["basis"]["blake3"]


def test_info_reads_seals_to_people(folder: Path) -> None:
    """Names, sizes and hashes of both files, and who made it."""
    words = succeed("info", "d", folder=folder)
    assert "old · 60.0 kB (60 000 bytes)\n  Its BLAKE3: " in words
    assert "by rdiff-gui 0" in words
    succeed("diff", "--plain", "old", "new", "plain", folder=folder)
    assert "a wrong file would not be noticed" in succeed("info", "plain", folder=folder)


def test_in_place_keeps_the_old_file_and_undo_brings_it_back(folder: Path) -> None:
    """There and back under one name, with the old version at hand meanwhile."""
    succeed("patch", "--in-place", "--undo", "back", "old", "d", folder=folder)
    assert (folder / "old").read_bytes() == NEW
    assert (folder / "old.old").read_bytes() == OLD
    succeed("patch", "--in-place", "--no-backup", "old", "back", folder=folder)
    assert (folder / "old").read_bytes() == OLD
    assert names_in(folder) == {"old", "old.old", "new", "d", "back"}


@posix_only("names that are no files are POSIX's")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("old d out --undo -", 101),
        ("old d out --undo pipe", 101),
        ("old d out --undo /dev/null", 101),
        ("old d --undo back", 101),
        ("old d - --undo back", 101),
        ("old d /dev/null --undo back", 101),
        ("--in-place old d --undo -", 101),
        ("--in-place --changes-only old d --undo -", 101),
        ("old d out --undo=", 100),
        ("old d out --undo back/", 100),
        ("old d out --undo out", 100),
        ("old d out --undo old", 100),
        ("old d out --undo d", 100),
        ("old d out --undo .", 100),
        ("--in-place old d --undo old", 100),
    ],
)
def test_an_undo_delta_is_a_file_of_its_own(words: str, code: int, folder: Path) -> None:
    """Anything else is refused at once, though all may be replaced; nothing is written."""
    os.mkfifo(folder / "pipe")
    before = names_in(folder)
    done = run_cli("patch", "--force", *words.split(), folder=folder)
    one_line(done)
    assert (done.returncode, done.stdout, names_in(folder)) == (code, b"", before)
    assert (folder / "old").read_bytes() == OLD
    succeed("verify", "old", "d", folder=folder)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("recover -", "needs FILE to be a file"),
        ("patch --in-place old d out", "takes the place of BASIS"),
        ("patch --no-backup old d out", "--no-backup goes with --in-place"),
        ("patch --in-place - d", "needs BASIS to be a file"),
        (
            "verify --plain old d",
            "verify needs no --plain: files are taken with",
        ),
        ("signature --compress old s", "--compress goes with a folder, and no folder was named"),
        ("verify --in-place old d", "--in-place belongs to patch"),
        ("verify old", "A file name is missing"),
    ],
)
def test_what_does_not_go_together_is_said(words: str, sentence: str, folder: Path) -> None:
    """Options on the wrong verb are mistakes, not ignored."""
    before = names_in(folder)
    result = run_cli(*words.split(), folder=folder)
    assert result.returncode == 101
    assert sentence in one_line(result)
    assert names_in(folder) == before


@pytest.mark.parametrize(
    ("verb", "files"),
    [
        ("signature", "old s"),
        ("delta", "s new out"),
        ("diff", "old new out"),
        ("patch", "old d out"),
        ("verify", "old d"),
    ],
)
def test_what_folders_alone_have_is_refused_with_a_file(
    verb: str, files: str, folder: Path
) -> None:
    """Nobody believes that something was kept or repaired by an option that did nothing."""
    before = names_in(folder)
    options = [o for group in groups_of(VERBS[verb]) if group.of_folders for o in group.options]
    assert options
    for option in options:
        given = [option.names[0], *(["tcp://localhost:1"] if option.value else [])]
        result = run_cli(verb, *given, *files.split(), folder=folder)
        assert result.returncode == 101
        assert given[0] in one_line(result)
        assert names_in(folder) == before


def test_a_round_through_pipes_is_sealed_too(folder: Path) -> None:
    """Seals pass through pipes: the last step knows that its result is right."""
    signature = run_cli("signature", "old", folder=folder).stdout
    delta = run_cli("delta", "-", "new", folder=folder, given=signature).stdout
    (folder / "piped").write_bytes(delta)
    assert "makes the new file of" in succeed("verify", "old", "piped", folder=folder)
    packed = run_cli("delta", "--compress", "-", "new", folder=folder, given=signature).stdout
    assert run_cli("patch", "old", "-", folder=folder, given=packed).stdout == NEW


def test_every_key_of_info_is_documented(folder: Path) -> None:
    """Programs can rely on the page: each key that is answered stands in it."""
    page = (Path(__file__).parent.parent / "docs" / "info-json.md").read_text()
    succeed("signature", "old", "s", folder=folder)
    keys: set[str] = set()
    for name in ("old", "s", "d"):
        facts = json.loads(succeed("info", "--json", name, folder=folder))
        seal = facts.get("seal") or {}
        keys |= facts.keys() | seal.keys() | (seal.get("basis") or {}).keys()
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []
