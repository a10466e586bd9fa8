"""What each system does in its own way, under the same names; the rest knows no platform.

The docstrings of the POSIX side say what is expected of both.
"""

import sys

from rdiff_gui.engine.system.modes import Openness, close_to_other_groups, most_open_mode

if sys.platform == "win32":
    from rdiff_gui.engine.system.windows import (
        copy_range,
        extended_attributes,
        free_bytes,
        group_name,
        is_made_up,
        is_open_for_writing,
        keep_attributes,
        lock,
        loses_rights_when_written,
        next_hole,
        open_pipe,
        open_source,
        reachable,
        read_at,
        set_time,
        share_range,
        status_of,
        stretch,
        true_folder,
        user_name,
        wait_for,
        write_at,
    )
    from rdiff_gui.engine.system.windows_folder import NO_LINKS, Folder, has_enough_descriptors
    from rdiff_gui.engine.system.windows_tree import Tree, walk
else:
    from rdiff_gui.engine.system.posix import (
        copy_range,
        extended_attributes,
        free_bytes,
        group_name,
        is_made_up,
        is_open_for_writing,
        keep_attributes,
        lock,
        loses_rights_when_written,
        next_hole,
        open_pipe,
        open_source,
        reachable,
        read_at,
        set_time,
        share_range,
        status_of,
        stretch,
        true_folder,
        user_name,
        wait_for,
        write_at,
    )
    from rdiff_gui.engine.system.posix_folder import NO_LINKS, Folder, has_enough_descriptors
    from rdiff_gui.engine.system.posix_tree import Tree, walk

__all__ = [
    "NO_LINKS",
    "Folder",
    "Openness",
    "Tree",
    "close_to_other_groups",
    "copy_range",
    "extended_attributes",
    "free_bytes",
    "group_name",
    "has_enough_descriptors",
    "is_made_up",
    "is_open_for_writing",
    "keep_attributes",
    "lock",
    "loses_rights_when_written",
    "most_open_mode",
    "next_hole",
    "open_pipe",
    "open_source",
    "reachable",
    "read_at",
    "set_time",
    "share_range",
    "status_of",
    "stretch",
    "true_folder",
    "user_name",
    "wait_for",
    "walk",
    "write_at",
]
