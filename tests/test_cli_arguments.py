"""What the command line understands, and which names it takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rdiff_gui.cli.arguments import (
    HelpWanted,
    Request,
    UsageProblem,
    VersionWanted,
    read_arguments,
    wants_command_line,
)

from .cli_process import run_cli
from .conftest import edited, random_bytes

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
    assert (request.force, request.statistics, request.block_bytes) == (True, True, 64)


def test_two_dashes_end_the_options() -> None:
    """What follows is a name, whatever it looks like."""
    assert read("delta -f -- -s --force --").words == ("-s", "--force", "--")
    assert read("-- signature -x").words == ("-x",)


def test_an_option_takes_a_negative_number() -> None:
    """`-S -1` is the least strong sum, not two options."""
    assert read("-S -1 signature").strong_bytes == -1
    assert read("signature -S-1").strong_bytes == -1


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


# --- names ---------------------------------------------------------------------------------------

NAMES = {
    "spaces": b"my old file",
    "quotes": b'it\'s "old"',
    "newline": b"two\nlines\n",
    "dash": b"-f",
    "two dashes": b"--force",
    "not utf-8": b"caf\xe9 \xff",
    "emoji": "🦊 狐".encode(),
    "percent": b"100%s %d {name}",
    "long": b"n" * 250,
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
