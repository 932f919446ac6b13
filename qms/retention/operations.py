"""The verbs of retention: hold, lift, propose, approve, reject, carry out (REC-04, REC-05)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qms import accounts, jobs, records
from qms.accounts import Meaning
from qms.documents.models import Revision
from qms.kernel.database import next_number
from qms.kernel.refs import Ref
from qms.records import Record
from qms.retention import certifying, queries
from qms.retention.errors import (
    AuthorsAlone,
    DisposalNotAllowed,
    HeldAlreadyGone,
    HoldLifted,
    HoldMissing,
    HoldReasonMissing,
    ListDecided,
    ListNotWhole,
    ListPending,
    NothingDue,
    RetentionNotAllowed,
    SecondPersonNeeded,
)
from qms.retention.models import DisposalCounter, DisposalLine, DisposalList, Result, RetentionHold, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qms.accounts import OpenKey
    from qms.kernel.ports import Actor, Rights
    from qms.kernel.work import Work, Works

JOB: Final = "retention.dispose"


def ref_of(found: DisposalList) -> Ref:
    """`disposal:DL-2026-0001`."""
    return Ref("disposal", found.number)


def _person(work: Work) -> int:
    if work.actor.person_id is None:
        raise RetentionNotAllowed
    return work.actor.person_id


def _locked(work: Work, record_id: int) -> Record:
    """Holds and disposal lock the same row, so that the one that came first wins."""
    return work.session.execute(
        select(Record)
        .where(Record.id == record_id)
        .options(joinedload(Record.revision).joinedload(Revision.document))
        .with_for_update(of=Record)
        .execution_options(populate_existing=True)
    ).scalar_one()


def hold(work: Work, ref: Ref, reason: str) -> RetentionHold:
    """Put a legal hold on a record: it is not disposed of while the hold stands."""
    seen = records.record_of(work.session, work.rights, ref, work.today)
    if not work.rights.may(queries.MANAGE, seen.department):
        raise RetentionNotAllowed
    if not reason.strip():
        raise HoldReasonMissing
    record = _locked(work, seen.id)
    if record.state is records.State.DISPOSED:
        raise HeldAlreadyGone(record=records.name(record))
    made = RetentionHold(record_id=record.id, reason=reason.strip(), set_by=_person(work), set_at=work.now)
    work.session.add(made)
    work.session.flush()
    work.record("retention:hold", ref, after={"hold": made.id}, why=made.reason)
    return made


def lift(work: Work, ref: Ref, hold_id: int, reason: str) -> RetentionHold:
    """Lift a hold, with the reason."""
    record = records.record_of(work.session, work.rights, ref, work.today)
    if not work.rights.may(queries.MANAGE, record.department):
        raise RetentionNotAllowed
    if not reason.strip():
        raise HoldReasonMissing
    _locked(work, record.id)
    found = work.session.get(RetentionHold, hold_id, populate_existing=True)
    if found is None or found.record_id != record.id:
        raise HoldMissing(record=records.name(record))
    if found.lifted_at is not None:
        raise HoldLifted(record=records.name(record))
    found.lifted_by, found.lifted_at, found.lift_reason = _person(work), work.now, reason.strip()
    work.session.flush()
    work.record("retention:lift", ref, after={"hold": found.id}, why=found.lift_reason)
    return found


def propose(work: Work, numbers: Sequence[str]) -> DisposalList:
    """Put records whose time is over on a list, for somebody else to decide on."""
    accounts.require(work, queries.MANAGE)
    person = _person(work)
    chosen = [
        records.record_of(work.session, work.rights, Ref("record", each), work.today) for each in numbers
    ]
    kept = [(_locked(work, each.id)) for each in sorted(chosen, key=lambda each: each.id)]
    found = [each for each in kept if queries.is_due(work, each)]
    if not found:
        raise NothingDue
    for each in found:
        _refuse_pending(work, each)
    lines = [_line(work, each) for each in found]
    place = next_number(work.session, DisposalCounter, work.today.year)
    number = f"DL-{work.today.year}-{place:04d}"
    made = DisposalList(
        number=number, digest=_digest(number, lines), proposed_by=person, proposed_at=work.now
    )
    work.session.add(made)
    work.session.flush()
    for line in lines:
        line.list_id = made.id
        work.session.add(line)
    work.session.flush()
    work.record("retention:propose", ref_of(made), after={"count": len(lines), "digest": made.digest})
    return made


def _refuse_pending(work: Work, record: Record) -> None:
    other = work.session.scalar(
        select(DisposalList.number)
        .join(DisposalLine, DisposalLine.list_id == DisposalList.id)
        .where(DisposalLine.record_id == record.id, DisposalList.state.in_((State.PROPOSED, State.APPROVED)))
    )
    if other is not None:
        raise ListPending(record=records.name(record), number=other)


def _line(work: Work, record: Record) -> DisposalLine:
    kept = queries.kept(work, record)
    if kept.rule is None or kept.event_on is None or kept.due_on is None:
        raise NothingDue
    return DisposalLine(
        record_id=record.id,
        number=records.name(record),
        form=record.form,
        class_name=kept.rule.name,
        keep=kept.rule.keep,
        event=kept.rule.after.value,
        event_on=kept.event_on,
        due_on=kept.due_on,
    )


def _digest(number: str, lines: Sequence[DisposalLine]) -> str:
    told = [[each.number, each.class_name, each.keep, each.due_on.isoformat()] for each in lines]
    return hashlib.sha256(rfc8785.dumps({"list": number, "records": told})).hexdigest()


def _to_decide(work: Work, number: str) -> tuple[DisposalList, bool]:
    """The locked list that waits for a decision, and whether who decides sees all of it."""
    if not work.rights.may(queries.APPROVE):
        raise DisposalNotAllowed
    _, _, is_whole = queries.seen_list(work, number)
    found = work.session.execute(
        select(DisposalList)
        .where(DisposalList.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if found.state is not State.PROPOSED:
        raise ListDecided(number=number)
    return found, is_whole


def approve(work: Work, number: str, *, password: str | OpenKey) -> DisposalList:
    """Approve a list by signature: a second person, who sees all of it and wrote none of it."""
    (found, is_whole), person = _to_decide(work, number), _person(work)
    if found.proposed_by == person:
        raise SecondPersonNeeded(number=number)
    if not is_whole:
        raise ListNotWhole(number=number)
    ids = [each.record_id for each in queries.lines(work.session, found)]
    if person in work.session.scalars(select(Record.author_id).where(Record.id.in_(ids))).all():
        raise AuthorsAlone(number=number)
    given = accounts.sign(
        work, password=password, meaning=Meaning.APPROVED, ref=ref_of(found), digest=found.digest
    )
    found.state, found.approved_by, found.approved_at = State.APPROVED, person, work.now
    found.signature_id = given.id
    work.session.flush()
    jobs.enqueue(work, JOB, number, {"number": number})
    work.record("retention:approve", ref_of(found), after={"digest": found.digest})
    return found


def reject(work: Work, number: str, reason: str) -> DisposalList:
    """Reject a list; its records are due as before."""
    (found, _), person = _to_decide(work, number), _person(work)
    if not reason.strip():
        raise HoldReasonMissing
    found.state, found.rejected_by, found.reason = State.REJECTED, person, reason.strip()
    work.session.flush()
    work.record("retention:reject", ref_of(found), after={"state": found.state.value}, why=found.reason)
    return found


def carry_out(
    works: Works, actor: Actor, rights: Rights, number: str, last: Callable[[Work], object] = lambda _: None
) -> str | None:
    """Carry an approved list out, each record in an act of its own, then certify it; says the certificate.

    Killed half-way it goes on with what waits: no record is disposed of twice, none is forgotten. Keys
    go after the acts (D-0022); `last` ends the job in the transaction that certifies.
    """
    with works.reading(actor, rights) as work:
        found = queries.one_list(work.session, rights, number)
        waiting = [each.id for each in queries.lines(work.session, found) if each.result is Result.WAITING]
    for line_id in waiting:
        with works.writing(actor, rights) as work:
            dispose_one(work, line_id)
    with works.reading(actor, rights) as work:
        records.destroy_erased(work)
        written = certifying.written(work, queries.one_list(work.session, rights, number))
    digest = works.vault.put(written)
    with works.writing(actor, rights) as work:
        certify(work, number, digest)
        last(work)
    return digest


def dispose_one(work: Work, line_id: int) -> None:
    """Dispose of one record of an approved list; one that is held, or no longer due, is spared."""
    line = work.session.get(DisposalLine, line_id, with_for_update=True, populate_existing=True)
    if line is None or line.result is not Result.WAITING:
        return
    found = work.session.get(DisposalList, line.list_id)
    if found is None or found.state is not State.APPROVED:
        raise DisposalNotAllowed
    record = _locked(work, line.record_id)
    if not queries.is_due(work, record):
        held = queries.kept(work, record).held
        line.result, line.done_at = Result.HELD if held else Result.CHANGED, work.now
        work.session.flush()
        work.record("retention:spare", records.ref_of(record), after={"result": line.result.value})
        return
    line.digests, line.copies = _digests(work, record), queries.copies(work, record)
    line.result, line.done_at = Result.DISPOSED, work.now
    work.session.flush()
    records.dispose(work, record.id, found.number)


def _digests(work: Work, record: Record) -> list[Any]:
    """What went, by its digests: frozen contents and files."""
    contents = [
        {"version": each.version, "digest": each.digest} for each in records.versions(work.session, record)
    ]
    return [*contents, *({"file": each.digest} for each in records.files(work.session, record))]


def certify(work: Work, number: str, digest: str) -> None:
    """Name the certificate on the list; a second time changes nothing."""
    found = work.session.execute(
        select(DisposalList).where(DisposalList.number == number).with_for_update()
    ).scalar_one()
    if found.state is State.DONE:
        return
    found.state, found.done_at, found.certificate_digest = State.DONE, work.now, digest
    work.session.flush()
    gone = [each for each in queries.lines(work.session, found) if each.result is Result.DISPOSED]
    work.record("retention:certify", ref_of(found), after={"count": len(gone), "digest": digest})
