"""What stands on the user's desktop: as it is told, and as it is written down."""

from __future__ import annotations

import enum
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rdiff_gui.desktop.own_files import APP_NAME, data_home, replace_text
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


@dataclass(frozen=True, slots=True)
class Receipt:
    """Paths of files are relative to the user's data folder, those of folders are whole.

    `files` has the SHA-256 of each content that may lie there: two, while one replaces the other.
    `caches` are files that the desktop's own tools made, where there were none before.
    """

    version: str
    command: tuple[str, ...]
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    caches: tuple[str, ...] = ()


def receipt_file() -> Path:
    """Beside what it tells of."""
    return data_home() / APP_NAME / "desktop.json"


def read_receipt() -> Receipt | None:
    """The receipt, or None where there is none that can be read."""
    try:
        stored = json.loads(receipt_file().read_text(encoding="utf-8"))
        return Receipt(
            version=str(stored["version"]),
            command=_texts(stored["command"]),
            files={_inside(name): _texts(sums) for name, sums in stored["files"].items()},
            folders=_texts(stored["folders"]),
            caches=tuple(_inside(name) for name in _texts(stored["caches"])),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def write_receipt(receipt: Receipt) -> None:
    """Raises: OSError."""
    replace_text(receipt_file(), json.dumps(asdict(receipt), indent=1) + "\n")


def _texts(stored: object) -> tuple[str, ...]:
    if not isinstance(stored, list) or not all(isinstance(text, str) for text in stored):
        raise TypeError(stored)
    return tuple(stored)


def _inside(name: str) -> str:
    """Raises: ValueError, for a path that leads out of the data folder."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ValueError(name)
    return name
