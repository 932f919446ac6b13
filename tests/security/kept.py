"""The matrix of retention: who holds records, proposes their disposal and decides on it (REC-04, REC-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import retention
from qms.records import Record
from qms.retention import DisposalList, RetentionHold
from tests.security import guarded

if TYPE_CHECKING:
    from tests.security.lines import Cell

LIST = "DL-2026-0009"


def listed(cell: Cell) -> str:
    """A list that somebody else proposed."""
    row = DisposalList(
        number=LIST, digest="0" * 64, proposed_by=cell.id("desk-author"), proposed_at=cell.work.now
    )
    cell.work.session.add(row)
    cell.work.session.flush()
    cell.work.session.add(guarded.line_of(row, guarded.record_of(cell.work, cell.house, cell.variant)))
    cell.work.session.flush()
    return LIST


def hold_on(cell: Cell) -> int:
    """A hold that somebody else put on the record."""
    record = cell.work.session.query(Record).filter_by(number=cell.record.key).one()
    row = RetentionHold(record_id=record.id, reason="r", set_by=cell.id("desk-author"), set_at=cell.work.now)
    cell.work.session.add(row)
    cell.work.session.flush()
    return row.id


def lift(cell: Cell) -> None:
    """The hold lifted by whoever tries."""
    retention.lift(cell.work, cell.record, hold_on(cell), "r")
