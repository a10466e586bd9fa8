"""Signatures of the files that others have from us by now: their next delta needs no other."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

_FILES_MOST = 40
_ALL_BYTES_MOST = 256_000_000
# Characters of a file's name, which take four bytes at most.
_NAME_MOST = 40


class KeptSignatures:
    """The files in `folder`, the oldest of which go when they are too many or too large."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place_for(self, file: Path) -> Path:
        """Where the signature of `file` as it is now goes. Raises: OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = time.strftime("%Y-%m-%d %H.%M.%S")
        return self.folder / f"{file.name[:_NAME_MOST]} {stamp} {_mark(file)}.rsig"

    def latest(self, file: Path) -> Path | None:
        """The signature of what `file` was when others got it; None where it is that still."""
        for kept in self._newest_first():
            if kept.stem.endswith(_mark(file)):
                with contextlib.suppress(OSError):
                    return kept if file.stat().st_mtime > kept.stat().st_mtime else None
        return None

    def clear(self) -> None:
        """Forget all."""
        self._unlink(self._newest_first())

    def forget(self, file: Path) -> None:
        """Forget those of `file`."""
        self._unlink([kept for kept in self._newest_first() if kept.stem.endswith(_mark(file))])

    def _unlink(self, signatures: list[Path]) -> None:
        for kept in signatures:
            with contextlib.suppress(OSError):
                kept.unlink()

    def _newest_first(self) -> list[Path]:
        found = []
        signatures: list[Path] = []
        # A folder that nobody may look into has none for us.
        with contextlib.suppress(OSError):
            signatures.extend(self.folder.glob("*.rsig"))
        for kept in signatures:
            with contextlib.suppress(OSError):
                found.append((kept.stat().st_mtime, kept))
        return [kept for _modified, kept in sorted(found, reverse=True)]

    def trim(self) -> None:
        """Remove what is too much. Raises: OSError."""
        left_bytes = _ALL_BYTES_MOST
        for place, kept in enumerate(self._newest_first()):
            left_bytes -= kept.stat().st_size
            if place >= _FILES_MOST or left_bytes < 0:
                kept.unlink()


def _mark(file: Path) -> str:
    """What tells files of one name in several folders apart."""
    import hashlib  # a start looks at none

    return hashlib.blake2s(os.fsencode(file), digest_size=6).hexdigest()
