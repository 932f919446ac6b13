"""Audits and inspections: programme, plan, frozen checklist, findings, report, coverage (9.2)."""

from qms.audits import models
from qms.audits.coverage import STATES as COVERAGE_STATES
from qms.audits.coverage import Covered, Visit
from qms.audits.covering import KINDS, Asked, Map, coverage_map
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
    CoverageNotAllowed,
    DaysBackwards,
    FindingIncomplete,
    FindingsUndecided,
    FindingsUnwritten,
    NoSuchAudit,
    NotAnAuditForm,
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
from qms.audits.operations import forms_of, plan, receive
from qms.audits.queries import STAGES, Found, Listed, Shown, findings, listing, one, overlapping, seen
from qms.audits.report import printed
from qms.audits.rules import AUDIT, ELEMENTS, FINDING
from qms.audits.section import FindingSection

__all__ = [
    "AUDIT",
    "COVERAGE_STATES",
    "ELEMENTS",
    "FINDING",
    "KINDS",
    "MODES",
    "REPORT_TASK",
    "RESULTS",
    "SENTENCES",
    "STAGES",
    "ActionNeeded",
    "Asked",
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
    "CoverageNotAllowed",
    "Covered",
    "DaysBackwards",
    "FindingFollower",
    "FindingGuard",
    "FindingIncomplete",
    "FindingSection",
    "FindingsUndecided",
    "FindingsUnwritten",
    "Found",
    "Listed",
    "Map",
    "NoSuchAudit",
    "NotARecipient",
    "NotAnAuditForm",
    "NotOnChecklist",
    "OwnPlanApproved",
    "OwnWorkAudited",
    "ReportIncomplete",
    "ReportReceived",
    "ReportUndelivered",
    "Shown",
    "SpreadMissing",
    "Visit",
    "coverage_map",
    "findings",
    "forms_of",
    "listing",
    "models",
    "one",
    "overlapping",
    "plan",
    "printed",
    "receive",
    "seen",
]
