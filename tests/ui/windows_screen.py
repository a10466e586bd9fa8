"""The screen of Windows: its pixels, and files dropped as its file manager has tkdnd see them.

Source: learn.microsoft.com, wingdi.h; tkdnd_windows.tcl, namespace tkdnd::olednd.
"""

import ctypes
import struct
import sys
import tkinter as tk
from pathlib import Path

assert sys.platform == "win32"

_SRCCOPY = 0x00CC0020
_HEADER = struct.Struct("<LllHHLLllLL")  # BITMAPINFOHEADER
_Handle = ctypes.c_void_p


def picture_of(left: int, top: int, width: int, height: int) -> bytes:
    """Four bytes a pixel, from the top: blue, green, red and one that says nothing."""
    user, gdi = ctypes.windll.user32, ctypes.windll.gdi32
    for function in (user.GetDC, gdi.CreateCompatibleDC, gdi.CreateCompatibleBitmap):
        function.restype = _Handle
    screen = _Handle(user.GetDC(None))
    memory = _Handle(gdi.CreateCompatibleDC(screen))
    bitmap = _Handle(gdi.CreateCompatibleBitmap(screen, width, height))
    pixels = ctypes.create_string_buffer(width * height * 4)
    header = _HEADER.pack(_HEADER.size, width, -height, 1, 32, 0, 0, 0, 0, 0, 0)
    try:
        gdi.SelectObject(memory, bitmap)
        assert gdi.BitBlt(memory, 0, 0, width, height, screen, left, top, _SRCCOPY)
        assert gdi.GetDIBits(memory, bitmap, 0, height, pixels, header, 0) == height
    finally:
        gdi.DeleteDC(memory)
        gdi.DeleteObject(bitmap)
        user.ReleaseDC(None, screen)
    return pixels.raw


def drop_files(root: tk.Tk, widget: tk.Misc, paths: tuple[Path, ...]) -> str:
    """Drop files on the middle of `widget`; the action that came back."""
    root.update()
    place = (
        widget.winfo_rootx() + widget.winfo_width() // 2,
        widget.winfo_rooty() + widget.winfo_height() // 2,
    )
    # Windows asks the target that the pointer is in.
    while not widget.tk.call("bind", widget, "<<Drop>>"):
        assert widget.master
        widget = widget.master
    types = ("CF_HDROP",)
    call = root.tk.call
    call(
        "::tkdnd::olednd::HandleDragEnter",
        widget,
        types,
        ("copy", "move"),
        (),
        *place,
        (15,),
        paths,
    )
    action = call("::tkdnd::olednd::HandleDragOver", widget, (), *place)
    if action == "refuse_drop":
        call("::tkdnd::olednd::HandleDragLeave", widget)
        return "refused"
    action = call("::tkdnd::olednd::HandleDrop", widget, (), *place, "CF_HDROP", paths)
    root.update()
    return f"XdndAction{str(action).title()}"
