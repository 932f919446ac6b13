"""Pure DER, as much as one signature needs: a writer of values and a strict reader of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

INTEGER, OCTETS, OID, UTC_TIME, GENERAL_TIME = 0x02, 0x04, 0x06, 0x17, 0x18
SEQUENCE, SET, CONTEXT_0 = 0x30, 0x31, 0xA0
_SHORT: Final = 0x80
_BASE: Final = 0x80


def value(tag: int, content: bytes) -> bytes:
    """Tag, length, content."""
    size = len(content)
    if size < _SHORT:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of the parts."""
    return value(SEQUENCE, b"".join(parts))


def set_of(parts: Iterable[bytes], tag: int = SET) -> bytes:
    """A SET OF in the one order of DER: the encodings sorted as bytes."""
    return value(tag, b"".join(sorted(parts)))


def integer(number: int) -> bytes:
    """A non-negative INTEGER in the fewest bytes."""
    return value(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    coded = bytearray()
    for number in (first * 40 + second, *rest):
        digits = [number % _BASE]
        while number := number // _BASE:
            digits.append(number % _BASE | _BASE)
        coded += bytes(reversed(digits))
    return value(OID, bytes(coded))


def read(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the value of this tag at the start, and what follows; a ValueError otherwise."""
    if len(data) < 2 or data[0] != tag:  # noqa: PLR2004 - tag and length
        raise ValueError(f"there is no DER value of tag {tag:#x}")
    size, start = data[1], 2
    if size >= _SHORT:
        start += size - _SHORT
        size = int.from_bytes(data[2:start], "big")
    content = data[start : start + size]
    if value(tag, content) != data[: start + size]:
        raise ValueError("a DER value is cut off or not in the one written form")
    return content, data[start + size :]
