"""The vault: write-once blobs named by the SHA-256 of their bytes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol

from qms.kernel.errors import Damaged, Missing, refuse_full

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from io import BufferedReader

    from qms.kernel.errors import QmsError

_CHUNK = 1 << 20
_WHOLE = 64 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NEW = ".new-"
_LEAVING = ".leaving-"
_LOCK = ".lock"


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

    def sound(self, digest: str) -> bool:
        """Whether the bytes of a blob that lies there give its name; read piece by piece (REL-14)."""
        ...

    def digests(self, prefix: str = "") -> Iterator[str]:
        """The names of all blobs in order, or of those that begin so."""
        ...

    def strays(self) -> Iterator[str]:
        """What lies there and is neither a blob nor on its way to become one."""
        ...

    def sweep(self, digest: str, before: float) -> bool:
        """Take away a blob that nobody has put since an instant; whoever calls knows that no row names it."""
        ...

    def tidy(self, before: float) -> int:
        """Take away what puts that were killed before an instant have left behind; says how many."""
        ...

    def held(self) -> AbstractContextManager[None]:
        """Nothing is swept meanwhile: for whoever copies the blobs (REL-09)."""
        ...

    def sweeping(self) -> AbstractContextManager[bool]:
        """Whether anything may be swept now: not while somebody copies."""
        ...


class LocalVault:
    """A vault in a local folder: temporary file, fsync, link without overwrite, fsync of the folder."""

    def __init__(self, folder: Path, closed: Callable[[], QmsError | None] = lambda: None) -> None:
        """Use `folder`, made when the first blob arrives; `closed` says why nothing may be stored now."""
        self.folder = folder
        self.closed = closed

    def path(self, digest: str) -> Path:
        """Where the blob of this digest lies; what is no digest names no blob."""
        if not _DIGEST.fullmatch(digest):
            raise BlobMissing(digest=digest)
        return self.folder / digest[:2] / digest

    def put(self, content: bytes | BinaryIO) -> str:
        """Store bytes durably before returning their digest (law 9); a full disk leaves nothing (REL-04)."""
        if refusal := self.closed():
            raise refusal
        with refuse_full():
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=_NEW, dir=self.folder)
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
        while not _linked(source, target):
            pass  # it was swept between the two looks
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

    def sound(self, digest: str) -> bool:
        """Whether the bytes give the name; never more than a piece of them is in memory."""
        with self._open(digest) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == digest

    def digests(self, prefix: str = "") -> Iterator[str]:
        """The names of all blobs in order, or of those that begin so; one folder is listed at a time."""
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            if folder.name.startswith(prefix[:2]):
                names = (entry.name for entry in os.scandir(folder))
                yield from sorted(name for name in names if self._is_blob(folder, name, prefix))

    def _is_blob(self, folder: Path, name: str, prefix: str = "") -> bool:
        placed = name.startswith(folder.name) and name.startswith(prefix)
        return placed and _DIGEST.fullmatch(name) is not None

    def strays(self) -> Iterator[str]:
        """Files under names or in places that no put has given them."""
        for path in sorted(self.folder.glob("*")):
            if path.is_dir():
                names = sorted(entry.name for entry in os.scandir(path))
                yield from (f"{path.name}/{name}" for name in names if not self._is_blob(path, name))
            elif not path.name.startswith((_NEW, _LEAVING, _LOCK)):
                yield path.name

    def sweep(self, digest: str, before: float) -> bool:
        """Take a blob away that nobody has put since; one that is put in that very moment stays.

        It leaves its name first: a put that comes later makes it anew, one that came earlier has
        renewed its time, which is looked at once more before it goes.
        """
        path, leaving = self.path(digest), self.folder / f"{_LEAVING}{digest}"
        if path.stat().st_mtime >= before:
            return False
        path.rename(leaving)
        young = leaving.stat().st_mtime >= before
        if young:
            with suppress(FileExistsError):
                os.link(leaving, path)
        leaving.unlink()
        _sync_folder(path.parent)
        return not young

    def tidy(self, before: float) -> int:
        """Take away unfinished puts; a blob on its leave that was cut short gets its name back."""
        for leaving in self.folder.glob(f"{_LEAVING}*"):
            with suppress(FileExistsError):
                os.link(leaving, self.path(leaving.name.removeprefix(_LEAVING)))
            leaving.unlink()
        old = [path for path in self.folder.glob(f"{_NEW}*") if path.stat().st_mtime < before]
        for path in old:
            path.unlink()
        return len(old)

    @contextmanager
    def held(self) -> Iterator[None]:
        """A shared hold, given up with the process at the latest."""
        with self._lock(fcntl.LOCK_SH):
            yield

    @contextmanager
    def sweeping(self) -> Iterator[bool]:
        """The only hold, where nobody else has any."""
        try:
            with self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB):
                yield True
        except BlockingIOError:
            yield False

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder / _LOCK, os.O_RDONLY | os.O_CREAT, 0o640)
        try:
            fcntl.flock(handle, kind)
            yield
        finally:
            os.close(handle)


def _linked(source: Path, target: Path) -> bool:
    """Whether the blob has its name now; one that is there already counts as put now."""
    try:
        os.link(source, target)
    except FileExistsError:
        try:
            os.utime(target)
        except FileNotFoundError:
            return False
    return True


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
