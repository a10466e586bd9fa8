"""A window whose errors are collected, and what it costs while nothing goes on."""

from __future__ import annotations

import ctypes
import gc
import os
import threading
import time
import tkinter as tk
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tkinter import ttk

from rdiff_gui.desktop.settings import Settings, ThemeChoice, save_settings
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.app import App
from rdiff_gui.ui.several.page import SeveralPage
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.widgets import Flow
from tests.ui.window.conftest import AnyStep, User

from .material import Material

_PATIENCE_SECONDS = 20
_STEPS = (Page.SIGNATURE, Page.DELTA, Page.PATCH)
_OTHERS = (Page.HISTORY, Page.SETTINGS)


@dataclass(frozen=True)
class Costs:
    """What the window holds. Memory in kB, as the system counts it."""

    threads: int
    descriptors: int
    images: int
    widgets: int
    timers: int
    commands: int
    memory_kb: int


def open_window(home: Path) -> User:
    """A window in this process, with settings in `home`; errors of callbacks are collected."""
    settings = home / "settings.json"
    if not settings.exists():
        save_settings(Settings(ThemeChoice.LIGHT, desktop_offered=True), settings)
    root = tk.Tk(baseName="rdiff-gui", className="rdiff-gui")
    app = App(root, settings_file=settings, history_file=home / "history.jsonl")
    user = User(app)
    tell = root.report_callback_exception

    def catch(kind: type[BaseException], error: BaseException, trace: object) -> None:
        user.errors.append("".join(traceback.format_exception(error)))
        tell(kind, error, trace)  # type: ignore[arg-type]  # Tk hands over what it caught

    root.report_callback_exception = catch
    user.settle()
    root.focus_force()
    user.settle()
    return user


def warm_up(user: User) -> None:
    """Have all that is made at its first use, and kept: pages, pictures of both themes, lists."""
    for page in Page:
        user.go(page)
        if page in _STEPS:
            _step(user, page).options.set_open(True)
        if page is Page.DELTA:
            user.delta.ways[1].invoke()
        if page is Page.SETTINGS:
            user.settings.licences.set_open(True)
        user.settle()
        for box in user.all_of(ttk.Combobox, user.app.page):
            user.root.tk.call("ttk::combobox::Post", box)
            user.root.update()
            user.root.tk.call("ttk::combobox::Unpost", box)
    for theme in (ThemeChoice.DARK, ThemeChoice.LIGHT):
        user.app.change_settings(replace(user.app.settings, theme=theme))
        user.settle()


def measure(user: User, material: Material) -> Costs:
    """Bring the window to rest, always the same way, and count what it holds."""
    for page in _STEPS:
        _step(user, page).cancel()
    for page in _STEPS:
        _rest(user, _step(user, page))
    _rest_of_several(user)
    user.app.change_settings(Settings(ThemeChoice.LIGHT, desktop_offered=True))
    user.root.geometry("1120x800")
    # The same work on each page, so that its results are the same.
    material.restore()
    _work(user, Page.SIGNATURE, material.old)
    _work(user, Page.DELTA, material.signature, material.new)
    _work(user, Page.PATCH, material.delta, material.old)
    for page in _STEPS:
        _rest(user, _step(user, page))
    user.app.closing.keep_going()
    user.app.notice.hide()
    for tip in user.all_of(tk.Toplevel, user.root):
        tip.master.event_generate("<Leave>")
    for page in (*_OTHERS, Page.START):
        user.go(page)
        user.app.page.escape()
    _settle_threads(user)
    return Costs(
        threads=threading.active_count(),
        descriptors=len(os.listdir("/proc/self/fd")),  # noqa: PTH208  # a count
        images=len(user.root.image_names()),
        # Rows of buttons keep their grounds, of which a narrow window needs more.
        widgets=_count_widgets(user.root)
        - sum(len(flow._rows) for flow in user.all_of(Flow, user.root)),
        timers=len(user.root.tk.splitlist(user.root.tk.call("after", "info"))),
        commands=len(user.root.tk.splitlist(user.root.tk.call("info", "commands"))),
        memory_kb=_memory_kb(),
    )


def _step(user: User, page: Page) -> AnyStep:
    view = user.app.page_of(page)
    assert isinstance(view, StepPage)
    return view


def _rest(user: User, page: AnyStep) -> None:
    page.cancel()
    user.settle()
    user.go(page.page)
    page.options.set_open(False)
    for slot in tuple(page.model.files):
        page.clear(slot)
    page.model.reset()
    page.escape()
    page.escape()
    user.settle()


def _rest_of_several(user: User) -> None:
    """No rows, and no files that wait for a step: they would be taken when that is done."""
    several = user.app.page_of(Page.SEVERAL)
    assert isinstance(several, SeveralPage)
    several.cancel()
    user.settle()
    several.clear.invoke()
    several.escape()
    waiting = user.app.frame.waiting
    while waiting.sentence:
        # "Forget" is the last button.
        waiting.buttons[-1].invoke()
        user.root.update()


def _work(user: User, page: Page, *files: Path) -> None:
    user.go(page)
    user.app.arrive(files, Slot.OLD_TO_SIGN if page is Page.SIGNATURE else None)
    user.settle()
    step = _step(user, page)
    step.output.set_path(files[0].parent.with_name(f"output of {page}"))
    step.output._typed()
    if page is Page.PATCH and user.patch.model.in_place:
        user.patch.form.in_place.invoke()
    if page is Page.PATCH and user.patch.model.with_undo:
        user.patch.form.with_undo.invoke()
    step.press_primary()
    user.settle()
    if step.banner.buttons:
        step.banner.buttons[0].invoke()
        user.settle()
    assert step.finished, user.words(step)


def _settle_threads(user: User) -> None:
    """Threads end a moment after their news, and those of the engine with their callers."""
    count, since = 0, time.monotonic()
    while time.monotonic() - since < 0.3:
        gc.collect()
        user.root.update()
        if threading.active_count() != count:
            count, since = threading.active_count(), time.monotonic()
        time.sleep(0.01)


def _count_widgets(widget: tk.Misc) -> int:
    # By Tk's own names, since some have no Python widget.
    names = [str(widget)]
    for name in names:
        names.extend(widget.tk.splitlist(widget.tk.call("winfo", "children", name)))
    return len(names)


def _memory_kb() -> int:
    # What was freed goes back to the system first: only what is held counts.
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError


def wait(user: User, happened: Callable[[], object]) -> None:
    """Let the window live until it happened."""
    user.wait(happened, _PATIENCE_SECONDS)
