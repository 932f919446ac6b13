"""Withdrawal: out of force through the same route as into it, with signatures of its own (DOC-02)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import rfc8785
from sqlalchemy import bindparam, func, select

from qms import accounts
from qms.accounts import Meaning
from qms.documents import access, errors, numbering, route, rows, validity
from qms.documents.models import (
    Document,
    Purpose,
    ReferenceTo,
    Revision,
    Validity,
    Withdrawal,
    WithdrawalState,
)
from qms.documents.models import Link as LinkKind
from qms.documents.operations import force, walk
from qms.documents.operations.walk import Walk
from qms.documents.route import StageName
from qms.documents.tree import Link
from qms.kernel.refs import Ref
from qms.kernel.work import ask

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.accounts import OpenKey
    from qms.documents.route import Progress
    from qms.kernel.ports import Rights
    from qms.kernel.work import Work

TAG: Final = "qms:withdrawal:1"
_OPEN: Final = (WithdrawalState.IN_REVIEW, WithdrawalState.APPROVED)


@dataclass(frozen=True, slots=True)
class Asked:
    """A withdrawal that is now in review, and the documents in force that lean on what goes (DOC-14)."""

    withdrawal: Withdrawal
    leaning: tuple[Link, ...]


def withdrawal_ref(ref: Ref, count: int) -> Ref:
    """What those on the route sign: one withdrawal of one revision."""
    return Ref("withdrawal", f"{ref.key}@{count}")


def withdraw(
    work: Work,
    ref: Ref,
    *,
    reason: str,
    on: date | None = None,
    password: str | OpenKey,
    family: str = "",
) -> Asked:
    """Ask with reasons that a revision be out of force from a day on, and sign the request.

    A revision not yet in force is withdrawn before its first day and never enters (law 5). The
    answer names the documents in force that lean on it. Where its children or forms stay in force,
    `family` says why they may; it stands in the signed reason.
    """
    revision = rows.lock(work, ref)
    person = rows.person_id(work)
    rows.allow(work, "documents:draft", revision.document.owner)
    day = on or work.today
    if not reason.strip():
        raise errors.ReasonMissing
    _ends(work, revision, day)
    staying = left_behind(work.session, revision, day)
    if staying and not family.strip():
        raise errors.FamilyInForce(
            what=rows.name(revision), family=", ".join(shown_family(work.rights, staying))
        )
    if _open(work.session, revision) is not None:
        raise errors.WithdrawalOpen(what=rows.name(revision))
    asked = route.read_route(revision.head.get("route"), revision.document.kind)
    made = Withdrawal(
        revision_id=revision.id,
        state=WithdrawalState.IN_REVIEW,
        round=_count(work.session, revision) + 1,
        reason="\n".join(each.strip() for each in (reason, family) if each.strip()),
        until_on=day,
        digest="",
        author_id=person,
        route=route.plain(asked),
        requested_at=work.now,
    )
    made.digest = _digest(ref, revision, made)
    work.session.add(made)
    work.session.flush()
    own = withdrawal_ref(ref, made.round)
    accounts.sign(
        work, password=password, meaning=Meaning.AUTHOR, ref=own, digest=made.digest, round=made.round
    )
    walked = _walk(revision, made)
    walk.seat(work, walked)
    walk.ask(work, walked, own, walk.progress(work.session, walked, work.today))
    work.record(
        "document:revision:ask-withdrawal",
        ref,
        after={
            "on": day.isoformat(),
            "round": made.round,
            "digest": made.digest,
            "leaving": sorted(staying),
        },
        why=made.reason,
    )
    return Asked(made, tuple(leaning_on(work.session, work.rights, revision.document.number, work.today)))


def _ends(work: Work, revision: Revision, day: date) -> tuple[validity.Interval, ...]:
    """The validity table with the revision withdrawn; refused where there is nothing to withdraw."""
    if day < work.today:
        raise errors.WithdrawalTooEarly(what=rows.name(revision), day=day, earliest=work.today)
    table = rows.intervals(rows.validities(work.session, revision.document_id, revision.language))
    return validity.withdraw(table, revision.label, day, work.today)


def _digest(ref: Ref, revision: Revision, made: Withdrawal) -> str:
    value = {
        "tag": TAG,
        "revision": str(ref),
        "content": revision.content_digest,
        "reason": made.reason,
        "until": made.until_on.isoformat(),
        "round": made.round,
    }
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def _count(session: Session, revision: Revision) -> int:
    return session.scalar(select(func.count()).where(Withdrawal.revision_id == revision.id)) or 0


def _open(session: Session, revision: Revision) -> Withdrawal | None:
    return session.scalar(
        select(Withdrawal)
        .where(Withdrawal.revision_id == revision.id, Withdrawal.state.in_(_OPEN))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _walk(revision: Revision, made: Withdrawal) -> Walk:
    return Walk(
        revision,
        Purpose.WITHDRAW,
        made.round,
        route.read_route(made.route, revision.document.kind),
        made.author_id,
        rows.name(revision),
        made.state is WithdrawalState.APPROVED,
    )


def _under_way(work: Work, ref: Ref) -> tuple[Revision, Withdrawal]:
    revision = rows.lock(work, ref)
    found = _open(work.session, revision)
    if found is None:
        raise errors.WithdrawalMissing(what=rows.name(revision))
    return revision, found


def sign_withdrawal_review(
    work: Work, ref: Ref, *, password: str | OpenKey, opinion: str = "", standing_for: int | None = None
) -> Progress:
    """Sign that the withdrawal was reviewed."""
    return _sign(work, ref, StageName.REVIEW, password=password, opinion=opinion, standing_for=standing_for)


def sign_withdrawal_approval(
    work: Work, ref: Ref, *, password: str | OpenKey, opinion: str = "", standing_for: int | None = None
) -> Progress:
    """Sign that the withdrawal is approved; whoever asked for it does not approve it."""
    return _sign(work, ref, StageName.APPROVE, password=password, opinion=opinion, standing_for=standing_for)


def _sign(
    work: Work,
    ref: Ref,
    stage: StageName,
    *,
    password: str | OpenKey,
    opinion: str,
    standing_for: int | None,
) -> Progress:
    revision, found = _under_way(work, ref)
    if found.state is WithdrawalState.APPROVED:
        raise errors.StageClosed(what=rows.name(revision))
    own = withdrawal_ref(ref, found.round)
    walked = _walk(revision, found)
    now = walk.sign(
        work,
        walked,
        stage,
        password=password,
        ref=own,
        digest=found.digest,
        opinion=opinion,
        standing_for=standing_for,
    )
    if now.is_approved:
        found.state = WithdrawalState.APPROVED
        found.approved_at = work.now
    walk.done(work, walked, own, stage, standing_for or rows.person_id(work))
    walk.ask(work, walked, own, now)
    work.record(
        f"document:revision:withdrawal-{stage}",
        ref,
        after={"round": found.round, "digest": found.digest, "left": now.left},
    )
    return now


def decide_withdrawal(
    work: Work, ref: Ref, *, password: str | OpenKey, opinion: str = "", standing_for: int | None = None
) -> Withdrawal:
    """Sign the withdrawal; with the last signature the validity ends, today's in this very act."""
    seen = rows.seen(work.session, work.rights, work.today, ref)
    rows.lock_document(work, seen.document_id)
    revision, found = _under_way(work, ref)
    if found.state is not WithdrawalState.APPROVED:
        raise errors.WithdrawalNotApproved(what=rows.name(revision))
    wanted = _ends(work, revision, found.until_on)
    own = withdrawal_ref(ref, found.round)
    walked = _walk(revision, found)
    now = walk.sign(
        work,
        walked,
        StageName.RELEASE,
        password=password,
        ref=own,
        digest=found.digest,
        opinion=opinion,
        standing_for=standing_for,
    )
    walk.done(work, walked, own, StageName.RELEASE, standing_for or rows.person_id(work))
    if now.is_complete:
        found.state = WithdrawalState.DECIDED
        found.decided_at = work.now
        work.session.flush()
        force.write(work, revision, wanted, str(own))
        work.record(
            "document:revision:withdraw",
            ref,
            after={"on": found.until_on.isoformat(), "digest": found.digest},
            why=found.reason,
        )
        force.enact(work, work.today, revision.document_id)
    walk.ask(work, walked, own, now)
    return found


def cancel_withdrawal(work: Work, ref: Ref, reason: str) -> Withdrawal:
    """Take a request for withdrawal back or turn it down; its signatures lapse and stay on record."""
    revision, found = _under_way(work, ref)
    person = rows.person_id(work)
    walked = _walk(revision, found)
    now = walk.progress(work.session, walked, work.today)
    if person != found.author_id and person not in now.signers and person not in now.standing_in:
        raise errors.NotOnTheRoute(what=rows.name(revision))
    if not reason.strip():
        raise errors.ReasonMissing
    before, found.state = found.state, WithdrawalState.CANCELLED
    walk.void(work, walked)
    walk.dismiss(work, walked, withdrawal_ref(ref, found.round))
    work.record(
        "document:revision:cancel-withdrawal",
        ref,
        before={"state": before.value},
        after={"state": found.state.value},
        why=reason.strip(),
    )
    return found


def left_behind(session: Session, revision: Revision, day: date) -> dict[str, tuple[int, str | None]]:
    """What belongs to a document and stays when its last revision leaves: children, forms, registers.

    By number, with grade and circle of each, so that nobody is told what they may not see. Where
    another revision or language of the document goes on, nothing is left behind.
    """
    goes_on = select(Validity.id).where(
        Validity.document_id == revision.document_id,
        Validity.revision_id != revision.id,
        Validity.until_on.is_(None) | (Validity.until_on > day),
    )
    if session.scalar(goes_on.limit(1)) is not None:
        return {}
    own = select(ReferenceTo.folded).where(
        ReferenceTo.revision_id == revision.id, ReferenceTo.link.in_((LinkKind.FORM, LinkKind.REGISTER))
    )
    child = select(ReferenceTo.revision_id).where(
        ReferenceTo.link == LinkKind.PARENT, ReferenceTo.folded == revision.document.folded
    )
    found = session.execute(
        select(Document.number, Revision.secrecy, Revision.circle)
        .join(Revision, Revision.document_id == Document.id)
        .join(Validity, Validity.revision_id == Revision.id)
        .where(
            Document.id != revision.document_id,
            Document.folded.in_(own) | Revision.id.in_(child),
            Validity.from_on <= day,
            Validity.until_on.is_(None) | (Validity.until_on > day),
        )
    )
    return {row.number: (row.secrecy, row.circle) for row in found}


def shown_family(rights: Rights, staying: Mapping[str, tuple[int, str | None]]) -> list[str]:
    """The numbers of what stays behind; what the person may not see is only counted (SEC-07)."""
    seen = sorted(
        number
        for number, (secrecy, circle) in staying.items()
        if secrecy <= rights.secrecy and (circle is None or circle in rights.circles)
    )
    rest = len(staying) - len(seen)
    return [*seen, *([f"+{rest}"] if rest else [])]


def leaning_on(session: Session, rights: Rights, number: str, day: date) -> list[Link]:
    """The visible documents in force on the day that lean on one: what its change touches (R12)."""
    found = ask(session, _LEANING, folded=numbering.key(number), day=day, **access.given_rights(rights))
    return sorted(Link(row.number, number, row.link.value, row.clause) for row in found)


_LEANING: Final = (
    select(Document.number, ReferenceTo.link, ReferenceTo.clause)
    .join(Revision, Revision.document_id == Document.id)
    .join(Validity, Validity.revision_id == Revision.id)
    .join(ReferenceTo, ReferenceTo.revision_id == Revision.id)
    .where(
        ReferenceTo.folded == bindparam("folded"),
        Validity.from_on <= bindparam("day"),
        Validity.until_on.is_(None) | (Validity.until_on > bindparam("day")),
        access.ISSUED,
    )
    .distinct()
)
