"""One record: where it stands, the steps it went, who acted, what lies beside it, and what one may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from qms import accounts, tasks
from qms.kernel.errors import QmsError
from qms.records import attached, contents, rows, seats
from qms.records.errors import FileMissing, OpeningMissing
from qms.records.models import (
    RecordAct,
    RecordAmendment,
    RecordContent,
    RecordFile,
    RecordOpening,
    RecordSeat,
    RecordStep,
)
from qms.records.operations.opening import TASK, ref_of, told
from qms.records.queries.answering import amendable
from qms.records.queries.keeping import hidden
from qms.records.states import State, StepState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from qms.accounts import Signature
    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.records.models import Record


@dataclass(frozen=True, slots=True)
class Act:
    """What one person did in a step."""

    name: str
    for_name: str
    post: str
    opinion: str
    decision: str
    at: datetime
    signed: bool
    version: int
    signature_id: int | None


@dataclass(frozen=True, slots=True)
class Walked:
    """One step the record came to, with whom it asks and what they did."""

    step: str
    round: int
    state: StepState
    seats: tuple[tuple[str, str], ...]
    needed: int
    opened_at: datetime
    accepted_at: datetime | None
    done_at: datetime | None
    reason: str
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the person who looks may do with a record now."""

    step: str = ""
    accept: bool = False
    act: bool = False
    give_back: bool = False
    standing_for: int | None = None
    edit: bool = False
    amend: bool = False
    cancel: bool = False


def record_of(session: Session, rights: Rights, ref: Ref, day: date) -> Record:
    """The record of a ref; for those who may not see it there is none."""
    return rows.seen(session, rights, day, ref)


def steps(session: Session, record: Record) -> list[Walked]:
    """The steps the record came to, in order."""
    found = session.scalars(
        select(RecordStep).where(RecordStep.record_id == record.id).order_by(RecordStep.id)
    ).all()
    asked = session.scalars(
        select(RecordSeat).where(RecordSeat.record_id == record.id).order_by(RecordSeat.id)
    ).all()
    done = session.scalars(
        select(RecordAct).where(RecordAct.record_id == record.id).order_by(RecordAct.id)
    ).all()
    names = accounts.names_of(session, [each.for_person_id for each in done if each.for_person_id])
    return [
        Walked(
            step=row.step,
            round=row.round,
            state=row.state,
            seats=tuple((seat.member.value, seat.code) for seat in asked if seat.step_id == row.id),
            needed=row.needed,
            opened_at=row.opened_at,
            accepted_at=row.accepted_at,
            done_at=row.done_at,
            reason=row.reason,
            acts=tuple(
                Act(
                    name=act.name,
                    for_name=names.get(act.for_person_id or 0, ""),
                    post=act.post,
                    opinion=act.opinion,
                    decision=act.decision,
                    at=act.at,
                    signed=act.signature_id is not None,
                    version=act.version,
                    signature_id=act.signature_id,
                )
                for act in done
                if act.step_id == row.id
            ),
        )
        for row in found
    ]


def may(work: Work, record: Record) -> Standing:
    """What the acting person may do with the record now; a look that changes nothing."""
    person = work.actor.person_id
    if person is None:
        return Standing()
    own = record.author_id == person
    filed = record.state in {State.OPEN, State.CLOSED}
    amend = filed and bool(amendable(work, record))
    cancel = filed and (
        (own and record.state is State.OPEN) or work.rights.may("records:cancel", record.department)
    )
    if record.state is State.DRAFT:
        return Standing(edit=own)
    if record.state is not State.OPEN:
        return Standing(amend=amend, cancel=cancel)
    return _in_step(work, record, amend=amend, cancel=cancel)


def _in_step(work: Work, record: Record, *, amend: bool, cancel: bool) -> Standing:
    row = work.session.scalar(
        select(RecordStep).where(RecordStep.record_id == record.id, RecordStep.state == StepState.OPEN)
    )
    if row is None:
        return Standing(amend=amend, cancel=cancel)
    definition = rows.definition_of(record.revision)
    step = definition.step(row.step)
    values = contents.values(work, record)
    person = rows.person_id(work)
    for standing_for in (None, *accounts.acting_for(work.session, person, work.today)):
        try:
            said = seats.voice(work, record, row, step, standing_for)
            seats.refuse_concerned(work, record, step, said, values)
        except QmsError:
            continue
        waits = step.accept and row.accepted_at is None
        first = step.id == definition.steps[0].id
        back = step.returnable and not first and not record.handed_over
        return Standing(
            step=step.id,
            accept=waits,
            act=not waits,
            give_back=back,
            standing_for=standing_for,
            edit=first,
            amend=amend,
            cancel=cancel,
        )
    return Standing(amend=amend, cancel=cancel)


def amendments(session: Session, record: Record) -> Sequence[RecordAmendment]:
    """The corrections beside the record, in order."""
    return session.scalars(
        select(RecordAmendment).where(RecordAmendment.record_id == record.id).order_by(RecordAmendment.place)
    ).all()


def versions(session: Session, record: Record) -> Sequence[RecordContent]:
    """The frozen contents of the record, in order."""
    return session.scalars(
        select(RecordContent).where(RecordContent.record_id == record.id).order_by(RecordContent.version)
    ).all()


def files(session: Session, record: Record) -> Sequence[RecordFile]:
    """The attached files, in the order they came."""
    return session.scalars(
        select(RecordFile).where(RecordFile.record_id == record.id).order_by(RecordFile.id)
    ).all()


def brought(session: Session, person_id: int, since: datetime) -> int:
    """How many bytes of files a person has attached to records since an instant (SEC-13)."""
    mine = (RecordFile.added_by == person_id, RecordFile.added_at >= since)
    return session.scalar(select(func.coalesce(func.sum(RecordFile.size), 0)).where(*mine)) or 0


def file(work: Work, ref: Ref, file_id: int) -> tuple[RecordFile, bytes]:
    """One attached file and its bytes in clear; hashes are checked on the way (law 8)."""
    record = rows.seen(work.session, work.rights, work.today, ref)
    found = work.session.get(RecordFile, file_id)
    if found is None or found.record_id != record.id or not _is_shown(work, record, found):
        raise FileMissing(record=rows.name(record))
    content: bytes | None = work.vault.read(found.digest)
    if found.sealed:
        content = contents.opened(work, record, content or b"")
    if content is None:
        raise FileMissing(record=rows.name(record))
    return found, content


def _is_shown(work: Work, record: Record, file: RecordFile) -> bool:
    """Whether a file is part of what was filed; until then it is there for who brought it alone."""
    return file.added_by == work.actor.person_id or attached.named_ever(work, record).holds(file)


def openings(session: Session, record: Record) -> Sequence[RecordOpening]:
    """What the record asked to be opened."""
    return session.scalars(
        select(RecordOpening).where(RecordOpening.record_id == record.id).order_by(RecordOpening.id)
    ).all()


def signatures(session: Session, record: Record) -> Sequence[Signature]:
    """The signatures on the record, the earliest first."""
    return accounts.signatures_on(session, rows.ref_of(record))


def opening(work: Work, opening_id: int) -> tuple[RecordOpening, str]:
    """What a record asked for, with the sentence that says so, for whoever sees the record or owes it."""
    row = work.session.get(RecordOpening, opening_id)
    if row is None:
        raise OpeningMissing
    owing = {each.person_id for each in tasks.outstanding(work.session, TASK, ref_of(row), work.today)}
    # The refusal names no record: whoever guesses an id learns nothing of what lies behind it (SEC-07).
    if work.actor.person_id not in owing and hidden(work.session, work.rights, [ref_of(row)], work.today):
        raise OpeningMissing
    return row, told(row, rows.by_id(work.session, row.record_id)).sentence(work.language)
