"""Pure rules: who owes the reading of a revision in force, by membership on a day (DOC-07).

The module is told who belonged where from which day to which, and who acknowledged what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from qms.calendar import Due, Span, after, span
from qms.documents.defaults import BY_KIND, Kind


class Group(StrEnum):
    """By what a person belongs to the organisation."""

    DEPARTMENT = "department"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's days in a department or on a post, the last one exclusive."""

    person: int
    group: Group
    code: str
    from_on: date
    until_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the person belongs there on the day."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Whom a revision is for: `departments=None` is everybody; people are ids of persons."""

    departments: frozenset[str] | None
    posts: frozenset[str]
    people: frozenset[int]
    read_within: Span


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """That a person signed for exactly these contents on a day."""

    person: int
    digest: str
    on: date


@dataclass(frozen=True, slots=True)
class Owed:
    """A reading somebody owes, since when, and until when it should be done."""

    person: int
    since: date
    due: Due


def read_distribution(
    value: Mapping[str, Any] | None, kind: str, ids: Mapping[str, int] | None = None
) -> Distribution:
    """The distribution a head declares; without one a document is for every department.

    `ids` gives the person for each login name under `people`; names it lacks reach nobody.
    """
    given = value or {"departments": "all"}
    departments = given.get("departments", ())
    known = ids or {}
    within = given.get("read-within")
    return Distribution(
        departments=None if departments == "all" else frozenset(departments),
        posts=frozenset(given.get("posts", ())),
        people=frozenset(known[login] for login in given.get("people", ()) if login in known),
        read_within=span(within) if within else BY_KIND[Kind(kind)].read_within,
    )


def covers(
    distribution: Distribution, membership: Membership, above: Mapping[str, str | None] | None = None
) -> bool:
    """Whether a membership puts its person under the distribution.

    `above` maps a department to the one above it: a distribution to a department reaches all
    departments below.
    """
    if distribution.departments is None or membership.person in distribution.people:
        return True
    if membership.group is Group.POST:
        return membership.code in distribution.posts
    return not distribution.departments.isdisjoint(_upward(membership.code, above or {}))


def owing(
    distribution: Distribution,
    memberships: Iterable[Membership],
    day: date,
    above: Mapping[str, str | None] | None = None,
) -> frozenset[int]:
    """Whom the distribution reaches on the day: joiners are in, leavers and movers are out."""
    return frozenset(
        entry.person for entry in memberships if entry.covers(day) and covers(distribution, entry, above)
    )


def outstanding(
    distribution: Distribution,
    memberships: Iterable[Membership],
    acknowledged: Collection[Acknowledged],
    *,
    digest: str,
    day: date,
    above: Mapping[str, str | None] | None = None,
) -> frozenset[int]:
    """Who still owes the reading on the day: those reached, minus those who signed for this digest."""
    done = {entry.person for entry in acknowledged if entry.digest == digest and entry.on <= day}
    return owing(distribution, memberships, day, above) - done


def owed(
    distribution: Distribution,
    memberships: Sequence[Membership],
    acknowledged: Collection[Acknowledged],
    *,
    digest: str,
    effective_on: date,
    day: date,
    above: Mapping[str, str | None] | None = None,
) -> list[Owed]:
    """The readings outstanding on the day with their due days, by due day and person.

    The span runs from the effective day, for a joiner from the day of joining.
    """
    people = outstanding(distribution, memberships, acknowledged, digest=digest, day=day, above=above)
    reached = [
        entry for entry in memberships if entry.person in people and covers(distribution, entry, above)
    ]
    found = []
    for person in people:
        mine = [entry for entry in reached if entry.person == person]
        since = max(effective_on, _since(mine, day))
        found.append(Owed(person, since, after(since, distribution.read_within)))
    return sorted(found, key=lambda entry: (entry.due.day, entry.person))


def _since(memberships: Sequence[Membership], day: date) -> date:
    """The first day of the unbroken run of memberships that holds on the day."""
    begin = day
    for entry in sorted(memberships, key=lambda entry: entry.from_on, reverse=True):
        if entry.from_on <= begin and (entry.until_on is None or begin <= entry.until_on):
            begin = entry.from_on
    return begin


def _upward(code: str, above: Mapping[str, str | None]) -> set[str]:
    seen: set[str] = set()
    here: str | None = code
    while here is not None and here not in seen:
        seen.add(here)
        here = above.get(here)
    return seen
