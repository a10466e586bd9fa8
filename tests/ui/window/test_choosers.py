"""Files are asked for: with the desktop's own chooser, or with Tk's."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from rdiff_gui.desktop import file_chooser
from rdiff_gui.desktop.settings import ThemeChoice
from rdiff_gui.records import replace
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.theme import Mode
from tests.conftest import MakeFile
from tests.platforms import posix_only
from tests.ui.window.conftest import Choosers, User


def test_files_are_chosen_with_browse(
    user: User, make_file: MakeFile, choosers: Choosers, tmp_path: Path
) -> None:
    """A chosen file arrives as if dropped on that zone; a cancelled choice changes nothing."""
    user.go(Page.SIGNATURE)
    user.key("<Control-o>")
    assert user.signature.model.inputs == ()
    choosers.answer = str(make_file("old", b"o"))
    user.key("<Control-o>")
    assert user.zone(Slot.OLD_TO_SIGN).name == "old"
    assert choosers.asked[0]["title"] == "Choose the old file"
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    choosers.answer = str(chosen)
    user.signature.output.folder_button.invoke()
    user.settle()
    assert choosers.asked[-1]["title"] == "Choose the folder for the result"
    user.run()
    assert (chosen / "old.rsig").is_file()


@posix_only("Windows' own chooser is Tk's")
@pytest.mark.parametrize("mode", ["dark", "light"])
def test_tks_own_chooser_wears_the_theme_and_takes_two_files(
    mode: Mode, user: User, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the desktop has none: as dark as the window, with room, and two files make a pair."""
    monkeypatch.setattr(file_chooser, "chooser_commands", lambda *_arguments: ())
    for path, moment in zip(pair, (1000, 2000), strict=True):
        os.utime(path, (moment, moment))
    vars(user.app)["_folder"] = pair[0].parent
    icons = ".__tk_filedialog.contents.icons"
    seen: list[str] = []
    call = user.root.tk.call

    def choose() -> None:
        canvas = f"{icons}.cHull.canvas"
        is_seen = call("winfo", "exists", canvas) and call("winfo", "ismapped", canvas)
        if not is_seen or not call(icons, "index", "end"):
            user.root.after(20, choose)
            return
        for number in range(2):
            call(icons, "selection", "set", number)
        call("event", "generate", icons, "<<ListboxSelect>>")
        call("update")
        seen.append(str(call(canvas, "cget", "-background")))
        texts = call(canvas, "find", "withtag", "all")
        for item in user.root.tk.splitlist(texts):
            if str(call(canvas, "type", item)) == "text":
                seen.append(str(call(canvas, "itemcget", item, "-fill")))
        seen.append(str(call("winfo", "width", canvas)))
        call(".__tk_filedialog.contents.f2.ok", "invoke")

    for _ in range(2):
        seen.clear()
        user.app.change_settings(replace(user.app.settings, theme=ThemeChoice(mode)))
        user.go(Page.START)
        user.root.after(20, choose)
        user.start.zone.browse_button.invoke()
        user.settle()
        assert user.delta.model.inputs == pair
        palette = user.app.theme.palette
        assert seen[0] == palette.field
        assert set(seen[1:-1]) <= {palette.text, palette.on_accent}
        assert int(seen[-1]) >= 600


@posix_only("no stack is too large there")
def test_files_are_chosen_where_no_thread_can_be_started(
    user: User, make_file: MakeFile, choosers: Choosers
) -> None:
    """Nobody waits for the desktop's chooser then: Tk's own asks, now and later."""
    user.go(Page.SIGNATURE)
    before = threading.stack_size(2**46)
    try:
        user.key("<Control-o>")
        user.settle()
    finally:
        threading.stack_size(before)
    assert len(choosers.asked) == 1
    choosers.answer = str(make_file("old", b"o"))
    user.key("<Control-o>")
    assert user.zone(Slot.OLD_TO_SIGN).name == "old"


@posix_only("Windows' own chooser is Tk's")
def test_the_desktops_chooser_runs_beside_the_window(
    user: User, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The window lives on while it is open; only one is open; closing the window closes it."""
    user.go(Page.SIGNATURE)
    path = make_file("old", b"o")
    program = tmp_path / "chooser"
    program.write_text(f'#!/bin/sh\nsleep 0.3\nprintf "%s\\n" "{path}"\n')
    program.chmod(0o755)
    monkeypatch.setattr(file_chooser, "chooser_commands", lambda *_arguments: ((str(program),),))
    user.app.page.browse()
    user.app.page.browse()
    ticks = 0
    end = time.monotonic() + 10
    while not user.signature.model.inputs and time.monotonic() < end:
        user.root.update()
        ticks += 1
    assert ticks > 20
    assert user.signature.model.inputs == (path,)
    user.settle()
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    user.app.page.browse()
    user.root.update()
    user.app.closing.close()
