"""A draw that anybody can repeat, quotas and what fills them (S84, R54)."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from qms.feedback import Share, sampling
from qms.feedback.sampling import Filled, Member, Quota, Quotas

FRAME = [Member(f"F-{number:04}", "client" if number % 3 else "partner") for number in range(60)]
ROOMS = [
    Member(f"R-{floor}{room}{bed}", "student", "A", str(floor), str(room))
    for floor in (1, 2)
    for room in range(10)
    for bed in (1, 2)
]
QUOTAS = Quotas()


@given(st.integers(0, 70), st.integers(0, 70), st.text(max_size=20), st.randoms(use_true_random=False))
def test_a_draw_is_repeated_by_its_seed(clients: int, partners: int, seed: str, mixer: random.Random) -> None:
    """In whatever order the frame is brought; everybody once, of each group as many as wanted, or all."""
    wanted = {"client": clients, "partner": partners}
    drawn = sampling.draw(FRAME, wanted, seed)
    mixed = [*FRAME, *FRAME[:5]]
    mixer.shuffle(mixed)
    assert sampling.draw(mixed, wanted, seed) == drawn
    assert len(set(drawn)) == len(drawn)
    sizes = {group: sum(each.group == group for each in drawn) for group in wanted}
    assert sizes == {"client": min(clients, 40), "partner": min(partners, 20)}
    assert set(drawn) <= set(FRAME)


def test_another_seed_draws_others() -> None:
    """And a group that is not in the frame gives nobody."""
    wanted = {"client": 10}
    assert sampling.draw(FRAME, wanted, "spring") != sampling.draw(FRAME, wanted, "autumn")
    assert sampling.draw(FRAME, {"nobody": 3}, "spring") == []


def test_a_group_needs_ten_or_all() -> None:
    """Ten valid answers, fewer where the group has no ten (S84)."""
    frame = [*FRAME, Member("S-1", "supervisor"), Member("S-2", "supervisor")]
    found = sampling.groups_filled(frame, {"client": 10, "partner": 9, "supervisor": 2}, QUOTAS)
    assert found == [
        Filled(Quota.GROUP, "client", Share(10, 40), is_enough=True),
        Filled(Quota.GROUP, "partner", Share(9, 20), is_enough=False),
        Filled(Quota.GROUP, "supervisor", Share(2, 2), is_enough=True),
    ]
    assert sampling.groups_filled(FRAME[:1], {}, QUOTAS) == [
        Filled(Quota.GROUP, "partner", Share(0, 1), is_enough=False)
    ]


def enough(answers: list[Member]) -> dict[tuple[Quota, str], bool]:
    """Which quotas the answers fill."""
    return {(each.quota, each.of): each.is_enough for each in sampling.places_filled(ROOMS, answers, QUOTAS)}


def test_every_floor_seven_rooms_of_ten_and_two_of_each() -> None:
    """All of it kept by fourteen rooms with both their beds."""
    answers = [each for each in ROOMS if int(each.room) < 7]
    assert enough(answers) == {
        (Quota.PARTICIPATION, ""): True,
        (Quota.FLOORS, "A"): True,
        (Quota.ROOMS, "A 1"): True,
        (Quota.ROOMS, "A 2"): True,
        (Quota.EACH_ROOM, ""): True,
    }


def test_what_falls_short_is_told_by_its_quota() -> None:
    """A floor left out, six rooms of ten, one answer of a room, fewer than half of all."""
    found = enough([each for each in ROOMS if each.floor == "1" and int(each.room) < 6][:-1])
    assert not any(found.values())


def test_one_who_answers_twice_takes_part_once() -> None:
    """Participation counts members."""
    first = ROOMS[0]
    (told,) = [
        each
        for each in sampling.places_filled(ROOMS, [first, first], QUOTAS)
        if each.quota is Quota.PARTICIPATION
    ]
    assert told.share == Share(1, 40)


def test_nothing_to_reach_is_not_reached() -> None:
    """An empty frame fills no quota."""
    assert all(not each.is_enough for each in sampling.places_filled([], [], QUOTAS))
