"""Somebody who does anything at any time, by the dice of a seed; a process of its own.

Told on standard output, as JSON: what the window cost at two fifths and at the end.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import random
import sys
import time
import tkinter as tk
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tkinter import ttk
from typing import TypeVar

from rdiff_gui.desktop.settings import ThemeChoice
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui import app as app_module
from rdiff_gui.ui.drag_and_drop import Dropped
from rdiff_gui.ui.main import share_one_heap
from rdiff_gui.ui.start import StartPage
from rdiff_gui.ui.step.page import StepPage
from tests.ui.window.conftest import AnyStep
from tests.ui.xdnd import drop_files

from .material import Material, make_material
from .watch import Costs, measure, open_window, wait, warm_up

NAMES = (
    "", " ", ".", "..", "/", "old", "new", "x", "a folder", "a folder/x", "no such/x", "~", "~/x",
    "~nobody here/x", "/dev/null", "/dev/full", "/proc/x", "pipe", "link to old", "circle",
    "x" * 255, "x" * 256, "é" * 200, "日本語", "🎉", "{brace", "[exit]", "$x", "\\", '"', "-rf",
    "a\tb",
)  # fmt: skip
KEYS = (
    "<Return>", "<Escape>", "<Tab>", "<Shift-Tab>", "<space>", "<Delete>", "<BackSpace>", "<Down>",
    "<Up>", "<Left>", "<Right>", "<Prior>", "<Next>", "<Control-a>", "<Control-o>", "<Alt-s>",
    "<Alt-d>", "<Alt-p>", "<Alt-h>", "<Alt-m>", "<Alt-o>", "<Alt-b>", "<Home>", "<End>", "<Key-x>",
)  # fmt: skip
# Source: Tk, library/tkfbox.tcl.
_TK_CHOOSER = ".__tk_filedialog"
_LOOK_MS = 50

# Actions from which windows are opened anew as well.
_LONG = 200

W = TypeVar("W", bound=tk.Misc)


class RandomUser:
    """One window after another, never more than one."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home = home
        self.material: Material = make_material(home / "files")
        self.dice = random.Random(seed)  # noqa: S311  # a walk, not a secret
        self.done: Counter[str] = Counter()
        self.user = open_window(home)
        self.keeps_window = False
        self._timer = ""
        self._make_chooser()

    def warm_up(self) -> None:
        """Have all that is made at its first use: Tk's own chooser is that as well."""
        warm_up(self.user)
        self.user.go(Page.SIGNATURE)
        with self._beside_chooser("9 "):
            self.user.app.page.browse()

    def act(self) -> None:
        """Do something, see that the window bears it, and let some time pass, or none."""
        acts: dict[Callable[[], None], int] = {
            self.navigate: 10, self.drop: 18, self.drop_from_outside: 2, self.pick: 4,
            self.type_name: 8, self.choose_option: 6, self.press_any: 14, self.press_primary: 16,
            self.cancel: 6, self.press_key: 8, self.resize: 3, self.switch_theme: 3,
            self.open_menu: 3, self.point: 4, self.roll: 2, self.close_and_go_on: 2,
            self.close_and_open: 0 if self.keeps_window else 1,
        }  # fmt: skip
        (act,) = self.dice.choices(list(acts), list(acts.values()))
        self.done[act.__name__] += 1
        act()
        end = time.monotonic() + self.dice.choice((0, 0, 0, 0.01, 0.02, 0.1))
        self.user.root.update()
        while time.monotonic() < end:
            self.user.root.update()
            time.sleep(0.002)
        self.judge()

    def judge(self) -> None:
        """No error, and every page looks as what it is doing."""
        assert not self.user.errors, self.user.errors[0]
        for page in self.user.app._pages.values():
            if isinstance(page, StepPage):
                shown = bool(page.progress.winfo_manager())
                assert shown == page.worker.busy, page
                assert bool(page.result.winfo_manager()) == page.finished, page

    # --- what somebody does ----------------------------------------------------------------------

    @property
    def step(self) -> AnyStep | None:
        """The page in front, where it is one of a step."""
        page = self.user.app.page
        return page if isinstance(page, StepPage) else None

    def navigate(self) -> None:
        """Another page."""
        self.user.app.frame.rail.buttons[self.dice.choice(list(Page))].invoke()

    def _some_files(self) -> tuple[Path, ...]:
        material = self.material
        pairs = ((material.old, material.new), (material.signature, material.new),
                 (material.delta, material.old), (material.large, material.old),
                 (material.folder / "a folder", material.folder / "another folder"))  # fmt: skip
        if self.dice.random() < 0.5:
            return self.dice.choice(pairs)
        return tuple(self.dice.choices(material.all, k=self.dice.choice((1, 1, 1, 2, 3))))

    def drop(self) -> None:
        """Files fall on a zone that can be seen, or beside them all."""
        slots: list[Slot | None] = [None, None]
        if self.step is not None:
            slots += self.step.model.slots
        elif isinstance(self.user.app.page, StartPage):
            slots.append(Slot.UNDECIDED)
        elsewhere = ("sftp://far/away",) if self.dice.random() < 0.05 else ()
        dropped = Dropped(self._some_files(), elsewhere)
        self.user.app.dropped(dropped, self.dice.choice(slots))

    def drop_from_outside(self) -> None:
        """The same through the X server, as from a file manager."""
        drop_files(self.user.root, self.user.app.frame.rail, *self._some_files())

    def pick(self) -> None:
        """Ask for a file; the chooser chooses, cancels or crashes."""
        answers = (f"0 {path}" for path in (self.material.old, self.material.delta))
        with self._beside_chooser(self.dice.choice((*answers, "1 ", "9 ", "0 "))):
            self.user.app.page.browse()

    def type_name(self) -> None:
        """Another name for the result, whole or a letter more."""
        if self.step is None:
            return
        fields = [self.step.output, *self._seen(ttk.Entry)]
        entry = getattr(fields[0], "entry", None) if self.dice.random() < 0.7 else None
        entry = entry or self.dice.choice(self._seen(ttk.Entry) or [self.step.output.entry])
        if self.dice.random() < 0.6:
            entry.delete(0, "end")
        entry.insert("end", self.dice.choice(NAMES))
        entry.event_generate("<KeyRelease>", keysym="x")

    def choose_option(self) -> None:
        """Something else in a list."""
        if self.step is not None:
            self.step.options.set_open(True)
        self.user.root.update()
        boxes = self._seen(ttk.Combobox)
        if boxes:
            box = self.dice.choice(boxes)
            box.current(self.dice.randrange(len(box["values"])))
            box.event_generate("<<ComboboxSelected>>")

    def press_any(self) -> None:
        """Whatever button, switch or heading can be pressed."""
        buttons = [
            button
            for button in self._seen(tk.Misc)
            if isinstance(button, (ttk.Button, ttk.Checkbutton, ttk.Radiobutton))
            and not button.instate(["disabled"])
            and "close" not in str(button.cget("text")).lower()
        ]
        with self._beside_chooser("1 "):
            self.dice.choice(buttons).invoke()

    def press_primary(self) -> None:
        """Begin; sometimes with a large file, so that the work lasts."""
        if self.step is None or not self.step.model.ready:
            self.user.app.show(self.dice.choice((Page.SIGNATURE, Page.DELTA, Page.PATCH)))
            self.user.app.arrive(self._some_files())
            if self.dice.random() < 0.7:
                self._settle()
        self.user.app.page.press_primary()

    def cancel(self) -> None:
        """Stop what runs."""
        for page in self.user.app._pages.values():
            if isinstance(page, StepPage) and page.worker.busy:
                page.progress.cancel.invoke()
                return
        self.user.app._escape()

    def press_key(self) -> None:
        """Any key, where the focus is."""
        name = str(self.user.root.tk.call("focus"))
        target = self.user.root.nametowidget(name) if name else self.user.root
        with self._beside_chooser("1 "):
            target.event_generate(self.dice.choice(KEYS))

    def resize(self) -> None:
        """The window's edges are drawn."""
        width, height = self.dice.randrange(200, 1280), self.dice.randrange(200, 1024)
        self.user.root.geometry(f"{width}x{height}")

    def switch_theme(self) -> None:
        """Light or dark."""
        app = self.user.app
        theme = self.dice.choice(tuple(ThemeChoice))
        app.change_settings(replace(app.settings, theme=theme))

    def open_menu(self) -> None:
        """A list is unfolded, and folded again."""
        boxes = self._seen(ttk.Combobox)
        if boxes:
            box = self.dice.choice(boxes)
            self.user.root.tk.call("ttk::combobox::Post", box)
            self.user.root.update()
            self.user.root.tk.call("ttk::combobox::Unpost", box)

    def point(self) -> None:
        """The pointer rests somewhere, or passes."""
        widget = self.dice.choice(self._seen(tk.Misc))
        for sequence in ("<Enter>", "<Motion>", "<Leave>")[: self.dice.randrange(1, 4)]:
            widget.event_generate(sequence)

    def roll(self) -> None:
        """The wheel."""
        widget = self.dice.choice(self._seen(tk.Misc))
        for _ in range(self.dice.randrange(1, 9)):
            widget.event_generate(self.dice.choice(("<Button-4>", "<Button-5>")))

    def close_and_go_on(self) -> None:
        """Close, think better of it where asked, else open again."""
        app = self.user.app
        if app.closing.busy:
            app.closing.close()
            self.user.root.update()
            app.closing.keep_going()

    def close_and_open(self) -> None:
        """Close the window for good, whatever goes on, and open another."""
        closed: list[bool] = []
        self.user.app.closing.on_closed = lambda: closed.append(True)
        self.user.app.closing.stop_and_close()
        while not closed:
            self.user.root.update()
            time.sleep(0.002)
        assert not self.user.errors, self.user.errors[0]
        self.user = open_window(self.home)

    def _settle(self) -> None:
        # Work whose output is a pipe goes on until somebody reads it.
        if not self.user.app.closing.busy:
            self.user.settle()

    # --- the screen, and a chooser ---------------------------------------------------------------

    def _seen(self, kind: type[W]) -> list[W]:
        return [one for one in self.user.all_of(kind, self.user.root) if one.winfo_viewable()]

    def _make_chooser(self) -> None:
        """A program of the desktop's chooser's name, which answers as it is told."""
        program = self.home / "bin" / "zenity"
        program.parent.mkdir()
        program.write_text(
            f'#!/bin/sh\nread -r code answer <"{self.home}/answer"\necho "$answer"\nexit "$code"\n'
        )
        program.chmod(0o755)
        os.environ["PATH"] = f"{program.parent}:{os.environ['PATH']}"

    @contextlib.contextmanager
    def _beside_chooser(self, answer: str) -> Iterator[None]:
        """What opens a chooser finds one that answers so."""
        (self.home / "answer").write_text(answer)
        # Where the program is of no use, Tk's own chooser comes, which nobody else would close.
        self._timer = self.user.root.after(_LOOK_MS, self._dismiss)
        yield
        self.user.root.update()
        wait(self.user, lambda: not self.user.app._file_dialog.open)
        self.user.root.after_cancel(self._timer)

    def _dismiss(self) -> None:
        tcl = self.user.root.tk
        if int(tcl.call("winfo", "exists", _TK_CHOOSER)):
            tcl.call(f"{_TK_CHOOSER}.contents.f2.cancel", "invoke")
        self._timer = self.user.root.after(_LOOK_MS, self._dismiss)


def walk(home: Path, seed: int, actions: int) -> dict[str, object]:
    """Act so often; what it cost at rest on the way and at the end.

    In a long walk, the first two fifths open windows anew at times; what follows is the life of one
    window, whose costs are compared.
    """
    share_one_heap()
    vars(app_module)["show_in_folder"] = lambda _path: True  # there is no file manager
    walker = RandomUser(home, seed)
    costs: list[Costs] = []
    opens_anew = actions * 2 // 5 if actions >= _LONG else 0
    for number in range(actions):
        if number == opens_anew:
            if opens_anew:
                walker.close_and_open()
            walker.keeps_window = True
            walker.warm_up()
            costs.append(measure(walker.user, walker.material))
        walker.act()
    costs.append(measure(walker.user, walker.material))
    walker.judge()
    walker.user.app.closing.close()
    return {
        "costs": [dataclasses.asdict(cost) for cost in costs],
        "done": dict(walker.done),
    }


if __name__ == "__main__":
    print(json.dumps(walk(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
