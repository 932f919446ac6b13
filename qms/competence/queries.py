"""What pages and files show of competence: the matrix person by requirement, and one person's record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from qms import accounts, documents
from qms.competence import needs
from qms.competence.access import MANAGE, people
from qms.competence.errors import NoSuchEvidence
from qms.competence.models import (
    Evidence,
    Need,
    QuizAttempt,
    Requirement,
    RequirementPost,
    TrainingDuty,
)
from qms.competence.rules import STANDINGS, Basis, Standing, Validity, standing
from qms.kernel.labels import N_, in_language, say
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights


@dataclass(frozen=True, slots=True)
class Column:
    """Something that is asked for: a requirement of posts, or the training of a revision in force."""

    ref: Ref
    code: str
    names: Mapping[str, str]
    posts: frozenset[str]
    has_quiz: bool | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """How a person stands to a column; `until_on` is the last day of the evidence, `score` that of a quiz."""

    standing: Standing
    until_on: date | None = None
    score: int | None = None
    is_overdue: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the matrix."""

    person_id: int
    name: str
    posts: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def gaps(self) -> int:
        """How much is missing or has run out."""
        return sum(each.standing in {Standing.GAP, Standing.EXPIRED} for each in self.cells)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Person by requirement, as far as the reader may see."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One piece of evidence as pages show it."""

    id: int
    person_id: int
    subject: Ref
    basis: Basis
    title: str
    issuer: str
    from_on: date
    until_on: date | None
    hours: int | None
    effectiveness: str
    name: str | None
    digest: str | None
    entered_by: str
    verified_by: str
    verified_at: datetime | None
    is_withdrawn: bool


def brought(session: Session, person_id: int, since: datetime) -> int:
    """How many bytes of files a person has brought as evidence since an instant (SEC-13)."""
    mine = (Evidence.entered_by_id == person_id, Evidence.entered_at >= since)
    return session.scalar(select(func.coalesce(func.sum(Evidence.size), 0)).where(*mine)) or 0


def columns(session: Session, rights: Rights, day: date) -> list[Column]:
    """Everything that is asked for now; trainings of documents the person may not see are not there."""
    posts: dict[int, set[str]] = {}
    for row in session.scalars(select(RequirementPost)):
        posts.setdefault(row.requirement_id, set()).add(row.post)
    asked = session.scalars(
        select(Requirement).where(Requirement.ended_on.is_(None)).order_by(Requirement.code)
    ).all()
    found = [
        Column(needs.requirement_ref(row.code), row.code, row.names, frozenset(posts.get(row.id, ())))
        for row in asked
    ]
    duties = session.scalars(
        select(TrainingDuty).where(TrainingDuty.left_on.is_(None)).order_by(TrainingDuty.number)
    ).all()
    secret = documents.hidden(session, rights, [Ref.parse(row.revision) for row in duties], day)
    found += [
        Column(
            Ref.parse(row.revision),
            f"{row.number} {row.label}",
            row.title,
            frozenset(row.posts),
            row.has_quiz,
        )
        for row in duties
        if Ref.parse(row.revision) not in secret
    ]
    return found


def matrix(session: Session, rights: Rights, day: date, only: int | None = None) -> Matrix:
    """The matrix of everybody the person may see: a head their department, everybody themselves (TRN-01)."""
    asked = columns(session, rights, day)
    seen = [each for each in people(session, rights, day) if only is None or each == only]
    names = accounts.names_of(session, seen)
    held = needs.validities(session, seen, [str(each.ref) for each in asked])
    scores = _scores(session, asked, seen)
    done = {
        each.ref: needs.shown(session, each.ref, has_quiz=each.has_quiz)
        for each in asked
        if each.has_quiz is not None
    }
    late = _late(session, seen, day)
    rows = []
    for person_id in sorted(seen, key=lambda each: names.get(each, "")):
        posts = tuple(accounts.posts_of(session, person_id, day))
        cells = tuple(
            _cell(column, person_id, posts, held, day, done.get(column.ref, set()), scores, late)
            for column in asked
        )
        rows.append(Row(person_id, names.get(person_id, ""), posts, cells))
    return Matrix(tuple(asked), tuple(rows))


def _cell(  # noqa: PLR0917 - each is looked up once for the whole matrix
    column: Column,
    person_id: int,
    posts: Collection[str],
    held: Mapping[tuple[int, str], Sequence[Validity]],
    day: date,
    done: Collection[int],
    scores: Mapping[tuple[int, str], int],
    late: Collection[tuple[int, str]],
) -> Cell:
    key = person_id, str(column.ref)
    spans = held.get(key, ())
    found = standing(spans, day, required=not column.posts.isdisjoint(posts))
    if person_id in done:
        found = Standing.MET
    ends = [each.until_on for each in spans if each.until_on is not None]
    return Cell(found, max(ends, default=None), scores.get(key), key in late)


def _scores(session: Session, asked: Sequence[Column], seen: Collection[int]) -> dict[tuple[int, str], int]:
    refs = [str(each.ref) for each in asked if each.has_quiz]
    query = (
        select(QuizAttempt.person_id, QuizAttempt.revision, QuizAttempt.score)
        .where(QuizAttempt.revision.in_(refs), QuizAttempt.person_id.in_(seen))
        .order_by(QuizAttempt.score)
    )
    return {(int(person), str(ref)): int(score) for person, ref, score in session.execute(query)}


def _late(session: Session, seen: Collection[int], day: date) -> set[tuple[int, str]]:
    query = select(Need.person_id, Need.subject).where(
        Need.person_id.in_(seen), Need.met_on.is_(None), Need.dropped_on.is_(None), Need.due_on < day
    )
    return {(int(person), str(subject)) for person, subject in session.execute(query)}


def table(found: Matrix, language: str) -> list[list[str]]:
    """The matrix as rows of texts, for CSV and XLSX."""
    heads = [say(N_("Person"), language), say(N_("Posts"), language)]
    heads += [f"{each.code} {in_language(each.names, language)}" for each in found.columns]
    return [
        heads,
        *(
            [row.name, " ".join(row.posts), *(_text(each, language) for each in row.cells)]
            for row in found.rows
        ),
    ]


def _text(cell: Cell, language: str) -> str:
    if cell.standing is Standing.NOT_ASKED:
        return ""
    parts = [say(STANDINGS[cell.standing], language)]
    parts += [cell.until_on.isoformat()] if cell.until_on else []
    parts += [f"{cell.score} %"] if cell.score is not None else []
    return " ".join(parts)


def evidence_of(session: Session, rights: Rights, person_id: int, day: date) -> list[Shown]:
    """All evidence of a person, the newest first; nobody's who may not be seen."""
    if person_id not in people(session, rights, day):
        raise NoSuchEvidence
    found = session.scalars(
        select(Evidence).where(Evidence.person_id == person_id).order_by(Evidence.id.desc())
    ).all()
    who = {each for row in found for each in (row.entered_by_id, row.verified_by_id) if each}
    names = accounts.names_of(session, who)
    return [
        Shown(
            id=row.id,
            person_id=row.person_id,
            subject=Ref.parse(row.subject),
            basis=row.basis,
            title=row.title,
            issuer=row.issuer,
            from_on=row.from_on,
            until_on=row.until_on,
            hours=row.hours,
            effectiveness=row.effectiveness,
            name=row.name,
            digest=row.digest,
            entered_by=names.get(row.entered_by_id, ""),
            verified_by=names.get(row.verified_by_id or 0, ""),
            verified_at=row.verified_at,
            is_withdrawn=row.withdrawn_at is not None,
        )
        for row in found
    ]


def manages(session: Session, rights: Rights, person_id: int, day: date) -> bool:
    """Whether the reader manages the competence of the person's department."""
    return person_id in people(session, rights, day, MANAGE)
