"""Where librsync may be, in order; loading it says all that was tried."""

from __future__ import annotations

import ctypes
import functools
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.errors import LibraryNotFound, LibraryTooOld, LibraryUnusable
from rdiff_gui.records import record

__all__ = ["librsync_version"]

PATH_VARIABLE = "RDIFF_GUI_LIBRSYNC"
OLDEST_VERSION = (2, 3, 0)  # the first with rs_sig_args

_HOMEBREW_FOLDERS = ("/opt/homebrew/lib", "/usr/local/lib")
_BUNDLED_REMEDY = 'pip install "rdiff-gui[bundled]"'


@record(frozen=True)
class Library:
    """A loaded librsync: the file it came from, its version, and the handle."""

    path: Path
    version: str
    handle: ctypes.CDLL


@functools.cache
def load_library() -> Library:
    """Load librsync from the first place that has it, once for the whole process.

    Order: the file named by RDIFF_GUI_LIBRSYNC (and no other, if it is set), the frozen bundle,
    beside this package, the system, the copy inside the python-rsync wheel.

    Raises: LibraryNotFound, LibraryUnusable, LibraryTooOld.
    """
    named = os.environ.get(PATH_VARIABLE)
    if named:
        return _load_named(Path(named))
    tried: list[str] = []
    too_old: LibraryTooOld | None = None
    for place in _places():
        try:
            return _open(place)
        except LibraryTooOld as problem:
            # A newer copy may stand further down the list.
            too_old = too_old or problem
            tried.append(str(problem))
        except OSError as problem:
            tried.append(f"{place}: {problem}")
    if too_old:
        raise too_old
    if not tried:
        tried = [f"{name}: neither beside the program nor on PATH" for name in _abi_names()]
    raise LibraryNotFound(tuple(tried), _remedy())


def librsync_version() -> str:
    """The version of the librsync in use, such as `2.3.2`.

    Raises: LibraryProblem.
    """
    return load_library().version


def _load_named(path: Path) -> Library:
    if not path.is_absolute():
        raise LibraryUnusable(path, f"{PATH_VARIABLE} must hold an absolute path.")
    try:
        return _open(str(path))
    except OSError as problem:
        raise LibraryUnusable(path, f"{problem} ({PATH_VARIABLE} names it).") from problem


def _places() -> Iterator[str]:
    """File names and paths to try, in order; only the system's ABI names are not absolute."""
    names = _abi_names()
    folders = [Path(__file__).resolve().parent]
    bundle: str | None = getattr(sys, "_MEIPASS", None)
    if bundle:
        folders.insert(0, Path(bundle))
    for folder in folders:
        for name in names:
            if (folder / name).is_file():
                yield str(folder / name)
    if sys.platform == "win32":
        # Unlike the dynamic linker's own search, this one leaves the working folder out.
        for folder_name in os.environ.get("PATH", "").split(os.pathsep):
            for name in names:
                candidate = Path(folder_name, name)
                if candidate.is_absolute() and candidate.is_file():
                    yield str(candidate)
    else:
        yield from names
    if sys.platform == "darwin":
        yield from (f"{folder}/{name}" for folder in _HOMEBREW_FOLDERS for name in names)
    yield from _wheel_copies()


def _abi_names() -> tuple[str, ...]:
    if sys.platform == "darwin":
        return ("librsync.2.dylib",)
    if sys.platform == "win32":
        return ("rsync.dll", "librsync.dll")
    return ("librsync.so.2",)


def _wheel_copies() -> Iterator[str]:
    """The extension module of the python-rsync wheel, which exports librsync's functions."""
    from importlib.util import find_spec

    spec = find_spec("pyrsync")
    for folder in spec.submodule_search_locations or () if spec else ():
        backend = Path(folder, "backends", "cffi")
        for pattern in ("_rsync*.so", "_rsync*.pyd"):
            yield from sorted(str(path.resolve()) for path in backend.glob(pattern))


def _open(place: str) -> Library:
    """Load one candidate. Raises: OSError, LibraryTooOld."""
    handle = ctypes.CDLL(place)
    try:
        version = ctypes.string_at(ctypes.addressof(ctypes.c_char.in_dll(handle, _VERSION_SYMBOL)))
        text = version.decode("ascii", "replace")
        address = ctypes.cast(handle.rs_job_iter, ctypes.c_void_p).value
    except (AttributeError, ValueError) as problem:
        raise OSError(f"it is not librsync ({problem})") from problem
    path = Path(place) if Path(place).is_absolute() else _mapped_file(address or 0, place)
    # The library calls itself "librsync 2.3.2".
    numbers = tuple(int(number) for number in re.findall(r"\d+", text)[:3])
    number = ".".join(map(str, numbers))
    if numbers < OLDEST_VERSION:
        raise LibraryTooOld(path, number, ".".join(map(str, OLDEST_VERSION)))
    return Library(path, number, handle)


_VERSION_SYMBOL = "rs_librsync_version"


class _SymbolOrigin(ctypes.Structure):
    """Dl_info of dlfcn.h."""

    _fields_ = (
        ("file_name", ctypes.c_char_p),
        ("file_base", ctypes.c_void_p),
        ("symbol_name", ctypes.c_char_p),
        ("symbol_address", ctypes.c_void_p),
    )


def _mapped_file(address: int, place: str) -> Path:
    """The file that the dynamic linker picked for `place`. Raises: OSError."""
    dladdr = ctypes.CDLL(None).dladdr
    dladdr.argtypes = [ctypes.c_void_p, ctypes.POINTER(_SymbolOrigin)]
    dladdr.restype = ctypes.c_int
    origin = _SymbolOrigin()
    if not dladdr(address, ctypes.byref(origin)) or not origin.file_name:
        return Path(place)
    path = Path(os.fsdecode(origin.file_name))
    if not path.is_absolute():
        raise OSError(f"it lies under a relative path, {path}")
    return path


def _remedy() -> str:
    """The one command that brings librsync to this system."""
    from rdiff_gui.errors.program import has_64_bit_time, install_command

    names = {
        "debian": "librsync2t64" if has_64_bit_time() else "librsync2",
        "suse": "librsync2",
        **dict.fromkeys(("fedora", "arch", "alpine", "macos"), "librsync"),
    }
    return install_command(names) or _BUNDLED_REMEDY
