"""Law 6, DOC-03: never two revisions in force on one day, whatever is entered and withdrawn."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.documents import validity
from qms.documents.errors import LaterRevisionSet, RevisionEnded
from qms.documents.validity import Ending, Interval

START = date(2026, 1, 1)
SPAN = 60
ACTS = st.lists(st.tuples(st.sampled_from(["enter", "withdraw"]), st.integers(0, SPAN), st.integers(0, 8)))


def day(number: int) -> date:
    """A day of the test's calendar."""
    return START + timedelta(days=number)


def test_entering_ends_the_predecessor() -> None:
    """The predecessor's last day is the eve of the new one's first."""
    table = validity.enter(validity.enter((), "A/0", day(0)), "A/1", day(10))
    assert table == (
        Interval("A/0", day(0), day(10), Ending.SUPERSEDED),
        Interval("A/1", day(10)),
    )
    assert [validity.in_force(table, day(number)) for number in (9, 10)] == list(table)


@pytest.mark.parametrize("number", [9, 10])
def test_a_revision_enters_after_all_others(number: int) -> None:
    """Neither on the day of another one nor before it, even while that one is pending."""
    table = validity.enter(validity.enter((), "A/0", day(0)), "A/1", day(10))
    with pytest.raises(LaterRevisionSet):
        validity.enter(table, "A/2", day(number))


def test_withdrawal_ends() -> None:
    """From the day of withdrawal nothing is in force."""
    table = validity.withdraw(validity.enter((), "A/0", day(0)), "A/0", day(5), day(5))
    assert table == (Interval("A/0", day(0), day(5), Ending.WITHDRAWN),)
    assert validity.in_force(table, day(5)) is None


@pytest.mark.parametrize("today", [10, 9])
def test_a_withdrawal_on_the_first_day(today: int) -> None:
    """What has entered is out of force that very day and brings nothing back; what has not never enters."""
    table = validity.enter(validity.enter((), "A/0", day(0)), "A/1", day(10))
    table = validity.withdraw(table, "A/1", day(10), day(today))
    has_entered = today == 10
    assert table[1] == Interval("A/1", day(10), day(10), Ending.WITHDRAWN)
    assert table[0] == (
        Interval("A/0", day(0), day(10), Ending.SUPERSEDED) if has_entered else Interval("A/0", day(0))
    )
    assert validity.in_force(validity.enter(table, "A/2", day(10)), day(10)) == Interval("A/2", day(10))


def test_a_pending_revision_withdrawn_never_enters() -> None:
    """Law 5: the one it would have superseded goes on, and its day is free again."""
    table = validity.enter(validity.enter((), "A/0", day(0)), "A/1", day(10))
    table = validity.withdraw(table, "A/1", day(9), day(9))
    assert table == (Interval("A/0", day(0)), Interval("A/1", day(10), day(10), Ending.WITHDRAWN))
    assert table[1].is_empty
    assert validity.in_force(validity.enter(table, "A/2", day(10)), day(10)) == Interval("A/2", day(10))


def test_a_pending_revision_between_two_leaves_no_overlap() -> None:
    """The predecessor goes on until the next pending one enters."""
    table = validity.enter(validity.enter((), "A/0", day(0)), "A/1", day(10))
    table = validity.withdraw(validity.enter(table, "A/2", day(20)), "A/1", day(5), day(5))
    assert table[0] == Interval("A/0", day(0), day(20), Ending.SUPERSEDED)


@pytest.mark.parametrize("revision", ["A/0", "A/1", "B/0"])
def test_only_what_is_or_will_be_in_force_is_withdrawn(revision: str) -> None:
    """What has ended, never entered or is unknown cannot be withdrawn."""
    table = validity.enter(validity.enter((), "A/0", day(0)), "A/1", day(10))
    table = validity.enter(validity.withdraw(table, "A/1", day(5), day(5)), "A/2", day(20))
    with pytest.raises(RevisionEnded):
        validity.withdraw(table, revision, day(30), day(30))


@given(ACTS)
def test_never_two_on_one_day(acts: list[tuple[str, int, int]]) -> None:
    """Whatever is entered and withdrawn, legal acts leave at most one revision on each day."""
    table: tuple[Interval, ...] = ()
    for number, act in enumerate(acts):
        table = played(table, f"r{number}", act)
        for one in range(SPAN + 2):
            assert sum(interval.covers(day(one)) for interval in table) <= 1
        assert all((entry.until_on is None) == (entry.ended_by is None) for entry in table)
        assert all(entry.until_on is None or entry.until_on >= entry.from_on for entry in table)
    assert len({entry.revision for entry in table}) == len(table)


@given(ACTS, ACTS, st.integers(0, SPAN))
def test_the_past_is_not_rewritten(
    first: list[tuple[str, int, int]], then: list[tuple[str, int, int]], today: int
) -> None:
    """Acts dated from today on leave what was in force before today as it was."""
    table: tuple[Interval, ...] = ()
    for number, act in enumerate(first):
        table = played(table, f"r{number}", act)
    past = names(table, today)
    for number, (verb, on, which) in enumerate(then):
        table = played(table, f"s{number}", (verb, on + today, which), today)
    assert names(table, today) == past


def played(
    table: tuple[Interval, ...], revision: str, act: tuple[str, int, int], today: int | None = None
) -> tuple[Interval, ...]:
    """The table after an act, or as it was where the act is refused; it is done on its day or on `today`."""
    verb, on, which = act
    try:
        if verb == "enter":
            return validity.enter(table, revision, day(on))
        named = table[which % len(table)].revision if table else "none"
        return validity.withdraw(table, named, day(on), day(on if today is None else today))
    except (LaterRevisionSet, RevisionEnded):
        return table


def names(table: tuple[Interval, ...], days: int) -> list[str | None]:
    """What is in force on each of the first days."""
    found = [validity.in_force(table, day(one)) for one in range(days)]
    return [entry.revision if entry else None for entry in found]
