"""What ends an occurrence: a record, a signed remark, its last day, or its document leaving force."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import rfc8785
from sqlalchemy import select

from qms import accounts, tasks
from qms.schedules import errors, rows
from qms.schedules.models import Occurrence, State
from qms.schedules.operations.opening import owe_again
from qms.schedules.rows import TASK, ref_of

if TYPE_CHECKING:
    from qms.accounts import OpenKey
    from qms.kernel.ports import Filed
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

LONGEST: Final = 4000
_FILED: Final = frozenset({"submit", "close"})
_UNDONE: Final = "cancel"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is about to be signed; `ref` is what the key is opened for."""

    ref: Ref


class ScheduleFollower:
    """A record that answers an occurrence does it, and one that is cancelled does not (port of records)."""

    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:
        """Take up what happened to a record whose origin is an occurrence."""
        if filed.origin is None or filed.origin.kind != "occurrence":
            return
        if filed.event in _FILED:
            fulfil(work, filed.origin, filed.ref, form=filed.form)
        elif filed.event == _UNDONE:
            _reopen(work, filed.origin, filed.ref)


def fulfil(work: Work, occurrence: Ref, record: Ref, *, form: str | None = None) -> Occurrence:
    """A record does what was asked; for what was missed already it is kept beside it, and it stays missed."""
    row = _known(work, occurrence)
    if form is not None and row.form not in {None, form}:
        raise errors.OtherForm(form=row.form, other=form)
    if row.record == str(record):
        return row
    if row.record is not None or row.state not in {State.OPEN, State.MISSED}:
        raise errors.OccurrenceNotOpen
    row.record, row.done_at = str(record), work.now
    after: dict[str, Any] = {"record": record.key}
    if row.state is State.OPEN:
        _close(work, row, State.DONE, "occurrence:done", after)
        tasks.settle(work, TASK, ref_of(row))
    else:
        work.session.flush()
        work.record("occurrence:made-up", ref_of(row), after=after)
    return row


def _known(work: Work, occurrence: Ref) -> Occurrence:
    """The occurrence of a record's origin: who may file for it, the record's own rights have decided."""
    key = occurrence.key
    found = None
    if key.isascii() and key.isdecimal():
        found = work.session.scalar(select(Occurrence.id).where(Occurrence.id == int(key)))
    if found is None:
        raise errors.NoSuchOccurrence(occurrence=key)
    return rows.locked(work, found)


def _reopen(work: Work, occurrence: Ref, record: Ref) -> None:
    row = _known(work, occurrence)
    if row.record != str(record):
        return
    before = row.state
    row.record = row.done_at = None
    if row.state is State.DONE:
        row.state = State.MISSED if row.ends_on < work.today else State.OPEN
    work.session.flush()
    work.record(
        "occurrence:reopen",
        ref_of(row),
        before={"state": before.value},
        after={"state": row.state.value, "record": record.key},
    )
    if row.state is State.OPEN:
        owe_again(work, row)


def prepare(work: Work, occurrence: str) -> Prepared:
    """What is to be signed, before the password opens the key outside the act (law 2)."""
    return Prepared(ref_of(_mine(work, occurrence)))


def remark(work: Work, occurrence: str, text: str, *, password: str | OpenKey) -> Occurrence:
    """Sign what was done, where no form is asked for (R25)."""
    row = rows.locked(work, _mine(work, occurrence).id)
    if row.form is not None:
        raise errors.RecordAsked(form=row.form)
    if row.state is not State.OPEN:
        raise errors.OccurrenceNotOpen
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise errors.RemarkNeeded(most=LONGEST)
    digest = statement_digest(row, text)
    signature = accounts.sign(
        work, password=password, meaning=accounts.Meaning.AUTHOR, ref=ref_of(row), digest=digest
    )
    row.remark, row.digest, row.signature_id, row.done_at = text, digest, signature.id, work.now
    _close(work, row, State.DONE, "occurrence:remark", {"digest": digest})
    tasks.settle(work, TASK, ref_of(row))
    return row


def statement_digest(row: Occurrence, text: str) -> str:
    """The digest of what is signed: which occurrence, what was done."""
    told: dict[str, Any] = {
        "occurrence": row.id,
        "document": row.document,
        "schedule": row.code,
        "subject": row.subject,
        "period": row.period,
        "remark": text,
    }
    return hashlib.sha256(b"qms scheduled remark 1\n" + rfc8785.dumps(told)).hexdigest()


def _mine(work: Work, occurrence: str) -> Occurrence:
    """The occurrence that whoever acts owes, or somebody they stand in for (R27)."""
    row = rows.seen(work.session, work.rights, work.today, occurrence)
    me = accounts.acting_person(work).id
    people = {me, *accounts.acting_for(work.session, me, work.today)}
    if row.state is State.OPEN:
        owed = tasks.outstanding(work.session, TASK, ref_of(row))
        if people.isdisjoint(each.person_id for each in owed):
            raise errors.NotYoursToDo
    return row


def miss(work: Work) -> int:
    """Say of everything open whose last day and period are over that it was missed; gives how many."""
    over = work.session.scalars(
        select(Occurrence)
        .where(Occurrence.state == State.OPEN, Occurrence.ends_on < work.today)
        .order_by(Occurrence.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in over:
        _close(work, row, State.MISSED, "occurrence:miss", {"due": row.due_on.isoformat()})
        tasks.cancel(work, TASK, ref_of(row))
    return len(over)


def end_all(work: Work, document: str, code: str, why: str) -> int:
    """End what is open of a schedule, with the reason; it is kept."""
    open_ones = work.session.scalars(
        select(Occurrence)
        .where(Occurrence.document == document, Occurrence.code == code, Occurrence.state == State.OPEN)
        .order_by(Occurrence.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in open_ones:
        row.ended_why = why
        _close(work, row, State.ENDED, "occurrence:end", {"reason": why})
        tasks.cancel(work, TASK, ref_of(row))
    return len(open_ones)


def _close(work: Work, row: Occurrence, state: State, action: str, after: dict[str, Any]) -> None:
    before, row.state = row.state, state
    work.session.flush()
    work.record(
        action,
        ref_of(row),
        before={"state": before.value},
        after={"state": state.value, **after},
    )
