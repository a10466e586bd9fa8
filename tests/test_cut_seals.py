"""A seal that is cut, damaged or replaced by other bytes never passes for a file without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import py_rdiff
import pytest

from rdiff_gui.engine import (
    DeltaFacts,
    PatchOptions,
    Sealing,
    SignatureFacts,
    SignatureOptions,
    apply_patch,
    find_basis,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
    verify_patch,
)
from rdiff_gui.errors import (
    ContentDamaged,
    DeltaTrailing,
    RdiffError,
    SealDamaged,
    SealTooNew,
    WrongBasis,
)
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, Seal, pack

from .cli_process import one_line, run_cli
from .conftest import MakeFile, random_bytes
from .fuzzing.targets import compressed, footed, framed, identity_of

ALLOWED = PatchOptions(allow_trailing=True)
SMALL = SignatureOptions(block_bytes=100, strong_bytes=8)
PLAIN = Sealing.NONE
RECORD_BYTES = 12


@pytest.fixture
def pair(make_file: MakeFile) -> tuple[Path, Path]:
    """An old file of some blocks, and a new one that is much like it."""
    data = random_bytes(600)
    return make_file("old", data), make_file("new", data[:300] + b"new" + data[300:])


@pytest.fixture
def delta(pair: tuple[Path, Path], tmp_path: Path) -> bytes:
    """A delta without a seal."""
    make_delta_from_files(*pair, tmp_path / "plain", SMALL, sealing=PLAIN)
    return (tmp_path / "plain").read_bytes()


@pytest.fixture
def sealed(pair: tuple[Path, Path], tmp_path: Path) -> bytes:
    """The same delta with its seal."""
    make_delta_from_files(*pair, tmp_path / "sealed", SMALL)
    return (tmp_path / "sealed").read_bytes()


def takers(old: Path, hostile: Path) -> dict[str, Callable[[], object]]:
    """Everything that takes a delta."""
    result = hostile.with_name("result")
    return {
        "patch": lambda: apply_patch(old, hostile, result),
        "verify": lambda: verify_patch(old, hostile),
        "inspect": lambda: inspect(hostile),
        "find_basis": lambda: find_basis(hostile),
    }


def test_every_cut_of_a_seal_is_refused_by_everything(
    pair: tuple[Path, Path], delta: bytes, sealed: bytes, make_file: MakeFile
) -> None:
    """A transfer that stopped within the seal is damage, not a delta that never had one."""
    assert sealed.startswith(delta)
    for size in range(len(delta) + 1, len(sealed)):
        cut = make_file("cut", sealed[:size])
        for take in takers(pair[0], cut).values():
            with pytest.raises(SealDamaged, match="cut"):
                take()
    assert not (pair[0].parent / "result").exists()


def test_a_cut_and_a_flipped_bit_together_give_no_wrong_file(
    pair: tuple[Path, Path], delta: bytes, sealed: bytes, make_file: MakeFile, tmp_path: Path
) -> None:
    """Two mishaps at once are still noticed, wherever they hit."""
    for bit in range(0, len(delta) * 8, 3):
        flipped = bytearray(sealed[: len(delta) + 1 + bit % (len(sealed) - len(delta) - 1)])
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RdiffError):
            apply_patch(pair[0], make_file("hostile", bytes(flipped)), tmp_path / "result")


@pytest.mark.parametrize("trailing", [b"\0", b"{}", b"noise" * 100, b"\x89RDSEAL", bytes(70_000)])
@pytest.mark.parametrize("packed", [False, True])
def test_what_follows_the_end_is_refused_unless_allowed(
    packed: bool,
    trailing: bytes,
    pair: tuple[Path, Path],
    delta: bytes,
    make_file: MakeFile,
    tmp_path: Path,
) -> None:
    """Rdiff passes over it without a word; here it takes an option, and counts as not checked."""
    old, new = pair
    whole = delta + trailing
    hostile = make_file("longer", compressed(whole) if packed else whole)
    for take in takers(old, hostile).values():
        with pytest.raises(DeltaTrailing, match="--allow-trailing") as caught:
            take()
        assert (caught.value.offset, caught.value.trailing_bytes) == (len(delta), len(trailing))
    assert apply_patch(old, hostile, tmp_path / "result", ALLOWED).checked_blake3 is None
    assert (tmp_path / "result").read_bytes() == new.read_bytes()
    facts = inspect(hostile, allow_trailing=True)
    assert isinstance(facts, DeltaFacts)
    assert (facts.seal, facts.size_bytes) == (None, hostile.stat().st_size)


def test_a_damaged_seal_can_be_passed_over_and_a_right_one_not(
    pair: tuple[Path, Path], delta: bytes, sealed: bytes, make_file: MakeFile
) -> None:
    """The option is for what is no seal: where there is one, all its checks are made."""
    old, new = pair
    broken = bytearray(sealed)
    broken[len(delta) + 30] ^= 1
    hostile = make_file("hostile", bytes(broken))
    with pytest.raises(SealDamaged):
        verify_patch(old, hostile)
    assert verify_patch(old, hostile, ALLOWED).checked_blake3 is None
    assert verify_patch(old, make_file("cut", sealed[:-9]), ALLOWED).checked_blake3 is None
    right = make_file("right", sealed)
    assert verify_patch(old, right, ALLOWED).checked_blake3
    with pytest.raises(WrongBasis):
        verify_patch(new, right, ALLOWED)
    other = make_file("other", delta[:-1] + b"\1x\0" + sealed[len(delta) :])
    with pytest.raises((ContentDamaged, SealDamaged)):
        verify_patch(old, other, ALLOWED)


def test_the_module_of_2013_refuses_them_too(
    pair: tuple[Path, Path],
    delta: bytes,
    sealed: bytes,
    make_file: MakeFile,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whoever imports py_rdiff is warned as well."""
    for content, words in ((delta + b"noise", "no seal"), (sealed[:-9], "seal at its end")):
        hostile = make_file("hostile", content)
        result = hostile.with_name("result")
        assert py_rdiff.rsync_patch(hostile, pair[0], result) == (False, None)
        assert words in capsys.readouterr().out
        assert not result.exists()


def test_what_is_left_of_a_seal_in_a_frame_is_refused(
    pair: tuple[Path, Path], delta: bytes, sealed: bytes, make_file: MakeFile
) -> None:
    """A skippable frame that is whole, around a seal that is not, is no index of somebody's."""
    seal = sealed[len(delta) :]
    for content in (seal[:100], seal[:-1], seal[:-1] + b"\x0b", seal + b" "):
        hostile = make_file("cut frame", compressed(delta) + framed(content))
        for take in takers(pair[0], hostile).values():
            with pytest.raises(SealDamaged, match="cut frame"):
                take()
    for content in (b"{", b"an index", b'{"kind":"index"}' + bytes(100)):
        harmless = make_file("harmless", compressed(delta) + framed(content))
        assert verify_patch(pair[0], harmless).checked_blake3 is None


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("strong_bytes", [1, 2, 3, 4, 5, 8, 32])
def test_every_cut_of_a_signatures_seal_is_refused(
    strong_bytes: int,
    packed: bool,
    pair: tuple[Path, Path],
    make_file: MakeFile,
    tmp_path: Path,
) -> None:
    """What is left of the seal never passes for blocks of the old file."""
    old, new = pair
    options = SignatureOptions(100, strong_bytes)
    make_signature(old, tmp_path / "plain.sig", options, sealing=PLAIN)
    make_signature(old, tmp_path / "sig", options)
    whole, body = (tmp_path / "sig").read_bytes(), (tmp_path / "plain.sig").read_bytes()
    assert whole.startswith(body)
    for size in range(len(body) + 1, len(whole)):
        content = compressed(whole[:size]) if packed else whole[:size]
        cut = make_file("cut", content)
        with pytest.raises(RdiffError, match="cut"):
            make_delta(cut, new, tmp_path / "delta")
        with pytest.raises(RdiffError, match="cut"):
            inspect(cut)


def test_a_signature_with_something_behind_its_seal_is_refused(
    pair: tuple[Path, Path], make_file: MakeFile, tmp_path: Path
) -> None:
    """Whole records of anything behind the seal would hide it."""
    old, new = pair
    make_signature(old, tmp_path / "sig", SMALL)
    hostile = make_file("longer", (tmp_path / "sig").read_bytes() + bytes(RECORD_BYTES * 1000))
    with pytest.raises(SealDamaged, match="longer"):
        make_delta(hostile, new, tmp_path / "delta")


@pytest.mark.parametrize("basis_bytes", [0, 500, 601, 10**9])
def test_a_basis_that_has_not_so_many_blocks_is_a_lie(
    basis_bytes: int, pair: tuple[Path, Path], make_file: MakeFile, tmp_path: Path
) -> None:
    """Six blocks of a hundred bytes are of 501 to 600 bytes, whatever the seal says."""
    old, new = pair
    make_signature(old, tmp_path / "sig", SignatureOptions(100, 8), sealing=Sealing.NONE)
    body = (tmp_path / "sig").read_bytes()

    def with_basis(size_bytes: int) -> Path:
        basis = Identity(size_bytes, "ab" * 32)
        seal = Seal(Kind.SIGNATURE, identity_of(body), "a test", "now", basis)
        return make_file("lie", body + pack(seal, record_bytes=RECORD_BYTES))

    for size_bytes in (501, 600):
        assert isinstance(inspect(with_basis(size_bytes)), SignatureFacts)
    lie = with_basis(basis_bytes)
    with pytest.raises(SealDamaged, match="lengths"):
        make_delta(lie, new, tmp_path / "delta")
    with pytest.raises(SealDamaged, match="lengths"):
        inspect(lie)


def test_a_delta_whose_seal_names_other_lengths_is_refused_when_it_is_looked_at(
    delta: bytes, make_file: MakeFile
) -> None:
    """Inspecting says no more than what patching would find to be true."""
    body = identity_of(delta)
    for basis, result in ((Identity(10, "ab" * 32), None), (None, Identity(10, "ab" * 32))):
        seal = Seal(Kind.DELTA, body, "a test", "now", basis, None, result)
        with pytest.raises(SealDamaged, match="lengths"):
            inspect(make_file("lie", delta + pack(seal)))


def test_the_command_line_refuses_and_allows_them(
    delta: bytes, pair: tuple[Path, Path], make_file: MakeFile, tmp_path: Path
) -> None:
    """One sentence with the place, exit code 106, and an option of three verbs."""
    make_file("longer", delta + b"noise")
    for words in (("patch", "old", "longer", "n"), ("verify", "old", "longer"), ("info", "longer")):
        refused = run_cli(*words, folder=tmp_path)
        assert refused.returncode == 106
        assert f"at byte {len(delta)}, with 5 B that" in one_line(refused)
        assert run_cli("--allow-trailing", *words, folder=tmp_path).returncode == 0
    assert (tmp_path / "n").read_bytes() == pair[1].read_bytes()
    assert run_cli("diff", "--allow-trailing", "old", "new", folder=tmp_path).returncode == 101


def test_a_newer_seal_is_not_passed_over(
    pair: tuple[Path, Path], delta: bytes, make_file: MakeFile
) -> None:
    """A footer that fits makes it a seal, and a newer one still asks for an update."""
    hostile = make_file("newer", delta + footed(b'{"kind":"delta"}', version=2))
    with pytest.raises(SealTooNew):
        verify_patch(pair[0], hostile, ALLOWED)
