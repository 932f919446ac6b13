"""Pure sampling of surveys: a frame, a draw that anybody can repeat, quotas, what fills them (S84, R54)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from qms.feedback.trends import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_WHOLE: Final = 100


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the frame: its code, never a name, the group, and where it is a room its place."""

    code: str
    group: str
    building: str = ""
    floor: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True)
class Quotas:
    """What a wave has to reach; the values are those of the source, a plan may ask more (S84)."""

    participation: int = 50
    floors: int = 100
    rooms: int = 70
    each_room: int = 2
    each_group: int = 10


class Quota(StrEnum):
    """What is counted against the quotas."""

    PARTICIPATION = "participation"
    FLOORS = "floors"
    ROOMS = "rooms"
    EACH_ROOM = "each-room"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Filled:
    """One quota: of what, so many of so many, and whether that is enough."""

    quota: Quota
    of: str
    share: Share
    is_enough: bool


def draw(frame: Iterable[Member], wanted: Mapping[str, int], seed: str) -> list[Member]:
    """So many of each group, by a draw that the kept seed repeats whatever the order of the frame.

    A group smaller than what is wanted of it is asked whole; a code stands in the frame once.
    """
    groups: dict[str, dict[str, Member]] = defaultdict(dict)
    for each in frame:
        groups[each.group].setdefault(each.code, each)
    drawn: list[Member] = []
    for group in sorted(wanted):
        members = sorted(groups[group].values(), key=lambda each: _lot(seed, each))
        drawn += members[: wanted[group]]
    return drawn


def _lot(seed: str, member: Member) -> tuple[bytes, str]:
    return sha256(f"{seed}\0{member.group}\0{member.code}".encode()).digest(), member.code


def groups_filled(frame: Iterable[Member], valid: Mapping[str, int], quotas: Quotas) -> list[Filled]:
    """Each group has so many valid answers, or as many as it has members where it is smaller."""
    sizes = Counter(each.group for each in frame)
    return [
        Filled(Quota.GROUP, group, Share(valid.get(group, 0), size), valid.get(group, 0) >= min(least, size))
        for group, size in sorted(sizes.items())
        for least in (quotas.each_group,)
    ]


def places_filled(frame: Sequence[Member], answers: Iterable[Member], quotas: Quotas) -> list[Filled]:
    """Every floor, enough of its rooms, enough answers from each room that answered, enough of all."""
    given = list(answers)
    floors = _rooms(frame)
    reached = _rooms(given)
    told = [
        _filled(Quota.PARTICIPATION, "", len({each.code for each in given}), len(frame), quotas.participation)
    ]
    buildings: dict[str, set[str]] = defaultdict(set)
    for building, floor in floors:
        buildings[building].add(floor)
    for building, every in sorted(buildings.items()):
        met = sum((building, floor) in reached for floor in every)
        told.append(_filled(Quota.FLOORS, building, met, len(every), quotas.floors))
    for place, rooms in sorted(floors.items()):
        met = len(rooms & reached.get(place, set()))
        told.append(_filled(Quota.ROOMS, " ".join(place), met, len(rooms), quotas.rooms))
    each_room = Counter((each.building, each.floor, each.room) for each in given)
    enough = sum(count >= quotas.each_room for count in each_room.values())
    told.append(_filled(Quota.EACH_ROOM, "", enough, len(each_room), _WHOLE))
    return told


def _rooms(members: Iterable[Member]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in members:
        found[each.building, each.floor].add(each.room)
    return dict(found)


def _filled(quota: Quota, of: str, met: int, n: int, percent: int) -> Filled:
    """Nothing to reach is not reached: an empty frame fills no quota."""
    return Filled(quota, of, Share(met, n), n > 0 and Fraction(met, n) >= Fraction(percent, _WHOLE))
