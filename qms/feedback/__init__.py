"""Complaints and suggestions: records held to grade, facts, reply and close where their form says so."""

from qms.feedback import indices, models, sampling
from qms.feedback.describe import DEMANDS, FINDINGS, MATTERS, SENTENCES, STAGES, VIEWS, WEIGHTS
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
    WeightsNotWhole,
)
from qms.feedback.follow import ComplaintFollower
from qms.feedback.inspection import Demand, Inspected, counted, inspect, silent
from qms.feedback.law import ComplaintGuard
from qms.feedback.queries import READ, Case, listing, words, years
from qms.feedback.rules import BINDING, Matter, Verdict, View, Weight
from qms.feedback.stages import Stage
from qms.feedback.trends import MONTHS, Line, Share, lines, share

__all__ = [
    "BINDING",
    "DEMANDS",
    "FINDINGS",
    "MATTERS",
    "MONTHS",
    "READ",
    "SENTENCES",
    "STAGES",
    "VIEWS",
    "WEIGHTS",
    "ActionNeeded",
    "ActionNotFiled",
    "AssignedToConcerned",
    "Case",
    "ComplaintCauseUnknown",
    "ComplaintFollower",
    "ComplaintGuard",
    "ComplaintNotCancelled",
    "ComplaintSealed",
    "Demand",
    "Inspected",
    "Line",
    "Matter",
    "NotAtOnce",
    "NotGraded",
    "NotInvestigated",
    "NotReviewed",
    "OwnComplaint",
    "RemedyMissing",
    "ReplyMissing",
    "Share",
    "Stage",
    "Verdict",
    "View",
    "ViewNotAsked",
    "Weight",
    "WeightsNotWhole",
    "counted",
    "indices",
    "inspect",
    "lines",
    "listing",
    "models",
    "sampling",
    "share",
    "silent",
    "words",
    "years",
]
