"""What a caller may choose for folders."""

from __future__ import annotations

from rdiff_gui.records import record

__all__ = ["KeepOptions"]


@record(frozen=True)
class KeepOptions:
    """What is kept of a tree besides content, permissions, times and links.

    `special_modes`: set-user, set-group and sticky bits. `owners`: users and groups. `acls`: access
    control lists. `xattrs`: the extended attributes of users.
    """

    special_modes: bool = False
    owners: bool = False
    acls: bool = False
    xattrs: bool = False
