"""The verbs where a folder was named: one signature, one delta for all of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.cli.arguments import Request, UsageProblem
from rdiff_gui.cli.terminal import open_source, open_target
from rdiff_gui.cli.verbs import fill, sealing_of, tell, working
from rdiff_gui.engine.options import SignatureOptions
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.engine.trees.options import KeepOptions
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from concurrent.futures import Executor


def sign_folder(request: Request, cancel: CancelToken) -> None:
    """Raises: UsageProblem, what the engine raises."""
    from rdiff_gui.engine.trees.tree_signature import make_tree_signature

    folder, made = fill(request)
    target = open_target(made, force=request.wants("force"))
    options, keep = request.choose(SignatureOptions), request.choose(KeepOptions)
    with helping(request, cancel) as executor, working(request, cancel, "compress") as how:
        how["executor"] = executor
        summary = make_tree_signature(
            str(folder), target, options, keep=keep, sealing=sealing_of(request), **how
        )
    tell(request, summary)


def make_folder_delta(request: Request, cancel: CancelToken) -> None:
    """Raises: UsageProblem, what the engine raises."""
    from rdiff_gui.engine.trees.delta_by_signature import make_tree_delta

    signature, new, made = fill(request)
    files = open_source(signature), str(new), open_target(made, force=request.wants("force"))
    keep = request.choose(KeepOptions)
    with (
        helping(request, cancel) as executor,
        working(request, cancel, "compress", "rdiffdir") as how,
    ):
        how["executor"] = executor
        summary = make_tree_delta(*files, keep=keep, sealing=sealing_of(request), **how)
    tell(request, summary)


def diff_folders(request: Request, cancel: CancelToken) -> None:
    """Raises: UsageProblem, what the engine raises."""
    from rdiff_gui.engine.trees.tree_delta import make_delta_from_trees

    old, new, made = fill(request)
    if request.given(*SignatureOptions.__match_args__):
        raise UsageProblem(
            translate("Two folders are compared without a signature: options for one mean nothing.")
        )
    target = open_target(made, force=request.wants("force"))
    keep = request.choose(KeepOptions)
    fields = "compress", "best", "rdiffdir"
    with helping(request, cancel) as executor, working(request, cancel, *fields) as how:
        how["executor"] = executor
        summary = make_delta_from_trees(
            Path(str(old)), Path(str(new)), target, keep=keep, sealing=sealing_of(request), **how
        )
    tell(request, summary)


@contextlib.contextmanager
def helping(request: Request, cancel: CancelToken) -> Iterator[Executor | None]:
    """The workers of a scheduler, where they were asked for. Raises: as open_cluster."""
    address = request.options.get("cluster")
    if address is None:
        yield None
        return
    from rdiff_gui.cli.cluster import open_cluster

    with open_cluster(address, cancel) as executor:
        yield executor
