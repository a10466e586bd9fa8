"""What a Windows bundle may leave to the system: used by build.spec alone.

The bundle is made under Wine, which has libraries that not every Windows has.
"""

from __future__ import annotations

import re
from pathlib import Path

import pefile

from downloads.licences import Entry

# In every Windows from 10 on. Source: learn.microsoft.com, Universal CRT deployment (ucrtbase, the
# api-ms-win sets), and the system libraries that Python and Tk are linked with.
_OF_WINDOWS = re.compile(
    r"(api-ms-win-(crt|core)-.*|advapi32|bcrypt|bcryptprimitives|comctl32|comdlg32|gdi32|imm32|"
    r"iphlpapi|kernel32|netapi32|ntdll|ole32|oleaut32|rpcrt4|shell32|user32|userenv|version|"
    r"ws2_32)\.dll",
    re.IGNORECASE,
)


def check_libraries(entries: list[Entry]) -> None:
    """Stop where a file needs a library that neither the bundle nor every Windows has."""
    bundled = {Path(name).name.lower() for name, _, _ in entries}
    for name, source, kind in entries:
        if _OF_WINDOWS.fullmatch(Path(name).name):
            raise SystemExit(f"{name} is Windows' own; it may not be given on.")
        for library in _needed_by(source) if kind in ("BINARY", "EXTENSION") else ():
            if library.lower() not in bundled and not _OF_WINDOWS.fullmatch(library):
                raise SystemExit(f"{name} needs {library}, which not every Windows has.")


def _needed_by(source: str) -> list[str]:
    kinds = ("IMAGE_DIRECTORY_ENTRY_IMPORT", "IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT")
    with pefile.PE(source, fast_load=True) as program:
        program.parse_data_directories([pefile.DIRECTORY_ENTRY[kind] for kind in kinds])
        tables = ("DIRECTORY_ENTRY_IMPORT", "DIRECTORY_ENTRY_DELAY_IMPORT")
        return [each.dll.decode() for table in tables for each in getattr(program, table, ())]
