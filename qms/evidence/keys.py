"""The workspace's bundle key: ECDSA P-256 with a certificate it issued to itself, made once (BND-01)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from qms.evidence import cms
from qms.evidence.errors import BundleKeyExists, BundleKeyMissing, BundleKeyUnusable
from qms.kernel.secret_files import OpenToOthersError, read_private, write_once

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE: Final = "bundle-key.pem"
CERTIFICATE: Final = "bundle-certificate.pem"
_NO_END: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # RFC 5280 4.1.2.5: no known end
_NAME_LIMIT: Final = 60


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 of the certificate (its DER form), in hex; what people compare by another way."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def spelled(digest: str) -> str:
    """A fingerprint as OpenSSL prints it: capitals, two by two."""
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2)).upper()


def plain(text: str) -> str:
    """A fingerprint as a person typed it, without separators, in small letters."""
    return text.lower().removeprefix("sha256").translate({ord(sign): None for sign in " :-=\t\n"})


@dataclass(frozen=True, slots=True)
class BundleKey:
    """The secret half with its certificate; leaves its file only into the memory of who signs."""

    key: EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the certificate."""
        return fingerprint(self.certificate)

    def seal(self, content: bytes, at: datetime) -> bytes:
        """A detached CMS signature over the content."""
        return cms.sign(self.key, self.certificate, content, at)


def make_key(folder: Path, organisation: str, now: datetime) -> BundleKey:
    """Make the workspace's bundle key, mode 0600, and its certificate; never over an old one."""
    key = generate_private_key(SECP256R1())
    made = BundleKey(key, _certificate(key, organisation, now))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / PRIVATE
    certificate = made.certificate.public_bytes(Encoding.PEM)
    try:
        write_once(path, secret + certificate)
    except FileExistsError as fault:
        raise BundleKeyExists(path=path) from fault
    (folder / CERTIFICATE).write_bytes(certificate)
    return made


def _certificate(key: EllipticCurvePrivateKey, organisation: str, now: datetime) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:_NAME_LIMIT]),
            x509.NameAttribute(NameOID.COMMON_NAME, "qms evidence bundles"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(_NO_END)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )


def load_key(folder: Path) -> BundleKey:
    """Read the workspace's bundle key; refused when anyone but its owner could read it."""
    path = folder / PRIVATE
    try:
        content = read_private(path)
    except FileNotFoundError as fault:
        raise BundleKeyMissing(path=path) from fault
    except OpenToOthersError as fault:
        raise BundleKeyUnusable(path=path, fault=fault) from fault
    try:
        key = load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificate(content)
    except (ValueError, TypeError) as fault:
        raise BundleKeyUnusable(path=path, fault=fault) from fault
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise BundleKeyUnusable(path=path, fault=type(key).__name__)
    return BundleKey(key, certificate)
