"""What the system itself knows of a record, by the names columns may use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from qms import accounts, clocks, records
from qms.documents.models import Revision
from qms.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qms.kernel.ports import Filed
    from qms.kernel.work import Work


class Knower(Protocol):
    """A slice that knows more of a record, such as what was decided."""

    def facts(self, work: Work, filed: Filed) -> Mapping[str, Any]:
        """Names with their values."""
        ...


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
    """The record's number, state, days, author, department and clocks, and what other slices know of it."""
    known: dict[str, Any] = {
        "record": filed.number,
        "state": filed.state,
        "filed_on": filed.filed_on,
        "closed_on": filed.closed_on,
        "author": accounts.person(work.session, filed.author_id).login,
        "department": filed.department,
        "decision": work.session.scalar(select(Record.decision).where(Record.id == filed.record_id)),
        **_clocks(work, filed),
    }
    for knower in work.ports.get("knowers", ()):
        known.update(knower.facts(work, filed))
    return known


def _clocks(work: Work, filed: Filed) -> dict[str, Any]:
    """`clocks.NAME.due`, `.done` and `.on_time` of every limit of the record; of a step by its id.

    The last one of a name counts. An open limit is neither kept nor missed.
    """
    known: dict[str, Any] = {}
    for clock in clocks.of(work.session, filed.ref):
        name = f"clocks.{clock.name.rpartition(':')[2]}"
        known[f"{name}.due"] = clock.due_on
        known[f"{name}.done"] = clock.stopped_at
        known[f"{name}.on_time"] = clocks.standing(clock, work.now).on_time
    return known
