"""Pure form of the ZIP file a bundle travels in: one written form, so that every byte is checked.

Members are stored, not compressed: the bytes then do not depend on the version of a compressor, a
reader needs no more memory than the file has bytes, and nothing can swell (BND-05, SEC-14). Time,
mode and system are fixed. A file in any other form is refused, however well a tool might read it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from qms.evidence.paths import clash, is_safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64: Final = struct.Struct("<4sLQL")
_END: Final = struct.Struct("<4s4H2LH")
_LOCAL_SIGN: Final = b"PK\x03\x04"
_CENTRAL_SIGN: Final = b"PK\x01\x02"
_DAY: Final = (0 << 9) + (1 << 5) + 1  # 1980-01-01, the first day a ZIP can name
_PLAIN, _LARGE = 10, 45
_UNIX: Final = 3 << 8
_MODE: Final = 0o100644 << 16
_FULL32: Final = 0xFFFFFFFF
_FULL16: Final = 0xFFFF
_EXTRA64: Final = 1
_CHUNK: Final = 1 << 20


class NotABundleError(ValueError):
    """The bytes are not in the one form a bundle has; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the container: its name, checksum and size, and where its header and bytes begin."""

    name: str
    crc: int
    size: int
    header: int
    start: int


def local_header(name: str, crc: int, size: int) -> bytes:
    """What stands before a member's bytes."""
    raw = name.encode("ascii")
    large = size >= _FULL32
    extra = struct.pack("<2H2Q", _EXTRA64, 16, size, size) if large else b""
    shown = _FULL32 if large else size
    version = _LARGE if large else _PLAIN
    head = _LOCAL.pack(_LOCAL_SIGN, version, 0, 0, 0, _DAY, crc, shown, shown, len(raw), len(extra))
    return head + raw + extra


def central_record(member: Member) -> bytes:
    """What the directory at the end says of a member."""
    raw = member.name.encode("ascii")
    values = []
    size = offset = _FULL32
    if member.size >= _FULL32:
        values += [member.size, member.size]
    else:
        size = member.size
    if member.header >= _FULL32:
        values.append(member.header)
    else:
        offset = member.header
    extra = struct.pack(f"<2H{len(values)}Q", _EXTRA64, 8 * len(values), *values) if values else b""
    version = _LARGE if values else _PLAIN
    head = _CENTRAL.pack(
        _CENTRAL_SIGN, _UNIX | version, version, 0, 0, 0, _DAY, member.crc, size, size,
        len(raw), len(extra), 0, 0, 0, _MODE, offset,
    )  # fmt: skip
    return head + raw + extra


def ending(count: int, size: int, offset: int) -> bytes:
    """What closes the file: where the directory lies and how much it holds."""
    large = b""
    if count >= _FULL16 or size >= _FULL32 or offset >= _FULL32:
        version = _UNIX | _LARGE
        large = _END64.pack(b"PK\x06\x06", 44, version, _LARGE, 0, 0, count, count, size, offset)
        large += _LOCATOR64.pack(b"PK\x06\x07", 0, offset + size, 1)
    shown = min(count, _FULL16)
    return large + _END.pack(
        b"PK\x05\x06", 0, 0, shown, shown, min(size, _FULL32), min(offset, _FULL32), 0
    )  # fmt: skip


class Packer:
    """Gives the bytes of a container piece by piece; remembers one line for each member."""

    def __init__(self) -> None:
        """Begin at the first byte."""
        self.members: list[Member] = []
        self.offset = 0

    def file(self, name: str, crc: int, size: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The bytes of one member; crc and size must be known before they leave."""
        head = local_header(name, crc, size)
        self.members.append(Member(name, crc, size, self.offset, self.offset + len(head)))
        self.offset += len(head) + size
        yield head
        yield from chunks

    def close(self) -> Iterator[bytes]:
        """The directory and the end."""
        start, size = self.offset, 0
        for member in self.members:
            record = central_record(member)
            size += len(record)
            yield record
        yield ending(len(self.members), size, start)


def members(stream: BinaryIO) -> list[Member]:
    """The members of a container in the one form; anything else is refused before a byte is used.

    Every header, the directory and the end are compared byte for byte with what `Packer` writes, so
    what any ZIP reader sees is what was checked. The members' own bytes are the caller's to check.
    """
    total = stream.seek(0, 2)
    found: list[Member] = []
    offset = 0
    while (sign := _at(stream, offset, 4)) == _LOCAL_SIGN:
        member = _member(stream, offset, total)
        found.append(member)
        offset = member.start + member.size
    if not found or sign != _CENTRAL_SIGN:
        raise NotABundleError(f"the file is not a bundle: unknown bytes at {offset}")
    _refuse_names(found)
    _refuse_other_ending(stream, found, offset, total)
    return found


def _at(stream: BinaryIO, offset: int, size: int) -> bytes:
    stream.seek(offset)
    return stream.read(size)


def _member(stream: BinaryIO, offset: int, total: int) -> Member:
    raw = _at(stream, offset, _LOCAL.size)
    if len(raw) < _LOCAL.size:
        raise NotABundleError(f"the file ends inside a header at {offset}")
    _, _, _, method, _, _, crc, _, size, name_size, extra_size = _LOCAL.unpack(raw)
    name = _at(stream, offset + _LOCAL.size, name_size).decode("ascii", errors="replace")
    if not is_safe(name):
        raise NotABundleError(f"the member name {name!r} is not safe")
    if method:
        raise NotABundleError(f"the member {name} is compressed")
    start = offset + _LOCAL.size + name_size + extra_size
    if size == _FULL32 and extra_size:
        large = _at(stream, offset + _LOCAL.size + name_size + 4, 8)
        size = int.from_bytes(large, "little")
    head = local_header(name, crc, size)
    if _at(stream, offset, start - offset) != head:
        raise NotABundleError(f"the header of {name} is not in the one written form")
    if start + size > total:
        raise NotABundleError(f"the member {name} is cut off")
    return Member(name, crc, size, offset, start)


def _refuse_names(found: Sequence[Member]) -> None:
    twice = clash(member.name for member in found)
    if twice is not None:
        raise NotABundleError(f"the member {twice} comes twice or lies below a file")


def _refuse_other_ending(stream: BinaryIO, found: Sequence[Member], offset: int, total: int) -> None:
    written = Packer()
    written.members, written.offset = list(found), offset
    for piece in written.close():
        if _at(stream, offset, len(piece)) != piece:
            raise NotABundleError("the directory of the file does not agree with its members")
        offset += len(piece)
    if offset != total:
        raise NotABundleError("the file goes on after its end")


def chunks(stream: BinaryIO, member: Member) -> Iterator[bytes]:
    """The bytes of one member, piece by piece."""
    done = 0
    while done < member.size:
        piece = _at(stream, member.start + done, min(_CHUNK, member.size - done))
        if not piece:
            raise NotABundleError(f"the member {member.name} is cut off")
        done += len(piece)
        yield piece
