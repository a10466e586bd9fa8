"""./run and ./test where the system lacks something, with a stand-in system."""

from __future__ import annotations

import shutil

import pytest

from .stand_in_system import System, pip_calls


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
        "-recommends xvfb rdiff duplicity zstd xdotool shellcheck desktop-file-utils appstream "
        "shared-mime-info libglib2.0-bin gtk-update-icon-cache dbus mandoc zsh fish gcc libc6-dev "
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
