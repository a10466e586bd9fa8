"""What was put on the user's desktop, written down so that just that is taken away again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rdiff_gui.desktop.paths import APP_NAME
from rdiff_gui.desktop.replacing import replace_text


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


def receipt_file(data_home: Path) -> Path:
    """Beside what it tells of."""
    return data_home / APP_NAME / "desktop.json"


def read_receipt(data_home: Path) -> Receipt | None:
    """The receipt, or None where there is none that can be read."""
    try:
        stored = json.loads(receipt_file(data_home).read_text(encoding="utf-8"))
        return Receipt(
            version=str(stored["version"]),
            command=_texts(stored["command"]),
            files={_inside(name): _texts(sums) for name, sums in stored["files"].items()},
            folders=_texts(stored["folders"]),
            caches=tuple(_inside(name) for name in _texts(stored["caches"])),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def write_receipt(receipt: Receipt, data_home: Path) -> None:
    """Raises: OSError."""
    replace_text(receipt_file(data_home), json.dumps(asdict(receipt), indent=1) + "\n")


def _texts(stored: object) -> tuple[str, ...]:
    if not isinstance(stored, list) or not all(isinstance(text, str) for text in stored):
        raise TypeError(stored)
    return tuple(stored)


def _inside(name: str) -> str:
    """Raises: ValueError, for a path that leads out of the data folder."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ValueError(name)
    return name
