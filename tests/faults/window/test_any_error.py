"""Every error there is, and some that are not ours, ends the work of a step with its card."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable

import pytest

from rdiff_gui.errors import (
    Cancelled,
)

from .failing import Bench
from .file_faults import COMPARE, FAULTS, PATCH, SIGN, Job
from .specimens import all_errors


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
