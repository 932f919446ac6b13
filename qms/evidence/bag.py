"""Pure BagIt 1.0 writer (RFC 8493): payload in, the bytes of a ZIP out, holding one piece at a time."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from qms.evidence.container import Packer
from qms.evidence.paths import clash, is_safe
from qms.evidence.standalone import DECLARATION, SIGNATURE, TAGMANIFEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class UnsafeItemError(ValueError):
    """A fault of the program: an item would not unpack alike everywhere, or hides another (BND-04)."""


@dataclass(frozen=True, slots=True)
class Source:
    """One payload file: its path below `data/` and how to read its bytes, as often as asked.

    `sha256` is given where the reader itself refuses bytes of another digest (the vault does).
    """

    path: str
    open: Callable[[], Iterator[bytes]]
    sha256: str | None = None


@dataclass(slots=True)
class Totals:
    """What a finished bag came to; filled while its bytes leave."""

    files: int = 0
    size: int = 0
    tagmanifest: str = ""
    sealed: str = ""
    paths: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Measured:
    crc: int
    size: int
    sha256: str
    sha512: str
    first: bytes | None


def _measured(source: Source) -> _Measured:
    """Checksums and size; a file of a single piece keeps it, so that it is read once only."""
    crc, size, only = 0, 0, True
    short = None if source.sha256 else hashlib.sha256()
    long = hashlib.sha512()
    first = b""
    for number, piece in enumerate(source.open()):
        if number:
            only, first = False, b""
        else:
            first = piece
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        long.update(piece)
        if short:
            short.update(piece)
    sha256 = short.hexdigest() if short else str(source.sha256)
    return _Measured(crc, size, sha256, long.hexdigest(), first if only else None)


def _again(source: Source, seen: _Measured) -> Iterator[bytes]:
    if seen.first is not None:
        yield seen.first
        return
    long = hashlib.sha512()
    for piece in source.open():
        long.update(piece)
        yield piece
    if long.hexdigest() != seen.sha512:
        raise UnsafeItemError(f"{source.path} gave other bytes the second time")


def bag(
    name: str,
    payload: Sequence[Source],
    info: Sequence[tuple[str, str]],
    seal: Callable[[bytes], bytes],
    totals: Totals | None = None,
) -> Iterator[bytes]:
    """The bytes of the bag `name` as a ZIP: the payload by path, then the tag files by name.

    `seal` signs the bytes of the tag manifest. Same payload, same info and same seal give the same
    bytes (BND-05).
    """
    totals = Totals() if totals is None else totals
    ordered = sorted(payload, key=lambda source: source.path)
    _refuse_unsafe(name, [source.path for source in ordered])
    packer = Packer()
    short: list[str] = []
    long: list[str] = []
    for source in ordered:
        seen = _measured(source)
        path = f"data/{source.path}"
        short.append(f"{seen.sha256}  {path}\n")
        long.append(f"{seen.sha512}  {path}\n")
        totals.files, totals.size = totals.files + 1, totals.size + seen.size
        totals.paths.append(path)
        yield from packer.file(f"{name}/{path}", seen.crc, seen.size, _again(source, seen))
    tags = {
        "bag-info.txt": _info([*info, ("Payload-Oxum", f"{totals.size}.{totals.files}")]),
        "bagit.txt": DECLARATION,
        "manifest-sha256.txt": "".join(short).encode("ascii"),
        "manifest-sha512.txt": "".join(long).encode("ascii"),
    }
    yield from _tags(packer, name, tags, seal, totals)
    yield from packer.close()


def _tags(
    packer: Packer, name: str, tags: Mapping[str, bytes], seal: Callable[[bytes], bytes], totals: Totals
) -> Iterator[bytes]:
    lines = [f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in sorted(tags.items())]
    manifest = "".join(lines).encode("ascii")
    sealed = seal(manifest)
    totals.tagmanifest = hashlib.sha256(manifest).hexdigest()
    totals.sealed = hashlib.sha256(sealed).hexdigest()
    for path, content in chain(sorted(tags.items()), ((TAGMANIFEST, manifest), (SIGNATURE, sealed))):
        yield from packer.file(f"{name}/{path}", zlib.crc32(content), len(content), iter((content,)))


def _refuse_unsafe(name: str, paths: Sequence[str]) -> None:
    for path in (name, *(f"{name}/data/{path}" for path in paths)):
        if not is_safe(path):
            raise UnsafeItemError(f"the path {path!r} is not safe in a bundle")
    twice = clash(paths)
    if twice is not None:
        raise UnsafeItemError(f"the path {twice} comes twice or lies below a file")


def _info(pairs: Sequence[tuple[str, str]]) -> bytes:
    """Label and value a line; white space inside a value becomes one blank, so a value is one line."""
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in pairs).encode()
