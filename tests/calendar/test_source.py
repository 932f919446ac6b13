"""The calendars an organisation writes itself, read strictly."""

from __future__ import annotations

import os
from datetime import date, time
from pathlib import Path

import pytest

from qms.calendar import STATUTORY, Calendars, CalendarsUnreadable, NoSuchCalendar, calendars
from qms.calendar.source import read

GOOD = """
default: outlet
calendars:
  office:
    complete: [2027]
    holidays: [2027-01-01, 2027-02-05/2027-02-12]
    make-up-days: [2027-02-14]
    cut-off: 16:00
  outlet:
    working-days: [monday, tuesday, wednesday, thursday, friday, saturday]
    hours: 08:30-18:30
"""


def test_calendars_are_read() -> None:
    """Days of one's own stand over the statutory ones; a week of one's own stands alone."""
    found = read(GOOD, "calendars.yaml")
    office, outlet = found.calendar("office"), found.calendar(None)
    assert not office.is_working_day(date(2027, 2, 8))
    assert office.is_working_day(date(2027, 2, 14))
    assert office.is_working_day(date(2027, 3, 1))
    assert office.is_published(date(2027, 3, 1))
    assert not office.is_working_day(date(2026, 2, 17))
    assert office.latest == time(16)
    assert outlet.is_working_day(date(2026, 2, 17))
    assert (outlet.opens, outlet.latest) == (time(8, 30), time(18, 30))
    assert found.calendar("statutory") == STATUTORY
    with pytest.raises(NoSuchCalendar, match="outlet"):
        found.calendar("shop")


def test_nothing_written_is_the_statutory_calendar(tmp_path: Path) -> None:
    """Without a file, or with an empty one, the statutory calendar counts."""
    assert calendars(tmp_path) == Calendars()
    assert read("", "calendars.yaml") == Calendars()
    assert read("calendars: {}", "calendars.yaml").default == STATUTORY


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """No restart is needed."""
    path = tmp_path / "calendars.yaml"
    path.write_text(GOOD, "utf-8")
    assert calendars(tmp_path).default.name == "outlet"
    path.write_text(GOOD.replace("default: outlet", "default: office"), "utf-8")
    os.utime(path, ns=(1, 1))
    assert calendars(tmp_path).default.name == "office"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CalendarsUnreadable, match="UTF-8"):
        calendars(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- x", "calendars.yaml:1: Something of another kind"),
        ("calendars: []", "calendars.yaml:1: Something of another kind"),
        ("calendar: {}", "no “calendar” here; there are default, calendars"),
        ("calendars:\n  A: {}", "calendars.yaml:2: “A” cannot name a calendar"),
        ("calendars:\n  a: {}\n  a: {}", "The key a stands here twice"),
        ("default: b\ncalendars:\n  a: {}", "calendars.yaml:1: There is no calendar named b"),
        ("calendars:\n  a: {open: 1}", "no “open” here"),
        ("calendars:\n  a:\n    holidays: 2026-01-01", "calendars.yaml:3: Something of another kind"),
        ("calendars:\n  a:\n    holidays:\n      - tomorrow", "calendars.yaml:4: “tomorrow” is no day"),
        ("calendars:\n  a: {holidays: [2026-02-30]}", "“2026-02-30” is no day"),
        ("calendars:\n  a: {holidays: [2026-02-03/2026-02-01]}", "is no day"),
        ("calendars:\n  a: {holidays: [2026-02-03/2036-02-01]}", "is no day"),
        ("calendars:\n  a: {holidays: [{x: 1}]}", "Something of another kind"),
        ("calendars:\n  a: {working-days: [lundi]}", "“lundi” is no day of the week"),
        ("calendars:\n  a: {working-days: []}", "needs one day of the week"),
        ("calendars:\n  a: {complete: [27]}", "“27” is no year"),
        ("calendars:\n  a: {hours: all day}", "“all day” is no hour"),
        ("calendars:\n  a: {hours: 18:30-08:30}", "“18:30-08:30” is no hour"),
        ("calendars:\n  a: {cut-off: 4pm}", "“4pm” is no hour"),
        ("calendars: {", "The YAML cannot be read"),
        ("calendars: \x07", "The YAML cannot be read"),
        ("[" * 5000, "nested too deeply"),
        ("#" * 200_001, "longer than 200000"),
    ],
)
def test_faults_name_file_and_line(text: str, said: str) -> None:
    """Each fault says where it stands and what is meant; nothing of such a file is taken."""
    with pytest.raises(CalendarsUnreadable) as refused:
        read(text, "calendars.yaml")
    assert said in refused.value.sentence("en")
    assert refused.value.sentence("zh-Hans") != refused.value.sentence("en")
