"""What people do with controlled documents, one verb a function, by stage."""

from qms.documents.operations import day
from qms.documents.operations.acknowledging import acknowledge
from qms.documents.operations.drafting import NextDraft, discard_draft, draft, next_draft, revise, save_draft
from qms.documents.operations.externals import record_external_check
from qms.documents.operations.issue import (
    decide_issue,
    fail_issue,
    plan_issue,
    release,
    retry_issue,
    stored_plan,
)
from qms.documents.operations.rechecking import altered
from qms.documents.operations.review import (
    comment,
    resolve_comment,
    return_to_draft,
    sign_approval,
    sign_review,
    withdraw_from_review,
)
from qms.documents.operations.reviewing import conclude_periodic_review
from qms.documents.operations.submission import Submitted, submit
from qms.documents.operations.withdrawal import (
    Asked,
    cancel_withdrawal,
    decide_withdrawal,
    sign_withdrawal_approval,
    sign_withdrawal_review,
    withdraw,
)

__all__ = [
    "Asked",
    "NextDraft",
    "Submitted",
    "acknowledge",
    "altered",
    "cancel_withdrawal",
    "comment",
    "conclude_periodic_review",
    "day",
    "decide_issue",
    "decide_withdrawal",
    "discard_draft",
    "draft",
    "fail_issue",
    "next_draft",
    "plan_issue",
    "record_external_check",
    "release",
    "resolve_comment",
    "retry_issue",
    "return_to_draft",
    "revise",
    "save_draft",
    "sign_approval",
    "sign_review",
    "sign_withdrawal_approval",
    "sign_withdrawal_review",
    "stored_plan",
    "submit",
    "withdraw",
    "withdraw_from_review",
]
