"""Keeps the row of a complaint as its record stands (law 4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from qms.feedback import box, known, rules
from qms.feedback.models import Complaint
from qms.feedback.rules import Matter, Verdict, View, Weight
from qms.kernel.clock import local_day

if TYPE_CHECKING:
    from enum import StrEnum

    from qms.forms import Bound
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work

_DONE = {"grade": "graded_at", "investigate": "investigated_at", "reply": "replied_at"}
_TEXTS = ("lead", "handler", "level", "cause")
_TRUTHS = {"repeated": "repeated", "action-needed": "action_needed"}


class ComplaintFollower:
    """What a record says of a complaint is written in its own transaction."""

    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:
        """Acknowledge it when it is filed, then write down how far it has come."""
        bound = rules.BINDING.read(filed.head)
        if bound is None:
            return
        row = known.complaint(work.session, filed.record_id)
        if filed.state == "disposed":
            if row is not None:
                _forget(row)
                work.session.flush()
            return
        if row is None:
            row = Complaint(record_id=filed.record_id, number=filed.number, form=filed.form)
            row.acknowledged_at = work.now
            if filed.origin is not None and filed.origin.kind == box.KIND:
                box.settled(work, filed.origin)
            work.record("complaint:acknowledge", filed.ref, after={"form": filed.form})
        _advance(work, filed, bound, row)
        _tell(work, filed, bound, row)
        work.session.add(row)
        work.session.flush()


def _advance(work: Work, filed: Filed, bound: Bound, row: Complaint) -> None:
    """When it came how far; what was sent back is done again."""
    row.state, row.closed_on, row.revision = filed.state, filed.closed_on, str(filed.revision)
    if filed.event == "accept":
        row.accepted_at = work.now
    if filed.event == "return":
        row.graded_at = row.investigated_at = row.replied_at = None
    if filed.event == "step":
        for step, column in _DONE.items():
            if filed.step == bound.steps[step]:
                setattr(row, column, work.now)


def _tell(work: Work, filed: Filed, bound: Bound, row: Complaint) -> None:
    values = filed.values
    received = datetime.fromisoformat(str(bound.first(values, "received")))
    row.received_at = received
    row.received_on = local_day(received, work.settings.zone_info)
    row.channel = str(bound.first(values, "channel"))
    row.matter = Matter(bound.first(values, "matter"))
    row.department = str(bound.first(values, "department") or filed.department)
    row.concerned = bound.first(values, "concerned") or row.concerned
    row.first_asked = str(bound.first(values, "first-asked") or "")
    row.owner = rules.owner(values, bound, accepted=row.accepted_at is not None)
    row.at_once = rules.at_once(values, bound)
    for part in _TEXTS:
        setattr(row, part, bound.first(values, part))
    for part, column in _TRUTHS.items():
        setattr(row, column, bound.first(values, part))
    row.weight = _told(Weight, bound.first(values, "class"))
    row.finding = _told(Verdict, bound.first(values, "finding"))
    row.opinion = _told(View, rules.view(values, bound))
    row.reviewed = bool(bound.every(values, "reviews"))


def _told(kind: type[StrEnum], value: Any) -> Any:
    return None if value is None else kind(value)


def _forget(row: Complaint) -> None:
    """The names go with the record; what is counted stays (CMP-05)."""
    row.state = "disposed"
    row.concerned = row.handler = None
    row.first_asked = row.owner = ""
