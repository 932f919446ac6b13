"""DOC-07: what is outstanding is a difference of sets, on any day, for these contents alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.calendar import Due, Span, Unit, span
from qms.documents import distribution
from qms.documents.defaults import Kind
from qms.documents.distribution import Acknowledged, Distribution, Group, Membership, Owed

START = date(2026, 3, 2)
DIGEST = "d" * 64
TEN = Span(10, Unit.WORKING_DAY)
ABOVE = {"outlet": "credit", "credit": "centre", "risk": "centre", "centre": None}


def day(number: int) -> date:
    """A day of the test's calendar."""
    return START + timedelta(days=number)


def member(person: int, code: str, begin: int = 0, end: int | None = None) -> Membership:
    """A membership in a department."""
    return Membership(person, Group.DEPARTMENT, code, day(begin), None if end is None else day(end))


def given_to(*departments: str, posts: tuple[str, ...] = (), people: tuple[int, ...] = ()) -> Distribution:
    """A distribution to some."""
    return Distribution(frozenset(departments), frozenset(posts), frozenset(people), TEN)


EVERYBODY = Distribution(None, frozenset(), frozenset(), TEN)


def test_a_head_is_read() -> None:
    """Departments, posts, people by login, and a span of reading; the kind's where nothing is said."""
    head = {
        "departments": ["credit"],
        "posts": ["reviewer"],
        "people": ["li", "gone"],
        "read-within": "5 days",
    }
    assert distribution.read_distribution(head, Kind.FORM, {"li": 7}) == Distribution(
        frozenset({"credit"}), frozenset({"reviewer"}), frozenset({7}), span("5 days")
    )
    assert distribution.read_distribution({"departments": "all"}, Kind.FORM) == EVERYBODY
    assert distribution.read_distribution(None, Kind.FORM) == EVERYBODY


@pytest.mark.parametrize(
    ("whom", "expected"),
    [
        (EVERYBODY, {1, 2, 3, 4}),
        (given_to("credit"), {1, 2}),
        (given_to("outlet"), {2}),
        (given_to("centre"), {1, 2, 3}),
        (given_to(posts=("reviewer",)), {4}),
        (given_to("risk", people=(2,)), {2, 3}),
        (given_to(people=(9,)), set()),
    ],
)
def test_whom_a_distribution_reaches(whom: Distribution, expected: set[int]) -> None:
    """A department reaches all below it; a person is reached while they belong somewhere."""
    memberships = [
        member(1, "credit"),
        member(2, "outlet"),
        member(3, "risk"),
        Membership(4, Group.POST, "reviewer", day(0)),
    ]
    assert distribution.owing(whom, memberships, day(5), ABOVE) == expected


def test_joiners_leavers_and_movers() -> None:
    """A joiner is reached from the first day, a leaver no longer on the last one, a mover drops out."""
    memberships = [
        member(1, "credit", 3),
        member(2, "credit", 0, 3),
        member(3, "credit", 0, 4),
        member(3, "risk", 4),
    ]
    reached = [distribution.owing(given_to("credit"), memberships, day(number)) for number in range(5)]
    assert reached == [{2, 3}, {2, 3}, {2, 3}, {1, 3}, {1}]


def test_an_acknowledgement_counts_for_its_digest_from_its_day() -> None:
    """A new revision resets: the digest is another one."""
    signed = [Acknowledged(1, DIGEST, day(2)), Acknowledged(2, "e" * 64, day(0))]
    memberships = [member(1, "credit"), member(2, "credit")]
    owed = [
        distribution.outstanding(EVERYBODY, memberships, signed, digest=DIGEST, day=day(number))
        for number in (1, 2)
    ]
    assert owed == [{1, 2}, {2}]


def test_due_days() -> None:
    """From the effective day; for a joiner from the day of joining, whatever moves came between."""
    memberships = [
        member(1, "credit", -100),
        member(2, "credit", 7),
        member(3, "risk", -50, 3),
        member(3, "credit", 3),
        member(4, "credit", -50, -10),
        member(4, "credit", 9),
        member(5, "credit", 30),
    ]
    owed = distribution.owed(
        EVERYBODY, memberships, [], digest=DIGEST, effective_on=day(0), day=day(10), above=ABOVE
    )
    assert owed == [
        Owed(1, day(0), Due(date(2026, 3, 16))),
        Owed(3, day(0), Due(date(2026, 3, 16))),
        Owed(2, day(7), Due(date(2026, 3, 23))),
        Owed(4, day(9), Due(date(2026, 3, 25))),
    ]


def test_a_mover_into_the_distribution_is_a_joiner() -> None:
    """Days spent outside the distribution do not count."""
    memberships = [member(3, "risk", -50, 3), member(3, "credit", 3)]
    owed = distribution.owed(
        given_to("credit"), memberships, [], digest=DIGEST, effective_on=day(0), day=day(5), above=ABOVE
    )
    assert [entry.since for entry in owed] == [day(3)]


def test_a_circle_of_departments_ends() -> None:
    """Even a wrong tree is walked once."""
    assert distribution.owing(given_to("x"), [member(1, "a")], day(0), {"a": "b", "b": "a"}) == frozenset()


PEOPLE = st.integers(1, 6)
MEMBERSHIPS = st.lists(
    st.builds(
        lambda person, group, code, begin, length: Membership(
            person, group, code, day(begin), None if length is None else day(begin + length)
        ),
        PEOPLE,
        st.sampled_from(Group),
        st.sampled_from(["credit", "outlet", "risk"]),
        st.integers(-20, 20),
        st.none() | st.integers(1, 20),
    ),
    max_size=12,
)
SIGNED = st.lists(
    st.builds(Acknowledged, PEOPLE, st.sampled_from([DIGEST, "e" * 64]), st.integers(0, 20).map(day)),
    max_size=8,
)
WHOM = st.just(EVERYBODY) | st.builds(
    Distribution,
    st.frozensets(st.sampled_from(["credit", "outlet", "centre"])),
    st.frozensets(st.sampled_from(["credit", "risk"])),
    st.frozensets(PEOPLE, max_size=2),
    st.just(TEN),
)


@given(WHOM, MEMBERSHIPS, SIGNED, st.integers(-25, 45).map(day))
def test_outstanding_is_the_set_difference(
    whom: Distribution, memberships: list[Membership], signed: list[Acknowledged], on: date
) -> None:
    """On any day: those reached, by a plain reading of the rule, minus those who signed; each due once."""
    reached = set()
    for entry in memberships:
        present = entry.from_on <= on and (entry.until_on is None or on < entry.until_on)
        line = {"outlet": {"outlet", "credit", "centre"}}.get(entry.code, {entry.code, "centre"})
        by_department = entry.group is Group.DEPARTMENT and whom.departments and line & whom.departments
        by_post = entry.group is Group.POST and entry.code in whom.posts
        if present and (whom.departments is None or by_department or by_post or entry.person in whom.people):
            reached.add(entry.person)
    done = {entry.person for entry in signed if entry.digest == DIGEST and entry.on <= on}
    owed = distribution.owed(
        whom, memberships, signed, digest=DIGEST, effective_on=START, day=on, above=ABOVE
    )
    assert sorted(entry.person for entry in owed) == sorted(reached - done)
    assert distribution.outstanding(whom, memberships, signed, digest=DIGEST, day=on, above=ABOVE) == {
        entry.person for entry in owed
    }
    assert all(entry.since == max(START, entry.since) <= max(START, on) for entry in owed)
