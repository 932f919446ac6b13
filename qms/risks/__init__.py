"""Control points of documents in force: their checks by records, and the warnings that follow."""

from qms.risks.describe import KINDS, SENTENCES, STATES, TASK
from qms.risks.errors import (
    NoSuchControlPoint,
    NoSuchWarning,
    NotTheWarned,
    WarningNotOpen,
    WarningNotTreated,
    WordsNeeded,
)
from qms.risks.follow import CheckFollower, move
from qms.risks.models import State
from qms.risks.operations import report, treat
from qms.risks.queries import (
    Check,
    Standing,
    Warned,
    checks,
    chosen,
    due,
    hidden,
    may_act,
    point,
    points,
    warning,
    warnings,
)
from qms.risks.section import ControlPointSection

__all__ = [
    "KINDS",
    "SENTENCES",
    "STATES",
    "TASK",
    "Check",
    "CheckFollower",
    "ControlPointSection",
    "NoSuchControlPoint",
    "NoSuchWarning",
    "NotTheWarned",
    "Standing",
    "State",
    "Warned",
    "WarningNotOpen",
    "WarningNotTreated",
    "WordsNeeded",
    "checks",
    "chosen",
    "due",
    "hidden",
    "may_act",
    "move",
    "point",
    "points",
    "report",
    "treat",
    "warning",
    "warnings",
]
