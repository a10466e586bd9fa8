"""What is read: refused with a sentence where it cannot be, and where it changes meanwhile."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine import (
    Progress,
    inspect,
    make_delta,
    make_signature,
    signature_table,
)
from rdiff_gui.errors import (
    SourceChanged,
    SourceMissing,
    SourceUnreadable,
)

from .conftest import MakeFile, refused
from .platforms import posix_only

Listing = Callable[[], set[str]]


@posix_only("Wine has no symbolic links")
def test_sources_that_cannot_be_read_get_a_sentence(tmp_path: Path, listing: Listing) -> None:
    """A missing file, a folder and a dangling link each say what they are."""
    with pytest.raises(SourceMissing):
        make_signature(tmp_path / "missing", tmp_path / "sig")
    with refused(SourceUnreadable, code=errno.EISDIR):
        make_signature(tmp_path, tmp_path / "sig")
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(SourceMissing):
        make_signature(tmp_path / "dangling", tmp_path / "sig")
    with pytest.raises(SourceUnreadable):
        make_signature(Path("nul\0byte"), tmp_path / "sig")
    assert listing() == {"dangling"}


@posix_only("files are not opened by Path.open there")
def test_a_source_that_will_not_close_is_read_all_the_same(
    make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is only tidying up fails no run."""
    old = make_file("old", 5000)
    opened = []
    really_open = Path.open

    def open_sticky(path: Path, *arguments: Any, **named: Any) -> object:
        if path == old:
            return Sticky(path, "rb")
        return really_open(path, *arguments, **named)

    class Sticky(io.FileIO):
        def close(self) -> None:
            if not self.closed:
                opened.append(self.name)
                super().close()
                raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr("rdiff_gui.engine.input.Path.open", open_sticky)
        make_signature(old, tmp_path / "sums")
    assert opened == [old]
    make_delta(tmp_path / "sums", old, tmp_path / "changes")
    assert inspect(tmp_path / "changes")


def test_a_source_that_changes_is_refused(make_dotted: MakeFile, listing: Listing) -> None:
    """A file that somebody writes to meanwhile gives no result."""
    old = make_dotted("old", 2**28)
    touched = False

    def touch(_progress: Progress) -> None:
        nonlocal touched
        if not touched:
            touched = True
            with old.open("r+b") as file:
                file.write(b"changed")

    with pytest.raises(SourceChanged):
        make_signature(old, old.with_name("sig"), on_progress=touch)
    assert listing() == {"old"}


def test_a_change_that_hides_is_refused(make_dotted: MakeFile, listing: Listing) -> None:
    """A rewrite of the same size whose time was put back is noticed too."""
    old = make_dotted("old", 2**28)
    before = old.stat()

    def touch(_progress: Progress) -> None:
        with old.open("r+b") as file:
            file.write(b"changed")
        os.utime(old, ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(SourceChanged):
        make_signature(old, old.with_name("sig"), on_progress=touch)
    after = old.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert listing() == {"old"}


def test_a_source_that_shrinks_is_refused(make_dotted: MakeFile, listing: Listing) -> None:
    """A file that is cut short while it is read is an error, not a crash."""
    old = make_dotted("old", 2**28)

    def cut(_progress: Progress) -> None:
        os.truncate(old, 1000)

    with pytest.raises(SourceChanged):
        make_signature(old, old.with_name("sig"), on_progress=cut)
    assert listing() == {"old"}


def test_a_signature_that_is_cut_while_it_is_loaded_is_refused(
    pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left must not be taken for the whole; nor is it librsync that is to blame."""
    old, new = pair
    sums = tmp_path / "sums"
    make_signature(old, sums)
    really_check = signature_table.check_signature

    def check_and_cut(*arguments: Any) -> Any:
        found = really_check(*arguments)
        os.truncate(sums, 100)
        return found

    monkeypatch.setattr(signature_table, "check_signature", check_and_cut)
    with pytest.raises(SourceChanged):
        make_delta(sums, new, tmp_path / "delta")
