"""Who sees which limits: the register of a day, the bulletin of a month, and lists."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from qms import clocks
from qms.calendar import span
from qms.clocks import State, tables
from qms.kernel.ports import Rights, Secrecy
from qms.kernel.refs import Ref
from qms.runtime import every_permission
from tests.accounts.factories import person

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work, Works

ALL = every_permission()
DAY = timedelta(days=1)


def _ref(number: int) -> Ref:
    return Ref("record", f"FM-02-03-2026-{number:06}")


def _start(work: Work, number: int, limit: str = "T+1", **more: Any) -> clocks.Clock:
    given: dict[str, Any] = {
        "label": {"zh-Hans": "审查", "en": "Review"},
        "department": "credit",
        "secrecy": Secrecy.INTERNAL,
        "circle": None,
        **more,
    }
    return clocks.start(work, _ref(number), "review", limit=span(limit), **given)


@pytest.fixture
def month(works: Works, service: Actor, clock: SimulatedClock) -> Works:
    """One kept, one late, one overdue, one not due yet, one paused, one cancelled; it is 5 November."""
    with works.writing(service, ALL) as work:
        owner = person(work, "zhang")
        for number, limit in enumerate(["T+1", "T+1", "T+1", "T+9", "T+9", "T+1"], start=1):
            _start(work, number, limit, owners=[owner])
        clocks.stop(work, _ref(1), "review")
        clocks.pause(work, _ref(5), "review", "waiting")
        clocks.cancel(work, _ref(6))
    clock.advance(3 * DAY)
    with works.writing(service, ALL) as work:
        clocks.stop(work, _ref(2), "review")
        clocks.day(work)
    return works


def test_the_register_of_a_day(month: Works, service: Actor) -> None:
    """What runs is listed, overdue first; what ended before the day is not; a past day is as it was."""
    zone = month.settings.zone_info
    with month.reading(service, ALL) as work:
        found = clocks.register(work.session, ALL, work.today, work.now, zone)
        states = [(row.subject.key[-1], row.standing.state) for row in found.rows]
        assert states == [
            ("3", State.OVERDUE),
            ("4", State.RUNNING),
            ("5", State.PAUSED),
            ("2", State.STOPPED),
        ]
        assert found.counts[State.OVERDUE] == 1
        assert found.rows[0].owners == ("Zhang",)
        assert found.rows[0].late is not None
        assert found.rows[0].late.sentence("en") == "2 days"
        first = clocks.register(work.session, ALL, date(2026, 11, 2), work.now, zone)
        assert len(first.rows) == 5
        assert first.counts[State.OVERDUE] == 0
        assert first.counts[State.STOPPED] == 1


def test_the_bulletin_of_a_month(month: Works, service: Actor) -> None:
    """Kept, late, overdue and open, whole, by limit and by department, with the rate of those decided."""
    with month.reading(service, ALL) as work:
        found = clocks.bulletin(work.session, ALL, date(2026, 11, 20), work.now)
        assert clocks.Totals(kept=1, late=1, overdue=1, open=2) == found.totals
        assert Decimal("33.3") == found.totals.rate
        assert found.totals == found.by_name["review"] == found.by_department["credit"]
        empty = clocks.bulletin(work.session, ALL, date(2026, 12, 1), work.now)
        assert (empty.totals.all, empty.totals.rate) == (0, None)


def test_the_tables_to_take_along(month: Works, service: Actor) -> None:
    """Rows of text in the reader's language, with the totals apart."""
    with month.reading(service, ALL) as work:
        found = clocks.bulletin(work.session, ALL, work.today, work.now)
        rows = tables.table(found.rows, "zh-Hans", month.settings.zone_info, {"credit": "信贷部"})
        assert rows[0][:3] == ["事项", "时限", "部门"]
        assert rows[1][1:5] == ["审查", "信贷部", "Zhang", "1 个工作日"]
        assert [row[9] for row in rows[1:4]] == ["是", "否", ""]
        sums = tables.totals(found, "en")
        assert sums[1:] == [
            ["Review", "5", "1", "1", "1", "2", "33.3 %"],
            ["All together", "5", "1", "1", "1", "2", "33.3 %"],
        ]
        assert tables.rate(clocks.Totals()) == "–"


def test_hours_and_provisional_days_say_so(work: Work) -> None:
    """A limit in hours tells the hour; a day that may still move bears a star."""
    zone = work.settings.zone_info
    _start(work, 1, "2 hours")
    late = _start(work, 2, "40 years")
    late.provisional = True
    rows = clocks.due(work.session, ALL, date(2070, 1, 1), work.now)
    assert [tables.due(row, zone) for row in rows] == ["2026-11-02 11:00", "2066-11-02 *"]


def test_what_one_may_not_see_does_not_exist(work: Work) -> None:
    """Grade, circle and department decide, in lists, counts and totals alike; one's own is seen."""
    own = person(work, "zhang")
    _start(work, 1)
    _start(work, 2, department="risk")
    _start(work, 3, secrecy=Secrecy.SECRET)
    _start(work, 4, circle="board")
    _start(work, 5, department=None)
    _start(work, 6, department="risk", owners=[own])
    zone = work.settings.zone_info
    reads: dict[str, frozenset[str] | None] = {"documents:read": None}
    reader = Rights(own, reads, frozenset({"credit"}), secrecy=Secrecy.CONFIDENTIAL)
    seen = {row.subject for row in clocks.due(work.session, reader, date(2027, 1, 1), work.now)}
    assert {_ref(1), _ref(5), _ref(6)} == seen
    assert clocks.bulletin(work.session, reader, work.today, work.now).totals.all == 3
    assert len(clocks.register(work.session, reader, work.today, work.now, zone).rows) == 3
    member = Rights(circles=frozenset({"board"}), oversees=True, secrecy=Secrecy.SECRET)
    assert clocks.bulletin(work.session, member, work.today, work.now).totals.all == 6
    outside = Rights(permissions=reads, secrecy=Secrecy.INTERNAL)
    found = clocks.due(work.session, outside, date(2027, 1, 1), work.now)
    assert {_ref(5)} == {row.subject for row in found}
    administrator = Rights(departments=frozenset({"credit"}), secrecy=Secrecy.SECRET)
    assert clocks.due(work.session, administrator, date(2027, 1, 1), work.now) == []


def test_a_list_of_fifty_costs_one_query(work: Work, engine: Engine) -> None:
    """How each of fifty things stands is told from one query, and none for standing itself."""
    for number in range(50):
        _start(work, number)
    work.session.flush()
    work.session.expunge_all()
    asked: list[str] = []

    def count(*told: Any) -> None:
        asked.append(told[2])

    event.listen(engine, "before_cursor_execute", count)
    found = clocks.of_many(work.session, [_ref(number) for number in range(50)])
    states = [clocks.standing(rows[-1], work.now).state for rows in found.values()]
    event.remove(engine, "before_cursor_execute", count)
    assert states == [State.RUNNING] * 50
    assert len(asked) == 1
    assert clocks.of_many(work.session, []) == {}
