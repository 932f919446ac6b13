"""A time-stamping authority for tests: its own root, `openssl ts -reply` behind a server on this machine."""

from __future__ import annotations

import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.conftest import skip_or_fail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OPENSSL: Final = shutil.which("openssl")
CONFIG: Final = """
[tsa]
default_tsa = tsa_one
[tsa_one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def issue(
    subject: str,
    key: EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: EllipticCurvePrivateKey,
    until: datetime,
) -> x509.Certificate:
    """A certificate: of a root where subject and issuer are one, else of an authority for time-stamps."""
    is_root = subject == issuer
    made = (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    )
    if not is_root:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(usage, critical=True)
    return made.sign(issuer_key, SHA256())


@dataclass
class Authority:
    """Its files, where it answers, and how an answer may be spoilt on the way."""

    folder: Path
    url: str = ""
    asked: int = 0
    spoil: Callable[[bytes], bytes] = field(default=lambda answer: answer)

    @property
    def root(self) -> Path:
        """The certificate by which its answers are believed."""
        return self.folder / "root.pem"

    def certify(self, until: datetime) -> None:
        """Give the authority a certificate that ends so."""
        root, key = (generate_private_key(SECP256R1()) for _ in range(2))
        pairs = (
            (
                self.root,
                issue("test root", root, "test root", root, datetime.now(UTC) + timedelta(days=9000)),
            ),
            (self.folder / "tsa.pem", issue("test authority", key, "test root", root, until)),
        )
        for path, certificate in pairs:
            path.write_bytes(certificate.public_bytes(Encoding.PEM))
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / "tsa.key").write_bytes(secret)

    def reply(self, question: bytes) -> bytes:
        """What `openssl ts` answers."""
        asked, answered = self.folder / "question.tsq", self.folder / "answer.tsr"
        asked.write_bytes(question)
        config = self.folder / "tsa.cnf"
        subprocess.run(
            [
                "openssl",
                "ts",
                "-reply",
                "-config",
                config,
                "-section",
                "tsa_one",
                "-queryfile",
                asked,
                "-out",
                answered,
            ],
            check=True,
            capture_output=True,
        )
        self.asked += 1
        return self.spoil(answered.read_bytes())

    def verifies(self, data: bytes, answer: bytes) -> bool:
        """Whether `openssl ts -verify` takes the answer for this data."""
        (self.folder / "data").write_bytes(data)
        (self.folder / "kept.tsr").write_bytes(answer)
        command = ["openssl", "ts", "-verify", "-data", "data", "-in", "kept.tsr", "-CAfile", "root.pem"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, check=False)
        return done.returncode == 0 and b"Verification: OK" in done.stdout + done.stderr


@contextmanager
def authority(folder: Path, until: datetime | None = None) -> Iterator[Authority]:
    """An authority that answers on this machine while the block lasts."""
    if OPENSSL is None:
        skip_or_fail("no openssl on this machine")
    folder.mkdir(parents=True, exist_ok=True)
    made = Authority(folder)
    made.certify(until or datetime.now(UTC) + timedelta(days=800))
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = made.reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
