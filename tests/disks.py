"""Disks that can do this and that, for what is published on them."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine import PatchSummary, apply_patch
from rdiff_gui.engine.system import Folder

from .platforms import WINDOWS


def refuse(*_arguments: object, **_options: object) -> None:
    """What a disk without hard links says."""
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def _modern(_monkeypatch: pytest.MonkeyPatch) -> None:
    """Files without a name, swaps, links."""


def no_nameless(monkeypatch: pytest.MonkeyPatch) -> None:
    """As every system but Linux."""
    monkeypatch.setattr(Folder, "open_nameless", lambda *_arguments: None)


def _no_swaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """As NFS, and every system but Linux."""
    if not WINDOWS:
        monkeypatch.setattr("rdiff_gui.engine.system.posix_folder.renameat2", lambda: None)
    no_nameless(monkeypatch)


def _no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """As FAT."""
    monkeypatch.setattr(Folder, "link", refuse)
    no_nameless(monkeypatch)


def neither(monkeypatch: pytest.MonkeyPatch) -> None:
    """As some disks in user space."""
    _no_links(monkeypatch)
    _no_swaps(monkeypatch)


def _no_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows, and where there are no more descriptors: everything goes by path."""
    monkeypatch.setattr(os, "supports_dir_fd", set())


DISKS = [_modern, no_nameless, _no_swaps, _no_links, neither, _no_folders]


def contents(folder: Path) -> dict[str, bytes]:
    """Everything that stands in a folder, hidden files too."""
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


def patch_in_place(old: Path, delta: Path, **more: Any) -> PatchSummary:
    """The result in the place of `old`, which is kept beside it unless told otherwise."""
    keep_backup = more.pop("keep_backup", True)
    return apply_patch(old, delta, old, in_place=True, keep_backup=keep_backup, **more)


def without_parts(found: dict[str, bytes]) -> dict[str, bytes]:
    """Less what could not be removed, since removing was what failed."""
    return {name: data for name, data in found.items() if not name.endswith(".rdiff-part")}
