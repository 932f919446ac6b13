"""Complaints as readers get them: the cases of a year, how they stand, what their words mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms import accounts, clocks, documents, records
from qms.feedback.models import Complaint
from qms.feedback.rules import BINDING
from qms.feedback.stages import Stage, stage
from qms.kernel.clock import local_day
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from qms.clocks import Clock
    from qms.feedback.rules import Matter, Verdict, View, Weight
    from qms.kernel.work import Work

WORDS = ("channel", "level", "cause")


@dataclass(frozen=True, slots=True)
class Case:
    """One complaint; nothing of who gave it, and whom it is about stays with its record (CMP-05).

    `due_at` is the next limit that runs, `in_time` whether its limits were kept so far, None without any.
    """

    number: str
    received_on: date
    acknowledged_on: date
    channel: str
    matter: Matter
    department: str
    lead: str | None
    owner: str
    handler: str
    at_once: bool
    accepted: bool
    replied: bool
    weight: Weight | None
    level: str | None
    repeated: bool | None
    finding: Verdict | None
    cause: str | None
    action_needed: bool | None
    opinion: View | None
    stage: Stage
    closed_on: date | None
    due_at: datetime | None
    in_time: bool | None


def listing(
    work: Work, year: int, *, department: str = "", matter: str = "", only_open: bool = False
) -> list[Case]:
    """The cases received in a year whose records exist for who asks, the last one first."""
    query = select(Complaint).where(
        Complaint.received_on >= date(year, 1, 1), Complaint.received_on <= date(year, 12, 31)
    )
    if department:
        query = query.where(Complaint.department == department)
    if matter:
        query = query.where(Complaint.matter == matter)
    if only_open:
        query = query.where(Complaint.state == "open")
    rows = work.session.scalars(query.order_by(Complaint.received_at.desc(), Complaint.id.desc())).all()
    return _cases(work, _visible(work, rows))


def years(work: Work) -> list[int]:
    """The years in which cases were received, the last one first; this year always."""
    days = work.session.scalars(select(Complaint.received_on).distinct())
    return sorted({work.today.year, *(each.year for each in days)}, reverse=True)


def words(work: Work) -> Mapping[str, Mapping[str, Any]]:
    """What the choices of channels, levels and causes are called, over every revision that has cases."""
    query = select(Complaint.revision).distinct().order_by(Complaint.revision)
    told: dict[str, dict[str, Any]] = {part: {} for part in WORDS}
    for revision in work.session.scalars(query):
        head = documents.known(work.session, Ref.parse(revision)).head
        bound = BINDING.read(head)
        if bound is None:
            continue
        fields = {each.get("id"): each for each in head["fields"]}
        for part in WORDS:
            options = fields.get(bound.one.get(part), {}).get("options", ())
            told[part].update({each["value"]: each["label"] for each in options})
    return told


def _visible(work: Work, rows: Sequence[Complaint]) -> list[Complaint]:
    hidden = records.unseen(work, (row.number for row in rows))
    return [row for row in rows if row.number not in hidden]


def _cases(work: Work, rows: Sequence[Complaint]) -> list[Case]:
    running = clocks.of_many(work.session, [Ref("record", row.number) for row in rows])
    logins = (each for row in rows for each in (row.owner, row.handler) if each)
    names = accounts.called(work.session, logins)
    return [_case(work, row, running.get(Ref("record", row.number), []), names) for row in rows]


def _case(work: Work, row: Complaint, limits: Sequence[Clock], names: Mapping[str, str]) -> Case:
    stood = [clocks.standing(each, work.now) for each in limits]
    due = [each.due_at for each in stood if each.state not in clocks.ENDED]
    counted = [each for each in stood if each.state is not clocks.State.CANCELLED]
    return Case(
        number=row.number,
        received_on=row.received_on,
        acknowledged_on=local_day(row.acknowledged_at, work.settings.zone_info),
        channel=row.channel,
        matter=row.matter,
        department=row.department,
        lead=row.lead,
        owner=names.get(row.owner, row.owner),
        handler=names.get(row.handler or "", row.handler or ""),
        at_once=row.at_once,
        accepted=row.accepted_at is not None,
        replied=row.replied_at is not None,
        weight=row.weight,
        level=row.level,
        repeated=row.repeated,
        finding=row.finding,
        cause=row.cause,
        action_needed=row.action_needed,
        opinion=row.opinion,
        stage=stage(row),
        closed_on=row.closed_on,
        due_at=min(due, default=None),
        in_time=all(each.late is None for each in counted) if counted else None,
    )
