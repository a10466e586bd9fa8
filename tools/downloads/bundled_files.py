"""What a Linux bundle must hold besides what PyInstaller finds: used by build.spec alone.

PyInstaller leaves libxcb and the C library to the system on purpose. A bundle that runs on any
distribution brings them all, the C library and the dynamic linker together or not at all.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from pathlib import Path

from elftools.elf.elffile import ELFFile

from downloads.licences import Entry

LINKER = {"x86_64": "ld-linux-x86-64.so.2", "aarch64": "ld-linux-aarch64.so.1"}.get(
    platform.machine(), ""
)
_C_LIBRARY = re.compile(
    r"(lib(c|m|dl|rt|pthread|util|resolv|nsl|anl|BrokenLocale|thread_db)\.so\.|ld-linux)"
)


def close_over(entries: list[Entry], bootloader: Path | None) -> list[Entry]:
    """Add every library that the entries need, and what those need.

    With `bootloader`, which is then a part of the bundle, the C library comes too.
    """
    names = {Path(name).name for name, _, _ in entries}
    closed = list(entries)
    waiting = [Path(source) for _, source, kind in entries if kind in ("BINARY", "EXTENSION")]
    if bootloader:
        waiting.append(bootloader)
    while waiting:
        user = waiting.pop()
        found = _libraries_of(user)
        for name in _needed_by(user):
            if name in names or (_C_LIBRARY.match(name) and not bootloader):
                continue
            if name not in found:
                raise SystemExit(f"{user} needs {name}, which this system does not have.")
            names.add(name)
            closed.append((name, str(found[name]), "BINARY"))
            waiting.append(found[name])
    return closed


def without_run_paths(entries: list[Entry], folder: Path) -> list[Entry]:
    """Put copies into `folder` of what names folders of this computer, without those names."""
    clean = []
    for name, source, kind in entries:
        path = Path(source)
        if kind in ("BINARY", "EXTENSION") and _tool("patchelf", "--print-rpath", path).strip():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, path)
            path.chmod(0o755)
            _tool("patchelf", "--remove-rpath", path)
        clean.append((name, str(path), kind))
    return clean


def _needed_by(path: Path) -> list[str]:
    with path.open("rb") as file:
        if file.read(4) != b"\x7fELF":
            return []
        dynamic = ELFFile(file).get_section_by_name(".dynamic")
        tags = dynamic.iter_tags() if dynamic else ()
        return [tag.needed for tag in tags if tag.entry.d_tag == "DT_NEEDED"]


def _libraries_of(path: Path) -> dict[str, Path]:
    """What the dynamic linker would load for a file, by name."""
    done = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    found = dict(re.findall(r"^\s*(\S+) => (/\S+)", done.stdout, re.MULTILINE))
    for linker in re.findall(r"^\s*(/\S+/ld-linux\S+)", done.stdout, re.MULTILINE):
        found[Path(linker).name] = linker
    return {name: Path(file) for name, file in found.items()}


def _tool(*words: str | Path) -> str:
    return subprocess.run(words, check=False, capture_output=True, text=True).stdout
