"""Tests of what one system alone has."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

WINDOWS = sys.platform == "win32"

# Modules that cannot even be imported there, and why.
NOT_ON_WINDOWS = {
    "faults": "its system calls are Linux's",
    "frozen": "the downloads for Linux",
    "test_attributes.py": "owners, modes and access lists of POSIX",
    "test_bench.py": "the tools are run where the program is developed",
    "test_cli_limits.py": "limits of a process are POSIX's",
    "test_cli_terminal.py": "its terminal is a pseudo-terminal of POSIX",
    "desktop/test_assets.py": "menu entries of freedesktop.org",
    "desktop/test_entry.py": "menu entries of freedesktop.org",
    "desktop/test_long_work.py": "services of freedesktop.org",
    "desktop/test_portal.py": "a service of freedesktop.org",
    "desktop/test_integration.py": "menu entries of freedesktop.org",
    "desktop/test_trouble.py": "menu entries of freedesktop.org",
    "desktop/test_programs.py": "programs of Linux's desktops",
    "test_downloads.py": "the downloads for Linux are built on Linux",
    "test_engine_streams.py": "pipes there do not say what they hold",
    "test_engine_memory.py": "memory is told by /proc",
    "test_hostile_files.py": "it limits the memory of a process as POSIX does",
    "test_installation.py": "pip is run where the program is developed",
    "test_kernel_copy.py": "its kernel is Linux",
    "test_manuals.py": "manual pages and shells of POSIX",
    "test_minimal_debian.py": "./test is a shell script",
    "test_rdiff_grid.py": "rdiff is here for Linux alone",
    "test_packed_files.py": "the programs that pack are here for Linux alone",
    "test_repository.py": "the source is the same",
    "test_run_index.py": "./run is a shell script",
    "test_missing_packages.py": "./run is a shell script",
    "test_run_script.py": "./run is a shell script",
    "test_selftest.py": "it looks for libraries in /proc",
    "test_start.py": "what a start loads is counted on Linux",
    "trees/helpers/test_cluster.py": "clusters are Linux's",
    "trees/helpers/test_executors.py": "it forks and kills",
    "trees/test_tree_delta.py": "rdiffdir is here for Linux alone",
    "test_windows_and_rdiff.py": "it starts Windows itself",
    "ui/test_drag_and_drop.py": "it drags over X11; ui/window/test_dropping.py drops there as well",
    "ui/window/test_desktop.py": "menu entries of freedesktop.org",
    "ui/window/test_portal.py": "a service of freedesktop.org",
    "ui/window/test_work_status.py": "services of freedesktop.org",
    "ui/window/test_opening.py": "it looks over X11 at the windows of other processes",
    "ui/test_clipboard.py": "it pastes over X11",
}


def posix_only(reason: str) -> pytest.MarkDecorator:
    """Skip a test where there is no POSIX, for that reason."""
    return pytest.mark.skipif(WINDOWS, reason=reason)


not_on_windows = posix_only("no file there has such a name")
windows_only = pytest.mark.skipif(not WINDOWS, reason="about Windows; run with ./test --windows")


def open_beside(path: Path) -> BinaryIO:
    """Open a file to write, as a program that lets others do with it what they like."""
    if sys.platform != "win32":
        return path.open("r+b")
    from rdiff_gui.engine.system import windows
    from rdiff_gui.engine.system import windows_api as api

    return os.fdopen(windows.open_file(path, api.GENERIC_READ | api.GENERIC_WRITE), "r+b")
