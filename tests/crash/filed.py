"""What is true of records at any moment, and the facts of them that come out the same after any kill."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from qms import accounts, records, trail
from qms.actions.models import Action
from qms.clocks.models import Clock
from qms.kernel import sealing
from qms.kernel.refs import Ref
from qms.parties.models import Party
from qms.records.models import (
    Record,
    RecordAct,
    RecordAmendment,
    RecordContent,
    RecordDraft,
    RecordFile,
    RecordOpening,
    RecordSeat,
    RecordSeries,
    RecordStep,
)
from qms.records.rows import ref_of
from qms.records.states import State, StepState
from qms.registers.models import RegisterCell, RegisterExport, RegisterRow
from qms.retention.models import DisposalLine, DisposalList, Result
from qms.retention.models import State as ListState
from qms.schedules.models import Occurrence, ScheduleRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from qms.kernel.work import Work

_PARTS: Final = (
    RecordContent, RecordStep, RecordSeat, RecordAct, RecordAmendment, RecordFile, RecordOpening,
    RecordDraft, RecordSeries, RegisterRow, RegisterCell,
)  # fmt: skip


def facts(work: Work) -> dict[str, Any]:
    """Records and all that hangs on them, in words that do not depend on chance."""
    session, keys = work.session, work.settings.at(work.settings.keys)
    return {
        "records": sorted(_records(session, keys), key=str),
        "parts": {each.__tablename__: _count(session, each) for each in _PARTS},
        "steps": _steps(session),
        "clocks": _several(
            session, Clock.subject, Clock.name, Clock.due_at, Clock.stopped_at.is_not(None),
            Clock.cancelled_at.is_not(None), Clock.warned_at.is_not(None), Clock.overdue_at.is_not(None),
        ),
        "actions": _several(session, Action.number, Action.state),
        "exports": _several(session, RegisterExport.id, RegisterExport.rows, RegisterExport.failure),
        "occurrences": _several(session, Occurrence.code, Occurrence.period, Occurrence.state),
        "lists": _several(session, DisposalList.number, DisposalList.state),
        "lines": _several(session, DisposalLine.number, DisposalLine.result),
        "parties": sorted(
            (row.number, row.erased_at is not None, _opens(keys, row.seal))
            for row in session.scalars(select(Party))
        ),
    }  # fmt: skip


def _records(session: Session, keys: Path) -> Iterator[tuple[Any, ...]]:
    for row in session.scalars(select(Record)):
        yield (
            row.number, row.form, row.state.value, row.version, row.round, row.decision, row.title,
            row.erased_at is not None, _opens(keys, row.seal),
        )  # fmt: skip


def _opens(keys: Path, seal: str | None) -> bool:
    """Whether the key of something sealed is there still."""
    return seal is not None and sealing.has_key(keys, seal)


def _count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def _steps(session: Session) -> list[str]:
    """By number, for PostgreSQL gives the id of a killed act to nobody else."""
    found = select(Record.number, RecordStep.round, RecordStep.step, RecordStep.state)
    return sorted(
        str(tuple(row)) for row in session.execute(found.join(Record, Record.id == RecordStep.record_id))
    )


def _several(session: Session, *columns: Any) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row) for row in session.execute(select(*columns)))


def broken(work: Work) -> Iterator[str]:
    """Everything about records that is not as it must always be."""
    session = work.session
    for name in records.altered(session):
        if name is not None:
            yield f"{name} is not what was filed"
    yield from (f"{number} was given and is nowhere" for number in records.lost_numbers(session))
    for row in session.scalars(select(Record)):
        yield from _one(session, row)
    yield from _keys(work)
    yield from _lists(work)
    yield from _columns(session)
    yield from _once(session)


def _one(session: Session, row: Record) -> Iterator[str]:
    """A record is filed wholly: its contents, its one open step, its entries; or it is a draft."""
    name, gone = row.number or f"draft {row.id}", row.state is State.DISPOSED
    versions = set(
        session.scalars(select(RecordContent.version).where(RecordContent.record_id == row.id)).all()
    )
    if versions != (set() if gone else set(range(1, row.version + 1))):
        yield f"{name} has the contents {versions} of {row.version}"
    waiting = session.scalars(
        select(RecordStep.step).where(RecordStep.record_id == row.id, RecordStep.state == StepState.OPEN)
    ).all()
    if len(waiting) != int(row.state is State.OPEN):
        yield f"{name} is {row.state} with the open steps {waiting}"
    listed = session.scalar(select(RegisterRow.id).where(RegisterRow.record_id == row.id)) is not None
    if listed and row.number is None:
        yield f"{name} stands in a register"
    told = Counter(each.action for each in trail.history(session, ref_of(row), 1000))
    wanted = {
        "record:dispose": int(gone),
        "record:erase": int(row.erased_at is not None and not gone),
        "record:cancel": int(row.state is State.CANCELLED),
    }
    if not gone:
        filed = (RecordContent.record_id == row.id, RecordContent.event == "submit")
        wanted["record:file"] = session.scalar(select(func.count()).where(*filed)) or 0
    for action, count in wanted.items():
        if told[action] != count and not (gone and action == "record:erase"):
            yield f"{name} is {row.state}, entries {action}: {told[action]}, not {count}"
    for act in session.scalars(select(RecordAct).where(RecordAct.record_id == row.id)):
        if act.signature_id is not None and not _signed(session, row, act):
            yield f"{name} has an act without its signature"


def _signed(session: Session, row: Record, act: RecordAct) -> bool:
    return any(
        each.id == act.signature_id
        and accounts.verify_signature(session, each, ref=ref_of(row), digest=act.digest)
        for each in accounts.signatures_on(session, ref_of(row))
    )


def _keys(work: Work) -> Iterator[str]:
    """What was not erased opens: its key was durable before its row (law 9)."""
    keys = work.settings.at(work.settings.keys)
    sealed = [select(each.number, each.seal, each.erased_at) for each in (Record, Party)]
    for number, seal, erased_at in (row for query in sealed for row in work.session.execute(query)):
        if seal is not None and erased_at is None and not _opens(keys, seal):
            yield f"the key of {number} is lost"


def _lists(work: Work) -> Iterator[str]:
    """A record is disposed of by one line that says so, and a list is done when its certificate is kept."""
    gone = set(work.session.scalars(select(Record.id).where(Record.state == State.DISPOSED)))
    said = Counter(
        work.session.scalars(select(DisposalLine.record_id).where(DisposalLine.result == Result.DISPOSED))
    )
    if gone != set(said) or any(count > 1 for count in said.values()):
        yield f"disposed of are {gone}, lists say {dict(said)}"
    for row in work.session.scalars(select(DisposalList)):
        told = trail.history(work.session, Ref("disposal", row.number), 100)
        count = sum(each.action == "retention:certify" for each in told)
        if count != int(row.state is ListState.DONE):
            yield f"{row.number} is {row.state} and was certified {count} times"


_SAME: Final = (
    "number", "form", "state", "filed_on", "closed_on", "department", "secrecy", "circle", "author_id",
)  # fmt: skip


def _columns(session: Session) -> Iterator[str]:
    """A line of a register says of its record what the record says, and its cells what was frozen (R22)."""
    found = session.execute(
        select(RegisterRow, Record, RecordContent)
        .join(Record, Record.id == RegisterRow.record_id)
        .outerjoin(
            RecordContent,
            (RecordContent.record_id == Record.id) & (RecordContent.version == Record.version),
        )
    ).all()
    for line, record, content in found:
        differing = [name for name in _SAME if getattr(line, name) != getattr(record, name)]
        yield from (f"{record.number}: {name} of its line is {getattr(line, name)}" for name in differing)
        cells = session.scalars(select(RegisterCell).where(RegisterCell.row_id == line.id)).all()
        told = {each.column_id: each.text if each.number is None else each.number for each in cells}
        answers = {} if content is None else json.loads(content.content)
        wanted = {"purpose": answers.get("purpose"), "amount": _millionths(answers.get("amount"))}
        if told != (wanted if content is not None else {}):
            yield f"{record.number}: the cells of its line are {told}, it was filed as {wanted}"


def _millionths(amount: str | None) -> int | None:
    return None if amount is None else int(Decimal(amount) * 1_000_000)


def _once(session: Session) -> Iterator[str]:
    """Every period that was opened has its entry, and its occurrences their run."""
    runs = {(row.document, row.code, row.period) for row in session.scalars(select(ScheduleRun))}
    made = {(row.document, row.code, row.period) for row in session.scalars(select(Occurrence))}
    if not made <= runs:
        yield f"occurrences without their run: {made - runs}"
    told = sum(each.action == "schedule:open" for each in trail.since(session, 0, 1_000_000))
    if told != len(runs):
        yield f"{len(runs)} runs, {told} entries"
