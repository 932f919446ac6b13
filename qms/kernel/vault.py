"""The vault: write-once blobs named by the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol

from qms.kernel.errors import Damaged, Missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

_CHUNK = 1 << 20
_WHOLE = 64 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class BlobMissing(Missing):
    """No blob of this digest lies in the vault."""

    message = "There is no stored content {digest}."


class BlobDamaged(Damaged):
    """The bytes of a blob no longer give its name."""

    message = "The stored content {digest} has been altered; restore it from a backup."


class Vault(Protocol):
    """Where bytes lie for ever; an S3-compatible store can stand behind the same verbs."""

    def put(self, content: bytes | BinaryIO) -> str:
        """Store bytes durably and give their SHA-256 in hex; storing twice is storing once."""
        ...

    def read(self, digest: str) -> bytes:
        """The bytes of a blob, checked against its digest."""
        ...

    def chunks(self, digest: str) -> Iterator[bytes]:
        """The bytes of a blob piece by piece, checked; up to 64 MB before the first piece leaves."""
        ...

    def has(self, digest: str) -> bool:
        """Whether the blob lies there."""
        ...

    def digests(self) -> Iterator[str]:
        """The names of all blobs, in order."""
        ...


class LocalVault:
    """A vault in a local folder: temporary file, fsync, link without overwrite, fsync of the folder."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, made when the first blob arrives."""
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the blob of this digest lies; what is no digest names no blob."""
        if not _DIGEST.fullmatch(digest):
            raise BlobMissing(digest=digest)
        return self.folder / digest[:2] / digest

    def put(self, content: bytes | BinaryIO) -> str:
        """Store bytes durably before returning their digest (law 9)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".new-", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                digest = _copy(content, stream)
                stream.flush()
                os.fsync(stream.fileno())
            self._link(Path(name), digest)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
        return digest

    def _link(self, source: Path, digest: str) -> None:
        target = self.path(digest)
        if not target.parent.is_dir():
            target.parent.mkdir(exist_ok=True)
            _sync_folder(self.folder)
        source.chmod(0o440)
        with suppress(FileExistsError):
            os.link(source, target)
        _sync_folder(target.parent)

    def read(self, digest: str) -> bytes:
        """All bytes of a blob, refused when they do not give its name."""
        with self._open(digest) as stream:
            content = stream.read()
        if hashlib.sha256(content).hexdigest() != digest:
            raise BlobDamaged(digest=digest)
        return content

    def chunks(self, digest: str) -> Iterator[bytes]:
        """The bytes piece by piece; a small blob is checked whole before the first piece leaves.

        A larger one is checked in a first pass over the file, then sent in a second one, which is
        checked again, so that damage is never passed on as if it were whole.
        """
        with self._open(digest) as stream:
            if os.fstat(stream.fileno()).st_size <= _WHOLE:
                yield self.read(digest)
                return
            if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
                raise BlobDamaged(digest=digest)
            stream.seek(0)
            seen = hashlib.sha256()
            while chunk := stream.read(_CHUNK):
                seen.update(chunk)
                yield chunk
            if seen.hexdigest() != digest:
                raise BlobDamaged(digest=digest)

    @contextmanager
    def _open(self, digest: str) -> Iterator[BufferedReader]:
        try:
            stream = self.path(digest).open("rb")
        except FileNotFoundError as fault:
            raise BlobMissing(digest=digest) from fault
        with stream:
            yield stream

    def has(self, digest: str) -> bool:
        """Whether a blob of this digest lies in the vault."""
        return bool(_DIGEST.fullmatch(digest)) and self.path(digest).is_file()

    def digests(self) -> Iterator[str]:
        """The names of all blobs in order."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            yield path.name


def _copy(content: bytes | BinaryIO, stream: IO[bytes]) -> str:
    seen = hashlib.sha256()
    if isinstance(content, bytes):
        seen.update(content)
        stream.write(content)
        return seen.hexdigest()
    while chunk := content.read(_CHUNK):
        seen.update(chunk)
        stream.write(chunk)
    return seen.hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
