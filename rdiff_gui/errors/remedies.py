"""The one command that brings what this system lacks, in the words of its package manager."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping

_INSTALL = {
    "debian": "sudo apt-get install",
    "fedora": "sudo dnf install",
    "arch": "sudo pacman -S",
    "suse": "sudo zypper install",
    "alpine": "sudo apk add",
    "macos": "brew install",
}
_KIN = {"ubuntu": "debian", "rhel": "fedora"}
_BEFORE_64_BIT_TIME = frozenset(("bullseye", "bookworm", "focal", "jammy"))


def install_command(names: Mapping[str, str]) -> str | None:
    """How to install what each family of systems calls so; None where nobody knows.

    The families are debian, fedora, arch, suse, alpine and macos.
    """
    family = _family()
    return f"{_INSTALL[family]} {names[family]}" if family and family in names else None


def has_64_bit_time() -> bool:
    """Whether Debian's packages have the names they got with it: Debian 13, Ubuntu 24.04.

    Derivatives count their own versions but name what they are built on.
    """
    release = _release()
    keys = ("VERSION_CODENAME", "UBUNTU_CODENAME", "DEBIAN_CODENAME")
    return not any(release.get(key) in _BEFORE_64_BIT_TIME for key in keys)


def _family() -> str | None:
    if sys.platform == "darwin":
        return "macos"
    release = _release()
    for name in (release.get("ID", ""), *release.get("ID_LIKE", "").split()):
        for family in (*_INSTALL, *_KIN):
            if name.startswith(family) or name.endswith(family):
                return _KIN.get(family, family)
    return None


def _release() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
