"""./test on a computer that has nothing yet: `./test --debian RELEASE [ARGUMENTS]`, as root.

A copy of the minimal system that debootstrap makes, where apt-get and pip bring all that ./test
asks for. Without arguments for pytest the copy is a new one, with some it is that of the last time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.frozen.debian import debian_system

PROJECT = Path(__file__).resolve().parent.parent
_THERE = "srv/rdiff-gui"
_CERTIFICATES = "srv/certificates.pem"
_KEPT = {".venv", ".run"}
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
    """Make the system, and run ./test there; exits as ./test does."""
    if len(sys.argv) < 2 or os.geteuid() != 0:
        sys.exit("As root, since it mounts: ./test --debian RELEASE [ARGUMENTS]")
    release, *arguments = sys.argv[1:]
    system = debian_system(release)
    root = system.with_name(f"{release}.tested")
    if not arguments or not root.is_dir():
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
    enter = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", _ENTER, "sh"]
    command = [*enter, str(root), f"/{_THERE}/test", *arguments]
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)


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
