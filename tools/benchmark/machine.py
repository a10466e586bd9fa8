"""What the numbers were measured on, and with which versions."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

from benchmark import contenders, environment
from benchmark.pairs import GIB


def describe(memory: Path, disk: Path, python: Path | None) -> dict[str, str]:
    """Processor, memory, system, disk, versions and what else is going on at this moment."""
    facts = {
        "processor": _first_value(Path("/proc/cpuinfo"), "model name"),
        "cores used": str(contenders.cores()),
        "memory": f"{_memory_bytes('MemTotal') / GIB:.1f} GiB",
        "system": platform.platform(),
        "virtualization": _first_line("systemd-detect-virt"),
        "files in memory": f"{memory} ({_file_system(memory)})",
        "files on disk": _file_system(disk),
        "Python": platform.python_version(),
        "rdiff": _first_line("rdiff", "--version"),
        "rdiff-gui": _first_line(sys.executable, "-P", "-m", "rdiff_gui", "--version"),
        "commit": _first_line("git", "-C", str(environment.PROJECT), "describe", "--always",
                              "--dirty"),
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }  # fmt: skip
    for name in contenders.PEERS:
        if python is None:
            break
        facts[name] = environment.version_of(python, name) or "not installed"
    return {name: value for name, value in facts.items() if value}


def free_bytes(folder: Path) -> int:
    """What may be written there; for files in memory, no more than the memory that is free."""
    room = os.statvfs(folder)
    free = room.f_bavail * room.f_frsize
    return min(free, _memory_bytes("MemAvailable")) if is_memory(folder) else free


def is_memory(folder: Path) -> bool:
    """Whether files there lie in memory."""
    return _file_system(folder) == "tmpfs"


def _file_system(folder: Path) -> str:
    """The type, of the last and longest mount point above the folder."""
    found = ("", "unknown")
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if folder.resolve().is_relative_to(place) and len(place) >= len(found[0]):
            found = (place, kind)
    return found[1]


def _memory_bytes(key: str) -> int:
    return int(_first_value(Path("/proc/meminfo"), key).split()[0]) * 1024


def _first_value(table: Path, key: str) -> str:
    for line in table.read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return "unknown"


def _first_line(*command: str) -> str:
    """Of what a command says; empty, where it is not there or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.partition("\n")[0].strip() if done.returncode == 0 else ""
