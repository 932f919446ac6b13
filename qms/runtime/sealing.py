"""A file sealed under a passphrase, written and read piece by piece (REL-09, MLP-08).

A line that names the form, a line that says how the key is derived, then pieces of one mebibyte, each
encrypted by AES-256-GCM. The nonce of a piece holds its place and whether it is the last, so that none can be
left out, exchanged or cut off; each is bound to the two lines above.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, BinaryIO, Final

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from qms.kernel.errors import Conflict, Damaged

if TYPE_CHECKING:
    from pathlib import Path

FORM: Final = b"qms-sealed/1\n"
_TIME: Final = 3
_MEMORY_KB: Final = 64 * 1024
_MOST: Final = (16, 1024 * 1024)
"""What a strange file may ask of this machine before its passphrase is believed."""
_HEAD: Final = 1_000
LEAST: Final = 15
_PIECE: Final = 1 << 20
_TAG: Final = 16


class PassphraseWrong(Conflict):
    """The passphrase is not the one the file was sealed under."""

    message = "The passphrase does not open {file}."


class PassphraseShort(Conflict):
    """Whoever has the file may guess for years, so that the least is longer than that of a sign-in."""

    message = "The passphrase needs {least} characters at least."


class PassphraseNeeded(Conflict):
    """A sealed file says nothing without its passphrase."""

    message = "The file {file} is sealed; its passphrase is needed."


class SealedFileDamaged(Damaged):
    """A piece is missing, was exchanged or altered, or the end is cut off."""

    message = "The sealed file {file} is damaged or incomplete."


class Sealing:
    """A stream that encrypts what is written to it; whole only once it was closed."""

    def __init__(self, target: BinaryIO, passphrase: str) -> None:
        """The two lines at the top are written at once."""
        if len(passphrase) < LEAST:
            raise PassphraseShort(least=LEAST)
        self._target = target
        self._waiting = bytearray()
        salt, prefix = os.urandom(16), os.urandom(7)
        key, check = _key(passphrase, salt, _TIME, _MEMORY_KB)
        told = {
            "salt": salt.hex(),
            "nonce": prefix.hex(),
            "time": _TIME,
            "memory": _MEMORY_KB,
            "check": check,
        }
        head = FORM + json.dumps(told, sort_keys=True).encode() + b"\n"
        self._pieces = _Pieces(key, prefix, head)
        target.write(head)

    def write(self, content: bytes) -> int:
        """Take content; whole pieces are encrypted and passed on."""
        self._waiting += content
        while len(self._waiting) > _PIECE:
            self._target.write(self._pieces.seal(bytes(self._waiting[:_PIECE]), last=False))
            del self._waiting[:_PIECE]
        return len(content)

    def flush(self) -> None:
        """Pass on what can be."""
        self._target.flush()

    def close(self) -> None:
        """The last piece, which says that it is the last."""
        self._target.write(self._pieces.seal(bytes(self._waiting), last=True))
        self._target.flush()


def is_sealed(path: Path) -> bool:
    """Whether the file says that it is sealed."""
    with path.open("rb") as stream:
        return stream.read(len(FORM)) == FORM


def unseal(path: Path, passphrase: str, target: BinaryIO) -> None:
    """Decrypt a sealed file; nothing of what was written may be believed unless this comes back."""
    with path.open("rb") as source:
        head = source.read(len(FORM)) + source.readline(_HEAD)
        pieces = _told(path, head, passphrase)
        piece = source.read(_PIECE + _TAG)
        while True:
            following = source.read(_PIECE + _TAG)
            try:
                target.write(pieces.open(piece, last=not following))
            except InvalidTag as fault:
                raise SealedFileDamaged(file=path.name) from fault
            if not following:
                return
            piece = following


def _told(path: Path, head: bytes, passphrase: str) -> _Pieces:
    """What the two lines say; a file that asks too much of this machine is not believed."""
    try:
        told = json.loads(head.removeprefix(FORM))
        salt, prefix = (bytes.fromhex(told[name]) for name in ("salt", "nonce"))
        cost = _bearable(int(told["time"]), _MOST[0]), _bearable(int(told["memory"]), _MOST[1])
        key, check = _key(passphrase, salt, *cost)
    except (ValueError, KeyError, TypeError, HashingError) as fault:
        raise SealedFileDamaged(file=path.name) from fault
    if check != told.get("check"):
        raise PassphraseWrong(file=path.name)
    return _Pieces(key, prefix, head)


def _bearable(asked: int, most: int) -> int:
    if not 0 < asked <= most:
        raise ValueError(asked)
    return asked


class _Pieces:
    """Encrypts or decrypts one piece after the other."""

    def __init__(self, key: bytes, prefix: bytes, head: bytes) -> None:
        self._cipher = AESGCM(key)
        self._prefix, self._head = prefix, head
        self._count = 0

    def seal(self, content: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(last=last), content, self._head)

    def open(self, content: bytes, *, last: bool) -> bytes:
        return self._cipher.decrypt(self._nonce(last=last), content, self._head)

    def _nonce(self, *, last: bool) -> bytes:
        self._count += 1
        return self._prefix + self._count.to_bytes(4, "big") + bytes([last])


def _key(passphrase: str, salt: bytes, rounds: int, memory: int) -> tuple[bytes, str]:
    """The key, and what tells a wrong passphrase from a damaged file; guessing at either costs the same."""
    made = hash_secret_raw(passphrase.encode(), salt, rounds, memory, 1, 48, Type.ID)
    return made[:32], made[32:].hex()
