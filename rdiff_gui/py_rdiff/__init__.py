"""py_rdiff 0.1's three functions, alive again on Python 3.

>>> from pathlib import Path
>>> _ = Path('test.txt').write_text('asdqwezxcrfv')
>>> _ = Path('test2.txt').write_text('qwerty qwerty qwerty')

>>> import py_rdiff
>>> completed, sig_file = py_rdiff.rsync_sig('test.txt')
>>> completed, sig_file
(True, 'dd18bf3a8e0a2a3e53e2661c7fb53534.sig')
>>> completed, delta_file = py_rdiff.rsync_delta(sig_file, 'test2.txt')
>>> completed, delta_file
(True, 'dd18bf3a8e0a2a3e53e2661c7fb53534.delta')
>>> py_rdiff.rsync_patch(delta_file, 'test.txt', 'patched_test.txt')
(True, None)
>>> Path('patched_test.txt').read_text()
'qwerty qwerty qwerty'

Kept from 0.1: the names, the arguments, the pair `(completed, file name)`, the file names made
from the MD5 of the name as given, files in the working folder, a block length of 2048 and strong
sums of 8 bytes, one librsync call for a whole file, and that a failure prints a line and gives
`(False, None)`.

Not kept, because it was wrong: 0.1 ran on Python 2 only; it let ctypes cut the pointers of fopen
down to int, called rs_sig_file with five arguments of six, and gave rs_delta_file the FILE of the
signature where its sums are due, each of which ends the process; it left half-made files behind
and wrote over its own input. Its signatures were MD4; these are BLAKE2.

For progress, cancelling and errors as exceptions, see `rdiff_gui.engine`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.blake3_hash import hash_source
from rdiff_gui.engine.input import Input, open_input
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import PatchOptions
from rdiff_gui.engine.output import open_output
from rdiff_gui.engine.patch import open_patch
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.seal_io import unwrap
from rdiff_gui.engine.signature_table import check_signature
from rdiff_gui.errors import OutputUnwritable, RdiffError
from rdiff_gui.errors.files import Writing
from rdiff_gui.formats.signature_header import RollingSum, SignatureHeader, StrongHash
from rdiff_gui.librsync import whole_files
from rdiff_gui.wording import translate

__all__ = ["rsync_delta", "rsync_patch", "rsync_sig"]

_HEADER = SignatureHeader(StrongHash.BLAKE2, RollingSum.RABINKARP, block_bytes=2048, strong_bytes=8)

_Name = str | bytes | os.PathLike[str]


def rsync_sig(fname: _Name) -> tuple[bool, str | None]:
    """Sign a file; the signature, in the working folder, is named by the MD5 of `fname`.

    Returns: `(True, signature's name)`, or `(False, None)` after printing why.
    """

    def work(run: Run) -> str:
        name = hashlib.md5(_spell(fname), usedforsecurity=False).hexdigest() + ".sig"
        with _open(fname, run) as basis, _create(name, [basis], run) as output:
            whole_files.sign_whole_file(
                basis.descriptor,
                output.descriptor,
                _HEADER.block_bytes,
                _HEADER.strong_bytes,
                _HEADER.magic,
            )
            basis.check_unchanged()
        return name

    return _attempt(work)


def rsync_delta(sig_file: _Name, new_file: _Name) -> tuple[bool, str | None]:
    """Compare a file with a signature; the delta, in the working folder, is named after the latter.

    Returns: `(True, delta's name)`, or `(False, None)` after printing why. The name is the
    signature's base name up to its first dot, and `.delta`.
    """

    def work(run: Run) -> str:
        name = _path(sig_file).name.split(".")[0] + ".delta"
        with (
            _open(sig_file, run) as signature,
            _open(new_file, run) as new,
            _create(name, [signature, new], run) as output,
            unwrap(signature, run) as sums,
        ):
            check_signature(sums, run)
            if sums.seal:
                sums.check_body(hash_source(sums.content, run))
            # To librsync, a seal is some more blocks, which match nothing.
            whole_files.compare_whole_file(
                sums.content.descriptor, new.descriptor, output.descriptor
            )
            signature.check_unchanged()
            new.check_unchanged()
        return name

    return _attempt(work)


def rsync_patch(delta_file: _Name, basis_file: _Name, new_file: _Name) -> tuple[bool, None]:
    """Write to `new_file` what the delta makes of `basis_file`.

    Returns: `(True, None)`, or `(False, None)` after printing why.
    """

    def work(run: Run) -> None:
        with (
            _open(delta_file, run) as delta,
            _open(basis_file, run) as basis,
            _create(_path(new_file), [delta, basis], run) as output,
            open_patch(basis, delta, output, PatchOptions(), run) as patch,
        ):
            patch.check()
            whole_files.patch_whole_file(
                patch.old.descriptor, patch.delta.content.descriptor, output.descriptor
            )
            found_blake3 = None
            with output.reading() as result:
                if patch.expects_result:
                    found_blake3 = hash_source(result, run)
            patch.check_result(result.size_bytes or 0, found_blake3)

    completed, _ = _attempt(work)
    return completed, None


class _NoName(RdiffError):
    """What was given cannot be the name of a file."""

    def __init__(self, problem: Exception) -> None:
        super().__init__(
            translate("This cannot be the name of a file: {problem}.").format(problem=problem)
        )


def _spell(name: _Name) -> bytes:
    """The name as the system takes it. Raises: _NoName."""
    try:
        return os.fsencode(name)
    except (TypeError, ValueError) as problem:
        raise _NoName(problem) from problem


def _path(name: _Name) -> Path:
    """Raises: _NoName."""
    return Path(os.fsdecode(_spell(name)))


T = TypeVar("T", str, None)


def _attempt(work: Callable[[Run], T]) -> tuple[bool, T | None]:
    """Do `work`; the contract has no exceptions, whatever goes wrong."""
    try:
        return True, run_operation(work, None, None)
    except RdiffError as problem:
        _tell(str(problem))
    except MemoryError:
        _tell(translate("There is not enough memory for this."))
    except Exception as problem:  # noqa: BLE001  # callers of 0.1 look at the pair and catch nothing
        _tell(
            translate("Something unexpected happened: {kind}: {problem}.").format(
                kind=type(problem).__name__, problem=problem
            )
        )
    return False, None


def _tell(text: str) -> None:
    """Print a line, 0.1's way to tell, as far as standard output takes it."""
    with contextlib.suppress(OSError, ValueError):
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        print(text.encode(encoding, "backslashreplace").decode(encoding))  # noqa: T201  # its way


@contextlib.contextmanager
def _open(name: _Name, run: Run) -> Iterator[Input]:
    """A source as a regular file, whatever it was given as."""
    with open_input(_path(name)) as given, given.measured(run) as source:
        yield source


@contextlib.contextmanager
def _create(name: _Name, inputs: list[Input], run: Run) -> Iterator[AtomicFile]:
    """An output that replaces what has its name, at the end and whole."""
    path = _path(name)
    with open_output(path, inputs, replace=True, run=run) as output:
        if not isinstance(output, AtomicFile):
            raise OutputUnwritable(path, errno.EINVAL, os.strerror(errno.EINVAL))
        with Writing(path):
            yield output
        publish(run, [output])
