"""Pure rules: citations such as `CP-12 §5.3` are recognised by the organisation's own number pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Citation:
    """A document named in a text, with the clause number where one is given.

    `line` counts from 1 in the text that was searched; `start` and `end` are its offsets there.
    """

    number: str
    clause: str | None
    line: int
    start: int
    end: int


@lru_cache(maxsize=16)
def _shape(number_pattern: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![0-9A-Za-z-])(?P<cited_number>{number_pattern})(?![0-9A-Za-z]|-[0-9A-Za-z])"
        r"(?:[ \u00a0\u3000]?§[ \u00a0]?(?P<cited_clause>\d+(?:\.\d+)*))?"
    )


def citations(text: str, number_pattern: str) -> list[Citation]:
    """Every citation of a document in the order of the text (R20: references are kept whole).

    `FM-12-01-2026-000042` is the number of a record and no citation of the form.
    """
    found: list[Citation] = []
    line, counted = 1, 0
    for match in _shape(number_pattern).finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        found.append(Citation(match["cited_number"], match["cited_clause"], line, match.start(), match.end()))
    return found
