r"""Have Explorer open signatures and deltas with this program, for the user who runs it.

All of it lies in HKEY_CURRENT_USER, below Software\Classes, so nobody needs to be an administrator:
a class of our own for each type of file, and the type's ending, which names its class. An ending
that already names the class of another program is left so; “Open with” then offers ours as well.

Source: learn.microsoft.com, "File Types and File Associations", "Programmatic Identifiers".
"""

import contextlib
import ctypes
import subprocess
import sys
import winreg
from pathlib import Path

from rdiff_gui import __version__
from rdiff_gui.desktop.own_files import WINDOWS_ICONS
from rdiff_gui.desktop.own_program import DesktopChange, Standing, State, own_command
from rdiff_gui.errors import DesktopStuck, DesktopUnwritable
from rdiff_gui.errors.program import reason_of

assert sys.platform == "win32"

# A key below Software\Classes, and the name of a value; "" is its own.
RegistryEntry = tuple[str, str]

_CLASSES = r"Software\Classes"
PLACE = Path("HKEY_CURRENT_USER", _CLASSES)
_OURS = "RdiffGui."
# The ending, its class, what Explorer calls the type, and the icon.
_TYPES = (
    (".rsig", "RdiffGui.Signature.1", "rdiff signature", "signature.ico"),
    (".rdelta", "RdiffGui.Delta.1", "rdiff delta", "delta.ico"),
)
_VERSION = (_TYPES[0][1], "Version")
_COMMAND = (rf"{_TYPES[0][1]}\shell\open\command", "")
_FILE = ' "%1"'

# Source: shlobj_core.h, SHChangeNotify.
_SHCNE_ASSOCCHANGED = 0x08000000
_SHCNF_IDLIST = 0


def look() -> Standing:
    """How the program stands with this user's Explorer."""
    wanted = _wanted()
    there = {entry: _read(entry) for entry in wanted}
    found = [entry for entry, text in there.items() if text is not None and _is_ours(entry, text)]
    if not found:
        return Standing(State.ABSENT, PLACE)
    if None in there.values():
        state = State.INCOMPLETE
    elif all(there[entry] == wanted[entry] for entry in found):
        state = State.CURRENT
    else:
        state = State.OUTDATED
    others = tuple(PLACE / entry[0] for entry in there if entry not in found and there[entry])
    command = (there[_COMMAND] or "").removesuffix(_FILE)
    if command.endswith('"'):
        # The program alone.
        command = command.strip('"')
    return Standing(state, PLACE, there[_VERSION] or "", (command,), len(found), others)


def install() -> DesktopChange:
    """Add the program; what an older version added is replaced.

    Raises: DesktopUnwritable.
    """
    wanted = _wanted()
    before = {entry: _read(entry) for entry in wanted}
    others = [entry for entry, text in before.items() if text and not _is_ours(entry, text)]
    for entry in others:
        del wanted[entry]
    try:
        for entry, text in wanted.items():
            _write(entry, text)
    except OSError as problem:
        for done, old in before.items():
            with contextlib.suppress(OSError):
                if old is None:
                    _remove(done)
                else:
                    _write(done, old)
        raise DesktopUnwritable(PLACE / entry[0], reason_of(problem)) from problem
    _tell_explorer()
    return DesktopChange(PLACE, len(wanted), tuple(PLACE / key for key, _ in others))


def uninstall() -> DesktopChange:
    """Take away what `install` put there, and nothing else.

    Raises: DesktopStuck.
    """
    there = {entry: _read(entry) for entry in _wanted()}
    ours = [entry for entry, text in there.items() if text is not None and _is_ours(entry, text)]
    for entry in ours:
        try:
            _remove(entry)
        except OSError as problem:
            raise DesktopStuck(PLACE / entry[0], reason_of(problem)) from problem
    if ours:
        _tell_explorer()
    others = [key for (key, name), text in there.items() if text and (key, name) not in ours]
    return DesktopChange(PLACE, len(ours), tuple(PLACE / key for key in others) if ours else ())


def _wanted() -> dict[RegistryEntry, str]:
    """All entries of this version, for this program."""
    command = subprocess.list2cmdline(own_command()[1:])
    # The program in quotes whatever its name is; a name cannot hold any.
    start = " ".join(filter(None, (f'"{own_command()[0]}"', command))) + _FILE
    wanted = {}
    for ending, kind, title, icon in _TYPES:
        wanted[(kind, "")] = title
        wanted[(kind, "Version")] = __version__
        wanted[(rf"{kind}\DefaultIcon", "")] = str(WINDOWS_ICONS / icon)
        wanted[(rf"{kind}\shell\open\command", "")] = start
        wanted[(rf"{ending}\OpenWithProgids", kind)] = ""
        wanted[(ending, "")] = kind
    return wanted


def _is_ours(entry: RegistryEntry, text: str) -> bool:
    """Whether we put an entry there: it is of our class, or names it."""
    return any(name.startswith(_OURS) for name in (*entry, text))


def _read(entry: RegistryEntry) -> str | None:
    key, name = entry
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, rf"{_CLASSES}\{key}") as opened:
            text, _kind = winreg.QueryValueEx(opened, name)
    except OSError:
        return None
    return str(text)


def _write(entry: RegistryEntry, text: str) -> None:
    """Raises: OSError."""
    key, name = entry
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, rf"{_CLASSES}\{key}") as opened:
        winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, text)


def _remove(entry: RegistryEntry) -> None:
    """Take away a value, and every key around it that then holds nothing. Raises: OSError."""
    key, name = entry
    with contextlib.suppress(FileNotFoundError):
        access = winreg.KEY_SET_VALUE
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, rf"{_CLASSES}\{key}", 0, access) as opened:
            winreg.DeleteValue(opened, name)
    while key and _is_empty(key):
        with contextlib.suppress(FileNotFoundError):
            winreg.DeleteKey(winreg.HKEY_CURRENT_USER, rf"{_CLASSES}\{key}")
        key = key.rpartition("\\")[0]


def _is_empty(key: str) -> bool:
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, rf"{_CLASSES}\{key}") as opened:
            return winreg.QueryInfoKey(opened)[:2] == (0, 0)
    except FileNotFoundError:
        return True


def _tell_explorer() -> None:
    """Have it look at types and icons anew."""
    ctypes.windll.shell32.SHChangeNotify(_SHCNE_ASSOCCHANGED, _SHCNF_IDLIST, None, None)
