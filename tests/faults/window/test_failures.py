"""Each failure shows its card, and the page that it happened on does the next job right."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import struct
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine import (
    DeltaFacts,
    Sealing,
    apply_patch,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
)
from rdiff_gui.errors import (
    BasisTooShort,
    Cancelled,
    CompressionDamaged,
    ContentDamaged,
    DeltaDamaged,
    DeltaExpands,
    DeltaTruncated,
    DiskFull,
    LibraryNotFound,
    NotADelta,
    NotASignature,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
    RdiffError,
    ResultWrong,
    SealDamaged,
    SealTooNew,
    SignatureDamaged,
    SignatureHostile,
    SignatureTruncated,
    SourceChanged,
    SourceMissing,
    SourceUnreadable,
    WrongBasis,
)
from rdiff_gui.formats.seal import FOOTER, Identity, pack, pack_footer
from rdiff_gui.ui import text, worker
from rdiff_gui.ui.slots import Page, Slot
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.worker import Ending, Failed, Stopped
from tests.conftest import random_bytes
from tests.ui.window.conftest import AnyStep, User

from .specimens import all_errors

OLD = random_bytes(300_000)
NEW = OLD[:150_000] + b"something new" + OLD[150_000:]
# Two hundred times the same 50 000 bytes of the old file.
BOMB = bytes.fromhex("4600c350") * 200 + b"\0"

# What the window asks instead of saying that it cannot.
QUESTIONS = {OutputExists: "exists already. Replace it?", DeltaExpands: "Do you expect that?"}


class Bench:
    """Files for every step in a folder, and somebody in front of the window who uses them."""

    def __init__(self, user: User, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.user = user
        self.folder = folder
        self.endings: list[Ending[object]] = []
        self._fill()
        self._whole = {path.name: path.read_bytes() for path in folder.iterdir()}
        tell = StepPage._tell

        def overhear(page: Any, begun: Any, attempt: Any, ending: Ending[Any]) -> None:
            self.endings.append(ending)
            tell(page, begun, attempt, ending)

        monkeypatch.setattr(StepPage, "_tell", overhear)
        # Nobody looks on, whose eye would have to follow.
        monkeypatch.setattr(worker, "DRAIN_MS", 3)

    def _fill(self) -> None:
        folder = self.folder
        (folder / "old").write_bytes(OLD)
        (folder / "new").write_bytes(NEW)
        make_signature(folder / "old", folder / "sig", sealing=Sealing.NONE)
        make_signature(folder / "old", folder / "sealed sig")
        make_delta(folder / "sig", folder / "new", folder / "delta", sealing=Sealing.NONE)
        for name in ("sealed delta", "packed delta"):
            make_delta_from_files(
                folder / "old", folder / "new", folder / name,
                compress=name.startswith("packed"),
            )  # fmt: skip

    @property
    def page(self) -> AnyStep:
        """The page in front, which is one of a step."""
        assert isinstance(self.user.app.page, StepPage)
        return self.user.app.page

    def heal(self) -> None:
        """Make the folder what it was before the fault."""
        for path in self.folder.iterdir():
            if path.name not in self._whole and path.is_dir():
                path.rmdir()
            elif path.name not in self._whole:
                path.unlink()
        for name, content in self._whole.items():
            path = self.folder / name
            if path.is_dir():
                path.rmdir()
            path.write_bytes(content)

    def choose(self, page: Page, *names: str) -> None:
        """Bring the files for a step, and wait until all about them is known."""
        paths = [self.folder / name for name in names]
        self.user.app.show(page)
        self.user.app.arrive(paths, Slot.OLD_TO_SIGN if page is Page.SIGNATURE else None)
        self.user.settle()
        assert self.page.page is page

    def fail(self) -> BaseException | None:
        """Press the button; what the work ended with, once the page has told."""
        before = len(self.endings)
        self.user.run()
        (ending,) = self.endings[before:]
        assert isinstance(ending, (Failed, Stopped)), ending
        assert not self.page.finished
        assert not self.page.worker.busy
        return ending.error if isinstance(ending, Failed) else None

    def judge_card(self, error: BaseException | None) -> None:
        """The page says what the error says, and the button can be pressed again."""
        words = self.user.words(self.page)
        sentence = text.UNEXPECTED
        match error:
            case None:
                sentence = str(Cancelled())
            case LibraryNotFound():
                sentence = text.LIBRSYNC_NOT_FOUND.format(remedy=error.remedy)
            case RdiffError():
                sentence = QUESTIONS.get(type(error), str(error).partition("\n")[0])
        assert sentence in words
        assert self.page.primary.winfo_viewable()
        assert not self.page.primary.instate(["disabled"])

    def succeed(self) -> None:
        """The same page, the same files: now the work is right, to the last byte."""
        page = self.page
        output, inputs = page.model.output.path, page.model.inputs
        assert output is not None
        self.user.run()
        assert page.finished, self.user.words(page)
        if page.page is Page.SIGNATURE:
            # A seal stands behind it.
            assert output.read_bytes().startswith((self.folder / "sig").read_bytes())
        elif page.page is Page.DELTA:
            apply_patch(self.folder / "old", output, self.folder / "rebuilt")
            assert (self.folder / "rebuilt").read_bytes() == NEW
        else:
            assert output.read_bytes() == NEW
        assert inputs == page.model.inputs
        self.heal()


@pytest.fixture
def bench(user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A window, and files for all of its steps."""
    return Bench(user, tmp_path, monkeypatch)


# --- what really happens -------------------------------------------------------------------------


def overwrite(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """A fault: the file of that name gets other content after it was chosen."""

    def spoil(folder: Path) -> None:
        path = folder / name
        path.write_bytes(change(path.read_bytes()))

    return spoil


def a_folder_instead_of(name: str) -> Callable[[Path], None]:
    """A fault: a folder stands where the file was."""

    def spoil(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return spoil


def flip(offset: int) -> Callable[[bytes], bytes]:
    """One bit turned over."""

    def change(content: bytes) -> bytes:
        damaged = bytearray(content)
        damaged[offset] ^= 1
        return bytes(damaged)

    return change


def garble(content: bytes) -> bytes:
    """A delta's new data is no longer what it was."""
    assert content.count(b"thing") == 1
    return content.replace(b"thing", b"THING")


def newer_seal(content: bytes) -> bytes:
    """The seal of a version that is still to come."""
    payload = content[content.index(b'{"kind"') : -FOOTER.size]
    return content[: -FOOTER.size] + pack_footer(payload, version=2)


def twins(_content: bytes) -> bytes:
    """A signature made to make the comparison crawl."""
    records = (struct.pack(">I32x", 7)[:-4] + struct.pack(">I", number) for number in range(40_000))
    return bytes.fromhex("727301470000080000000020") + b"".join(records)


def lie_about_result(folder: Path) -> None:
    """The delta's seal promises another file than the delta makes."""
    path = folder / "sealed delta"
    facts = inspect(path)
    assert isinstance(facts, DeltaFacts)
    assert facts.seal is not None
    body = path.read_bytes()[: -len(pack(facts.seal))]
    path.write_bytes(body + pack(replace(facts.seal, result=Identity(len(NEW), "0" * 64))))


@dataclass(frozen=True)
class Job:
    """A page, and the files that are chosen on it."""

    page: Page
    inputs: tuple[str, ...]


SIGN = Job(Page.SIGNATURE, ("old",))
COMPARE = Job(Page.DELTA, ("sig", "new"))
COMPARE_SEALED = Job(Page.DELTA, ("sealed sig", "new"))
PATCH = Job(Page.PATCH, ("delta", "old"))
PATCH_SEALED = Job(Page.PATCH, ("sealed delta", "old"))
PATCH_PACKED = Job(Page.PATCH, ("packed delta", "old"))

# What happens to the files between choosing and pressing the button, and how that ends.
FAULTS: list[tuple[Job, type[RdiffError], Callable[[Path], None]]] = [
    (SIGN, SourceMissing, lambda folder: (folder / "old").unlink()),
    (SIGN, SourceUnreadable, a_folder_instead_of("old")),
    (SIGN, OutputExists, lambda folder: (folder / "old.rsig").touch()),
    (SIGN, OutputIsInput, lambda folder: (folder / "old.rsig").hardlink_to(folder / "old")),
    (SIGN, OutputUnwritable, a_folder_instead_of("old.rsig")),
    (COMPARE, NotASignature, overwrite("sig", lambda _sums: OLD)),
    (COMPARE, NotASignature, overwrite("sig", lambda _sums: b"")),
    (COMPARE, SignatureTruncated, overwrite("sig", lambda sums: sums[:-5])),
    (COMPARE, SignatureDamaged, overwrite("sig", lambda sums: sums[:4] + bytes(4) + sums[8:])),
    (COMPARE, SignatureHostile, overwrite("sig", twins)),
    (COMPARE_SEALED, ContentDamaged, overwrite("sealed sig", flip(30))),
    (COMPARE_SEALED, SealDamaged, overwrite("sealed sig", flip(-15))),
    (COMPARE_SEALED, SealTooNew, overwrite("sealed sig", newer_seal)),
    (PATCH, NotADelta, overwrite("delta", lambda _delta: OLD)),
    (PATCH, DeltaTruncated, overwrite("delta", lambda delta: delta[:-9])),
    (PATCH, DeltaDamaged, overwrite("delta", lambda delta: delta[:4] + b"\x55\0")),
    (PATCH, DeltaExpands, overwrite("delta", lambda delta: delta[:4] + BOMB)),
    (PATCH, BasisTooShort, overwrite("old", lambda old: old[:1000])),
    (PATCH_SEALED, WrongBasis, overwrite("old", flip(0))),
    (PATCH_SEALED, ContentDamaged, overwrite("sealed delta", garble)),
    (PATCH_SEALED, ResultWrong, lie_about_result),
    (PATCH_PACKED, CompressionDamaged, overwrite("packed delta", lambda delta: delta[:40])),
]  # fmt: skip


def test_real_faults_are_told_and_healed(bench: Bench) -> None:
    """Whatever befalls a file between choosing it and the work: a card, no debris, a next time."""
    for job, faults in itertools.groupby(FAULTS, key=lambda fault: fault[0]):
        bench.choose(job.page, *job.inputs)
        for _job, expected, spoil in faults:
            spoil(bench.folder)
            before = set(os.listdir(bench.folder))  # noqa: PTH208  # names are what is compared
            error = bench.fail()
            assert type(error) is expected, error
            bench.judge_card(error)
            assert set(os.listdir(bench.folder)) == before  # noqa: PTH208  # as above
            bench.heal()
            bench.succeed()


def test_a_file_that_changes_meanwhile_is_told(bench: Bench) -> None:
    """Another program writes to the old file for as long as it is read."""
    # Large enough that the other program gets its turn on a busy machine.
    (bench.folder / "old").write_bytes(OLD * 200)
    bench.choose(Page.SIGNATURE, "old")
    stop = threading.Event()

    def go_on_writing() -> None:
        with (bench.folder / "old").open("ab", buffering=0) as file:
            while not stop.wait(0.0005):
                file.write(b"more")

    writer = threading.Thread(target=go_on_writing)
    writer.start()
    try:
        error = bench.fail()
    finally:
        stop.set()
        writer.join()
    assert type(error) is SourceChanged
    bench.judge_card(error)
    bench.heal()
    bench.succeed()


@contextlib.contextmanager
def small_disk(folder: Path, size_bytes: int) -> Iterator[None]:
    """A disk of that size, mounted on the folder."""
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "small", folder], check=True
    )
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a disk")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(Page.SIGNATURE, marks=pytest.mark.campaign),
        pytest.param(Page.DELTA, marks=pytest.mark.campaign),
        Page.PATCH,
    ],
)
def test_a_full_disk_is_told(
    page: Page, bench: Bench, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A real disk that is too small, and then another one."""
    disk = tmp_path_factory.mktemp("disk")
    inputs = {Page.SIGNATURE: ["old"], Page.DELTA: ["sig", "new"], Page.PATCH: ["delta", "old"]}
    with small_disk(disk, 4096):
        if page is Page.DELTA:
            (bench.folder / "new").write_bytes(random_bytes(300_000, seed=9))
        bench.choose(page, *inputs[page])
        chosen = bench.page.model.output.path
        bench.page.output.set_path(disk / "output")
        bench.page.output._typed()
        error = bench.fail()
        assert type(error) is DiskFull
        bench.judge_card(error)
        assert list(disk.iterdir()) == []
    bench.heal()
    bench.page.output.set_path(chosen or "")
    bench.page.output._typed()
    bench.succeed()


# --- what could happen ---------------------------------------------------------------------------


class Panic(BaseException):
    """As the panic of a library in Rust, which is no Exception."""


UNFORESEEN: tuple[BaseException, ...] = (
    MemoryError(),
    OSError(errno.EIO, os.strerror(errno.EIO)),
    OSError("without a number"),
    RecursionError("deep"),
    ZeroDivisionError("deep inside"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    Panic("index out of bounds"),
    SystemExit(3),
)

JOBS = (SIGN, COMPARE, PATCH)


def raising(error: BaseException) -> Callable[..., Callable[..., object]]:
    """An operation of a step that ends with this error."""

    def work(_model: object, _attempt: object) -> Callable[..., object]:
        def fail(**_arguments: object) -> object:
            raise error

        return fail

    return work


def endure(bench: Bench, job: Job, errors: Iterable[BaseException]) -> None:
    """The work of a step ends with each of these errors; after each, the same step works."""
    bench.choose(job.page, *job.inputs)
    for error in errors:
        with pytest.MonkeyPatch.context() as patches:
            patches.setattr(type(bench.page.model), "work", raising(error))
            told = bench.fail()
        assert told is (None if isinstance(error, Cancelled) else error)
        bench.judge_card(told)
        bench.succeed()


def test_every_other_error_has_its_card(bench: Bench) -> None:
    """What is hard to bring about, what is added to the tree, and what is not in it, by turns."""
    happened = {expected for _job, expected, _spoil in FAULTS}
    errors = [*(error for error in all_errors() if type(error) not in happened), *UNFORESEEN]
    assert len(errors) > len(UNFORESEEN)
    for number, job in enumerate(JOBS):
        endure(bench, job, errors[number :: len(JOBS)])


@pytest.mark.campaign
@pytest.mark.parametrize("job", JOBS, ids=lambda job: str(job.page))
def test_every_error_has_its_card_on_every_page(job: Job, bench: Bench) -> None:
    """All of them, each step with each."""
    endure(bench, job, (*all_errors(), *UNFORESEEN))
