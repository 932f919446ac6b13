"""Simplified text shown in traditional characters, by conversion and by words (law 17)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from opencc import OpenCC

# Characters follow the words they stand in (`头发`, `发放`); the wording stays the document's own.
_STANDARD: Final = "s2tw"
_TAG: Final = re.compile(r"(<[^>]*>)")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC(_STANDARD)


def traditional(text: str) -> str:
    """A plain text in traditional characters."""
    return str(_converter().convert(text))


def traditional_html(html: str) -> str:
    """The words of our own sanitised HTML in traditional characters; addresses and names in tags stay."""
    pieces = _TAG.split(html)
    pieces[::2] = (traditional(piece) if piece else "" for piece in pieces[::2])
    return "".join(pieces)
