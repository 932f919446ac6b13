"""The fonts that travel with the project, what they can write, and an organisation's own."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uharfbuzz

from qms.kernel.errors import Damaged, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER: Final = Path(__file__).parent / "fonts"
_SIGNATURES: Final = (b"\x00\x01\x00\x00", b"true")


class FontUnreadable(Invalid):
    """A font file is none that can be printed with."""

    message = "The font {path} cannot be used; give a TrueType file (TTF)."


class FontAltered(Damaged):
    """A font file no longer has the bytes it was recorded with."""

    message = "The font {path} is not the one that was recorded; restore it."


@dataclass(frozen=True, slots=True)
class Face:
    """One shipped font file."""

    family: str
    weight: int
    file: str

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return FOLDER / self.file


SHIPPED: Final = (
    Face("Noto Sans SC", 400, "NotoSansSC-400.ttf"),
    Face("Noto Sans SC", 700, "NotoSansSC-700.ttf"),
    Face("Noto Sans TC", 400, "NotoSansTC-400.ttf"),
    Face("Noto Sans TC", 700, "NotoSansTC-700.ttf"),
)


@dataclass(frozen=True, slots=True)
class OwnFont:
    """A font of the organisation, for names the shipped ones cannot write; recorded by hash."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A character that no font can print, and its offset in the text."""

    char: str
    offset: int


def own_font(path: Path) -> OwnFont:
    """Record an organisation's TrueType font by its hash; anything else is refused."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise FontUnreadable(path=str(path)) from fault
    if content[:4] not in _SIGNATURES or not _characters(content):
        raise FontUnreadable(path=str(path))
    return OwnFont(str(path), hashlib.sha256(content).hexdigest())


def own_fonts(folder: Path) -> tuple[OwnFont, ...]:
    """The TrueType fonts an organisation has put into its folder, by name; none where there is no folder."""
    return tuple(own_font(path) for path in sorted(folder.glob("*.ttf")))


def font_bytes(font: OwnFont) -> bytes:
    """The bytes of an organisation's font, refused when they are not the recorded ones."""
    try:
        content = Path(font.path).read_bytes()
    except OSError as fault:
        raise FontAltered(path=font.path) from fault
    if hashlib.sha256(content).hexdigest() != font.sha256:
        raise FontAltered(path=font.path)
    return content


def uncovered(text: str, extra: Iterable[OwnFont] = ()) -> list[Uncovered]:
    """Every character of the text that neither the shipped fonts nor the extra ones can print.

    Line ends, tabs and variation selectors are not printed and so need no font.
    """
    known = _shipped().union(*(_own(font) for font in extra))
    return [
        Uncovered(char, offset)
        for offset, char in enumerate(text)
        if ord(char) not in known and char not in "\n\r\t" and not _selector(char)
    ]


def _selector(char: str) -> bool:
    return unicodedata.category(char) == "Mn" and "VARIATION SELECTOR" in unicodedata.name(char, "")


@lru_cache(maxsize=1)
def _shipped() -> frozenset[int]:
    """What both weights of a family can write, over the families."""
    families: dict[str, frozenset[int]] = {}
    for face in SHIPPED:
        has = _characters(face.path.read_bytes())
        families[face.family] = families.get(face.family, has) & has
    return frozenset().union(*families.values())


@lru_cache(maxsize=8)
def _own(font: OwnFont) -> frozenset[int]:
    return _characters(font_bytes(font))


def _characters(content: bytes) -> frozenset[int]:
    return frozenset(uharfbuzz.Face(content).unicodes)
