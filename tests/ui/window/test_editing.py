"""Fields are edited with the keys of other programs."""

from __future__ import annotations

import subprocess
from tkinter import ttk

import pytest

from rdiff_gui.ui import Page
from tests.conftest import MakeFile
from tests.platforms import posix_only
from tests.ui.window.conftest import User


def type_keys(user: User, field: ttk.Entry, *keys: str) -> None:
    """Press keys, as they come from a keyboard."""
    field.focus_force()
    user.root.update()
    subprocess.run(["xdotool", "key", "--delay", "8", *keys], check=True)
    user.settle()


@pytest.fixture
def field(user: User, make_file: MakeFile) -> ttk.Entry:
    """The output's name, which holds a path."""
    user.go(Page.SIGNATURE)
    user.drop(make_file("old", b"o" * 100))
    return user.signature.output.entry


@posix_only("the keys come over X11")
def test_all_is_selected_copied_cut_and_pasted(user: User, field: ttk.Entry) -> None:
    """Control with A, C, X and V; what is pasted takes the place of what was selected."""
    path = field.get()
    type_keys(user, field, "ctrl+a")
    assert field.selection_present()
    type_keys(user, field, "ctrl+c")
    assert user.root.clipboard_get() == path
    type_keys(user, field, "ctrl+v")
    assert field.get() == path
    type_keys(user, field, "ctrl+a", "ctrl+x")
    assert field.get() == ""
    type_keys(user, field, "ctrl+v", "ctrl+v")
    assert field.get() == path + path
    type_keys(user, field, "ctrl+Left", "ctrl+k", "ctrl+d", "ctrl+h")
    assert field.get() == path + path


@posix_only("the keys come over X11")
def test_what_was_typed_is_undone_and_done_again(user: User, field: ttk.Entry) -> None:
    """Step by step with Control-Z, and back; the step's own state follows."""
    path = field.get()
    type_keys(user, field, "End", "a", "b", "ctrl+a", "c")
    assert field.get() == "c"
    type_keys(user, field, "ctrl+z")
    assert field.get() == f"{path}ab"
    assert str(user.signature.model.target).endswith(f"{path}ab")
    type_keys(user, field, "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
    assert field.get() == path
    type_keys(user, field, "ctrl+y", "ctrl+shift+z", "ctrl+y")
    assert field.get() == "c"
    type_keys(user, field, "ctrl+z", "d", "ctrl+y")
    assert field.get() == f"{path}abd"


@posix_only("the keys come over X11")
def test_what_cannot_be_changed_can_be_copied(user: User, field: ttk.Entry) -> None:
    """The facts' values: all of one at once, and no key changes it."""
    user.run()
    user.go(Page.SETTINGS)
    value = user.all_of(ttk.Entry, user.settings.about)[0]
    text = value.get()
    type_keys(user, value, "ctrl+a", "ctrl+c", "ctrl+x", "ctrl+v", "ctrl+z")
    assert value.get() == text == user.root.clipboard_get()
    assert field.get()
