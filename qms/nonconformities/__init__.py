"""Corrective actions: records held to cause, effect and close where their form says so (NCA-01 to NCA-05)."""

from qms.nonconformities import models
from qms.nonconformities.errors import (
    ActionsUnfinished,
    CauseUnknown,
    ClosingUnanswered,
    NotEffective,
    OwnActionsJudged,
    RevisionNotInForce,
    StillObserved,
)
from qms.nonconformities.follow import CorrectiveActionFollower, CorrectiveActionGuard
from qms.nonconformities.queries import Figures, arisen_from, figures
from qms.nonconformities.rules import BINDING

__all__ = [
    "BINDING",
    "ActionsUnfinished",
    "CauseUnknown",
    "ClosingUnanswered",
    "CorrectiveActionFollower",
    "CorrectiveActionGuard",
    "Figures",
    "NotEffective",
    "OwnActionsJudged",
    "RevisionNotInForce",
    "StillObserved",
    "arisen_from",
    "figures",
    "models",
]
