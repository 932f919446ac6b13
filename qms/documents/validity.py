"""Pure rules: validity of the revisions of one document in one language (law 6, DOC-03)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from qms.documents.errors import LaterRevisionSet, RevisionEnded
from qms.documents.lifecycle import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator


class Ending(StrEnum):
    """What ended the validity of a revision."""

    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Interval:
    """The days of one revision, the last one exclusive; empty when withdrawn on its first day or before."""

    revision: str
    from_on: date
    until_on: date | None = None
    ended_by: Ending | None = None

    def covers(self, day: date) -> bool:
        """Whether the revision is in force on the day."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)

    def standing(self, day: date) -> Standing:
        """What the issued revision is on the day, as the table stands."""
        if self.covers(day):
            return Standing.IN_FORCE
        if day < self.from_on and self.until_on != self.from_on:
            return Standing.PENDING
        return Standing.WITHDRAWN if self.ended_by is Ending.WITHDRAWN else Standing.SUPERSEDED

    @property
    def is_empty(self) -> bool:
        """Whether no day is its own: it never entered, or left on the day it entered."""
        return self.until_on == self.from_on


def in_force(intervals: Sequence[Interval], day: date) -> Interval | None:
    """The one revision in force on the day, if any."""
    return next((interval for interval in intervals if interval.covers(day)), None)


def enter(intervals: Sequence[Interval], revision: str, on: date) -> tuple[Interval, ...]:
    """The table with a revision entering into force on a day; it ends its predecessor that day.

    Refused unless the day lies after the first day of every other revision, pending ones included.
    """
    last = max((other for other in intervals if not other.is_empty), key=_begins, default=None)
    if last is not None and last.from_on >= on:
        raise LaterRevisionSet(other=last.revision, day=last.from_on)
    ended = (_ended(other, on, Ending.SUPERSEDED) if other.covers(on) else other for other in intervals)
    return (*ended, Interval(revision, on))


def withdraw(intervals: Sequence[Interval], revision: str, on: date, today: date) -> tuple[Interval, ...]:
    """The table with a revision withdrawn on a day: it ends, or before its first day never enters.

    A day withdrawn from is not in force any more, the first one neither: what entered this morning by
    mistake is out of force at once. Where the revision never enters, the one it would have superseded
    goes on (law 5: a future revision withdrawn before its date); once it has entered, it does not.
    """
    target = next((interval for interval in intervals if interval.revision == revision), None)
    if target is None or target.is_empty or not (on < target.from_on or target.covers(on)):
        raise RevisionEnded(revision=revision, day=on)
    if on > target.from_on or today >= target.from_on:
        ended = _ended(target, on, Ending.WITHDRAWN)
        return tuple(ended if interval is target else interval for interval in intervals)
    return tuple(_without(intervals, target))


def _without(intervals: Sequence[Interval], target: Interval) -> Iterator[Interval]:
    later = [other.from_on for other in intervals if not other.is_empty and other.from_on > target.from_on]
    following = min(later, default=None)
    for interval in intervals:
        if interval is target:
            yield _ended(target, target.from_on, Ending.WITHDRAWN)
        elif interval.until_on == target.from_on and interval.ended_by is Ending.SUPERSEDED:
            by = None if following is None else Ending.SUPERSEDED
            yield replace(interval, until_on=following, ended_by=by)
        else:
            yield interval


def _begins(interval: Interval) -> date:
    return interval.from_on


def _ended(interval: Interval, on: date, by: Ending) -> Interval:
    return replace(interval, until_on=on, ended_by=by)
