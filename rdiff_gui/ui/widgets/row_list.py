"""A list of any length, of which only what is seen is drawn."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from tkinter import ttk

from rdiff_gui.records import record
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.theme.sheet import RADIUS
from rdiff_gui.ui.widgets.controls import set_shown
from rdiff_gui.ui.widgets.labels import Tooltip, elide_end, elide_middle, shorten_names

# Design pixels.
_LEAST_HEIGHT = 160
_ICON = 18
_EDGE = 10
_STATE_WIDTH = 150
_BAR_HEIGHT = 6
_WHEEL_ROWS = 1
_FITTED_MOST = 4000
# Characters of a name in a sentence, which has but one line.
_NAME_SHOWN = 24

_DRAW = "rdiff_gui_draw_rows"
_DEFINE_DRAW = """
    proc @NAME@ {canvas ground parts} {
        $canvas delete all
        $canvas configure -background $ground
        foreach part $parts { $canvas create {*}$part }
    }
    """.replace("@NAME@", _DRAW)
_Part = tuple[str | int, ...]


@record(frozen=True)
class RowView:
    """What is drawn of a row: two lines, at the right a state and below it a note or a bar.

    `icon` is a name and the role of its colour; `detail_role` is that of the second line, whose
    beginning counts most where it `is_sentence`; `fraction`, from 0.0 to 1.0, fills the bar;
    `action` is the text of a button.
    """

    icon: tuple[str, str]
    title: str
    detail: str
    state: str
    note: str = ""
    detail_role: str = "muted"
    is_sentence: bool = False
    fraction: float | None = None
    action: str = ""


class RowList(ttk.Frame):
    """Rows are asked for by their number as they come into sight. One of them is the current one.

    It is a card of its own, or, `on_card`, a part of the one that it stands on.
    After rows came or went, `redraw` is to be called.
    `on_current` is called when the user went to another row, `on_action` when a row's button was
    pressed, or Enter or the space bar on a row, with a button or without.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        *,
        count: Callable[[], int],
        view: Callable[[int], RowView],
        on_current: Callable[[], None],
        on_action: Callable[[int], None],
        on_card: bool = False,
    ) -> None:
        style, padding = "Pressable.Card.TFrame", theme.px(6)
        if on_card:
            style, padding = "card.TFrame", theme.inset
        super().__init__(parent, style=style, padding=padding)
        self._theme = theme
        self._ask_count = count
        self._view = view
        self._on_current = on_current
        self._on_action = on_action
        self._chosen = 0
        self._top = 0
        self._waiting: str | None = None
        self._fitted: dict[tuple[str, int], str] = {}
        self._widths: dict[str, int] = {}
        self._has_focus = False
        self.tk.eval(_DEFINE_DRAW)
        # The buttons in sight, by their rows: left, top, right and bottom.
        self._buttons: dict[int, tuple[int, int, int, int]] = {}
        self._clipped: dict[int, list[str]] = {}
        self._line = theme.font("AppBody").metrics("linespace")
        self.row_height = 2 * self._line + theme.px(14)
        self.canvas = tk.Canvas(
            self,
            width=1,
            height=max(theme.px(_LEAST_HEIGHT), 3 * self.row_height),
            highlightthickness=0,
            borderwidth=0,
            takefocus=True,
        )
        self._bar = ttk.Scrollbar(
            self, orient="vertical", command=self._scroll, style="card.Vertical.TScrollbar"
        )
        self.canvas.grid(row=0, column=0, sticky="nsew")
        self._bar.grid(row=0, column=1, sticky="ns")
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.tip = Tooltip(self.canvas, theme, self._hidden_text)
        self._listen()

    @property
    def current(self) -> int:
        """The number of the current row; -1 without rows."""
        return min(self._chosen, self._ask_count() - 1)

    def go_to(self, index: int) -> None:
        """Make a row the current one, and show it."""
        if count := self._ask_count():
            self._chosen = min(max(index, 0), count - 1)
            top = self._chosen * self.row_height
            # Before it was laid out, it is one pixel high.
            lowest = top + self.row_height - max(self.row_height, self.canvas.winfo_height())
            self._top = max(min(self._top, top), lowest)
            self.redraw()

    def focus_set(self) -> None:
        """The keyboard goes through the rows."""
        self.canvas.focus_set()

    def set_drag_over(self, over: bool) -> None:
        """Show that files can be let go here."""
        self.state(["hover" if over else "!hover"])

    def redraw(self) -> None:
        """Draw anew, when Tk has nothing else to do."""
        if self._waiting is None:
            self._waiting = self.after_idle(self._draw)

    # --- what the user does ----------------------------------------------------------------------

    def _listen(self) -> None:
        canvas = self.canvas
        for sequence in ("<Configure>", "<<ThemeChanged>>", "<FocusIn>", "<FocusOut>"):
            canvas.bind(sequence, lambda _event: self.redraw(), add=True)
        for key, step in (("<Up>", -1), ("<Down>", 1)):
            canvas.bind(key, lambda _event, step=step: self._step(step))  # type: ignore[misc]
        for key, pages in (("<Prior>", -1), ("<Next>", 1)):
            canvas.bind(key, lambda _event, pages=pages: self._step(pages * self._page_rows))  # type: ignore[misc]
        canvas.bind("<Home>", lambda _event: self._step(-self._ask_count()))
        canvas.bind("<End>", lambda _event: self._step(self._ask_count()))
        for key in ("<Return>", "<KP_Enter>", "<space>"):
            canvas.bind(key, lambda _event: self._press_current())
        for sequence in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
            canvas.bind(sequence, self._roll)
        canvas.bind("<ButtonPress-1>", self._press)
        canvas.bind("<Motion>", self._point, add=True)

    @property
    def _page_rows(self) -> int:
        return max(1, self.canvas.winfo_height() // self.row_height - 1)

    def _step(self, rows: int) -> str:
        before = self.current
        self.go_to(self.current + rows)
        if self.current != before:
            self._on_current()
        return "break"

    def _press_current(self) -> str:
        if self.current >= 0:
            self._on_action(self.current)
        return "break"

    def _press(self, event: tk.Event[tk.Misc]) -> None:
        self.canvas.focus_set()
        index = self._row_at(event.y)
        if index < 0:
            return
        self.go_to(index)
        self._on_current()
        if self._is_on_button(index, event.x, event.y):
            self._on_action(index)

    def _point(self, event: tk.Event[tk.Misc]) -> None:
        on_button = self._is_on_button(self._row_at(event.y), event.x, event.y)
        self.canvas.configure(cursor="hand2" if on_button else "")
        self.tip.wait_again()

    def _is_on_button(self, index: int, x: int, y: int) -> bool:
        left, top, right, bottom = self._buttons.get(index, (0, 0, 0, 0))
        return left <= x < right and top <= y < bottom

    def _row_at(self, y: int) -> int:
        index = (y + self._top) // self.row_height
        return index if 0 <= index < self._ask_count() else -1

    def _roll(self, event: tk.Event[tk.Misc]) -> str | None:
        if self._lowest_top == 0:
            # Then the page may.
            return None
        backward = event.num == 4 or (event.num != 5 and event.delta > 0)
        self._top += (-1 if backward else 1) * _WHEEL_ROWS * self.row_height
        self.redraw()
        return "break"

    def _scroll(self, how: str, amount: str, unit: str = "") -> None:
        if how == "moveto":
            self._top = round(float(amount) * self._ask_count() * self.row_height)
        else:
            rows = self._page_rows if unit == "pages" else 1
            self._top += int(amount) * rows * self.row_height
        self.redraw()

    @property
    def _lowest_top(self) -> int:
        return max(0, self._ask_count() * self.row_height - self.canvas.winfo_height())

    def _hidden_text(self) -> str:
        y = self.canvas.winfo_pointery() - self.canvas.winfo_rooty()
        return "\n".join(self._clipped.get(self._row_at(y), ()))

    # --- what is seen ----------------------------------------------------------------------------

    def _draw(self) -> None:
        self._waiting = None
        canvas, height = self.canvas, self.canvas.winfo_height()
        self._top = min(max(self._top, 0), self._lowest_top)
        self._buttons.clear()
        self._clipped.clear()
        if len(self._fitted) > _FITTED_MOST:
            self._fitted.clear()
        self._has_focus = str(self.tk.call("focus")) == str(canvas)
        first = self._top // self.row_height
        last = min(self._ask_count() - 1, (self._top + height) // self.row_height)
        parts = [
            part
            for index in range(first, last + 1)
            for part in self._parts_of(index, index * self.row_height - self._top)
        ]
        # For each call of Tk, this thread waits anew for those at work.
        self.tk.call(_DRAW, canvas, self._theme.palette.card, parts)
        whole = max(1, self._ask_count() * self.row_height)
        self._bar.set(self._top / whole, min(1.0, (self._top + height) / whole))
        set_shown(self._bar, self._lowest_top > 0)

    def _parts_of(self, index: int, top: int) -> Iterator[_Part]:
        """What a row is drawn of, as arguments of a canvas's `create`."""
        px, palette = self._theme.px, self._theme.palette
        view, width, edge = self._view(index), self.canvas.winfo_width(), px(_EDGE)
        bottom = top + self.row_height
        if index == self.current:
            ring = px(2) if self._has_focus else 0
            ground = palette.soft
            yield (
                "rectangle", ring // 2, top + ring // 2, width - 1 - ring // 2,
                bottom - 1 - ring // 2, "-fill", ground, "-width", ring,
                "-outline", palette.ring if ring else ground,
            )  # fmt: skip
        elif index < self._ask_count() - 1:
            yield "line", edge, bottom - 1, width - edge, bottom - 1, "-fill", palette.border
        middle = (top + bottom) // 2
        icon = self._theme.icon(view.icon[0], _ICON, view.icon[1])
        yield "image", edge + px(_ICON) // 2, middle, "-image", icon.name
        right = width - edge
        if view.action:
            left = right - self._measure(view.action) - px(24)
            yield from self._button_parts(index, view.action, left, right, middle)
            right = left - edge
        told = px(_STATE_WIDTH)
        if view.fraction is None:
            told = min(told, max(self._measure(view.state), self._measure(view.note)))
        state_left = right - told
        clipped: list[str] = []
        first, second = middle - self._line // 2 - px(1), middle + self._line // 2 + px(1)
        left = edge + px(_ICON + 12)
        room = state_left - left - px(12)
        yield from self._text_parts(view.title, left, first, "w", room, "text", clipped)
        if view.is_sentence:
            self._fit_sentence(view.detail, room)
        yield from self._text_parts(view.detail, left, second, "w", room, view.detail_role, clipped)
        yield from self._text_parts(view.state, right, first, "e", told, "text", clipped)
        if view.fraction is None:
            yield from self._text_parts(view.note, right, second, "e", told, "muted", clipped)
        else:
            half = px(_BAR_HEIGHT) // 2
            end = state_left + round(told * view.fraction)
            for until, colour in ((right, palette.trough), (end, palette.accent)):
                bar = state_left, second - half, until, second + half
                yield "rectangle", *bar, "-fill", colour, "-width", 0
        if clipped:
            self._clipped[index] = clipped

    def _text_parts(
        self, text: str, x: int, y: int, anchor: str, room: int, role: str, clipped: list[str]
    ) -> Iterator[_Part]:
        """One line, as much of it as there is room for."""
        if not text:
            return
        fitted = self._fitted.get((text, room))
        if fitted is None:
            fitted = self._fitted[text, room] = elide_middle(text, max(1, room), self._measure)
        if fitted != text:
            clipped.append(text)
        look = "-anchor", anchor, "-font", "AppBody", "-fill", getattr(self._theme.palette, role)
        yield "text", x, y, "-text", fitted, *look

    def _fit_sentence(self, text: str, room: int) -> None:
        if (text, room) not in self._fitted and self._measure(text) > room:
            short = shorten_names(text, _NAME_SHOWN)
            self._fitted[text, room] = elide_end(short, room, self._measure)

    def _button_parts(
        self, index: int, text: str, left: int, right: int, middle: int
    ) -> Iterator[_Part]:
        half, palette = self._line // 2 + self._theme.px(5), self._theme.palette
        top, bottom = middle - half, middle + half
        line = self._theme.px(1)
        box = left, top, right, bottom
        yield "rectangle", *box, "-fill", palette.border, "-width", 0
        inner = left + line, top + line, right - line, bottom - line
        yield "rectangle", *inner, "-fill", palette.button, "-width", 0
        surface = "soft" if index == self.current else "card"
        masks = self._theme.corner_masks(RADIUS, surface, "border")
        corners = (
            (left, top, "nw"),
            (right, top, "ne"),
            (left, bottom, "sw"),
            (right, bottom, "se"),
        )
        for mask, (x, y, anchor) in zip(masks, corners, strict=True):
            yield "image", x, y, "-image", mask.name, "-anchor", anchor
        look = "-text", text, "-font", "AppBody", "-fill", palette.text
        yield "text", (left + right) // 2, middle, *look
        self._buttons[index] = box

    def _measure(self, text: str) -> int:
        """The width of a text in pixels, as the sum of its characters'."""
        widths, font = self._widths, self._theme.font("AppBody")
        for character in text:
            if character not in widths:
                widths[character] = font.measure(character)
        return sum(map(widths.__getitem__, text))
