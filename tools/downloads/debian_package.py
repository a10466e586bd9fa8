"""The .deb: the folder in /opt, and what the desktop and the shell look for in /usr."""

from __future__ import annotations

import gzip
import platform
import shutil
import tomllib
from pathlib import Path, PurePosixPath

from downloads.processes import PROJECT, run
from rdiff_gui import __version__

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "")
# Where no address is given: a domain that is nobody's, after RFC 2606.
_NO_ADDRESS = "noreply@rdiff-gui.invalid"


def make_debian_package(folder: Path, root: Path, into: Path) -> Path:
    """Pack a folder for dpkg. It depends on nothing, since it brings everything."""
    if root.exists():
        shutil.rmtree(root)
    shutil.copytree(folder, root / "opt/rdiff-gui", symlinks=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/rdiff-gui").symlink_to("/opt/rdiff-gui/rdiff-gui")
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
    """Copy the licence and every asset that a system keeps elsewhere to its place in `root`."""
    places = {PROJECT / "LICENSE": PurePosixPath("usr/share/doc/rdiff-gui/copyright")}
    for asset in sorted((PROJECT / "assets").rglob("*")):
        place = system_place(asset.relative_to(PROJECT / "assets"))
        if asset.is_file() and place:
            places[asset] = place
    for source, place in places.items():
        target = root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        content = source.read_bytes()
        # Debian keeps manual pages compressed.
        packed = place.suffix == ".gz"
        target.write_bytes(gzip.compress(content, mtime=0) if packed else content)


def system_place(asset: PurePosixPath | Path) -> PurePosixPath | None:
    """Where a system keeps an asset, named from assets/ on; None for what it does not look for.

    Source: freedesktop.org, Desktop Menu, Icon Theme, Shared MIME-info and AppStream; the manuals
    of bash-completion, zsh and fish; Filesystem Hierarchy Standard.
    """
    name = asset.name
    share = PurePosixPath("usr/share")
    if "hicolor" in asset.parts:
        return share / "icons" / PurePosixPath(*asset.parts[asset.parts.index("hicolor") :])
    if name.endswith(".desktop"):
        return share / "applications" / name
    if name.endswith(".metainfo.xml"):
        return share / "metainfo" / name
    if name.endswith(".xml") and "mime" in asset.parts:
        return share / "mime/packages" / name
    if asset.suffix == ".1":
        return share / "man/man1" / f"{name}.gz"
    if asset.suffix == ".bash":
        return share / "bash-completion/completions" / asset.stem
    if asset.suffix == ".fish":
        return share / "fish/vendor_completions.d" / name
    if asset.suffix == ".zsh":
        return share / "zsh/vendor-completions" / f"_{asset.stem}"
    return None
