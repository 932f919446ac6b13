"""The detached signature over a bag's tag manifest: CMS with ECDSA P-256, made the same every time.

The builder of `cryptography` takes the machine's time and a random number; a bundle must be
reproducible (BND-05), so the few values of RFC 5652 are written here: signed attributes with the
instant of the register, the certificate bound in (RFC 5035, CAdES), and the random number of ECDSA
derived from key and content (RFC 6979).
"""

from __future__ import annotations

import hashlib
import warnings
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import Certificate, load_der_x509_certificate

from qms.evidence.der import (
    CONTEXT_0,
    GENERAL_TIME,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    UTC_TIME,
    integer,
    oid,
    read,
    sequence,
    set_of,
    value,
)

if TYPE_CHECKING:
    from datetime import datetime

_DATA: Final = oid("1.2.840.113549.1.7.1")
_SIGNED_DATA: Final = oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE: Final = oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST: Final = oid("1.2.840.113549.1.9.4")
_SIGNING_TIME: Final = oid("1.2.840.113549.1.9.5")
_SIGNING_CERTIFICATE: Final = oid("1.2.840.113549.1.9.16.2.47")
_SHA256: Final = sequence(oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256: Final = sequence(oid("1.2.840.10045.4.3.2"))
_LAST_UTC_YEAR: Final = 2049


def sign(key: EllipticCurvePrivateKey, certificate: Certificate, content: bytes, at: datetime) -> bytes:
    """A detached signature over `content` in DER; same key, certificate, content and instant, same bytes."""
    attributes = _attributes(certificate, content, at)
    signature = key.sign(_to_sign(attributes), ECDSA(SHA256(), deterministic_signing=True))
    return _assembled(certificate, attributes, signature)


def check(signed: bytes, content: bytes, at: datetime) -> Certificate:
    """The certificate that signed `content` at the instant `at`; a ValueError says what is wrong.

    The whole signature is built again from its certificate and value and compared byte for byte, so
    nothing in it is beyond the check. Whose certificate it is, is for the fingerprint to say.
    """
    certificate, signature = _parts(signed)
    attributes = _attributes(certificate, content, at)
    if _assembled(certificate, attributes, signature) != signed:
        raise ValueError("the signature does not belong to this tag manifest")
    try:
        public = certificate.public_key()
    except UnsupportedAlgorithm as fault:
        raise ValueError("the key of the certificate is of another kind") from fault
    if not isinstance(public, EllipticCurvePublicKey):
        raise ValueError("the key of the certificate is of another kind")  # noqa: TRY004 - one kind of refusal
    try:
        public.verify(signature, _to_sign(attributes), ECDSA(SHA256()))
    except InvalidSignature as fault:
        raise ValueError("the signature does not fit the certificate") from fault
    return certificate


def _parts(signed: bytes) -> tuple[Certificate, bytes]:
    outer, rest = read(signed, SEQUENCE)
    if rest:
        raise ValueError("something follows the signature")
    _, rest = read(outer, OID)
    explicit, _ = read(rest, CONTEXT_0)
    inside, _ = read(explicit, SEQUENCE)
    for tag in (0x02, SET, SEQUENCE):
        _, inside = read(inside, tag)
    raw, inside = read(inside, CONTEXT_0)
    signers, _ = read(inside, SET)
    signer, _ = read(signers, SEQUENCE)
    for tag in (0x02, SEQUENCE, SEQUENCE, CONTEXT_0, SEQUENCE):
        _, signer = read(signer, tag)
    signature, _ = read(signer, OCTETS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", CryptographyDeprecationWarning)
            return load_der_x509_certificate(raw), signature
    except (x509.InvalidVersion, CryptographyDeprecationWarning) as fault:
        raise ValueError("the certificate has an unknown form") from fault


def _time(at: datetime) -> bytes:
    if at.year > _LAST_UTC_YEAR:
        return value(GENERAL_TIME, at.strftime("%Y%m%d%H%M%SZ").encode())
    return value(UTC_TIME, at.strftime("%y%m%d%H%M%SZ").encode())


def _attributes(certificate: Certificate, content: bytes, at: datetime) -> list[bytes]:
    fingerprint = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    bound = sequence(sequence(sequence(value(OCTETS, fingerprint))))
    told = (
        (_CONTENT_TYPE, _DATA),
        (_SIGNING_TIME, _time(at)),
        (_MESSAGE_DIGEST, value(OCTETS, hashlib.sha256(content).digest())),
        (_SIGNING_CERTIFICATE, bound),
    )
    return [sequence(name, set_of([what])) for name, what in told]


def _to_sign(attributes: list[bytes]) -> bytes:
    return set_of(attributes)


def _assembled(certificate: Certificate, attributes: list[bytes], signature: bytes) -> bytes:
    issuer = sequence(certificate.issuer.public_bytes(), integer(certificate.serial_number))
    signer = sequence(
        integer(1),
        issuer,
        _SHA256,
        set_of(attributes, CONTEXT_0),
        _ECDSA_SHA256,
        value(OCTETS, signature),
    )
    signed = sequence(
        integer(1),
        set_of([_SHA256]),
        sequence(_DATA),
        value(CONTEXT_0, certificate.public_bytes(Encoding.DER)),
        set_of([signer]),
    )
    return sequence(_SIGNED_DATA, value(CONTEXT_0, signed))
