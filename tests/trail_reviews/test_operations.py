"""Reviews of the trail: asked for, begun, signed off; by whom and when (TRL-15, P11-10e)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from qms import accounts, tasks, trail
from qms import trail_reviews as reviews
from qms.kernel.clock import SimulatedClock
from qms.trail_reviews.operations import LONGEST
from tests.accounts import factories
from tests.accounts.factories import PASSWORD, as_person, signer

if TYPE_CHECKING:
    from qms.kernel.ports import Actor, Rights
    from qms.kernel.work import Work, Works

DAY = timedelta(days=1)


@dataclass
class House:
    """Works over an organisation with two who may review and one who may not."""

    works: Works
    actor: Actor
    rights: Rights
    auditor: int
    other: int
    reader: int

    def day(self) -> reviews.TrailReview | None:
        """What the day job does."""
        with self.works.writing(self.actor, self.rights) as work:
            return reviews.open_due(work)

    def sign(self, who: int, last: int | None = None, found: str = "nothing unusual") -> reviews.TrailReview:
        """Sign the open review off."""
        with self.works.writing(self.actor) as work:
            as_person(work, who)
            last = trail.head(work.session)[0] if last is None else last
            return reviews.sign_off(work, password=PASSWORD, last=last, found=found, clean=True)

    def owed(self, who: int) -> list[str]:
        """What a person owes, in words."""
        with self.works.reading(self.actor) as work:
            return [each.text("en") for each in tasks.inbox(work.session, who)]

    def listed(self) -> list[reviews.Review]:
        """The reviews, the newest first."""
        with self.works.reading(self.actor) as work:
            return reviews.reviews(work.session, work.today)


def granted(work: Work, login: str, role: str) -> int:
    who = signer(work, login)
    accounts.grant(work, who, role)
    return who


@pytest.fixture
def house(works: Works, service: Actor, every_right: Rights) -> House:
    """The house, with its first entries of today."""
    with works.writing(service, every_right) as work:
        factories.organisation(work)
        people = [
            granted(work, login, role)
            for login, role in (
                ("first", "audit-administrator"),
                ("second", "audit-administrator"),
                ("reader", "auditor"),
            )
        ]
    return House(works, service, every_right, *people)


def test_the_day_job_asks_for_it_once(house: House, clock: SimulatedClock) -> None:
    """A week before the interval ends every audit administrator owes it; again only when it is signed."""
    assert house.day() is None
    clock.advance(23 * DAY)
    row = house.day()
    assert row is not None
    assert (row.first, str(row.due_on)) == (1, "2026-12-02")
    assert house.day() is None
    wanted = ["Review the trail from entry 1 on"]
    assert (house.owed(house.auditor), house.owed(house.other), house.owed(house.reader)) == (
        wanted,
        wanted,
        [],
    )
    clock.advance(8 * DAY)
    assert [each.overdue for each in house.listed()] == [True]
    signed = house.sign(house.auditor)
    assert (house.owed(house.auditor), house.owed(house.other)) == ([], [])
    assert house.day() is None
    clock.advance(23 * DAY)
    again = house.day()
    assert again is not None
    assert again.first == (signed.last or 0) + 1
    with house.works.reading(house.actor) as work:
        said = [
            trail.describe(row, "en", reviews.SENTENCES)
            for row in reversed(trail.browse(work.session, action="trail-review:"))
        ]
    assert said[0] == "A review of the trail from entry 1 on was asked for, due on: 2026-12-02."
    assert said[1].endswith(f"reviewed the trail from entry 1 to {signed.last} and found: nothing unusual")


def test_a_signed_review_is_bound_to_its_entries(house: House) -> None:
    """Range, hash of the last entry and finding stand in the signature; any change of the row shows."""
    with house.works.writing(house.actor) as work:
        as_person(work, house.auditor)
        assert reviews.begin(work).due_on is None
    row = house.sign(house.auditor, last=5, found=" two late sign-ins, explained ")
    (found,) = house.listed()
    assert (found.state, found.first, found.last, found.by) == (reviews.State.SIGNED, 1, 5, "First")
    assert (found.found, found.clean, found.valid) == ("two late sign-ins, explained", True, True)
    with house.works.reading(house.actor) as work:
        (signature,) = accounts.signatures_on(work.session, f"trail-review:{row.id}")
        entry = trail.since(work.session, 4, 1)[0]
        counted = reviews.summary(work.session, 1, 5)
        assert reviews.review(work.session, row.id, work.today) == found
        assert reviews.open_review(work.session, work.today) is None
        with pytest.raises(reviews.NoSuchReview):
            reviews.review(work.session, 99, work.today)
    assert (signature.meaning, signature.digest, row.hash) == ("reviewed", row.digest, entry.hash)
    assert counted.entries == 5 == sum(count for _, count in counted.acts)
    for change in (
        "found = 'x'",
        "last = 4",
        "clean = false",
        f"hash = '{'0' * 64}'",
        "digest = 'x'",
        "first = 2",
    ):
        with house.works.engine.begin() as connection:
            connection.execute(text(f"UPDATE trail_review SET {change}"))  # noqa: S608 - ours
        assert [each.valid for each in house.listed()] == [False], change
        with house.works.engine.begin() as connection:
            undo = text(
                "UPDATE trail_review SET first = 1, last = 5, clean = true,"
                " found = :f, hash = :h, digest = :d"
            )
            connection.execute(undo, {"f": row.found, "h": row.hash, "d": row.digest})
    assert [each.valid for each in house.listed()] == [True]


def test_who_may_not_review(house: House) -> None:
    """Reading the trail is not enough, and a wrong password signs nothing."""
    with house.works.writing(house.actor) as work:
        as_person(work, house.reader)
        for verb in (reviews.begin, reviews.prepare):
            with pytest.raises(reviews.MayNotReview):
                verb(work)
    with pytest.raises(reviews.MayNotReview):
        house.sign(house.reader)
    with house.works.writing(house.actor) as work:
        as_person(work, house.auditor)
        reviews.begin(work)
        assert reviews.prepare(work).first == 1
    with house.works.writing(house.actor) as work:
        as_person(work, house.auditor)
        with pytest.raises(accounts.SigningRefused):
            reviews.sign_off(work, password="not mine at all", last=1, found="x", clean=True)  # noqa: S106 - wrong
    assert [each.state for each in house.listed()] == [reviews.State.OPEN]


def test_what_cannot_be_signed_off(house: House) -> None:
    """No open review, a second one, nothing found, entries that are not there or were reviewed already."""
    with pytest.raises(reviews.NoOpenReview):
        house.sign(house.auditor)
    with house.works.writing(house.actor) as work:
        as_person(work, house.auditor)
        with pytest.raises(reviews.NoOpenReview):
            reviews.prepare(work)
        reviews.begin(work)
        with pytest.raises(reviews.ReviewOpen):
            reviews.begin(work)
    for found in ("", " \n", "x" * (LONGEST + 1)):
        with pytest.raises(reviews.FindingNeeded):
            house.sign(house.auditor, found=found)
    for last in (0, 10_000):
        with pytest.raises(reviews.RangeNotReviewable, match="from 1 to"):
            house.sign(house.auditor, last=last)
    house.sign(house.auditor, last=5)
    with house.works.writing(house.actor) as work:
        as_person(work, house.other)
        assert reviews.begin(work).first == 6
    with pytest.raises(reviews.RangeNotReviewable, match="from 6 to"):
        house.sign(house.other, last=5)
