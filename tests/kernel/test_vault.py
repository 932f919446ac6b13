"""The vault keeps bytes for ever under the SHA-256 of themselves (laws 8 and 9)."""

from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from qms.kernel import vault as module
from qms.kernel.errors import DiskFull
from qms.kernel.vault import BlobDamaged, BlobMissing, LocalVault


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
    with pytest.raises(DiskFull):
        vault.put(b"x")
    assert list(vault.folder.iterdir()) == []


def test_large_blobs_are_checked_in_little_memory(vault: LocalVault) -> None:
    """A scrub never holds more than a piece of one (REL-14)."""
    digest = vault.put(io.BytesIO(bytes(32 << 20)))
    tracemalloc.start()
    assert vault.sound(digest)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 << 20


def test_blobs_are_listed_by_their_beginning_and_strays_apart(vault: LocalVault) -> None:
    """What is no blob under its own name is none, wherever it lies."""
    digests = sorted(vault.put(bytes([number])) for number in range(40))
    (vault.folder / digests[0][:2] / "notes.txt").write_text("x")
    (vault.folder / "readme.txt").write_text("x")
    wrong = "0" * 64 if not digests[0].startswith("00") else "f" * 64
    (vault.folder / digests[0][:2] / wrong).write_text("x")
    assert list(vault.digests()) == digests
    for part in "0123456789abcdef":
        assert list(vault.digests(part)) == [each for each in digests if each.startswith(part)]
    folder = digests[0][:2]
    assert list(vault.strays()) == sorted([f"{folder}/notes.txt", f"{folder}/{wrong}", "readme.txt"])


def _age(path: Path, to: float) -> None:
    os.utime(path, (to, to))


def test_only_what_nobody_has_put_since_is_swept(vault: LocalVault) -> None:
    """Putting again renews the time, so that what is just being named stays."""
    old, renewed = vault.put(b"old"), vault.put(b"renewed")
    for digest in (old, renewed):
        _age(vault.path(digest), 1000)
    vault.put(b"renewed")
    assert vault.sweep(old, 2000)
    assert not vault.sweep(renewed, 2000)
    assert (vault.has(old), vault.read(renewed)) == (False, b"renewed")
    assert vault.put(b"old") == old


def test_put_and_sweep_at_one_moment_keep_the_bytes(
    vault: LocalVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of the two comes first at each step, a put that came back has its blob."""
    digest = vault.put(b"x")
    _age(vault.path(digest), 1000)
    real_rename, real_utime = Path.rename, os.utime

    def renamed_late(path: Path, target: Path) -> Path:
        vault.put(b"x")  # after the first look, before the name is gone
        return real_rename(path, target)

    monkeypatch.setattr(Path, "rename", renamed_late)
    assert not vault.sweep(digest, 2000)
    assert vault.read(digest) == b"x"
    monkeypatch.setattr(Path, "rename", real_rename)
    _age(vault.path(digest), 1000)

    def gone_first(path: Path, *more: Any) -> None:
        monkeypatch.setattr(os, "utime", real_utime)
        assert vault.sweep(digest, 2000)  # between the put's two looks
        real_utime(path, *more)

    monkeypatch.setattr(os, "utime", gone_first)
    assert vault.put(b"x") == digest
    assert vault.read(digest) == b"x"


def test_what_was_killed_on_its_way_is_tidied(vault: LocalVault) -> None:
    """An unfinished put goes when it is old; a blob on its leave comes back."""
    digest = vault.put(b"x")
    vault.path(digest).rename(vault.folder / f".leaving-{digest}")
    for name, at in ((".new-old", 1000), (".new-young", 3000)):
        (vault.folder / name).write_text("half")
        _age(vault.folder / name, at)
    assert list(vault.strays()) == []
    assert vault.tidy(2000) == 1
    assert vault.read(digest) == b"x"
    assert {path.name for path in vault.folder.glob(".*")} == {".new-young"}


def test_nothing_is_swept_while_somebody_holds(vault: LocalVault) -> None:
    """Any number may hold at once; whoever sweeps is alone (REL-09)."""
    with vault.held(), vault.held(), vault.sweeping() as alone:
        assert not alone
    with vault.sweeping() as alone:
        assert alone
        with vault.sweeping() as other:
            assert not other


def test_a_closed_vault_takes_nothing_and_gives_everything(vault: LocalVault) -> None:
    """Why it is closed is said to whoever wants to store (REL-17)."""
    digest = vault.put(b"x")
    vault.closed = DiskFull
    with pytest.raises(DiskFull):
        vault.put(b"y")
    assert vault.read(digest) == b"x"
