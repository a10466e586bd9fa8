"""The shim itself: what it strikes, it strikes as the kernel would, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .campaign import ROOT
from .injection import build_shim

ARMED = """
import ctypes, errno, os, sys, threading
from pathlib import Path
from tests.faults.injection import Fault, Page

folder, fault, code = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
libc = ctypes.CDLL(None, use_errno=True)
os.chdir(folder)
file = os.open(folder / "file", os.O_RDWR | os.O_CREAT)
os.write(file, bytes(10_000))
os.lseek(file, 0, os.SEEK_SET)
elsewhere = os.open(os.devnull, os.O_WRONLY)
page = Page(folder.with_name("page"))
page.prepare(folder, Fault.parse(fault), streams=False, poor=len(sys.argv) > 4)

def attempt(call, *arguments):
    try:
        return call(*arguments)
    except OSError as problem:
        return errno.errorcode[problem.errno]
    except (MemoryError, RuntimeError) as problem:
        return type(problem).__name__

page.arm()
answer = eval(code)
print(answer, page.struck)
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shim, compiled."""
    return build_shim(tmp_path_factory.mktemp("shim"))


def run_armed(
    shim: Path, folder: Path, fault: str, code: str, *more: str
) -> subprocess.CompletedProcess[str]:
    """Evaluate an expression where the fault is armed for `folder`."""
    folder.mkdir()
    return subprocess.run(
        [sys.executable, "-c", ARMED, folder, fault, code, *more],
        env={**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


CASES = {
    "a call that fails": ("fsync/1/EIO", "attempt(os.fsync, file)", "EIO 1"),
    "not the first one": ("fsync/2/EIO", "attempt(os.fsync, file)", "None 0"),
    "only one": (
        "fsync/2/EIO",
        "[attempt(os.fsync, file) for _ in range(3)]",
        "[None, 'EIO', None] 1",
    ),
    "all from then on": (
        "fsync/2+/ENOSPC",
        "[attempt(os.fsync, file) for _ in range(3)]",
        "[None, 'ENOSPC', 'ENOSPC'] 2",
    ),
    "another kind": ("fdatasync/1/EIO", "attempt(os.fsync, file)", "None 0"),
    "a file elsewhere": ("write/1/EIO", "attempt(os.write, elsewhere, b'abc')", "3 0"),
    "a short write": ("write/1/1", "os.write(file, b'abc')", "1 1"),
    "a short write of many parts": ("pwrite64/1/2", "os.pwritev(file, [b'abc', b'd'], 0)", "2 1"),
    "a short read": ("read/1/2048", "len(os.read(file, 10_000))", "2048 1"),
    "a short read at a place": (
        "pread64/1/1",
        "os.preadv(file, [bytearray(5), bytearray(5)], 0)",
        "1 1",
    ),
    "a short copy": ("copy_file_range/1/7", "os.copy_file_range(file, file, 100, 0, 5000)", "7 1"),
    "whoever calls": (
        "rename/1/EPERM",
        "(libc.renameat2(-100, b'file', -100, b'moved', 0), errno.errorcode[ctypes.get_errno()])",
        "(-1, 'EPERM') 1",
    ),
    "a nameless file": (
        "openat/1/EOPNOTSUPP",
        "attempt(os.open, '.', os.O_TMPFILE | os.O_RDWR)",
        "ENOTSUP 1",
    ),
    "its link": (
        "link/1/EACCES",
        "attempt(lambda: os.link(f'/proc/self/fd/{file}', folder / 'name', follow_symlinks=True))",
        "EACCES 1",
    ),
    "a close, which closes": (
        "close/1/EIO",
        "attempt(os.close, file), attempt(os.fstat, file)",
        "('EIO', 'EBADF') 1",
    ),
    "memory": ("mmap/1+/ENOMEM", "attempt(bytearray, 2**30)", "MemoryError"),
    "a thread": (
        "clone/1/EAGAIN",
        "attempt(threading.Thread(target=print).start)",
        "RuntimeError 1",
    ),
    "the calls of all threads": (
        "fsync/3/EIO",
        "[t.start() or t.join() for _ in range(2) for t in [threading.Thread(target=os.fsync,"
        " args=(file,))]] and attempt(os.fsync, file)",
        "EIO 1",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_call_is_struck_as_the_kernel_would(case: str, shim: Path, tmp_path: Path) -> None:
    """What the campaign says that happened did happen, and where it did not, nothing else did."""
    fault, code, expected = CASES[case]
    done = run_armed(shim, tmp_path / "place", fault, code)
    assert done.stderr == ""
    assert done.stdout.startswith(expected)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM"])
def test_a_signal_comes_before_its_call(name: str, shim: Path, tmp_path: Path) -> None:
    """A run that is ended before its second write has written once."""
    code = "os.write(file, b'first') and os.write(file, b'second')"
    done = run_armed(shim, tmp_path / "place", f"write/2/{name}", code)
    assert -done.returncode == {"SIGKILL": 9, "SIGTERM": 15}[name]
    assert (tmp_path / "place" / "file").read_bytes().startswith(b"first\0")


POOR = {
    "no hard links": "attempt(os.link, 'file', 'name')",
    "no nameless files": "attempt(os.open, '.', os.O_TMPFILE | os.O_RDWR)",
    "no attributes": "attempt(os.setxattr, 'file', 'user.x', b'y')",
}


@pytest.mark.parametrize("case", POOR)
def test_a_poor_disk_has_less(case: str, shim: Path, tmp_path: Path) -> None:
    """What memory sticks cannot do is refused there, without being counted as a fault."""
    done = run_armed(shim, tmp_path / "place", "fsync/1/EIO", POOR[case], "poor")
    assert done.stderr == ""
    assert done.stdout in ("EPERM 0\n", "ENOTSUP 0\n")
