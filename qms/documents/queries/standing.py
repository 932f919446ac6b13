"""Where a revision stands: who signed, what was said about it, whom it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

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
from qms.kernel.labels import N_, Phrase, listed
from qms.kernel.refs import Ref
from qms.kernel.work import ask, remembered

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


_COUNTED: Final = select(RouteSignature.signature_id, RouteSignature.voided_at, RouteSignature.opinion).where(
    RouteSignature.revision_id == bindparam("revision")
)


def signatures(session: Session, rights: Rights, ref: Ref, day: date) -> list[Given]:
    """Every signature ever given on a revision, voided rounds included, each verified (P11-70)."""
    revision = rows.seen(session, rights, day, ref)
    counted = {each.signature_id: each for each in ask(session, _COUNTED, revision=revision.id)}
    targets = {str(target): purpose for target, purpose in _targets(session, revision, ref)}
    found: list[Given] = []
    for signature, is_sound in accounts.verified_on(session, targets):
        if signature.meaning is accounts.Meaning.ACKNOWLEDGED:
            continue
        purpose = targets[signature.ref]
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
                is_verified=is_sound,
            )
        )
    return sorted(found, key=lambda each: each.at)


def _targets(session: Session, revision: Revision, ref: Ref) -> list[tuple[Ref, Purpose]]:
    rounds = [each.round for each in _withdrawals(session, revision)]
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
        text = _WAITS if self.names else _NOBODY
        stage = Phrase(route.STAGES[self.stage])
        return Phrase(text, stage=stage, names=listed(self.names, language), count=self.left).sentence(
            language
        )


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


def _withdrawals(session: Session, revision: Revision) -> Sequence[Withdrawal]:
    """Every withdrawal of a revision by its round; a page asks for them several times."""

    def found() -> Sequence[Withdrawal]:
        return session.scalars(_WITHDRAWALS, {"revision": revision.id}).all()

    return remembered(session, (_withdrawals, revision.id), found)


_WITHDRAWALS: Final = (
    select(Withdrawal).where(Withdrawal.revision_id == bindparam("revision")).order_by(Withdrawal.round)
)


def _open_withdrawal(session: Session, revision: Revision) -> Withdrawal | None:
    under_way = (WithdrawalState.IN_REVIEW, WithdrawalState.APPROVED)
    return next((each for each in _withdrawals(session, revision) if each.state in under_way), None)


def withdrawal(session: Session, rights: Rights, ref: Ref, day: date) -> Withdrawal | None:
    """The latest withdrawal of a revision, whatever its state."""
    revision = rows.seen(session, rights, day, ref)
    return next(reversed(_withdrawals(session, revision)), None)


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
    return [(row.link, row.target, row.clause) for row in ask(session, _REFERENCES, revision=revision.id)]


_REFERENCES: Final = (
    select(ReferenceTo.link, ReferenceTo.target, ReferenceTo.clause)
    .where(ReferenceTo.revision_id == bindparam("revision"))
    .order_by(ReferenceTo.link, ReferenceTo.target, ReferenceTo.clause)
)
