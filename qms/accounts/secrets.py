"""Argon2id hashes, sealed keys and secrets of people, and random tokens; knows no database."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from qms.kernel.secret_files import write_once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# OWASP's first choice for Argon2id; raising these upgrades each hash at the next sign-in.
_TIME: Final = 2
_MEMORY_KB: Final = 19 * 1024
_LANES: Final = 1
_READABLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_FACTOR_KEY: Final = "factor.secret"
_HASHER: Final = PasswordHasher(time_cost=_TIME, memory_cost=_MEMORY_KB, parallelism=_LANES, type=Type.ID)
# What an unknown login is checked against, so that it costs the same time (SEC-09).
_NOBODY: Final = _HASHER.hash(secrets.token_hex())


def hashed(password: str) -> str:
    """The Argon2id hash of the exact password."""
    return _HASHER.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether the password gives the stored hash; without one the answer takes as long and is no."""
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker settings than today's (SEC-08)."""
    return _HASHER.check_needs_rehash(stored)


def new_token() -> str:
    """A session token of 256 random bits (SEC-01)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token: it cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_key(person_id: int, password: str) -> tuple[str, dict[str, str | int]]:
    """A new key pair: the public half, and the private half sealed under the password (CN-03)."""
    private = Ed25519PrivateKey.generate()
    public = _text(private.public_key().public_bytes_raw())
    return public, _sealed(private.private_bytes_raw(), person_id, public, password)


def opened(sealed: Mapping[str, str | int], person_id: int, public: str, password: str) -> bytes | None:
    """The private half, or None where the password is not the one it was sealed under."""
    key = _derived(password, _bytes(str(sealed["salt"])), sealed)
    try:
        return AESGCM(key).decrypt(
            _bytes(str(sealed["nonce"])), _bytes(str(sealed["box"])), _about(person_id, public)
        )
    except InvalidTag:
        return None


def resealed(private: bytes, person_id: int, public: str, password: str) -> dict[str, str | int]:
    """The same private half under another password."""
    return _sealed(private, person_id, public, password)


def signed(private: bytes, statement: bytes) -> str:
    """The Ed25519 signature of a statement."""
    return _text(Ed25519PrivateKey.from_private_bytes(private).sign(statement))


def is_signed(public: str, statement: bytes, signature: str) -> bool:
    """Whether the signature belongs to the statement and the public key."""
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(public)).verify(_bytes(signature), statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: str) -> str:
    """A short name of a public key for people and the trail."""
    return hashlib.sha256(_bytes(public)).hexdigest()[:32]


def proof(stored: str) -> str:
    """A short name of a stored hash: says later whether it is still the same, and nothing else."""
    return hashlib.sha256(stored.encode()).hexdigest()[:32]


def new_factor(keys: Path, person_id: int) -> dict[str, str]:
    """A new secret of one-time codes, sealed under the workspace's own key (SEC-10).

    Not under the password: a reset must not take the second factor away.
    """
    nonce, secret = secrets.token_bytes(12), pyotp.random_base32(32)
    box = AESGCM(_factor_key(keys)).encrypt(nonce, secret.encode(), _factor_of(person_id))
    return {"nonce": _text(nonce), "box": _text(box)}


def factor(keys: Path, person_id: int, sealed: Mapping[str, str]) -> str | None:
    """The secret of a person's codes, or None where it was sealed for somebody else or elsewhere."""
    try:
        secret = AESGCM(_factor_key(keys)).decrypt(
            _bytes(sealed["nonce"]), _bytes(sealed["box"]), _factor_of(person_id)
        )
    except InvalidTag:
        return None
    return secret.decode("ascii")


def recovery_codes(count: int) -> list[str]:
    """Random codes of 118 bits each, readable: `k4wm-8rt2-...`."""
    made = ("".join(secrets.choice(_READABLE) for _ in range(24)) for _ in range(count))
    return ["-".join(code[at : at + 4] for at in range(0, 24, 4)) for code in made]


def _factor_of(person_id: int) -> bytes:
    return f"qms second factor of person {person_id}".encode()


def _factor_key(keys: Path) -> bytes:
    """The key beside the workspace's others, made at its first use, whole or not at all."""
    path = keys / _FACTOR_KEY
    if not path.exists():
        unfinished = keys / f".{_FACTOR_KEY}.{secrets.token_hex(8)}"
        write_once(unfinished, secrets.token_hex(32).encode())
        with suppress(FileExistsError):  # two first uses at once: one of the two keys stays
            os.link(unfinished, path)
        unfinished.unlink()
        folder = os.open(keys, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    return bytes.fromhex(path.read_text("ascii"))


def _sealed(private: bytes, person_id: int, public: str, password: str) -> dict[str, str | int]:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    cost = {"time": _TIME, "memory": _MEMORY_KB, "lanes": _LANES}
    box = AESGCM(_derived(password, salt, cost)).encrypt(nonce, private, _about(person_id, public))
    return {"salt": _text(salt), "nonce": _text(nonce), "box": _text(box), **cost}


def _derived(password: str, salt: bytes, cost: Mapping[str, str | int]) -> bytes:
    return hash_secret_raw(
        password.encode(),
        salt,
        time_cost=int(cost["time"]),
        memory_cost=int(cost["memory"]),
        parallelism=int(cost["lanes"]),
        hash_len=32,
        type=Type.ID,
    )


def _about(person_id: int, public: str) -> bytes:
    return f"qms signing key of person {person_id}: {public}".encode()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
