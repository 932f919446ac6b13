"""When time limits end: the figures of the texts, cut-off hours, pauses, warnings and provisional days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qms.calendar import STATUTORY, Calendar, End, Limit, Unit, end, lost, received, span, unpublished_year
from qms.calendar.days import back

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=ZONE)


def _end(
    start: datetime, length: str, *, warn: str = "", cut_off: time | None = None, paused: int = 0
) -> End:
    limit = Limit(span(length), span(warn) if warn else None, cut_off)
    return end(limit, start, STATUTORY, ZONE, paused)


def _local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[misc, arg-type]  # year to minute


@pytest.mark.parametrize(
    ("what", "length", "day"),
    [
        ("personal business loan, whole process", "14 working days", date(2026, 11, 20)),
        ("micro-loan, whole process", "7 working days", date(2026, 11, 11)),
        ("home mortgage, whole process", "5 working days", date(2026, 11, 9)),
        ("consumer loans, whole process", "7 working days", date(2026, 11, 11)),
        ("small-firm mortgage loan, whole process", "20 working days", date(2026, 11, 30)),
        ("small-firm single transaction, whole process", "16 working days", date(2026, 11, 24)),
        ("review: supply chain, small firm, operating loans", "T+3", date(2026, 11, 5)),
        ("review: consumer loans", "T+2", date(2026, 11, 4)),
        ("review: drawdown under a small-firm limit", "T+1", date(2026, 11, 3)),
        ("review: drawdown under a personal limit, the same day", "T+0", date(2026, 11, 2)),
        ("approval by one approver", "1 working day", date(2026, 11, 3)),
        ("approval by two approvers", "2 working days", date(2026, 11, 4)),
        ("decision of the committee by the next day", "1 day", date(2026, 11, 3)),
        ("main business data", "T+1", date(2026, 11, 3)),
        ("all data", "T+2", date(2026, 11, 4)),
        ("earlier price notice", "10 working days", date(2026, 11, 16)),
        ("earlier report", "15 working days", date(2026, 11, 23)),
        ("higher market price", "3 months", date(2027, 2, 2)),
        ("pre-approval and re-rating", "6 months", date(2027, 5, 2)),
    ],
)
def test_the_figures_of_the_texts(what: str, length: str, day: date) -> None:
    """Limits of S71, S72, S54, S66 and S80 for what comes in on an ordinary Monday morning."""
    found = _end(MONDAY, length)
    assert day == found.day, what
    assert datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(days=1) == found.at
    assert date(2026, 11, 2) == found.since
    assert not found.provisional


NIGHTS = [_local(2026, 11, 2, 17, 50), _local(2026, 11, 7, 23, 0), _local(2026, 2, 17, 3, 0)]


@pytest.mark.parametrize("start", NIGHTS)
def test_hours_run_round_the_clock(start: datetime) -> None:
    """A repair visit is due within two hours, in the evening, on a Saturday and at Spring Festival (S85)."""
    found = _end(start, "2 hours", cut_off=time(16))
    assert start + timedelta(hours=2) == found.at
    assert (start + timedelta(hours=2)).date() == found.day
    assert start + timedelta(hours=24) == _end(start, "24 hours").at


def test_holidays_and_make_up_days_count() -> None:
    """Five working days over Spring Festival 2026: a Saturday is worked, nine days on end are free."""
    assert date(2026, 2, 26) == _end(_local(2026, 2, 12, 10, 0), "5 working days").day


@pytest.mark.parametrize(
    ("start", "cut_off", "since", "day"),
    [
        (_local(2026, 11, 6, 15, 59), time(16), date(2026, 11, 6), date(2026, 11, 9)),
        (_local(2026, 11, 6, 16, 0), time(16), date(2026, 11, 9), date(2026, 11, 10)),
        (_local(2026, 11, 7, 9, 0), time(16), date(2026, 11, 9), date(2026, 11, 10)),
        (_local(2026, 11, 7, 9, 0), None, date(2026, 11, 9), date(2026, 11, 10)),
        (_local(2026, 11, 6, 23, 0), None, date(2026, 11, 6), date(2026, 11, 9)),
    ],
)
def test_the_cut_off_hour_moves_the_receipt(
    start: datetime, cut_off: time | None, since: date, day: date
) -> None:
    """After the hour, and on a free day, T is the next working day; T+1 is the one after it."""
    found = _end(start, "T+1", cut_off=cut_off)
    assert (since, day) == (found.since, found.day)
    same = _end(start, "T+0", cut_off=cut_off)
    assert since == same.day


def test_days_that_are_no_working_days_keep_the_day_of_receipt() -> None:
    """A limit in calendar days runs from the day itself, unless a cut-off hour says otherwise."""
    saturday = _local(2026, 11, 7, 9, 0)
    assert date(2026, 11, 9) == _end(saturday, "2 days").day
    assert date(2026, 11, 11) == _end(saturday, "2 days", cut_off=time(16)).day


def test_opening_hours_are_the_cut_off_where_none_is_set() -> None:
    """What comes in after closing counts as the next working day; a limit's own hour goes before it."""
    outlet = Calendar("outlet", weekdays=frozenset(range(6)), opens=time(8, 30), closes=time(18, 30))
    evening = _local(2026, 11, 6, 19, 0)
    assert date(2026, 11, 7) == received(Limit(span("T+1")), evening, outlet, ZONE).day
    assert date(2026, 11, 6) == received(Limit(span("T+1"), cut_off=time(20)), evening, outlet, ZONE).day


@pytest.mark.parametrize(
    ("length", "warn", "at"),
    [
        ("T+3", "1 working day", _local(2026, 11, 4, 0, 0)),
        ("T+3", "4 hours", _local(2026, 11, 5, 20, 0)),
        ("7 working days", "3 working days", _local(2026, 11, 6, 0, 0)),
        ("10 days", "2 days", _local(2026, 11, 10, 0, 0)),
        ("10 days", "1 week", _local(2026, 11, 5, 0, 0)),
        ("3 months", "1 month", _local(2027, 1, 2, 0, 0)),
        ("2 years", "1 year", _local(2027, 11, 2, 0, 0)),
        ("2 hours", "1 hour", _local(2026, 11, 2, 10, 0)),
        ("72 hours", "1 working day", _local(2026, 11, 4, 0, 0)),
    ],
)
def test_warnings_come_before_the_end(length: str, warn: str, at: datetime) -> None:
    """Each unit may warn of each; days warn from their beginning."""
    assert at == _end(MONDAY, length, warn=warn).warn_at


def test_no_warning_is_none() -> None:
    """A limit that warns of nothing has no such instant, and hours are no span of days."""
    assert _end(MONDAY, "T+1").warn_at is None
    with pytest.raises(ValueError, match="no days"):
        back(date(2026, 11, 2), span("2 hours"), STATUTORY)


@pytest.mark.parametrize(
    ("length", "start", "until", "taken"),
    [
        ("7 working days", _local(2026, 11, 3, 9, 0), _local(2026, 11, 3, 17, 0), 0),
        ("7 working days", _local(2026, 11, 3, 9, 0), _local(2026, 11, 5, 9, 0), 2),
        ("7 working days", _local(2026, 11, 6, 9, 0), _local(2026, 11, 9, 9, 0), 1),
        ("7 working days", _local(2026, 11, 7, 9, 0), _local(2026, 11, 8, 9, 0), 0),
        ("10 days", _local(2026, 11, 6, 9, 0), _local(2026, 11, 9, 9, 0), 3),
        ("2 hours", _local(2026, 11, 6, 9, 0), _local(2026, 11, 6, 9, 30), 1800),
        ("2 hours", _local(2026, 11, 6, 9, 0), _local(2026, 11, 6, 8, 0), 0),
        ("10 days", _local(2026, 11, 6, 9, 0), _local(2026, 11, 5, 8, 0), 0),
    ],
)
def test_a_pause_takes_what_stood_still(length: str, start: datetime, until: datetime, taken: int) -> None:
    """Working days at whose end the clock stood, all such days, or the seconds; never less than nothing."""
    assert taken == lost(Limit(span(length)), start, until, STATUTORY, ZONE)


def test_what_a_pause_took_is_added() -> None:
    """The end moves by the days or seconds lost."""
    assert date(2026, 11, 13) == _end(MONDAY, "7 working days", paused=2).day
    assert date(2026, 11, 15) == _end(MONDAY, "10 days", paused=3).day
    assert MONDAY + timedelta(hours=2, minutes=30) == _end(MONDAY, "2 hours", paused=1800).at


def test_beyond_the_published_years_days_are_provisional() -> None:
    """Never an error: Monday to Friday count, and the answer says that it may move."""
    found = _end(_local(2050, 3, 1, 9, 0), "T+3")
    assert (date(2050, 3, 4), True) == (found.day, found.provisional)
    assert _end(_local(2050, 3, 5, 9, 0), "T+0").provisional
    assert not _end(_local(2050, 3, 1, 9, 0), "2 hours").provisional


def test_from_december_on_a_missing_notice_is_said() -> None:
    """In December the notice of the coming year is missed, not before, and not once it is there."""
    assert unpublished_year(date(2049, 12, 1)) == 2050
    assert unpublished_year(date(2049, 11, 30)) is None
    assert unpublished_year(date(2025, 12, 31)) is None
    assert unpublished_year(date(2049, 12, 1), Calendar(complete=frozenset([2050]))) is None


INSTANTS = st.datetimes(datetime(2005, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zoned by the strategy
COUNTS = st.integers(0, 40)
UNITS = st.sampled_from(["working days", "days", "hours"])
OFFS = st.sampled_from([None, time(12), time(16)])
OWN = st.builds(
    Calendar,
    weekdays=st.none() | st.frozensets(st.integers(0, 6), min_size=1),
    holidays=st.frozensets(st.dates(date(2005, 1, 1), date(2060, 1, 1)), max_size=5),
    working=st.frozensets(st.dates(date(2005, 1, 1), date(2060, 1, 1)), max_size=5),
    closes=OFFS,
)


LIMITS = st.builds(
    lambda count, unit, cut_off: Limit(span(f"{count} {unit}"), None, cut_off), COUNTS, UNITS, OFFS
)


@settings(max_examples=50)
@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=30)), LIMITS, OWN)
def test_what_comes_in_later_is_never_due_earlier(
    start: datetime, later: timedelta, limit: Limit, kept: Calendar
) -> None:
    """Ends are in the order of receipt, whatever the calendar, the unit and the cut-off hour."""
    assert end(limit, start, kept, ZONE).at <= end(limit, start + later, kept, ZONE).at


@settings(max_examples=50)
@given(INSTANTS, COUNTS, OFFS, OWN)
def test_working_days_end_on_a_working_day(
    start: datetime, count: int, cut_off: time | None, kept: Calendar
) -> None:
    """T and T+n are days on which people work, and the end comes after the start."""
    found = end(Limit(span(f"{count} working days"), None, cut_off), start, kept, ZONE)
    assert kept.is_working_day(found.since)
    assert kept.is_working_day(found.day)
    assert start < found.at


@settings(max_examples=50)
@given(st.dates(date(2005, 1, 1), date(2060, 1, 1)), COUNTS, COUNTS, OWN)
def test_working_days_add_up(day: date, first: int, second: int, kept: Calendar) -> None:
    """From a working day, a + b days are a days and then b days; back again is the same day."""
    assume(kept.is_working_day(day))
    there = kept.add(day, first + second).day
    assert kept.add(kept.add(day, first).day, second).day == there
    assert kept.before(there, first + second) == day
    assert kept.working_days(day, there) == first + second


@settings(max_examples=50)
@given(INSTANTS, LIMITS, st.timedeltas(timedelta(0), timedelta(days=60)), OWN)
def test_a_pause_never_shortens(start: datetime, limit: Limit, length: timedelta, kept: Calendar) -> None:
    """A pause moves the end on or leaves it; a longer one never moves it less."""
    paused = start + timedelta(days=1, hours=5)
    taken = lost(limit, paused, paused + length, kept, ZONE)
    longer = lost(limit, paused, paused + length + timedelta(days=3), kept, ZONE)
    ends = [end(limit, start, kept, ZONE, each).at for each in (0, taken, longer)]
    assert sorted(ends) == ends


@given(INSTANTS, COUNTS, UNITS, st.integers(0, 10), UNITS)
def test_a_warning_is_never_after_the_end(start: datetime, count: int, unit: str, by: int, warn: str) -> None:
    """Whatever the units, the warning comes before the end."""
    found = end(Limit(span(f"{count} {unit}"), span(f"{by} {warn}")), start, STATUTORY, ZONE)
    assert found.warn_at is not None
    assert found.warn_at <= found.at


def test_a_calendar_without_work_is_a_fault() -> None:
    """It would count for ever; an unpublished holiday of one's own is settled, though."""
    never = Calendar("never", weekdays=frozenset())
    with pytest.raises(ValueError, match="no working day"):
        never.add(date(2026, 11, 2), 1)
    assert span("T+1").unit == Unit.WORKING_DAY
