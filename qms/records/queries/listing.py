"""Lists of records: the newest first, page by page from a key, never by counting rows away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from qms import accounts, documents
from qms.records import access, rows
from qms.records.models import Record, RecordStep
from qms.records.states import State, StepState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.documents import Listed
    from qms.kernel.ports import Rights


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty values narrow nothing. Days are inclusive."""

    form: str = ""
    state: State | None = None
    department: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One record in a list."""

    id: int
    number: str
    form: str
    form_title: Mapping[str, str]
    title: str
    state: State
    department: str
    author: str
    filed_on: date | None
    closed_on: date | None
    step: str


_ALL = Filters()


def listing(
    session: Session,
    rights: Rights,
    day: date,
    filters: Filters = _ALL,
    *,
    before: int | None = None,
    limit: int = 50,
) -> list[Row]:
    """The filed records the person sees, newest first, from below the id `before` on."""
    query = (
        select(Record)
        .join(Record.revision)
        .options(contains_eager(Record.revision))
        .where(Record.state != State.DRAFT, access.visible(session, rights, day))
    )
    if filters.form:
        query = query.where(Record.form == filters.form)
    if filters.state is not None:
        query = query.where(Record.state == filters.state)
    if filters.department:
        query = query.where(Record.department == filters.department)
    if filters.number:
        query = query.where(Record.number.startswith(filters.number.strip().upper(), autoescape=True))
    if filters.since is not None:
        query = query.where(Record.filed_on >= filters.since)
    if filters.until is not None:
        query = query.where(Record.filed_on <= filters.until)
    if filters.mine:
        query = query.where(Record.author_id == rights.person_id)
    if before is not None:
        query = query.where(Record.id < before)
    found = session.scalars(query.order_by(Record.id.desc()).limit(limit)).all()
    return _rows(session, found)


def _rows(session: Session, found: Sequence[Record]) -> list[Row]:
    names = accounts.names_of(session, [each.author_id for each in found])
    at = _open_steps(session, [each.id for each in found])
    return [
        Row(
            id=each.id,
            number=each.number or "",
            form=each.form,
            form_title=each.revision.title,
            title=each.title,
            state=each.state,
            department=each.department,
            author=names.get(each.author_id, ""),
            filed_on=each.filed_on,
            closed_on=each.closed_on,
            step=at.get(each.id, ""),
        )
        for each in found
    ]


def _open_steps(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(RecordStep.record_id, RecordStep.step).where(
            RecordStep.record_id.in_(ids), RecordStep.state == StepState.OPEN
        )
    )
    return {row.record_id: row.step for row in rows}


def drafts(session: Session, rights: Rights) -> list[Record]:
    """The drafts of the person, the last changed first."""
    query = (
        select(Record)
        .join(Record.revision)
        .options(contains_eager(Record.revision))
        .where(Record.state == State.DRAFT, Record.author_id == rights.person_id, access.graded(rights))
    )
    return list(session.scalars(query.order_by(Record.changed_at.desc(), Record.id.desc())))


def fillable(session: Session, rights: Rights, day: date) -> list[Listed]:
    """The forms in force the person may begin a record on."""
    if not rights.may(access.FILE):
        return []
    found = documents.library(session, rights, day, documents.Filters(kinds=rows.FILLED))
    return [each for each in found if each.standing is documents.Standing.IN_FORCE]
