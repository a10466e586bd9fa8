"""What goes wrong with librsync itself."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.errors.root import RdiffError
from rdiff_gui.records import record
from rdiff_gui.wording import show_name, translate


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
