"""Due days that were counted in working days before the holidays were known, counted again once they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import calendar
from qms.kernel.refs import Ref
from qms.tasks.models import Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from qms.calendar import Span
    from qms.kernel.work import Work

COUNTED: Final = "counted"
"""The fact of a task that says how its provisional day was counted: from which day, how long."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A task whose day was counted again, for the slice that keeps the day too."""

    kind: str
    ref: Ref
    person_id: int
    before: date
    after: date


def due(work: Work, since: date, within: Span) -> tuple[date, dict[str, Any]]:
    """The last day, and what the facts of the task keep while it is provisional; nothing once it is not."""
    found = calendar.kept(work.settings.home).after(since, within)
    kept = {COUNTED: {"from": since.isoformat(), "within": str(within)}} if found.provisional else {}
    return found.day, kept


def counted(session: Session, kind: str, ref: Ref) -> dict[str, Any]:
    """How the day of what is or was owed on a ref was counted, for a task that takes its place."""
    facts = session.scalar(
        select(Task.facts).where(Task.kind == kind, Task.ref == str(ref)).order_by(Task.id.desc()).limit(1)
    )
    return {} if not facts or COUNTED not in facts else {COUNTED: facts[COUNTED]}


def recount(work: Work) -> list[Moved]:
    """Count the open provisional days again; what is past is never touched (S71). Gives what moved.

    A day that is no longer provisional has its entry too, so that one sees since when it stands. While
    the organisation's calendar cannot be read, they wait.
    """
    is_open = (Task.settled_at.is_(None), Task.cancelled_at.is_(None), Task.due_on >= work.today)
    found = work.session.execute(select(Task.id, Task.facts).where(*is_open)).all()
    ids = [row.id for row in found if COUNTED in row.facts]
    rows = work.session.scalars(
        select(Task).where(Task.id.in_(ids), *is_open).order_by(Task.id).with_for_update()
    ).all()
    return [moved for row in rows if (moved := _recounted(work, row)) is not None]


def _recounted(work: Work, row: Task) -> Moved | None:
    told: Mapping[str, str] = row.facts[COUNTED]
    kept = calendar.kept(work.settings.home)
    found = kept.after(date.fromisoformat(told["from"]), calendar.span(told["within"]))
    before = row.due_on
    if before is None or found.provisional:
        return None
    after = max(found.day, work.today)
    row.facts = {name: row.facts[name] for name in row.facts if name != COUNTED}
    if after != before:
        row.due_on, row.reminded_at = after, None
    work.session.flush()
    ref = Ref.parse(row.ref)
    work.record(
        "task:recount",
        ref,
        before={"due": before.isoformat()},
        after={"kind": row.kind, "person": row.person_id, "due": after.isoformat()},
    )
    return Moved(row.kind, ref, row.person_id, before, after)
