"""What each system does in its own way, under the same names; the rest knows no platform.

The docstrings of the POSIX side say what is expected of both; that Windows' has every name that is
used, `mypy --platform win32` proves.
"""

import sys

from rdiff_gui.engine.system.modes import *

if sys.platform == "win32":
    from rdiff_gui.engine.system.windows import *
    from rdiff_gui.engine.system.windows_folder import *
    from rdiff_gui.engine.system.windows_tree import *
else:
    from rdiff_gui.engine.system.posix import *
    from rdiff_gui.engine.system.posix_folder import *
    from rdiff_gui.engine.system.posix_tree import *
