"""What a delta may name: no name that a disk takes for another one, no link that leads out."""

from __future__ import annotations

import contextlib
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.stage import is_stage_name
from rdiff_gui.errors import LinkLeadsOut, NameImpossible, NamesCollide, TreeUnsafe
from rdiff_gui.formats.tree_manifest import Entry, EntryType
from rdiff_gui.wording import translate

# As many in a row as Linux follows.
_LINKS_MOST = 40

# A name that is another one in small letters, and another one taken apart.
_PROBE, _IN_SMALL, _APART = "Probe-\u00c9", "probe-\u00e9", "Probe-E\u0301"

# Source: Microsoft, "Naming Files, Paths, and Namespaces".
_NOT_IN_NAMES = frozenset('\\:*?"<>|') | {chr(code) for code in range(32)}
_DEVICES = frozenset(
    ("CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10)))
)


def refuse_outside_links(delta: Path, old: Mapping[str, Entry], new: Mapping[str, Entry]) -> None:
    """Raises: LinkLeadsOut, for a new link whose target lies outside the tree."""
    for path, entry in new.items():
        if entry.type is not EntryType.LINK or old.get(path) == entry:
            continue
        if _leads_out(path, new):
            raise LinkLeadsOut(delta, path, entry.target)


def _leads_out(path: str, new: Mapping[str, Entry]) -> bool:
    """Whether a link leads out of the tree, over others if need be."""
    here = path.split("/")[:-1]
    ahead = new[path].target.split("/")
    if not ahead[0] or _is_elsewhere_on_windows(new[path].target):
        return True
    for _ in range(_LINKS_MOST):
        while ahead:
            name = ahead.pop(0)
            if name in ("", "."):
                continue
            if name == "..":
                if not here:
                    return True
                here.pop()
                continue
            here.append(name)
            entry = new.get("/".join(here))
            if entry and entry.type is EntryType.LINK and ahead:
                # Its own target counts from where it stands.
                here.pop()
                target = entry.target.split("/")
                if not target[0]:
                    return True
                ahead = target + ahead
                break
        else:
            return False
    return True


def _is_elsewhere_on_windows(target: str) -> bool:
    return sys.platform == "win32" and ("\\" in target or ":" in target)


def refuse_impossible_names(delta: Path, new: Mapping[str, Entry]) -> None:
    """Raises: NameImpossible, for names that Windows takes for ways, devices or others.

    TreeUnsafe, for what would be taken for a stage, whose journal the next run follows.
    """
    for path in new:
        if is_stage_name(path.partition("/")[0]):
            raise TreeUnsafe(delta, path, translate("which has the name of a folder of its own"))
    if sys.platform != "win32":
        return
    for path in new:
        name = path.rpartition("/")[2]
        if path and (
            _NOT_IN_NAMES & set(name)
            or name.endswith((".", " "))
            or name.partition(".")[0].rstrip().upper() in _DEVICES
        ):
            raise NameImpossible(delta, path)


def refuse_collisions(delta: Path, new: Mapping[str, Entry], stage: Tree) -> None:
    """Raises: NamesCollide, for two names of one folder that the disk of `stage` takes for one."""
    first: dict[str, str] = {}
    suspects = []
    for path in new:
        key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
        other = first.setdefault(key, path)
        if other != path:
            suspects.append((other, path))
    if not suspects:
        return
    folds, joins = _probe(stage)
    for other, path in suspects:
        folded = path.casefold() == other.casefold()
        joined = unicodedata.normalize("NFC", path) == unicodedata.normalize("NFC", other)
        if (folds and (folded or joins)) or (joins and joined):
            raise NamesCollide(delta, path, other)


def _probe(stage: Tree) -> tuple[bool, bool]:
    """Whether a disk takes capitals for small letters, and accents for letters with an accent."""
    # An earlier run may have left it.
    with contextlib.suppress(FileExistsError):
        stage.make_folder(_PROBE)
    try:
        return stage.status(_IN_SMALL) is not None, stage.status(_APART) is not None
    finally:
        with contextlib.suppress(OSError):
            stage.remove_folder(_PROBE)
