"""The ZIP of a bundle has one written form; whatever differs by a byte is refused (BND-05, SEC-14)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from qms.evidence.container import (
    Member,
    NotABundleError,
    Packer,
    central_record,
    chunks,
    ending,
    local_header,
    members,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES = {"EB/a.txt": b"first", "EB/data/b.bin": bytes(range(256)) * 9, "EB/data/empty": b""}
GIGA = 1 << 30


def packed(files: Mapping[str, bytes]) -> bytes:
    """The container of these files."""
    packer = Packer()
    pieces = [
        piece
        for name, content in files.items()
        for piece in packer.file(name, zlib.crc32(content), len(content), iter([content]))
    ]
    return b"".join([*pieces, *packer.close()])


def test_other_readers_read_it() -> None:
    """Python's reader finds the same files, plain, with fixed time and mode."""
    with zipfile.ZipFile(io.BytesIO(packed(FILES))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o100644}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_it_is_read_back() -> None:
    stream = io.BytesIO(packed(FILES))
    assert {one.name: b"".join(chunks(stream, one)) for one in members(stream)} == FILES


def test_every_flipped_bit_outside_the_content_is_refused() -> None:
    """Headers, directory and end have no byte that could be anything else."""
    whole = packed(FILES)
    inside = {place for one in members(io.BytesIO(whole)) for place in range(one.start, one.start + one.size)}
    for place in set(range(len(whole))) - inside:
        for bit in (0, 3, 7):
            other = bytearray(whole)
            other[place] ^= 1 << bit
            with pytest.raises(NotABundleError):
                members(io.BytesIO(bytes(other)))


def test_cut_prefixed_and_prolonged_files_are_refused() -> None:
    whole = packed(FILES)
    for other in (b"", b"P", whole[:-1], whole[:20], whole + b"\0", b"\0" + whole, whole + whole):
        with pytest.raises(NotABundleError):
            members(io.BytesIO(other))
    for cut in range(1, len(whole)):
        with pytest.raises(NotABundleError):
            members(io.BytesIO(whole[:cut]))


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "EB/../x", "EB/a\\b", "EB/con", "EB/CON.txt"])
def test_unsafe_members_are_refused(name: str) -> None:
    with pytest.raises(NotABundleError, match="not safe"):
        members(io.BytesIO(packed({"EB/a": b"", name: b"x"})))


def test_members_that_come_twice_are_refused() -> None:
    """Two readers could show two different files."""
    packer = Packer()
    pieces = [p for _ in range(2) for p in packer.file("EB/a", zlib.crc32(b"x"), 1, iter([b"x"]))]
    with pytest.raises(NotABundleError, match="twice"):
        members(io.BytesIO(b"".join([*pieces, *packer.close()])))


def foreign(method: int, *, link: bool = False) -> bytes:
    """An archive another tool wrote."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        info = zipfile.ZipInfo("EB/bomb")
        info.external_attr = (0o120777 if link else 0o100644) << 16
        archive.writestr(info, b"\0" * 10_000_000 if not link else b"/etc/passwd", method)
    return out.getvalue()


def test_bombs_links_and_foreign_archives_are_refused() -> None:
    """A compressed member is never opened, whatever its header says of its size."""
    with pytest.raises(NotABundleError, match="compressed"):
        members(io.BytesIO(foreign(zipfile.ZIP_DEFLATED)))
    for link in (True, False):
        with pytest.raises(NotABundleError):
            members(io.BytesIO(foreign(zipfile.ZIP_STORED, link=link)))


class Sparse(io.RawIOBase):
    """A file of several gigabytes of which only the ends are there."""

    def __init__(self, parts: dict[int, bytes], size: int) -> None:
        self.parts, self.size, self.place = parts, size, 0

    def seekable(self) -> bool:
        """Say that it is."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move."""
        self.place = offset + (0, self.place, self.size)[whence]
        return self.place

    def tell(self) -> int:
        """Where it stands."""
        return self.place

    def read(self, size: int = -1) -> bytes:
        """What is there, zeros between."""
        size = self.size - self.place if size < 0 else min(size, self.size - self.place)
        found = bytearray(size)
        for start, content in self.parts.items():
            low, high = max(start, self.place), min(start + len(content), self.place + size)
            if low < high:
                found[low - self.place : high - self.place] = content[low - start : high - start]
        self.place += size
        return bytes(found)


def huge() -> Sparse:
    """Two members of 5 GiB and one behind them, written as headers only."""
    packer, parts = Packer(), {}
    for name, size in (("EB/one", 5 * GIGA), ("EB/two", 5 * GIGA), ("EB/three", 7)):
        start = packer.offset
        parts[start] = b"".join(packer.file(name, 0, size, iter(())))
    end = b"".join(packer.close())
    parts[packer.offset] = end
    return Sparse(parts, packer.offset + len(end))


def test_more_than_four_gigabytes_are_written_and_read() -> None:
    """ZIP64 is used where it must be, and another reader agrees."""
    sizes = [("EB/one", 5 * GIGA), ("EB/two", 5 * GIGA), ("EB/three", 7)]
    assert [(one.name, one.size) for one in members(huge())] == sizes  # type: ignore[arg-type]
    with zipfile.ZipFile(huge()) as archive:
        assert [(info.filename, info.file_size) for info in archive.infolist()] == sizes
        assert archive.infolist()[2].header_offset > 10 * GIGA


def test_more_members_than_sixteen_bits_are_written() -> None:
    count = 65_536
    whole = packed({f"EB/{number}": b"" for number in range(count)})
    assert len(members(io.BytesIO(whole))) == count
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert len(archive.infolist()) == count


def test_limits_are_exact() -> None:
    """The last size that fits is written short, the next one long."""
    assert len(local_header("a", 0, 0xFFFFFFFE)) == 31
    assert len(local_header("a", 0, 0xFFFFFFFF)) == 51
    assert len(central_record(Member("a", 0, 1, 0xFFFFFFFF, 0))) == 47 + 12
    assert len(central_record(Member("a", 0, 0xFFFFFFFF, 0xFFFFFFFF, 0))) == 47 + 28
    assert len(ending(65_534, 1, 1)) == 22
    assert len(ending(65_535, 1, 1)) == 22 + 56 + 20
    assert struct.unpack("<H", ending(65_535, 1, 1)[-12:-10]) == (0xFFFF,)


def test_a_member_that_is_cut_while_read_is_refused() -> None:
    with pytest.raises(NotABundleError, match="cut off"):
        list(chunks(io.BytesIO(b"abc"), Member("EB/a", 0, 9, 0, 0)))
