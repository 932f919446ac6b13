"""The change simulator: everything a change touches, and the list that is concluded before its approval."""

from qms.impact import models
from qms.impact.describe import KINDS, SENTENCES, VERDICTS
from qms.impact.errors import DayNeeded, ImpactOpen, ListClosed, NoSuchLine, NotConcluding, ReasonNeeded
from qms.impact.evidence import ImpactEvidence
from qms.impact.follow import ImpactLaw
from qms.impact.lines import Kind, Line, Verdict
from qms.impact.operations import conclude
from qms.impact.queries import Companion, Item, checklist, companions, impact, may_conclude, measured

__all__ = [
    "KINDS",
    "SENTENCES",
    "VERDICTS",
    "Companion",
    "DayNeeded",
    "ImpactEvidence",
    "ImpactLaw",
    "ImpactOpen",
    "Item",
    "Kind",
    "Line",
    "ListClosed",
    "NoSuchLine",
    "NotConcluding",
    "ReasonNeeded",
    "Verdict",
    "checklist",
    "companions",
    "conclude",
    "impact",
    "may_conclude",
    "measured",
    "models",
]
