"""Pure rules: spans of time as people write them, such as `10 working days`, `T+3` or `3 months`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from qms.kernel.errors import Invalid
from qms.kernel.labels import N_, Phrase

_SHAPE: Final = re.compile(r"(0|[1-9][0-9]{0,3})[ ]+(working[ ]day|hour|day|week|month|year)(s?)", re.ASCII)
_AFTER_T: Final = re.compile(r"T\+(0|[1-9][0-9]{0,3})", re.ASCII)


class SpanUnreadable(Invalid):
    """A text is no span of time."""

    message = (
        "“{written}” is no span of time; write for example 10 working days, T+3, 2 hours, 5 days or 3 months."
    )


class Unit(StrEnum):
    """What a span counts."""

    HOUR = "hour"
    WORKING_DAY = "working day"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Span:
    """A number of units of time, written back as it is read."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        """The written form in English, which `span` reads."""
        return f"{self.count} {self.unit}" if self.count == 1 else f"{self.count} {self.unit}s"


_ONE: Final = {
    Unit.HOUR: N_("1 hour"),
    Unit.WORKING_DAY: N_("1 working day"),
    Unit.DAY: N_("1 day"),
    Unit.WEEK: N_("1 week"),
    Unit.MONTH: N_("1 month"),
    Unit.YEAR: N_("1 year"),
}
_MANY: Final = {
    Unit.HOUR: N_("{count} hours"),
    Unit.WORKING_DAY: N_("{count} working days"),
    Unit.DAY: N_("{count} days"),
    Unit.WEEK: N_("{count} weeks"),
    Unit.MONTH: N_("{count} months"),
    Unit.YEAR: N_("{count} years"),
}


def span(text: str) -> Span:
    """Read a span; `T+n` means n working days, anything unclear is refused."""
    written = " ".join(text.split())
    if match := _AFTER_T.fullmatch(written):
        return Span(int(match[1]), Unit.WORKING_DAY)
    match = _SHAPE.fullmatch(written)
    if match is None:
        raise SpanUnreadable(written=text)
    return Span(int(match[1]), Unit(match[2]))


def phrase(length: Span) -> Phrase:
    """A span as a text that can be said in any language of the interface."""
    if length.count == 0:
        return Phrase(N_("the same day"))
    if length.count == 1:
        return Phrase(_ONE[length.unit])
    return Phrase(_MANY[length.unit], count=length.count)
