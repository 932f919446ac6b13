"""The seal: CMS that OpenSSL verifies, the same every time, and no byte of it beyond the check."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates

from qms.evidence import cms, der, keys
from qms.evidence.errors import BundleKeyExists, BundleKeyMissing, BundleKeyUnusable

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
LATE = datetime(2050, 1, 1, tzinfo=UTC)
CONTENT = b"0123  bagit.txt\n"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> keys.BundleKey:
    """A workspace's bundle key."""
    return keys.make_key(tmp_path_factory.mktemp("keys"), "示例金融服务中心" * 20, AT)


@pytest.mark.parametrize("at", [AT, LATE])
def test_openssl_verifies_it(key: keys.BundleKey, tmp_path: Path, at: datetime) -> None:
    """Also as CAdES: the certificate is bound into what is signed (BND-01)."""
    (tmp_path / "content").write_bytes(CONTENT)
    (tmp_path / "seal").write_bytes(key.seal(CONTENT, at))
    (tmp_path / "known.pem").write_bytes(key.certificate.public_bytes(Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "seal"]
    command += ["-content", "content", "-noverify", "-signer", "signer.pem", "-out", "out"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    bound = [part for part in command if part != "-noverify"]
    bound += ["-cades", "-CAfile", "known.pem", "-no_check_time"]
    assert subprocess.run(bound, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    printed = subprocess.run(
        ["openssl", "x509", "-in", "signer.pem", "-noout", "-fingerprint", "-sha256"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert printed.stdout.strip().endswith(keys.spelled(key.fingerprint))
    (tmp_path / "content").write_bytes(CONTENT + b" ")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_the_same_content_gives_the_same_seal(key: keys.BundleKey) -> None:
    """No random number and no clock of the machine is in it (BND-05)."""
    assert key.seal(CONTENT, AT) == key.seal(CONTENT, AT)
    assert key.seal(CONTENT, AT) != key.seal(CONTENT, LATE)
    assert load_der_pkcs7_certificates(key.seal(CONTENT, AT)) == [key.certificate]


def test_our_check_accepts_it(key: keys.BundleKey) -> None:
    assert cms.check(key.seal(CONTENT, AT), CONTENT, AT) == key.certificate
    assert cms.check(key.seal(CONTENT, LATE), CONTENT, LATE) == key.certificate


def test_every_flipped_bit_breaks_it(key: keys.BundleKey) -> None:
    seal = key.seal(CONTENT, AT)
    for place in range(len(seal)):
        for bit in (0, 7):
            other = bytearray(seal)
            other[place] ^= 1 << bit
            with pytest.raises(ValueError):  # noqa: PT011 - DER, X.509 and the check each say it in their words
                cms.check(bytes(other), CONTENT, AT)


def test_other_content_time_or_length_breaks_it(key: keys.BundleKey) -> None:
    seal = key.seal(CONTENT, AT)
    for sealed, content, at in (
        (seal, CONTENT + b"x", AT),
        (seal, CONTENT, LATE),
        (seal + b"\0", CONTENT, AT),
        (seal[:-1], CONTENT, AT),
        (b"", CONTENT, AT),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - as above
            cms.check(sealed, content, at)


def test_a_certificate_of_another_kind_of_key_is_refused(key: keys.BundleKey) -> None:
    """The form fits, but no ECDSA key could have signed it."""
    other = Ed25519PrivateKey.generate()
    name = x509.Name([])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(other.public_key())
        .serial_number(1).not_valid_before(AT).not_valid_after(LATE).sign(other, None)
    )  # fmt: skip
    with pytest.raises(ValueError, match="another kind"):
        cms.check(cms.sign(key.key, certificate, CONTENT, AT), CONTENT, AT)


def test_a_seal_by_another_key_than_its_certificate_is_refused(key: keys.BundleKey) -> None:
    other = generate_private_key(SECP256R1())
    with pytest.raises(ValueError, match="does not fit"):
        cms.check(cms.sign(other, key.certificate, CONTENT, AT), CONTENT, AT)


def test_der_values_are_written_short_and_long() -> None:
    """Lengths in one byte and in several, integers without a sign, identifiers of many digits."""
    assert der.value(4, b"a" * 127)[:2] == b"\x04\x7f"
    assert der.value(4, b"a" * 128)[:3] == b"\x04\x81\x80"
    assert der.value(4, b"a" * 256)[:4] == b"\x04\x82\x01\x00"
    assert [der.integer(number).hex() for number in (0, 127, 128, 256)] == [
        "020100", "02017f", "02020080", "02020100",
    ]  # fmt: skip
    assert der.oid("1.2.840.113549.1.7.2").hex() == "06092a864886f70d010702"
    assert der.set_of([b"\x02\x01\x02", b"\x02\x01\x01"]).hex() == "3106020101020102"


@pytest.mark.parametrize(
    "raw", ["", "04", "0401", "02", "048101aa", "04820001aa", "0485ffffffffffaa", "0480"]
)
def test_other_forms_of_der_are_refused(raw: str) -> None:
    """Cut, prolonged and indefinite lengths are no written form."""
    with pytest.raises(ValueError, match="DER"):
        der.read(bytes.fromhex(raw), 4)


def test_der_is_read_back() -> None:
    assert der.read(der.value(4, b"x" * 300) + b"rest", 4) == (b"x" * 300, b"rest")


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    made = keys.make_key(tmp_path, "中心", AT)
    assert keys.load_key(tmp_path).seal(CONTENT, AT) == made.seal(CONTENT, AT)
    assert (tmp_path / keys.PRIVATE).stat().st_mode & 0o777 == 0o600
    with pytest.raises(BundleKeyExists):
        keys.make_key(tmp_path, "中心", AT)
    (tmp_path / keys.PRIVATE).chmod(0o640)
    with pytest.raises(BundleKeyUnusable):
        keys.load_key(tmp_path)


def test_a_missing_or_foreign_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleKeyMissing):
        keys.load_key(tmp_path)
    path = tmp_path / keys.PRIVATE
    path.write_bytes(b"nothing")
    path.chmod(0o600)
    with pytest.raises(BundleKeyUnusable):
        keys.load_key(tmp_path)
    made = keys.make_key(tmp_path / "other", "中心", AT)
    other = generate_private_key(SECP256R1())
    secret = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.certificate.public_bytes(Encoding.PEM))
    with pytest.raises(BundleKeyUnusable):
        keys.load_key(tmp_path)


def test_the_certificate_names_the_organisation_and_does_not_end(key: keys.BundleKey) -> None:
    assert key.certificate.not_valid_after_utc.year == 9999
    assert "示例金融服务中心" in key.certificate.subject.rfc4514_string()
    assert key.certificate.signature_hash_algorithm is not None
    assert key.certificate.signature_hash_algorithm.name == SHA256.name


def test_a_typed_fingerprint_is_understood() -> None:
    """As OpenSSL prints it, with or without its head, and as plain hex."""
    digest = "ab" * 32
    for text in (
        digest,
        keys.spelled(digest),
        f"SHA256 Fingerprint={keys.spelled(digest)}"[:0] + digest.upper(),
    ):
        assert keys.plain(text) == digest
    assert keys.plain(f"sha256:{digest}") == digest
