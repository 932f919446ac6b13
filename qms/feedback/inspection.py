"""Pure self-inspection of how complaints were handled: each demand with the cases that fall short (R52)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from qms.feedback.rules import View
from qms.feedback.stages import Stage
from qms.feedback.trends import Share, share

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from qms.feedback.queries import Case


class Demand(StrEnum):
    """What self-inspection asks of the cases of a year."""

    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    IN_TIME = "in-time"
    ANSWERED = "answered"
    ASKED = "asked"
    SATISFIED = "satisfied"
    CAUSE = "cause"


@dataclass(frozen=True, slots=True)
class Inspected:
    """One demand: how many cases kept it of those it is asked of, and the numbers of the others."""

    demand: Demand
    share: Share
    wanting: tuple[str, ...]


def _acknowledged(case: Case) -> bool | None:
    """On the day it came, by our calendar (CMP-01)."""
    return case.acknowledged_on == case.received_on


def _accepted(case: Case) -> bool | None:
    """Handed over with acceptance, where it was not settled on the spot (R53)."""
    return None if case.at_once else case.accepted


def _in_time(case: Case) -> bool | None:
    """All limits that have ended were kept and none that runs is over (R52)."""
    return case.in_time


def _closed(case: Case, kept: bool) -> bool | None:  # noqa: FBT001 - what is passed through
    return kept if case.stage is Stage.CLOSED else None


def _answered(case: Case) -> bool | None:
    return _closed(case, case.at_once or case.replied)


def _asked(case: Case) -> bool | None:
    return _closed(case, case.opinion is not None and case.opinion != View.NONE)


def _satisfied(case: Case) -> bool | None:
    """Of those who said: nobody's silence counts as satisfaction."""
    if case.opinion in {None, View.NONE}:
        return None
    return _closed(case, case.opinion != View.DISSATISFIED)


def _cause(case: Case) -> bool | None:
    return None if case.at_once else _closed(case, case.cause is not None)


DEMANDS: Final[Mapping[Demand, Callable[[Case], bool | None]]] = {
    Demand.ACKNOWLEDGED: _acknowledged,
    Demand.ACCEPTED: _accepted,
    Demand.IN_TIME: _in_time,
    Demand.ANSWERED: _answered,
    Demand.ASKED: _asked,
    Demand.SATISFIED: _satisfied,
    Demand.CAUSE: _cause,
}


def inspect(cases: Sequence[Case]) -> list[Inspected]:
    """Every demand over the cases."""
    return [
        Inspected(demand, share(cases, kept), tuple(each.number for each in cases if kept(each) is False))
        for demand, kept in DEMANDS.items()
    ]


def counted(cases: Sequence[Case]) -> list[Case]:
    """The cases that count: what was registered in error and cancelled is none."""
    return [each for each in cases if each.stage is not Stage.CANCELLED]


def silent(cases: Sequence[Case], channels: Sequence[str]) -> list[str]:
    """Channels through which nothing came: whether they are open at all is tried out (R52)."""
    heard = {each.channel for each in cases}
    return [each for each in channels if each not in heard]
