"""Needs: born of revisions in force and of changes of post, ended when met or not asked (TRN-02)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import accounts, calendar, documents, tasks
from qms.calendar import Span, Unit
from qms.competence import describe
from qms.competence.models import (
    Evidence,
    Need,
    QuizAttempt,
    Requirement,
    RequirementPost,
    TrainingDuty,
)
from qms.competence.rules import Validity, is_current, standing
from qms.kernel.labels import in_language
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.kernel.work import Work

TRAIN: Final = "competence:train"
_TO_SHOW: Final = Span(1, Unit.MONTH)
READING: Final = "reading"
QUIZ: Final = "quiz"
EVIDENCE: Final = "evidence"


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that is asked of the holders of posts."""

    ref: Ref
    posts: frozenset[str]
    words: str
    facts: dict[str, Any]
    within: Span
    since: date
    secrecy: int
    circle: str | None
    has_quiz: bool | None = None
    """Whether a training ends with a quiz; None for a requirement, which evidence alone answers."""


def requirement_ref(code: str) -> Ref:
    """A required competence as a Ref."""
    return Ref("requirement", code)


def of_requirement(work: Work, row: Requirement) -> Subject:
    """A requirement as what is asked for."""
    posts = work.session.scalars(
        select(RequirementPost.post).where(RequirementPost.requirement_id == row.id)
    ).all()
    return Subject(
        ref=requirement_ref(row.code),
        posts=frozenset(posts) if row.ended_on is None else frozenset(),
        words=describe.SHOW,
        facts={"title": in_language(row.names, work.settings.language)},
        within=_TO_SHOW,
        since=work.today,
        secrecy=0,
        circle=None,
    )


def of_duty(work: Work, row: TrainingDuty) -> Subject:
    """A training of a revision as what is asked for."""
    title = in_language(row.title, work.settings.language)
    return Subject(
        ref=Ref.parse(row.revision),
        posts=frozenset(row.posts) if row.left_on is None else frozenset(),
        words=describe.TRAIN,
        facts={
            "number": row.number,
            "label": row.label,
            "title": title,
            tasks.SECRECY: row.secrecy,
            tasks.CIRCLE: row.circle,
            tasks.RIGHT: "documents:read",
        },
        within=calendar.span(row.within),
        since=row.entered_on,
        secrecy=row.secrecy,
        circle=row.circle,
        has_quiz=row.has_quiz,
    )


def subjects(work: Work) -> list[Subject]:
    """Everything that is asked for now, and what no longer is while needs for it are open."""
    requirements = work.session.scalars(select(Requirement).order_by(Requirement.id))
    duties = work.session.scalars(
        select(TrainingDuty).where(TrainingDuty.left_on.is_(None)).order_by(TrainingDuty.id)
    )
    return [*(of_requirement(work, row) for row in requirements), *(of_duty(work, row) for row in duties)]


def holders(work: Work, posts: Iterable[str]) -> set[int]:
    """The active people who hold one of the posts today."""
    found: set[int] = set()
    for post in sorted(posts):
        found |= set(accounts.post_holders(work.session, post, work.today))
    return found


def sync(work: Work, subject: Subject) -> None:
    """Bring the needs about one subject to what is so today; doing it again changes nothing."""
    wanted = holders(work, subject.posts)
    if wanted:
        wanted &= accounts.cleared(work.session, subject.secrecy, subject.circle)
    has = _have(work, subject, wanted)
    opened = {row.person_id: row for row in _open(work, subject.ref)}
    met = [row for row in opened.values() if row.person_id in has]
    gone = [row for row in opened.values() if row.person_id not in wanted and row.person_id not in has]
    _meet(work, subject.ref, met, EVIDENCE)
    _drop(work, subject.ref, gone)
    _bear(work, subject, sorted(wanted - has - set(opened)))


def _bear(work: Work, subject: Subject, people: Sequence[int]) -> None:
    if not people:
        return
    due, counted = tasks.due(work, max(subject.since, work.today), subject.within)
    work.session.add_all(
        Need(person_id=each, subject=str(subject.ref), born_on=work.today, due_on=due) for each in people
    )
    work.session.flush()
    tasks.owe(
        work,
        kind=TRAIN,
        ref=subject.ref,
        person_ids=people,
        subject=subject.words,
        facts={**subject.facts, **counted},
        due_on=due,
        personal=True,
    )
    work.record("competence:need", subject.ref, after={"people": list(people), "due": due.isoformat()})


def meet(work: Work, ref: Ref, people: Collection[int], how: str) -> None:
    """End the open needs of people about a subject as met."""
    _meet(work, ref, [row for row in _open(work, ref) if row.person_id in people], how)


def _meet(work: Work, ref: Ref, found: Sequence[Need], how: str) -> None:
    for row in found:
        row.met_on, row.met_by = work.today, how
        tasks.settle(work, TRAIN, ref, row.person_id)
    if found:
        work.session.flush()
        after = {"people": [row.person_id for row in found], "how": how}
        work.record("competence:meet", ref, after=after)


def _drop(work: Work, ref: Ref, found: Sequence[Need]) -> None:
    for row in found:
        row.dropped_on = work.today
        tasks.cancel(work, TRAIN, ref, row.person_id)
    if found:
        work.session.flush()
        work.record("competence:drop", ref, after={"people": [row.person_id for row in found]})


def _open(work: Work, ref: Ref) -> Sequence[Need]:
    return work.session.scalars(
        select(Need)
        .where(Need.subject == str(ref), Need.met_on.is_(None), Need.dropped_on.is_(None))
        .order_by(Need.id)
        .with_for_update()
    ).all()


def _have(work: Work, subject: Subject, people: Collection[int]) -> set[int]:
    """Those of the people who have shown it: by evidence that counts today, by reading, or by the quiz."""
    found: set[int] = set()
    if subject.has_quiz is not None and people:
        found = shown(work.session, subject.ref, has_quiz=subject.has_quiz)
    held = validities(work.session, people, [str(subject.ref)])
    return found | {person for (person, _), spans in held.items() if is_current(standing(spans, work.today))}


def shown(session: Session, ref: Ref, *, has_quiz: bool) -> set[int]:
    """Who passed the quiz of a revision; where it has none, who confirmed reading it."""
    if not has_quiz:
        return documents.confirmed(session, ref)
    query = select(QuizAttempt.person_id).where(QuizAttempt.revision == str(ref), QuizAttempt.passed)
    return set(session.scalars(query))


def validities(
    session: Session, people: Collection[int], refs: Collection[str]
) -> dict[tuple[int, str], list[Validity]]:
    """The days of all evidence that counts, by person and subject, in one query."""
    query = select(Evidence).where(
        Evidence.person_id.in_(people),
        Evidence.subject.in_(refs),
        Evidence.verified_at.is_not(None),
        Evidence.withdrawn_at.is_(None),
    )
    found: dict[tuple[int, str], list[Validity]] = {}
    for row in session.scalars(query):
        found.setdefault((row.person_id, row.subject), []).append(Validity(row.from_on, row.until_on))
    return found


def move(work: Work, moved: Sequence[tasks.Moved]) -> None:
    """Needs are due when their tasks are, whose days were counted again."""
    days = {(str(each.ref), each.person_id): each.after for each in moved if each.kind == TRAIN}
    if not days:
        return
    for row in work.session.scalars(
        select(Need)
        .where(Need.subject.in_({ref for ref, _ in days}), Need.met_on.is_(None), Need.dropped_on.is_(None))
        .order_by(Need.id)
        .with_for_update()
    ):
        row.due_on = days.get((row.subject, row.person_id), row.due_on)
    work.session.flush()


def wanting(
    session: Session, stage: str, people: Collection[int], day: date
) -> dict[int, list[Mapping[str, str]]]:
    """What is asked for a stage and not currently shown, by name, for each person who lacks any (TRN-03)."""
    asked = session.scalars(
        select(Requirement)
        .where(Requirement.stage == stage, Requirement.ended_on.is_(None))
        .order_by(Requirement.id)
    ).all()
    refs = {str(requirement_ref(row.code)): row.names for row in asked}
    held = validities(session, people, list(refs)) if refs else {}
    found: dict[int, list[Mapping[str, str]]] = {}
    for person in people:
        for ref, names in refs.items():
            if not is_current(standing(held.get((person, ref), ()), day)):
                found.setdefault(person, []).append(names)
    return found
