"""Pure rules: how long a record is kept, from which event on, and the first day it may go (REC-04)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

PERMANENT: Final = "permanent"
_SPAN: Final = re.compile(r"([1-9][0-9]{0,3}) (day|month|year)s?", re.ASCII)
_YEAR: Final = 12


class Trigger(StrEnum):
    """The event from which the time runs."""

    CLOSED = "closed"
    FILED = "filed"
    SUPERSEDED = "superseded"
    PARTY_LEFT = "party-left"
    YEAR_END = "year-end"


@dataclass(frozen=True, slots=True)
class Rule:
    """One retention class as a form's head declares it; `count` 0 keeps for ever."""

    name: str
    after: Trigger
    count: int
    unit: str
    keep: str

    @property
    def is_permanent(self) -> bool:
        """Whether nothing of it ever goes."""
        return self.count == 0


def span(keep: str) -> tuple[int, str] | None:
    """The number and the unit of a declared time; None where it is none."""
    found = _SPAN.fullmatch(keep)
    return (int(found[1]), found[2]) if found else None


def rule(head: Mapping[str, Any]) -> Rule | None:
    """The class of a head; None where none is declared or it cannot be read: such records are kept."""
    told = head.get("retention")
    if not told or not told.get("class"):
        return None
    name, keep = str(told["class"]), str(told.get("keep") or PERMANENT)
    after = str(told.get("after") or Trigger.CLOSED)
    if after not in set(Trigger):
        return None
    if keep == PERMANENT:
        return Rule(name, Trigger(after), 0, "", keep)
    found = span(keep)
    return Rule(name, Trigger(after), *found, keep) if found else None


def due(rule: Rule, event: date | None) -> date | None:
    """The first day on which a record may go: its time is then over whole. None: never, or not yet."""
    if event is None or rule.is_permanent:
        return None
    if rule.unit == "day":
        return event + timedelta(days=rule.count)
    months = rule.count * (_YEAR if rule.unit == "year" else 1)
    index = event.year * _YEAR + event.month - 1 + months
    year, month = divmod(index, _YEAR)
    if event.day <= monthrange(year, month + 1)[1]:
        return date(year, month + 1, event.day)
    # There is no such day in that month: never shorter than what was declared.
    year, month = divmod(index + 1, _YEAR)
    return date(year, month + 1, 1)
