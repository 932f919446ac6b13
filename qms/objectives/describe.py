"""What is said of objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_
from qms.objectives.forecast import Method
from qms.objectives.models import State
from qms.objectives.results import Status
from qms.objectives.rules import CheckLevel, Direction, Grade, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUSES: Final[Mapping[Status, str]] = {
    Status.MET: N_("reached"),
    Status.ON_TRACK: N_("on track"),
    Status.AT_RISK: N_("at risk"),
    Status.MISSED: N_("not reached"),
    Status.MISSING: N_("no result"),
    Status.WAITING: N_("under way"),
}
STATES: Final[Mapping[State, str]] = {
    State.PROPOSED: N_("proposed"),
    State.SET: N_("set"),
    State.ENDED: N_("ended"),
    State.VOID: N_("cancelled"),
}
LEVELS: Final[Mapping[Grade, str]] = {
    Grade.CENTRE: N_("centre"),
    Grade.DEPARTMENT: N_("department"),
    Grade.PERSON: N_("individual"),
}
CHECKS: Final[Mapping[CheckLevel, str]] = {
    CheckLevel.MONTH: N_("monthly"),
    CheckLevel.WEEK: N_("weekly"),
    CheckLevel.DAY: N_("daily"),
    CheckLevel.RANDOM: N_("at random"),
}
UNITS: Final[Mapping[Unit, str]] = {
    Unit.PERCENT: "%",
    Unit.COUNT: "",
    Unit.MONEY: N_("yuan"),
    Unit.DAYS: N_("days"),
}
DIRECTIONS: Final[Mapping[Direction, str]] = {
    Direction.LARGER: N_("larger is better"),
    Direction.SMALLER: N_("smaller is better"),
}
METHODS: Final[Mapping[Method, str]] = {
    Method.LINE: N_("by a straight line through the results"),
    Method.SEASON: N_("by the share of the year the results stand for"),
}
SENTENCES: Final[Mapping[str, str]] = {
    "objective:set": N_("{actor} set the objective {ref} ({code})."),
    "objective:revise": N_("{actor} filed {ref}: the objective {objective} has new targets from {from}."),
    "objective:end": N_("{actor} filed {ref}: the objective {objective} ends on {from}."),
}
