"""`--selftest`: whether this installation, or this frozen program, can do its work here.

It says which versions run and which files they came from. A frozen program brings all its
libraries; one that was taken from the system works here and nowhere else, so that is a failure.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import blake3

from rdiff_gui import __version__
from rdiff_gui.engine import (
    apply_patch,
    make_delta,
    make_signature,
    verify_patch,
)
from rdiff_gui.errors import RdiffError
from rdiff_gui.librsync.loader import PATH_VARIABLE, load_library
from rdiff_gui.wording import show_list, show_name, translate, translate_plural

_MAPS = Path("/proc/self/maps")
_PATH_COLUMN = 5
_FAILED = 1


class SelfTestFailed(RdiffError):
    """A part of the program does not do what it must; `str()` says which."""

    exit_code = _FAILED


def run_selftest(print_line: Callable[[str], None]) -> int:
    """Try all parts and tell of each in a line; 0, or 1 when one fails."""
    exit_code = 0
    for part in (_try_versions, _try_engine, _try_window, _try_libraries):
        for line, is_right in _try(part):
            print_line(line)
            exit_code = exit_code if is_right else _FAILED
    print_line(translate("failed") if exit_code else translate("all is well"))
    return exit_code


def _try(part: Callable[[], Iterator[str]]) -> Iterator[tuple[str, bool]]:
    """What a part tells, and whether that is well; whatever it raises is the last line."""
    try:
        for line in part():
            yield line, True
    except Exception as problem:  # noqa: BLE001  # the last edge: users want to know what it was
        text = translate("FAILED: {kind}: {problem}")
        yield text.format(kind=type(problem).__name__, problem=problem), False


def _try_versions() -> Iterator[str]:
    yield f"rdiff-gui {__version__}"
    yield f"Python {platform.python_version()}"
    library = load_library()
    yield f"librsync {library.version} ({show_name(library.path)})"
    yield f"blake3 {blake3.__version__}"


def _try_engine() -> Iterator[str]:
    """Sign, compare, check and patch, with and without compression."""
    old = bytes(range(256)) * 400
    new = old[:50_000] + b"what is new" + old[50_000:]
    with tempfile.TemporaryDirectory(prefix="rdiff-gui-selftest-") as name:
        folder = Path(name)
        (folder / "old").write_bytes(old)
        (folder / "new").write_bytes(new)
        make_signature(folder / "old", folder / "signature")
        for compress in (False, True):
            delta, result = folder / f"delta-{compress}", folder / f"result-{compress}"
            make_delta(folder / "signature", folder / "new", delta, compress=compress)
            verify_patch(folder / "old", delta)
            apply_patch(folder / "old", delta, result)
            if result.read_bytes() != new:
                raise SelfTestFailed(translate("The patched file is not the new file."))
            if delta.stat().st_size >= len(new) // 2:
                raise SelfTestFailed(translate("The delta does not save anything."))
    yield translate("signature, delta, verify and patch: right")


def _try_window() -> Iterator[str]:
    import tkinter as tk

    if sys.platform not in ("win32", "darwin") and not os.environ.get("DISPLAY"):
        patch_level = tk.Tcl().call("info", "patchlevel")
        yield translate("Tcl {version}; no display, so Tk was not tried").format(
            version=patch_level
        )
        return
    from tkinterdnd2 import TkinterDnD  # type: ignore[import-untyped]  # ships no types

    root = tk.Tk()
    try:
        root.withdraw()
        # As the window does: under LANG=C, Tcl would not find tkdnd in a folder with a hard name.
        root.tk.call("encoding", "system", "utf-8")
        yield f"Tk {root.tk.call('info', 'patchlevel')}"
        yield f"tkdnd {TkinterDnD._require(root)}"
    finally:
        root.destroy()


def _try_libraries() -> Iterator[str]:
    # Wine shows Windows programs the files of the Linux below.
    if sys.platform == "win32" or not _MAPS.exists():
        yield translate("This system does not tell which libraries are in use.")
        return
    mapped = mapped_libraries(_MAPS.read_text(errors="surrogateescape"))
    yield from (f"  {show_name(path)}" for path in mapped)
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is None:
        yield translate_plural(
            "{count} library, of the system and of Python",
            "{count} libraries, of the system and of Python",
            len(mapped),
        ).format(count=len(mapped))
        return
    # staticx unpacks the C library into a folder of its own.
    folders = [Path(bundle)]
    if unpacked := os.environ.get("STATICX_BUNDLE_DIR"):
        folders.append(Path(unpacked))
    named = os.environ.get(PATH_VARIABLE)
    chosen = Path(named) if named else None
    strangers = libraries_outside(mapped, folders, chosen)
    if strangers:
        raise SelfTestFailed(
            translate("Not from the bundle: {paths}").format(
                paths=show_list(map(show_name, strangers))
            )
        )
    if chosen:
        yield translate_plural(
            "{count} library, from the bundle but your own librsync, {path}",
            "{count} libraries, all from the bundle but your own librsync, {path}",
            len(mapped),
        ).format(count=len(mapped), path=show_name(chosen))
    else:
        yield translate_plural(
            "{count} library, from the bundle",
            "{count} libraries, all from the bundle",
            len(mapped),
        ).format(count=len(mapped))


def mapped_libraries(maps: str) -> list[Path]:
    """The shared libraries among the lines of /proc/self/maps, sorted.

    Source: proc(5), "/proc/pid/maps".
    """
    found = set()
    for line in maps.splitlines():
        columns = line.split(None, _PATH_COLUMN)
        if len(columns) > _PATH_COLUMN and columns[_PATH_COLUMN].startswith("/"):
            path = Path(columns[_PATH_COLUMN])
            if path.suffix == ".so" or ".so." in path.name:
                found.add(path)
    return sorted(found)


def libraries_outside(
    mapped: list[Path], folders: list[Path], chosen: Path | None = None
) -> list[Path]:
    """Those of `mapped` in none of `folders`; `chosen`, the user's own librsync, is no stranger."""
    inside = [folder.resolve() for folder in folders]
    return [
        path
        for path in mapped
        if not any(path.is_relative_to(folder) for folder in inside)
        and not (chosen and path == chosen.resolve())
    ]
