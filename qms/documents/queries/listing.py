"""The library as it stood on a day, the master list, and the timeline of one document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Date, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from qms.documents import access, errors, lifecycle, numbering, rows
from qms.documents.lifecycle import Standing, State
from qms.documents.models import Document, PeriodicReview, Revision, Validity
from qms.documents.queries.finding import covering
from qms.documents.validity import Interval
from qms.kernel.work import ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import BindParameter, ColumnElement, Row, Select
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref


@dataclass(frozen=True, slots=True)
class Listed:
    """One revision as lists show it; `standing` is what it is on the day that was asked about."""

    number: str
    kind: str
    owner: str
    language: str
    label: str
    title: Mapping[str, str]
    standing: Standing
    secrecy: int
    circle: str | None
    effective_on: date | None
    until_on: date | None
    published_on: date | None
    next_review_on: date | None
    author_id: int | None
    reason: str
    summary: str
    pages: int | None
    pdf_digest: str | None
    code: str | None
    issued_at: datetime | None
    ref: Ref

    @property
    def is_in_force(self) -> bool:
        """Whether it may be worked by on the day."""
        return self.standing is Standing.IN_FORCE


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list; None leaves a side open. `standings` are those of the asked day."""

    kinds: frozenset[str] | None = None
    owners: frozenset[str] | None = None
    languages: frozenset[str] | None = None
    standings: frozenset[Standing] | None = None
    numbers: frozenset[str] | None = None
    words: str = ""


_NO_FILTERS = Filters()


def library(session: Session, rights: Rights, day: date, filters: Filters = _NO_FILTERS) -> list[Listed]:
    """Every revision in force on the day that the person may see, by number and language (DOC-03)."""
    if filters.numbers is not None and filters == Filters(numbers=filters.numbers):
        return _known(session, rights, day, filters.numbers)
    query = _rows(filters).where(access.issued(rights), covering(day))
    return [found for found in _listed(session, query, day) if _fits(found, filters)]


def _known(session: Session, rights: Rights, day: date, numbers: frozenset[str]) -> list[Listed]:
    """The same for some numbers and nothing else, which every page asks for that names documents."""
    if not numbers:
        return []
    asked = sorted(numbering.key(each) for each in numbers)
    rows = ask(session, _KNOWN, day=day, numbers=asked, **access.given_rights(rights))
    return [_row(row, day) for row in rows]


def library_page(
    session: Session,
    rights: Rights,
    day: date,
    filters: Filters = _NO_FILTERS,
    *,
    secrecy: int | None = None,
    first: int = 0,
    size: int = 100,
) -> tuple[list[Listed], int]:
    """Some of the library from the `first` on, and how many there are; it costs what it shows."""
    query = _rows(filters).where(access.issued(rights), covering(day))
    if secrecy is not None:
        query = query.where(Revision.secrecy == secrecy)
    if filters.words:  # titles are texts by language, which the database does not read
        found = [each for each in _listed(session, query, day) if _fits(each, filters)]
        return found[first : first + size], len(found)
    ids = query.with_only_columns(Revision.id, maintain_column_froms=True).order_by(None).subquery()
    count = session.scalar(select(func.count()).select_from(ids)) or 0
    return list(_listed(session, query.limit(size).offset(first), day)), count


def master_rows(session: Session, rights: Rights, day: date, filters: Filters = _NO_FILTERS) -> list[Listed]:
    """One row for each document and language: what is in force, else what is nearest to it (R01).

    After what is in force comes what is issued for a later day, then what is being worked on, then
    the last that was superseded or withdrawn.
    """
    known = or_(Revision.state != State.ISSUED, Revision.publication_on <= day)
    query = _rows(filters).where(access.visible(session, rights, day), known)
    best: dict[tuple[str, str], Listed] = {}
    for found in _listed(session, query, day):
        key = (found.number, found.language)
        if key not in best or _rank(found) >= _rank(best[key]):
            best[key] = found
    return [found for _, found in sorted(best.items()) if _fits(found, filters)]


_RANKS = {
    Standing.IN_FORCE: 3,
    Standing.PENDING: 2,
    Standing.ISSUING: 1,
    Standing.APPROVED: 1,
    Standing.IN_REVIEW: 1,
    Standing.DRAFT: 1,
    Standing.SUPERSEDED: 0,
    Standing.WITHDRAWN: 0,
}


def _rank(found: Listed) -> int:
    return _RANKS[found.standing]


def timeline(
    session: Session, rights: Rights, number: str, day: date, language: str | None = None
) -> list[Listed]:
    """All revisions of a document the person may see, the earliest first, as they stand on the day."""
    rows = ask(session, _TIMELINE, folded=numbering.key(number), **access.given(session, rights, day))
    found = [_row(row, day) for row in rows if language is None or row.language == language]
    if not found:
        raise errors.DocumentMissing(number=number)
    return found


def my_drafts(session: Session, rights: Rights, day: date) -> list[Listed]:
    """What the person is writing and has not seen issued yet, the latest touched first."""
    query = (
        _rows(_NO_FILTERS)
        .where(
            Revision.author_id == rights.person_id,
            Revision.state != State.ISSUED,
            access.visible(session, rights, day),
        )
        .order_by(None)
        .order_by(Revision.changed_at.desc(), Revision.id)
    )
    return list(_listed(session, query, day))


def unissued(session: Session, rights: Rights, day: date) -> list[Listed]:
    """Everything on its way to issue that the person may see, by number."""
    query = _rows(_NO_FILTERS).where(Revision.state != State.ISSUED, access.visible(session, rights, day))
    return list(_listed(session, query, day))


def _rows(filters: Filters) -> Select[*tuple[Any, ...]]:
    query = _EVERY
    if filters.kinds is not None:
        query = query.where(Document.kind.in_(sorted(filters.kinds)))
    if filters.owners is not None:
        query = query.where(Document.owner.in_(sorted(filters.owners)))
    if filters.languages is not None:
        query = query.where(Revision.language.in_(sorted(filters.languages)))
    if filters.numbers is not None:
        query = query.where(_numbered(sorted(numbering.key(each) for each in filters.numbers)))
    return query


def _numbered(folded: Sequence[str] | BindParameter[Any]) -> ColumnElement[bool]:
    """By their ids: given the numbers beside the state, SQLite reads every issued revision instead."""
    known, same = aliased(Document), aliased(Revision)
    ids = select(same.id).join(known, known.id == same.document_id).where(known.folded.in_(folded))
    return Revision.id.in_(ids)


# Columns and not entities: a revision carries its plan, its head and more that no list shows.
_EVERY: Final = (
    select(
        Document.number,
        Document.kind,
        Document.owner,
        Revision.language,
        Revision.label,
        Revision.title,
        Revision.state,
        Revision.secrecy,
        Revision.circle,
        Revision.effective_on,
        Revision.publication_on,
        Revision.author_id,
        Revision.change_reason,
        Revision.change_summary,
        Revision.pages,
        Revision.pdf_digest,
        Revision.code,
        Revision.issued_at,
        Validity.from_on,
        Validity.until_on,
        Validity.ended_by,
        PeriodicReview.due_on,
    )
    .select_from(Revision)
    .join(Revision.document)
    .outerjoin(Validity, Validity.revision_id == Revision.id)
    .outerjoin(
        PeriodicReview, and_(PeriodicReview.revision_id == Revision.id, PeriodicReview.done_at.is_(None))
    )
    .order_by(Document.number, Revision.language, Revision.edition, Revision.modification)
)
_TIMELINE: Final = _EVERY.where(Document.folded == bindparam("folded"), access.VISIBLE)
_KNOWN: Final = _EVERY.where(
    _numbered(bindparam("numbers", expanding=True)), access.ISSUED, covering(bindparam("day", type_=Date))
)


def _listed(session: Session, query: Select[*tuple[Any, ...]], day: date) -> Iterator[Listed]:
    for row in ask(session, query):
        yield _row(row, day)


def _row(row: Row[*tuple[Any, ...]], day: date) -> Listed:
    """A revision with its validity as lists show it on a day."""
    interval = None
    if row.from_on is not None:
        interval = Interval(row.label, row.from_on, row.until_on, row.ended_by)
    return Listed(
        number=row.number,
        kind=row.kind.value,
        owner=row.owner,
        language=row.language,
        label=row.label,
        title=row.title,
        standing=lifecycle.standing(row.state, interval, day),
        secrecy=row.secrecy,
        circle=row.circle,
        effective_on=row.effective_on,
        until_on=row.until_on,
        published_on=row.publication_on,
        next_review_on=row.due_on,
        author_id=row.author_id,
        reason=row.change_reason,
        summary=row.change_summary,
        pages=row.pages,
        pdf_digest=row.pdf_digest,
        code=row.code,
        issued_at=row.issued_at,
        ref=rows.revision_ref(row.number, row.language, row.label),
    )


def _fits(found: Listed, filters: Filters) -> bool:
    if filters.standings is not None and found.standing not in filters.standings:
        return False
    words = filters.words.casefold().split()
    said = " ".join((found.number, *found.title.values())).casefold()
    return all(word in said for word in words)


def numbers(listing: Sequence[Listed]) -> list[str]:
    """The numbers of a list, each once, in its order."""
    return list(dict.fromkeys(found.number for found in listing))
