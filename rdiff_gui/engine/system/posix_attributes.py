"""What a file that takes another's place on POSIX is given of it."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable

from rdiff_gui.engine.system.modes import (
    ACL,
    NOT_KNOWN,
    as_everybody,
    read_attribute,
    without_list,
)
from rdiff_gui.wording import translate

assert sys.platform != "win32"

# Sums of the old content that a kernel keeps for itself: with the new content they would be wrong.
_OF_THE_CONTENT = frozenset(("security.ima", "security.evm"))


def keep_attributes(old: int, new: int) -> tuple[str, ...]:
    """Give an open file, closed to all but its owner so far, all that another one has.

    Owner, group, permissions, access control list and extended attributes, as `cp
    --preserve=all` does. What cannot be kept leaves it less open, never more, and is given back
    in words.

    Raises: OSError, where nothing can be told of either.
    """
    status = os.fstat(old)
    mode = stat.S_IMODE(status.st_mode)
    lost = []
    if not _try(lambda: os.fchown(new, -1, status.st_gid)):
        lost.append(translate("the group"))
        mode = as_everybody(mode) & ~stat.S_ISGID
    group_is_kept = not lost
    # After the group, which only an owner may change.
    if not _try(lambda: os.fchown(new, status.st_uid, -1)):
        lost.append(translate("the owner"))
        mode &= ~stat.S_ISUID
    names = _attribute_names(old)
    if names is None:
        lost.append(translate("the extended attributes"))
        # The group's bits may be those of an access control list.
        mode = as_everybody(mode)
    for name in names or ():
        if name in _OF_THE_CONTENT:
            continue
        try:
            value = read_attribute(old, name)
        except OSError:
            value = None
        if name != ACL:
            if value is None or not _write_attribute(new, name, value):
                lost.append(name)
        elif value is None or not group_is_kept or not _write_attribute(new, name, value):
            lost.append(translate("the access control list"))
            mode = without_list(mode, value) if value else as_everybody(mode)
    # At the end: a change of the owner takes the set-user bit away.
    if not _try(lambda: os.fchmod(new, mode)):
        lost.append(translate("the permissions"))
    return tuple(lost)


def _try(change: Callable[[], None]) -> bool:
    try:
        change()
    except OSError:
        return False
    return True


def _attribute_names(descriptor: int) -> list[str] | None:
    """The extended attributes of an open file; None where that cannot be told."""
    if not hasattr(os, "listxattr"):
        return []
    try:
        return os.listxattr(descriptor)
    except OSError as problem:
        return [] if problem.errno in NOT_KNOWN else None


def _write_attribute(descriptor: int, name: str, value: bytes) -> bool:
    return _try(lambda: os.setxattr(descriptor, name, value))
