"""Keeps objectives, their targets and their checks as the records stand (law 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms.objectives import known, rules, splitting
from qms.objectives.models import Objective, ObjectiveCheck, ObjectiveTarget, State
from qms.objectives.rules import CheckLevel, Direction, Grade, Kind, Unit

if TYPE_CHECKING:
    from datetime import date

    from qms.forms import Bound
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work

_GONE = frozenset({"cancelled", "disposed"})
_WORDS = ("name", "family", "department", "owner", "indicator", "source")


class ObjectiveFollower:
    """What a record says of an objective is written in its own transaction."""

    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:
        """Write the objective, the check or the revision the record is."""
        head = filed.head
        if (bound := rules.OBJECTIVE.read(head)) is not None:
            _objective(work, filed, bound)
        if (bound := rules.CHECK.read(head)) is not None:
            _check(work, filed, bound)
        if (bound := rules.REVISION.read(head)) is not None and filed.state == "closed":
            _revision(work, filed, bound)


def _objective(work: Work, filed: Filed, bound: Bound) -> None:
    row = work.session.scalar(select(Objective).where(Objective.record_id == filed.record_id))
    if filed.state in _GONE:
        if row is not None:
            row.state, row.ended_on = State.VOID, None
            work.session.flush()
        return
    if row is not None and row.state is not State.PROPOSED:
        return
    if row is None:
        row = Objective(record_id=filed.record_id, record=filed.number, state=State.PROPOSED)
    for part in _WORDS:
        setattr(row, part, str(bound.first(filed.values, part) or ""))
    row.code = str(bound.first(filed.values, "number"))
    row.parent = bound.first(filed.values, "parent")
    row.level = Grade(bound.first(filed.values, "level"))
    row.unit = Unit(bound.first(filed.values, "unit"))
    row.direction = Direction(bound.first(filed.values, "direction"))
    row.from_on, row.until_on = bound.on(filed.values, "from"), bound.on(filed.values, "until")
    work.session.add(row)
    if filed.state == "closed":
        row.state = State.SET
        work.session.flush()
        _target(work, filed, bound, row, day=row.from_on)
        work.record("objective:set", filed.ref, after={"objective": row.record, "code": row.code})
    work.session.flush()


def _target(
    work: Work, filed: Filed, bound: Bound, row: Objective, *, day: date, part: str = "target"
) -> None:
    """One more version of the targets."""
    kept = known.versions(work.session, [row.id]).get(row.id, [])
    work.session.add(
        ObjectiveTarget(
            objective_id=row.id,
            version=len(kept) + 1,
            record=filed.number,
            filing=str(bound.first(filed.values, "filing-number") or ""),
            from_on=day,
            target=_figure(bound, filed, part) or "0",
            parts=[
                {
                    "label": each.label,
                    "weight": None if each.weight is None else str(each.weight),
                    "target": None if each.target is None else str(each.target),
                    "reason": each.reason,
                }
                for each in splitting.parts(bound, filed.values)
            ],
            reason=str(bound.first(filed.values, "reason") or "") if part != "target" else "",
        )
    )


def _check(work: Work, filed: Filed, bound: Bound) -> None:
    row = work.session.scalar(select(ObjectiveCheck).where(ObjectiveCheck.record_id == filed.record_id))
    if filed.state in _GONE:
        if row is not None:
            row.stands = False
            work.session.flush()
        return
    objective = known.objective(work.session, bound.first(filed.values, "objective"))
    if objective is None:
        return
    row = row or ObjectiveCheck(record_id=filed.record_id, record=filed.number, stands=True)
    row.objective_id = objective.id
    row.level = CheckLevel(bound.first(filed.values, "level"))
    row.by_self = bound.first(filed.values, "self") is True
    row.from_on, row.until_on = bound.on(filed.values, "from"), bound.on(filed.values, "until")
    for part in ("target", "actual", "planned", "done", "score"):
        setattr(row, part, _figure(bound, filed, part))
    row.achieved = bound.first(filed.values, "achieved")
    row.corrective_action = bound.first(filed.values, "corrective-action")
    work.session.add(row)
    work.session.flush()


def _revision(work: Work, filed: Filed, bound: Bound) -> None:
    """In force from its day on; what was before keeps its targets (5.7.4)."""
    kind = bound.first(filed.values, "kind")
    row = known.objective(work.session, bound.first(filed.values, "objective"))
    done = select(ObjectiveTarget.id).where(ObjectiveTarget.record == filed.number)
    if kind == Kind.ADD or row is None or work.session.scalar(done) is not None:
        return
    day = bound.day(filed.values, "effective") or work.today
    after: dict[str, Any] = {"objective": row.record, "from": day.isoformat()}
    if kind == Kind.DELETE:
        row.state, row.ended_on = State.ENDED, day
        work.session.flush()
        work.record("objective:end", filed.ref, after=after)
        return
    _target(work, filed, bound, row, day=day, part="new-target")
    work.session.flush()
    work.record("objective:revise", filed.ref, after=after)


def _figure(bound: Bound, filed: Filed, part: str) -> str | None:
    found = bound.number(filed.values, part)
    return None if found is None else f"{found:f}"
