"""What must hold for any bytes at all: a sentence that names the file, or a right result.

Each judge hands the same bytes to every operation that takes such a file and raises Wrong where
the answer is not one of these two. Both the property tests and the campaigns call them.
"""

from __future__ import annotations

import os
import random
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from blake3 import blake3

from rdiff_gui.engine import (
    DeltaFacts,
    Kind,
    PatchOptions,
    PatchSummary,
    Sealing,
    SignatureFacts,
    SignatureOptions,
    apply_patch,
    find_basis,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
    recognize_file,
    verify_patch,
)
from rdiff_gui.errors import DeltaTrailing, DiskFull, FormatProblem, RdiffError
from rdiff_gui.formats.seal import Seal, find_seal, pack, read_seal

from .reference import (
    Unreadable,
    check_no_remains,
    follows,
    is_packed,
    open_sealed,
    patched,
    unpacked,
)

BASIS_BYTES = 1024
BLOCK_BYTES = 128
# What the engine may make of the basis and a hostile file without being asked again.
MOST_BYTES = 2**26

T = TypeVar("T")


class Wrong(AssertionError):
    """The engine gave something that is neither a sentence nor right."""


def require(holds: object, what: str) -> None:
    """Raises: Wrong."""
    if not holds:
        raise Wrong(what)


class Workshop:
    """A folder with an old and a new file, much alike, in which hostile files are tried."""

    def __init__(self, folder: Path) -> None:
        """Make the files, and real signatures and deltas of them to start from."""
        self.folder = folder
        self.hostile, self.output = folder / "hostile", folder / "output"
        self.old, self.new = folder / "old", folder / "new"
        dice = random.Random(3)  # noqa: S311  # test data, not secrets
        self.basis = dice.randbytes(BASIS_BYTES)
        self.result = self.basis[:300] + b"new here" + self.basis[300:700] + bytes(90)
        self.old.write_bytes(self.basis)
        self.new.write_bytes(self.result)
        self.seeds = self._make_seeds()
        self.last_result = b""

    def _make_seeds(self) -> dict[str, bytes]:
        seeds: dict[str, bytes] = {}
        for sealing in Sealing:
            made = self.output
            options = SignatureOptions(block_bytes=BLOCK_BYTES, strong_bytes=8)
            make_signature(self.old, made, options, sealing=sealing)
            seeds[f"signature {sealing.value}"] = made.read_bytes()
            for compress in (False, True):
                make_delta_from_files(
                    self.old,
                    self.new,
                    made,
                    options,
                    sealing=sealing,
                    compress=compress,
                    replace=True,
                )
                packing = "compressed" if compress else "uncompressed"
                seeds[f"delta {sealing.value} {packing}"] = made.read_bytes()
            made.unlink()
        return seeds

    def attempt(self, operation: Callable[[], T]) -> T | RdiffError:
        """The operation's result, or its failure, which must be a sentence that names a file.

        Raises: Wrong, also where a failure changed the folder.
        """
        before = set(os.listdir(self.folder))  # noqa: PTH208  # names are what is compared
        try:
            return operation()
        except RdiffError as problem:
            after = set(os.listdir(self.folder))  # noqa: PTH208  # as above
            sentence = str(problem)
            require(after == before, f"left behind: {after - before}")
            # A full disk is named by its folder, where what is unpacked would have gone.
            named = "hostile" in sentence or isinstance(problem, DiskFull)
            require(named, f"no file is named: {sentence}")
            controls = {each for each in sentence if unicodedata.category(each).startswith("C")}
            require(not controls, f"not one line of text: {sentence!r}")
            return problem

    def judge_delta(self, content: bytes) -> PatchSummary | RdiffError:
        """Give `content` as a delta; the summary, or why it was refused.

        Raises: Wrong.
        """
        self.hostile.write_bytes(content)
        verified = self.attempt(lambda: verify_patch(self.old, self.hostile))
        applied = self.attempt(lambda: apply_patch(self.old, self.hostile, self.output))
        facts = self._judge_looks()
        if isinstance(applied, RdiffError):
            require(type(verified) is type(applied), f"verified, but not applied: {applied}")
            if isinstance(applied, DeltaTrailing):
                self._judge_trailing(content)
            return applied
        result = self.last_result = self.output.read_bytes()
        self.output.unlink()
        require(not isinstance(verified, RdiffError), f"applied, but not verified: {verified}")
        require(isinstance(facts, DeltaFacts), f"applied, but not recognized: {facts}")
        expected, promised = self._expected(content)
        require(result == expected, "another result than the commands say")
        if promised:
            hashes = (blake3(result).hexdigest(), blake3(self.basis).hexdigest())
            require(promised.get("result", {}).get("blake3", hashes[0]) == hashes[0], "result")
            require(promised.get("basis", {}).get("blake3", hashes[1]) == hashes[1], "basis")
        checked = bool(promised and "result" in promised)
        require(bool(applied.checked_blake3) == checked, "checked or not?")
        return applied

    def _judge_trailing(self, content: bytes) -> None:
        """What follows END may be allowed, and changes nothing."""
        options = PatchOptions(allow_trailing=True)
        applied = self.attempt(lambda: apply_patch(self.old, self.hostile, self.output, options))
        if not isinstance(applied, RdiffError):
            result = self.output.read_bytes()
            self.output.unlink()
            body, _promised = self._opened(content)
            expected = patched(self.basis, body, MOST_BYTES, trailing=True)
            require(result == expected, "another result than the commands say")

    def judge_signature(self, content: bytes) -> bool:
        """Give `content` as a signature; whether it was taken.

        Raises: Wrong.
        """
        self.hostile.write_bytes(content)
        plain = Sealing.NONE
        made = self.attempt(lambda: make_delta(self.hostile, self.new, self.output, sealing=plain))
        facts = self._judge_looks()
        if isinstance(made, RdiffError):
            require(not isinstance(facts, SignatureFacts), f"inspected, but not taken: {made}")
            return False
        delta = self.output.read_bytes()
        self.output.unlink()
        require(isinstance(facts, SignatureFacts), f"taken, but not recognized: {facts}")
        body, promised = self._opened(content)
        if promised is None:
            try:
                check_no_remains(body)
            except Unreadable as problem:
                raise Wrong("taken, though its seal is cut") from problem
        require(follows(delta, self.result, body), "a delta that does not follow")
        return True

    def _judge_looks(self) -> object:
        """What recognizing, inspecting and searching say of the hostile file."""
        kind = recognize_file(self.hostile)
        require(isinstance(kind, Kind), "a kind")
        found = self.attempt(lambda: find_basis(self.hostile))
        require(isinstance(found, RdiffError) or found in (None, self.old, self.new), f"{found}")
        return self.attempt(lambda: inspect(self.hostile))

    def _opened(self, content: bytes) -> tuple[bytes, dict[str, Any] | None]:
        """The librsync file in `content` and its seal's record, by the reference."""
        try:
            if sealed := open_sealed(content, MOST_BYTES):
                return sealed.body, sealed.record
            if is_packed(content):
                content = unpacked(content, MOST_BYTES)
                if sealed := open_sealed(content, MOST_BYTES):
                    return sealed.body, sealed.record
        except Unreadable as problem:
            raise Wrong(f"taken, though unreadable: {problem}") from problem
        return content, None

    def _expected(self, content: bytes) -> tuple[bytes, dict[str, Any] | None]:
        body, promised = self._opened(content)
        try:
            return patched(self.basis, body, MOST_BYTES), promised
        except Unreadable as problem:
            raise Wrong(f"applied, though unreadable: {problem}") from problem


def judge_seal(content: bytes, kind: Kind, *, compressed: bool) -> Seal | None:
    """Read the seal of `content`; what is read must come back the same when it is written again.

    Raises: Wrong.
    """
    path = Path("hostile")

    def read_at(offset: int, size: int) -> bytes:
        require(offset >= 0, "read before the beginning")
        return content[offset : offset + size]

    try:
        place = find_seal(path, read_at, len(content), compressed=compressed)
        if place is None:
            return None
        require(0 <= place.body_end <= place.payload_start <= len(content), f"{place}")
        seal = read_seal(path, read_at, place, kind)
    except FormatProblem as problem:
        require("hostile" in str(problem), f"no file is named: {problem}")
        return None
    for identity in (seal.basis, seal.result):
        name = identity.name if identity else None
        require(name is None or (name not in ("", ".", "..") and "/" not in name), f"{name!r}")
    again = pack(seal)
    place = find_seal(path, lambda at, size: again[at : at + size], len(again), compressed=False)
    require(place, "written, but not found")
    assert place
    back = read_seal(path, lambda at, size: again[at : at + size], place, kind)
    require(back == seal, "not the same after being written again")
    return seal
