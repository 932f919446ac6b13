"""Rendering: what a document looks like on page and paper; knows sheets and texts, no database."""

from qms.rendering import markdown, sheet
from qms.rendering.citations import Citation, citations
from qms.rendering.markdown import Block, ClauseText, Content, read
from qms.rendering.sheet import (
    Approval,
    Change,
    Heading,
    Layout,
    Picture,
    Reference,
    Sheet,
    from_json,
    to_json,
)

__all__ = [
    "Approval",
    "Block",
    "Change",
    "Citation",
    "ClauseText",
    "Content",
    "Heading",
    "Layout",
    "Picture",
    "Reference",
    "Sheet",
    "citations",
    "from_json",
    "markdown",
    "read",
    "sheet",
    "to_json",
]
