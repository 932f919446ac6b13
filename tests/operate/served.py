"""A workspace served as docs/operate.md says: gunicorn, worker, and nginx with the shipped file."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.conftest import skip_or_fail
from tests.house.reading import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NGINX: Final = Path("/usr/sbin/nginx")
DEPLOY: Final = ROOT / "docs" / "deploy"
HOST: Final = "qms.example.org"
TOKEN: Final = "canary-of-the-bearer"  # noqa: S105 - of the tests
PATIENCE: Final = 60.0
_AROUND: Final = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Served:
    """Where everything listens, and where it logs."""

    home: Path
    folder: Path
    port: int
    plain: int
    secure: int

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask the proxy over TLS, on a connection of its own."""
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        line = http.client.HTTPSConnection("127.0.0.1", self.secure, timeout=PATIENCE, context=context)
        return _asked(line, path, method, body, {"Host": HOST, **_named(headers)})

    def past(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask the pages themselves, past the proxy, as this machine may."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        return _asked(line, path, "GET", None, _named(headers))

    def events(self) -> list[dict[str, Any]]:
        """What both services have logged so far; every line is an object."""
        return [json.loads(line) for line in (self.folder / "log").read_text("utf-8").splitlines()]


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _asked(
    line: http.client.HTTPConnection, path: str, method: str, body: bytes | None, headers: Mapping[str, str]
) -> tuple[http.client.HTTPResponse, bytes]:
    with closing(line):
        line.request(method, path, body, dict(headers))
        answer = line.getresponse()
        return answer, answer.read()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(home: Path, folder: Path) -> Iterator[Served]:
    """Both services and the proxy over a workspace; whatever of them is left is ended."""
    if not NGINX.is_file():
        skip_or_fail(f"there is no {NGINX}; install it with: apt-get install nginx-light")
    served = Served(home, folder, free_port(), free_port(), free_port())
    folder.mkdir()
    _certificate(folder)
    _site(served)
    ours = [sys.executable, "-m", "qms.cli", "--home", str(home), "serve", "--port", str(served.port)]
    with (
        (folder / "log").open("wb") as log,
        (folder / "out").open("wb") as out,
        _running([*ours, "--processes", "2", "--with-worker"], stdout=out, stderr=log) as pages,
        _running([str(NGINX), "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=out) as proxy,
    ):
        _until_answered(served, (pages, proxy))
        yield served


@contextmanager
def _running(command: list[str], **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(command, start_new_session=True, **streams)
    try:
        yield child
    finally:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
         "2", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1",
         "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


def _site(served: Served) -> None:
    """The shipped file with the ports and folders of a test; whatever is not found fails."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    changes = {
        "listen 80;": f"listen 127.0.0.1:{served.plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{served.secure} ssl http2;",
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "/etc/qms/tls": str(served.folder),
        "/var/log/nginx": str(served.folder),
        "http://127.0.0.1:8000": f"http://127.0.0.1:{served.port}",
    }
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    (served.folder / "site.conf").write_text(text, "utf-8")
    (served.folder / "nginx.conf").write_text(_AROUND.format(folder=served.folder), "utf-8")


def _until_answered(served: Served, children: tuple[subprocess.Popen[bytes], ...]) -> None:
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.1)):
        if any(child.poll() is not None for child in children):
            told = [(served.folder / name).read_text("utf-8", "replace") for name in ("out", "log")]
            pytest.fail(f"it ended: {told}")
        with suppress(OSError):
            if served.ask("/healthz")[0].status == 200:
                return
        pause.wait(0.1)
    pytest.fail("nobody answers")
