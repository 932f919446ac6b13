"""Pure rules of what forms declare of objectives: their setting, checks, revision (6.2, R29 to R37)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from qms.forms import Binding
from qms.kernel.labels import N_


class Grade(StrEnum):
    """On which level an objective stands, from the top; one below arises from one above (R30)."""

    CENTRE = "centre"
    DEPARTMENT = "department"
    PERSON = "person"


class Direction(StrEnum):
    """Which way is better."""

    LARGER = "larger"
    SMALLER = "smaller"


class Unit(StrEnum):
    """In what an objective is measured; counts and money add up over a year, the others do not."""

    PERCENT = "percent"
    COUNT = "count"
    MONEY = "money"
    DAYS = "days"


class CheckLevel(StrEnum):
    """How often is checked; the monthly check says the result, the others how the work is done (R32, R33)."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    RANDOM = "random"


class Kind(StrEnum):
    """What a revision does to an objective (R36)."""

    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"


_NUMBER: Final = ("number", "computed", "money")
_WORDS: Final = ("text", "long-text")
_ASKED: Final = (
    "name",
    "number",
    "level",
    "department",
    "owner",
    "indicator",
    "unit",
    "source",
    "direction",
    "target",
    "from",
    "until",
)
"""What every objective says: its form has the field, its record the answer."""

OBJECTIVE: Final = Binding(
    key="objective",
    begins=N_("Its records are objectives from now on: set by the last step, changed by revision alone."),
    ends=N_("Its records are no objectives any longer."),
    one={
        "name": ("text",),
        "number": ("text",),
        "family": ("choice",),
        "level": ("choice",),
        "parent": ("record",),
        "department": ("department",),
        "owner": ("person",),
        "indicator": ("text",),
        "unit": ("choice",),
        "calculation": _WORDS,
        "source": _WORDS,
        "direction": ("choice",),
        "target": _NUMBER,
        "from": ("date",),
        "until": ("date",),
        "period": _WORDS,
        "weight": _NUMBER,
        "period-target": _NUMBER,
        "reason": _WORDS,
    },
    needed=(*_ASKED, "parent"),
    answered=_ASKED,
    choices={"level": tuple(Grade), "unit": tuple(Unit), "direction": tuple(Direction)},
)
"""`period`, `weight`, `period-target` and `reason` are columns of one table: the split by season (S16)."""

CHECK: Final = Binding(
    key="objective-check",
    begins=N_("Its records check objectives from now on, against the targets in force for their period."),
    ends=N_("Its records check no objectives any longer."),
    one={
        "objective": ("record",),
        "level": ("choice",),
        "self": ("yes-no",),
        "from": ("date",),
        "until": ("date",),
        "target": _NUMBER,
        "actual": _NUMBER,
        "achieved": ("yes-no",),
        "planned": _NUMBER,
        "done": _NUMBER,
        "score": _NUMBER,
        "corrective-action": ("record",),
    },
    needed=("objective", "level", "from", "until", "target", "actual", "achieved"),
    answered=("objective", "level", "from", "until"),
    steps=("conclude",),
    numbers=("missed-in-a-row", "attained-below"),
    choices={"level": tuple(CheckLevel)},
)
"""A corrective action is named at `conclude` after so many misses in a row, or below so many per cent."""

REVISION: Final = Binding(
    key="objective-revision",
    begins=N_("Its records revise objectives from now on: in force from their day once they are filed."),
    ends=N_("Its records revise no objectives any longer."),
    one={
        "objective": ("record",),
        "kind": ("choice",),
        "level": ("choice",),
        "department": ("department",),
        "old-target": _NUMBER,
        "new-target": _NUMBER,
        "period": _WORDS,
        "weight": _NUMBER,
        "period-target": _NUMBER,
        "effective": ("date",),
        "filing-number": ("text",),
        "reason": _WORDS,
    },
    needed=("objective", "kind", "level", "department", "old-target", "new-target", "effective", "reason"),
    answered=("kind", "level", "department"),
    choices={"kind": tuple(Kind), "level": tuple(Grade)},
)
BINDINGS: Final = (OBJECTIVE, CHECK, REVISION)
_BELOW: Final = {Grade.DEPARTMENT: (Grade.CENTRE,), Grade.PERSON: (Grade.DEPARTMENT,)}


def adds_up(unit: Unit) -> bool:
    """Whether the results of the months make that of the year by adding them; else by their mean."""
    return unit in {Unit.COUNT, Unit.MONEY}


def may_arise_from(level: Grade, above: Grade | None) -> bool:
    """Whether an objective of the level may have a parent of that level; the centre's have none (R30)."""
    if level is Grade.CENTRE:
        return above is None
    return above in _BELOW[level]
