"""The HTML of simplified text shown in traditional characters, by conversion and by words (law 17)."""

from __future__ import annotations

import re
from typing import Final

from qms.kernel.labels import traditional

_TAG: Final = re.compile(r"(<[^>]*>)")


def traditional_html(html: str) -> str:
    """The words of our own sanitised HTML in traditional characters; addresses and names in tags stay."""
    pieces = _TAG.split(html)
    pieces[::2] = (traditional(piece) if piece else "" for piece in pieces[::2])
    return "".join(pieces)
