"""A list of any length, of which only what is seen is drawn."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk

from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.theme.sheet import RADIUS
from rdiff_gui.ui.widgets.controls import set_shown
from rdiff_gui.ui.widgets.labels import Tooltip, elide_middle

# Design pixels.
_LEAST_HEIGHT = 160
_ICON = 18
_EDGE = 10
_STATE_WIDTH = 150
_BAR_HEIGHT = 6
_WHEEL_ROWS = 1
_FITTED_MOST = 4000


@dataclass(frozen=True, slots=True)
class RowView:
    """What is drawn of a row: two lines, at the right a state and below it a note or a bar.

    `icon` is a name and the role of its colour; `detail_role` is that of the second line;
    `fraction`, from 0.0 to 1.0, fills the bar; `action` is the text of a button.
    """

    icon: tuple[str, str]
    title: str
    detail: str
    state: str
    note: str = ""
    detail_role: str = "muted"
    fraction: float | None = None
    action: str = ""


class RowList(ttk.Frame):
    """Rows are asked for by their number as they come into sight. One of them is the current one.

    `on_current` is called when the user went to another row, `on_action` when a row's button was
    pressed, or Enter or the space bar on a row, with a button or without.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        *,
        view: Callable[[int], RowView],
        on_current: Callable[[], None],
        on_action: Callable[[int], None],
    ) -> None:
        super().__init__(parent, style="Pressable.Card.TFrame", padding=theme.px(6))
        self._theme = theme
        self._view = view
        self._on_current = on_current
        self._on_action = on_action
        self._count = 0
        self._top = 0
        self._waiting: str | None = None
        self._fitted: dict[tuple[str, int], str] = {}
        # The buttons in sight, by their rows: left, top, right and bottom.
        self._buttons: dict[int, tuple[int, int, int, int]] = {}
        self._clipped: dict[int, list[str]] = {}
        self.current = -1
        self.row_height = 2 * theme.font("AppBody").metrics("linespace") + theme.px(14)
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
    def count(self) -> int:
        """How many rows there are."""
        return self._count

    def set_count(self, count: int) -> None:
        """There are so many rows now."""
        self._count = count
        self.current = min(max(self.current, 0), count - 1)
        self.redraw()

    def go_to(self, index: int) -> None:
        """Make a row the current one, and show it."""
        if self._count:
            self.current = min(max(index, 0), self._count - 1)
            top = self.current * self.row_height
            lowest = top + self.row_height - self.canvas.winfo_height()
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
        canvas.bind("<Home>", lambda _event: self._step(-self._count))
        canvas.bind("<End>", lambda _event: self._step(self._count))
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
        return index if 0 <= index < self._count else -1

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
            self._top = round(float(amount) * self._count * self.row_height)
        else:
            rows = self._page_rows if unit == "pages" else 1
            self._top += int(amount) * rows * self.row_height
        self.redraw()

    @property
    def _lowest_top(self) -> int:
        return max(0, self._count * self.row_height - self.canvas.winfo_height())

    def _hidden_text(self) -> str:
        y = self.canvas.winfo_pointery() - self.canvas.winfo_rooty()
        return "\n".join(self._clipped.get(self._row_at(y), ()))

    # --- what is seen ----------------------------------------------------------------------------

    def _draw(self) -> None:
        self._waiting = None
        canvas, height = self.canvas, self.canvas.winfo_height()
        self._top = min(max(self._top, 0), self._lowest_top)
        canvas.delete("all")
        canvas.configure(background=self._theme.palette.card)
        self._buttons.clear()
        self._clipped.clear()
        if len(self._fitted) > _FITTED_MOST:
            self._fitted.clear()
        whole = max(1, self._count * self.row_height)
        self._bar.set(self._top / whole, min(1.0, (self._top + height) / whole))
        set_shown(self._bar, self._lowest_top > 0)
        first = self._top // self.row_height
        last = min(self._count - 1, (self._top + height) // self.row_height)
        for index in range(first, last + 1):
            self._draw_row(index, index * self.row_height - self._top)

    def _draw_row(self, index: int, top: int) -> None:
        canvas, px, palette = self.canvas, self._theme.px, self._theme.palette
        view, width, edge = self._view(index), self.canvas.winfo_width(), px(_EDGE)
        bottom = top + self.row_height
        ground = palette.card
        if index == self.current:
            ground = palette.soft
            focused = str(self.tk.call("focus")) == str(canvas)
            ring = px(2) if focused else 0
            canvas.create_rectangle(
                ring // 2, top + ring // 2, width - 1 - ring // 2, bottom - 1 - ring // 2,
                fill=ground, width=ring, outline=palette.ring if ring else ground,
            )  # fmt: skip
        elif index < self._count - 1:
            canvas.create_line(edge, bottom - 1, width - edge, bottom - 1, fill=palette.border)
        middle, lines = (top + bottom) // 2, self._theme.font("AppBody").metrics("linespace")
        first, second = middle - lines // 2 - px(1), middle + lines // 2 + px(1)
        canvas.create_image(
            edge + px(_ICON) // 2, middle, image=self._theme.icon(view.icon[0], _ICON, view.icon[1])
        )
        right = width - edge
        if view.action:
            right = self._draw_button(index, view.action, right, middle) - edge
        clipped: list[str] = []
        state_left = right - px(_STATE_WIDTH)
        self._write(view.state, right, first, "e", px(_STATE_WIDTH), "text", clipped)
        if view.fraction is not None:
            half = px(_BAR_HEIGHT) // 2
            end = state_left + round(px(_STATE_WIDTH) * view.fraction)
            place = (second - half, second + half)
            for until, colour in ((right, palette.trough), (end, palette.accent)):
                canvas.create_rectangle(state_left, place[0], until, place[1], fill=colour, width=0)
        else:
            self._write(view.note, right, second, "e", px(_STATE_WIDTH), "muted", clipped)
        left = edge + px(_ICON + 12)
        room = state_left - left - px(12)
        self._write(view.title, left, first, "w", room, "text", clipped)
        self._write(view.detail, left, second, "w", room, view.detail_role, clipped)
        if clipped:
            self._clipped[index] = clipped

    def _write(
        self, text: str, x: int, y: int, anchor: str, room: int, role: str, clipped: list[str]
    ) -> None:
        """One line, as much of it as there is room for."""
        if not text:
            return
        fitted = self._fitted.get((text, room))
        if fitted is None:
            measure = self._theme.font("AppBody").measure
            fitted = self._fitted[text, room] = elide_middle(text, max(1, room), measure)
        if fitted != text:
            clipped.append(text)
        colour = getattr(self._theme.palette, role)
        self.canvas.create_text(
            x, y, text=fitted, anchor="e" if anchor == "e" else "w", font="AppBody", fill=colour
        )

    def _draw_button(self, index: int, text: str, right: int, middle: int) -> int:
        """At the right end of a row; where it begins."""
        px, palette, font = self._theme.px, self._theme.palette, self._theme.font("AppBody")
        left = right - font.measure(text) - px(24)
        half = font.metrics("linespace") // 2 + px(5)
        place = left, middle - half, right, middle + half
        self.canvas.create_rectangle(*place, fill=palette.pressed, width=0)
        masks = self._theme.corner_masks(RADIUS, "soft" if index == self.current else "card")
        for mask, x, y, anchor in zip(
            masks,
            (left, right, left, right),
            (place[1], place[1], place[3], place[3]),
            ("nw", "ne", "sw", "se"),
            strict=True,
        ):
            self.canvas.create_image(x, y, image=mask, anchor=anchor)
        self.canvas.create_text(
            (left + right) // 2, middle, text=text, font="AppBody", fill=palette.text
        )
        self._buttons[index] = place
        return left
