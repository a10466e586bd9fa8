"""What is told of the program's place on the user's desktop."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from rdiff_gui.wording import show_name, translate


class State(enum.Enum):
    """How the program stands with the user's desktop."""

    FOREIGN = "not here: an installer's work"
    ABSENT = "not added"
    CURRENT = "added, as this program would add it now"
    OUTDATED = "added by another version, or starting another program"
    INCOMPLETE = "added, but files have gone since"


@dataclass(frozen=True, slots=True)
class Standing:
    """What `status` found.

    `folder` is where it all lies, on Windows a key of the registry; `files` is how many there are,
    on Windows entries. `command` is what the desktop starts, `changed` what is no longer as it was
    put there, `system_entry` the entry that a package brought.
    """

    state: State
    folder: Path
    version: str | None = None
    command: tuple[str, ...] = ()
    files: int = 0
    changed: tuple[Path, ...] = ()
    system_entry: Path | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What an installation or removal did.

    `files` is how many are there now or were taken away, `left` what is not ours, `failed`
    the names of the desktop's tools that are missing or did not work.
    """

    folder: Path
    files: int
    left: tuple[Path, ...] = ()
    failed: tuple[str, ...] = ()

    @property
    def remarks(self) -> list[str]:
        """What went otherwise than expected, a sentence each."""
        stays = translate("“{name}” is not as this program put it there, and was left as it is.")
        said = [stays.format(name=show_name(path)) for path in self.left]
        if self.failed:
            unseen = translate("Without {tools} the desktop may not notice the change.")
            said.append(unseen.format(tools=", ".join(self.failed)))
        return said
