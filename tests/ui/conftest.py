"""A real window for each test that asks for one, and no error in it goes unseen."""

from __future__ import annotations

import gc
import tkinter as tk
import traceback
from collections.abc import Iterator
from functools import cache

import pytest

from rdiff_gui.ui.theme import Theme, pixels

# A change of size comes back from the screen, moves something, and comes back once more.
ROUND_TRIPS = 3

PLAIN_SCALING = 96 / 72


def update_fully(widget: tk.Misc) -> None:
    """`update`, and wait for what the screen answers: on a busy machine that comes later."""
    for _ in range(ROUND_TRIPS):
        widget.tk.call("update")
        widget.winfo_pointerxy()
    widget.tk.call("update")


@pytest.fixture(scope="session", autouse=True)
def light_windows() -> Iterator[None]:
    """Pictures are drawn for the first window alone, and garbage not sought in what pytest holds.

    Both together were a quarter of what a test with a window took.
    """
    gc.collect()
    gc.freeze()
    with pytest.MonkeyPatch.context() as patch:
        for shape in (pixels.Tile, pixels.Pill):
            patch.setattr(shape, "draw", cache(shape.draw))
        yield
    gc.unfreeze()


@pytest.fixture
def bare_root(monkeypatch: pytest.MonkeyPatch) -> Iterator[tk.Tk]:
    """A Tk window without our theme; an exception in any callback fails the test."""
    monkeypatch.setattr(tk.Misc, "update", update_fully)
    errors: list[str] = []
    root = tk.Tk()
    # Tk keeps the scaling with the screen, from one window of this process to the next.
    root.tk.call("tk", "scaling", PLAIN_SCALING)
    root.report_callback_exception = lambda kind, error, trace: errors.append(
        "".join(traceback.format_exception(kind, error, trace))
    )
    root.geometry("780x580+0+0")
    try:
        yield root
        if root.tk.call("info", "commands", "."):
            root.update()
    finally:
        if root.tk.call("info", "commands", "."):
            root.destroy()
        # Pictures and variables must go while this thread's interpreter is still there.
        gc.collect()
    assert not errors, "\n".join(errors)


@pytest.fixture
def theme(bare_root: tk.Tk) -> Theme:
    """Our light theme on the window."""
    return Theme(bare_root, "light")


@pytest.fixture
def root(bare_root: tk.Tk, theme: Theme) -> tk.Tk:
    """The themed window, on the screen and with the keyboard."""
    assert theme.root is bare_root
    bare_root.update()
    bare_root.focus_force()
    bare_root.update()
    return bare_root
