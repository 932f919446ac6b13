"""What lists and other slices ask of corrective actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import records
from qms.nonconformities.models import CorrectiveAction
from qms.records import Record

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Figures:
    """Corrective actions in figures: filed and closed in a period, the others as they stand today."""

    filed: int
    closed: int
    open: int
    overdue: int
    not_effective: int


def figures(work: Work, first: date, last: date) -> Figures:
    """The corrective actions whose records exist for who asks, counted for a period (9.3.2, NCA-01)."""
    query = select(CorrectiveAction, Record.filed_on).join(Record, Record.id == CorrectiveAction.record_id)
    rows = work.session.execute(query.where(CorrectiveAction.state.in_(("open", "closed")))).all()
    hidden = records.unseen(work, (row.CorrectiveAction.number for row in rows))
    seen = [row for row in rows if row.CorrectiveAction.number not in hidden]
    found = [row.CorrectiveAction for row in seen]
    open_ones = [each for each in found if each.state == "open"]
    return Figures(
        filed=sum(first <= row.filed_on <= last for row in seen),
        closed=sum(each.closed_on is not None and first <= each.closed_on <= last for each in found),
        open=len(open_ones),
        overdue=sum(each.due_on is not None and each.due_on < work.today for each in open_ones),
        not_effective=sum(each.effective is False for each in found),
    )


def arisen_from(session: Session, source: str) -> list[str]:
    """The numbers of the corrective actions a record made necessary, cancelled ones left out (NCA-01)."""
    query = select(CorrectiveAction.number).where(
        CorrectiveAction.source == source, CorrectiveAction.state.in_(("open", "closed"))
    )
    return list(session.scalars(query.order_by(CorrectiveAction.id)))
