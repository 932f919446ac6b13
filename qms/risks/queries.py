"""Control points in force with their last check and open warnings, inside the rights of who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from qms import accounts, records, schedules, tasks
from qms.kernel.refs import Ref
from qms.risks import declared, describe, errors, rules
from qms.risks.follow import WARNING, warning_ref
from qms.risks.models import ControlCheck, ControlWarning, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from qms.kernel.work import Work
    from qms.risks.declared import Declared
    from qms.schedules import Due

UNDER_WAY = (State.OPEN, State.TREATED)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a point."""

    record: str
    on: date
    verdict: str | None
    stands: bool
    point: str


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning as readers get it."""

    id: int
    point: str
    record: str
    words: Mapping[str, str]
    state: State
    due_on: date
    overdue: bool
    measure: str
    treated_by: str
    remark: str
    reported_by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A control point in force and how it stands; `last` is its last check that stands."""

    declared: Declared
    last: Check | None
    warnings: int
    overdue: int


def points(
    work: Work, *, document: str = "", department: str = "", unchecked: bool = False, warned: bool = False
) -> list[Standing]:
    """The points in force by document; only those never checked, or with warnings under way, if asked."""
    found = [
        each
        for each in declared.seen(work.session, work.rights, work.today)
        if document in {"", each.document} and department in {"", each.owner}
    ]
    return chosen(_standing(work, found), unchecked=unchecked, warned=warned)


def chosen(
    found: Iterable[Standing],
    *,
    document: str = "",
    department: str = "",
    unchecked: bool = False,
    warned: bool = False,
) -> list[Standing]:
    """Those of a document or a department, never checked, or with warnings under way, as far as asked."""
    return [
        each
        for each in found
        if document in {"", each.declared.document}
        and department in {"", each.declared.owner}
        and not (unchecked and each.last is not None)
        and not (warned and not each.warnings)
    ]


def _standing(work: Work, found: Sequence[Declared]) -> list[Standing]:
    last: dict[str, Check] = {}
    for check in _checks(work, {each.document for each in found}):
        if check.stands:
            last[check.point] = check
    under_way: dict[str, list[Warned]] = {}
    for each in _warnings(work, {each.document for each in found}, UNDER_WAY):
        under_way.setdefault(each.point, []).append(each)
    told = []
    for one in found:
        mine = under_way.get(one.ref.key, [])
        told.append(Standing(one, last.get(one.ref.key), len(mine), sum(each.overdue for each in mine)))
    return told


def point(work: Work, key: str) -> Declared:
    """One control point in force."""
    for each in declared.seen(work.session, work.rights, work.today):
        if each.ref.key == key:
            return each
    raise errors.NoSuchControlPoint(point=key)


def checks(work: Work, found: Declared) -> list[Check]:
    """The checks of a point whose records exist for who asks, the last one first."""
    every = _checks(work, {found.document})
    return [each for each in reversed(every) if each.point == found.ref.key]


def due(work: Work, found: Declared) -> list[Due]:
    """What is owed of the checks of a point, the oldest first."""
    return schedules.open_of(work, found.document, f"{rules.SCHEDULE}{found.point.id}")


def warnings(work: Work, found: Declared) -> list[Warned]:
    """The warnings of a point, the last one first."""
    every = _warnings(work, {found.document}, tuple(State))
    return [each for each in reversed(every) if each.point == found.ref.key]


def warning(work: Work, warning: int) -> Warned:
    """One warning."""
    row = known(work, warning)
    return _told(work, [row])[0]


def may_act(work: Work, warning: int) -> bool:
    """Whether who asks was warned, or stands in for who was (R27)."""
    return is_warned(work, known(work, warning))


def known(work: Work, warning: int, *, locked: bool = False) -> ControlWarning:
    """The warning that exists for who asks."""
    query = select(ControlWarning).where(ControlWarning.id == warning)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = work.session.scalar(query)
    if row is None or not _visible(work, [row]):
        raise errors.NoSuchWarning(warning=warning)
    return row


def hidden(work: Work, refs: Iterable[Ref]) -> frozenset[Ref]:
    """Those of the refs about warnings that do not exist for who asks (SEC-07)."""
    asked = {ref for ref in refs if ref.kind == WARNING and ref.key.isascii() and ref.key.isdecimal()}
    if not asked:
        return frozenset()
    query = select(ControlWarning).where(ControlWarning.id.in_(sorted(int(ref.key) for ref in asked)))
    return frozenset(asked - {warning_ref(row) for row in _visible(work, work.session.scalars(query).all())})


def record_ref(work: Work, row: ControlWarning) -> Ref:
    """The record that caused a warning."""
    return Ref("record", _records(work, [row])[row.check_id])


def is_warned(work: Work, row: ControlWarning) -> bool:
    """Whether who acts owes the warning, or stands in for who does."""
    me = work.rights.person_id
    if me is None:
        return False
    people = {me, *accounts.acting_for(work.session, me, work.today)}
    owed = tasks.outstanding(work.session, describe.TASK, warning_ref(row))
    return not people.isdisjoint(each.person_id for each in owed)


def _checks(work: Work, numbers: Iterable[str]) -> list[Check]:
    query = select(ControlCheck).where(ControlCheck.document.in_(sorted(numbers)))
    rows = work.session.scalars(query.order_by(ControlCheck.on_day, ControlCheck.id)).all()
    hidden = records.unseen(work, [row.record for row in rows])
    return [
        Check(row.record, row.on_day, row.verdict, row.stands, f"{row.document}#{row.code}")
        for row in rows
        if row.record not in hidden
    ]


def _warnings(work: Work, numbers: Iterable[str], states: Sequence[State]) -> list[Warned]:
    circle = or_(ControlWarning.circle.is_(None), ControlWarning.circle.in_(sorted(work.rights.circles)))
    query = select(ControlWarning).where(
        ControlWarning.document.in_(sorted(numbers)),
        ControlWarning.state.in_(states),
        ControlWarning.secrecy <= work.rights.secrecy,
        circle,
    )
    rows = work.session.scalars(query.order_by(ControlWarning.due_on, ControlWarning.id)).all()
    return _told(work, _visible(work, rows))


def _visible(work: Work, rows: Sequence[ControlWarning]) -> list[ControlWarning]:
    """Inside grade and circle: the records that exist for who asks, and what they were warned of."""
    rights = work.rights
    inside = [
        row
        for row in rows
        if row.secrecy <= rights.secrecy and (row.circle is None or row.circle in rights.circles)
    ]
    named = _records(work, inside)
    hidden = records.unseen(work, named.values())
    return [row for row in inside if named[row.check_id] not in hidden or is_warned(work, row)]


def _records(work: Work, rows: Sequence[ControlWarning]) -> dict[int, str]:
    query = select(ControlCheck.id, ControlCheck.record)
    found = work.session.execute(query.where(ControlCheck.id.in_([row.check_id for row in rows])))
    return {row.id: row.record for row in found}


def _told(work: Work, rows: Sequence[ControlWarning]) -> list[Warned]:
    ids = {each for row in rows for each in (row.treated_by_id, row.reported_by_id) if each is not None}
    names = accounts.names_of(work.session, sorted(ids))
    named = _records(work, rows)
    return [
        Warned(
            id=row.id,
            point=f"{row.document}#{row.code}",
            record=named[row.check_id],
            words=row.words,
            state=row.state,
            due_on=row.due_on,
            overdue=row.state in UNDER_WAY and row.due_on < work.today,
            measure=row.measure,
            treated_by=names.get(row.treated_by_id or 0, ""),
            remark=row.remark,
            reported_by=names.get(row.reported_by_id or 0, ""),
        )
        for row in rows
    ]
