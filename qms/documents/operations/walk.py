"""A route as it is walked: who may sign now, each signature, and who is asked next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from qms import accounts, tasks
from qms.accounts import Meaning
from qms.documents import errors, route, rows
from qms.documents.models import Comment, Member, Purpose, Revision, RouteSeat, RouteSignature
from qms.documents.route import Holders, Progress, Route, Signed, StageName
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.accounts import OpenKey
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_SUBJECTS = {
    (Purpose.ISSUE, StageName.REVIEW): N_("Review {number} {label}: {title}"),
    (Purpose.ISSUE, StageName.APPROVE): N_("Approve {number} {label}: {title}"),
    (Purpose.ISSUE, StageName.RELEASE): N_("Release {number} {label}: {title}"),
    (Purpose.WITHDRAW, StageName.REVIEW): N_("Review the withdrawal of {number} {label}: {title}"),
    (Purpose.WITHDRAW, StageName.APPROVE): N_("Approve the withdrawal of {number} {label}: {title}"),
    (Purpose.WITHDRAW, StageName.RELEASE): N_("Decide the withdrawal of {number} {label}: {title}"),
}
REWORK = "documents:rework"
_REWORK = N_("Work on {number} {label} again, it came back: {reason}")
_FAILED = N_("The issue of {number} {label} failed, look and try again: {reason}")
_PERMISSIONS = {
    (Purpose.ISSUE, StageName.REVIEW): "documents:review",
    (Purpose.ISSUE, StageName.APPROVE): "documents:approve",
    (Purpose.ISSUE, StageName.RELEASE): "documents:release",
    (Purpose.WITHDRAW, StageName.REVIEW): "documents:review",
    (Purpose.WITHDRAW, StageName.APPROVE): "documents:approve",
    (Purpose.WITHDRAW, StageName.RELEASE): "documents:withdraw",
}
_MEANINGS = {
    (Purpose.ISSUE, StageName.REVIEW): Meaning.REVIEWED,
    (Purpose.ISSUE, StageName.APPROVE): Meaning.APPROVED,
    (Purpose.ISSUE, StageName.RELEASE): Meaning.RELEASED,
    (Purpose.WITHDRAW, StageName.REVIEW): Meaning.REVIEWED,
    (Purpose.WITHDRAW, StageName.APPROVE): Meaning.APPROVED,
    (Purpose.WITHDRAW, StageName.RELEASE): Meaning.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Walk:
    """One round of one route: of what, by whom it was begun, and how it is called."""

    revision: Revision
    purpose: Purpose
    round: int
    route: Route
    author: int
    what: str
    approved: bool
    turn: int = 0


def of_revision(revision: Revision, *, approved: bool) -> Walk:
    """The present round of a revision on its way to issue."""
    return Walk(
        revision,
        Purpose.ISSUE,
        revision.round,
        route.read_route(revision.route, revision.document.kind),
        revision.author_id or 0,
        rows.name(revision),
        approved,
        revision.releases if approved else 0,
    )


def holders(session: Session, walked: Route, revision: Revision, day: date) -> Holders:
    """Who holds each seat of a route on the day, and who may stand in for them (R27).

    Only those inside secrecy and circle of the revision: nobody signs what they may not open, and
    nobody is asked or told about it (SEC-07).
    """
    owner = revision.document.owner
    able = accounts.cleared(session, revision.secrecy, revision.circle)
    seats: dict[str, frozenset[int]] = {}
    for stage in walked.stages:
        for seat in stage.seats:
            member, _, code = seat.partition(":")
            if member == Member.POST:
                seats[seat] = frozenset(accounts.post_holders(session, code, day)) & able
            else:
                seats[seat] = frozenset(accounts.role_holders(session, code, day, owner)) & able
    people = frozenset[int]().union(*seats.values())
    standing_in = accounts.substitutes_by(session, people, day)
    return Holders(seats, {each: others & able for each, others in standing_in.items()})


def signed(session: Session, walk: Walk) -> list[Signed]:
    """The signatures of the round that count, those of an earlier release left out."""
    found = session.scalars(
        select(RouteSignature)
        .where(
            RouteSignature.revision_id == walk.revision.id,
            RouteSignature.purpose == walk.purpose,
            RouteSignature.round == walk.round,
            RouteSignature.turn.in_({0, walk.turn}),
            RouteSignature.voided_at.is_(None),
        )
        .order_by(RouteSignature.id)
    )
    return [
        Signed(each.stage, each.person_id, each.for_person_id, frozenset(each.seats))
        for each in found
        if each.stage is not StageName.RELEASE or each.turn == walk.turn
    ]


def progress(session: Session, walk: Walk, day: date) -> Progress:
    """How far the round is on the day."""
    held = holders(session, walk.route, walk.revision, day)
    given = signed(session, walk)
    return route.progress(walk.route, held, given, author=walk.author, approved=walk.approved)


def seat(work: Work, walk: Walk) -> None:
    """Freeze whom the round asks, so that they see what they are asked about."""
    work.session.execute(
        delete(RouteSeat).where(
            RouteSeat.revision_id == walk.revision.id,
            RouteSeat.purpose == walk.purpose,
            RouteSeat.round == walk.round,
        )
    )
    for stage in walk.route.stages:
        for each in stage.seats:
            member, _, code = each.partition(":")
            work.session.add(
                RouteSeat(
                    revision_id=walk.revision.id,
                    purpose=walk.purpose,
                    round=walk.round,
                    stage=stage.name,
                    member=Member(member),
                    code=code,
                )
            )


def sign(
    work: Work,
    walk: Walk,
    stage: StageName,
    *,
    password: str | OpenKey,
    ref: Ref,
    digest: str,
    opinion: str,
    standing_for: int | None,
) -> Progress:
    """One signature of the acting person on the open stage; gives how far the round is after it.

    The row of the revision or withdrawal is locked by the caller, so that of two last signatures
    one closes the stage and the other is refused (SEC-28).
    """
    person = rows.person_id(work)
    day = work.today
    held = holders(work.session, walk.route, walk.revision, day)
    given = signed(work.session, walk)
    _in_stage(walk, held, given, stage)
    _allowed(work, walk, stage, standing_for)
    admitted = route.admit(
        walk.route,
        held,
        given,
        person=person,
        author=walk.author,
        what=walk.what,
        standing_for=standing_for,
        open_comments=open_comments(work.session, walk.revision.id),
        approved=walk.approved,
    )
    for guard in work.ports.get("signing-guards", ()):
        guard.allow(work, stage.value, person)
    if (walk.purpose, stage) == (Purpose.ISSUE, StageName.APPROVE):
        for law in work.ports.get("reviews", ()):
            law.allow(work, ref)
    signature = accounts.sign(
        work,
        password=password,
        meaning=_MEANINGS[walk.purpose, stage],
        ref=ref,
        digest=digest,
        round=walk.round,
        post=_post(admitted.seats),
        substitute_for=standing_for,
    )
    work.session.add(
        RouteSignature(
            revision_id=walk.revision.id,
            purpose=walk.purpose,
            round=walk.round,
            turn=walk.turn if stage is StageName.RELEASE else 0,
            stage=stage,
            seats=sorted(admitted.seats),
            person_id=person,
            for_person_id=standing_for,
            voice_id=standing_for or person,
            signature_id=signature.id,
            opinion=opinion,
            signed_at=work.now,
        )
    )
    work.session.flush()
    now = Signed(stage, person, standing_for, admitted.seats)
    return route.progress(walk.route, held, [*given, now], author=walk.author, approved=walk.approved)


def _allowed(work: Work, walk: Walk, stage: StageName, standing_for: int | None) -> None:
    """The right to sign at all is the person's own, or that of whom they stand in for."""
    rights = work.rights
    if standing_for is not None:
        rights = accounts.rights_of(work.session, standing_for, work.today)
    if not rights.may(_PERMISSIONS[walk.purpose, stage]):
        raise errors.NotAllowedHere(department=walk.revision.document.owner)


def _in_stage(walk: Walk, held: Holders, given: list[Signed], stage: StageName) -> None:
    """Refuse a signature of another stage than the open one: nobody signs ahead or behind."""
    now = route.progress(walk.route, held, given, author=walk.author, approved=walk.approved)
    if now.stage is None or now.stage.name is not stage:
        raise errors.StageClosed(what=walk.what)


def _post(seats: frozenset[str]) -> str | None:
    posts = sorted(each.removeprefix("post:") for each in seats if each.startswith("post:"))
    return posts[0] if posts else None


def open_comments(session: Session, revision_id: int) -> int:
    """How many comments on the revision still wait for an answer."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Comment)
            .where(Comment.revision_id == revision_id, Comment.resolved_at.is_(None))
        )
        or 0
    )


def void(work: Work, walk: Walk) -> None:
    """Let the signatures of the round lapse; they stay on record (law 7)."""
    work.session.execute(
        update(RouteSignature)
        .where(
            RouteSignature.revision_id == walk.revision.id,
            RouteSignature.purpose == walk.purpose,
            RouteSignature.round == walk.round,
        )
        .values(voided_at=work.now)
    )


def ask(work: Work, walk: Walk, ref: Ref, now: Progress) -> None:
    """Owe the open stage to those who can sign it and let go everybody else."""
    for stage in StageName:
        kind = task_kind(walk.purpose, stage)
        if now.stage is None or now.stage.name is not stage:
            tasks.cancel(work, kind, ref)
            continue
        wanted = now.signers
        for other in tasks.outstanding(work.session, kind, ref):
            if other.person_id not in wanted:
                tasks.cancel(work, kind, ref, person_id=other.person_id)
        tasks.owe(
            work,
            kind=kind,
            ref=ref,
            person_ids=sorted(wanted),
            subject=_SUBJECTS[walk.purpose, stage],
            facts=facts(walk.revision),
        )


def ask_again(work: Work, walk: Walk, ref: Ref, reason: str) -> None:
    """Owe another look to those who may release, after a failed issue."""
    stage = walk.route.stage(StageName.RELEASE)
    held = holders(work.session, walk.route, walk.revision, work.today)
    tasks.owe(
        work,
        kind=task_kind(walk.purpose, StageName.RELEASE),
        ref=ref,
        person_ids=sorted(frozenset[int]().union(*(held.of(each) for each in stage.seats))),
        subject=_FAILED,
        facts={**facts(walk.revision), "reason": reason},
    )


def dismiss(work: Work, walk: Walk, ref: Ref) -> None:
    """Let go everybody who was asked in this round."""
    for stage in StageName:
        tasks.cancel(work, task_kind(walk.purpose, stage), ref)


def tell_author(work: Work, revision: Revision, ref: Ref, reason: str) -> None:
    """Owe the author another look at what came back."""
    if revision.author_id is not None:
        tasks.owe(
            work,
            kind=REWORK,
            ref=ref,
            person_ids=[revision.author_id],
            subject=_REWORK,
            facts={**facts(revision), "reason": reason},
        )


def done(work: Work, walk: Walk, ref: Ref, stage: StageName, voice: int) -> None:
    """Settle what the person owed on this stage."""
    tasks.settle(work, task_kind(walk.purpose, stage), ref, voice)


def task_kind(purpose: Purpose, stage: StageName) -> str:
    """The kind of a task of a stage: `documents:review`, `documents:withdraw-approve` ..."""
    return f"documents:{stage}" if purpose is Purpose.ISSUE else f"documents:withdraw-{stage}"


def facts(revision: Revision) -> Mapping[str, object]:
    """What names a revision in the sentence of a task, and who may be told of it (SEC-07)."""
    return {
        "number": revision.document.number,
        "label": revision.label,
        "language": revision.language,
        "title": revision.title,
        tasks.SECRECY: revision.secrecy,
        tasks.CIRCLE: revision.circle,
        tasks.RIGHT: "documents:read",
    }
