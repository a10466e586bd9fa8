"""The .deb: the folder in /usr/lib, and what the desktop and the shell look for in /usr."""

from __future__ import annotations

import gzip
import platform
import shutil
import tomllib
from pathlib import Path, PurePosixPath

from downloads import PROJECT, run
from rdiff_gui import __version__

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "")
SHARE = PROJECT / "rdiff_gui/assets/share"
# Where no address is given: a domain that is nobody's, after RFC 2606.
_NO_ADDRESS = "noreply@rdiff-gui.invalid"


def make_debian_package(folder: Path, root: Path, into: Path) -> Path:
    """Pack a folder for dpkg. It depends on nothing, since it brings everything."""
    if root.exists():
        shutil.rmtree(root)
    # Not in /opt: dpkg takes a folder that no other package owns away with the last of its files.
    shutil.copytree(folder, root / "usr/lib/rdiff-gui", symlinks=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/rdiff-gui").symlink_to("../lib/rdiff-gui/rdiff-gui")
    add_system_files(root)
    size_kib = sum(p.stat().st_size for p in root.rglob("*") if p.is_file()) // 1024
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN/control").write_text(
        f"Package: rdiff-gui\nVersion: {__version__}\nArchitecture: {ARCHITECTURE}\n"
        f"Maintainer: {maintainer()}\nInstalled-Size: {size_kib}\nSection: utils\n"
        "Priority: optional\nDescription: binary patches with librsync\n"
        " A window and a command line to send only what changed of a file.\n"
    )
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    package = into / f"rdiff-gui_{__version__}_{ARCHITECTURE}.deb"
    run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, package)
    return package


def maintainer() -> str:
    """Whom pyproject.toml names, in the words of a control file."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    first = project["maintainers"][0]
    return f"{first['name']} <{first.get('email', _NO_ADDRESS)}>"


def add_system_files(root: Path) -> None:
    """Copy the licence, and all that desktops and shells look for, to its place in `root`."""
    places = {PROJECT / "LICENSE": PurePosixPath("usr/share/doc/rdiff-gui/copyright")}
    for asset in sorted(SHARE.rglob("*")):
        if asset.is_file():
            places[asset] = system_place(PurePosixPath(asset.relative_to(SHARE)))
    for source, place in places.items():
        target = root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        content = source.read_bytes()
        target.write_bytes(gzip.compress(content, mtime=0) if place.suffix == ".gz" else content)


def system_place(asset: PurePosixPath) -> PurePosixPath:
    """Where Debian keeps a file that lies in our share folder, of which that is the name.

    The folder is laid out as /usr/share is; Debian differs in two points.
    Source: Debian Policy, 12.1, Manual pages; zsh-common, README.Debian.
    """
    if asset.parts[0] == "man":
        asset = asset.with_name(f"{asset.name}.gz")
    if asset.is_relative_to("zsh/site-functions"):
        asset = PurePosixPath("zsh/vendor-completions", asset.name)
    return PurePosixPath("usr/share", asset)
