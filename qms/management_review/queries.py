"""Management reviews as readers get them: their packs, what was decided, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts, actions, records
from qms.kernel.errors import Missing
from qms.kernel.refs import Ref
from qms.management_review import errors, pack, rules
from qms.management_review.law import pack_of
from qms.management_review.models import ReviewPack

if TYPE_CHECKING:
    from datetime import date, datetime

    from qms.actions import Shown
    from qms.forms import Bound
    from qms.kernel.work import Work
    from qms.management_review.pack import Pack
    from qms.records import Record


@dataclass(frozen=True, slots=True)
class Listed:
    """One review of the list; `left` counts the actions of it that are open."""

    record: str
    from_on: date
    until_on: date
    state: str
    frozen_at: datetime | None
    frozen_by: str
    digest: str | None
    actions: int
    left: int


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One review: its frozen pack, none before, and the actions it decided."""

    listed: Listed
    pack: Pack | None
    actions: tuple[Shown, ...]


def listing(work: Work) -> list[Listed]:
    """The reviews whose records exist for who asks, the last one first."""
    query = select(ReviewPack).where(ReviewPack.state.in_(("open", "closed")))
    rows = work.session.scalars(query.order_by(ReviewPack.from_on.desc(), ReviewPack.id.desc())).all()
    hidden = records.unseen(work, (row.record for row in rows))
    return [_listed(work, row, _decided(work, row.record)) for row in rows if row.record not in hidden]


def one(work: Work, number: str) -> Reviewed:
    """One review; its frozen pack is read back and held against its digest."""
    record_of(work, number)
    row = pack_of(work, number)
    if row is None:
        raise errors.NoSuchReview(number=number)
    decided = _decided(work, number)
    frozen = None if row.digest is None else pack.from_bytes(work.vault.read(row.digest))
    return Reviewed(_listed(work, row, decided), frozen, tuple(decided))


def record_of(work: Work, number: str) -> Record:
    """The record of a review, where it is one and exists for who asks."""
    try:
        found = records.record_of(work.session, work.rights, Ref("record", number), work.today)
    except Missing as missing:
        raise errors.NoSuchReview(number=number) from missing
    if rules.BINDING.read(found.revision.head) is None:
        raise errors.NoSuchReview(number=number)
    return found


def bound_of(record: Record) -> Bound:
    """Which fields of its form say what of a review."""
    found = rules.BINDING.read(record.revision.head)
    if found is None:
        raise errors.NoSuchReview(number=record.number)
    return found


def _decided(work: Work, number: str) -> list[Shown]:
    return actions.arisen(work.session, work.rights, Ref("record", number), work.today)


def _listed(work: Work, row: ReviewPack, decided: list[Shown]) -> Listed:
    names = accounts.names_of(work.session, [] if row.frozen_by is None else [row.frozen_by])
    return Listed(
        record=row.record,
        from_on=row.from_on,
        until_on=row.until_on,
        state=row.state,
        frozen_at=row.frozen_at,
        frozen_by="".join(names.values()),
        digest=row.digest,
        actions=len(decided),
        left=sum(each.state is actions.State.OPEN for each in decided),
    )
