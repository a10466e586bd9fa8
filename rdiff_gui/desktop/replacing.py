"""Write a file in one step, so that a crash leaves the old or the new one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Write a temporary file beside `path`, for the user alone, and rename it over.

    Raises: OSError, and `path` is as it was.
    """
    replace_bytes(path, text.encode("utf-8"), mode=0o600)


def replace_bytes(path: Path, content: bytes, *, mode: int) -> None:
    """The same for bytes, with these permissions.

    Raises: OSError, and `path` is as it was.
    """
    handle, temporary = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
