"""What other programs get when they paste, over a connection of their own."""

from __future__ import annotations

import ctypes
import os
import tkinter as tk
from pathlib import Path
from typing import Any

import pytest
from Xlib import X, display

from rdiff_gui.ui.clipboard import Clipboard
from tests.ui.xdnd import beside_tk

URIS, GNOME = "text/uri-list", "x-special/gnome-copied-files"
Pasted = tuple[str, int, bytes]


def paste(root: tk.Tk, kind: str) -> Pasted | None:
    """Type, bits and bytes that the clipboard's owner gives; None where it has no such thing."""
    pasted: list[Pasted] = []

    def ask() -> None:
        server: Any = display.Display()
        window = request(server, kind)
        while True:
            news = server.next_event()
            if news.type == X.SelectionNotify:
                break
        if news.property:
            found = window.get_full_property(news.property, X.AnyPropertyType)
            value = found.value if found.format == 8 else found.value.tobytes()
            pasted.append((server.get_atom_name(found.property_type), found.format, value))
        server.close()

    beside_tk(root, ask)
    return pasted[0] if pasted else None


def request(server: Any, kind: str) -> Any:
    """Ask for the clipboard, from a new window."""
    window = server.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
    atoms = [server.intern_atom(name) for name in ("CLIPBOARD", kind, "PASTED")]
    window.convert_selection(*atoms, X.CurrentTime)
    server.sync()
    return window


@pytest.fixture
def clipboard(root: tk.Tk) -> Clipboard:
    """The window's."""
    return Clipboard(root)


def test_a_copied_file_is_pasted_as_a_file_or_as_its_path(
    root: tk.Tk, clipboard: Clipboard
) -> None:
    """Under the very types that programs ask for: GTK refuses a list that is called a string."""
    clipboard.copy_file(Path("/data/two words 日本.db"))
    uri = b"file:///data/two%20words%20%E6%97%A5%E6%9C%AC.db"
    assert paste(root, URIS) == (URIS, 8, uri + b"\r\n")
    assert paste(root, GNOME) == (GNOME, 8, b"copy\n" + uri)
    path = "/data/two words 日本.db".encode()
    assert paste(root, "UTF8_STRING") == ("UTF8_STRING", 8, path)
    targets = paste(root, "TARGETS")
    assert targets is not None
    for kind in (URIS, GNOME, "UTF8_STRING"):
        assert root.winfo_atom(kind).to_bytes(4, "little") in targets[2]


def test_a_name_of_any_bytes_is_pasted(root: tk.Tk, clipboard: Clipboard) -> None:
    """Its address has them all; in text, nothing can."""
    clipboard.copy_file(Path(os.fsdecode(b"/data/\xff.db")))
    assert paste(root, URIS) == (URIS, 8, b"file:///data/%FF.db\r\n")
    pasted = paste(root, "UTF8_STRING")
    assert pasted is not None
    assert pasted[2] == "/data/\N{REPLACEMENT CHARACTER}.db".encode()


def test_the_last_copy_counts(root: tk.Tk, clipboard: Clipboard) -> None:
    """A file after a file, and text after that."""
    clipboard.copy_file(Path("/data/first"))
    clipboard.copy_file(Path("/data/second"))
    assert paste(root, GNOME) == (GNOME, 8, b"copy\nfile:///data/second")
    clipboard.copy_text("some text")
    assert paste(root, URIS) is None
    assert root.clipboard_get() == "some text"
    clipboard.copy_file(Path("/data/third"))
    assert root.clipboard_get() == "/data/third"


def test_whoever_asks_and_goes_away_does_no_harm(root: tk.Tk, clipboard: Clipboard) -> None:
    """As a program that ends while it pastes."""
    clipboard.copy_file(Path("/data/file"))
    server: Any = display.Display()
    request(server, URIS)
    server.close()
    root.update()
    assert paste(root, URIS) == (URIS, 8, b"file:///data/file\r\n")


def test_without_tks_own_functions_some_programs_can_paste(
    root: tk.Tk, clipboard: Clipboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python with Tk inside it hands out none; then Tk calls the list a string."""

    def refuse(_name: str) -> None:
        raise OSError

    monkeypatch.setattr(ctypes, "PyDLL", refuse)
    clipboard.copy_file(Path("/data/file"))
    assert paste(root, URIS) == ("STRING", 8, b"file:///data/file\r\n")
