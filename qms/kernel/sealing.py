"""Contents sealed under a key of their own each, so that destroying one key erases one thing (D-0022).

The keys lie beside the workspace's other keys, apart from database and vault: `sealed/ab/abcd….key`.
Whoever keeps something sealed keeps the name of its key in the row, and nothing else of the key.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from qms.kernel.errors import Damaged, refuse_full
from qms.kernel.secret_files import OpenToOthersError, read_private, write_once

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "sealed"
_NAME: Final = re.compile(r"[0-9a-f]{32}")
_NONCE: Final = 12
_VERSION: Final = b"qs1"


class SealKeyGone(Damaged):
    """The key of something that was not erased is not where it was."""

    message = "The key {key} of sealed content is not there; restore the keys from their backup."


class SealKeyExposed(Damaged):
    """A key that others can read keeps nothing secret."""

    message = "Others can read the key {key} of sealed content ({fault}); nothing is opened with it."


class SealBroken(Damaged):
    """Sealed bytes that were changed, or that belong to another thing."""

    message = "Sealed content does not open under its key {key}: it was changed, or it belongs elsewhere."


def new_key(keys: Path) -> str:
    """Make a key and give its name; it is durable before the row that names it is written (law 9).

    An act that fails afterwards leaves a key that opens nothing.
    """
    name = secrets.token_hex(16)
    path = _path(keys, name)
    with refuse_full():
        write_once(path, secrets.token_bytes(32))
        for folder in (path.parent, path.parent.parent, keys):
            _outlast(folder)
    return name


def seal(keys: Path, key: str, about: str, content: bytes) -> bytes:
    """The content sealed under the key; it opens only with the same `about`, which names its place."""
    nonce = secrets.token_bytes(_NONCE)
    return _VERSION + nonce + AESGCM(_read(keys, key)).encrypt(nonce, content, _bound(key, about))


def unseal(keys: Path, key: str, about: str, sealed: bytes) -> bytes:
    """The content as it was sealed."""
    secret = _read(keys, key)
    if not sealed.startswith(_VERSION):
        raise SealBroken(key=key)
    nonce, box = sealed[len(_VERSION) :][:_NONCE], sealed[len(_VERSION) + _NONCE :]
    try:
        return AESGCM(secret).decrypt(nonce, box, _bound(key, about))
    except (InvalidTag, ValueError) as fault:
        raise SealBroken(key=key) from fault


def seal_text(keys: Path, key: str, about: str, text: str) -> str:
    """A sealed text, as a text that a row can hold."""
    return base64.b64encode(seal(keys, key, about, text.encode())).decode("ascii")


def unseal_text(keys: Path, key: str, about: str, sealed: str) -> str:
    """The text as it was sealed."""
    try:
        box = base64.b64decode(sealed, validate=True)
    except ValueError as fault:
        raise SealBroken(key=key) from fault
    return unseal(keys, key, about, box).decode()


def has_key(keys: Path, key: str) -> bool:
    """Whether the key is still there."""
    return _path(keys, key).is_file()


def refuse_missing(keys: Path, key: str) -> None:
    """Refuse a key that is not there, or that others could read."""
    _read(keys, key)


def destroy(keys: Path, key: str) -> bool:
    """Destroy a key: what was sealed under it, here and in every copy, is erased. Says whether it was there.

    It cannot be undone by a rollback, so the act that decides to erase commits first, and whoever
    destroys the keys of what is marked as erased does so again until none is left.
    """
    path = _path(keys, key)
    try:
        size = path.stat().st_size
        with path.open("r+b") as stream:
            stream.write(secrets.token_bytes(size))
            stream.flush()
            os.fsync(stream.fileno())
        path.unlink()
    except FileNotFoundError:
        return False
    _outlast(path.parent)
    return True


def _path(keys: Path, key: str) -> Path:
    if _NAME.fullmatch(key) is None:
        message = f"not the name of a key: {key!r}"
        raise ValueError(message)
    return keys / FOLDER / key[:2] / f"{key}.key"


def _read(keys: Path, key: str) -> bytes:
    try:
        return read_private(_path(keys, key))
    except FileNotFoundError as fault:
        raise SealKeyGone(key=key) from fault
    except OpenToOthersError as fault:
        raise SealKeyExposed(key=key, fault=fault) from fault


def _bound(key: str, about: str) -> bytes:
    return f"qms sealed under {key}: {about}".encode()


def _outlast(folder: Path) -> None:
    """The names in a folder outlast a power cut (REL-03)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
