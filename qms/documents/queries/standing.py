"""Where a revision stands: who signed, what was said about it, whom it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts
from qms.documents import route, rows
from qms.documents.lifecycle import State
from qms.documents.models import (
    ClauseText,
    Comment,
    Link,
    PeriodicReview,
    Purpose,
    ReferenceTo,
    Revision,
    RouteSignature,
    Withdrawal,
    WithdrawalState,
)
from qms.documents.operations import walk
from qms.documents.operations.issue import plan_ref
from qms.documents.operations.withdrawal import withdrawal_ref
from qms.kernel.labels import N_, Phrase
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from qms.documents.route import StageName
    from qms.kernel.ports import Rights


@dataclass(frozen=True, slots=True)
class Given:
    """One signature on a revision or its withdrawal, as pages and bundles show it (P11-50)."""

    meaning: str
    purpose: str
    round: int
    person_id: int
    name: str
    post: str
    post_names: Mapping[str, str]
    substitute_for: str | None
    at: datetime
    digest: str
    opinion: str
    is_void: bool
    is_verified: bool


def signatures(session: Session, rights: Rights, ref: Ref, day: date) -> list[Given]:
    """Every signature ever given on a revision, voided rounds included, each verified (P11-70)."""
    revision = rows.seen(session, rights, day, ref)
    counted = {
        each.signature_id: each
        for each in session.scalars(select(RouteSignature).where(RouteSignature.revision_id == revision.id))
    }
    found: list[Given] = []
    for target, purpose in _targets(session, revision, ref):
        for signature in accounts.signatures_on(session, target):
            if signature.meaning is accounts.Meaning.ACKNOWLEDGED:
                continue
            row = counted.get(signature.id)
            void = row is not None and row.voided_at is not None
            lapsed = row is None and purpose is Purpose.ISSUE and signature.round != revision.round
            found.append(
                Given(
                    meaning=signature.meaning.value,
                    purpose=purpose.value,
                    round=signature.round,
                    person_id=signature.person_id,
                    name=signature.name,
                    post=signature.post,
                    post_names=signature.post_names,
                    substitute_for=signature.substitute_for_name,
                    at=signature.at,
                    digest=signature.digest,
                    opinion="" if row is None else row.opinion,
                    is_void=void or lapsed or (row is None and revision.state is State.DRAFT),
                    is_verified=accounts.verify_signature(session, signature, ref=target),
                )
            )
    return sorted(found, key=lambda each: each.at)


def _targets(session: Session, revision: Revision, ref: Ref) -> list[tuple[Ref, Purpose]]:
    rounds = session.scalars(select(Withdrawal.round).where(Withdrawal.revision_id == revision.id)).all()
    return [
        (ref, Purpose.ISSUE),
        *((plan_ref(ref, turn), Purpose.ISSUE) for turn in range(1, revision.releases + 1)),
        *((withdrawal_ref(ref, count), Purpose.WITHDRAW) for count in sorted(rounds)),
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The open stage of a revision: whom it waits for, who may stand in, and how many are wanting."""

    purpose: str
    stage: StageName
    people: tuple[int, ...]
    names: tuple[str, ...]
    standing_in: Mapping[int, frozenset[int]]
    left: int

    def sentence(self, language: str) -> str:
        """Whom it waits for, in one sentence."""
        mark = ", " if language == "en" else "、"
        text = _WAITS if self.names else _NOBODY
        stage = Phrase(route.STAGES[self.stage])
        return Phrase(text, stage=stage, names=mark.join(self.names), count=self.left).sentence(language)


_WAITS = N_("{stage}: waits for {names} ({count} signature(s) wanting).")
_NOBODY = N_("{stage}: nobody who could sign holds the post; appoint somebody.")


def waiting(session: Session, rights: Rights, ref: Ref, day: date) -> Waiting | None:
    """What a revision waits for on its way to issue or withdrawal; None where it waits for nobody."""
    revision = rows.seen(session, rights, day, ref)
    if revision.state in {State.IN_REVIEW, State.APPROVED}:
        walked = walk.of_revision(revision, approved=revision.state is State.APPROVED)
    elif (open_ := _open_withdrawal(session, revision)) is not None:
        walked = walk.Walk(
            revision,
            Purpose.WITHDRAW,
            open_.round,
            route.read_route(open_.route, revision.document.kind),
            open_.author_id,
            rows.name(revision),
            open_.state is WithdrawalState.APPROVED,
        )
    else:
        return None
    now = walk.progress(session, walked, day)
    if now.stage is None:
        return None
    names = accounts.names_of(session, now.signers)
    people = tuple(sorted(now.signers))
    return Waiting(
        walked.purpose.value,
        now.stage.name,
        people,
        tuple(names[each] for each in people),
        dict(now.standing_in),
        now.left,
    )


def _open_withdrawal(session: Session, revision: Revision) -> Withdrawal | None:
    return session.scalar(
        select(Withdrawal).where(
            Withdrawal.revision_id == revision.id,
            Withdrawal.state.in_((WithdrawalState.IN_REVIEW, WithdrawalState.APPROVED)),
        )
    )


def withdrawal(session: Session, rights: Rights, ref: Ref, day: date) -> Withdrawal | None:
    """The latest withdrawal of a revision, whatever its state."""
    revision = rows.seen(session, rights, day, ref)
    return session.scalar(
        select(Withdrawal)
        .where(Withdrawal.revision_id == revision.id)
        .order_by(Withdrawal.round.desc())
        .limit(1)
    )


def periodic_reviews(session: Session, rights: Rights, ref: Ref, day: date) -> Sequence[PeriodicReview]:
    """The periodic reviews of a revision, the earliest first; one not concluded is the last (DOC-13)."""
    revision = rows.seen(session, rights, day, ref)
    return session.scalars(
        select(PeriodicReview)
        .where(PeriodicReview.revision_id == revision.id)
        .order_by(PeriodicReview.due_on, PeriodicReview.id)
    ).all()


def comments(session: Session, rights: Rights, ref: Ref, day: date) -> Sequence[Comment]:
    """All comments on a revision, the earliest first."""
    revision = rows.seen(session, rights, day, ref)
    return session.scalars(
        select(Comment).where(Comment.revision_id == revision.id).order_by(Comment.id)
    ).all()


def open_comments(session: Session, rights: Rights, ref: Ref, day: date) -> list[Comment]:
    """The comments on a revision that still wait for an answer; while there are any nobody approves."""
    return [each for each in comments(session, rights, ref, day) if each.resolved_at is None]


def clauses(session: Session, rights: Rights, ref: Ref, day: date) -> Sequence[ClauseText]:
    """The clauses of a revision in their order."""
    revision = rows.seen(session, rights, day, ref)
    return session.scalars(
        select(ClauseText).where(ClauseText.revision_id == revision.id).order_by(ClauseText.position)
    ).all()


def references(session: Session, rights: Rights, ref: Ref, day: date) -> list[tuple[Link, str, str]]:
    """What a revision leans on: how, which number, which clause."""
    revision = rows.seen(session, rights, day, ref)
    found = session.execute(
        select(ReferenceTo.link, ReferenceTo.target, ReferenceTo.clause)
        .where(ReferenceTo.revision_id == revision.id)
        .order_by(ReferenceTo.link, ReferenceTo.target, ReferenceTo.clause)
    )
    return [(row.link, row.target, row.clause) for row in found]
