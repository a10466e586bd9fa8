"""Trees as values, and their deltas, written from the format's page and not by the program."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from blake3 import blake3

NS = 1_700_000_000_123_456_789
MANIFEST_NAME = "rdiff-gui/manifest.json"


@dataclass(frozen=True)
class Node:
    """What stands at a path: a file's content, a link's target, or a folder; or `hard`, a path."""

    content: bytes | None = None
    target: str | None = None
    hard: str | None = None
    mode: int = 0o644
    ns: int = NS

    def __repr__(self) -> str:
        """Short, whatever it holds."""
        content = None if self.content is None else (len(self.content), self.content[:9])
        return f"Node({content}, {self.target!r}, {self.hard!r}, {self.mode:o}, {self.ns})"

    @property
    def type(self) -> str:
        """As the manifest says it."""
        if self.target is not None:
            return "link"
        return "folder" if self.content is None else "file"


def file(content: bytes, **more: Any) -> Node:
    """A file."""
    return Node(content, **more)


def folder(**more: Any) -> Node:
    """A folder."""
    return Node(mode=0o755, **more) if "mode" not in more else Node(**more)


def link(target: str) -> Node:
    """A symbolic link."""
    return Node(target=target)


Spec = Mapping[str, Node]


def key(path: str) -> list[bytes]:
    """The order of members."""
    return os.fsencode(path).split(b"/") if path else []


def plant(root: Path, spec: Spec) -> Path:
    """Make a tree."""
    root.mkdir()
    for path in sorted(spec, key=key):
        node, at = spec[path], root / path
        if node.hard is not None:
            at.hardlink_to(root / node.hard)
        elif node.type == "folder":
            at.mkdir(exist_ok=True)
        elif node.type == "link":
            at.symlink_to(node.target or "")
        else:
            at.write_bytes(node.content or b"")
    for path in sorted(spec, key=key, reverse=True):
        node, at = spec[path], root / path
        if node.type != "link":
            at.chmod(node.mode)
        os.utime(at, ns=(node.ns, node.ns), follow_symlinks=False)
    return root


def look(root: Path) -> dict[str, Node]:
    """What a tree holds."""
    found: dict[str, Node] = {}
    first: dict[int, str] = {}
    paths = [root, *sorted(root.rglob("*"), key=lambda at: key(at.relative_to(root).as_posix()))]
    for at in paths:
        path = "" if at == root else at.relative_to(root).as_posix()
        status = at.lstat()
        ns, mode = status.st_mtime_ns, stat.S_IMODE(status.st_mode)
        if stat.S_ISLNK(status.st_mode):
            found[path] = Node(target=str(at.readlink()), ns=ns)
        elif stat.S_ISDIR(status.st_mode):
            found[path] = Node(mode=mode, ns=ns)
        else:
            hard = first.get(status.st_ino) if status.st_nlink > 1 else None
            first.setdefault(status.st_ino, path)
            found[path] = Node(at.read_bytes(), hard=hard, mode=mode, ns=ns)
    return found


def whole(spec: Spec) -> dict[str, Node]:
    """A tree with its root, all folders on the way, and the content of all names of a file."""
    found = dict(spec)
    for path in spec:
        above = path.rpartition("/")[0]
        while above:
            found.setdefault(above, folder())
            above = above.rpartition("/")[0]
    found.setdefault("", folder())
    for path, node in found.items():
        if node.hard is not None:
            first = found[node.hard]
            found[path] = replace(first, hard=node.hard)
    return {path: found[path] for path in sorted(found, key=key)}


def rdiff_delta(old: bytes, new: bytes) -> bytes:
    """A delta that copies what both begin with, and brings the rest."""
    same = len(os.path.commonprefix((old, new)))  # noqa: RUF071  # of bytes, not of paths
    made = struct.pack(">I", 0x72730236)
    if same:
        made += b"\x4f" + struct.pack(">II", 0, same)
    if new[same:]:
        made += b"\x43" + struct.pack(">I", len(new) - same) + new[same:]
    return made + b"\0"


def describe(node: Node) -> dict[str, Any]:
    """All that a manifest tells of one side."""
    found: dict[str, Any] = {"type": node.type, "mtime": node.ns}
    if node.type == "link":
        return found | {"target": node.target}
    found["mode"] = node.mode
    if node.content is not None:
        found |= {"size": len(node.content), "blake3": blake3(node.content).hexdigest()[:16]}
    return found | ({} if node.hard is None else {"hardlink": node.hard})


Told = dict[str, dict[str, dict[str, Any]]]


def tell(old: Spec, new: Spec) -> Told:
    """What the manifest of two whole trees says: of each path, both sides."""
    return {
        path: {
            side: describe(spec[path])
            for side, spec in (("old", old), ("new", new))
            if path in spec
        }
        for path in sorted({*old, *new}, key=key)
    }


def pack_told(told: Told) -> bytes:
    """The same as the JSON of a manifest, in order; nothing in it is said once for both sides."""
    columns: dict[str, Any] = {"version": 1, "sides": "", "types": "", "blake3": "", "more": {}}
    columns |= {name: [] for name in ("shared", "rest", "modes", "sizes", "targets")}
    columns |= {f"{side}_mtimes": [] for side in ("old", "new")}
    last, times, number = "", {"old": 0, "new": 0}, 0
    for path, sides in sorted(told.items(), key=lambda each: key(each[0])):
        shown = path or "."
        shared = os.path.commonprefix((last, shown))  # noqa: RUF071  # of characters, not of names
        columns["shared"].append(len(shared))
        columns["rest"].append(shown.removeprefix(shared))
        last = shown
        columns["sides"] += "|" if len(sides) == 2 else "<" if "old" in sides else ">"
        for side, facts in sides.items():
            columns["types"] += {"file": "-", "folder": "d", "link": "l"}[facts["type"]]
            columns[f"{side}_mtimes"].append(facts["mtime"] - times[side])
            times[side] = facts["mtime"]
            for name, column in (("mode", "modes"), ("size", "sizes"), ("target", "targets")):
                if name in facts:
                    columns[column].append(facts[name])
            columns["blake3"] += facts.get("blake3", "")
            more = {name: facts[name] for name in ("hardlink", "attributes") if name in facts}
            if more:
                columns["more"][str(number)] = more
            number += 1
    return json.dumps(columns).encode("ascii")


def manifest(old: Spec, new: Spec) -> bytes:
    """The manifest of two whole trees."""
    return pack_told(tell(old, new))


@dataclass(frozen=True)
class Part:
    """One member as it stands in the tar."""

    name: str
    body: bytes = b""
    type: bytes = tarfile.REGTYPE
    target: str = ""
    records: Mapping[str, str] | None = None
    mode: int = 0o644


def members(old: Spec, new: Spec) -> list[Part]:
    """What leads from one whole tree to the other; renames are found by content."""
    parts = [Part("snapshot/./", type=tarfile.DIRTYPE, mode=new[""].mode)]
    gone: dict[bytes | None, str] = {
        node.content: path for path, node in old.items() if path not in new and node.content
    }
    for path in sorted({*old, *new} - {""}, key=key):
        was, node = old.get(path), new.get(path)
        if node is None:
            parts.append(Part(f"deleted/{path}"))
        elif node.hard is not None:
            if was is None or was.hard != node.hard:
                parts.append(Part(f"linked/{path}", records={"RDIFFGUI.to": node.hard}))
        elif node.type == "link":
            if was is None or was.target != node.target:
                target = node.target or ""
                parts.append(Part(f"snapshot/{path}", b"", tarfile.SYMTYPE, target))
        elif node.content is None:
            if was is None or was.type != "folder":
                parts.append(Part(f"snapshot/{path}/", type=tarfile.DIRTYPE, mode=node.mode))
        elif was is None or was.content != node.content or was.hard is not None:
            parts.append(_bring(path, was, node, gone))
    return parts


def _bring(path: str, was: Node | None, node: Node, gone: Mapping[bytes | None, str]) -> Part:
    content = node.content or b""
    if was is not None and was.content is not None:
        return Part(f"diff/{path}", rdiff_delta(was.content, content))
    if content in gone:
        return Part(f"moved/{path}", records={"RDIFFGUI.from": gone[content]})
    return Part(f"snapshot/{path}", content, mode=node.mode)


def write_tar(parts: list[Part], told: bytes | None = None, *, first: bool = True) -> bytes:
    """A delta's tar, with the manifest as its first member or in its header."""
    shared = {"RDIFFGUI.version": "1"}
    if told is not None:
        shared["RDIFFGUI.manifest-blake3"] = blake3(told).hexdigest()
        if not first:
            shared["RDIFFGUI.manifest"] = told.decode("ascii")
    header = bytearray(tarfile.TarInfo.create_pax_global_header(shared))
    header[:100] = b"rdiff-gui/tree-delta".ljust(100, b"\0")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:512])
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT) as tar:
        if told is not None and first:
            info = tarfile.TarInfo(MANIFEST_NAME)
            info.size = len(told)
            tar.addfile(info, io.BytesIO(told))
        for part in parts:
            info = tarfile.TarInfo(part.name)
            info.type, info.size, info.linkname = part.type, len(part.body), part.target
            info.mode, info.mtime = part.mode, NS // 10**9
            info.pax_headers = dict(part.records or {})
            tar.addfile(info, io.BytesIO(part.body))
    return bytes(header) + written.getvalue()


def write_delta(old: Spec, new: Spec) -> bytes:
    """The delta from one tree to the other."""
    old, new = whole(old), whole(new)
    return write_tar(members(old, new), manifest(old, new))
