"""Every verb, as a process, crossed with the real rdiff in both directions."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from unicodedata import category, east_asian_width

import pytest

from .cli_process import PROGRAM, one_line, plain_environment, run_cli
from .conftest import MakeFile, Rdiff, edited, random_bytes
from .platforms import posix_only

KINDS = [(strong, rolling) for strong in ("blake2", "md4") for rolling in ("rabinkarp", "rollsum")]

OLD = random_bytes(60_000)
NEW = edited(OLD)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with `old` and `new`."""
    (tmp_path / "old").write_bytes(OLD)
    (tmp_path / "new").write_bytes(NEW)
    return tmp_path


def succeed(*words: str | bytes | Path, folder: Path, given: bytes = b"") -> bytes:
    """Run, see that all went well and without a word, and give standard output."""
    result = run_cli(*words, folder=folder, given=given)
    assert (result.returncode, result.stderr) == (0, b"")
    return result.stdout


def patch_unchecked(*words: str, folder: Path) -> None:
    """Patch with a delta that has no seal, and see that this alone is told."""
    result = run_cli("patch", *words, folder=folder)
    assert result.returncode == 0
    assert "could not be checked" in one_line(result)


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_signature_is_byte_identical_to_rdiffs(
    kind: tuple[str, str], folder: Path, rdiff: Rdiff
) -> None:
    """A script may take either program for any kind of signature."""
    options = ["-H", kind[0], "-R", kind[1], "-b", "512"]
    succeed(*options, "--plain", "signature", "old", "ours", folder=folder)
    rdiff(*options, "signature", folder / "old", folder / "theirs")
    assert (folder / "ours").read_bytes() == (folder / "theirs").read_bytes()


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_files_cross_with_rdiff(kind: tuple[str, str], folder: Path, rdiff: Rdiff) -> None:
    """Their signature, our delta, their patch; and our signature, their delta, our patch."""
    options = ["-H", kind[0], "-R", kind[1]]
    rdiff(*options, "signature", folder / "old", folder / "theirs.sig")
    succeed("delta", "theirs.sig", "new", "ours.delta", folder=folder)
    rdiff("patch", folder / "old", folder / "ours.delta", folder / "once")
    succeed("signature", *options, "old", "ours.sig", folder=folder)
    rdiff("delta", folder / "ours.sig", folder / "new", folder / "theirs.delta")
    patch_unchecked("old", "theirs.delta", "twice", folder=folder)
    assert (folder / "once").read_bytes() == NEW
    assert (folder / "twice").read_bytes() == NEW


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-b", "1000"),
        ("-b64",),
        ("-b=64",),
        ("--block-size=0x80",),
        ("--block-size", "0200"),
        ("-S", "8"),
        ("-S", "-1"),
        ("--sum-size=0",),
        ("-I", "10", "-O", "10"),
        ("--input-size=100000", "--output-size=100000"),
        ("-H", "md4", "--rollsum=rollsum"),
        ("--hash", "blake2", "-R", "rabinkarp"),
    ],
    ids=" ".join,
)
def test_options_mean_what_they_mean_to_rdiff(
    options: tuple[str, ...], folder: Path, rdiff: Rdiff
) -> None:
    """Each of rdiff's options gives rdiff's signature, before the verb and after it."""
    theirs = rdiff(*options, "signature", folder / "old").stdout
    assert succeed(*options, "signature", "--plain", "old", folder=folder) == theirs
    assert succeed("signature", "old", *options, "--plain", folder=folder) == theirs


@pytest.mark.parametrize("verb", ["s", "sig", "signatur"])
def test_verbs_may_be_cut_short_as_with_rdiff(verb: str, folder: Path, rdiff: Rdiff) -> None:
    """`rdiff sig` works, and so does ours."""
    plain = succeed("--plain", verb, "old", folder=folder)
    assert plain == rdiff(verb, folder / "old").stdout


def test_a_whole_round_through_pipes(folder: Path) -> None:
    """No verb needs a file name at its end, and `-` stands for the pipe anywhere."""
    signature = succeed("signature", folder=folder, given=OLD)
    delta = succeed("delta", "-", "new", folder=folder, given=signature)
    assert succeed("patch", "old", folder=folder, given=delta) == NEW
    (folder / "s").write_bytes(signature)
    (folder / "d").write_bytes(delta)
    assert succeed("patch", "-", "d", "-", folder=folder, given=OLD) == NEW
    again = succeed("delta", "s", "-", "-", folder=folder, given=NEW)
    assert succeed("patch", "old", "-", "-", folder=folder, given=again) == NEW


@posix_only("rdiff is here for Linux alone")
def test_a_pipeline_of_ours_and_theirs(folder: Path) -> None:
    """Signature | delta | patch in one shell line, every other one rdiff's."""
    program = " ".join(f"'{word}'" for word in PROGRAM)
    line = f"{program} signature old | rdiff delta - new | {program} patch old > result"
    subprocess.run(["sh", "-c", line], cwd=folder, env=plain_environment(), check=True)
    assert (folder / "result").read_bytes() == NEW


def test_a_redirected_file_is_read_from_where_it_stands(folder: Path) -> None:
    """What a script has already read from its standard input is not signed."""
    with (folder / "old").open("rb") as stream:
        os.lseek(stream.fileno(), 1000, os.SEEK_SET)
        result = subprocess.run(
            [*PROGRAM, "signature", "--plain", "-b256"],
            stdin=stream,
            capture_output=True,
            check=True,
        )
    assert result.stdout == succeed(
        "signature", "--plain", "-b256", folder=folder, given=OLD[1000:]
    )


@posix_only("named pipes are POSIX's")
def test_named_pipes_are_read_and_written(folder: Path) -> None:
    """`<(…)` and mkfifo work as with any Unix program."""
    line = 'mkfifo p; cat old > p & "$@" signature --plain p - > piped'
    environment = plain_environment()
    subprocess.run(["bash", "-c", line, "-", *PROGRAM], cwd=folder, env=environment, check=True)
    assert (folder / "piped").read_bytes() == succeed(
        "signature", "--plain", folder=folder, given=OLD
    )


def test_diff_makes_a_delta_that_rdiff_applies(folder: Path, rdiff: Rdiff) -> None:
    """With both files here one step is enough, and no signature file is left."""
    succeed("diff", "old", "new", "d", folder=folder)
    rdiff("patch", folder / "old", folder / "d", folder / "result")
    assert (folder / "result").read_bytes() == NEW
    assert set(os.listdir(folder)) == {"old", "new", "d", "result"}  # noqa: PTH208  # names


def test_diff_is_signature_and_delta_in_a_row(folder: Path) -> None:
    """The same options give the same delta in one step as in two."""
    options = ("-b", "256", "-S", "12", "-H", "md4")
    signature = succeed("signature", *options, "--plain", "old", folder=folder)
    two_steps = succeed("delta", "--plain", "-", "new", folder=folder, given=signature)
    assert succeed("diff", *options, "--plain", "old", "new", folder=folder) == two_steps


def test_force_replaces_an_existing_result(folder: Path) -> None:
    """Only -f takes the place of a file that is there."""
    (folder / "sums").write_text("precious")
    assert run_cli("signature", "old", "sums", folder=folder).returncode == 100
    assert (folder / "sums").read_text() == "precious"
    succeed("signature", "-f", "old", "sums", folder=folder)
    assert (folder / "sums").read_bytes()[:2] == b"rs"


def test_limit_refuses_a_delta_that_grows_too_far(folder: Path) -> None:
    """A recipient can say how large a file may become."""
    succeed("diff", "old", "new", "d", folder=folder)
    refused = run_cli("patch", "--limit", "1000", "old", "d", "result", folder=folder)
    assert refused.returncode == 108
    assert b"more than the limit of 1.00 kB" in refused.stderr
    assert not (folder / "result").exists()
    succeed("patch", "--limit", str(len(NEW)), "old", "d", "result", folder=folder)
    assert (folder / "result").read_bytes() == NEW


def test_force_lets_a_delta_grow_out_of_proportion(make_file: MakeFile, tmp_path: Path) -> None:
    """A tiny delta that makes a large file needs a word from the user."""
    old = make_file("old", b"x" * 1000)
    make_file("d", bytes.fromhex("72730236" + "460003e8" * 100 + "00"))
    assert run_cli("patch", "old", "d", "result", folder=tmp_path).returncode == 108
    patch_unchecked("--force", "old", "d", "result", folder=tmp_path)
    assert (tmp_path / "result").read_bytes() == old.read_bytes() * 100


# --- what it tells ------------------------------------------------------------------------------


def numbers_of(text: str, label: str) -> list[str]:
    """The whole numbers within `label[…]` of rdiff's statistics."""
    match = re.search(rf"{label}\[([^\]]*)\]", text)
    assert match, text
    return re.findall(r"\d+", match[1])


def test_statistics_agree_with_rdiffs(folder: Path, rdiff: Rdiff) -> None:
    """-s counts blocks, commands and bytes as rdiff -s does, on standard error."""
    ours = run_cli("-s", "signature", "old", "s", folder=folder).stderr.decode()
    theirs = rdiff("-s", "signature", folder / "old").stderr.decode()
    assert numbers_of(ours, "signature") == numbers_of(theirs, "signature")
    ours = run_cli("-s", "delta", "s", "new", "d", folder=folder).stderr.decode()
    theirs = rdiff("-s", "delta", folder / "s", folder / "new").stderr.decode()
    assert numbers_of(ours, "literal") == numbers_of(theirs, "literal")[:2]
    assert numbers_of(ours, "copy") == numbers_of(theirs, "copy")[:2]
    assert "% smaller" in ours
    ours = run_cli("-s", "patch", "old", "d", "n", folder=folder).stderr.decode()
    theirs = rdiff("-s", "patch", folder / "old", folder / "d").stderr.decode()
    assert numbers_of(ours, "literal") == numbers_of(theirs, "literal")[:2]
    assert numbers_of(ours, "copy") == numbers_of(theirs, "copy")[:2]


def test_statistics_are_honest_about_a_useless_delta(make_file: MakeFile, tmp_path: Path) -> None:
    """Two files with nothing in common, and two that are equal, are called so."""
    make_file("old", 5000, seed=1)
    make_file("new", 5000, seed=2)
    useless = run_cli("-s", "diff", "--plain", "old", "new", "d", folder=tmp_path).stderr.decode()
    assert "hardly worth it: 5.01 kB to send instead of 5.00 kB" in useless
    same = run_cli("-s", "diff", "old", "old", "e", folder=tmp_path).stderr.decode()
    assert "already the same: nothing to send" in same


def ask(*words: str, folder: Path) -> dict[str, object]:
    """What `info --json` answers."""
    answer = json.loads(succeed("info", "--json", *words, folder=folder))
    assert isinstance(answer, dict)
    return answer


def test_info_tells_programs_about_a_signature(folder: Path) -> None:
    """Every field of a signature, with its unit in its name."""
    succeed("signature", "--plain", "-b1000", "-S12", "-H", "md4", "old", "s", folder=folder)
    assert ask("s", folder=folder) == {
        "kind": "signature",
        "path": "s",
        "size_bytes": 12 + 60 * 16,
        "strong_hash": "md4",
        "rolling_sum": "rabinkarp",
        "block_bytes": 1000,
        "strong_bytes": 12,
        "blocks": 60,
        "basis_bytes_min": 59_001,
        "basis_bytes_max": 60_000,
        "compressed": False,
        "seal": None,
    }


def test_info_tells_programs_about_a_delta(folder: Path) -> None:
    """What a delta makes, of what, and how large its basis must be."""
    succeed("diff", "old", "new", "d", folder=folder)
    facts = ask("d", folder=folder)
    assert list(facts) == [
        "kind",
        "path",
        "size_bytes",
        "result_bytes",
        "basis_bytes_needed",
        "literal_bytes",
        "literal_count",
        "copied_bytes",
        "copy_count",
        "changed_bytes",
        "changed_ranges",
        "compressed",
        "seal",
    ]
    assert facts["kind"] == "delta"
    assert facts["result_bytes"] == len(NEW)
    assert facts["size_bytes"] == (folder / "d").stat().st_size


def test_info_tells_programs_about_an_ordinary_file(folder: Path) -> None:
    """Anything else is named as such, with size and time."""
    os.utime(folder / "old", (0, 0))
    facts = ask("old", folder=folder)
    assert str(facts.pop("modified")).startswith(("1970-01-01", "1969-12-31"))
    assert facts == {"kind": "ordinary", "path": "old", "size_bytes": 60_000}


def test_info_tells_people(folder: Path) -> None:
    """The same in words, from a file or a pipe."""
    succeed("signature", "--plain", "-b", "1000", "old", "s", folder=folder)
    words = succeed("info", "s", folder=folder).decode()
    assert words.startswith("“s” is a signature.\n")
    assert "59.0 kB (59 001 bytes) to 60.0 kB (60 000 bytes)" in words
    piped = succeed("info", "-", folder=folder, given=(folder / "s").read_bytes()).decode()
    assert piped == words.replace("“s”", "“standard input”")
    succeed("diff", "old", "new", "d", folder=folder)
    assert "Needs an old file of at least:" in succeed("info", "d", folder=folder).decode()
    assert "neither a signature nor a delta" in succeed("info", "new", folder=folder).decode()


@pytest.mark.parametrize(("language", "colon"), [("fr", "\u202f:"), ("zh_CN", "："), ("ar", ":")])
def test_info_keeps_its_columns(language: str, colon: str, folder: Path) -> None:
    """Where letters are twice as wide or have marks on them, and colons are other ones."""
    succeed("signature", "old", "s", folder=folder)
    told = run_cli("info", "s", folder=folder, LANGUAGE=language, PYTHONUTF8="1").stdout.decode()
    # Before the old file's name and before its hash.
    labels = re.findall(r"^(.*?)(?:\bold\b|\b[0-9a-f]{64}$)", told, re.MULTILINE)
    assert [colon in label for label in labels] == [True, True]
    marks = ("Cf", "Mn")
    shown = ["".join(each for each in label if category(each) not in marks) for label in labels]
    wide = [sum(east_asian_width(each) in "FW" for each in label) for label in shown]
    assert len(shown[0]) + wide[0] == len(shown[1]) + wide[1]


def test_info_counts_one_byte_as_one(make_file: MakeFile, tmp_path: Path) -> None:
    """Blocks of a single byte are no “1 bytes”."""
    make_file("old", b"abc")
    succeed("signature", "-b", "1", "old", "s", folder=tmp_path)
    assert " 3 of 1 B\n" in succeed("info", "s", folder=tmp_path).decode()


def test_version_names_librsync(folder: Path) -> None:
    """A bug report says which library was used, and where it lies."""
    answer = succeed("--version", folder=folder).decode()
    assert re.fullmatch(
        r"rdiff-gui \d+\.\d+\.\d+\nlibrsync 2\.\d+\.\d+ \(.*rsync.*\)\nCopyright .*\n",
        answer,
    )
    assert succeed("-V", folder=folder).decode() == answer


def test_verbose_names_librsync(folder: Path) -> None:
    """-v tells the same while something is done."""
    result = run_cli("-v", "signature", "old", "s", folder=folder)
    assert result.stderr.startswith(b"rdiff-gui: librsync 2.")


@pytest.mark.parametrize("verb", ["signature", "delta", "patch", "diff", "verify", "info"])
def test_help_has_examples(verb: str, folder: Path) -> None:
    """Each verb shows how it is called, and the overview lists all."""
    text = succeed(verb, "--help", folder=folder).decode()
    assert text.startswith(f"usage: rdiff-gui {verb} [OPTIONS] ")
    assert f"  rdiff-gui {verb} " in text.partition("examples:")[2]
    overview = succeed("-?", folder=folder).decode()
    assert f"\n  rdiff-gui {verb} " in overview
    assert max(len(line) for line in (text + overview).splitlines()) <= 100


@posix_only("rdiff is here for Linux alone")
def test_the_help_of_the_program_tells_rdiffs_options(folder: Path) -> None:
    """Whoever knows rdiff finds each of them where rdiff tells them."""
    theirs = subprocess.run(["rdiff", "--help"], capture_output=True, text=True, check=True).stdout
    names = set(re.findall(r"(?<= )--[a-z-]+", theirs)) - {"--gzip", "--bzip2"}
    assert len(names) > 5
    overview = succeed("--help", folder=folder).decode()
    assert names <= set(re.findall(r"(?<= )--[a-z-]+", overview))
