"""Limits on things: begun, paused, ended, warned of and overdue, each told once, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from qms import clocks, tasks, trail
from qms.calendar import CalendarsUnreadable, NoSuchCalendar, span
from qms.clocks import State
from qms.kernel.refs import Ref
from qms.runtime import every_permission
from tests.accounts.factories import organisation, person

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work, Works

RECORD = Ref("record", "FM-02-03-2026-000001")
HOURS = timedelta(hours=1)


def _start(work: Work, name: str = "review", limit: str = "T+3", **more: Any) -> clocks.Clock:
    given: dict[str, Any] = {
        "label": {"zh-Hans": "审查", "en": "Review"},
        "department": "credit",
        "secrecy": 1,
        "circle": None,
        **more,
    }
    given["warn"] = span(given["warn"]) if "warn" in given else None
    return clocks.start(work, given.pop("subject", RECORD), name, limit=span(limit), **given)


def _acts(work: Work) -> list[str]:
    return [change.action for change in work.changes if change.action.startswith("clock:")]


def test_a_limit_begins(work: Work) -> None:
    """It knows its end from the start; the entry tells how long and until when."""
    row = _start(work, warn="1 working day", cut_off=time(16))
    assert date(2026, 11, 5) == row.due_on
    assert datetime(2026, 11, 5, 16, 0, tzinfo=UTC) == row.due_at
    assert clocks.standing(row, work.now).state is State.RUNNING
    after = work.changes[-1].after
    assert after == {"name": "review", "due": "2026-11-05", "length": "3 working days", "provisional": False}
    assert clocks.clock(work.session, RECORD, "review") is row
    assert clocks.clock(work.session, RECORD, "whole") is None


def test_one_limit_of_a_name_runs_at_a_time(work: Work) -> None:
    """A second is refused while the first runs, and begins anew after its end."""
    first = _start(work)
    with pytest.raises(clocks.ClockRuns, match="review"):
        _start(work)
    _start(work, "whole", "7 working days")
    clocks.stop(work, RECORD, "review")
    second = _start(work)
    assert clocks.clock(work.session, RECORD, "review") is second
    assert [first, second] == [row for row in clocks.of(work.session, RECORD) if row.name == "review"]


def test_a_limit_ends(work: Work, clock: SimulatedClock) -> None:
    """What is done before the end is kept; what has ended cannot end again."""
    row = _start(work)
    clocks.stop(work, RECORD, "review")
    assert clocks.standing(row, clock.now()).on_time is True
    assert work.changes[-1].after is not None
    assert work.changes[-1].after["on_time"] is True
    with pytest.raises(clocks.NoSuchClock, match="review"):
        clocks.stop(work, RECORD, "review")


def test_a_pause_moves_the_end(works: Works, service: Actor, clock: SimulatedClock) -> None:
    """Two working days lost are added; the reason stays; a pause in a pause and a second end are refused."""
    with works.writing(service, every_permission()) as work:
        _start(work)
        clocks.pause(work, RECORD, "review", " waiting for the client ")
        with pytest.raises(clocks.ClockPaused):
            clocks.pause(work, RECORD, "review", "again")
    clock.advance(timedelta(days=2))
    with works.writing(service, every_permission()) as work:
        assert clocks.day(work) == clocks.DayReport(0, 0, 0)
        row = clocks.resume(work, RECORD, "review")
        assert date(2026, 11, 9) == row.due_on
        with pytest.raises(clocks.ClockNotPaused):
            clocks.resume(work, RECORD, "review")
        (pause,) = work.session.scalars(select(clocks.ClockPause).where(clocks.ClockPause.clock_id == row.id))
        assert (pause.reason, pause.until_at) == ("waiting for the client", work.now)
        with pytest.raises(clocks.NoSuchClock):
            clocks.pause(work, RECORD, "whole", "x")
        with pytest.raises(clocks.ReasonNeeded):
            clocks.pause(work, RECORD, "review", " ")


def test_a_pause_ends_with_the_limit(works: Works, service: Actor, clock: SimulatedClock) -> None:
    """What is done during a pause is measured against the end the pause has moved."""
    with works.writing(service, every_permission()) as work:
        _start(work, limit="2 hours")
        clocks.pause(work, RECORD, "review", "waiting")
    clock.advance(5 * HOURS)
    with works.writing(service, every_permission()) as work:
        row = clocks.stop(work, RECORD, "review")
        assert clocks.standing(row, work.now).on_time is True
        assert row.lost == 5 * 3600


def test_waiting_does_not_mend_what_is_late(works: Works, service: Actor, clock: SimulatedClock) -> None:
    """A pause after the end adds nothing, and the limit is still marked overdue."""
    with works.writing(service, every_permission()) as work:
        _start(work, limit="2 hours")
    clock.advance(3 * HOURS)
    with works.writing(service, every_permission()) as work:
        clocks.pause(work, RECORD, "review", "waiting")
        assert clocks.day(work).overdue == 1
        row = clocks.resume(work, RECORD, "review")
        assert row.lost == 0
        assert clocks.standing(row, work.now).state is State.OVERDUE


def test_limits_are_cancelled(work: Work) -> None:
    """One, or all that run on the thing; none is no fault."""
    _start(work)
    _start(work, "whole")
    _start(work, "other")
    assert clocks.cancel(work, RECORD, "whole") == 1
    assert clocks.cancel(work, RECORD) == 2
    assert clocks.cancel(work, RECORD) == 0
    assert all(
        clocks.standing(row, work.now).state is State.CANCELLED for row in clocks.of(work.session, RECORD)
    )


def test_who_answers_is_told_once_before_and_after(
    works: Works, service: Actor, clock: SimulatedClock
) -> None:
    """Near its end the limit is a task of its owners; it goes to the head by the day job of tasks."""
    with works.writing(service, every_permission()) as work:
        organisation(work)
        one, two = person(work, "zhang", department="credit"), person(work, "li", department="credit")
        _start(work, warn="1 working day", owners=[one])
    clock.advance(timedelta(days=2))
    with works.writing(service, every_permission()) as work:
        assert clocks.is_something_due(work.session, work.now)
        assert clocks.day(work) == clocks.DayReport(1, 0, 0)
        assert clocks.day(work) == clocks.DayReport(0, 0, 0)
        assert not clocks.is_something_due(work.session, work.now)
        (owed,) = tasks.outstanding(work.session, "clock:review", RECORD)
        assert (owed.person_id, owed.due_on) == (one, date(2026, 11, 5))
        assert owed.text("en") == "Time limit “Review” of FM-02-03-2026-000001"
        assert owed.text("zh-Hans") == "FM-02-03-2026-000001 的时限“审查”"
        clocks.reassign(work, RECORD, "review", [two])
        assert [two] == [each.person_id for each in tasks.outstanding(work.session, "clock:review", RECORD)]
        row = clocks.clock(work.session, RECORD, "review")
        assert row is not None
        assert {row.id: [two]} == clocks.owners_of(work.session, [row.id])
    clock.advance(timedelta(days=2))
    with works.writing(service, every_permission()) as work:
        assert clocks.is_something_due(work.session, work.now)
        assert clocks.day(work) == clocks.DayReport(0, 1, 0)
        assert clocks.day(work) == clocks.DayReport(0, 0, 0)
        assert _acts(work) == ["clock:overdue"]
        assert len(tasks.outstanding(work.session, "clock:review", RECORD)) == 1
        clocks.stop(work, RECORD, "review")
        assert tasks.outstanding(work.session, "clock:review", RECORD) == []


def test_a_limit_without_owners_is_only_marked(work: Work) -> None:
    """Nobody is chased, the entry stands; before a warning a change of owners owes nothing."""
    _start(work, limit="2 hours", warn="2 hours")
    clocks.reassign(work, RECORD, "review", [])
    assert clocks.day(work) == clocks.DayReport(1, 0, 0)
    assert tasks.outstanding(work.session, "clock:review", RECORD) == []


def test_after_down_time_only_what_is_true_is_told(work: Work, clock: SimulatedClock) -> None:
    """What was near while nobody looked and is over now is overdue, and not warned of."""
    _start(work, limit="2 hours", warn="1 hour")
    work.now = clock.at + timedelta(days=9)
    assert clocks.day(work) == clocks.DayReport(0, 1, 0)
    assert clocks.day(work) == clocks.DayReport(0, 0, 0)


class _Killed(BaseException):
    pass


def _day_killed(works: Works, service: Actor) -> None:
    with works.writing(service, every_permission()) as work:
        clocks.day(work)
        raise _Killed


def test_a_day_job_killed_half_way_tells_each_once(
    works: Works, service: Actor, clock: SimulatedClock
) -> None:
    """It is one transaction: what was killed left nothing, and the next run leaves each entry once."""
    with works.writing(service, every_permission()) as work:
        owner = person(work, "zhang")
        for number in range(5):
            _start(work, limit="2 hours", subject=Ref("record", f"R-{number}"), owners=[owner])
    clock.advance(3 * HOURS)
    with pytest.raises(_Killed):
        _day_killed(works, service)
    for _ in range(2):
        with works.writing(service, every_permission()) as work:
            clocks.day(work)
    with works.reading(service) as look:
        told = [entry.ref for entry in trail.since(look.session, 0, 500) if entry.action == "clock:overdue"]
        assert len(told) == len(set(told)) == 5
        assert len(tasks.inbox(look.session, owner)) == 5


def test_provisional_days_are_counted_again_once_published(work: Work) -> None:
    """The organisation writes the notice out: open limits move with an entry, past and ended ones never."""
    at = datetime(2049, 12, 30, 1, 0, tzinfo=UTC)
    work.now = at
    moved = _start(work, limit="T+2")
    same = _start(work, "same", "T+3")
    ended = _start(work, "ended", "T+2")
    clocks.stop(work, RECORD, "ended")
    assert (date(2050, 1, 3), True) == (moved.due_on, moved.provisional)
    assert clocks.day(work).recomputed == 0
    (work.settings.home / "calendars.yaml").write_text(
        "default: own\ncalendars:\n  own:\n    complete: [2049, 2050]\n"
        "    holidays: [2050-01-03]\n    make-up-days: [2050-01-01]\n",
        "utf-8",
    )
    work.changes.clear()
    assert clocks.day(work).recomputed == 2
    assert (date(2050, 1, 1), False) == (moved.due_on, moved.provisional)
    assert (date(2050, 1, 4), False) == (same.due_on, same.provisional)
    assert (date(2050, 1, 3), True) == (ended.due_on, ended.provisional)
    assert _acts(work) == ["clock:recompute"] * 2
    assert work.changes[0].before == {"due": "2050-01-03"}
    assert clocks.day(work).recomputed == 0


def test_what_is_past_is_never_counted_again(work: Work) -> None:
    """A provisional day that has passed stays as it was counted."""
    work.now = datetime(2049, 12, 30, 1, 0, tzinfo=UTC)
    row = _start(work, limit="T+1")
    work.now += timedelta(days=30)
    (work.settings.home / "calendars.yaml").write_text(
        "default: own\ncalendars:\n  own: {complete: [2049, 2050], holidays: [2049-12-31]}\n", "utf-8"
    )
    assert clocks.day(work) == clocks.DayReport(0, 1, 0)
    assert date(2049, 12, 31) == row.due_on


def test_own_calendars_count(work: Work) -> None:
    """A limit may name one; an unknown or unreadable one is refused, and nothing runs."""
    path = work.settings.home / "calendars.yaml"
    path.write_text("calendars:\n  shop: {working-days: [sunday, monday]}\n", "utf-8")
    assert date(2026, 11, 8) == _start(work, limit="T+1", calendar="shop").due_on
    with pytest.raises(NoSuchCalendar):
        _start(work, "other", calendar="none")
    path.write_text("calendars: [", "utf-8")
    with pytest.raises(CalendarsUnreadable):
        _start(work, "other")
    assert len(work.session.scalars(select(clocks.Clock)).all()) == 1


@pytest.mark.parametrize("text", ["calendars: [", "calendars:\n  other: {}\n"])
def test_a_faulty_calendar_stops_nothing_else(work: Work, text: str) -> None:
    """Broken or renamed: what it counts waits and the fault is told; warnings and overdue days come."""
    path = work.settings.home / "calendars.yaml"
    path.write_text("calendars:\n  shop: {}\n", "utf-8")
    work.now = datetime(2049, 12, 30, 1, 0, tzinfo=UTC)
    waits = _start(work, "waits", "T+9", calendar="shop")
    late = _start(work, "late", "1 hour")
    assert clocks.faults(work.session, work.settings.home) == []
    path.write_text(text, "utf-8")
    due = waits.due_on
    work.now += timedelta(hours=2)
    assert clocks.day(work) == clocks.DayReport(0, 1, 0)
    assert (waits.due_on, late.overdue_at) == (due, work.now)
    (fault,) = clocks.faults(work.session, work.settings.home)
    assert fault.code in {"CalendarsUnreadable", "NoSuchCalendar"}
