"""What the keepers of the house ask of records: stored digests, and of which records a list may tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms.records import access, rows
from qms.records.models import Record, RecordFile, RecordOpening

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref

_KINDS: Final = frozenset({rows.KIND, rows.DRAFT, rows.OPENING})


def blobs(session: Session) -> Iterator[str]:
    """Every digest that a row of records points at (REL-14)."""
    yield from session.scalars(select(RecordFile.digest).distinct())


def is_about_records(ref: Ref) -> bool:
    """Whether a ref names a record, a draft of one, or what one has opened."""
    return ref.kind in _KINDS


def hidden(session: Session, rights: Rights, refs: Iterable[Ref], day: date) -> frozenset[Ref]:
    """Those of the refs about records that do not exist for the person (SEC-07)."""
    asked = [ref for ref in refs if is_about_records(ref)]
    if not asked:
        return frozenset()
    sight = access.visible(session, rights, day)
    numbers = {ref.key for ref in asked if ref.kind == rows.KIND}
    ids = {int(ref.key) for ref in asked if ref.kind == rows.DRAFT and ref.key.isdecimal()}
    seen = set(session.scalars(select(Record.number).where(Record.number.in_(numbers), sight)))
    drafts = set(session.scalars(select(Record.id).where(Record.id.in_(ids), sight)))
    places = {int(ref.key) for ref in asked if ref.kind == rows.OPENING and ref.key.isdecimal()}
    query = select(RecordOpening.id).join(Record, Record.id == RecordOpening.record_id)
    opened = set(session.scalars(query.where(RecordOpening.id.in_(places), sight)))
    there = {rows.KIND: {str(each) for each in seen}, rows.DRAFT: {str(each) for each in drafts}}
    there[rows.OPENING] = {str(each) for each in opened}
    return frozenset(ref for ref in asked if ref.key not in there[ref.kind])
