"""The workspace's key: made once, for its owner alone, and notes that only it can sign."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from qms.kernel.errors import Conflict, Damaged, Missing
from qms.trail import load_key, make_key
from qms.trail.keys import PRIVATE, PUBLIC
from qms.trail.proof import Note, read_note

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """Mode 0600, never overwritten, read back the same."""
    made = make_key(tmp_path / "keys")
    assert (tmp_path / "keys" / PRIVATE).stat().st_mode & 0o777 == 0o600
    assert load_key(tmp_path / "keys").public.raw == made.public.raw
    assert (tmp_path / "keys" / PUBLIC).read_text("ascii") == made.public.pem
    with pytest.raises(Conflict, match="already has a signing key"):
        make_key(tmp_path / "keys")
    assert load_key(tmp_path / "keys").public.raw == made.public.raw


def test_a_key_that_cannot_be_trusted_is_refused(tmp_path: Path) -> None:
    """Missing, readable by others, or no Ed25519 key."""
    with pytest.raises(Missing, match="qms init"):
        load_key(tmp_path)
    make_key(tmp_path)
    path = tmp_path / PRIVATE
    path.chmod(0o640)
    with pytest.raises(Damaged, match="mode 0640"):
        load_key(tmp_path)
    path.chmod(0o600)
    path.write_text("no key", "ascii")
    with pytest.raises(Damaged, match="cannot be trusted"):
        load_key(tmp_path)
    other = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(Damaged, match="ECPrivateKey"):
        load_key(tmp_path)


def test_a_note_is_signed_as_c2sp_says(tmp_path: Path) -> None:
    """Origin, size, root; a dash, the name, and four bytes of key id before the signature."""
    key = make_key(tmp_path)
    note = key.sign(42, bytes(32))
    lines = str(note).split("\n")
    assert lines[:4] == [key.public.origin, "42", base64.b64encode(bytes(32)).decode(), ""]
    dash, name, value = lines[4].split(" ")
    raw = base64.b64decode(value)
    wanted = hashlib.sha256(key.public.origin.encode() + b"\n\x01" + key.public.raw).digest()[:4]
    assert (dash, name, raw[:4], len(raw)) == ("\u2014", key.public.origin, wanted, 68)
    assert key.public.verifier.split("+")[:2] == [key.public.origin, wanted.hex()]
    assert key.public.fingerprint.startswith(key.public.origin.rpartition("/")[2])
    assert str(key.sign(42, bytes(32))) == str(note)
    assert key.public.verifies(read_note(str(note)))


def test_openssl_verifies_a_note(tmp_path: Path) -> None:
    """Nobody needs our program for it."""
    key = make_key(tmp_path)
    note = key.sign(7, bytes(range(32)))
    (tmp_path / "text").write_text(note.text, "utf-8")
    (tmp_path / "signature").write_bytes(note.signatures[0][2])
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", PUBLIC, "-rawin", "-in", "text",
         "-sigfile", "signature"], cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


def test_no_other_note_verifies(tmp_path: Path) -> None:
    """Another size, root, origin, key, life or no signature at all."""
    key, stranger = make_key(tmp_path / "a"), make_key(tmp_path / "b")
    note = key.sign(42, bytes(32))
    public = key.public
    assert not public.verifies(Note(note.origin, 43, note.root, note.signatures))
    assert not public.verifies(Note(note.origin, 42, bytes(31) + b"1", note.signatures))
    assert not public.verifies(Note(note.origin, 42, note.root))
    assert not public.verifies(Note(note.origin + "/2", 42, note.root, note.signatures))
    assert not public.verifies(Note("x" + note.origin, 42, note.root, note.signatures))
    assert not public.verifies(stranger.sign(42, bytes(32)))
    forged = Note(note.origin, 43, note.root, ((*note.signatures[0][:2], bytes(64)), *note.signatures))
    assert not public.verifies(forged)
    assert public.verifies(key.sign(42, bytes(32), life=2))
    for origin in (f"{note.origin}x", f"{note.origin}x/2", f"{note.origin}/x"):
        signature = key.key.sign(Note(origin, 1, bytes(32)).text.encode())
        named = Note(origin, 1, bytes(32), ((origin, public.key_id(origin), signature),))
        assert not public.verifies(named)
