"""The root of the tree, what belongs to no file of the user's, and the command that helps."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from rdiff_gui.records import TYPE_CHECKING, record
from rdiff_gui.wording import show_name, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import ClassVar, Self

__all__ = [
    "Cancelled",
    "ClusterUnreachable",
    "DesktopForeign",
    "DesktopProblem",
    "HelperLost",
    "LibraryNotFound",
    "LibraryProblem",
    "LibraryTooOld",
    "LibraryUnusable",
    "LibrsyncFailed",
    "OptionOutOfRange",
    "PartUnloadable",
    "ProgramUnnameable",
    "RdiffError",
    "SystemRefused",
]


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


# Windows says so, and Python takes it for a lack of rights: ERROR_SHARING_VIOLATION and
# ERROR_LOCK_VIOLATION. Source: winerror.h.
_IN_USE = (32, 33)


def code_of(problem: OSError) -> int:
    """The errno of a refusal; 0 for none."""
    return errno.EBUSY if _is_in_use(problem) else problem.errno or 0


def reason_of(problem: Exception) -> str:
    """Why something failed, in words for the middle of a sentence."""
    if isinstance(problem, OSError):
        if _is_in_use(problem):
            return translate("another program has it open")
        return problem.strerror or str(problem)
    return str(problem).rstrip(".")


def _is_in_use(problem: OSError) -> bool:
    return getattr(problem, "winerror", None) in _IN_USE


class RdiffError(Exception):
    """The root of the tree; `str()` is a sentence for the user."""

    exit_code: ClassVar[int] = 100

    def __reduce__(self) -> tuple[Callable[..., RdiffError], tuple[object, ...]]:
        """How it is pickled, on its way from another process: with all facts."""
        return _restore, (type(self), self.args, self.__dict__)


def _restore(
    kind: type[RdiffError], words: tuple[object, ...], facts: dict[str, object]
) -> RdiffError:
    problem = kind.__new__(kind, *words)
    problem.__dict__.update(facts)
    return problem


class Cancelled(RdiffError):
    """The user stopped the work; every file is as it was before."""

    exit_code = 130

    def __str__(self) -> str:
        return translate("Cancelled. Nothing was changed.")


@record(eq=False)
class OptionOutOfRange(RdiffError):
    """An option's value lies outside what is allowed (`allowed`, in words)."""

    exit_code = 108
    option: str
    value: object
    allowed: str

    def __str__(self) -> str:
        return translate("{option} cannot be {value}; allowed: {allowed}.").format(
            option=self.option, value=self.value, allowed=self.allowed
        )


@record(eq=False)
class HelperLost(RdiffError):
    """A process or computer that was to help was lost, and nobody could do its work again."""

    reason: str

    def __str__(self) -> str:
        return translate(
            "A helping process or computer was lost: {reason}. Nothing was changed; try again, or "
            "without help."
        ).format(reason=self.reason)


@record(eq=False)
class ClusterUnreachable(RdiffError):
    """No scheduler answered at `address`, or it has no workers, for `reason`."""

    address: str
    reason: str

    def __str__(self) -> str:
        return translate("The cluster at {address} cannot be used: {reason}.").format(
            address=self.address, reason=self.reason
        )


@record(eq=False)
class SystemRefused(RdiffError):
    """The operating system refused what no file of the user's stands for; `code` is the errno."""

    code: int
    reason: str

    @classmethod
    def of(cls, problem: OSError) -> Self:
        """What the system said."""
        return cls(code_of(problem), reason_of(problem))

    def __str__(self) -> str:
        if self.code in (errno.EMFILE, errno.ENFILE):
            return translate(
                "Too many files are open. Close other programs, or raise the limit (ulimit -n)."
            )
        if self.code == errno.EAGAIN:
            return translate(
                "The system has no more room for work at the moment. Close other programs and try "
                "again."
            )
        return translate("The system refused something that this needs: {reason}.").format(
            reason=self.reason
        )


@record(eq=False)
class PartUnloadable(RdiffError):
    """A library or module that belongs to the program was not loaded, for the system's `reason`."""

    reason: str

    def __str__(self) -> str:
        return translate(
            "A part of the program cannot be loaded: {reason}. Either it is not installed whole, "
            "or there is too little memory."
        ).format(reason=self.reason)


class LibraryProblem(RdiffError):
    """librsync cannot be used on this system."""


@record(eq=False)
class LibraryNotFound(LibraryProblem):
    """librsync is nowhere: `tried` lists each place with what happened, `remedy` is a command."""

    tried: tuple[str, ...]
    remedy: str

    def __str__(self) -> str:
        return translate(
            "librsync was not found on this computer. Install it with:  {remedy}\nTried:\n{tried}"
        ).format(remedy=self.remedy, tried="\n".join(f"  {place}" for place in self.tried))


@record(eq=False)
class LibraryUnusable(LibraryProblem):
    """The library at `path` would not load."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return translate("The librsync at “{path}” cannot be used: {reason}").format(
            path=show_name(self.path), reason=self.reason
        )


@record(eq=False)
class LibraryTooOld(LibraryProblem):
    """The library at `path` is older than `required`."""

    path: Path
    version: str
    required: str

    def __str__(self) -> str:
        return translate(
            "The librsync at “{path}” is version {version}; this program needs {required} or newer."
        ).format(path=show_name(self.path), version=self.version, required=self.required)


@record(eq=False)
class LibrsyncFailed(RdiffError):
    """librsync gave `result` to `function`; `detail` is what it traced while at it."""

    function: str
    result: int
    meaning: str
    detail: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # here it is librsync's own code
        """The rs_result itself, as rdiff exits with it."""
        return self.result

    def __str__(self) -> str:
        return translate("librsync stopped: {meaning}.").format(meaning=self.meaning) + "".join(
            f"\n  {line}" for line in self.detail
        )


class DesktopProblem(RdiffError):
    """The program cannot be added to this desktop."""


class DesktopForeign(DesktopProblem):
    """On macOS this is an installer's work."""

    def __str__(self) -> str:
        return translate(
            "On this system, the installer of the program tells the desktop about it; there is "
            "nothing to add or to remove here."
        )


@record(eq=False)
class ProgramUnnameable(DesktopProblem):
    """The program at `path` has a name that no desktop entry can hold."""

    path: Path

    def __str__(self) -> str:
        return translate(
            "The program is in a folder whose name desktops cannot read: “{path}”. Move it to "
            "another folder and try again."
        ).format(path=show_name(self.path))


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
    import platform  # where something is missing, alone

    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
