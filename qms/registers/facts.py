"""What the system itself knows of a record, by the names columns may use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from qms import accounts, clocks, records
from qms.documents.models import Revision
from qms.records.models import Record
from qms.registers.cells import Due

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.ports import Filed
    from qms.kernel.work import Work


def stored(work: Work, forms: frozenset[str]) -> Iterator[Filed]:
    """Every filed record of some forms as it stands, the earliest first, for a register filled anew."""
    query = (
        select(Record)
        .join(Record.revision)
        .join(Revision.document)
        .options(contains_eager(Record.revision).contains_eager(Revision.document))
        .where(Record.form.in_(sorted(forms)), Record.state != records.State.DRAFT)
        .order_by(Record.id)
    )
    for record in work.session.scalars(query):
        yield records.filed(work, record, "rebuild")


def of(work: Work, filed: Filed) -> dict[str, Any]:
    """The record's number, state, days, author, department, decision and limits (R28)."""
    return {
        "record": filed.number,
        "state": filed.state,
        "filed_on": filed.filed_on,
        "closed_on": filed.closed_on,
        "author": accounts.person(work.session, filed.author_id).login,
        "department": filed.department,
        "decision": work.session.scalar(select(Record.decision).where(Record.id == filed.record_id)),
        **_clocks(work, filed),
    }


def _clocks(work: Work, filed: Filed) -> dict[str, Any]:
    """`clocks.NAME.due`, `.done` and `.on_time` of every limit of the record; of a step by its id.

    The last one of a name counts, a cancelled one never. An open limit is neither kept nor missed.
    """
    known: dict[str, Any] = {}
    for clock in clocks.of(work.session, filed.ref):
        if clock.cancelled_at is not None:
            continue
        name = f"clocks.{clock.name.rpartition(':')[2]}"
        known[f"{name}.due"] = Due(clock.due_at, clock.due_on)
        known[f"{name}.done"] = clock.stopped_at
        known[f"{name}.on_time"] = clocks.standing(clock, work.now).on_time
    return known
