"""What the command line understands, and which names it takes."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui import cli
from rdiff_gui.cli import arguments, folder_verbs, verbs
from rdiff_gui.cli.arguments import (
    HelpWanted,
    Request,
    UsageProblem,
    VersionWanted,
    read_arguments,
    wants_command_line,
)
from rdiff_gui.cli.table import OPTIONS
from rdiff_gui.engine.options import PatchOptions, Resources, SignatureOptions
from rdiff_gui.engine.trees.options import KeepOptions, TreePatchOptions
from rdiff_gui.formats.signature_header import SignatureHeader

from .cli_process import run_cli
from .conftest import Rdiff, edited, random_bytes
from .platforms import WINDOWS, posix_only

OLD = random_bytes(20_000)
NEW = edited(OLD)


def read(line: str) -> Request:
    """Read a line that asks for a verb."""
    request = read_arguments(line.split())
    assert isinstance(request, Request)
    return request


@pytest.mark.parametrize(
    "line",
    [
        "signature -f -s -b 64 old sums",
        "-f -s -b 64 signature old sums",
        "-sf signature old -b64 sums",
        "signature old sums -fs --block-size=0x40",
        "--force --statistics --block-size 0100 signature -- old sums",
    ],
)
def test_options_stand_anywhere(line: str) -> None:
    """Before the verb as rdiff's users write them, after it as others do."""
    request = read(line)
    assert (request.verb.name, request.words) == ("signature", ("old", "sums"))
    assert request.options == {"force": True, "statistics": True, "block_bytes": 64}


def test_two_dashes_end_the_options() -> None:
    """What follows is a name, whatever it looks like."""
    assert read("delta -f -- -s --force --").words == ("-s", "--force", "--")
    assert read("-- signature -x").words == ("-x",)


def test_an_option_takes_a_negative_number() -> None:
    """`-S -1` is the least strong sum, not two options."""
    assert read("-S -1 signature").options == {"strong_bytes": -1}
    assert read("signature -S-1").options == {"strong_bytes": -1}


@pytest.mark.parametrize(
    ("word", "verb"),
    [("s", "signature"), ("d", "delta"), ("de", "delta"), ("p", "patch"), ("diff", "diff")],
)
def test_rdiffs_verbs_may_be_cut_short(word: str, verb: str) -> None:
    """`d` stays delta, as in every script written for rdiff."""
    assert read(f"{word} a b").verb.name == verb


@pytest.mark.parametrize("word", ["di", "inf", "signatures", "-", "x"])
def test_other_words_are_no_verbs(word: str) -> None:
    """Our own verbs are written out, so they cannot be hit by accident."""
    with pytest.raises(UsageProblem, match="is not something to do"):
        read_arguments([word, "a", "b"])


def test_a_question_comes_before_a_verb() -> None:
    """`--help` and `--version` answer whatever else stands there."""
    assert isinstance(read_arguments(["delta", "-V"]), VersionWanted)
    wanted = read_arguments(["-h", "patch"])
    assert isinstance(wanted, HelpWanted)
    assert wanted.verb
    assert wanted.verb.name == "patch"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("", False),
        ("photos.db", False),
        ("/home/me/delta", False),
        ("-- -photos.db", False),
        ("signature photos.db", True),
        ("s photos.db", True),
        ("-f signature photos.db", True),
        ("--help", True),
        ("info", True),
    ],
)
def test_verbs_and_options_mean_the_command_line(line: str, answer: bool) -> None:
    """Everything else is a file for the window."""
    assert wants_command_line(line.split()) is answer


def test_a_file_called_like_the_start_of_a_verb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file named `s` that is there can be opened in the window."""
    monkeypatch.chdir(tmp_path)
    assert wants_command_line(["s"])
    (tmp_path / "s").touch()
    assert not wants_command_line(["s"])


# --- as rdiff reads it ---------------------------------------------------------------------------

UNDERSTOOD = """
-b64 | -b=64 | -b 64 | --block-size=64 | --block-size 64 | -sb64 | -sb=64 | -fsb 64 | -b 64 -b 128
-b 0x40 | -b 0X40 | -b 0100 | -b +64 | -b +0x40 | -b= | --block-size= | -S -1 | -S-1 | -S=-1
-S +8 | -H md4 | -Hmd4 | -H=md4 | --hash=md4 | --hash md4 | -H md4 -H blake2 | -R rollsum | -fH md4
-I 1 -O 2 | -I=100 | --input-size=7 --output-size 7 | -f -f | --force --statistics | -S 8 -S 0
--stats
"""
MISREAD = """
--imaginary-option | -Z | -fZ | -Zf | -f- | -force | --forc | --b | --block | ---force | --usage
-b x | -bx | -b 12x | -b 1k | --block-size=12x | -b 08 | -b 0x | -b 0b2 | -b 1_0 | -b - | -b --
-b -x | -S 1e1 | -S 99999999999 | -b 2147483648 | -b -2147483649 | -I 99999999999 | -block-size=64
--force=1 | --help=x | --statistics= | -s=1 | -Z -h | -b x -h
"""
ANSWERED = "-h | -? | --help | -hV | -fh | -h -Z | -V | -V bogus | --help --version | -b 64 -h"


def lines_of(table: str) -> list[str]:
    """The options between the bars."""
    return [line.strip() for row in table.strip().splitlines() for line in row.split("|")]


@pytest.mark.parametrize("options", lines_of(UNDERSTOOD))
@pytest.mark.parametrize("place", ["{} signature old", "signature {} old", "signature old - {}"])
def test_options_are_understood_as_rdiff_does(
    options: str, place: str, tmp_path: Path, rdiff: Rdiff
) -> None:
    """In any place and spelling that rdiff takes, with what it makes of them."""
    old = tmp_path / "old"
    old.write_bytes(OLD)
    theirs = rdiff(*place.format(options).replace("old", str(old)).split()).stdout
    request = read(place.format(options))
    header = SignatureHeader.read(old, theirs)
    assert request.choose(SignatureOptions).header(len(OLD)) == header


@posix_only("rdiff is here for Linux alone")
@pytest.mark.parametrize("line", lines_of(MISREAD))
def test_what_rdiff_does_not_understand_is_told_in_its_words(line: str) -> None:
    """A script that looks for "unknown option" finds it."""
    words = [*line.split(), "signature", "old"]
    theirs = subprocess.run(["rdiff", *words], capture_output=True, text=True, check=False)
    assert theirs.returncode == 101
    complaint = theirs.stderr.splitlines()[0].removeprefix("rdiff: ")
    with pytest.raises(UsageProblem) as caught:
        read_arguments(words)
    assert str(caught.value) == f"{complaint}. Try: rdiff-gui --help"


@posix_only("rdiff is here for Linux alone")
@pytest.mark.parametrize("option", ["-b", "-sb", "--block-size", "-H", "--hash"])
def test_an_option_without_its_value_is_told_in_rdiffs_words(option: str) -> None:
    """Nothing follows that could be it."""
    words = ["signature", "old", option]
    theirs = subprocess.run(["rdiff", *words], capture_output=True, text=True, check=False)
    with pytest.raises(UsageProblem) as caught:
        read_arguments(words)
    assert f"rdiff: {caught.value}".startswith(theirs.stderr.splitlines()[0])


@posix_only("rdiff is here for Linux alone")
@pytest.mark.parametrize("line", ANSWERED.split(" | "))
def test_a_question_is_answered_at_once(line: str) -> None:
    """Whatever is wrong behind it, and before whatever else is asked."""
    theirs = subprocess.run(["rdiff", *line.split()], capture_output=True, check=True).stdout
    expected = HelpWanted if theirs.startswith(b"Usage") else VersionWanted
    assert isinstance(read_arguments(line.split()), expected)


def test_an_unknown_hash_is_of_no_interest_to_delta(rdiff: Rdiff, tmp_path: Path) -> None:
    """Rdiff judges a hash where it is used, and so do we."""
    (tmp_path / "old").write_bytes(OLD)
    rdiff("signature", tmp_path / "old", tmp_path / "sums")
    rdiff("-H", "sha1", "delta", tmp_path / "sums", tmp_path / "old")
    assert read("-H sha1 delta sums old").verb.name == "delta"
    with pytest.raises(UsageProblem, match="--hash cannot be “sha1”; possible: blake2, md4"):
        read("-H sha1 signature old")


def test_every_option_reaches_what_it_is_for() -> None:
    """A field of the table is one of the engine's options, or read by its name."""
    kinds: tuple[Any, ...] = (SignatureOptions, PatchOptions, Resources, KeepOptions)
    kinds += (TreePatchOptions,)
    of_engine = {field for kind in kinds for field in kind.__match_args__}
    modules = (cli, arguments, verbs, folder_verbs)
    readers = "".join(inspect.getsource(module) for module in modules)
    for option in OPTIONS:
        assert option.field in of_engine or f'"{option.field}"' in readers, option.names


# --- names ---------------------------------------------------------------------------------------

NAMES = {
    "spaces": b"my old file",
    "dash": b"-f",
    "two dashes": b"--force",
    "emoji": "🦊 狐".encode(),
    "percent": b"100%s %d {name}",
    "long": b"n" * 250,
}
if not WINDOWS:
    NAMES |= {
        "quotes": b'it\'s "old"',
        "newline": b"two\nlines\n",
        "not utf-8": b"caf\xe9 \xff",
    }


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_strange_names_go_all_the_way(name: bytes, tmp_path: Path) -> None:
    """Signature, delta, patch and info of files with any name that Unix allows."""
    folder = os.fsencode(tmp_path)
    other = b"-" + name[:200]
    for place, data in ((name, OLD), (other, NEW)):
        with open(os.path.join(folder, place), "wb") as stream:  # noqa: PTH118, PTH123  # bytes
            stream.write(data)
    for words in (
        (b"signature", b"--", name, b"s" + name[:200]),
        (b"delta", b"--", b"s" + name[:200], other, b"d" + name[:200]),
        (b"patch", b"--", name, b"d" + name[:200], b"p" + name[:200]),
    ):
        result = run_cli(*words, folder=tmp_path)
        assert (result.returncode, result.stderr) == (0, b"")
    with open(os.path.join(folder, b"p" + name[:200]), "rb") as stream:  # noqa: PTH118, PTH123  # bytes
        assert stream.read() == NEW
    answer = run_cli("info", "--json", b"--", name, folder=tmp_path, LC_ALL="C")
    assert os.fsencode(json.loads(answer.stdout)["path"]) == name


@posix_only("words are UTF-8 there, whatever the code page")
@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_messages_come_out_under_every_locale(locale: str, encoding: str, tmp_path: Path) -> None:
    """A name that a terminal cannot show is escaped, and the message still comes."""
    name = b"\xff\xf0\x9f\xa6\x8a\n"
    for words in (("signature", name), ("info", "--", name)):
        result = run_cli(*words, folder=tmp_path, LC_ALL=locale, PYTHONIOENCODING=encoding)
        assert result.returncode == 100
        assert result.stderr.startswith(b"rdiff-gui: ")
        assert result.stderr.count(b"\n") == 1
        assert b"was not found" in result.stderr


@posix_only("words are UTF-8 there, whatever the code page")
def test_an_answer_comes_out_under_every_locale(tmp_path: Path) -> None:
    """`info` on a name that the terminal cannot show is no failure."""
    name = "\udcff🦊.txt"
    (tmp_path / name).write_text("x")
    result = run_cli("info", name, folder=tmp_path, PYTHONIOENCODING="ascii")
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"ordinary file" in result.stdout


def test_the_working_folder_brings_no_modules(tmp_path: Path) -> None:
    """A file called tqdm.py beside the user's data is data."""
    (tmp_path / "argparse.py").write_text("raise SystemExit('taken over')")
    (tmp_path / "old").write_bytes(OLD)
    result = run_cli("signature", "old", "sums", folder=tmp_path)
    assert (result.returncode, result.stderr) == (0, b"")


def test_only_what_is_needed_is_loaded() -> None:
    """An answer neither waits for the engine nor for the window's toolkit."""
    script = (
        "import sys; from rdiff_gui.cli import main; main(sys.argv[1:]);"
        "print([name for name in ('tkinter', 'tqdm', 'rdiff_gui.engine') if name in sys.modules])"
    )
    for words, loaded in (
        (["--version"], []),
        (["--help"], []),
        (["info", sys.executable], ["rdiff_gui.engine"]),
    ):
        result = subprocess.run(
            [sys.executable, "-P", "-c", script, *words], capture_output=True, check=True
        )
        assert result.stdout.decode().splitlines()[-1] == str(loaded)


@pytest.mark.parametrize("words", [["{}"], ["signature", "-b", "{}"], ["signature", "--{}"]])
@pytest.mark.parametrize("word", ["two\nlines", "\x1b[31mred", "\x9b31m", "\u2028", "\u202egpj"])
def test_words_that_could_fool_a_screen_are_told_escaped(words: list[str], word: str) -> None:
    """A mistyped word comes back as one printable line, whatever is in it."""
    with pytest.raises(UsageProblem) as caught:
        read_arguments([each.format(word) for each in words])
    assert str(caught.value).isprintable()
