"""Pure rules: the short code on each page and its QR picture, by which paper finds the register (DOC-11)."""

from __future__ import annotations

import io
import re
from typing import Final

import segno

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS: Final = 80
_LENGTH: Final = _BITS // 5
_ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BLANK: Final = re.compile(r"[\s\u200b\-‐‑–—_.]+")
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def short_code(token: bytes) -> str:
    """The 80 bits of a token as sixteen Crockford base32 characters in groups of four."""
    if len(token) != _BITS // 8:
        raise ValueError(f"a short code is made of {_BITS // 8} bytes")
    value = int.from_bytes(token, "big")
    plain = "".join(_ALPHABET[value >> shift & 31] for shift in range(_BITS - 5, -1, -5))
    return grouped(plain)


def grouped(plain: str) -> str:
    """A code written in groups of four: `7ZQK-03MD-9FVA-X2TB`."""
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def parsed_code(typed: str) -> str | None:
    """The code somebody typed, in its one written form, or None where it cannot be one.

    Case, spaces, hyphens and full-width letters do not matter; O is read as 0, I and L as 1.
    """
    plain = _BLANK.sub("", typed.translate(_FULL_WIDTH)).upper().translate(_ALIKE)
    if len(plain) != _LENGTH or any(char not in _ALPHABET for char in plain):
        return None
    return grouped(plain)


def qr_svg(content: str) -> bytes:
    """A QR picture as SVG, error correction M, with the quiet zone of two modules inside."""
    made = io.BytesIO()
    segno.make(content, error="m", micro=False, boost_error=False).save(
        made,
        kind="svg",
        border=2,
        scale=1,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        dark="#111",
    )
    return made.getvalue()
