"""What a document's head declares for competence, and what is asked before somebody confirms or signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms import accounts, documents
from qms.calendar import phrase
from qms.competence import errors, needs, quiz
from qms.competence.models import TrainingDuty
from qms.competence.rules import read_training, training_faults
from qms.kernel.labels import N_, in_language, listed, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from qms.kernel.errors import Problem
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_TRAINED = N_("{count} people are to be trained within {within} ({hours} hours): {posts}.")
_ASKED = N_(
    "Its reading counts only after a quiz of {count} questions, {least} % of them right, in at most"
    " {attempts} attempts."
)


class TrainingSection:
    """`training`: the posts whose holders a revision is taught when it enters force (TRN-02)."""

    key = "training"

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:  # noqa: ARG002
        """The faults of the declaration; every post must exist."""
        return list(training_faults(value, {each.code for each in accounts.posts(work.session)}))

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:  # noqa: ARG002
        """Who will owe how much training."""
        if new is None:
            return []
        asked = read_training(new)
        names = {each.code: each.names for each in accounts.posts(work.session)}
        posts = [in_language(names.get(each, {}), work.language) or each for each in asked.posts]
        said = say(
            _TRAINED,
            work.language,
            count=len(needs.holders(work, asked.posts)),
            within=phrase(asked.within).sentence(work.language),
            hours=asked.hours,
            posts=listed(posts, work.language),
        )
        return [said]

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """Begin to ask the training of exactly the mapped posts."""
        asked = read_training(value)
        known = documents.known(work.session, revision)
        row = TrainingDuty(
            revision=str(revision),
            number=known.document.number,
            label=known.label,
            title=known.title,
            secrecy=known.secrecy,
            circle=known.circle,
            posts=list(asked.posts),
            hours=asked.hours,
            within=str(asked.within),
            has_quiz="quiz" in known.head,
            entered_on=on,
        )
        work.session.add(row)
        work.session.flush()
        needs.sync(work, needs.of_duty(work, row))

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:  # noqa: ARG002
        """Ask it of nobody any more; what was met stays."""
        row = work.session.scalar(select(TrainingDuty).where(TrainingDuty.revision == str(revision)))
        if row is not None:
            row.left_on = on
            work.session.flush()
            needs.sync(work, needs.of_duty(work, row))


class QuizSection:
    """`quiz`: what must be answered before the reading of a revision counts (R13)."""

    key = "quiz"

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:  # noqa: ARG002
        """The faults of the declaration."""
        return list(quiz.faults(value))

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:  # noqa: ARG002
        """What readers will have to pass."""
        if new is None:
            return []
        found = quiz.read(new)
        facts = {"count": len(found.questions), "least": found.least, "attempts": found.attempts}
        return [say(_ASKED, work.language, **facts)]

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """Nothing begins: the quiz is asked of who confirms the reading."""

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """Nothing ends: attempts stay."""


class ReadingGuard:
    """Reading with a quiz is confirmed when the quiz is passed; a confirmed one meets the training."""

    def allow(self, work: Work, revision: Ref, head: Mapping[str, Any], person_id: int) -> None:
        """Refuse who has not passed the quiz."""
        if "quiz" in head and person_id not in needs.shown(work.session, revision, has_quiz=True):
            number, _, label = revision.key.split("@")
            raise errors.QuizNotPassed(what=f"{number} {label}")

    def done(self, work: Work, revision: Ref, head: Mapping[str, Any], person_id: int) -> None:
        """A training without a quiz is met by reading."""
        if "training" in head and "quiz" not in head:
            needs.meet(work, revision, {person_id}, needs.READING)


class SigningGuard:
    """Whoever signs a stage has current evidence of all that is asked for it (TRN-03)."""

    def allow(self, work: Work, stage: str, person_id: int) -> None:
        """Refuse, and name everything that is missing."""
        found = needs.wanting(work.session, stage, [person_id], work.today).get(person_id)
        if found:
            names = ", ".join(in_language(each, work.language) for each in found)
            raise errors.CompetenceNotCurrent(names=names)
