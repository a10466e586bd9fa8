"""The manual page and the completions of shells, held against the command line."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui import __version__
from rdiff_gui.cli.table import VERBS, groups_of
from rdiff_gui.desktop.own_files import SHARE
from tests.cli_process import run_cli

ROOT = Path(__file__).parent.parent
PAGE = SHARE / "man/man1/rdiff-gui.1"
BASH = SHARE / "bash-completion/completions/rdiff-gui"
ZSH = SHARE / "zsh/site-functions/_rdiff-gui"
FISH = SHARE / "fish/vendor_completions.d/rdiff-gui.fish"
# No shell completes a name that is a pattern for it.
NOT_COMPLETED = {"-?"}

Complete = Callable[..., set[str]]


def options_of(verb: str) -> set[str]:
    """What the command line itself knows for a verb."""
    return {
        name
        for group in groups_of(VERBS[verb])
        for option in group.options
        for name in option.names
    }


def test_they_are_current() -> None:
    """Whoever changes the command line is reminded of the command that writes them."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools/manual", "--check"],
        capture_output=True, text=True, check=False, env={**os.environ, "LANGUAGE": "de"},
    )  # fmt: skip
    assert done.returncode == 0, f"run tools/manual: {done.stdout}{done.stderr}"


# --- the page ------------------------------------------------------------------------------------


def test_the_page_is_well_made() -> None:
    """Mandoc has nothing to say but that a page without a date has none."""
    done = subprocess.run(
        ["mandoc", "-T", "lint", PAGE], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stdout.splitlines() if "missing date" not in line]
    assert said == []


def test_the_page_tells_every_verb_and_option() -> None:
    """As a reader sees it, with the version."""
    done = subprocess.run(["mandoc", "-T", "ascii", PAGE], capture_output=True, check=True)
    # Bold is a letter, a step back, and the letter again.
    text = done.stdout.decode()
    while "\b" in text:
        place = text.index("\b")
        text = text[: place - 1] + text[place + 1 :]
    assert f"rdiff-gui {__version__}" in text
    for verb in VERBS:
        assert f"rdiff-gui {verb} [OPTIONS]" in text
        for option in options_of(verb):
            assert f"{option} " in text or f"{option}\n" in text or f"{option}," in text
    for code in ("0", "100", "101", "103", "104", "105", "106", "108", "130"):
        assert f"\n       {code} " in text


# --- completions ---------------------------------------------------------------------------------


def complete_in_bash(*words: str, folder: Path) -> set[str]:
    """What bash offers for the last of these words."""
    script = """
        source "$0"
        COMP_WORDS=(rdiff-gui "$@") COMP_CWORD=$#
        _rdiff_gui
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script, BASH, *words],
        capture_output=True, text=True, check=True, cwd=folder,
    )  # fmt: skip
    assert done.stderr == ""
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of somebody who ran `desktop install`."""
    folder = tmp_path_factory.mktemp("home")
    done = run_cli("desktop", "install", HOME=str(folder), XDG_DATA_HOME="")
    assert done.returncode == 0
    return folder


@pytest.fixture
def complete_in_fish(home: Path) -> Complete:
    """What fish offers for a command that is there; it finds the file in that home by itself."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

    def complete(line: str) -> set[str]:
        done = subprocess.run(
            ["fish", "-c", f"complete -C '{line}'"], capture_output=True, text=True, check=True,
            env={"HOME": str(home), "PATH": path, "LANG": "C.UTF-8"}, cwd=home,
        )  # fmt: skip
        assert done.stderr == ""
        return {answer.split("\t")[0] for answer in done.stdout.splitlines()}

    return complete


@pytest.mark.parametrize("verb", VERBS)
def test_bash_offers_the_options_of_the_verb(verb: str, tmp_path: Path) -> None:
    """These and no others, wherever the verb stands."""
    expected = options_of(verb) - NOT_COMPLETED
    assert complete_in_bash(verb, "-", folder=tmp_path) == expected
    assert complete_in_bash("-v", verb, "a file", "-", folder=tmp_path) == expected
    longs = {option for option in expected if option.startswith("--no-")}
    assert complete_in_bash(verb, "--no-", folder=tmp_path) == longs


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["si"], {"signature"}),
        (["d"], {"delta", "diff", "desktop"}),
        (["--self"], {"--selftest"}),
        (["--new"], {"--new-window"}),
        (["desktop", ""], {"install", "uninstall", "status"}),
        (["signature", "-H", ""], {"blake2", "md4"}),
        (["signature", "--hash", "=", "m"], {"md4"}),
        (["signature", "--hash", "="], {"blake2", "md4"}),
        # Then bash completes a file's name.
        (["photo"], set()),
        (["patch", "--undo", ""], set()),
        (["signature", ""], set()),
    ],
)
def test_bash_offers_what_can_stand_there(
    words: list[str], offered: set[str], tmp_path: Path
) -> None:
    """Verbs, values, actions; files where files are due."""
    assert complete_in_bash(*words, folder=tmp_path) == offered


@pytest.mark.parametrize("verb", VERBS)
def test_fish_offers_the_options_of_the_verb(verb: str, complete_in_fish: Complete) -> None:
    """These and no others."""
    longs = {option for option in options_of(verb) if option.startswith("--")}
    assert complete_in_fish(f"rdiff-gui {verb} --") == longs


def test_fish_offers_verbs_and_values(complete_in_fish: Complete, home: Path) -> None:
    """Verbs beside files, which the window takes."""
    (home / "a file").touch()
    assert set(VERBS) | {"a file"} <= complete_in_fish("rdiff-gui ")
    assert complete_in_fish("rdiff-gui desktop ") == {"install", "uninstall", "status"}
    assert complete_in_fish("rdiff-gui signature -H ") == {"blake2", "md4"}


def test_zsh_completes(home: Path) -> None:
    """A real zsh at a terminal, with the folder on its path as docs/desktop.md says."""
    assert type_into_zsh(home, "rdiff-gui sig\t", "signature ")
    assert type_into_zsh(home, "rdiff-gui info --js\t", "--json ")
    assert type_into_zsh(home, "rdiff-gui -v desktop ins\t", "install ")
    assert type_into_zsh(home, "rdiff-gui signature -H b\t", "blake2 ")
    (home / "only file").touch()
    assert type_into_zsh(home, "rdiff-gui patch on\t", "only\\ file ")
    # The window takes files.
    assert type_into_zsh(home, "rdiff-gui on\t", "only\\ file ")
    assert type_into_zsh(home, "rdiff-gui signature -b64 on\t", "only\\ file ")
    assert type_into_zsh(home, "rdiff-gui signature --hash=b\t", "--hash=blake2 ")
    # An option of another verb.
    assert not type_into_zsh(home, "rdiff-gui info --und\t", "--undo")


def type_into_zsh(home: Path, keys: str, awaited: str) -> bool:
    """Whether `awaited` is on the line after these keys."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(home)
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "dumb", "PS1": "%%"}
        os.execvpe("zsh", ["zsh", "-f", "-i"], environment)  # noqa: S606  # no shell in between
    try:
        folder = home / ".local/share/zsh/site-functions"
        start = f"fpath=('{folder}' $fpath); autoload -Uz compinit; compinit -u -D; echo rea''dy\n"
        os.write(terminal, start.encode())
        assert "ready" in read_until(terminal, "ready"), "zsh did not start"
        os.write(terminal, keys.encode())
        told = read_until(terminal, awaited, seconds=20 if awaited.endswith(" ") else 1)
        return awaited in told
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


def read_until(terminal: int, awaited: str, seconds: float = 20) -> str:
    """What comes from the terminal until these words are there, or for so long."""
    told, end = "", time.monotonic() + seconds
    while awaited not in told and time.monotonic() < end:
        if select.select([terminal], [], [], 0.05)[0]:
            told += os.read(terminal, 4096).decode(errors="replace")
    return told


@pytest.mark.parametrize(
    "check",
    [
        ["bash", "-n", BASH],
        # No word that is offered has a space in it.
        ["shellcheck", "--shell=bash", "--exclude=SC2207", BASH],
        ["zsh", "-n", ZSH],
        ["fish", "--no-execute", FISH],
    ],
)
def test_shells_can_read_them(check: list[str | Path]) -> None:
    """No mistake in their language."""
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
