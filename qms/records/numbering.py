"""Pure rules: the number of a record, made of the form's template, the day and the place in the series."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

_SEQUENCE: Final = re.compile(r"\{seq:([1-9])\}", re.ASCII)
_PLAIN: Final = "{form}-{year}-{seq:6}"


def series(template: str, form: str, day: date) -> str:
    """The template with its day filled in: all records of one series share one count (law 13)."""
    return (
        (template or _PLAIN)
        .replace("{form}", form)
        .replace("{year}", f"{day.year:04d}")
        .replace("{month}", f"{day.month:02d}")
    )


def number(filled: str, place: int) -> str:
    """The number at a place of a series, `FM-02-03-2026-000042`; a full series grows by a digit."""
    return _SEQUENCE.sub(lambda match: f"{place:0{match[1]}d}", filled)
