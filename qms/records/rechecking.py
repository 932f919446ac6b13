"""The full check's questions: is what was recorded still what it was, and is no number lost (REC-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from qms.accounts.models import Signature
from qms.documents.models import Revision
from qms.kernel import sealing
from qms.kernel.errors import Damaged
from qms.records import contents, numbering, rows
from qms.records.models import (
    Record,
    RecordAct,
    RecordAmendment,
    RecordContent,
    RecordDraft,
    RecordSeries,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from qms.kernel.work import Work

_BATCH: Final = 500


def altered(session: Session) -> Iterator[str | None]:
    """The name of each record with a content, act or amendment that was changed; None for each sound content.

    A content gives its digest, an act and an amendment are of the content they say, and what was signed
    for one of them is that digest (P11-70).
    """
    after = 0
    while True:
        found = session.scalars(
            select(RecordContent).where(RecordContent.id > after).order_by(RecordContent.id).limit(_BATCH)
        ).all()
        kept = _records(session, {each.record_id for each in found})
        for row in found:
            after, record = row.id, kept[row.record_id]
            told = contents.digest_of(record, row.content, row.sealed, row.version)
            yield None if told == row.digest else rows.name(record)
        session.expunge_all()
        if len(found) < _BATCH:
            break
    yield from _of_other_contents(session)


def _records(session: Session, ids: set[int]) -> dict[int, Record]:
    query = (
        select(Record)
        .where(Record.id.in_(ids))
        .options(joinedload(Record.revision).joinedload(Revision.document))
    )
    return {each.id: each for each in session.scalars(query)}


def _of_other_contents(session: Session) -> Iterator[str]:
    for model in (RecordAct, RecordAmendment):
        same = and_(RecordContent.record_id == model.record_id, RecordContent.version == model.version)
        wrong = [RecordContent.id.is_(None), Signature.digest != RecordContent.digest]
        if model is RecordAct:
            wrong.append(RecordAct.digest != RecordContent.digest)
        query = (
            select(Record)
            .join(model, model.record_id == Record.id)
            .outerjoin(RecordContent, same)
            .outerjoin(Signature, Signature.id == model.signature_id)
            .where(or_(*wrong))
            .distinct()
        )
        yield from (rows.name(each) for each in session.scalars(query))


def lost_numbers(session: Session) -> Iterator[str]:
    """Each number that a series has given and no record has: a filed record is never deleted (law 13)."""
    for series in session.scalars(select(RecordSeries).order_by(RecordSeries.series)):
        for first in range(1, series.last + 1, _BATCH):
            last = min(first + _BATCH, series.last + 1)
            given = [numbering.number(series.series, place) for place in range(first, last)]
            there = set(session.scalars(select(Record.number).where(Record.number.in_(given))))
            yield from (each for each in given if each not in there)


def unopened(work: Work) -> Iterator[str | None]:
    """The name of each record of which something sealed does not open; None for each sound one (D-0022).

    What was erased has no key, and is not asked for one.
    """
    after = 0
    while True:
        query = select(Record).where(Record.id > after, Record.seal.is_not(None), Record.erased_at.is_(None))
        found = work.session.scalars(query.order_by(Record.id).limit(_BATCH)).all()
        for record in found:
            after = record.id
            yield None if _opens(work, record) else rows.name(record)
        work.session.expunge_all()
        if len(found) < _BATCH:
            return


def _opens(work: Work, record: Record) -> bool:
    try:
        sealing.refuse_missing(work.settings.at(work.settings.keys), record.seal or "")
        for model in (RecordContent, RecordDraft):
            boxes = select(model.sealed).where(model.record_id == record.id, model.sealed.is_not(None))
            for box in work.session.scalars(boxes):
                contents.opened(work, record, box or b"")
    except Damaged:
        return False
    return True
