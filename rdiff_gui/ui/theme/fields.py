"""What is typed into or chosen from, and what shows amounts: fields, tables, bars."""

from __future__ import annotations

from tkinter import font as tkfont

from rdiff_gui.records import replace
from rdiff_gui.ui.theme.pixels import SMALL, WIDE, Tile
from rdiff_gui.ui.theme.sheet import RING_GAP, Layout, Sheet, prefix_of

_RADIUS = 5


def define_fields(sheet: Sheet) -> None:
    """Define `[card.]TEntry` and TCombobox, Value.TEntry, Treeview, progress and scroll bars."""
    _define_boxes(sheet)
    _define_menu_button(sheet)
    _define_values(sheet)
    _define_table(sheet)
    _define_progress(sheet)
    _define_scrollbars(sheet)


def _define_boxes(sheet: Sheet) -> None:
    palette, px, style = sheet.palette, sheet.px, sheet.style
    box = sheet.tile(_RADIUS, palette.bg, fill=palette.field, border=palette.outline, middle=WIDE)
    style.element_create(
        "Field.chevron",
        "image",
        sheet.icon("down", 14, palette.muted),
        ("disabled", sheet.icon("down", 14, palette.disabled)),
        sticky="",
        width=px(24),
        height=px(14),
    )
    _lay_out_boxes(sheet, "bg", box)
    # Those on cards are short.
    _lay_out_boxes(sheet, "card", replace(box, surface=palette.card, middle=SMALL))
    for name in ("TEntry", "TCombobox"):
        style.configure(
            name,
            padding=(px(9), px(6), px(4), px(6)),
            foreground=palette.text,
            insertcolor=palette.text,
            insertwidth=sheet.line,
            selectborderwidth=0,
        )
        style.map(
            name,
            selectbackground=[("!focus", palette.field), ("readonly", palette.field)],
            selectforeground=[("!focus", palette.text), ("readonly", palette.text)],
        )
    # The list stands under the box, not under its focus ring.
    style.configure("TCombobox", postoffset=(px(RING_GAP), 0, -2 * px(RING_GAP), 0))
    style.configure(
        "ComboboxPopdownFrame",
        background=palette.border,
        relief="flat",
        borderwidth=0,
        padding=sheet.line,
    )
    style.layout("ComboboxPopdownFrame", [("ComboboxPopdownFrame.padding", {"sticky": "nswe"})])


def _lay_out_boxes(sheet: Sheet, surface: str, box: Tile) -> None:
    """TEntry and TCombobox as they look on one surface, in all states."""
    palette, ground = sheet.palette, sheet.surface(surface)
    face = f"{prefix_of(surface)}Field.face"
    sheet.stretch(
        face,
        [
            ("disabled", replace(box, fill=ground, border=palette.border)),
            ("invalid focus", replace(box, border=palette.error, ring=palette.ring)),
            ("invalid", replace(box, border=palette.error)),
            ("focus", replace(box, border=palette.accent, ring=palette.ring)),
            ("hover", replace(box, border=palette.muted)),
            ("", box),
        ],
    )
    chevron: Layout = [("Field.chevron", {"side": "right", "sticky": "ns"})]
    for widget, extras in (("Entry", []), ("Combobox", chevron)):
        style = f"{prefix_of(surface)}T{widget}"
        sheet.style.layout(style, _field_layout(widget, extras, face))
        sheet.style.configure(style, background=ground)
        sheet.style.map(style, fieldbackground=[("disabled", ground)])


def _define_menu_button(sheet: Sheet) -> None:
    """TMenubutton, of which only Tk's own file chooser has one."""
    palette = sheet.palette
    sheet.style.configure(
        "TMenubutton", background=palette.bg, foreground=palette.text, arrowcolor=palette.muted
    )


def _field_layout(widget: str, extras: Layout, face: str) -> Layout:
    area: Layout = [(f"{widget}.textarea", {"sticky": "nswe"})]
    parts = [*extras, (f"{widget}.padding", {"sticky": "nswe", "children": area})]
    return [(face, {"sticky": "nswe", "children": parts})]


def _define_values(sheet: Sheet) -> None:
    """`SURFACE.Value.TEntry`: text that can be selected and copied, not changed."""
    palette = sheet.palette
    for name in ("bg", "card"):
        ground = sheet.surface(name)
        rest = sheet.tile(_RADIUS, ground, middle=WIDE)
        element = f"{name}.Value.face"
        sheet.stretch(element, [("focus", replace(rest, ring=palette.ring)), ("", rest)])
        style = f"{name}.Value.TEntry"
        sheet.nest(style, element, "Entry.textarea")
        sheet.style.configure(
            style, foreground=palette.text, background=ground, fieldbackground=ground
        )
        sheet.style.map(
            style,
            selectbackground=[("!focus", ground)],
            selectforeground=[("!focus", palette.text)],
        )


def _define_table(sheet: Sheet) -> None:
    palette, px, style = sheet.palette, sheet.px, sheet.style
    rest = sheet.tile(_RADIUS, palette.card)
    sheet.stretch("Table.face", [("focus", replace(rest, ring=palette.ring)), ("", rest)])
    sheet.nest("Treeview", "Table.face", "Treeview.treearea")
    line_height = tkfont.nametofont("TkDefaultFont", root=sheet.root).metrics("linespace")
    style.configure(
        "Treeview",
        background=palette.card,
        fieldbackground=palette.card,
        foreground=palette.text,
        rowheight=line_height + px(8),
        borderwidth=0,
    )
    style.map(
        "Treeview",
        background=[("selected", palette.nav)],
        foreground=[("disabled", palette.disabled), ("selected", palette.text)],
    )
    sheet.nest("Treeview.Heading", "Treeheading.cell", "Treeheading.padding", "Treeheading.text")
    style.configure(
        "Treeview.Heading",
        background=palette.card,
        foreground=palette.muted,
        relief="flat",
        borderwidth=0,
        padding=(px(4), px(4)),
        font="AppSmall",
    )
    style.map("Treeview.Heading", background=[("active", palette.card)])


def _define_progress(sheet: Sheet) -> None:
    """`Horizontal.TProgressbar`, and `Unknown.…` whose bar wanders while the end is not known."""
    palette, px, style = sheet.palette, sheet.px, sheet.style
    height = px(8)
    trough = Tile(
        radius=height // 2, height=height // 2 * 2, surface=palette.bg, fill=palette.trough
    )
    # ttk moves the bar only where the elements carry exactly these last names.
    for prefix in ("", "Unknown."):
        sheet.stretch(f"{prefix}Horizontal.Progressbar.trough", [("", trough)], sticky="ew")
        sheet.stretch(
            f"{prefix}Horizontal.Progressbar.pbar",
            [("", replace(trough, fill=palette.accent))],
            padding=(px(60), 0) if prefix else None,
            sticky="ew",
        )
        bar: Layout = [(f"{prefix}Horizontal.Progressbar.pbar", {"side": "left", "sticky": "w"})]
        style.layout(
            f"{prefix}Horizontal.TProgressbar",
            [(f"{prefix}Horizontal.Progressbar.trough", {"sticky": "ew", "children": bar})],
        )
        style.configure(f"{prefix}Horizontal.TProgressbar", background=palette.bg)


def _define_scrollbars(sheet: Sheet) -> None:
    """`[card.]Vertical.TScrollbar` and the same lying: a thumb and no arrows."""
    for surface in ("bg", "card"):
        for orient, sticky in (("Vertical", "ns"), ("Horizontal", "ew")):
            _define_scrollbar(sheet, surface, f"{prefix_of(surface)}{orient}", sticky)


def _define_scrollbar(sheet: Sheet, surface: str, name: str, sticky: str) -> None:
    palette, ground = sheet.palette, sheet.surface(surface)
    thumb = Tile(
        radius=sheet.px(4), surface=ground, fill=palette.outline, gap=sheet.px(2), middle=SMALL
    )
    sheet.stretch(
        f"{name}.Scrollbar.thumb",
        [
            ("disabled", replace(thumb, fill=ground)),
            ("pressed", replace(thumb, fill=palette.text)),
            ("active", replace(thumb, fill=palette.muted)),
            ("", thumb),
        ],
    )
    parts: Layout = [(f"{name}.Scrollbar.thumb", {"expand": True, "sticky": "nswe"})]
    trough = f"{name.removeprefix(prefix_of(surface))}.Scrollbar.trough"
    sheet.style.layout(f"{name}.TScrollbar", [(trough, {"sticky": sticky, "children": parts})])
    flat = dict.fromkeys(
        ("background", "troughcolor", "bordercolor", "lightcolor", "darkcolor"), ground
    )
    sheet.style.configure(f"{name}.TScrollbar", relief="flat", borderwidth=0, **flat)
