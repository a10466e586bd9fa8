"""Minimal Debian systems to try the downloads in: fetched once, and kept outside the project."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

MIRROR_VARIABLE = "RDIFF_GUI_DEBIAN_MIRROR"
# Half an hour, for an emulated processor.
_FETCH_SECONDS = 1800


def debian_system(release: str, *packages: str, architecture: str = "") -> Path:
    """The root folder of a minimal system of that release, which must not be changed.

    It has these packages besides, with what they need and without what they recommend. With
    `architecture` it is for another processor, whose programs must run here.

    debootstrap makes it at the first call, from the mirror that apt uses here.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = "+".join((release, architecture, *packages) if architecture else (release, *packages))
    kept = cache / "rdiff-gui" / "debian" / name
    if kept.is_dir():
        return kept
    assert shutil.which("debootstrap"), "debootstrap is not installed; ./test --frozen installs it"
    kept.parent.mkdir(parents=True, exist_ok=True)
    unfinished = kept.with_name(f"{name}.{os.getpid()}")
    choices = [f"--include={','.join(packages)}"] if packages else []
    choices += [f"--arch={architecture}"] if architecture else []
    command = ["debootstrap", "--variant=minbase", *choices, release, str(unfinished), _mirror()]
    done = subprocess.run(command, capture_output=True, check=False, timeout=_FETCH_SECONDS)
    if done.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise AssertionError(
            f"debootstrap could not fetch {name}; another mirror can be named in "
            f"{MIRROR_VARIABLE}:\n{done.stdout.decode()[-2000:]}"
        )
    for package in (unfinished / "var/cache/apt/archives").glob("*.deb"):
        package.unlink()
    unfinished.rename(kept)
    return kept


def _mirror() -> str:
    """The address of Debian's main archive that apt is configured with."""
    if named := os.environ.get(MIRROR_VARIABLE):
        return named
    return _mirror_of_apt() or _mirror_after_update()


def _mirror_after_update() -> str:
    # What an archive says of itself is known only after its lists were fetched.
    subprocess.run(["apt-get", "-q", "update"], check=True, capture_output=True)
    found = _mirror_of_apt()
    assert found, f"apt knows no archive of Debian here; name a mirror in {MIRROR_VARIABLE}"
    return found


def _mirror_of_apt() -> str | None:
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN)/$(LABEL) $(REPO_URI)"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = (line.partition(" ") for line in done.stdout.splitlines())
    return next((address for label, _, address in lines if label == "Debian/Debian"), None)
