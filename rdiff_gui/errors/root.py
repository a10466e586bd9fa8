"""The root of the tree, and what belongs to no file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rdiff_gui.wording import translate


class RdiffError(Exception):
    """The root of the tree; `str()` is a sentence for the user."""

    exit_code: ClassVar[int] = 100


class Cancelled(RdiffError):
    """The user stopped the work; every file is as it was before."""

    exit_code = 130

    def __str__(self) -> str:
        return translate("Cancelled. Nothing was changed.")


@dataclass(eq=False)
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
