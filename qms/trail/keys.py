"""The workspace's Ed25519 key: made once, kept outside the database, signs checkpoints."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from qms.kernel.secret_files import OpenToOthersError, read_private, write_once
from qms.trail.errors import KeyExists, KeyExposed, KeyMissing
from qms.trail.proof import Note

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE: Final = "trail-key.pem"
PUBLIC: Final = "trail-key.pub.pem"
_ED25519: Final = b"\x01"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half that everybody may know; checks notes."""

    key: Ed25519PublicKey

    @property
    def raw(self) -> bytes:
        """The 32 bytes of the key."""
        return self.key.public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def pem(self) -> str:
        """The key as OpenSSL reads it."""
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the key (its DER form), in hex; what people compare by another way."""
        der = self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    @property
    def origin(self) -> str:
        """The name of this workspace's trail in its notes."""
        return f"qms/trail/{self.fingerprint[:16]}"

    def key_id(self, origin: str) -> bytes:
        """The four bytes that name the key in a note of this origin (C2SP signed-note)."""
        return hashlib.sha256(f"{origin}\n".encode() + _ED25519 + self.raw).digest()[:4]

    @property
    def verifier(self) -> str:
        """The key as C2SP tools take it: `name+id+key`."""
        key = base64.b64encode(_ED25519 + self.raw).decode()
        return f"{self.origin}+{self.key_id(self.origin).hex()}+{key}"

    def verifies(self, note: Note) -> bool:
        """Whether the note is of this workspace's trail and signed by its key."""
        name, _, life = note.origin.removeprefix(self.origin).partition("/")
        if not note.origin.startswith(self.origin) or name or (life and not life.isdecimal()):
            return False
        mine = (note.origin, self.key_id(note.origin))
        signatures = [signature for name, key_id, signature in note.signatures if (name, key_id) == mine]
        try:
            for signature in signatures:
                self.key.verify(signature, note.text.encode())
        except InvalidSignature:
            return False
        return bool(signatures)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The secret half; leaves its file only into the memory of the process that signs."""

    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The half that everybody may know."""
        return PublicKey(self.key.public_key())

    def sign(self, size: int, root: bytes, life: int = 1) -> Note:
        """A signed note over size and root; the same input gives the same note.

        `life` counts how often the trail went on from an older state after a restore: each life is
        a log of its own name, so that no log ever signs two inconsistent checkpoints (TRL-10).
        """
        public = self.public
        origin = public.origin if life == 1 else f"{public.origin}/{life}"
        bare = Note(origin, size, root)
        signature = self.key.sign(bare.text.encode())
        return Note(origin, size, root, ((origin, public.key_id(origin), signature),))


def make_key(folder: Path) -> SigningKey:
    """Make the workspace's key, mode 0600, with its public half beside it; never over an old one."""
    made = SigningKey(Ed25519PrivateKey.generate())
    secret = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / PRIVATE
    try:
        write_once(path, secret)
    except FileExistsError as fault:
        raise KeyExists(path=path) from fault
    (folder / PUBLIC).write_text(made.public.pem, "ascii")
    return made


def load_key(folder: Path) -> SigningKey:
    """Read the workspace's key; refused when anyone but its owner could read it."""
    path = folder / PRIVATE
    try:
        content = read_private(path)
    except FileNotFoundError as fault:
        raise KeyMissing(path=path) from fault
    except OpenToOthersError as fault:
        raise KeyExposed(path=path, fault=fault) from fault
    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError) as fault:
        raise KeyExposed(path=path, fault=fault) from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyExposed(path=path, fault=type(key).__name__)
    return SigningKey(key)
