"""The requests a document has, open or not, and what each led to, as far as the reader may see them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import documents, records
from qms.changes.models import ChangeRequest, ChangeRevision
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Request:
    """One request for change: its number, what it asks, its decision, and the revisions begun from it."""

    number: str
    document: str | None
    title: str
    asked: str
    decision: str | None
    state: str
    revisions: tuple[Ref, ...]

    @property
    def is_approved(self) -> bool:
        """Whether a revision may be begun from it."""
        return self.state == "open" and self.decision == "agree"


def open_for(work: Work, number: str) -> list[Request]:
    """The approved requests from which a revision of a document may be begun: about it, or for a new one."""
    asked = requests(work.session, work.rights, work.today)
    return [each for each in asked if each.is_approved and each.document in {None, number}]


def requests(
    session: Session, rights: Rights, day: date, number: str | None = None, *, is_open: bool = True
) -> list[Request]:
    """Requests about a document, or about any, the newest first; those that ask for a new one have none."""
    query = (
        select(ChangeRequest, records.Record)
        .join(records.Record, records.Record.number == ChangeRequest.number)
        .where(records.visible(session, rights, day))
        .order_by(ChangeRequest.id.desc())
    )
    if is_open:
        query = query.where(ChangeRequest.state == "open")
    if number is not None:
        query = query.where(ChangeRequest.document == number)
    found = session.execute(query).all()
    led = _led(session, rights, day, [row.id for row, _ in found])
    return [
        Request(
            number=row.number,
            document=row.document,
            title=record.title,
            asked=row.asked,
            decision=record.decision,
            state=row.state,
            revisions=tuple(led[row.id]),
        )
        for row, record in found
    ]


def is_in_force(session: Session, number: str, day: date) -> bool:
    """Whether a request has led to a revision that entered force, or was closed without one.

    Asked by the law of other slices, whoever acts; a number that is no request's is answered False.
    """
    row = session.scalar(select(ChangeRequest).where(ChangeRequest.number == number))
    if row is None:
        return False
    query = select(ChangeRevision.revision).where(ChangeRevision.request_id == row.id)
    found = [documents.known(session, Ref.parse(each)) for each in session.scalars(query)]
    begun = [each for each in found if each.discarded_at is None]
    if not begun:
        return row.state == "closed"
    return all(each.effective_on is not None and each.effective_on <= day for each in begun)


def _led(session: Session, rights: Rights, day: date, requests: Sequence[int]) -> Mapping[int, list[Ref]]:
    """The revisions begun from each of the requests that the reader may see, in order."""
    query = select(ChangeRevision.request_id, ChangeRevision.revision)
    rows = session.execute(query.where(ChangeRevision.request_id.in_(requests)).order_by(ChangeRevision.id))
    refs = [(request, Ref.parse(revision)) for request, revision in rows]
    secret = documents.hidden(session, rights, [ref for _, ref in refs], day)
    found: dict[int, list[Ref]] = defaultdict(list)
    for request, ref in refs:
        if ref not in secret:
            found[request].append(ref)
    return found
