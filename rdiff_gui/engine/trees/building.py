"""A new tree made whole in the stage, beside where it will stand, and then given its name."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path

from rdiff_gui.engine.progress import Stage
from rdiff_gui.engine.system import Tree, walk
from rdiff_gui.engine.trees.attributes import attributes_of
from rdiff_gui.engine.trees.execution import Execution
from rdiff_gui.engine.trees.looking import Looker
from rdiff_gui.engine.trees.plan import Means
from rdiff_gui.engine.trees.stage import IN, WHOLE, empty_folder
from rdiff_gui.errors import FolderNotSynced, OutputExists
from rdiff_gui.errors.files import Writing
from rdiff_gui.errors.program import reason_of
from rdiff_gui.formats.tree_manifest import ROOT, sort_key


class Building(Execution):
    """One plan on its way to a tree of its own, which is its maker's, whose ever the old one is."""

    def build(self) -> None:
        """Make all of it in the stage. Raises: as make_content; OutputUnwritable, DiskFull."""
        self._run.stage = Stage.PATCHING
        stage = self._stage.tree
        with Writing(self._stage.place.path):
            status = stage.status(WHOLE)
            if status is None or not stat.S_ISDIR(status.st_mode):
                stage.make_folder(WHOLE)
            whole = Tree(self._stage.place.path / WHOLE)
        with contextlib.closing(whole):
            with Writing(whole.path):
                self._forget_others(whole)
                for folder in self._plan.folders:
                    if whole.status(folder) is None:
                        whole.make_folder(folder)
            self._fill(whole)
            for path in reversed((ROOT, *self._plan.folders)):
                old, new = self._sides.old.get(path), self._sides.new[path]
                there = self._tree.status(path) if old else None
                mode = there.st_mode if there else None
                self.give(attributes_of(path, old, new, self._keep, mode), whole, path)
            with Writing(whole.path):
                whole.sync_disk()

    def _forget_others(self, whole: Tree) -> None:
        """Of what an earlier run made, what this one would make as well stays. Raises: OSError."""
        made = {each.path: each for each in self._plan.targets if each.way is Means.MAKE}
        folders = {*self._plan.folders}
        for path, status in walk(whole):
            if stat.S_ISDIR(status.st_mode):
                # Its own permissions come last.
                whole.set_mode(path, stat.S_IRWXU)
        looker = Looker(whole, self._run)
        for path, status in sorted(walk(whole), key=lambda each: sort_key(each[0]), reverse=True):
            if stat.S_ISDIR(status.st_mode):
                if path not in folders:
                    empty_folder(whole, path)
                    whole.remove_folder(path)
            elif (
                path in made
                and made[path].entry.blake3
                and status.st_nlink == 1
                and looker.has(path, made[path].entry)
            ):
                self.hashes[path] = looker.hashes[path]
            else:
                whole.remove(path)

    def _fill(self, whole: Tree) -> None:
        """Raises: as make_content; OutputUnwritable, DiskFull."""
        stage = self._stage.tree
        # In this order: names of files that are there, and links when no more is written.
        ways = (Means.MAKE, Means.SAME, Means.LINK)
        targets = sorted(self._plan.targets, key=lambda each: ways.index(each.way))
        with Writing(whole.path):
            numbered = [
                (number, target)
                for number, target in enumerate(targets)
                if whole.status(target.path) is None
            ]
        with self.making(numbered) as made:
            for number, target in numbered:
                self._run.check()
                place = f"{IN}/{number}"
                if target.way is Means.MAKE:
                    self.furnish(target, place, next(made))
                with Writing(self._tree.path / target.path):
                    if target.way is Means.MAKE:
                        stage.move(place, whole, target.path)
                    elif target.way is Means.SAME:
                        whole.name_too(target.source, whole, target.path)
                    else:
                        whole.make_link(target.path, target.entry.target)
                        old = self._sides.old.get(target.path)
                        wanted = attributes_of(target.path, old, target.entry, self._keep)
                        self.give(wanted, whole, target.path)

    def name_it(self, new: Path) -> None:
        """Give it its name, which must be free. Raises: OutputExists, OutputUnwritable."""
        with Writing(new), contextlib.closing(Tree(self._stage.place.folder)) as beside:
            status = self._stage.tree.status(WHOLE)
            mode = stat.S_IMODE(status.st_mode) if status else 0
            # Moving a folder takes the right to write in it.
            self._stage.tree.set_mode(WHOLE, mode | stat.S_IRWXU)
            try:
                self._run.commit(lambda: self._stage.tree.move(WHOLE, beside, new.name))
            except FileExistsError:
                raise OutputExists(new) from None
            if mode & stat.S_IRWXU != stat.S_IRWXU:
                beside.set_mode(new.name, mode)
            try:
                beside.sync(ROOT)
            except OSError as problem:
                self.remarks.append(FolderNotSynced(new, reason_of(problem)))
