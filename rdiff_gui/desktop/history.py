"""The operations that were finished, newest first, kept between runs.

One JSON object a line. Lines are only added, each in a single write, so two windows can share
the file; a line that cannot be read is passed over.
"""

from __future__ import annotations

import contextlib
import enum
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from rdiff_gui.desktop.kept_signatures import KeptSignatures
from rdiff_gui.desktop.own_files import log_warning, replace_text
from rdiff_gui.records import record, replace


class Operation(enum.StrEnum):
    """What was done."""

    SIGNATURE = "signature"
    DELTA = "delta"
    PATCH = "patch"


@record(frozen=True)
class HistoryEntry:
    """One finished operation.

    `finished` is seconds since 1970; `inputs` in the order of the command line's verbs;
    `whole_bytes` is the size of the file that the output stands for.
    """

    finished: float
    operation: Operation
    inputs: tuple[Path, ...]
    output: Path
    whole_bytes: int
    output_bytes: int
    seconds: float

    @property
    def paths(self) -> tuple[Path, ...]:
        """All that it was about."""
        return (*self.inputs, self.output)

    def as_line(self) -> str:
        """One line of JSON; undecodable bytes of names survive as lone surrogates."""
        return json.dumps(vars(self), default=str)

    @classmethod
    def from_line(cls, line: str) -> HistoryEntry:
        """The entry of one line.

        Raises: ValueError, for a line that is none.
        """
        try:
            stored = json.loads(line)
            return cls(
                finished=float(stored["finished"]),
                operation=Operation(stored["operation"]),
                inputs=tuple(Path(path) for path in stored["inputs"]),
                output=Path(stored["output"]),
                whole_bytes=int(stored["whole_bytes"]),
                output_bytes=int(stored["output_bytes"]),
                seconds=float(stored["seconds"]),
            )
        except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise ValueError(line) from error


class History:
    """The file at `path`, held to the `limit` newest entries, and what else is remembered."""

    def __init__(self, path: Path, limit: int = 200) -> None:
        self.path = path
        self.signatures = KeptSignatures(path.with_name("signatures"))
        self.limit = limit

    def entries(self) -> tuple[HistoryEntry, ...]:
        """What was finished, newest first."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            log_warning("history not read: %s", error)
            return ()
        found = []
        for line in raw.decode("utf-8", "replace").splitlines():
            with contextlib.suppress(ValueError):
                found.append(HistoryEntry.from_line(line))
        return tuple(reversed(found[-self.limit :]))

    def add(self, entry: HistoryEntry) -> None:
        """Append one entry; a folder that cannot be written is logged, not raised."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._locked():
                # A line that was cut off by a crash must not swallow this one.
                with self.path.open("ab") as stream:
                    stream.write(b"\n" * self._ends_mid_line() + entry.as_line().encode() + b"\n")
                self._trim()
        except OSError as error:
            log_warning("history not written: %s", error)

    def clear(self) -> None:
        """Forget everything, the signatures of what was sent as well."""
        self.signatures.clear()
        try:
            with self._locked():
                self.path.unlink(missing_ok=True)
        except OSError as error:
            log_warning("history not cleared: %s", error)

    def remove(self, entry: HistoryEntry) -> None:
        """Forget one, and the signatures of a file that no other is about."""
        self._replace(entry, None)
        left = {path for other in self.entries() for path in other.inputs}
        for path in set(entry.inputs) - left:
            self.signatures.forget(path)

    def result_moved(self, output: Path, place: Path, backup: Path) -> None:
        """The last result at `output` stands at `place` now, and what stood there is `backup`."""
        for entry in self.entries():
            if entry.output == output:
                inputs = tuple(backup if path == place else path for path in entry.inputs)
                self._replace(entry, replace(entry, output=place, inputs=inputs))
                return

    def _replace(self, entry: HistoryEntry, other: HistoryEntry | None) -> None:
        try:
            with self._locked():
                found = (other if each == entry else each for each in reversed(self.entries()))
                self._write([each for each in found if each is not None])
        except OSError as error:
            log_warning("history not changed: %s", error)

    def _write(self, entries: Iterable[HistoryEntry]) -> None:
        replace_text(self.path, "".join(entry.as_line() + "\n" for entry in entries))

    def _ends_mid_line(self) -> bool:
        with self.path.open("rb") as stream:
            if stream.seek(0, os.SEEK_END) == 0:
                return False
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) != b"\n"

    def _trim(self) -> None:
        # Rewriting at twice the limit keeps the common case a plain append.
        if self.path.read_bytes().count(b"\n") <= 2 * self.limit:
            return
        self._write(reversed(self.entries()))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold off other windows; the lock goes with the process, however that ends."""
        if not self.path.parent.is_dir():
            yield
            return
        with self.path.with_suffix(".lock").open("ab") as lock:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
            else:
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
