"""The vault keeps bytes for ever under the SHA-256 of themselves (laws 8 and 9)."""

from __future__ import annotations

import hashlib
import io
import os
from typing import TYPE_CHECKING, Any

import pytest

from qms.kernel import vault as module
from qms.kernel.vault import BlobDamaged, BlobMissing, LocalVault

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> LocalVault:
    """A vault whose folder does not exist yet."""
    return LocalVault(tmp_path / "vault")


def test_bytes_come_back_under_their_digest(vault: LocalVault) -> None:
    """From bytes or a stream, whole or in pieces."""
    content = "受控文件".encode() * 1000
    digest = vault.put(content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert vault.put(io.BytesIO(content)) == digest
    assert vault.read(digest) == content
    assert b"".join(vault.chunks(digest)) == content
    assert vault.has(digest)
    assert vault.put(b"") == hashlib.sha256(b"").hexdigest()
    assert list(vault.digests()) == sorted([digest, hashlib.sha256(b"").hexdigest()])


def test_a_blob_is_read_only_and_written_once(vault: LocalVault) -> None:
    """Storing twice leaves the first file where it is."""
    path = vault.path(vault.put(b"one"))
    first = path.stat()
    vault.put(b"one")
    assert (path.stat().st_ino, path.stat().st_mode & 0o777) == (first.st_ino, 0o440)
    assert path.stat().st_nlink == 1
    assert [one.name for one in vault.folder.iterdir()] == [path.parent.name]


def test_an_empty_vault_holds_nothing(vault: LocalVault) -> None:
    """Asking does not make the folder."""
    assert list(vault.digests()) == []
    assert not vault.has("0" * 64)
    with pytest.raises(BlobMissing):
        vault.read("0" * 64)
    with pytest.raises(BlobMissing):
        next(vault.chunks("0" * 64))
    assert not vault.folder.exists()


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "0" * 63, "0" * 65, "G" * 64, "0" * 64 + "\n", "/etc"]
)
def test_what_is_no_digest_names_no_blob(vault: LocalVault, name: str) -> None:
    """No path leaves the vault by its name."""
    assert not vault.has(name)
    with pytest.raises(BlobMissing):
        vault.read(name)


def test_damage_is_never_passed_on(vault: LocalVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """One flipped bit, a cut or a longer file: refused before the first byte leaves, large or small."""
    content = bytes(range(256)) * 64
    digest = vault.put(content)
    path = vault.path(digest)
    path.chmod(0o640)
    for bent in (b"\x01" + content[1:], content[:-1], content + b"x", b""):
        path.write_bytes(bent)
        for whole in (1 << 30, 16):
            monkeypatch.setattr(module, "_WHOLE", whole)
            with pytest.raises(BlobDamaged):
                next(vault.chunks(digest))
        with pytest.raises(BlobDamaged):
            vault.read(digest)
    path.write_bytes(content)
    monkeypatch.setattr(module, "_WHOLE", 16)
    monkeypatch.setattr(module, "_CHUNK", 1000)
    assert [len(piece) for piece in vault.chunks(digest)] == [1000] * 16 + [384]


def test_a_large_blob_that_changes_on_its_way(vault: LocalVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second pass is checked too."""
    monkeypatch.setattr(module, "_WHOLE", 16)
    monkeypatch.setattr(module, "_CHUNK", 100)
    digest = vault.put(bytes(1 << 20))
    pieces = vault.chunks(digest)
    assert next(pieces) == bytes(100)
    path = vault.path(digest)
    path.chmod(0o640)
    with path.open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"x")
    with pytest.raises(BlobDamaged):
        list(pieces)


def test_bytes_and_folders_are_durable_before_the_digest_is_given(
    vault: LocalVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fsync of the file, then the link, then fsync of the folders (REL-01)."""
    done: list[str] = []
    real_sync, real_link = os.fsync, os.link

    def sync(handle: int) -> None:
        done.append("folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file")  # noqa: PTH112 - a handle
        real_sync(handle)

    def link(*paths: Any) -> None:
        done.append("link")
        real_link(*paths)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "link", link)
    vault.put(b"x")
    assert done == ["file", "folder", "link", "folder"]


def test_a_failed_write_leaves_nothing(vault: LocalVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves no file under the final name and no leftover (REL-04)."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        vault.put(b"x")
    assert list(vault.folder.iterdir()) == []
