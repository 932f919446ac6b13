"""What records know of one beside its answers, for the columns of registers: decisions and limits (R28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms import clocks
from qms.records import rows
from qms.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.kernel.ports import Filed
    from qms.kernel.work import Work


class RecordFacts:
    """`decision`, and of every limit by the id of its step or clock: when due, when done, whether on time."""

    def facts(self, work: Work, filed: Filed) -> Mapping[str, Any]:
        """The facts of a record as it stands."""
        record = work.session.get(Record, filed.record_id)
        if record is None:
            return {}
        known: dict[str, Any] = {"decision": record.decision or None}
        for clock in clocks.of(work.session, rows.ref_of(record)):
            if clock.cancelled_at is not None:
                continue
            name = clock.name.partition(":")[2]
            done = clock.stopped_at
            known[f"clocks.{name}.due"] = clock.due_at
            known[f"clocks.{name}.done"] = done
            known[f"clocks.{name}.on_time"] = None if done is None else done <= clock.due_at
        return known
