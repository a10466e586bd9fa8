"""Delta of a folder from the signature of the old one."""

from __future__ import annotations

from rdiff_gui.engine.input import FilePath, Source, open_input
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import Effort, Resources, Sealing
from rdiff_gui.engine.output import Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.seal_io import unwrap
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.comparing_by_signature import SignatureComparison
from rdiff_gui.engine.trees.delta_writing import DeltaWriting
from rdiff_gui.engine.trees.hashing import hash_scan
from rdiff_gui.engine.trees.options import KeepOptions
from rdiff_gui.engine.trees.recovery import refuse_unfinished
from rdiff_gui.engine.trees.scan import folder_path, open_tree, scan_tree
from rdiff_gui.engine.trees.summaries import TreeDeltaSummary
from rdiff_gui.engine.trees.tree_delta import (
    name_of_tree,
    open_tree_output,
    refuse_within,
    without_hardlinks,
)
from rdiff_gui.engine.trees.tree_file import TreeFile, open_tree_file
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.tree_manifest import Entry, Manifest, count_bytes
from rdiff_gui.formats.tree_tar import Member, MemberKind
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["make_tree_delta"]

_NS = 10**9
# Of a file that only its signature is known of: no file is as long.
_UNKNOWN_BYTES = -1


def make_tree_delta(
    signature: Source,
    new_folder: FilePath,
    delta: Target,
    *,
    keep: KeepOptions = KeepOptions(),  # noqa: B008  # frozen
    rdiffdir: bool = False,
    sealing: Sealing = Sealing.FULL,
    compress: bool = True,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    executor: Executor | None = None,
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> TreeDeltaSummary:
    """Write the delta that turns the folder `signature` was made of into `new_folder`.

    The signature may be one of rdiffdir's: it tells nothing of the old files' content, so the delta
    is then as rdiffdir would write it, without a manifest. `rdiffdir` asks for nothing more than
    rdiffdir knows. The `executor` reads and compares files, if there is one, as with
    make_delta_from_trees. `on_progress` gets bytes done of the new folder, at most 20 times a
    second, on the calling thread.

    Raises: NotATree, TreeDamaged, TreeUnsafe, TreeTooNew, ContentDamaged, SealDamaged, SealTooNew,
    CompressionDamaged, SignatureDamaged, SignatureTruncated, SignatureHostile, LibraryProblem; as
    make_delta_from_trees; on each, `delta` is as it was before the call.
    """
    folder = folder_path(new_folder)

    def work(run: Run) -> TreeDeltaSummary:
        run.stage = Stage.LOADING
        with (
            open_input(signature) as given,
            open_tree(folder) as new,
            open_output(delta, [given], replace=replace, run=run) as output,
            given.measured(run) as measured,
            unwrap(measured, run) as unwrapped,
        ):
            refuse_within(delta, [folder])
            refuse_unfinished(new)
            found = open_tree_file(unwrapped, run, Kind.TREE_SIGNATURE)
            comparison = _compare_with(found, new, keep, run, rdiffdir, executor)
            written = open_tree_output(output, Kind.TREE_DELTA, sealing, Effort.TREE, run, compress)
            find_like = None if rdiffdir or comparison.bare else _find_nothing
            writing = DeltaWriting(comparison.manifest, comparison, written, run, find_like)
            seal = found.seal
            writing.write(
                (seal.basis.name if seal and seal.basis else None, name_of_tree(new)),
                bare=comparison.bare,
                signature_blake3=seal.body.blake3 if seal else None,
                executor=executor,
            )
            given.check_unchanged()
            publish(run, [output])
            return writing.summarize()

    return run_operation(work, on_progress, cancel, resources)


def _find_nothing(_gone: object, _wanting: object) -> dict[str, str]:
    """What the old files hold, no signature tells."""
    return {}


def _compare_with(
    signature: TreeFile,
    new: Tree,
    keep: KeepOptions,
    run: Run,
    rdiffdir: bool,
    executor: Executor | None,
) -> SignatureComparison:
    """Raises: SourceUnreadable, SourceChanged, EntryRefused, Cancelled."""
    run.stage = Stage.LOADING_TREES
    scan = scan_tree(new, keep, run)
    run.whole_bytes = count_bytes(scan.entries)
    run.total_bytes = run.done_bytes + 2 * run.whole_bytes
    entries = hash_scan(scan, run, executor)
    bare = signature.manifest is None
    if signature.manifest is None:
        old = {member.path: _entry_of(member) for member in signature.members}
    else:
        old = dict(signature.manifest.old)
    manifest = Manifest(old, entries)
    if rdiffdir or bare:
        manifest = without_hardlinks(manifest)
    sums = {
        member.path: member for member in signature.members if member.kind is MemberKind.SIGNATURE
    }
    return SignatureComparison(signature, sums, new, manifest, bare)


def _entry_of(member: Member) -> Entry:
    """What one of rdiffdir's signatures tells of a path."""
    size_bytes = _UNKNOWN_BYTES if member.kind is MemberKind.SIGNATURE else 0
    mode = member.mode & 0o777
    return Entry(member.type, mode, member.mtime * _NS, size_bytes, target=member.target)
