"""Periodic review: planned when a revision enters force, owed when it draws near, concluded once (DOC-13)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms import accounts, calendar, tasks
from qms.documents import defaults, errors, rows
from qms.documents.models import Outcome, PeriodicReview, Revision
from qms.documents.operations import walk
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

KIND: Final = "documents:periodic-review"
AHEAD: Final = timedelta(days=30)
_SUBJECT: Final = N_("Review whether {number} {label} is still right: {title}")


def plan(work: Work, revision: Revision, since: date, last: date = date.min) -> None:
    """Set the day of the next periodic review, counted from a day by what the head or kind says.

    `last` is the day of the review just concluded: the next one lies after it, also when somebody
    concluded it long before it was due.
    """
    length = defaults.review_every(revision.head)
    due = calendar.after(since, length).day
    if due <= last:
        due = calendar.after(last, length).day
    work.session.add(PeriodicReview(revision_id=revision.id, due_on=due))
    work.session.flush()


def drop(work: Work, revision: Revision) -> None:
    """A revision out of force is no longer reviewed; a review nobody concluded is not kept."""
    opened = _open(work, revision)
    if opened is not None:
        work.session.delete(opened)
    tasks.cancel(work, KIND, rows.ref_of(revision))


def owe_due(work: Work, day: date) -> int:
    """Owe the periodic reviews that draw near to those who lead the owning department."""
    found = work.session.scalars(
        select(PeriodicReview)
        .where(PeriodicReview.done_at.is_(None), PeriodicReview.due_on <= day + AHEAD)
        .order_by(PeriodicReview.id)
    ).all()
    made = 0
    for review in found:
        revision = rows.by_id(work.session, review.revision_id)
        made += len(
            tasks.owe(
                work,
                kind=KIND,
                ref=rows.ref_of(revision),
                person_ids=_responsible(work, revision, day),
                subject=_SUBJECT,
                facts=walk.facts(revision),
                due_on=review.due_on,
            )
        )
    return made


def _responsible(work: Work, revision: Revision, day: date) -> list[int]:
    """The heads of the owning department; where it has none, the document controllers, then the author."""
    owner = revision.document.owner
    heads = accounts.role_holders(work.session, "department-head", day, owner)
    controllers = accounts.role_holders(work.session, "document-controller", day, owner)
    author = [] if revision.author_id is None else [revision.author_id]
    return heads or controllers or author


def conclude_periodic_review(work: Work, ref: Ref, outcome: Outcome, note: str) -> PeriodicReview:
    """Say with reasons whether the document stays, is revised or is withdrawn; the next one is planned."""
    revision = rows.lock(work, ref)
    person = rows.person_id(work)
    rows.allow(work, "documents:draft", revision.document.owner)
    opened = _open(work, revision)
    if opened is None:
        raise errors.ReviewMissing(what=rows.name(revision))
    if not note.strip():
        raise errors.ReasonMissing
    opened.done_at = work.now
    opened.outcome = outcome
    opened.person_id = person
    opened.note = note.strip()
    tasks.settle(work, KIND, ref)
    plan(work, revision, work.today, opened.due_on)
    work.record(
        "document:periodic-review:conclude",
        ref,
        after={"due": opened.due_on.isoformat(), "outcome": outcome.value},
        why=opened.note,
    )
    return opened


def _open(work: Work, revision: Revision) -> PeriodicReview | None:
    return work.session.scalar(
        select(PeriodicReview).where(
            PeriodicReview.revision_id == revision.id, PeriodicReview.done_at.is_(None)
        )
    )
