"""What tools/package puts where, without building it; tests/frozen tries the built downloads."""

from __future__ import annotations

import io
import lzma
import os
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

TOOLS = Path(__file__).parent.parent / "tools"
# staticx' filters: what its starter can read on this processor.
PACK = """
import sys
from pathlib import Path
sys.modules["staticx.archive"] = type(sys)("staticx.archive")
sys.modules["staticx.archive"].get_xz_filters = lambda: [{"id": 0x21}]
from downloads.single_file import pack_anew
pack_anew(Path(sys.argv[1]), Path(sys.argv[2]), 1_700_000_000)
"""


def ask(code: str, *words: object) -> str:
    """Run code as tools/package does, outside of any build."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *map(str, words)],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{TOOLS}:{TOOLS.parent}"},
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("asset", "place"),
    [
        ("applications/x.desktop", "usr/share/applications/x.desktop"),
        ("icons/hicolor/48x48/apps/x.png", "usr/share/icons/hicolor/48x48/apps/x.png"),
        ("mime/packages/x.xml", "usr/share/mime/packages/x.xml"),
        ("man/man1/rdiff-gui.1", "usr/share/man/man1/rdiff-gui.1.gz"),
        ("zsh/site-functions/_rdiff-gui", "usr/share/zsh/vendor-completions/_rdiff-gui"),
    ],
)
def test_each_asset_goes_where_debian_looks_for_it(asset: str, place: str) -> None:
    """A .deb that is installed needs no further command."""
    code = (
        "import sys; from pathlib import PurePosixPath; "
        "from downloads.debian_package import system_place as place; "
        "print(place(PurePosixPath(sys.argv[1])))"
    )
    assert ask(code, asset) == place


def test_the_maintainer_has_a_name_and_an_address() -> None:
    """Which dpkg asks for; where nobody gave one it is a domain that can be nobody's."""
    found = ask("from downloads.debian_package import maintainer; print(maintainer())")
    assert found == "rdiff-gui maintainers <noreply@rdiff-gui.invalid>"


def test_two_zips_of_the_same_files_are_the_same(tmp_path: Path) -> None:
    """Whenever a file was written, it is of the commit's date, and has the rights of any file."""
    code = (
        "import sys; from pathlib import Path; from downloads.archive import make_zip; "
        "make_zip(Path(sys.argv[1]), Path(sys.argv[2]), 'top', 1_700_000_000)"
    )
    made = []
    for number in range(2):
        folder = tmp_path / f"folder-{number}"
        (folder / "within").mkdir(parents=True)
        for name in ("b", "a", "within/我的 c")[:: 1 - 2 * number]:
            (folder / name).write_text(name)
            os.utime(folder / name, (10**9 + number, 10**9 + number))
        (folder / "a").chmod(0o700 + number)
        ask(code, folder, tmp_path / f"{number}.zip")
        made.append((tmp_path / f"{number}.zip").read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as packed:
        assert packed.namelist() == ["top/a", "top/b", "top/within/我的 c"]
        assert {member.date_time for member in packed.infolist()} == {(2023, 11, 14, 22, 13, 20)}
        assert packed.read("top/within/我的 c").decode() == "within/我的 c"


def test_two_sealed_archives_of_the_same_files_are_the_same(tmp_path: Path) -> None:
    """Neither the hour of the build nor the order in which things were packed is seen."""
    made = []
    for number, names in enumerate((("b", "a"), ("a", "b"))):
        packed = tmp_path / f"packed-{number}"
        with tarfile.open(packed, "w:xz", format=tarfile.GNU_FORMAT) as archive:
            for name in names:
                member = tarfile.TarInfo(name)
                member.size, member.mode, member.mtime = 1, 0o755, int(time.time()) - number
                member.uid = member.gid = 1000 + number
                archive.addfile(member, io.BytesIO(name.encode()))
            link = tarfile.TarInfo(".staticx.prog")
            link.type, link.linkname = tarfile.SYMTYPE, "a"
            archive.addfile(link)
        ask(PACK, packed, tmp_path / f"plain-{number}")
        made.append((tmp_path / f"plain-{number}").read_bytes())
    assert made[0] == made[1]
    with tarfile.open(fileobj=io.BytesIO(lzma.decompress(made[0]))) as archive:
        assert archive.getnames() == [".staticx.prog", "a", "b"]
        assert {member.mtime for member in archive} == {1_700_000_000}
        assert archive.getmember("a").mode == 0o755
        assert archive.getmember(".staticx.prog").linkname == "a"
        content = archive.extractfile("b")
        assert content
        assert content.read() == b"b"
