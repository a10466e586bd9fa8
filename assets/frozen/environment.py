"""Runs first in the frozen program: what it needs from its environment, and what it must undo."""

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
