"""Has dask.distributed work on folders; nothing else knows of it."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor

from rdiff_gui.cli.arguments import UsageProblem
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.errors import ClusterUnreachable
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from concurrent.futures import Future
    from typing import Any, TypeVar

    from distributed import Client

    T = TypeVar("T")

_PATIENCE_SECONDS = 10
_POLL_SECONDS = 0.02


@contextlib.contextmanager
def open_cluster(address: str, cancel: CancelToken) -> Iterator[Executor]:
    """Whoever works for the scheduler at `address`, such as `tcp://host:8786`.

    Raises: UsageProblem, ClusterUnreachable, Cancelled.
    """
    try:
        from distributed import Client
    except ImportError as problem:
        text = translate(
            "--cluster needs the package distributed; this installs it: {command}."
        ).format(command="pip install 'rdiff-gui[cluster]'")
        raise UsageProblem(text) from problem
    with _silence(), contextlib.ExitStack() as opened:
        client = _Connecting(Client, address).wait(cancel)
        opened.callback(client.close, timeout=_PATIENCE_SECONDS)
        yield _Workers(client)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """It speaks for itself of whatever happens to it, and what matters we say."""
    before = logging.root.manager.disable
    logging.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


class _Workers(Executor):
    """The workers of a scheduler, for as long as there is a connection to it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False)

    def submit(self, function: Callable[..., T], /, *words: Any, **more: Any) -> Future[T]:
        """Raises: RuntimeError, where nobody would ever hear of it."""
        if self._client.status != "running":
            raise RuntimeError(translate("the scheduler is gone"))
        return self._executor.submit(function, *words, **more)  # type: ignore[no-any-return]  # untyped


class _Connecting:
    """A connection on its way, on a thread of its own: nobody can interrupt it."""

    def __init__(self, kind: type[Client], address: str) -> None:
        self._kind = kind
        self._address = address
        self._client: Client | None = None
        self._reason = ""
        self._thread = threading.Thread(target=self._connect, daemon=True)
        self._thread.start()

    def _connect(self) -> None:
        try:
            client = self._kind(self._address, timeout=_PATIENCE_SECONDS, set_as_default=False)
        except OSError:
            self._reason = translate("nobody answers there")
            return
        except Exception as problem:  # noqa: BLE001  # such as an address that is none
            self._reason = str(problem)
            return
        try:
            client.wait_for_workers(1, timeout=_PATIENCE_SECONDS)
        except OSError:
            client.close()
            self._reason = translate("it has no workers")
            return
        self._client = client

    def wait(self, cancel: CancelToken) -> Client:
        """Raises: ClusterUnreachable, Cancelled."""
        while self._thread.is_alive():
            cancel.check()
            time.sleep(_POLL_SECONDS)
        if self._client is None:
            raise ClusterUnreachable(self._address, self._reason)
        return self._client
