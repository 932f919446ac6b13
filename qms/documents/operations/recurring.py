"""What is owed of a revision in force again and again: planned, owed when it draws near, dropped with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from sqlalchemy import select

from qms import accounts, calendar, tasks
from qms.documents import rows
from qms.documents.currency import ExternalCheck
from qms.documents.models import PeriodicReview
from qms.documents.operations import walk

if TYPE_CHECKING:
    from qms.calendar import Span
    from qms.documents.models import Revision
    from qms.kernel.work import Work

AHEAD: Final = timedelta(days=30)
Row = TypeVar("Row", PeriodicReview, ExternalCheck)


@dataclass(frozen=True, slots=True)
class Recurring(Generic[Row]):
    """One kind of it: the table of its days, the kind of its tasks and what they ask."""

    model: type[Row]
    kind: str
    subject: str

    def plan(self, work: Work, revision: Revision, length: Span, since: date, last: date = date.min) -> None:
        """Set the next day, counted from a day.

        `last` is the day of the one just done: the next lies after it, also when it was done long before.
        """
        kept = calendar.kept(work.settings.home)
        due = kept.after(since, length).day
        if due <= last:
            due = kept.after(last, length).day
        self.set(work, revision, due)

    def set(self, work: Work, revision: Revision, due: date) -> None:
        """Set the next day as it is given."""
        work.session.add(self.model(revision_id=revision.id, due_on=due))
        work.session.flush()

    def drop(self, work: Work, revision: Revision) -> None:
        """A revision out of force owes it no longer; one that nobody did is not kept."""
        opened = self.opened(work, revision)
        if opened is not None:
            work.session.delete(opened)
        tasks.cancel(work, self.kind, rows.ref_of(revision))

    def opened(self, work: Work, revision: Revision) -> Row | None:
        """The one that waits to be done."""
        model = self.model
        return work.session.scalar(
            select(model).where(model.revision_id == revision.id, model.done_at.is_(None))
        )

    def owe_due(self, work: Work, day: date) -> int:
        """Owe those that draw near to those who lead the owning department; gives how many were owed."""
        model = self.model
        near = select(model).where(model.done_at.is_(None), model.due_on <= day + AHEAD).order_by(model.id)
        made = 0
        for row in work.session.scalars(near).all():
            revision = rows.by_id(work.session, row.revision_id)
            owed = tasks.owe(
                work,
                kind=self.kind,
                ref=rows.ref_of(revision),
                person_ids=_responsible(work, revision, day),
                subject=self.subject,
                facts=walk.facts(revision),
                due_on=row.due_on,
            )
            made += len(owed)
        return made


def _responsible(work: Work, revision: Revision, day: date) -> list[int]:
    """The heads of the owning department; where it has none, the document controllers, then the author.

    Only those for whom the document exists: who leads several departments is not asked for what was never
    given to them (law 11).
    """
    owner = revision.document.owner

    def seeing(role: str) -> list[int]:
        people = accounts.role_holders(work.session, role, day, owner)
        sight = {each: accounts.rights_of(work.session, each, day) for each in people}
        return [each for each in people if rows.may_see(work.session, sight[each], day, revision)]

    author = [] if revision.author_id is None else [revision.author_id]
    return seeing("department-head") or seeing("document-controller") or author
