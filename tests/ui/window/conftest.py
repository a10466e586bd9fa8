"""The whole window with real files, driven as a user drives it."""

from __future__ import annotations

import gc
import subprocess
import time
import tkinter as tk
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tkinter import filedialog, ttk
from types import FunctionType, MethodType
from typing import TypeVar

import pytest

from rdiff_gui.desktop import file_chooser
from rdiff_gui.desktop.settings import Settings, save_settings
from rdiff_gui.engine import make_delta_from_files
from rdiff_gui.engine.parallel import RunningThread, start_thread
from rdiff_gui.engine.summaries import DeltaSummary, PatchSummary, SignatureSummary
from rdiff_gui.ui import Page, Slot, file_dialog, worker
from rdiff_gui.ui import app as app_module
from rdiff_gui.ui.app import App
from rdiff_gui.ui.delta.page import DeltaPage
from rdiff_gui.ui.history import HistoryPage
from rdiff_gui.ui.patch.page import PatchPage
from rdiff_gui.ui.settings import SettingsPage
from rdiff_gui.ui.signature.page import SignaturePage
from rdiff_gui.ui.start import StartPage
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.widgets import Banner, DropZone, ElidedLabel, Sentence, ValueField
from tests.conftest import MakeFile, edited, random_bytes
from tests.ui.xdnd import drop_files

W = TypeVar("W", bound=tk.Misc)

OLD = random_bytes(60_000)
NEW = edited(OLD)

AnyStep = StepPage[SignatureSummary] | StepPage[DeltaSummary] | StepPage[PatchSummary]


def unpack(delta: Path) -> Path:
    """The plain delta that the real zstd takes out of a compressed one."""
    plain = delta.with_name(f"{delta.name} unpacked")
    subprocess.run(["zstd", "-dq", delta, "-o", plain], check=True)  # as users do
    return plain


class User:
    """Somebody in front of the window."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.root = app.root
        self.errors: list[str] = []
        self.shown_in_folder: list[Path] = []
        self.opened: list[Path] = []

    # --- time ------------------------------------------------------------------------------------

    def wait(self, happened: Callable[[], object], seconds: float = 30) -> None:
        """Let the window live until it happened."""
        end = time.monotonic() + seconds
        while not happened():
            assert not self.errors, self.errors[0]
            assert time.monotonic() < end, "it never happened"
            self.root.update()
            time.sleep(0.002)

    def settle(self) -> None:
        """Wait until all that was begun has come to its end."""
        self.root.update()
        self.wait(lambda: not self.app.post.expecting)
        self.root.update()

    # --- pages -----------------------------------------------------------------------------------

    def page(self, kind: type[W]) -> W:
        """The page in front, which must be of this kind."""
        assert isinstance(self.app.page, kind), self.app.page
        return self.app.page

    @property
    def start(self) -> StartPage:
        """The page in front, which must be the start page."""
        return self.page(StartPage)

    @property
    def signature(self) -> SignaturePage:
        """The page in front, which must be the signature page."""
        return self.page(SignaturePage)

    @property
    def delta(self) -> DeltaPage:
        """The page in front, which must be the delta page."""
        return self.page(DeltaPage)

    @property
    def patch(self) -> PatchPage:
        """The page in front, which must be the patch page."""
        return self.page(PatchPage)

    @property
    def history(self) -> HistoryPage:
        """The page in front, which must be the history."""
        return self.page(HistoryPage)

    @property
    def settings(self) -> SettingsPage:
        """The page in front, which must be the settings."""
        return self.page(SettingsPage)

    def go(self, page: Page) -> None:
        """Press the rail's entry."""
        self.app.frame.rail.buttons[page].invoke()
        self.settle()

    # --- files -----------------------------------------------------------------------------------

    def drop(self, *paths: Path) -> None:
        """Drop files on the window, beside every zone."""
        assert drop_files(self.root, self.app.frame.rail, *paths) == "XdndActionCopy"
        self.settle()

    def drop_on(self, slot: Slot, *paths: Path) -> None:
        """Drop files on a zone of the page in front."""
        assert drop_files(self.root, self.zone(slot), *paths) == "XdndActionCopy"
        self.settle()

    def zone(self, slot: Slot) -> DropZone:
        """A zone of the page in front."""
        page = self.app.page
        if isinstance(page, StartPage):
            return page.zone
        assert isinstance(page, StepPage)
        return page.zone_row.zones[slot]

    # --- buttons and words -----------------------------------------------------------------------

    def run(self) -> None:
        """Press the primary button of the step in front, and wait for the end of the work."""
        page = self.app.page
        assert isinstance(page, StepPage)
        assert not page.primary.instate(["disabled"]), self.words(page)
        page.primary.invoke()
        self.settle()

    def press(self, text: str, within: tk.Misc | None = None) -> None:
        """Press the one visible button with this text, and wait for what it began."""
        self.button(text, within).invoke()
        self.settle()

    def button(self, text: str, within: tk.Misc | None = None) -> ttk.Button:
        """The one visible button with this text."""
        self.root.update()
        found = [
            button
            for button in self.all_of(ttk.Button, within or self.root)
            if button.winfo_viewable() and button.cget("text") == text
        ]
        assert len(found) == 1, f"{len(found)} buttons say {text!r}: {self.words(self.root)}"
        return found[0]

    def key(self, keys: str) -> None:
        """Press a key where the focus is."""
        self.root.update()
        name = self.root.tk.call("focus")
        target = self.root.nametowidget(str(name)) if name else self.root
        target.event_generate(keys)
        self.settle()

    def words(self, within: tk.Misc) -> str:
        """Every text that can be seen; of one that is cut to its place, the whole."""
        self.root.update()
        return "\n".join(
            part.whole if isinstance(part, (Sentence, ElidedLabel)) else str(part.cget("text"))
            for part in self.all_of(tk.Misc, within)
            if part.winfo_viewable() and isinstance(part, (ttk.Label, ttk.Button))
        )

    def all_of(self, kind: type[W], within: tk.Misc) -> list[W]:
        """All widgets of a kind inside another."""
        found = [within] if isinstance(within, kind) else []
        for child in within.winfo_children():
            found.extend(self.all_of(kind, child))
        return found

    @property
    def banner(self) -> Banner:
        """The banner of the page in front: that of its files, where it has something to say."""
        page = self.app.page
        if isinstance(page, StepPage) and page.problem.sentence:
            return page.problem
        return page.banner


def held_by(work: object) -> Iterator[object]:
    """What a function holds on to: in its closure, as its arguments, or as its object."""
    parts: tuple[object, ...] = ()
    if isinstance(work, partial):
        parts = (work.func, *work.args, *work.keywords.values())
    elif isinstance(work, MethodType):
        parts = (work.__self__,)
    elif isinstance(work, FunctionType):
        parts = tuple(cell.cell_contents for cell in work.__closure__ or ())
    for part in parts:
        yield part
        yield from held_by(part)


@pytest.fixture
def open_window(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., User]]:
    """Open the window, with settings of the test's own; may be called again after a close."""
    home = tmp_path_factory.mktemp("home")
    users: list[User] = []

    def show_in_folder(path: Path) -> bool:
        users[-1].shown_in_folder.append(path)
        return True

    def open_file(path: Path) -> bool:
        users[-1].opened.append(path)
        return path.suffix != ".unknown"

    def start_without_tk(body: Callable[[], None]) -> RunningThread | None:
        held = [
            part for part in held_by(body) if isinstance(part, (tk.Misc, tk.Variable, tk.Image))
        ]
        assert not held, f"a thread that may outlive the window holds {held}"
        return start_thread(body)

    monkeypatch.setattr(worker, "start_thread", start_without_tk)
    monkeypatch.setattr(app_module, "show_in_folder", show_in_folder)
    monkeypatch.setattr(app_module, "open_file", open_file)
    # Not that of whoever runs the tests.
    monkeypatch.setattr(file_dialog, "portal_is_possible", lambda _environment: False)
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(home / "system"))

    def open_one(
        *, scaling: float = 1.0, dark_system: bool | None = None, offer: bool = False
    ) -> User:
        if not offer and not (home / "settings.json").exists():
            save_settings(Settings(desktop_offered=True), home / "settings.json")
        root = tk.Tk(baseName="rdiff-gui", className="rdiff-gui")
        root.tk.call("tk", "scaling", scaling * 96 / 72)
        app = App(
            root,
            settings_file=home / "settings.json",
            history_file=home / "history.jsonl",
            dark_system=dark_system,
        )
        user = User(app)
        users.append(user)
        tell = root.report_callback_exception

        def catch(kind: type[BaseException], error: BaseException, trace: object) -> None:
            user.errors.append("".join(traceback.format_exception(error)))
            tell(kind, error, trace)  # type: ignore[arg-type]  # Tk hands over what it caught

        root.report_callback_exception = catch
        user.wait(lambda: app.opening.done)
        user.settle()
        root.focus_force()
        user.settle()
        return user

    yield open_one
    for user in users:
        if _lives(user.root):
            user.settle()
            user.app.closing.close()
        assert not _lives(user.root), "the window did not close"
        assert not user.errors, "\n".join(user.errors)
    users.clear()
    # Pictures and variables must go while this thread's interpreter is still there.
    gc.collect()


def _lives(root: tk.Tk) -> bool:
    try:
        return bool(root.winfo_exists())
    except tk.TclError:
        return False


@pytest.fixture
def user(open_window: Callable[..., User]) -> User:
    """Somebody in front of a fresh window."""
    return open_window()


@pytest.fixture
def delta(make_file: MakeFile, tmp_path: Path) -> Path:
    """`sent.delta` from `photos-1.db` to `photos-2.db`, sealed; the new file is not here."""
    new = make_file("photos-2.db", NEW)
    make_delta_from_files(make_file("photos-1.db", OLD), new, tmp_path / "sent.rdelta")
    new.unlink()
    return tmp_path / "sent.rdelta"


@pytest.fixture
def ready(user: User, delta: Path) -> User:
    """Old file and delta are in place."""
    user.drop(delta)
    assert [path.name for path in user.patch.model.inputs] == ["photos-1.db", "sent.rdelta"]
    return user


@pytest.fixture
def signer(user: User, make_file: MakeFile) -> User:
    """The old file is in place on the signature page."""
    user.go(Page.SIGNATURE)
    user.drop(make_file("old", OLD))
    return user


def facts_on(user: User, within: tk.Misc) -> dict[str, str]:
    """The facts that can be seen: labels and what stands beside them."""
    user.root.update()
    found = {}
    for field in user.all_of(ValueField, within):
        if field.winfo_viewable():
            (label,) = field.master.grid_slaves(row=field.grid_info()["row"], column=0)
            found[str(label.cget("text"))] = field.value
    return found


def alt_letters(app: App) -> Counter[str]:
    """How many of the buttons that can be seen answer to each letter."""
    found: Counter[str] = Counter()
    waiting: list[tk.Misc] = [app.root]
    while waiting:
        part = waiting.pop()
        waiting.extend(part.winfo_children())
        if part.winfo_viewable() and isinstance(part, (ttk.Button, ttk.Radiobutton)):
            place = int(part.cget("underline"))
            found.update(str(part.cget("text"))[place].lower() if place >= 0 else "")
    return found


def type_into(user: User, entry: ttk.Entry, text: str) -> None:
    """Replace what a field holds."""
    entry.delete(0, "end")
    entry.insert(0, text)
    user.settle()


@pytest.fixture
def veteran(user: User, make_file: MakeFile) -> User:
    """Somebody who has made four signatures."""
    for number in range(4):
        user.go(Page.SIGNATURE)
        user.drop(make_file(f"file {number}", b"x" * 1000))
        user.run()
    return user


class Choosers:
    """Tk's own chooser, answered by the test: with a path, or several in lines."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[dict[str, object]] = []
        self.answer = ""
        monkeypatch.setattr(file_chooser, "chooser_commands", lambda *_arguments: ())
        monkeypatch.setattr(filedialog, "askopenfilename", self._ask)
        monkeypatch.setattr(filedialog, "asksaveasfilename", self._ask)
        monkeypatch.setattr(filedialog, "askdirectory", self._ask)
        monkeypatch.setattr(filedialog, "askopenfilenames", self._ask_for_several)

    def _ask(self, **options: object) -> str:
        self.asked.append(options)
        return self.answer

    def _ask_for_several(self, **options: object) -> list[str]:
        return self._ask(**options).splitlines()


@pytest.fixture
def choosers(monkeypatch: pytest.MonkeyPatch) -> Choosers:
    """File choosers that answer as the test says."""
    return Choosers(monkeypatch)
