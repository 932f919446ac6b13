"""Reading duty: who owes the reading of the revision in force, as tasks (DOC-07, R13)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms import accounts, tasks
from qms.documents import rows
from qms.documents.distribution import read_distribution
from qms.documents.models import Acknowledgement, Revision
from qms.documents.operations import filling, walk
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.documents.distribution import Distribution
    from qms.kernel.work import Work

KIND = "documents:read"
# The day job runs daily; a longer down-time than this gives joiners more time to read, never less.
_FARTHEST = timedelta(days=62)
_SUBJECT = N_("Read and acknowledge {number} {label}: {title}")


class Crowd:
    """Who is where and may what on one day; asked once, however many revisions are for the same people."""

    def __init__(self, session: Session, day: date) -> None:
        """Look into one day."""
        self._session = session
        self._day = day
        self._kept: dict[tuple[Any, ...], frozenset[int]] = {}

    def _ask(self, asked: Callable[..., Iterable[int]], *what: Any) -> frozenset[int]:
        key = (asked, *what)
        if key not in self._kept:
            self._kept[key] = frozenset(asked(*what))
        return self._kept[key]

    def reached(self, distribution: Distribution) -> frozenset[int]:
        """Everybody the distribution reaches."""
        session, departments = self._session, distribution.departments
        kept = None if departments is None else tuple(sorted(departments))
        people = self._ask(accounts.members, session, kept, self._day)
        for post in sorted(distribution.posts):
            people |= self._ask(accounts.post_holders, session, post, self._day)
        return people | (set(distribution.people) & self._ask(_active, session))

    def readers(self, revision: Revision) -> frozenset[int]:
        """Everybody the distribution reaches who may see the revision; nobody owes what they may not open.

        An administrator belongs to a department like anybody else, and sees no content by that role.
        """
        return (
            self.reached(distribution_of(self._session, revision))
            & self._ask(accounts.cleared, self._session, revision.secrecy, revision.circle)
            & self._ask(accounts.allowed, self._session, "documents:acknowledge")
        )


def _active(session: Session) -> Iterable[int]:
    return (person.id for person in accounts.people(session))


def distribution_of(session: Session, revision: Revision) -> Distribution:
    """Whom a revision is for, its people by id."""
    known = filling.people_of(session, revision.distribution)
    return read_distribution(revision.distribution, revision.document.kind, known)


def readers(session: Session, revision: Revision, day: date) -> set[int]:
    """Everybody who is to read the revision on the day, whether they have or not."""
    return set(Crowd(session, day).readers(revision))


def acknowledged(session: Session, revision: Revision, day: date | None = None) -> set[int]:
    """Who has signed, by the day where one is named, for exactly the contents of the revision."""
    query = select(Acknowledgement.person_id).where(
        Acknowledgement.revision_id == revision.id, Acknowledgement.digest == revision.content_digest
    )
    return set(session.scalars(query if day is None else query.where(Acknowledgement.on <= day)))


def owing(session: Session, revision: Revision) -> set[int]:
    """Who owes the reading of the revision now."""
    return {owed.person_id for owed in tasks.outstanding(session, KIND, rows.ref_of(revision))}


def owe_all(work: Work, revisions: Sequence[Revision]) -> None:
    """Owe the readings of the day job: whoever joined since, nobody who left."""
    crowd = Crowd(work.session, work.today)
    owed = tasks.owing(work.session, KIND)
    for revision in revisions:
        _owe(work, revision, crowd, owed.get(rows.ref_of(revision), frozenset()), None)


def owe(work: Work, revision: Revision, since: date) -> None:
    """Owe the reading to everybody reached who has not signed; whoever is no longer reached drops out.

    The span runs from the day given, the effective one; in the day job each joiner has it from the day
    of joining.
    """
    _owe(work, revision, Crowd(work.session, work.today), owing(work.session, revision), since)


def _owe(work: Work, revision: Revision, crowd: Crowd, already: AbstractSet[int], since: date | None) -> None:
    distribution = distribution_of(work.session, revision)
    ref = rows.ref_of(revision)
    wanted = crowd.readers(revision) - acknowledged(work.session, revision)
    for gone in sorted(already - wanted):
        tasks.cancel(work, KIND, ref, person_id=gone)
    begun = dict.fromkeys(wanted - already, since or work.today)
    if since is None:
        begun = _joined(work.session, distribution, begun, revision.effective_on or work.today)
    for first in sorted(set(begun.values())):
        due, counted = tasks.due(work, first, distribution.read_within)
        tasks.owe(
            work,
            kind=KIND,
            ref=ref,
            person_ids=sorted(person for person, day in begun.items() if day == first),
            subject=_SUBJECT,
            facts={**walk.facts(revision), **counted},
            due_on=due,
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
        left &= Crowd(session, here).reached(distribution)
        found.update(dict.fromkeys(left, here))
    return found


def release(work: Work, revision: Revision) -> None:
    """Nobody owes the reading of what is no longer in force."""
    tasks.cancel(work, KIND, rows.ref_of(revision))
