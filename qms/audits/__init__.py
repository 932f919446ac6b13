"""Audits and inspections: programme, plan, frozen checklist, findings, report, coverage (9.2)."""

from qms.audits import models
from qms.audits.describe import MODES, RESULTS, SENTENCES
from qms.audits.errors import (
    ActionNeeded,
    AuditNotStarted,
    AuditorNotQualified,
    AuditsOverlap,
    AuditStarted,
    AuditUnplanned,
    ChecklistUnanswered,
    ClassFixed,
    ClassNotAgreed,
    ConcernedVoter,
    DaysBackwards,
    FindingIncomplete,
    FindingsUndecided,
    FindingsUnwritten,
    NoSuchAudit,
    NotARecipient,
    NotOnChecklist,
    OwnPlanApproved,
    OwnWorkAudited,
    ReportIncomplete,
    ReportReceived,
    ReportUndelivered,
    SpreadMissing,
)
from qms.audits.finding_law import FindingGuard
from qms.audits.follow import REPORT as REPORT_TASK
from qms.audits.follow import AuditFollower, FindingFollower
from qms.audits.law import AuditGuard
from qms.audits.operations import receive
from qms.audits.queries import STAGES, Found, Listed, Shown, findings, listing, one, overlapping, seen
from qms.audits.rules import AUDIT, ELEMENTS, FINDING
from qms.audits.section import FindingSection

__all__ = [
    "AUDIT",
    "ELEMENTS",
    "FINDING",
    "MODES",
    "REPORT_TASK",
    "RESULTS",
    "SENTENCES",
    "STAGES",
    "ActionNeeded",
    "AuditFollower",
    "AuditGuard",
    "AuditNotStarted",
    "AuditStarted",
    "AuditUnplanned",
    "AuditorNotQualified",
    "AuditsOverlap",
    "ChecklistUnanswered",
    "ClassFixed",
    "ClassNotAgreed",
    "ConcernedVoter",
    "DaysBackwards",
    "FindingFollower",
    "FindingGuard",
    "FindingIncomplete",
    "FindingSection",
    "FindingsUndecided",
    "FindingsUnwritten",
    "Found",
    "Listed",
    "NoSuchAudit",
    "NotARecipient",
    "NotOnChecklist",
    "OwnPlanApproved",
    "OwnWorkAudited",
    "ReportIncomplete",
    "ReportReceived",
    "ReportUndelivered",
    "Shown",
    "SpreadMissing",
    "findings",
    "listing",
    "models",
    "one",
    "overlapping",
    "receive",
    "seen",
]
