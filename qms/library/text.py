"""Pure rules: the anchors of the clauses of a text."""

from __future__ import annotations

import re
from typing import Final

_ANCHOR: Final = re.compile(r"^\{#([A-Za-z0-9_.-]+)\}\s*$", re.MULTILINE)


def anchors(body: str) -> frozenset[str]:
    """The lasting names of clauses, as they stand before their headings."""
    return frozenset(_ANCHOR.findall(body))
