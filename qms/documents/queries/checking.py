"""What is to be looked at again: periodic reviews, external documents, what a withdrawal leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from qms.documents import access, rows
from qms.documents.currency import ExternalCheck
from qms.documents.models import Document, PeriodicReview, Revision, Validity
from qms.documents.operations import withdrawal
from qms.documents.operations.recurring import AHEAD
from qms.documents.queries.finding import covering

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.documents.currency import Currency
    from qms.documents.tree import Link
    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref


@dataclass(frozen=True, slots=True)
class Due:
    """A document in force whose periodic review is near or past (DOC-13)."""

    ref: Ref
    number: str
    label: str
    title: Mapping[str, str]
    owner: str
    due_on: date
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class External:
    """An external document in force: its source, when it was looked up, what leans on it (DOC-09)."""

    ref: Ref
    number: str
    label: str
    title: Mapping[str, str]
    owner: str
    issuer: str | Mapping[str, str]
    edition: str
    published: str
    check_at: str
    last_on: date | None
    last: Currency | None
    newer: str
    due_on: date | None
    is_overdue: bool
    affected: tuple[str, ...]


def due_reviews(session: Session, rights: Rights, day: date) -> list[Due]:
    """The periodic reviews overdue or near that the person may see, the most urgent first."""
    found = session.execute(
        select(Revision, PeriodicReview.due_on)
        .join(Revision.document)
        .join(Validity, Validity.revision_id == Revision.id)
        .join(PeriodicReview, PeriodicReview.revision_id == Revision.id)
        .options(contains_eager(Revision.document))
        .where(
            access.issued(rights),
            covering(day),
            PeriodicReview.done_at.is_(None),
            PeriodicReview.due_on <= day + AHEAD,
        )
        .order_by(PeriodicReview.due_on, Document.number, Revision.language)
    )
    return [
        Due(
            rows.ref_of(revision),
            revision.document.number,
            revision.label,
            revision.title,
            revision.document.owner,
            due,
            is_overdue=due < day,
        )
        for revision, due in found
    ]


def externals(session: Session, rights: Rights, day: date) -> list[External]:
    """The external documents in force that the person may see, those to be looked up first."""
    found = session.scalars(
        select(Revision)
        .join(Revision.document)
        .join(Validity, Validity.revision_id == Revision.id)
        .options(contains_eager(Revision.document))
        .where(
            access.issued(rights),
            covering(day),
            Revision.id.in_(select(ExternalCheck.revision_id)),
        )
        .order_by(Document.number, Revision.language)
    ).all()
    checks: dict[int, list[ExternalCheck]] = {}
    for check in _checks(session, [each.id for each in found]):
        checks.setdefault(check.revision_id, []).append(check)
    listed = [_external(session, rights, day, each, checks.get(each.id, ())) for each in found]
    return sorted(listed, key=lambda each: (each.due_on is None, each.due_on, each.number))


def _checks(session: Session, ids: Sequence[int]) -> Sequence[ExternalCheck]:
    return session.scalars(
        select(ExternalCheck)
        .where(ExternalCheck.revision_id.in_(ids))
        .order_by(ExternalCheck.due_on, ExternalCheck.id)
    ).all()


def _external(
    session: Session, rights: Rights, day: date, revision: Revision, checks: Sequence[ExternalCheck]
) -> External:
    declared = revision.head["external"]
    done = [each for each in checks if each.done_at is not None]
    due = next((each.due_on for each in checks if each.done_at is None), None)
    leaning: list[Link] = withdrawal.leaning_on(session, rights, revision.document.number, day)
    return External(
        ref=rows.ref_of(revision),
        number=revision.document.number,
        label=revision.label,
        title=revision.title,
        owner=revision.document.owner,
        issuer=declared["issuer"],
        edition=declared["edition"],
        published=declared.get("published", ""),
        check_at=declared.get("check-at", ""),
        last_on=done[-1].done_on if done else None,
        last=done[-1].outcome if done else None,
        newer=done[-1].edition if done else "",
        due_on=due,
        is_overdue=due is not None and due < day,
        affected=tuple(sorted({link.source for link in leaning})),
    )


def external_checks(session: Session, rights: Rights, ref: Ref, day: date) -> Sequence[ExternalCheck]:
    """The looks at an external document, the earliest first; one not taken yet is the last."""
    return _checks(session, [rows.seen(session, rights, day, ref).id])


def left_behind(session: Session, rights: Rights, ref: Ref, day: date) -> list[str]:
    """What would stay in force when the revision leaves, as far as the person may see it (DOC-14)."""
    revision = rows.seen(session, rights, day, ref)
    return withdrawal.shown_family(rights, withdrawal.left_behind(session, revision, day))
