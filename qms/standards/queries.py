"""What others ask about editions and clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

from qms.kernel.work import ask
from qms.standards.errors import EditionMissing
from qms.standards.matrix import ClauseRow
from qms.standards.models import Clause, ClauseLink, Edition, Status

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition as pages and bundles name it."""

    code: str
    title: Mapping[str, str]
    status: Status

    @property
    def is_confirmed(self) -> bool:
        """Whether its clause numbers are known to be right."""
        return self.status is Status.CONFIRMED


def editions(session: Session) -> list[EditionView]:
    """All loaded editions by code."""
    return [EditionView(row.code, row.title, row.status) for row in ask(session, _EDITIONS)]


_EDITIONS: Final = select(Edition.code, Edition.title, Edition.status).order_by(Edition.code)


def edition(session: Session, code: str) -> EditionView:
    """One edition; refused when it has not been loaded."""
    row = session.scalar(select(Edition).where(Edition.code == code))
    if row is None:
        raise EditionMissing(edition=code)
    return EditionView(row.code, row.title, row.status)


def clauses(session: Session, code: str) -> list[ClauseRow]:
    """The clauses of an edition in its order; empty for one that nobody has filled yet."""
    rows = ask(session, _CLAUSES, edition=_id(session, code))
    return [ClauseRow(row.number, row.title, requirement=row.requirement) for row in rows]


_CLAUSES: Final = (
    select(Clause.number, Clause.title, Clause.requirement)
    .where(Clause.edition_id == bindparam("edition"))
    .order_by(Clause.position)
)


def has_clause(session: Session, code: str, number: str) -> bool:
    """Whether the edition has a clause of this number."""
    query = select(Clause.id).where(Clause.edition_id == _id(session, code), Clause.number == number)
    return session.scalar(query) is not None


def links(session: Session, old: str, new: str) -> dict[str, list[str]]:
    """For each clause of the old edition its clauses in the new one, as the new one's file says (E26-01)."""
    query = select(ClauseLink).where(ClauseLink.edition_id == _id(session, new), ClauseLink.other == old)
    found: dict[str, list[str]] = {}
    for row in session.scalars(query.order_by(ClauseLink.id)):
        found.setdefault(row.old_number, []).append(row.new_number)
    return found


def mapped_from(session: Session, new: str) -> list[str]:
    """The editions of which some clause is linked to the edition, by code."""
    query = select(ClauseLink.other).where(ClauseLink.edition_id == _id(session, new))
    return sorted(set(session.scalars(query)))


@dataclass(frozen=True, slots=True)
class Mapped:
    """A clause of one edition and what it became in another; `drawn` where people here said so."""

    clause: ClauseRow
    targets: tuple[str, ...]
    drawn: bool


def mapping(session: Session, old: str, new: str) -> list[Mapped]:
    """Each clause of the old edition in its order, those without a counterpart included (E26-01)."""
    query = select(ClauseLink).where(ClauseLink.edition_id == _id(session, new), ClauseLink.other == old)
    drawn = {row.old_number for row in session.scalars(query) if row.drawn_by is not None}
    found = links(session, old, new)
    return [
        Mapped(each, tuple(found.get(each.number, ())), each.number in drawn)
        for each in clauses(session, old)
    ]


def _id(session: Session, code: str) -> int:
    found = session.scalar(select(Edition.id).where(Edition.code == code))
    if found is None:
        raise EditionMissing(edition=code)
    return found
