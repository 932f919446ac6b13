"""Taking a quiz: the questions of the present attempt, the answers, another try (R13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from qms import accounts, documents, tasks
from qms.competence import describe, errors, needs, quiz
from qms.competence.access import require_manager
from qms.competence.models import QuizAttempt, QuizGrant
from qms.competence.operations import heads
from qms.kernel.errors import Problem
from qms.kernel.labels import N_, in_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from typing import Any

    from sqlalchemy.orm import Session

    from qms.documents import Revision
    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

FAILED: Final = "competence:quiz-failed"


@dataclass(frozen=True, slots=True)
class Paper:
    """A quiz as one person meets it now; `questions` are empty when it is passed or over."""

    what: str
    title: Mapping[str, str]
    turn: int
    most: int
    least: int
    passed: bool
    scores: tuple[int, ...]
    questions: tuple[quiz.Asked, ...]

    @property
    def is_over(self) -> bool:
        """Whether all attempts are used in vain."""
        return not self.passed and self.turn > self.most


def paper(session: Session, rights: Rights, ref: Ref, day: date, language: str) -> Paper:
    """The quiz of a revision for the person who looks: the same questions until they are answered."""
    revision = documents.revision(session, rights, ref, day)
    declared = _declared(revision)
    person_id = rights.person_id or 0
    tried = _tried(session, ref, person_id)
    passed = any(each.passed for each in tried)
    turn, most = len(tried) + 1, _most(session, ref, person_id, declared)
    going = not passed and turn <= most
    return Paper(
        what=f"{revision.document.number} {revision.label}",
        title=revision.title,
        turn=turn,
        most=most,
        least=declared.least,
        passed=passed,
        scores=tuple(each.score for each in tried),
        questions=quiz.asked(declared, _seed(ref, person_id, turn), language) if going else (),
    )


def answer(work: Work, ref: Ref, turn: int, answers: Mapping[int, Sequence[int]]) -> QuizAttempt:
    """Answer the quiz of a revision; every attempt is kept with what was asked and answered.

    A passed one meets the training; after the last failed one the heads owe a decision.
    """
    revision = documents.revision(work.session, work.rights, ref, work.today)
    declared = _declared(revision)
    what = f"{revision.document.number} {revision.label}"
    person = accounts.acting_person(work)
    if not work.rights.may("documents:acknowledge"):
        accounts.require(work, "documents:acknowledge")
    tried = _tried(work.session, ref, person.id)
    if any(each.passed for each in tried):
        raise errors.QuizPassed(what=what)
    most = _most(work.session, ref, person.id, declared)
    if len(tried) >= most:
        raise errors.QuizOver(what=what)
    if turn != len(tried) + 1:
        raise errors.AttemptMoved
    _refuse_unanswered(declared, answers)
    score = quiz.score(declared, answers)
    row = QuizAttempt(
        revision=str(ref),
        person_id=person.id,
        turn=turn,
        asked=[
            [each.place, [place for place, _ in each.options]]
            for each in quiz.asked(declared, _seed(ref, person.id, turn), work.language)
        ],
        answers={str(place): sorted(set(chosen)) for place, chosen in sorted(answers.items())},
        score=score,
        passed=score >= declared.least,
        at=work.now,
        on=work.today,
    )
    work.session.add(row)
    work.session.flush()
    after = {"person": person.id, "turn": turn, "score": score, "passed": row.passed}
    work.record("quiz:attempt", ref, after=after)
    if row.passed:
        needs.meet(work, ref, {person.id}, needs.QUIZ)
    elif turn >= most:
        _tell_heads(work, ref, revision, person.id, person.name)
    return row


def allow_again(work: Work, ref: Ref, person_id: int, *, reason: str) -> QuizGrant:
    """Let somebody whose attempts are used try as often again, with a reason."""
    revision = documents.revision(work.session, work.rights, ref, work.today)
    require_manager(work, person_id)
    by = accounts.acting_person(work)
    if by.id == person_id:
        raise errors.OwnEvidence
    declared = _declared(revision)
    tried = _tried(work.session, ref, person_id)
    if any(each.passed for each in tried):
        raise errors.QuizPassed(what=f"{revision.document.number} {revision.label}")
    if len(tried) < _most(work.session, ref, person_id, declared):
        raise errors.AttemptsLeft
    if not reason.strip():
        raise errors.CompetenceInvalid([Problem(N_("Give a reason."), field="reason")])
    row = QuizGrant(
        revision=str(ref),
        person_id=person_id,
        given_by_id=by.id,
        given_at=work.now,
        reason=reason.strip(),
    )
    work.session.add(row)
    work.session.flush()
    for owed in tasks.outstanding(work.session, FAILED, ref):
        if owed.key == str(person_id):
            tasks.settle(work, FAILED, ref, owed.person_id)
    work.record("quiz:grant", ref, after={"person": person_id}, why=row.reason)
    return row


def _declared(revision: Revision) -> quiz.Quiz:
    value: Any = revision.head.get("quiz")
    if value is None or any(quiz.faults(value)):
        raise errors.NoQuiz(what=f"{revision.document.number} {revision.label}")
    return quiz.read(value)


def _tried(session: Session, ref: Ref, person_id: int) -> Sequence[QuizAttempt]:
    return session.scalars(
        select(QuizAttempt)
        .where(QuizAttempt.revision == str(ref), QuizAttempt.person_id == person_id)
        .order_by(QuizAttempt.turn)
    ).all()


def _most(session: Session, ref: Ref, person_id: int, declared: quiz.Quiz) -> int:
    query = select(func.count()).where(QuizGrant.revision == str(ref), QuizGrant.person_id == person_id)
    return declared.attempts * (1 + (session.scalar(query) or 0))


def _seed(ref: Ref, person_id: int, turn: int) -> str:
    return f"{ref} {person_id} {turn}"


def _refuse_unanswered(declared: quiz.Quiz, answers: Mapping[int, Sequence[int]]) -> None:
    problems = []
    for place, question in enumerate(declared.questions, 1):
        chosen = answers.get(place, ())
        if not chosen or not all(1 <= each <= len(question.options) for each in chosen):
            problems.append(Problem(N_("Choose an answer."), field=f"q{place}"))
    if problems:
        raise errors.CompetenceInvalid(problems)


def _tell_heads(work: Work, ref: Ref, revision: Revision, person_id: int, name: str) -> None:
    tasks.owe(
        work,
        kind=FAILED,
        ref=ref,
        key=str(person_id),
        person_ids=heads(work, person_id),
        subject=describe.FAILED,
        facts={
            "person": name,
            "number": revision.document.number,
            "label": revision.label,
            "title": in_language(revision.title, work.settings.language),
            tasks.SECRECY: revision.secrecy,
            tasks.CIRCLE: revision.circle,
        },
    )
