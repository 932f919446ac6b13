"""An organisation's own font prints what the shipped ones cannot, and is recorded by its hash (DOC-10)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from qms.rendering import own_fonts, uncovered

if TYPE_CHECKING:
    from pathlib import Path

RARE = "\ue0a1"


def small_font(path: Path) -> None:
    """A TrueType font with one square for a character of the private area."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(RARE): "square"})
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for point in ((100, 700), (800, 700), (800, 0)):
        pen.lineTo(point)
    pen.closePath()
    square = pen.glyph()
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "square": square})
    builder.setupHorizontalMetrics({".notdef": (900, 0), "square": (900, 100)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Own", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


def test_a_font_of_the_organisation_counts(tmp_path: Path) -> None:
    """A character no shipped font knows is covered once the folder holds a font that does."""
    assert [each.char for each in uncovered(f"甲{RARE}")] == [RARE]
    assert own_fonts(tmp_path / "fonts") == ()
    small_font(tmp_path / "own.ttf")
    (found,) = own_fonts(tmp_path)
    assert found.sha256 == hashlib.sha256((tmp_path / "own.ttf").read_bytes()).hexdigest()
    assert uncovered(f"甲{RARE}", (found,)) == []
