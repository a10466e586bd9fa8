"""Inputs made to hurt: each gets a sentence within two seconds, no crash, no output.

Each runs in a process of its own, since librsync's answer to some of them is to abort.
"""

from __future__ import annotations

import hashlib
import resource
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    CancelToken,
    Progress,
    Sealing,
    SignatureOptions,
    apply_patch,
    librsync_version,
    make_delta,
    make_signature,
)
from rdiff_gui.errors import Cancelled, RdiffError

from ..conftest import MakeFile, random_bytes
from ..fuzzing.targets import compressed

ATTEMPT = """
import sys
from pathlib import Path
from rdiff_gui import engine, errors
verb, first, second, target = sys.argv[1:]
try:
    getattr(engine, verb)(Path(first), Path(second), Path(target))
except errors.RdiffError as problem:
    print(type(problem).__name__, problem.exit_code, problem, sep="|")
else:
    print("done")
"""

SECONDS_MOST = 2


def attempt(verb: str, first: Path, second: Path) -> tuple[str, int, str]:
    """Run one operation in its own process: the error's name, its exit code and its sentence."""
    target = first.with_name("target")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcome = subprocess.run(
        [sys.executable, "-c", ATTEMPT, verb, first, second, target],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # The processor's time: what else this machine is doing is not the input's fault.
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stderr == ""
    assert outcome.stdout.count("|") == 2, outcome.stdout
    assert not target.exists()
    assert seconds < SECONDS_MOST
    name, exit_code, sentence = outcome.stdout.strip().split("|")
    return name, int(exit_code), sentence


SIGNATURES = {
    "the abort at huge blocks": ("727301472000000000000020", "SignatureDamaged", 106),
    "one that wants all memory": ("727301477fffffff00000020" + "00" * 36, "SignatureDamaged", 106),
    "no block length": ("727301470000000000000020", "SignatureDamaged", 106),
    "no strong sum": ("727301470000080000000000", "SignatureDamaged", 106),
    "a strong sum longer than its hash": ("727301360000080000000020", "SignatureDamaged", 106),
    "no magic": ("000000000000080000000020", "NotASignature", 106),
    "a delta": ("7273023600", "NotASignature", 106),
    "nothing": ("", "NotASignature", 103),
    "half a header": ("727301470000", "SignatureTruncated", 103),
    "a cut record": ("727301470000080000000020" + "00" * 35, "SignatureTruncated", 103),
    "two bytes too many": ("727301470000080000000020" + "00" * 38, "SignatureTruncated", 103),
}  # fmt: skip


@pytest.mark.parametrize("case", SIGNATURES)
def test_crafted_signatures_are_refused(case: str, make_file: MakeFile) -> None:
    """What kills or misleads librsync as a signature is explained instead."""
    content, name, exit_code = SIGNATURES[case]
    signature = make_file("sums", bytes.fromhex(content))
    found, code, sentence = attempt("make_delta", signature, make_file("new", 100_000))
    assert (found, code) == (name, exit_code)
    assert "sums" in sentence


def test_an_ordinary_file_given_as_signature_says_what_to_do(make_file: MakeFile) -> None:
    """The most common mistake of all gets the sentence that helps."""
    found, _, sentence = attempt(
        "make_delta", make_file("photos.db", 100_000), make_file("new", 100_000)
    )
    assert found == "NotASignature"
    assert "make a signature of it first" in sentence


DELTAS = {
    "only the magic": ("72730236", "DeltaTruncated", 103),
    "a literal of 2^63-1": ("72730236447fffffffffffffff41", "DeltaTruncated", 103),
    "a literal of 2^32-1": ("7273023643ffffffff4141", "DeltaTruncated", 103),
    "a literal of 2^31": ("7273023643800000004142", "DeltaTruncated", 103),
    "a literal of 2^64-1": ("7273023644ffffffffffffffff41", "DeltaDamaged", 106),
    "an empty literal": ("72730236410000", "DeltaDamaged", 106),
    "an empty copy": ("7273023645000000", "DeltaDamaged", 106),
    "a huge copy": ("727302364700ffffffff00", "BasisTooShort", 103),
    "a copy of 2^63-1": ("7273023648007fffffffffffffff00", "BasisTooShort", 103),
    "a copy of 2^64-1": ("727302364800ffffffffffffffff00", "DeltaDamaged", 106),
    "a copy that overflows": ("72730236547fffffffffffffff7fffffffffffffff00", "DeltaDamaged", 106),
    "a negative offset": ("727302365180000000000000000100", "DeltaDamaged", 106),
    "past the end by one": ("727302364904000100", "BasisTooShort", 103),
    "across the end": ("727302364903ff0200", "BasisTooShort", 103),
    "far past the end": ("727302365100000100000000000100", "BasisTooShort", 103),
    "no such command": ("727302365500", "DeltaDamaged", 106),
    "no such command either": ("72730236ff00", "DeltaDamaged", 106),
    "a signature": ("727301470000080000000020", "NotADelta", 104),
    "nothing": ("", "NotADelta", 103),
}


@pytest.mark.parametrize("case", DELTAS)
def test_crafted_deltas_are_refused(case: str, make_file: MakeFile) -> None:
    """What crashes librsync or gives a wrong file as a delta is explained instead."""
    content, name, exit_code = DELTAS[case]
    delta = make_file("changes", bytes.fromhex(content))
    found, code, sentence = attempt("apply_patch", make_file("old", 1024), delta)
    assert (found, code) == (name, exit_code)
    assert "changes" in sentence


def test_the_bomb_is_refused(make_file: MakeFile) -> None:
    """Six kilobytes that would write a gigabyte write nothing."""
    bomb = make_file("bomb", bytes.fromhex("72730236" + "470000100000" * 1000 + "00"))
    found, code, sentence = attempt("apply_patch", make_file("old", 2**20), bomb)
    assert (found, code) == ("DeltaExpands", 108)
    assert "1 048 576 000 bytes" in sentence


def test_thousands_of_twins_are_refused(make_file: MakeFile) -> None:
    """Blocks that share one weak sum would keep librsync busy without end."""
    records = b"".join(
        struct.pack(">I", 7) + hashlib.blake2s(struct.pack(">I", number)).digest()
        for number in range(40_000)
    )
    signature = make_file("sums", bytes.fromhex("727301470000080000000020") + records)
    found, code, _ = attempt("make_delta", signature, make_file("new", 100_000))
    assert (found, code) == ("SignatureHostile", 106)


def test_real_files_full_of_equal_blocks_are_taken(make_file: MakeFile, tmp_path: Path) -> None:
    """Zeros give equal weak sums too, but equal strong ones with them: that is no attack."""
    old = make_file("old", bytes(5_000_000) + random_bytes(1000))
    make_signature(old, tmp_path / "sig", SignatureOptions(block_bytes=128))
    summary = make_delta(tmp_path / "sig", old, tmp_path / "delta")
    assert summary.literal_bytes < 128


ONE_SLOW_BLOCK = (
    "727301470001000000000020"
    "881c0001df2d0b4e183fce63759c790e6956d5f756861f15d6db64cc1899afa85e1627b9"
)


ANSWER_SECONDS_MOST = 0.1
ATTEMPTS = 3


def cancel_seconds(signature: Path, new: Path, when: Callable[[list[Progress]], bool]) -> float:
    """How long a cancel takes to be answered, at best of three: a busy machine may be late."""
    answers = []
    for _ in range(ATTEMPTS):
        token, told = CancelToken(), list[Progress]()
        asked = 0.0

        def watch(progress: Progress) -> None:
            nonlocal asked
            told.append(progress)  # noqa: B023  # called within this round only
            if not asked and when(told):  # noqa: B023  # as above
                asked = time.monotonic()
                token.cancel()  # noqa: B023  # as above

        with pytest.raises(Cancelled):
            make_delta(signature, new, new.with_name("delta"), on_progress=watch, cancel=token)
        answers.append(time.monotonic() - asked)
        assert not new.with_name("delta").exists()
    return min(answers)


def test_the_slow_signature_shows_progress_and_cancels(make_file: MakeFile) -> None:
    """The one legal signature that makes every byte slow is under control all the way.

    librsync from 2.3.3 on compares 64 KiB at a time, which takes half a minute then: the progress
    stands, and a cancel is as fast.
    """
    version = tuple(map(int, librsync_version().split(".")))
    moves = 10 if version < (2, 3, 3) else 1
    signature = make_file("sums", bytes.fromhex(ONE_SLOW_BLOCK))
    zeros = make_file("zeros", bytes(2**20))

    def has_moved_often(told: list[Progress]) -> bool:
        return len({progress.done_bytes for progress in told}) == moves

    assert cancel_seconds(signature, zeros, has_moved_often) < ANSWER_SECONDS_MOST


def test_slowness_that_comes_late_cancels_as_fast(
    make_file: MakeFile, listing: Callable[[], set[str]]
) -> None:
    """Even when the slow part begins in the middle of a long call, the user is not held."""
    signature = make_file("sums", bytes.fromhex(ONE_SLOW_BLOCK))
    mixed = make_file("mixed", random_bytes(8 * 2**20) + bytes(2**20))

    def is_in_the_slow_part(told: list[Progress]) -> bool:
        return told[-1].done_bytes > 8 * 2**20

    assert cancel_seconds(signature, mixed, is_in_the_slow_part) < ANSWER_SECONDS_MOST
    assert listing() == {"sums", "mixed"}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("sealing", Sealing)
def test_every_cut_of_a_signature_and_a_delta_is_harmless(
    sealing: Sealing, packed: bool, make_file: MakeFile, tmp_path: Path
) -> None:
    """A transfer that stops anywhere gives a refusal, or at worst a larger delta: no wrong file."""
    data = random_bytes(3000)
    old, new = make_file("old", data), make_file("new", data[:1000] + b"new" + data[1000:])
    make_signature(old, tmp_path / "sig", SignatureOptions(block_bytes=1000), sealing=sealing)
    make_delta(tmp_path / "sig", new, tmp_path / "delta", sealing=sealing, compress=packed)
    whole_signature = (tmp_path / "sig").read_bytes()
    if packed:
        whole_signature = compressed(whole_signature)
    whole_delta = (tmp_path / "delta").read_bytes()
    for size in range(len(whole_signature)):
        cut = make_file("cut", whole_signature[:size])
        try:
            make_delta(cut, new, tmp_path / "larger", replace=True)
        except RdiffError:
            continue
        apply_patch(old, tmp_path / "larger", tmp_path / "result", replace=True)
        assert (tmp_path / "result").read_bytes() == new.read_bytes()
    (tmp_path / "result").unlink(missing_ok=True)
    for size in range(len(whole_delta)):
        try:
            apply_patch(old, make_file("cut", whole_delta[:size]), tmp_path / "result")
        except RdiffError:
            assert not (tmp_path / "result").exists()
        else:
            # Only the seal is cut off: the delta before it is whole.
            assert (tmp_path / "result").read_bytes() == new.read_bytes()
            (tmp_path / "result").unlink()
