"""The verbs of clocks: called by the slice whose subject is limited, and by the day job; none is a page's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.exc import IntegrityError

from qms import tasks
from qms.calendar import CalendarsUnreadable, Limit, calendars, end, lost, span
from qms.clocks.describe import SUBJECT
from qms.clocks.errors import ClockNotPaused, ClockPaused, ClockRuns, NoSuchClock, ReasonNeeded
from qms.clocks.models import Clock, ClockOwner, ClockPause
from qms.kernel.clock import start_of
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from qms.calendar import Calendar, End, Span
    from qms.kernel.work import Work

LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class DayReport:
    """What one run of the day job did."""

    warned: int
    overdue: int
    recomputed: int


def start(
    work: Work,
    subject: Ref,
    name: str,
    *,
    label: str | Mapping[str, str],
    limit: Span,
    at: datetime | None = None,
    warn: Span | None = None,
    calendar: str | None = None,
    cut_off: time | None = None,
    owners: Iterable[int] = (),
    department: str | None,
    secrecy: int,
    circle: str | None,
) -> Clock:
    """Let a limit run on a subject from an instant, now where none is given; one of a name at a time.

    Its calendar is fixed by name here; without one the organisation's default counts.
    """
    row = Clock(
        subject=str(subject),
        name=name,
        label=label if isinstance(label, str) else dict(label),
        length=str(limit),
        warn=str(warn) if warn else None,
        cut_off=cut_off and cut_off.strftime("%H:%M"),
        calendar=calendar,
        started_at=at or work.now,
        lost=0,
        department=department,
        secrecy=secrecy,
        circle=circle,
    )
    _set_end(work, row)
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError as fault:
        raise ClockRuns(name=name, on=subject.key) from fault
    _set_owners(work, row, owners)
    _record(work, "clock:start", row, length=row.length, provisional=row.provisional)
    return row


def pause(work: Work, subject: Ref, name: str, reason: str) -> Clock:
    """Let the limit stand still, with the reason; nobody is chased meanwhile."""
    row = _open(work, subject, name)
    if row.paused_at is not None:
        raise ClockPaused(name=name, on=subject.key)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST:
        raise ReasonNeeded(most=LONGEST)
    row.paused_at = work.now
    work.session.add(ClockPause(clock_id=row.id, from_at=work.now, reason=reason))
    if not _is_late(row, work.now):
        tasks.cancel(work, _kind(row), row.subject)
    _record(work, "clock:pause", row, why=reason)
    return row


def resume(work: Work, subject: Ref, name: str) -> Clock:
    """Let the limit run on; what the pause took is added, unless it was too late before it."""
    row = _open(work, subject, name)
    if row.paused_at is None:
        raise ClockNotPaused(name=name, on=subject.key)
    _run_on(work, row)
    _record(work, "clock:resume", row)
    return row


def stop(work: Work, subject: Ref, name: str) -> Clock:
    """What was limited is done; a pause that was open ends with it."""
    row = _open(work, subject, name)
    if row.paused_at is not None:
        _run_on(work, row)
    row.stopped_at = work.now
    tasks.settle(work, _kind(row), row.subject)
    _record(work, "clock:stop", row, on_time=work.now < row.due_at)
    return row


def cancel(work: Work, subject: Ref, name: str | None = None) -> int:
    """The limit, or every limit on the subject, no longer counts; says how many that were."""
    query = _running(select(Clock).where(Clock.subject == str(subject)))
    if name is not None:
        query = query.where(Clock.name == name)
    rows = work.session.scalars(query.order_by(Clock.id).with_for_update()).all()
    for row in rows:
        row.cancelled_at = work.now
        tasks.cancel(work, _kind(row), row.subject)
        _record(work, "clock:cancel", row)
    return len(rows)


def reassign(work: Work, subject: Ref, name: str, owners: Iterable[int]) -> Clock:
    """Other people answer for the limit; what the former ones owed on it is theirs."""
    row = _open(work, subject, name)
    before = _owners(work, row)
    after = sorted(set(owners))
    _set_owners(work, row, after)
    for gone in sorted(set(before) - set(after)):
        tasks.cancel(work, _kind(row), row.subject, gone)
    if row.warned_at is not None or row.overdue_at is not None:
        _owe(work, row, after)
    work.record(
        "clock:reassign",
        subject,
        before={"owners": before},
        after={"name": row.name, "owners": after},
    )
    return row


def day(work: Work) -> DayReport:
    """What time brings about, for the day job and between: counted again, warned of, overdue, once each.

    All of it is one transaction: killed half-way it has done nothing, and is done again. What is counted
    by a calendar that cannot be read waits, the rest goes on; `faults` says what is wrong.
    """
    recomputed = sum(_recompute(work, row) for row in _provisional(work))
    warned = [row for row in _near(work) if _warn(work, row)]
    overdue = _late(work)
    for row in overdue:
        row.overdue_at = work.now
        _owe(work, row, _owners(work, row))
        _record(work, "clock:overdue", row)
    work.session.flush()
    return DayReport(len(warned), len(overdue), recomputed)


def _warn(work: Work, row: Clock) -> bool:
    row.warned_at = work.now
    _owe(work, row, _owners(work, row))
    _record(work, "clock:warn", row)
    return True


def _running(query: Any) -> Any:
    return query.where(Clock.stopped_at.is_(None), Clock.cancelled_at.is_(None))


def _unpaused() -> Any:
    """Paused limits are not chased; one that was too late before its pause is."""
    return or_(Clock.paused_at.is_(None), Clock.paused_at >= Clock.due_at)


def _near(work: Work) -> Sequence[Clock]:
    near = and_(Clock.warn_at <= work.now, Clock.due_at > work.now)
    query = _running(select(Clock)).where(
        Clock.warned_at.is_(None), Clock.overdue_at.is_(None), near, _unpaused()
    )
    found: Sequence[Clock] = work.session.scalars(query.order_by(Clock.id).with_for_update()).all()
    return found


def _late(work: Work) -> Sequence[Clock]:
    query = _running(select(Clock)).where(Clock.overdue_at.is_(None), Clock.due_at <= work.now, _unpaused())
    found: Sequence[Clock] = work.session.scalars(query.order_by(Clock.id).with_for_update()).all()
    return found


def _provisional(work: Work) -> Sequence[Clock]:
    """Open limits whose due day may still move; what is past is never counted again."""
    query = _running(select(Clock)).where(Clock.provisional.is_(True), Clock.due_on >= work.today)
    found: Sequence[Clock] = work.session.scalars(query.order_by(Clock.id).with_for_update()).all()
    try:
        known = calendars(work.settings.home)
    except CalendarsUnreadable:
        return ()
    return [row for row in found if row.calendar is None or row.calendar in known.named]


def _recompute(work: Work, row: Clock) -> bool:
    before = row.due_on
    found = _end(work, row)
    if (found.day, found.provisional) == (before, True):
        return False
    _set_end(work, row)
    if row.due_on != before:
        _forget_warning(work, row)
    work.record(
        "clock:recompute",
        Ref.parse(row.subject),
        before={"due": before.isoformat()},
        after={"name": row.name, "due": row.due_on.isoformat(), "provisional": row.provisional},
    )
    return True


def _run_on(work: Work, row: Clock) -> None:
    """End the open pause; what it took moves the end, and what was warned of is warned of again."""
    paused = row.paused_at or work.now
    open_pause = select(ClockPause).where(ClockPause.clock_id == row.id, ClockPause.until_at.is_(None))
    for each in work.session.scalars(open_pause):
        each.until_at = work.now
    row.paused_at = None
    if paused < row.due_at:
        limit = _limit(row)
        row.lost += lost(limit, paused, work.now, _kept(work, row), work.settings.zone_info)
        _set_end(work, row)
        _forget_warning(work, row)


def _forget_warning(work: Work, row: Clock) -> None:
    row.warned_at = None
    tasks.cancel(work, _kind(row), row.subject)


def _is_late(row: Clock, now: datetime) -> bool:
    return now >= row.due_at


def _limit(row: Clock) -> Limit:
    cut_off = time.fromisoformat(row.cut_off) if row.cut_off else None
    return Limit(span(row.length), span(row.warn) if row.warn else None, cut_off)


def _kept(work: Work, row: Clock) -> Calendar:
    return calendars(work.settings.home).calendar(row.calendar)


def _end(work: Work, row: Clock) -> End:
    return end(_limit(row), row.started_at, _kept(work, row), work.settings.zone_info, row.lost)


def _set_end(work: Work, row: Clock) -> None:
    found = _end(work, row)
    row.since, row.due_at, row.due_on = found.since, found.at, found.day
    row.provisional, row.warn_at = found.provisional, found.warn_at
    row.day_at = start_of(found.day, work.settings.zone_info)


def _open(work: Work, subject: Ref, name: str) -> Clock:
    query = _running(select(Clock)).where(Clock.subject == str(subject), Clock.name == name)
    row: Clock | None = work.session.scalar(query.with_for_update())
    if row is None:
        raise NoSuchClock(name=name, on=subject.key)
    return row


def _owners(work: Work, row: Clock) -> list[int]:
    query = select(ClockOwner.person_id).where(ClockOwner.clock_id == row.id)
    return list(work.session.scalars(query.order_by(ClockOwner.person_id)))


def _set_owners(work: Work, row: Clock, owners: Iterable[int]) -> None:
    work.session.execute(delete(ClockOwner).where(ClockOwner.clock_id == row.id))
    work.session.add_all(ClockOwner(clock_id=row.id, person_id=each) for each in sorted(set(owners)))
    work.session.flush()


def _kind(row: Clock) -> str:
    """The kind of the task about it: each limit of a subject has one of its own."""
    return f"clock:{row.name}"


def _owe(work: Work, row: Clock, owners: Sequence[int]) -> None:
    """Whoever answers for the limit owes it by its due day; reminders and escalation follow by that."""
    if not owners:
        return
    subject = Ref.parse(row.subject)
    facts = {
        "label": row.label,
        "on": subject.key,
        tasks.SECRECY: row.secrecy,
        tasks.CIRCLE: row.circle,
    }
    tasks.owe(
        work,
        kind=_kind(row),
        ref=subject,
        person_ids=owners,
        subject=SUBJECT,
        facts=facts,
        due_on=row.due_on,
    )


def _record(work: Work, action: str, row: Clock, why: str | None = None, **more: Any) -> None:
    work.session.flush()
    after = {"name": row.name, "due": row.due_on.isoformat(), **more}
    work.record(action, Ref.parse(row.subject), after=after, why=why)
