"""Complaints and suggestions: records held to grade, facts, reply and close where their form says so."""

from qms.feedback import models
from qms.feedback.describe import FINDINGS, MATTERS, SENTENCES, VIEWS, WEIGHTS
from qms.feedback.errors import (
    ActionNeeded,
    ActionNotFiled,
    AssignedToConcerned,
    ComplaintCauseUnknown,
    ComplaintNotCancelled,
    ComplaintSealed,
    NotAtOnce,
    NotGraded,
    NotInvestigated,
    NotReviewed,
    OwnComplaint,
    RemedyMissing,
    ReplyMissing,
    ViewNotAsked,
)
from qms.feedback.follow import ComplaintFollower
from qms.feedback.law import ComplaintGuard
from qms.feedback.rules import BINDING

__all__ = [
    "BINDING",
    "FINDINGS",
    "MATTERS",
    "SENTENCES",
    "VIEWS",
    "WEIGHTS",
    "ActionNeeded",
    "ActionNotFiled",
    "AssignedToConcerned",
    "ComplaintCauseUnknown",
    "ComplaintFollower",
    "ComplaintGuard",
    "ComplaintNotCancelled",
    "ComplaintSealed",
    "NotAtOnce",
    "NotGraded",
    "NotInvestigated",
    "NotReviewed",
    "OwnComplaint",
    "RemedyMissing",
    "ReplyMissing",
    "ViewNotAsked",
    "models",
]
