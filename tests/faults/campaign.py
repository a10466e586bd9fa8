"""Carries out cases on two workers side by side, and keeps what was found."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .injection import build_shim
from .materials import Materials

ROOT = Path(__file__).parent.parent.parent
# One for each core that a small computer has.
WORKERS = 2


@dataclass(frozen=True)
class Report:
    """What came of one case. `findings` are (column, text)."""

    case: str
    struck: bool
    findings: tuple[tuple[str, str], ...]
    code: int
    words: str
    what: str

    @staticmethod
    def read(answer: dict[str, Any]) -> Report:
        """From a worker's answer."""
        findings = tuple((column, text) for column, text in answer["findings"])
        return Report(**{**answer, "findings": findings})

    def __str__(self) -> str:
        lines = [f"{column}: {text}" for column, text in self.findings]
        return "\n  ".join([f"{self.case} (exit {self.code}, struck: {self.what!r})", *lines])


class Campaign:
    """The workers and their files. Use it as a context."""

    def __enter__(self) -> Self:
        """Build the shim and the materials, and start the workers."""
        self._folder = Path(tempfile.mkdtemp(prefix="rdiff-faults-", dir=_fast_folder()))
        self._folder.chmod(0o755)
        self._workers: list[subprocess.Popen[str]] = []
        try:
            shim = build_shim(self._folder)
            Materials.make(self._folder / "materials")
            self._workers = [self._start(shim, number) for number in range(WORKERS)]
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End them, and remove all that they made."""
        self._end()

    def _start(self, shim: Path, number: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [
                *(sys.executable, "-X", "dev", "-W", "error", "-P", "-m", "tests.faults.worker"),
                *(self._folder / "materials", self._folder / f"worker-{number}"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={
                **{name: value for name, value in os.environ.items() if name != "DISPLAY"},
                "PYTHONPATH": str(ROOT),
                "LD_PRELOAD": str(shim),
                # As in many containers; the harder case, since every write is a call of its own.
                "PYTHONUNBUFFERED": "1",
            },
        )

    def _end(self) -> None:
        for worker in self._workers:
            worker.communicate()
        shutil.rmtree(self._folder)

    def plan(self, kind: str, seed: str) -> list[str]:
        """All cases of a kind, with the kind's name before each."""
        cases = _ask(self._workers[0], f"plan {kind} {seed}")
        return [f"{kind}/{case}" for case in cases]

    def carry_out(
        self, cases: Sequence[str], on_report: Callable[[int], None] = lambda _done: None
    ) -> list[Report]:
        """Carry out all of them; `on_report` is told how many are done, by any thread."""
        left = iter(cases)
        reports: list[Report] = []
        lock = threading.Lock()
        problems: list[BaseException] = []

        def work(worker: subprocess.Popen[str]) -> None:
            try:
                while not problems:
                    with lock:
                        case = next(left, None)
                    if case is None:
                        return
                    kind, _, rest = case.partition("/")
                    report = Report.read(_ask(worker, f"do {kind} {rest}"))
                    with lock:
                        reports.append(report)
                        on_report(len(reports))
            except BaseException as problem:  # noqa: BLE001  # raised below, on the caller's thread
                problems.append(problem)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in self._workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if problems:
            raise problems[0]
        return reports


def sample(cases: Iterable[str], count: int, seed: str) -> list[str]:
    """So many of them, the same for the same seed, of every kind and operation alike."""
    dice = random.Random(seed)  # noqa: S311  # no secrets
    shuffled = sorted(cases)
    dice.shuffle(shuffled)
    return shuffled[:count]


def _fast_folder() -> str | None:
    """Where the files lie: a disk in memory, or what the environment names, or the usual place."""
    chosen = os.environ.get("RDIFF_FAULTS_FOLDER", "/dev/shm")  # noqa: S108  # a folder of our own
    return chosen if os.access(chosen, os.W_OK) else None


def _ask(worker: subprocess.Popen[str], question: str) -> Any:
    """Raises: RuntimeError, where the worker is gone: that is the campaign's own fault."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(question + "\n")
    worker.stdin.flush()
    answer = worker.stdout.readline()
    if not answer:
        raise RuntimeError(f"the worker ended at: {question}")
    return json.loads(answer)
