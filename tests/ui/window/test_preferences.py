"""What is chosen in the settings is there in the steps, and at the next start."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tkinter import filedialog, ttk

import pytest

from rdiff_gui.desktop import file_chooser
from rdiff_gui.desktop.settings import Settings, ThemeChoice, load_settings
from rdiff_gui.engine import inspect
from rdiff_gui.engine.options import Resources, Sealing
from rdiff_gui.engine.summaries import DeltaFacts, SignatureFacts
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.delta import model as delta_model
from rdiff_gui.ui.patch import model as patch_model
from rdiff_gui.ui.signature import model as signature_model
from rdiff_gui.ui.step.result_view import TimeSaved
from tests.conftest import MakeFile
from tests.ui.window.conftest import NEW, OLD, User, type_into


def type_by_hand(user: User, field: ttk.Combobox, text: str) -> None:
    """Replace what a field holds, key by key at the end."""
    field.focus_force()
    type_into(user, field, text)
    user.key("<KeyRelease-Shift_L>")


def choose(user: User, box: ttk.Combobox, place: int) -> None:
    """Choose from the list of a box."""
    box.current(place)
    box.event_generate("<<ComboboxSelected>>")
    user.settle()


@pytest.fixture
def threads_used(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many threads each operation was allowed, of those that the steps began."""
    used: list[int] = []

    def spy(real: Callable[..., object]) -> Callable[..., object]:
        def operation(*given: object, resources: Resources, **more: object) -> object:
            used.append(resources.threads)
            return real(*given, resources=resources, **more)

        return operation

    for module, name in (
        (signature_model, "make_signature"),
        (delta_model, "make_delta"),
        (delta_model, "make_delta_from_files"),
        (patch_model, "apply_patch"),
        (patch_model, "verify_patch"),
    ):
        monkeypatch.setattr(module, name, spy(getattr(module, name)))
    return used


def test_the_steps_obey_the_settings(
    open_window: Callable[..., User],
    make_file: MakeFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    threads_used: list[int],
) -> None:
    """Folder, names, threads, seal and compression, on pages that were open before, and later."""
    user = open_window()
    user.go(Page.SIGNATURE)
    user.drop(make_file("old", OLD))
    user.go(Page.DELTA)
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    monkeypatch.setattr(file_chooser, "chooser_commands", lambda *_arguments: ())
    user.go(Page.SETTINGS)
    fields = user.settings.results
    for answer in ("", str(outbox)):
        monkeypatch.setattr(filedialog, "askdirectory", lambda answer=answer, **_options: answer)
        fields.folder.ways[1].invoke()
        user.settle()
        assert user.app.settings.output_folder == (Path(answer) if answer else None)
    assert str(outbox) in user.words(fields.folder)
    type_by_hand(user, fields.signature_name, "sums of {name}")
    type_by_hand(user, fields.delta_name, "{name}.delta")
    type_by_hand(user, fields.threads, "1")
    choose(user, fields.sealing, 2)
    fields.compress.invoke()
    user.go(Page.SIGNATURE)
    user.run()
    signature = inspect(outbox / "sums of old")
    assert isinstance(signature, SignatureFacts)
    assert signature.seal is None
    user.drop(outbox / "sums of old", make_file("new", NEW))
    user.run()
    delta = inspect(outbox / "new.delta")
    assert isinstance(delta, DeltaFacts)
    assert (delta.seal, delta.compressed) == (None, False)
    user.drop(tmp_path / "old", outbox / "new.delta")
    user.patch.check.invoke()
    user.settle()
    user.run()
    assert (outbox / "old (new)").read_bytes() == NEW
    user.drop(tmp_path / "old", tmp_path / "new")
    user.run()
    assert user.banner.sentence == "“new.delta” exists already. Replace it?"
    assert threads_used == [1] * 5
    user.app.closing.close()
    again = open_window()
    again.go(Page.SETTINGS)
    fields = again.settings.results
    assert fields.threads.get() == "1"
    assert fields.sealing.choice is Sealing.NONE
    again.settings.results.folder.ways[0].invoke()
    again.drop(tmp_path / "old", tmp_path / "new")
    assert again.delta.model.output.path == tmp_path / "new.delta"
    assert not again.delta.compress.on


def test_what_was_chosen_on_a_page_outlives_other_settings(user: User, make_file: MakeFile) -> None:
    """Only the setting that was changed is taken over; the link's speed is one for all."""
    user.drop(make_file("old", OLD), make_file("new", NEW))
    choose(user, user.delta.sealing.box, 1)
    user.run()
    (times,) = user.all_of(TimeSaved, user.delta)
    before = user.words(times)
    user.go(Page.SETTINGS)
    type_by_hand(user, user.settings.results.link.box, "1")
    user.settings.results.compress.invoke()
    user.go(Page.DELTA)
    assert user.delta.finished
    assert user.words(times) != before
    assert times.speed.get() == "1"
    assert user.delta.sealing.read() is Sealing.NAMELESS
    assert not user.delta.compress.on
    assert user.zone(Slot.NEW_FILE).name == "new"
    assert load_settings(user.app._settings_file.path) == user.app.settings  # the test's own


def test_a_busy_disk_holds_up_no_choice(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window lives on while settings are written, and the last of them stay."""
    idle, sync = threading.Event(), os.fsync

    def wait_and_sync(file: int) -> None:
        idle.wait(10)
        sync(file)

    monkeypatch.setattr(os, "fsync", wait_and_sync)
    user.go(Page.SETTINGS)
    file = user.app._settings_file.path  # the test's own
    for choice in (ThemeChoice.DARK, ThemeChoice.LIGHT, ThemeChoice.DARK):
        user.settings.choices[choice].invoke()
        user.root.update()
        assert user.app.theme.mode == choice
    assert load_settings(file).theme is ThemeChoice.SYSTEM
    idle.set()
    user.settle()
    assert load_settings(file) == user.app.settings


def test_what_a_setting_cannot_be_is_marked_and_not_kept(user: User) -> None:
    """The field says so while it is typed, and shows what counts once it is left."""
    user.go(Page.SETTINGS)
    fields = user.settings.results
    for field, typed in (
        (fields.signature_name, "{name}/x"),
        (fields.delta_name, "delta"),
        (fields.threads, "many"),
        (fields.link.box, "0"),
    ):
        before = field.get()
        type_by_hand(user, field, typed)
        assert field.instate(["invalid"])
        user.key("<Return>")
        user.key("<Tab>")
        assert field.get() == before
        assert not field.instate(["invalid"])
    assert user.app.settings == Settings(desktop_offered=True)


def test_a_folder_that_takes_no_results_is_told(
    user: User, make_file: MakeFile, tmp_path: Path
) -> None:
    """The result then goes beside its file, and to the folder again once that is there."""
    user.go(Page.SIGNATURE)
    outbox = tmp_path / "outbox"
    user.app.change_settings(replace(user.app.settings, output_folder=outbox))
    old = make_file("old", OLD)
    user.drop(old)
    assert user.signature.output.path == f"{old}.rsig"
    told = f"Nothing can be written to “{outbox}”, so the result will go to “{tmp_path}”."
    assert told in user.words(user.signature.output)
    outbox.mkdir()
    user.drop(old)
    assert user.signature.output.path == str(outbox / "old.rsig")
    assert told not in user.words(user.signature.output)
