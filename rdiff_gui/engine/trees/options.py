"""What a caller may choose for folders."""

from __future__ import annotations

from rdiff_gui.engine.options import PatchOptions
from rdiff_gui.records import record

__all__ = ["KeepOptions", "TreePatchOptions"]


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

    @property
    def mode_mask(self) -> int:
        """The bits of a mode that are kept."""
        return 0o7777 if self.special_modes else 0o777

    def keeps_attribute(self, name: str) -> bool:
        """Whether an extended attribute is kept; never one that is a right of a program."""
        if name.startswith("system.posix_acl_"):
            return self.acls
        return self.xattrs and name.startswith("user.")


@record(frozen=True)
class TreePatchOptions:
    """How far a tree's delta is trusted, and what of it is wanted.

    `keep_local`: leave files as they are that were changed here, in place of a refusal.
    `outside_links`: take links that lead out of the tree. `keep`: what is kept beyond content,
    permissions, times and links. `trust`: as for files.
    """

    keep_local: bool = False
    outside_links: bool = False
    keep: KeepOptions = KeepOptions()  # frozen
    trust: PatchOptions = PatchOptions()  # frozen
