"""Drop zones and output fields: names of any kind go in, are seen whole and come out the same."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

import pytest

from rdiff_gui.ui.step.output_place import OutputField
from rdiff_gui.ui.theme import Mode, Theme
from rdiff_gui.ui.widgets import AltLetters, DropZone, drop_zone
from rdiff_gui.ui.widgets.labels import elide_middle
from tests.platforms import posix_only
from tests.ui.screen import buttons_of, count_pixels, texts_of

HARD_NAMES = [
    "two words.db",
    "-rf",
    "line\nbreak.db",
    "snow ☃ and 😀.db",
    "caf\udce9.db",
    "tab\there",
    "{brace [and] $dollar}",
]


@pytest.fixture
def calls() -> list[str]:
    """What the widget called, in order."""
    return []


@pytest.fixture
def zone(root: tk.Tk, theme: Theme, calls: list[str]) -> DropZone:
    """An empty zone on the screen."""
    zone = DropZone(
        root,
        theme,
        title="New file",
        hint="Drop the new version here",
        on_browse=lambda: calls.append("browse"),
        on_clear=lambda: calls.append("clear"),
    )
    AltLetters().give("Browse…", zone.browse_button)
    zone.pack(fill="x", padx=20, pady=20)
    root.update()
    return zone


@pytest.fixture
def field(root: tk.Tk, theme: Theme, calls: list[str]) -> OutputField:
    """An empty field on the screen."""
    field = OutputField(
        root,
        theme,
        label="Save as",
        on_browse=lambda: calls.append("browse"),
        on_browse_folder=lambda: calls.append("folder"),
        on_change=lambda: calls.append("change"),
    )
    field.pack(fill="x", padx=20, pady=20)
    root.update()
    return field


def test_an_empty_zone_says_what_belongs_there(zone: DropZone) -> None:
    """Title, hint and one button; nothing to clear."""
    assert texts_of(zone) == ["New file", "Drop the new version here", "Browse…"]
    assert len(buttons_of(zone)) == 1
    zone.set_empty("Now the other one")
    assert "Now the other one" in texts_of(zone)


def test_a_filled_zone_names_the_file(zone: DropZone, calls: list[str]) -> None:
    """Name and detail are seen, and the file can be taken away again."""
    zone.set_file(Path("photos.db"), "1.20 GB")
    assert texts_of(zone)[:3] == ["New file", "photos.db", "1.20 GB"]
    assert zone.instate(["selected", "!invalid"])
    assert zone.name == "photos.db"
    clear = next(button for button in buttons_of(zone) if not button.cget("text"))
    clear.invoke()
    assert calls == ["clear"]
    zone.set_empty()
    assert zone.name == ""
    assert zone.instate(["!selected"])


def test_a_refused_file_says_why(zone: DropZone, theme: Theme) -> None:
    """The sentence stands in the zone, in the colour of errors, until a good file comes."""
    zone.set_problem("notes.txt", "“notes.txt” is an ordinary file, not a signature.")
    assert "“notes.txt” is an ordinary file, not a signature." in texts_of(zone)
    assert count_pixels(zone, theme.palette.error) > 300
    zone.set_file("photos.sig", "4.7 MB")
    assert count_pixels(zone, theme.palette.error) == 0


def test_a_zone_shows_any_name_on_one_line(zone: DropZone) -> None:
    """Line breaks and bytes that are no text are escaped; nothing is interpreted."""
    for name in HARD_NAMES:
        zone.set_file(Path(name), "3 B")
        shown = texts_of(zone)[1]
        assert shown == zone.name
        assert shown.isprintable(), name


def test_a_long_name_keeps_its_ending(zone: DropZone, root: tk.Tk) -> None:
    """The middle is left out, and the whole name is in the tooltip's hands."""
    name = "holiday " * 40 + "photos.tar.zst"
    zone.set_file(name, "1.20 GB")
    short = texts_of(zone)[1]
    assert "…" in short
    assert short.endswith(".zst")
    assert zone.name == name
    root.geometry("1400x400")
    root.update()
    assert len(texts_of(zone)[1]) > len(short)


def test_a_zone_keeps_its_height_when_a_file_comes(zone: DropZone) -> None:
    """What stands below does not jump."""
    zone.update()
    before = zone.winfo_height()
    zone.set_file("photos.db", "1.20 GB")
    zone.update()
    assert zone.winfo_height() == before


@pytest.mark.parametrize("width", range(300, 460, 10))
def test_buttons_stand_where_there_is_room_for_them(
    root: tk.Tk, theme: Theme, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Whatever stood there before, in languages of long words too."""
    monkeypatch.setattr(drop_zone, "translate", lambda text: f"{text} and more")
    zone = DropZone(
        root, theme, title="New file", hint="Drop it here",
        on_browse=lambda: None, on_clear=lambda: None, on_browse_folder=lambda: None,
    )  # fmt: skip
    zone.place(x=0, y=0, width=width)
    root.update()
    zone.set_file("photos.db", "1 B")
    root.update()
    words = next(c for c in zone.winfo_children() if texts_of_one(c) == "1 B")
    change = zone.change_button
    spare = change.winfo_rootx() - words.winfo_rootx() - words.winfo_reqwidth()
    is_below = change.winfo_rooty() >= words.winfo_rooty() + words.winfo_height()
    assert is_below or spare > 0
    # As if the file had always been there.
    zone.place(width=width + 1)
    root.update()
    assert is_below == (change.winfo_rooty() >= words.winfo_rooty() + words.winfo_height())
    if width >= 420:
        assert not is_below


def test_a_narrow_zone_puts_its_buttons_below(root: tk.Tk, theme: Theme, zone: DropZone) -> None:
    """In a small window the words keep the room they need; both begin at one place."""
    zone.set_file("photos.db", "1.20 GB")
    root.geometry("300x400")
    root.update()
    (clear, browse) = sorted(buttons_of(zone), key=lambda button: str(button.cget("text")))
    detail = next(c for c in zone.winfo_children() if "1.20 GB" in texts_of_one(c))
    assert browse.winfo_rooty() >= detail.winfo_rooty() + detail.winfo_height()
    assert browse.winfo_rootx() + theme.inset == detail.winfo_rootx()
    assert clear.winfo_rootx() > browse.winfo_rootx()
    assert clear.winfo_rootx() + clear.winfo_width() <= zone.winfo_rootx() + zone.winfo_width()


def texts_of_one(widget: tk.Misc) -> str:
    """The words of a label, or nothing."""
    return str(widget.cget("text")) if isinstance(widget, ttk.Label) else ""


@pytest.mark.parametrize(
    "key",
    [
        "<Return>",
        pytest.param("<KP_Enter>", marks=posix_only("there it is the same key as Return")),
        "<space>",
    ],
)
def test_a_zone_is_used_from_the_keyboard(
    root: tk.Tk, zone: DropZone, calls: list[str], key: str
) -> None:
    """Tab reaches it, Enter and Space open the chooser."""
    root.event_generate("<Tab>")
    root.update()
    assert root.focus_get() is zone
    zone.event_generate(key)
    root.update()
    assert calls == ["browse"]


def test_delete_empties_only_a_filled_zone(zone: DropZone, calls: list[str]) -> None:
    """The key does what the cross does."""
    zone.focus_force()
    zone.event_generate("<Delete>")
    zone.update()
    assert calls == []
    zone.set_file("photos.db", "1.20 GB")
    zone.event_generate("<Delete>")
    zone.update()
    assert calls == ["clear"]


def test_a_click_anywhere_opens_the_chooser(root: tk.Tk, zone: DropZone, calls: list[str]) -> None:
    """On the zone, on its words; a drag out of it is no click."""
    words = [child for child in zone.winfo_children() if texts_of_one(child)]
    for target in [zone, *words]:
        target.event_generate("<ButtonPress-1>", x=2, y=2)
        target.event_generate("<ButtonRelease-1>", x=2, y=2)
        root.update()
    assert calls == ["browse"] * (1 + len(words))
    zone.event_generate("<ButtonPress-1>", x=2, y=2)
    zone.event_generate("<ButtonRelease-1>", x=2, y=-40, rootx=0, rooty=0)
    root.update()
    assert len(calls) == 1 + len(words)


def test_the_browse_button_opens_the_chooser_once(
    root: tk.Tk, zone: DropZone, calls: list[str]
) -> None:
    """By its click and by Alt with its letter."""
    buttons_of(zone)[-1].invoke()
    assert calls == ["browse"]
    root.event_generate("<Alt-Key-b>")
    root.update()
    assert calls == ["browse", "browse"]


def test_the_focus_is_seen_on_a_zone(root: tk.Tk, zone: DropZone, theme: Theme) -> None:
    """A ring around it, empty, filled or refused."""
    changes: list[Callable[[], None]] = [
        zone.set_empty,
        lambda: zone.set_file("a", "1 B"),
        lambda: zone.set_problem("a", "No."),
    ]
    for change in changes:
        change()
        root.focus_force()
        assert count_pixels(zone, theme.palette.ring) < 20
        zone.focus_force()
        assert count_pixels(zone, theme.palette.ring) > 500


def test_a_drag_over_a_zone_is_seen(zone: DropZone, theme: Theme) -> None:
    """The ground changes under a drag, in both themes, and goes back after it."""
    modes: tuple[Mode, ...] = ("light", "dark", "light")
    for mode in modes:
        theme.apply(mode)
        assert count_pixels(zone, theme.palette.soft) == 0
        zone.set_drag_over(True)
        assert count_pixels(zone, theme.palette.soft) > 10_000
        zone.set_drag_over(False)
    zone.set_file("photos.db", "1.20 GB")
    zone.set_drag_over(True)
    zone.set_drag_over(False)
    assert zone.instate(["selected", "!active"])
    assert count_pixels(zone, theme.palette.card) > 10_000


def test_a_path_comes_out_as_it_went_in(field: OutputField, calls: list[str]) -> None:
    """Whatever the field can show of it."""
    for name in HARD_NAMES:
        path = Path("/home/somebody") / name
        field.set_path(path)
        assert field.path == str(path)
        assert os.fsencode(field.path) == os.fsencode(path)
        assert field.entry.get().isprintable(), name
        assert calls == []


def test_what_is_typed_wins(field: OutputField, calls: list[str]) -> None:
    """A name goes into the folder that is shown, a whole path where it says."""
    field.set_path(Path("/home") / "caf\udce9")
    field.entry.delete(0, "end")
    field.entry.insert(0, "other.delta")
    assert field.path == os.path.join("/home", "other.delta")  # noqa: PTH118  # of texts
    field.entry.insert(0, "/srv/")
    assert field.path == "/srv/other.delta"
    assert "change" in calls
    field.set_path("")
    assert field.path == ""


def test_the_folder_is_shown_short_and_changed_by_its_button(
    field: OutputField, root: tk.Tk, calls: list[str]
) -> None:
    """Its last part; before there is any, the button asks for all of the path."""
    field.folder_button.invoke()
    field.set_path(Path("/home/somebody/pictures of last summer by the sea/photos.db.delta"))
    root.update()
    assert texts_of(field) == ["Save as", "pictures of … by the sea"]
    assert field.entry.get() == "photos.db.delta"
    field.folder_button.invoke()
    assert calls == ["browse", "folder"]


def test_the_end_of_a_long_name_is_seen(field: OutputField, root: tk.Tk) -> None:
    """What tells one from the other is there, also after the window got narrower."""
    field.set_path("/home/somebody/" + "photos " * 60 + ".db.delta")
    root.update()
    assert field.entry.xview()[1] == 1.0
    root.geometry("500x300")
    root.update()
    assert field.entry.xview()[1] == 1.0
    assert field.entry.xview()[0] > 0


def test_the_focus_may_go_to_a_window_of_tks_own(field: OutputField, root: tk.Tk) -> None:
    """Tk's own file chooser takes the keyboard from the field, and that is no error."""
    field.entry.focus_force()
    root.update()
    root.tk.call("toplevel", ".__tk_filedialog")
    root.update()
    root.tk.call("focus", "-force", ".__tk_filedialog")
    root.update()
    assert str(root.tk.call("focus")) == ".__tk_filedialog"
    root.tk.call("destroy", ".__tk_filedialog")


def test_a_path_that_will_not_do_says_why(field: OutputField, theme: Theme) -> None:
    """A sentence below the field, gone with the problem."""
    field.set_problem("“a.db” is one of the input files and would be destroyed.")
    assert "“a.db” is one of the input files and would be destroyed." in texts_of(field)
    assert count_pixels(field, theme.palette.error) > 100
    field.set_problem(None)
    assert texts_of(field) == ["Save as", "Browse…"]
    field.set_problem("Nothing can be written there.", of_folder=True)
    assert texts_of(field)[-1] == "Choose another folder"
    field.set_problem(None)
    assert texts_of(field) == ["Save as", "Browse…"]
    assert count_pixels(field, theme.palette.error) == 0


def test_browse_beside_the_field_calls_back(field: OutputField, calls: list[str]) -> None:
    """The button opens the chooser."""
    buttons_of(field)[0].invoke()
    assert calls == ["browse"]


@pytest.mark.parametrize("width", range(1, 40))
def test_a_cut_name_fits_and_keeps_what_it_can(width: int) -> None:
    """At any width: never too wide, no longer than needed, the extension last to go."""
    name = "a rather long name.tar.zst"
    short = elide_middle(name, width, len)
    assert len(short) <= width
    if width >= len(name):
        assert short == name
    else:
        assert "…" in short
        assert len(short) == width
    assert short.endswith(".zst") or width < 5


def test_a_cut_name_survives_no_room_at_all() -> None:
    """A zone that is not on the screen yet has no width; that is no error."""
    assert elide_middle("photos.db", 0, len) == "…"
    assert elide_middle("", 0, len) == ""
