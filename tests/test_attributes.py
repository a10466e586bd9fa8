"""Nothing made from a private file is open to more people than that file."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    PatchSummary,
    apply_patch,
    make_delta,
    make_delta_from_files,
    make_signature,
)
from rdiff_gui.errors import AttributesNotKept

from .conftest import MakeFile

_ACL = "system.posix_acl_access"
_CAPABILITY = "security.capability"


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """What most systems begin with."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def delta(pair: tuple[Path, Path], tmp_path: Path) -> Path:
    """A delta from `old` to `new`; both are there."""
    make_delta_from_files(*pair, tmp_path / "delta")
    return tmp_path / "delta"


def in_place(old: Path, delta: Path) -> PatchSummary:
    """The result in the place of `old`."""
    return apply_patch(old, delta, old, in_place=True)


def set_acl(path: Path, entries: str) -> None:
    """As an administrator does."""
    subprocess.run(["setfacl", "-m", entries, path], check=True)


def show_acl(path: Path) -> str:
    """The whole list, by numbers."""
    found = subprocess.run(
        ["getfacl", "-n", "-c", "-E", path], check=True, capture_output=True, text=True
    )
    return found.stdout


def mode_of(path: Path) -> int:
    """The permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("mode", "expected"), [(0o600, 0o600), (0o640, 0o640), (0o400, 0o600), (0o644, 0o644)]
)
def test_outputs_are_no_more_open_than_what_they_are_made_of(
    mode: int, expected: int, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    """Signature, delta, result and undo delta of a private file are as private."""
    old, new = pair
    old.chmod(mode)
    make_signature(old, tmp_path / "sums")
    make_delta(tmp_path / "sums", new, tmp_path / "from sums")
    make_delta_from_files(old, new, tmp_path / "delta")
    apply_patch(old, tmp_path / "delta", tmp_path / "result", undo=tmp_path / "undo")
    for name in ("sums", "from sums", "delta", "result", "undo"):
        assert mode_of(tmp_path / name) == expected, name


def test_one_private_input_is_enough(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """The delta holds the new file's data, whoever may read the old one."""
    old, new = pair
    new.chmod(0o600)
    make_delta_from_files(old, new, tmp_path / "delta")
    assert mode_of(tmp_path / "delta") == 0o600


def test_another_group_gets_what_everybody_has(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """Rights of one group never become those of another."""
    old, new = pair
    for mode, expected in ((0o640, 0o600), (0o664, 0o644), (0o604, 0o600)):
        os.chown(old, 0, 54321)
        old.chmod(mode)
        make_delta_from_files(old, new, tmp_path / "delta", replace=True)
        assert mode_of(tmp_path / "delta") == expected
        (tmp_path / "delta").unlink()


def test_the_mask_of_a_list_is_not_the_groups_right(pair: tuple[Path, Path]) -> None:
    """With an access control list, the group's bits are the most that anybody on it may."""
    old, new = pair
    old.chmod(0o600)
    set_acl(old, "u:12345:rw")
    assert mode_of(old) == 0o660
    make_delta_from_files(old, new, old.with_name("delta"))
    assert mode_of(old.with_name("delta")) == 0o600


def test_replacing_a_private_result_keeps_it_private(make_file: MakeFile, tmp_path: Path) -> None:
    """Whoever closed the earlier one wants the next one closed as well."""
    make_file("sums").chmod(0o600)
    make_signature(make_file("old", 5000), tmp_path / "sums", replace=True)
    assert mode_of(tmp_path / "sums") == 0o600


def test_in_place_keeps_all_that_the_old_file_had(pair: tuple[Path, Path], delta: Path) -> None:
    """Owner, group, permissions, list, attributes and capabilities, as cp --preserve=all."""
    old, new = pair
    os.chown(old, 12345, 54321)
    old.chmod(0o6750)
    set_acl(old, "u:23456:r,g:34567:-,m::rx")
    os.setxattr(old, "user.note", b"mine")
    os.setxattr(old, _CAPABILITY, bytes.fromhex("0100000200040000000000000000000000000000"))
    before, acl = old.stat(), show_acl(old)
    attributes = {name: os.getxattr(old, name) for name in os.listxattr(old)}
    assert in_place(old, delta).remarks == []
    after = old.stat()
    assert old.read_bytes() == new.read_bytes()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, 12345, 54321)
    assert show_acl(old) == acl
    assert {name: os.getxattr(old, name) for name in os.listxattr(old)} == attributes
    assert {_ACL, _CAPABILITY, "user.note"} <= set(attributes)


Refuse = Callable[..., None]


def _refuse(*_arguments: object) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def _refuse_owner(really: Refuse) -> Refuse:
    return lambda file, owner, group: _refuse() if owner != -1 else really(file, owner, group)


def _refuse_group(really: Refuse) -> Refuse:
    return lambda file, owner, group: _refuse() if group != -1 else really(file, owner, group)


def _refuse_all(_really: Refuse) -> Refuse:
    return _refuse


@pytest.mark.parametrize(
    ("call", "refusing", "acl", "mode", "lost", "expected"),
    [
        ("fchown", _refuse_owner, "", 0o4750, ["the owner"], 0o750),
        ("fchown", _refuse_group, "", 0o2754, ["the group"], 0o744),
        ("fchown", _refuse_group, "", 0o705, ["the group"], 0o700),
        ("fchown", _refuse_all, "", 0o6754, ["the group", "the owner"], 0o744),
        ("setxattr", _refuse_all, "u:7:rw", 0o600, ["the access control list"], 0o600),
        ("setxattr", _refuse_all, "u:7:-", 0o644, ["the access control list"], 0o600),
        ("setxattr", _refuse_all, "u:7:r", 0o644, ["the access control list"], 0o644),
        (
            "fchown", _refuse_group, "u:7:rw", 0o640,
            ["the group", "the access control list"], 0o600,
        ),
        ("listxattr", _refuse_all, "u:7:rw", 0o640, ["the extended attributes"], 0o600),
        ("getxattr", _refuse_all, "u:7:rw", 0o640, ["the access control list"], 0o600),
        ("fchmod", _refuse_all, "", 0o644, ["the permissions"], 0o600),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_told_and_opens_nothing(
    call: str,
    refusing: Callable[[Refuse], Refuse],
    acl: str,
    mode: int,
    lost: list[str],
    expected: int,
    pair: tuple[Path, Path],
    delta: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Less open than before, if need be; never more, and never without a word."""
    old, new = pair
    os.chown(old, 12345, 54321)
    old.chmod(mode)
    if acl:
        set_acl(old, acl)
    if call == "getxattr":
        # Without the group's bits, nobody asks for a list before.
        monkeypatch.setattr("rdiff_gui.engine.output._openness_of", lambda _inputs: [])
    monkeypatch.setattr(os, call, refusing(getattr(os, call)))
    (remark,) = in_place(old, delta).remarks
    monkeypatch.undo()
    assert isinstance(remark, AttributesNotKept)
    assert list(remark.lost) == lost
    assert mode_of(old) == expected
    assert old.read_bytes() == new.read_bytes()


def test_an_attribute_that_cannot_be_kept_is_named(pair: tuple[Path, Path], delta: Path) -> None:
    """By its own name, since only its owner knows what it is for."""
    old, _ = pair
    os.setxattr(old, "user.note", b"mine")
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(os, "setxattr", _refuse)
        (remark,) = in_place(old, delta).remarks
    assert isinstance(remark, AttributesNotKept)
    assert remark.lost == ("user.note",)


def test_an_unfinished_result_in_place_is_closed(
    pair: tuple[Path, Path], delta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it has what the old file had, only its owner may open it."""
    old, _ = pair
    old.chmod(0o644)
    seen: list[int] = []
    really_truncate = os.ftruncate

    def truncate(descriptor: int, size_bytes: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        really_truncate(descriptor, size_bytes)

    monkeypatch.setattr(os, "ftruncate", truncate)
    in_place(old, delta)
    assert seen == [0o600]
