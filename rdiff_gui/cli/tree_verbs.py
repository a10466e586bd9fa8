"""The verbs where a folder was named: one signature, one delta for all of it."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.cli.arguments import Request, UsageProblem
from rdiff_gui.cli.terminal import open_target
from rdiff_gui.cli.verbs import fill, sealing_of, tell, working
from rdiff_gui.engine.options import SignatureOptions
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.engine.trees.options import KeepOptions
from rdiff_gui.wording import translate


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
    with working(request, cancel, "compress", "best", "rdiffdir") as how:
        summary = make_delta_from_trees(
            Path(str(old)), Path(str(new)), target, keep=keep, sealing=sealing_of(request), **how
        )
    tell(request, summary)
