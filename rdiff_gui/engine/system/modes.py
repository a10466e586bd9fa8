"""Who may open a new file: never more people than may open the files that it was made from."""

from __future__ import annotations

import errno
import os
import stat
import struct
import sys
from collections.abc import Iterable

from rdiff_gui.records import record

ACL = "system.posix_acl_access"

# Source: linux/posix_acl_xattr.h: a version, then entries of tag, permissions and identity.
_ACL_HEADER_BYTES = 4
_ACL_ENTRY = struct.Struct("<HHI")
_ACL_GROUP, _ACL_MASK = 0x04, 0x10
_ACL_NAMED = frozenset((0x02, 0x08))

_OWNER = stat.S_IRUSR | stat.S_IWUSR

# How disks say that they do not know attributes, or modes.
NOT_KNOWN = frozenset((errno.ENODATA, errno.EOPNOTSUPP, errno.ENOSYS))
_NO_MODES = frozenset((errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS))


@record(frozen=True)
class Openness:
    """Who may open a file: its permissions as a mode, and the group that they speak of."""

    mode: int
    group: int

    @classmethod
    def of_file(cls, descriptor: int, status: os.stat_result) -> Openness | None:
        """That of an open file; None for what is no file on a disk, nor a disk.

        Raises: OSError.
        """
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISBLK(status.st_mode)):
            return None
        mode = stat.S_IMODE(status.st_mode)
        if mode & stat.S_IRWXG and (acl := read_attribute(descriptor, ACL)):
            mode = without_list(mode, acl)
        return cls(mode, status.st_gid)


def most_open_mode(sources: Iterable[Openness]) -> int:
    """The permissions to create a file with that is made from such files; umask comes after.

    The owner may always read and write it, and nobody execute it.
    """
    mode = 0o666
    for source in sources:
        mode &= _OWNER | source.mode
    return mode


def close_to_other_groups(descriptor: int, sources: Iterable[Openness]) -> None:
    """Where a source has another group, leave a new file's what the source allows to everybody.

    Raises: OSError.
    """
    if sys.platform == "win32":
        return
    made = os.fstat(descriptor)
    mode = stat.S_IMODE(made.st_mode)
    for source in sources:
        if source.group != made.st_gid:
            mode &= as_everybody(source.mode) | ~(stat.S_IRWXG | stat.S_IRWXO)
    if mode == stat.S_IMODE(made.st_mode):
        return
    try:
        os.fchmod(descriptor, mode)
    except OSError as problem:
        # On a disk without modes, all files are equally open.
        if problem.errno not in _NO_MODES:
            raise


def read_attribute(descriptor: int, name: str) -> bytes | None:
    """Raises: OSError."""
    if sys.platform == "win32" or not hasattr(os, "getxattr"):
        return None
    try:
        return os.getxattr(descriptor, name)
    except OSError as problem:
        if problem.errno in NOT_KNOWN:
            return None
        raise


def as_everybody(mode: int) -> int:
    """The mode for another group: it and everybody get what both had before, and no more."""
    common = mode >> 3 & mode & stat.S_IRWXO
    return mode & ~(stat.S_IRWXG | stat.S_IRWXO) | common << 3 | common


def without_list(mode: int, acl: bytes) -> int:
    """The mode of a file that loses its access control list.

    With a list, the group's bits are the most that anybody on it gets. Without, whoever is named
    on it gets what the group or everybody has, which must not be more.
    """
    group = mask = named = stat.S_IRWXO
    for start in range(_ACL_HEADER_BYTES, len(acl) - _ACL_ENTRY.size + 1, _ACL_ENTRY.size):
        tag, permissions, _identity = _ACL_ENTRY.unpack_from(acl, start)
        if tag == _ACL_GROUP:
            group = permissions
        elif tag == _ACL_MASK:
            mask = permissions
        elif tag in _ACL_NAMED:
            named &= permissions
    left = named & mask
    return mode & (~(stat.S_IRWXG | stat.S_IRWXO) | (group & left) << 3 | left)
