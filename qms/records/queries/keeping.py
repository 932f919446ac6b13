"""What the keepers of the house ask of records: stored digests, and of which records a list may tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms.kernel.refs import Ref
from qms.records import access, rows
from qms.records.models import Record, RecordOpening

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.work import Work

_KINDS: Final = frozenset({rows.KIND, rows.DRAFT, rows.OPENING})


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
    seen = _those(session, select(Record.number).where(Record.number.in_(numbers), sight), numbers)
    drafts = _those(session, select(Record.id).where(Record.id.in_(ids), sight), ids)
    places = {int(ref.key) for ref in asked if ref.kind == rows.OPENING and ref.key.isdecimal()}
    query = select(RecordOpening.id).join(Record, Record.id == RecordOpening.record_id)
    opened = _those(session, query.where(RecordOpening.id.in_(places), sight), places)
    there = {rows.KIND: seen, rows.DRAFT: drafts, rows.OPENING: opened}
    return frozenset(ref for ref in asked if ref.key not in there[ref.kind])


def _those(session: Session, query: Select[Any], asked: Collection[object]) -> set[str]:
    """What a query finds of what was asked for; nothing is asked where nothing was."""
    return {str(each) for each in session.scalars(query)} if asked else set()


def unseen(work: Work, numbers: Iterable[str]) -> set[str]:
    """Those of the record numbers that do not exist for who asks (SEC-07)."""
    refs = [Ref(rows.KIND, number) for number in numbers]
    return {ref.key for ref in hidden(work.session, work.rights, refs, work.today)}
