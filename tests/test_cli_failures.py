"""What goes wrong ends as with rdiff: the same exit code, but with one line that helps."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .cli_process import (
    PROGRAM,
    one_line,
    run_cli,
    start_cli,
)
from .conftest import MakeFile, Rdiff, edited, random_bytes
from .platforms import posix_only

OLD = random_bytes(50_000)
NEW = edited(OLD)


@pytest.fixture
def bench(tmp_path: Path, rdiff: Rdiff) -> Path:
    """A folder with a good file of each kind, and some that are not."""
    (tmp_path / "old").write_bytes(OLD)
    (tmp_path / "new").write_bytes(NEW)
    rdiff("signature", tmp_path / "old", tmp_path / "sums")
    rdiff("delta", tmp_path / "sums", tmp_path / "new", tmp_path / "changes")
    sums, changes = (tmp_path / "sums").read_bytes(), (tmp_path / "changes").read_bytes()
    (tmp_path / "cut-sums").write_bytes(sums[:-20])
    (tmp_path / "cut-header").write_bytes(sums[:8])
    (tmp_path / "cut-changes").write_bytes(changes[:-5])
    (tmp_path / "bad-changes").write_bytes(changes[:4] + b"\xff" + changes[5:])
    (tmp_path / "short-old").write_bytes(OLD[:1000])
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    return tmp_path


# rdiff's code for each; where ours is another one, it stands after it, with the reason.
EXIT_CODES: dict[str, tuple[int, ...]] = {
    "signature old out": (0,),
    "delta sums new out": (0,),
    "patch old changes out": (0,),
    "patch empty empty out": (103,),
    # the command line
    "-s": (101,),
    "-s bogus old out": (101,),
    "delta": (101,),
    "patch": (101,),
    "--bogus signature old out": (101,),
    "-z signature old out": (101,),
    "signature old out -z": (101,),
    "signature old out extra": (101,),
    "delta sums new out extra": (101,),
    "patch old changes out extra": (101,),
    "--version=3": (101,),
    "signature old -b": (101,),
    "-b abc signature old out": (101,),
    "-b 1k signature old out": (101,),
    "-I x signature old out": (101,),
    "-H sha1 signature old out": (101,),
    "-H BLAKE2 signature old out": (101,),
    "-R adler signature old out": (101,),
    "-V bogus": (0,),
    "-?": (0,),
    # options out of range
    "-S 1 signature old out": (0,),
    "-S 33 signature old out": (108,),
    "-S 99 signature old out": (108,),
    "-S -2 signature old out": (108,),
    "-H md4 -S 17 signature old out": (108,),
    "-b -5 signature old out": (-6, 108),  # it aborts
    "-b 536870912 signature old out": (-6, 108),  # it aborts
    "-b 99999999999 signature old out": (101,),
    "-I -1 signature old out": (-6, 101),  # it aborts
    # files
    "signature missing out": (100,),
    "delta missing new out": (100,),
    "delta sums missing out": (100,),
    "patch missing changes out": (100,),
    "patch old missing out": (100,),
    "signature old sums": (100,),
    "delta sums new changes": (100,),
    "patch old changes new": (100,),
    "signature old folder": (100,),
    "signature folder out": (100, 0),  # ours signs folders, too
    "delta sums folder out": (100, 104),  # and a folder needs a folder's signature
    "signature old missing/out": (100,),
    "signature old old/out": (100,),
    "-f signature old old": (0, 100),  # it destroys the old file
    "-f patch old changes old": (103, 100),  # it destroys the old file, too
    "-f signature old /dev/full": (100,),
    "-f signature short-old /dev/full": (0, 100),  # it does not notice
    "signature old /dev/null": (100, 0),  # nothing is lost there
    # formats
    "delta old new out": (106,),
    "delta changes new out": (106,),
    "delta empty new out": (103,),
    "delta cut-sums new out": (103,),
    "delta cut-header new out": (103,),
    "patch old old out": (104,),
    "patch old sums out": (104,),
    "patch old empty out": (103,),
    "patch old cut-changes out": (103,),
    "patch old bad-changes out": (106,),
    "patch short-old changes out": (103,),
}


@pytest.mark.parametrize("line", EXIT_CODES)
def test_exit_codes_are_rdiffs(line: str, bench: Path) -> None:
    """A script that asks for the exit code hears what rdiff would have said."""
    theirs, *other = EXIT_CODES[line]
    expected = other[0] if other else theirs
    before = {path.name: path.read_bytes() for path in bench.iterdir() if path.is_file()}
    ours = run_cli(*line.split(), folder=bench)
    if expected:
        one_line(ours)
        assert ours.stdout == b""
        after = {path.name: path.read_bytes() for path in bench.iterdir() if path.is_file()}
        assert after == before
    (bench / "out").unlink(missing_ok=True)
    rdiff_itself = subprocess.run(
        [shutil.which("rdiff") or "rdiff", *line.split()],
        cwd=bench,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert (rdiff_itself.returncode, ours.returncode) == (theirs, expected)


SENTENCES = {
    "signature missing out": "“missing” was not found.",
    "signature old folder": "“folder” is a folder. Give the result a file name.",
    "signature old folder/": "“folder” is a folder. Give the result a file name.",
    "signature old missing/out": "The folder for “missing/out” does not exist.",
    "signature old sums": "“sums” exists already and was not replaced.",
    "-f signature old old": "“old” is one of the input files and would be destroyed.",
    "delta old new out": "“old” is an ordinary file, not a signature.",
    "delta changes new out": "“changes” is a delta, not a signature.",
    "delta cut-sums new out": "The signature “cut-sums” is cut off",
    "patch old sums out": "“sums” is a signature, not a delta.",
    "patch old cut-changes out": "The delta “cut-changes” is cut off",
    "patch old bad-changes out": "The delta “bad-changes” is damaged",
    "patch short-old changes out": "“short-old” is not the old file",
    "-f bogus": "“bogus” is not something to do",
    "delta": "A file name is missing: rdiff-gui delta SIGNATURE [NEWFILE [DELTA]].",
    "info old new": "Too many file names: rdiff-gui info FILE.",
    "-b x signature old": "invalid numeric value: x.",
    "-b -5 signature old": "the block length cannot be -5",
    "-I -5 signature old": "number too large or too small: -5.",
    "-b 08 signature old": "invalid numeric value: 08.",
    "delta - -": "Only one of the two input files can come from standard input.",
    "patch -": "Only one of the two input files can come from standard input.",
    "patch --json old": "--json belongs to info.",
    "delta --limit 5 sums new": "--limit belongs to patch, verify.",
}


@pytest.mark.parametrize("line", SENTENCES)
def test_failures_say_what_happened(line: str, bench: Path) -> None:
    """One line names the file and what is the matter with it."""
    result = run_cli(*line.split(), folder=bench)
    assert one_line(result).startswith(SENTENCES[line])
    assert result.returncode in (100, 101, 103, 104, 106, 108)


@pytest.mark.parametrize("line", ["", "old", "bogus old"])
def test_without_a_display_the_command_line_is_named(line: str, bench: Path) -> None:
    """No verb means the window; where there can be none, a sentence says what there is."""
    result = run_cli(*line.split(), folder=bench)
    assert (result.returncode, result.stdout) == (2, b"")
    words = result.stderr.decode()
    assert words.count("\n") == 1
    assert "command line" in words
    assert "rdiff-gui --help" in words


def test_an_empty_name_is_refused(bench: Path) -> None:
    """A script's unset variable does not become the working folder."""
    result = run_cli("signature", "", "out", folder=bench)
    assert (result.returncode, one_line(result)) == (100, "One of the file names is empty.")


@pytest.mark.parametrize("link", ["symlink", "hard link"])
def test_an_output_that_is_an_input_is_found_out(link: str, bench: Path) -> None:
    """No link and no --force can make the old file be overwritten while it is read."""
    other = bench / "other"
    if link == "symlink":
        other.symlink_to("old")
    else:
        other.hardlink_to(bench / "old")
    result = run_cli("-f", "patch", "old", "changes", "other", folder=bench)
    assert result.returncode == 100
    assert one_line(result).startswith("“other” is the same file as the input “old”")
    assert (bench / "old").read_bytes() == OLD


def test_redirecting_onto_the_input_is_found_out(bench: Path) -> None:
    """`>> old` while old is being read is refused like a name."""
    with (bench / "old").open("ab") as stream:
        result = subprocess.run(
            [*PROGRAM, "patch", "old", "changes"],
            cwd=bench,
            stdout=stream,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert result.returncode == 100
    assert (bench / "old").read_bytes() == OLD


# --- closed pipes, full disks -------------------------------------------------------------------


# 128 and SIGPIPE, as a shell has it.
CLOSED_PIPE = 141


@pytest.mark.parametrize("line", ["signature -b 16 big", "--help", "info big"])
def test_a_closed_pipe_ends_quietly(line: str, make_file: MakeFile, tmp_path: Path) -> None:
    """`rdiff-gui … | head -c 1` leaves no words, like any Unix program."""
    make_file("big", 2_000_000)
    reader, writer = os.pipe()
    process = start_cli(*line.split(), folder=tmp_path, stdout=writer)
    os.close(writer)
    os.close(reader)
    _, words = process.communicate(timeout=30)
    assert (process.returncode, words) == (CLOSED_PIPE, b"")


def test_a_closed_error_stream_harms_nothing(bench: Path) -> None:
    """Where nobody listens to the words, the work and the exit code are the same."""
    line = '"$@" signature --plain old out 2>&- >&- <&-; "$@" -s signature missing out 2>&-'
    result = subprocess.run(
        ["sh", "-c", line, "-", *PROGRAM], cwd=bench, capture_output=True, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (100, b"", b"")
    assert (bench / "out").read_bytes() == (bench / "sums").read_bytes()


@pytest.mark.parametrize(("stream", "line"), [("<&-", "signature - out"), (">&-", "signature old")])
def test_a_closed_data_stream_is_a_sentence(stream: str, line: str, bench: Path) -> None:
    """Without the stream it needs, the program says so and touches nothing else."""
    result = subprocess.run(
        ["sh", "-c", f'"$@" {line} {stream}', "-", *PROGRAM],
        cwd=bench,
        capture_output=True,
        check=False,
    )
    assert result.returncode == 100
    assert "Bad file descriptor" in one_line(result)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "rdiff-gui-test", place],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.fail(f"this test needs to mount a small disk, as root: {made.stderr}")
    yield place
    subprocess.run(["umount", place], check=True)


@posix_only("small disks are mounted")
def test_a_full_disk_is_said_and_left_as_it_was(make_file: MakeFile, small_disk: Path) -> None:
    """What will not fit is refused at once where the size is known, and cleared away if not."""
    old = make_file("old", 2_000_000)
    known = run_cli("signature", "-b", "16", old, small_disk / "sums")
    assert known.returncode == 100
    assert "are missing. Make room or choose another disk." in one_line(known)
    found_out = run_cli("signature", "-b", "16", "-", small_disk / "sums", given=old.read_bytes())
    assert found_out.returncode == 100
    assert one_line(found_out).startswith(f"The disk “{small_disk}” is full")
    assert os.listdir(small_disk) == []  # noqa: PTH208  # names


@pytest.mark.parametrize(
    "line", ["signature old", "diff old new", "info old", "--version", "--selftest"]
)
def test_a_full_device_is_said(line: str, bench: Path) -> None:
    """A redirection that cannot hold the result does not look like success."""
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [*PROGRAM, *line.split()], cwd=bench, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert result.returncode == 100
    assert result.stderr.startswith(b"rdiff-gui: ")
    assert b"Traceback" not in result.stderr
    assert b"written to standard output is cut off" in result.stderr


# --- mistakes of our own ------------------------------------------------------------------------

BROKEN = """
import sys
from rdiff_gui import cli
from rdiff_gui.cli import verbs

def carry_out(request, cancel):
    raise KeyError("what now")

verbs.carry_out = carry_out
sys.exit(cli.main(sys.argv[1:]))
"""


def test_a_command_line_that_cannot_be_loaded_says_so(tmp_path: Path) -> None:
    """A broken installation gets a line, not a traceback."""
    script = (
        "import sys; sys.modules['rdiff_gui.cli'] = None; import rdiff_gui.__main__ as m; m.run()"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, "--help"], cwd=tmp_path, capture_output=True, check=False
    )
    assert result.returncode == 100
    assert one_line(result).startswith("The program cannot be loaded: ")


def test_a_mistake_of_the_program_is_one_line(tmp_path: Path) -> None:
    """Even a bug gives a sentence; the traceback is there for who asks."""
    words = [PROGRAM[0], "-c", BROKEN]
    plain = subprocess.run([*words, "info", "x"], capture_output=True, cwd=tmp_path, check=False)
    assert plain.returncode == 107
    assert one_line(plain).startswith("Something unexpected happened: KeyError: 'what now'.")
    told = subprocess.run([*words, "-v", "info", "x"], capture_output=True, check=False)
    assert told.returncode == 107
    assert b"Traceback (most recent call last):" in told.stderr


def test_a_missing_librsync_is_explained(bench: Path) -> None:
    """A library that is not there is one clear failure of every verb that needs it."""
    result = run_cli("signature", "old", "out", folder=bench, RDIFF_GUI_LIBRSYNC="/nowhere/lib.so")
    assert result.returncode == 100
    assert "“/nowhere/lib.so” cannot be used" in result.stderr.decode()
    version = run_cli("--version", RDIFF_GUI_LIBRSYNC="/nowhere/lib.so")
    assert version.stdout.startswith(b"rdiff-gui ")
    assert version.returncode == 100
