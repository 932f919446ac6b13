"""Periodic review: planned when a revision enters force, owed when it draws near, concluded once (DOC-13)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from qms import tasks
from qms.documents import defaults, errors, rows
from qms.documents.models import Outcome, PeriodicReview, Revision
from qms.documents.operations.recurring import Recurring
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

REVIEWS: Final = Recurring(
    PeriodicReview,
    "documents:periodic-review",
    N_("Review whether {number} {label} is still right: {title}"),
)


def plan(work: Work, revision: Revision, since: date, last: date = date.min) -> None:
    """Set the day of the next periodic review, counted from a day by what the head or kind says."""
    REVIEWS.plan(work, revision, defaults.review_every(revision.head), since, last)


def conclude_periodic_review(work: Work, ref: Ref, outcome: Outcome, note: str) -> PeriodicReview:
    """Say with reasons whether the document stays, is revised or is withdrawn; the next one is planned."""
    revision = rows.lock(work, ref)
    person = rows.person_id(work)
    rows.allow(work, "documents:draft", revision.document.owner)
    opened = REVIEWS.opened(work, revision)
    if opened is None:
        raise errors.ReviewMissing(what=rows.name(revision))
    if not note.strip():
        raise errors.ReasonMissing
    opened.done_at = work.now
    opened.outcome = outcome
    opened.person_id = person
    opened.note = note.strip()
    tasks.settle(work, REVIEWS.kind, ref)
    plan(work, revision, work.today, opened.due_on)
    work.record(
        "document:periodic-review:conclude",
        ref,
        after={"due": opened.due_on.isoformat(), "outcome": outcome.value},
        why=opened.note,
    )
    return opened
