"""The files that tell desktops about the program: icons, entry, types of files, metadata."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from rdiff_gui.desktop.own_files import APP_ID, ENTRY, SHARE, shared_files, window_icons
from rdiff_gui.engine import make_delta_from_files
from rdiff_gui.formats.magic import DELTA_MAGIC, SIGNATURE_MAGICS
from tests.conftest import MakeFile, Rdiff

ROOT = Path(__file__).parents[2]
ICONS = SHARE / "icons/hicolor"
MIME = SHARE / f"mime/packages/{APP_ID}.xml"
METAINFO = SHARE / f"metainfo/{APP_ID}.metainfo.xml"
SIGNATURE_TYPE = "application/x-rdiff-signature"
DELTA_TYPE = "application/x-rdiff-delta"
MIME_NAMESPACE = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels. Source: PNG specification, IHDR."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def entry() -> configparser.SectionProxy:
    """The desktop entry's keys."""
    found = configparser.RawConfigParser(strict=True)
    found.optionxform = str  # type: ignore[method-assign,assignment]  # the documented way
    found.read_string((SHARE / ENTRY).read_text(encoding="utf-8"))
    return found["Desktop Entry"]


# --- icons ---------------------------------------------------------------------------------------


def test_icons_are_of_the_present_drawing() -> None:
    """Whoever changes the drawing is reminded of the command that makes the icons."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools/icons", "--check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_icons_have_the_sizes_that_their_folders_say() -> None:
    """16 to 512 pixels for the program, and whatever there is for the types of files."""
    apps = {png_size(path.read_bytes()) for path in ICONS.glob("*/apps/*.png")}
    assert apps == {(size, size) for size in (16, 22, 24, 32, 48, 64, 128, 256, 512)}
    pictures = sorted(ICONS.rglob("*.png"))
    for path in pictures:
        width, height = png_size(path.read_bytes())
        assert path.parts[-3] == f"{width}x{height}"
    names = {path.stem for path in ICONS.rglob("*.*")}
    assert names == {APP_ID, SIGNATURE_TYPE.replace("/", "-"), DELTA_TYPE.replace("/", "-")}
    assert {path.stem for path in ICONS.glob("scalable/*/*.svg")} == names


def test_windows_gets_an_ico_with_all_sizes() -> None:
    """16 to 256 pixels; a width of 0 says 256. Source: the ICO format, ICONDIRENTRY."""
    ico = (ROOT / "assets/icons/rdiff-gui.ico").read_bytes()
    reserved, kind, count = struct.unpack_from("<HHH", ico)
    assert (reserved, kind) == (0, 1)
    widths = [ico[6 + 16 * place] or 256 for place in range(count)]
    assert widths == [16, 24, 32, 48, 64, 256]


def test_macos_gets_an_icns_with_all_sizes() -> None:
    """16 to 512 pixels. Source: the ICNS format, types is32 (16) to ic09 (512)."""
    icns = (ROOT / "assets/icons/rdiff-gui.icns").read_bytes()
    assert struct.unpack(">4sI", icns[:8]) == (b"icns", len(icns))
    kinds, place = set(), 8
    while place < len(icns):
        kind, length = struct.unpack_from(">4sI", icns, place)
        kinds.add(kind)
        place += length
    assert {b"is32", b"il32", b"ih32", b"it32", b"ic08", b"ic09"} <= kinds


def test_the_window_wears_the_same_icon() -> None:
    """In the sizes that task bars and switchers ask for."""
    assert sorted(png_size(icon)[0] for icon in window_icons()) == [16, 32, 48, 128]


# --- the entry and the metadata ------------------------------------------------------------------


def test_the_desktop_entry_is_valid() -> None:
    """desktop-file-validate finds nothing to say, not even a hint."""
    checked = subprocess.run(
        ["desktop-file-validate", SHARE / ENTRY], capture_output=True, text=True, check=True
    )
    assert checked.stdout + checked.stderr == ""


def test_the_desktop_entry_opens_several_files_of_our_types() -> None:
    """One window for all files that were marked, and its own entry in the task bar."""
    keys = entry()
    assert keys["Exec"] == "rdiff-gui -- %F"
    assert keys["Icon"] == APP_ID
    assert keys["MimeType"].rstrip(";").split(";") == [SIGNATURE_TYPE, DELTA_TYPE]


def test_the_metadata_is_valid() -> None:
    """All of it; there are no pictures on the network to look for.

    There is no home page to name, and AppStream before 1.0 knows developers by another tag only.
    """
    version = subprocess.run(["appstreamcli", "--version"], capture_output=True, check=True)
    tag = "unknown-tag" if b" 0." in version.stdout else "url-homepage-missing"
    command = ["appstreamcli", "validate", "--no-net", "--strict", f"--override={tag}=pedantic"]
    done = subprocess.run([*command, METAINFO], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_all_agree_on_the_name_of_the_application() -> None:
    """Metadata, entry, icon, types of files and the macOS bundle."""
    metadata = ET.parse(METAINFO).getroot()  # noqa: S314  # our own file
    assert metadata.findtext("id") == APP_ID
    assert metadata.findtext("launchable") == ENTRY.name
    provided = [kind.text for kind in metadata.findall("provides/mediatype")]
    assert provided == [SIGNATURE_TYPE, DELTA_TYPE]
    assert f'bundle_identifier="{APP_ID}"' in (ROOT / "build.spec").read_text()


def test_the_metadata_tells_the_releases_of_the_changelog() -> None:
    """Each version that has a date, with that date, newest first."""
    changelog = (ROOT / "CHANGELOG.md").read_text()
    dated = re.findall(r"^## \[(\d[^\]]*)\] - (\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE)
    releases = ET.parse(METAINFO).getroot().findall("releases/release")  # noqa: S314  # our own file
    assert [(one.get("version"), one.get("date")) for one in releases] == dated


# --- types of files ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh data folder of a user, with our types of files alone."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(SHARE / "mime", folder / "mime")
    done = subprocess.run(
        ["update-mime-database", folder / "mime"], check=True, capture_output=True, text=True,
        env={**os.environ, "XDG_DATA_HOME": str(folder)},
    )  # fmt: skip
    assert done.stdout + done.stderr == ""
    return folder


def type_of(path: Path, data_home: Path) -> str:
    """What gio takes a file for."""
    done = subprocess.run(
        ["gio", "info", "-a", "standard::content-type", path],
        check=True, capture_output=True, text=True,
        env={**os.environ, "XDG_DATA_HOME": str(data_home)},
    )  # fmt: skip
    return done.stdout.split("standard::content-type: ")[1].strip()


@pytest.mark.parametrize("name", ["photos.db.rsig", "photos.db.rdelta"])
def test_no_other_icon_is_offered_for_our_files(
    name: str, make_file: MakeFile, data_home: Path
) -> None:
    """GTK takes the first that its theme has: any other name would hide our own icon."""
    done = subprocess.run(
        ["gio", "info", "-a", "standard::icon", make_file(name, 5000)],
        check=True, capture_output=True, text=True,
        env={**os.environ, "XDG_DATA_HOME": str(data_home)},
    )  # fmt: skip
    icons = done.stdout.split("standard::icon: ")[1].strip().split(", ")
    kind = {".rsig": SIGNATURE_TYPE, ".rdelta": DELTA_TYPE}[Path(name).suffix]
    assert {icon.removesuffix("-symbolic") for icon in icons} == {kind.replace("/", "-")}


def test_all_five_magics_are_told_and_no_name_of_others_claimed() -> None:
    """The same numbers as the program knows; `*.sig` stays PGP's."""
    types = {
        kind.attrib["type"]: kind
        for kind in ET.parse(MIME).getroot().findall("m:mime-type", MIME_NAMESPACE)  # noqa: S314
    }
    numbers = {
        name: {int(m.attrib["value"], 0) for m in kind.findall(".//m:match", MIME_NAMESPACE)}
        for name, kind in types.items()
    }
    assert numbers == {SIGNATURE_TYPE: SIGNATURE_MAGICS, DELTA_TYPE: {DELTA_MAGIC}}
    globs = [
        glob.attrib["pattern"]
        for kind in types.values()
        for glob in kind.findall("m:glob", MIME_NAMESPACE)
    ]
    assert globs == ["*.rsig", "*.rdelta"]


@pytest.mark.parametrize("strong", ["md4", "blake2"])
@pytest.mark.parametrize("rolling", ["rollsum", "rabinkarp"])
def test_gio_names_what_rdiff_made(
    strong: str, rolling: str, make_file: MakeFile, rdiff: Rdiff, data_home: Path, tmp_path: Path
) -> None:
    """Signatures of all four kinds and deltas, without any extension, from the real rdiff."""
    old = make_file("old", 5000)
    rdiff("-H", strong, "-R", rolling, "signature", old, tmp_path / "one")
    rdiff("delta", tmp_path / "one", make_file("new", 6000), tmp_path / "two")
    assert type_of(tmp_path / "one", data_home) == SIGNATURE_TYPE
    assert type_of(tmp_path / "two", data_home) == DELTA_TYPE
    assert type_of(old, data_home) == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("new.rdelta", DELTA_TYPE),
        ("photos.db.rdelta", DELTA_TYPE),
        ("photos.db.delta", "application/zstd"),
    ],
)
def test_a_compressed_delta_is_known_by_its_name(
    name: str, kind: str, make_file: MakeFile, data_home: Path, tmp_path: Path
) -> None:
    """Its content begins as any zstd file's: this is why the window writes `.rdelta`."""
    make_delta_from_files(
        make_file("old", 5000), make_file("new", b"new"), tmp_path / name,
        compress=True,
    )  # fmt: skip
    assert type_of(tmp_path / name, data_home) == kind


def test_a_signature_called_sig_is_taken_for_pgps(
    make_file: MakeFile, rdiff: Rdiff, data_home: Path, tmp_path: Path
) -> None:
    """Names come before content, and `.sig` is PGP's: this is why the window writes `.rsig`."""
    old = make_file("old", 5000)
    for name in ("old.sig", "old.rsig"):
        rdiff("signature", old, tmp_path / name)
    assert type_of(tmp_path / "old.sig", data_home) == "application/pgp-signature"
    assert type_of(tmp_path / "old.rsig", data_home) == SIGNATURE_TYPE


def test_what_is_for_users_is_all_but_the_metadata() -> None:
    """Software centres read that from the system's folders alone."""
    names = {str(path) for path in shared_files()}
    assert str(ENTRY) in names
    assert f"mime/packages/{APP_ID}.xml" in names
    assert not [name for name in names if "metainfo" in name]
