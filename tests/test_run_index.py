"""./run where the real pip finds no package index that it could use."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pip
import pytest

ROOT = Path(__file__).parent.parent

# Until 2126; signed by itself and trusted by nobody.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjN7yS4xZiVvt7OL5
1lV5+VPDFDkT9d1zBWlA7eZsffGhRANCAARC/K2PXU3mglSQ8gGj5Cgc8aUvtSwk
SyniG3W6AoB038TL3WDZvlEOYjRUppXEQvAcjc9zyidfbQZ17QDge8Cf
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUafjo+E3Dd4xRn3/eB/CVCC7JoCQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTE1MjgzMloYDzIxMjYxMTA1
MTUyODMyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARC/K2PXU3mglSQ8gGj5Cgc8aUvtSwkSyniG3W6AoB038TL3WDZvlEO
YjRUppXEQvAcjc9zyidfbQZ17QDge8Cfo2kwZzAdBgNVHQ4EFgQU+M4ICK2wab8/
EQXCZAGer7VAMsIwHwYDVR0jBBgwFoAU+M4ICK2wab8/EQXCZAGer7VAMsIwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SQAwRgIhAPvlytCmXIQHe6jHZEGqUuFVBtt3fXLmA/z/gDP2zTF+AiEA7H3dpsIh
+gIYpLw0Mo1t5Lx/rxJ/oai4H7EeuM7gshc=
-----END CERTIFICATE-----
"""


class Silent(SimpleHTTPRequestHandler):
    """Says nothing of what it is asked for."""

    def log_message(self, *_words: object) -> None:
        """Nothing."""


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[str]:
    """The address of an index whose certificate nobody trusts."""
    certificate = tmp_path / "certificate.pem"
    certificate.write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}/simple"
        server.shutdown()


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with our pip and nothing else: to have a new one unpacked takes seconds."""
    folder = tmp_path_factory.mktemp("made") / "venv"
    subprocess.run([sys.executable, "-I", "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python3*/site-packages")
    shutil.copytree(Path(pip.__file__).parent, packages / "pip")
    return folder


def start(folder: Path, venv: Path, **environment: str) -> tuple[list[str], int]:
    """Start a copy of the project for the first time; what it says, and how often pip retried."""
    for name in ("run", "pyproject.toml", "tools/setup.sh", "rdiff_gui"):
        source, target = ROOT / name, folder / "project" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    shutil.copytree(venv, folder / "project/.venv", symlinks=True)
    given = {"HOME": str(folder), "PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        [folder / "project/run", "--version"],
        capture_output=True,
        text=True,
        check=False,
        env={**given, **environment},
    )
    assert (done.returncode, done.stdout) == (1, "")
    log = (folder / "project/.run/set-up.log").read_text()
    return done.stderr.splitlines(), log.count("Retry(")


def test_an_untrusted_certificate_is_called_so(untrusted: str, venv: Path, tmp_path: Path) -> None:
    """As behind a company's proxy; pip's last word is that there is no setuptools."""
    lines, retries = start(tmp_path, venv, PIP_INDEX_URL=untrusted)
    assert lines[2] == (
        "The Python packages could not be installed: the package index shows a certificate that "
        "this computer does not trust, as behind the proxy of a company (the file named in "
        "PIP_CERT is trusted)."
    )
    assert lines[3].startswith("The downloads bring all they need: see Install in README.md.")
    assert retries == 1


@pytest.mark.parametrize("variable", ["PIP_INDEX_URL", "PIP_PROXY"])
def test_an_index_out_of_reach_is_called_so(variable: str, venv: Path, tmp_path: Path) -> None:
    """With the real cause and the way out, and without the growing pauses of five retries."""
    nobody = {"PIP_INDEX_URL": "https://127.0.0.1:9/simple", variable: "http://127.0.0.1:9"}
    lines, retries = start(tmp_path, venv, **nobody)
    assert lines[2] == (
        "The Python packages could not be installed: the package index cannot be reached, for lack "
        "of a network or of the right proxy."
    )
    assert lines[3].startswith("The downloads bring all they need: see Install in README.md.")
    assert retries == 1
