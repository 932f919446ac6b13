"""Words as outlines: glyph paths for stamps, so that a stamp never mixes with the text of a page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import uharfbuzz

from qms.rendering.errors import GlyphMissing
from qms.rendering.fonts import SHIPPED, Face, OwnFont, font_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

_EM: Final = 1000


@dataclass(frozen=True, slots=True)
class Outline:
    """The path operators of some words in thousandths of an em, and how wide they run."""

    path: bytes
    width: float


class _Path:
    """Takes a glyph's outline and writes it as PDF path operators."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.x = self.scale = 0.0
        self._at = (0.0, 0.0)

    def _put(self, operator: str, *points: tuple[float, float]) -> None:
        numbers = " ".join(f"{value:g}" for point in points for value in self._moved(point))
        self.parts.append(f"{numbers} {operator}".strip())
        if points:
            self._at = points[-1]

    def _moved(self, point: tuple[float, float]) -> tuple[float, float]:
        return round(self.x + point[0] * self.scale, 1), round(point[1] * self.scale, 1)

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the names of the pen protocol
        self._put("m", point)

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the same
        self._put("l", point)

    def qCurveTo(self, control: tuple[float, float], end: tuple[float, float]) -> None:  # noqa: N802 - the same
        start = self._at
        first = tuple(start[axis] + (control[axis] - start[axis]) * 2 / 3 for axis in (0, 1))
        second = tuple(end[axis] + (control[axis] - end[axis]) * 2 / 3 for axis in (0, 1))
        self._put("c", (first[0], first[1]), (second[0], second[1]), end)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802 - the same
        self._put("c", *points)

    def closePath(self) -> None:  # noqa: N802 - the same
        self._put("h")


def outline(text: str, language: str, weight: int = 400, own: Sequence[OwnFont] = ()) -> Outline:
    """The words as one path; a character that no font has is refused, never left out."""
    fonts = [*_order(language, weight), *(_own(font) for font in own)]
    pen = _Path()
    for char in text:
        font, glyph = _glyph(char, fonts)
        pen.scale = _EM / font.face.upem
        font.draw_glyph_with_pen(glyph, pen)
        pen.x += font.get_glyph_h_advance(glyph) * pen.scale
    return Outline("\n".join(pen.parts).encode("ascii"), pen.x)


def _glyph(char: str, fonts: Sequence[uharfbuzz.Font]) -> tuple[uharfbuzz.Font, int]:
    for font in fonts:
        glyph = font.get_nominal_glyph(ord(char))
        if glyph:
            return font, glyph
    raise GlyphMissing(char=char, code=f"U+{ord(char):04X}")


def _order(language: str, weight: int) -> list[uharfbuzz.Font]:
    """The shipped fonts of a weight, that of the language first."""
    faces = [face for face in SHIPPED if face.weight == weight]
    if language == "zh-Hant":
        faces.reverse()
    return [_loaded(face) for face in faces]


@lru_cache(maxsize=len(SHIPPED))
def _loaded(face: Face) -> uharfbuzz.Font:
    return uharfbuzz.Font(uharfbuzz.Face(face.path.read_bytes()))


@lru_cache(maxsize=8)
def _own(font: OwnFont) -> uharfbuzz.Font:
    return uharfbuzz.Font(uharfbuzz.Face(font_bytes(font)))
