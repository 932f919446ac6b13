"""Pure rules: how a limit stands at an instant, how late it is, and what many of them add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final, Protocol

from qms.calendar import Span, Unit

_HOUR: Final = 3600
_DAY: Final = 24
_TENTH: Final = Decimal("0.1")


class State(StrEnum):
    """How a limit stands."""

    RUNNING = "running"
    WARNED = "warned"
    DUE_TODAY = "due-today"
    OVERDUE = "overdue"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


ENDED: Final = frozenset({State.STOPPED, State.CANCELLED})


class Limited(Protocol):
    """What is read of a clock."""

    length: str
    due_at: datetime
    day_at: datetime
    provisional: bool
    warn_at: datetime | None
    paused_at: datetime | None
    stopped_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a limit stands: its state, the due instant, and for ended ones whether it was kept.

    `late` is by how much it is over, in days or in hours; None where it is not.
    """

    state: State
    due_at: datetime
    provisional: bool
    on_time: bool | None
    late: Span | None


def standing(clock: Limited, now: datetime) -> Standing:
    """How the limit stands at an instant, told from its row alone.

    While it is paused before its end it cannot become overdue; one that was overdue when it was paused
    stays so, since waiting does not mend what is late. What came after the instant is not known at it.
    """
    stopped = clock.stopped_at is not None and clock.stopped_at <= now
    at = clock.stopped_at if clock.stopped_at is not None and stopped else _stands_at(clock, now)
    over = at >= clock.due_at
    on_time = not over if stopped and clock.cancelled_at is None else None
    late = _late(clock, at) if over and clock.cancelled_at is None else None
    return Standing(
        _state(clock, now, over=over, stopped=stopped), clock.due_at, clock.provisional, on_time, late
    )


def _stands_at(clock: Limited, now: datetime) -> datetime:
    return now if clock.paused_at is None else min(now, clock.paused_at)


def _state(clock: Limited, now: datetime, *, over: bool, stopped: bool) -> State:
    if clock.cancelled_at is not None:
        return State.CANCELLED
    if stopped:
        return State.STOPPED
    if over:
        return State.OVERDUE
    if clock.paused_at is not None and clock.paused_at <= now:
        return State.PAUSED
    if now >= clock.day_at:
        return State.DUE_TODAY
    return State.WARNED if clock.warn_at is not None and now >= clock.warn_at else State.RUNNING


def _late(clock: Limited, at: datetime) -> Span:
    """By how many begun hours of a limit in hours, else by how many begun days."""
    hours = max(-(-int((at - clock.due_at).total_seconds()) // _HOUR), 1)
    if clock.length.endswith(("hour", "hours")):
        return Span(hours, Unit.HOUR)
    return Span(-(-hours // _DAY), Unit.DAY)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many limits were kept, were late, are over and still open, or are within time."""

    kept: int = 0
    late: int = 0
    overdue: int = 0
    open: int = 0

    @property
    def all(self) -> int:
        """Every limit that counts; cancelled ones do not."""
        return self.kept + self.late + self.overdue + self.open

    @property
    def rate(self) -> Decimal | None:
        """The share kept of those that are decided, in per cent; none where none is (QO-02-01, QO-02-02)."""
        decided = self.kept + self.late + self.overdue
        if not decided:
            return None
        return (Decimal(100 * self.kept) / decided).quantize(_TENTH, ROUND_HALF_UP)


def add_up(standings: Iterable[Standing]) -> Totals:
    """The totals of limits as they stand."""
    kept = late = overdue = within = 0
    for each in standings:
        if each.state is State.CANCELLED:
            continue
        if each.state is State.STOPPED:
            kept, late = kept + bool(each.on_time), late + (not each.on_time)
        elif each.state is State.OVERDUE:
            overdue += 1
        else:
            within += 1
    return Totals(kept, late, overdue, within)
