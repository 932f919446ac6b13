"""Rendering: what a document looks like on page and paper; knows sheets and texts, no database."""

from qms.rendering import chart, fonts, markdown, sheet
from qms.rendering.citations import Citation, citations
from qms.rendering.errors import GlyphMissing, PdfUnreadable, RenderFailed, RenderTimeout, RenderTooLarge
from qms.rendering.fonts import (
    FontAltered,
    FontUnreadable,
    OwnFont,
    Uncovered,
    own_font,
    own_fonts,
    uncovered,
)
from qms.rendering.furniture import contents_of
from qms.rendering.grammar import sanitised
from qms.rendering.markdown import Block, ClauseText, Content, read
from qms.rendering.page import render_html
from qms.rendering.pictures import picture_fault
from qms.rendering.pool import Pool
from qms.rendering.qr import parsed_code, qr_svg, short_code
from qms.rendering.redline import Row, RowKind, compare, compare_texts
from qms.rendering.rendered import Rendered
from qms.rendering.script import traditional_html
from qms.rendering.sheet import (
    Approval,
    Change,
    Detail,
    Heading,
    Layout,
    Picture,
    Reference,
    Sheet,
    from_json,
    to_json,
)
from qms.rendering.stamp import Stamp, StampKind, stamp

__all__ = [
    "Approval",
    "Block",
    "Change",
    "Citation",
    "ClauseText",
    "Content",
    "Detail",
    "FontAltered",
    "FontUnreadable",
    "GlyphMissing",
    "Heading",
    "Layout",
    "OwnFont",
    "PdfUnreadable",
    "Picture",
    "Pool",
    "Reference",
    "RenderFailed",
    "RenderTimeout",
    "RenderTooLarge",
    "Rendered",
    "Row",
    "RowKind",
    "Sheet",
    "Stamp",
    "StampKind",
    "Uncovered",
    "chart",
    "citations",
    "compare",
    "compare_texts",
    "contents_of",
    "fonts",
    "from_json",
    "markdown",
    "own_font",
    "own_fonts",
    "parsed_code",
    "picture_fault",
    "qr_svg",
    "read",
    "render_html",
    "sanitised",
    "sheet",
    "short_code",
    "stamp",
    "to_json",
    "traditional_html",
    "uncovered",
]
