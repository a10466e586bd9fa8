"""Runs in the frozen program before ours does: what that needs of its environment, and must undo.

build.spec puts it behind PyInstaller's own preparations.
"""

import os
import sys
from pathlib import Path

if sys.platform.startswith("linux"):
    # The dynamic linker has read it; programs we start must not find our libraries with it.
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if original is not None:
        os.environ["LD_LIBRARY_PATH"] = original
    os.environ.setdefault("FONTCONFIG_FILE", str(Path(sys._MEIPASS, "fonts/fonts.conf")))
    if not sys._MEIPASS.isascii():
        # Tcl 8.6 miscounts such a name when it learns the system's encoding, and with a blank in it
        # does not start; Tk finds what it loads when it is needed, such as what Tab does, no more.
        # The descriptor stays open, and is the folder's other name.
        descriptor = os.open(sys._MEIPASS, os.O_PATH | os.O_DIRECTORY)
        for name in ("tcl", "tk"):
            os.environ[f"{name.upper()}_LIBRARY"] = f"/proc/self/fd/{descriptor}/_{name}_data"
