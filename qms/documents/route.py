"""Pure rules: who may sign a revision now and what their signatures make complete (DOC-02, SEC-28).

The module is told who holds which post and role today and which signatures of the round exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from qms.documents.defaults import BY_KIND, Kind
from qms.documents.errors import (
    ApproverIsAuthor,
    CommentsOpen,
    NotInRoute,
    SeatTaken,
    SignedAlready,
    StageClosed,
    SubstituteNotAllowed,
)
from qms.kernel.errors import Problem
from qms.kernel.labels import N_, Phrase


class StageName(StrEnum):
    """The stages of every route, in their order."""

    REVIEW = "review"
    APPROVE = "approve"
    RELEASE = "release"


STAGES: Final[Mapping[StageName, str]] = {
    StageName.REVIEW: N_("Review"),
    StageName.APPROVE: N_("Approval"),
    StageName.RELEASE: N_("Release"),
}
ALL: Final = "all"
EACH: Final = "each"
ANY: Final = "any"


@dataclass(frozen=True, slots=True)
class Stage:
    """Whom a stage asks, as seats `post:CODE` and `role:CODE`, and how many of them.

    `all` asks every holder of every seat, `each` (where nothing is said) one holder of each seat,
    `any` one holder in all, a number so many persons.
    """

    name: StageName
    seats: tuple[str, ...]
    quorum: str | int = EACH


@dataclass(frozen=True, slots=True)
class Route:
    """The stages a revision passes: review, approval, release."""

    stages: tuple[Stage, ...]

    def stage(self, name: StageName) -> Stage:
        """The stage of a name."""
        return next(stage for stage in self.stages if stage.name is name)


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds each seat today, and who may stand in for a person today."""

    seats: Mapping[str, frozenset[int]]
    substitutes: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def of(self, seat: str) -> frozenset[int]:
        """The holders of a seat; none where it is vacant."""
        return self.seats.get(seat, frozenset())

    def seats_of(self, person: int, stage: Stage) -> frozenset[str]:
        """The seats of a stage that a person holds."""
        return frozenset(seat for seat in stage.seats if person in self.of(seat))


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature of this round: by whom, for whom where it was a substitute, for which seats."""

    stage: StageName
    person: int
    standing_for: int | None = None
    seats: frozenset[str] = frozenset()

    @property
    def counts_for(self) -> int:
        """The person whose word it is."""
        return self.person if self.standing_for is None else self.standing_for


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a route is: the open stage (None when all is signed) and who may sign it now.

    `standing_in` maps a substitute to those they may sign for; `missing` are the seats that have
    not been heard, `left` the least number of signatures still needed.
    """

    stage: Stage | None
    signers: frozenset[int] = frozenset()
    standing_in: Mapping[int, frozenset[int]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    left: int = 0

    @property
    def is_approved(self) -> bool:
        """Whether review and approval are complete."""
        return self.stage is None or self.stage.name is StageName.RELEASE

    @property
    def is_complete(self) -> bool:
        """Whether every stage is complete."""
        return self.stage is None


@dataclass(frozen=True, slots=True)
class Admission:
    """That a person may sign the open stage now, and for which seats."""

    stage: Stage
    seats: frozenset[str]


def read_route(value: Mapping[str, Any] | None, kind: str) -> Route:
    """The route a head declares; stages it leaves out come from the kind's default."""
    default = BY_KIND[Kind(kind)].route
    given = value or {}
    return Route(tuple(_stage(name, given.get(name) or default[name]) for name in StageName))


def plain(route: Route) -> dict[str, Any]:
    """The route as a head writes it; `read_route` reads it back."""
    return {
        stage.name.value: {
            "posts": [seat.removeprefix("post:") for seat in stage.seats if seat.startswith("post:")],
            "roles": [seat.removeprefix("role:") for seat in stage.seats if seat.startswith("role:")],
            "quorum": stage.quorum,
        }
        for stage in route.stages
    }


def _stage(name: StageName, value: Mapping[str, Any]) -> Stage:
    posts = (f"post:{code}" for code in value.get("posts", ()))
    roles = (f"role:{code}" for code in value.get("roles", ()))
    return Stage(name, tuple(dict.fromkeys((*posts, *roles))), value.get("quorum", EACH))


def faults(route: Route, holders: Holders, author: int) -> list[Problem]:
    """Why a route could never be completed today: vacant seats, more signatures than people."""
    found = []
    for stage in route.stages:
        field_ = f"route.{stage.name}"
        able = _members(stage, holders, author)
        if _counts(stage) or not stage.seats:
            needed = _number(stage)
            if len(able) < needed:
                text = N_(
                    "The stage asks for {needed} signature(s), but only {count} person(s) could give one."
                )
                facts = {"needed": needed, "count": len(able)}
                found.append(Problem(text, field=field_, facts=facts))
            continue
        for seat in stage.seats:
            if not holders.of(seat) & able:
                text = N_("Nobody who could sign holds {seat}; appoint somebody or change the route.")
                found.append(Problem(text, field=field_, facts={"seat": seat.partition(":")[2]}))
    return found


def progress(
    route: Route, holders: Holders, signed: Sequence[Signed], *, author: int, approved: bool = False
) -> Progress:
    """How far the route is today.

    A stage that was left for a later one stays closed, whoever is appointed afterwards;
    `approved` says that the revision is approved, so that only release can be open.
    """
    for stage in _ahead(route, signed, approved=approved):
        given = _given(stage, signed, author)
        if not _complete(stage, holders, given, author):
            return _open(stage, holders, given, author)
    return Progress(None)


def admit(
    route: Route,
    holders: Holders,
    signed: Sequence[Signed],
    *,
    person: int,
    author: int,
    what: str,
    standing_for: int | None = None,
    open_comments: int = 0,
    approved: bool = False,
) -> Admission:
    """That the person may sign the open stage now, for themselves or as a substitute; else the refusal.

    Whom the stage asks themselves does not stand in for another, so that every voice has its hand.
    """
    now = progress(route, holders, signed, author=author, approved=approved)
    stage = now.stage
    if stage is None:
        raise StageClosed(what=what)
    facts = {"what": what, "stage": Phrase(STAGES[stage.name])}
    if stage.name is StageName.APPROVE and author in (person, standing_for):
        raise ApproverIsAuthor(what=what)
    members = _members(stage, holders, author)
    if standing_for is None and person not in members:
        raise NotInRoute(**facts)
    if standing_for is not None and not _stands_in(holders, members, person, standing_for):
        raise SubstituteNotAllowed(**facts)
    voice = person if standing_for is None else standing_for
    if {person, voice} & _used(_given(stage, signed, author)):
        raise SignedAlready(**facts)
    if voice not in now.signers:
        raise SeatTaken(**facts)
    if stage.name is StageName.APPROVE and open_comments:
        raise CommentsOpen(what=what, count=open_comments)
    return Admission(stage, holders.seats_of(voice, stage))


def _stands_in(holders: Holders, members: frozenset[int], person: int, other: int) -> bool:
    return (
        other in members and person not in members and person in holders.substitutes.get(other, frozenset())
    )


def _ahead(route: Route, signed: Sequence[Signed], *, approved: bool) -> tuple[Stage, ...]:
    reached = StageName.RELEASE if approved else StageName.REVIEW
    order = list(StageName)
    furthest = max([order.index(entry.stage) for entry in signed], default=0)
    begin = max(order.index(reached), furthest)
    return tuple(stage for stage in route.stages if order.index(stage.name) >= begin)


def _given(stage: Stage, signed: Sequence[Signed], author: int) -> list[Signed]:
    mine = [entry for entry in signed if entry.stage is stage.name]
    if stage.name is StageName.APPROVE:
        return [entry for entry in mine if author not in (entry.person, entry.standing_for)]
    return mine


def _members(stage: Stage, holders: Holders, author: int) -> frozenset[int]:
    people = frozenset[int]().union(*(holders.of(seat) for seat in stage.seats))
    return people - {author} if stage.name is StageName.APPROVE else people


def _used(given: Sequence[Signed]) -> frozenset[int]:
    return frozenset(entry.person for entry in given) | frozenset(entry.counts_for for entry in given)


def _heard(stage: Stage, holders: Holders, given: Sequence[Signed]) -> frozenset[str]:
    return frozenset[str]().union(
        *(entry.seats | holders.seats_of(entry.counts_for, stage) for entry in given)
    ) & frozenset(stage.seats)


def _left(stage: Stage, holders: Holders, given: Sequence[Signed], author: int) -> int:
    if not given:
        return max(1, _wanted(stage, holders, given, author))
    return max(0, _wanted(stage, holders, given, author))


def _wanted(stage: Stage, holders: Holders, given: Sequence[Signed], author: int) -> int:
    if _counts(stage):
        counted = min(len({entry.person for entry in given}), len({entry.counts_for for entry in given}))
        return _number(stage) - counted
    vacant = [seat for seat in stage.seats if seat not in _heard(stage, holders, given)]
    if stage.quorum == EACH:
        return len(vacant)
    unheard = _members(stage, holders, author) - {entry.counts_for for entry in given}
    return max(len(unheard), 1 if vacant else 0)


def _complete(stage: Stage, holders: Holders, given: Sequence[Signed], author: int) -> bool:
    return _left(stage, holders, given, author) == 0


def _open(stage: Stage, holders: Holders, given: Sequence[Signed], author: int) -> Progress:
    heard = _heard(stage, holders, given)
    used = _used(given)
    members = _members(stage, holders, author)
    voices = members - used
    if stage.quorum == EACH:
        voices = frozenset(person for person in voices if holders.seats_of(person, stage) - heard)
    barred = used | members | ({author} if stage.name is StageName.APPROVE else frozenset())
    standing_in: dict[int, frozenset[int]] = {}
    for voice in sorted(voices):
        for substitute in holders.substitutes.get(voice, frozenset()) - barred:
            standing_in[substitute] = standing_in.get(substitute, frozenset()) | {voice}
    missing = () if _counts(stage) else tuple(seat for seat in stage.seats if seat not in heard)
    return Progress(stage, voices, standing_in, missing, _left(stage, holders, given, author))


def _counts(stage: Stage) -> bool:
    return isinstance(stage.quorum, int) or stage.quorum == ANY


def _number(stage: Stage) -> int:
    return stage.quorum if isinstance(stage.quorum, int) else 1
