"""Clocks that jump, days that are rare, and zones with a summer time (REL-06, TRL-07)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from qms import documents, jobs, tasks, trail
from qms.documents import errors
from qms.kernel.clock import SimulatedClock
from qms.kernel.settings import Settings
from qms.kernel.vault import LocalVault
from qms.kernel.work import Works
from qms.runtime import append_to_trail
from tests.documents import factories
from tests.documents.factories import EVERYTHING, SERVICE

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.documents.factories import Organisation

MINUTE = timedelta(minutes=1)


def at(
    engine: Engine, home: Path, database: str, start: datetime, zone: str = "Asia/Shanghai"
) -> Organisation:
    """The people of an organisation in a zone, at an instant."""
    settings = Settings(home=home, database_url=database, zone=zone, public_url="https://qms.example.org")
    vault = LocalVault(settings.at(settings.records) / "vault")
    return factories.organisation(Works(engine, vault, settings, SimulatedClock(start), append_to_trail))


def moved(made: Organisation, to: datetime) -> None:
    """Set the clock."""
    clock = made.works.clock
    assert isinstance(clock, SimulatedClock)
    clock.at = to


def entered(made: Organisation) -> list[str]:
    """What has entered into force, in the order of the trail."""
    with made.works.reading(SERVICE, EVERYTHING) as work:
        found = trail.since(work.session, 0, 10_000)
    assert [row.seq for row in found] == list(range(1, len(found) + 1))
    return [row.ref.key for row in found if row.action == "document:revision:enter-force"]


@pytest.mark.parametrize(
    ("zone", "day", "midnight"),
    [
        ("Asia/Shanghai", date(2028, 2, 29), datetime(2028, 2, 28, 16, tzinfo=UTC)),
        ("Asia/Shanghai", date(2027, 1, 1), datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("America/New_York", date(2027, 3, 14), datetime(2027, 3, 14, 5, tzinfo=UTC)),
        ("America/New_York", date(2027, 3, 15), datetime(2027, 3, 15, 4, tzinfo=UTC)),
        ("America/New_York", date(2027, 11, 7), datetime(2027, 11, 7, 4, tzinfo=UTC)),
        ("America/New_York", date(2027, 11, 8), datetime(2027, 11, 8, 5, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_the_organisations_midnight(  # noqa: PLR0917 - the last three are the table
    engine: Engine, tmp_path: Path, database: str, zone: str, day: date, midnight: datetime
) -> None:
    """Leap day, New Year, the day of the change of time and the day after: not a minute too early."""
    made = at(engine, tmp_path, database, midnight - timedelta(days=2), zone)
    ref = factories.issued(made, None, day)
    moved(made, midnight - MINUTE)
    assert factories.run_day(made).enacted == 0
    with made.works.reading(SERVICE, EVERYTHING) as work, pytest.raises(errors.NothingIssued):
        documents.in_force(work.session, EVERYTHING, "CP-07", "zh-Hans", work.today)
    moved(made, midnight)
    assert factories.run_day(made).enacted == 1
    with made.works.reading(SERVICE, EVERYTHING) as work:
        assert documents.in_force(work.session, EVERYTHING, "CP-07", "zh-Hans", work.today).label == "A/0"
    assert entered(made) == [ref.key]


def test_a_reading_is_due_a_month_after_the_last_of_january(
    engine: Engine, tmp_path: Path, database: str
) -> None:
    """Due days are days of the calendar: 29 January 2028 and a month is the leap day."""
    made = at(engine, tmp_path, database, datetime(2028, 1, 29, 1, tzinfo=UTC))
    more = "distribution: {departments: [credit], read-within: 1 months}"
    ref = factories.issued(made, more=more)
    with made.works.reading(SERVICE, EVERYTHING) as work:
        owed = tasks.outstanding(work.session, "documents:read", ref)
    assert {each.due_on for each in owed} == {date(2028, 2, 29)}


def test_a_clock_that_steps_back_enacts_nothing_twice(engine: Engine, tmp_path: Path, database: str) -> None:
    """Forward over two days, back, forward again: each passage once; the trail keeps its order by number."""
    start = datetime(2026, 11, 2, 1, tzinfo=UTC)
    made = at(engine, tmp_path, database, start)
    first = factories.issued(made)
    second = factories.issued(made, None, date(2026, 11, 4), reason="It got better")
    moved(made, start + timedelta(days=2))
    assert factories.run_day(made).enacted == 2
    for jump in (timedelta(days=-1), timedelta(days=-30), timedelta(days=2), timedelta(days=400)):
        moved(made, start + jump)
        assert factories.run_day(made).enacted == 0
    assert entered(made) == [first.key, second.key]
    assert factories.trail_is_whole(made)


def test_a_lease_from_the_future_is_nobodys(engine: Engine, tmp_path: Path, database: str) -> None:
    """The clock stepped back a day while a worker fell silent: its job is taken over at once, not in a day.

    Guards the far bound of a lease in `jobs.claim`.
    """
    start = datetime(2026, 11, 2, 1, tzinfo=UTC)
    made = at(engine, tmp_path, database, start)
    with made.service() as work:
        jobs.enqueue(work, "render", "CP-07", {}, start - timedelta(days=2))
    assert jobs.claim(made.works, SERVICE, ("render",)) is not None
    moved(made, start - MINUTE)
    assert jobs.claim(made.works, SERVICE, ("render",)) is None  # a small step is none
    moved(made, start - timedelta(days=1))
    taken = jobs.claim(made.works, SERVICE, ("render",))
    assert taken is not None
    assert (taken.attempt, taken.leased_until) == (2, start - timedelta(days=1) + jobs.LEASE)
