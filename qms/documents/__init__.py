"""Controlled documents: what is written, signed, issued, in force, read, and withdrawn."""

from qms.documents import ddl, models
from qms.documents.defaults import Kind
from qms.documents.lifecycle import Standing, State
from qms.documents.models import Document, Outcome, Revision
from qms.documents.operations import (
    Submitted,
    acknowledge,
    comment,
    conclude_periodic_review,
    day,
    decide_issue,
    discard_draft,
    draft,
    fail_issue,
    plan_issue,
    release,
    resolve_comment,
    retry_issue,
    return_to_draft,
    save_draft,
    sign_approval,
    sign_review,
    stored_plan,
    submit,
    withdraw_from_review,
)
from qms.documents.operations.day import DayReport
from qms.documents.plan import IssuePlan
from qms.documents.prepared import Prepared, prepare
from qms.documents.queries import document, in_force, revision
from qms.documents.rows import document_ref, ref_of, revision_ref

__all__ = [
    "DayReport",
    "Document",
    "IssuePlan",
    "Kind",
    "Outcome",
    "Prepared",
    "Revision",
    "Standing",
    "State",
    "Submitted",
    "acknowledge",
    "comment",
    "conclude_periodic_review",
    "day",
    "ddl",
    "decide_issue",
    "discard_draft",
    "document",
    "document_ref",
    "draft",
    "fail_issue",
    "in_force",
    "models",
    "plan_issue",
    "prepare",
    "ref_of",
    "release",
    "resolve_comment",
    "retry_issue",
    "return_to_draft",
    "revision",
    "revision_ref",
    "save_draft",
    "sign_approval",
    "sign_review",
    "stored_plan",
    "submit",
    "withdraw_from_review",
]
