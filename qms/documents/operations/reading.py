"""Reading duty: who owes the reading of the revision in force, as tasks (DOC-07, R13)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts, calendar, tasks
from qms.documents import rows
from qms.documents.distribution import read_distribution
from qms.documents.models import Acknowledgement, Revision
from qms.documents.operations import filling, walk
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.documents.distribution import Distribution
    from qms.kernel.work import Work

KIND = "documents:read"
# The day job runs daily; a longer down-time than this gives joiners more time to read, never less.
_FARTHEST = timedelta(days=62)
_SUBJECT = N_("Read and acknowledge {number} {label}: {title}")


def distribution_of(session: Session, revision: Revision) -> Distribution:
    """Whom a revision is for, its people by id."""
    known = filling.people_of(session, revision.distribution)
    return read_distribution(revision.distribution, revision.document.kind, known)


def reached(session: Session, distribution: Distribution, day: date) -> set[int]:
    """Everybody the distribution reaches on the day."""
    people = set(accounts.members(session, distribution.departments, day))
    for post in sorted(distribution.posts):
        people |= set(accounts.post_holders(session, post, day))
    active = {person.id for person in accounts.people(session)}
    return people | (set(distribution.people) & active)


def readers(session: Session, revision: Revision, day: date) -> set[int]:
    """Everybody the distribution reaches who may see the revision; nobody owes what they may not open.

    An administrator belongs to a department like anybody else, and sees no content by that role.
    """
    found = reached(session, distribution_of(session, revision), day)
    return (
        found
        & accounts.cleared(session, revision.secrecy, revision.circle)
        & accounts.allowed(session, "documents:acknowledge")
    )


def acknowledged(session: Session, revision: Revision, day: date | None = None) -> set[int]:
    """Who has signed, by the day where one is named, for exactly the contents of the revision."""
    query = select(Acknowledgement.person_id).where(
        Acknowledgement.revision_id == revision.id, Acknowledgement.digest == revision.content_digest
    )
    return set(session.scalars(query if day is None else query.where(Acknowledgement.on <= day)))


def owe(work: Work, revision: Revision, since: date | None = None) -> None:
    """Owe the reading to everybody reached who has not signed; whoever is no longer reached drops out.

    The span runs from the day given, the effective one; without it each joiner has it from the day
    of joining.
    """
    distribution = distribution_of(work.session, revision)
    ref = rows.ref_of(revision)
    wanted = readers(work.session, revision, work.today) - acknowledged(work.session, revision)
    owing = {owed.person_id for owed in tasks.outstanding(work.session, KIND, ref)}
    for gone in sorted(owing - wanted):
        tasks.cancel(work, KIND, ref, person_id=gone)
    begun = dict.fromkeys(wanted - owing, since or work.today)
    if since is None:
        begun = _joined(work.session, distribution, begun, revision.effective_on or work.today)
    for first in sorted(set(begun.values())):
        tasks.owe(
            work,
            kind=KIND,
            ref=ref,
            person_ids=sorted(person for person, day in begun.items() if day == first),
            subject=_SUBJECT,
            facts=walk.facts(revision),
            due_on=calendar.after(first, distribution.read_within).day,
            personal=True,
        )


def _joined(
    session: Session, distribution: Distribution, people: dict[int, date], earliest: date
) -> dict[int, date]:
    """Since when each has been reached without a break, looked up day by day backwards."""
    found = dict(people)
    left = set(people)
    here = max(people.values(), default=earliest)
    last = max(earliest, here - _FARTHEST)
    while left and here > last:
        here -= timedelta(days=1)
        left &= reached(session, distribution, here)
        found.update(dict.fromkeys(left, here))
    return found


def release(work: Work, revision: Revision) -> None:
    """Nobody owes the reading of what is no longer in force."""
    tasks.cancel(work, KIND, rows.ref_of(revision))
