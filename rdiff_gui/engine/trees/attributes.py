"""Permissions, times, owners and lists that what is new in a tree gets."""

from __future__ import annotations

import contextlib
import sys
from base64 import b64encode

from rdiff_gui.engine.trees.moves import Attributes
from rdiff_gui.engine.trees.options import KeepOptions
from rdiff_gui.formats.tree_manifest import Entry, EntryType, Owner


def attributes_of(
    path: str, old: Entry | None, new: Entry, keep: KeepOptions, found_mode: int | None = None
) -> Attributes:
    """What `path` gets that is `new`, and was `old` before, with the permissions `found_mode`.

    Permissions that the delta does not change are those that were found. Set-user, set-group and
    sticky bits, owners, lists and attributes are given as far as `keep` asks for them.
    """
    mode: int | None = new.mode & keep.mode_mask
    if new.type is EntryType.LINK:
        mode = None
    elif old and old.type is new.type and old.mode == new.mode and found_mode is not None:
        mode = found_mode & keep.mode_mask
    user, group = _find_owner(new.owner) if keep.owners and new.owner else (None, None)
    return Attributes(path, mode, new.mtime_ns, user, group, _extended(old, new, keep))


def _extended(old: Entry | None, new: Entry, keep: KeepOptions) -> dict[str, str | None] | None:
    if new.type is EntryType.LINK:
        return None
    wanted: dict[str, str | None] = {
        name: None for name in (old.attributes if old else ()) if keep.keeps_attribute(name)
    }
    for name, value in new.attributes.items():
        if keep.keeps_attribute(name):
            wanted[name] = b64encode(value).decode("ascii")
    return wanted or None


def _find_owner(owner: Owner) -> tuple[int, int]:
    """The numbers of a user and a group; their names are looked for first, as tar does."""
    user, group = owner.uid, owner.gid
    if sys.platform == "win32":
        return user, group
    import grp
    import pwd

    if owner.user:
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(owner.user).pw_uid
    if owner.group:
        with contextlib.suppress(KeyError):
            group = grp.getgrnam(owner.group).gr_gid
    return user, group
