"""./test on a computer that has nothing yet: `./test --debian RELEASE [ARGUMENTS]`, as root.

A copy of the minimal system that debootstrap makes, where apt-get and pip bring all that ./test
asks for. Without arguments for pytest the copy is a new one, with some it is that of the last time.
RELEASE/arm64 is the same for that processor, which qemu emulates, some ten times slower;
`tools/package --arm64` makes the downloads in such a system.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from downloads.archive import write_sums

from tests.frozen.debian import debian_system

PROJECT = Path(__file__).resolve().parent.parent
_THERE = "srv/rdiff-gui"
_CERTIFICATES = "srv/certificates.pem"
_KEPT = {".venv", ".run"}
_EMULATORS = Path("/proc/sys/fs/binfmt_misc")
# How pip finds its index from here; apt-get there asks the mirror that the system came from.
_PASSED_ON = ("PIP_", "http_proxy", "https_proxy", "no_proxy")
# The mounts are seen by ./test alone, and end with it, as does whatever it started.
_ENTER = """
root=$1; shift
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
exec chroot "$root" "$@"
"""


def main() -> None:
    """Make the system, and run ./test or tools/package there; exits as that does."""
    if len(sys.argv) < 2 or os.geteuid() != 0:
        sys.exit("As root, since it mounts: ./test --debian RELEASE [ARGUMENTS]")
    program = "test"
    given = sys.argv[1:]
    if given[0] == "--package":
        program = "tools/package"
        del given[0]
    (release, _, architecture), *arguments = given[0].partition("/"), *given[1:]
    if architecture:
        let_run(architecture)
    system = debian_system(release, architecture=architecture)
    root = system.with_name(f"{system.name}.tested")
    if not (arguments or program != "test") or not root.is_dir():
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run(["cp", "-a", system, root], check=True)
    copy_project(root / _THERE)
    environment = {
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        **{name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)},
    }
    shutil.copy("/etc/resolv.conf", root / "etc")
    if certificates := environment.get("PIP_CERT"):
        # Not under the name it has here, which a package may take there.
        shutil.copy(certificates, root / _CERTIFICATES)
        environment["PIP_CERT"] = f"/{_CERTIFICATES}"
    if program != "test":
        # There is no repository there to tell it.
        dated = ["git", "log", "-1", "--format=%ct"]
        epoch = subprocess.run(dated, cwd=PROJECT, capture_output=True, check=True, text=True)
        environment["SOURCE_DATE_EPOCH"] = epoch.stdout.strip()
    enter = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", _ENTER, "sh"]
    command = [*enter, str(root), f"/{_THERE}/{program}", *arguments]
    done = subprocess.run(command, env=environment, check=False)
    if program != "test" and done.returncode == 0:
        (PROJECT / "dist").mkdir(exist_ok=True)
        for made in (root / _THERE / "dist").iterdir():
            shutil.copy(made, PROJECT / "dist")
        # Those from there know nothing of what lies here.
        write_sums(PROJECT / "dist")
    sys.exit(done.returncode)


def let_run(architecture: str) -> None:
    """Have programs for that processor run here: the kernel hands them to qemu."""
    emulator = {"arm64": "qemu-aarch64"}.get(architecture)
    if emulator is None:
        sys.exit(f"No emulator is known for {architecture}.")
    if not (_EMULATORS / "register").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", _EMULATORS], check=True)
    if not (_EMULATORS / emulator).exists():
        subprocess.run(["update-binfmts", "--enable", emulator], check=True)


def copy_project(target: Path) -> None:
    """Put the project's files there, as they are now; what ./test has set up there stays."""
    target.mkdir(exist_ok=True)
    for old in target.iterdir():
        if old.name in _KEPT:
            continue
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True).stdout
    for name in os.fsdecode(listed).split("\0"):
        if name and (PROJECT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, target / name)


if __name__ == "__main__":
    main()
