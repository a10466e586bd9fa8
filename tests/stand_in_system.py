"""A copy of the project beside a computer made of scripts, for ./run and ./test.

Only the commands that it offers are on the PATH; its Python writes down what it is asked for.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

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
                        dbus) tool=dbus-daemon ;;
                        acl) tool=setfacl ;;
                        xz-utils) tool=xz ;;
                        duplicity) tool=rdiffdir ;;
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


def pip_calls(journal: list[str]) -> list[str]:
    """What pip was told to install, one line a call."""
    return [line.partition(" install ")[2] for line in journal if " -m pip " in line]
