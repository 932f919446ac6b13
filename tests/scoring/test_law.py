"""Scores over their records: what may be scored, who, when, and what is kept of it (R40, R44, R45, S70)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from qms import forms, records, scoring, trail
from qms.kernel.errors import Conflict, Forbidden, Invalid
from qms.kernel.refs import Ref
from qms.scoring.models import Score
from tests.documents import factories as papers
from tests.records import factories
from tests.scoring import house
from tests.scoring.house import EARLIER, QUARTER

if TYPE_CHECKING:
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

DAYS = (date(2026, 7, 1), date(2026, 9, 30))


@pytest.fixture
def made(works: Works) -> Organisation:
    """Both scorecards in force."""
    return house.house(works)


def shown(made: Organisation, ref: Ref, login: str = "author") -> scoring.Shown:
    """A score as somebody sees it."""
    with made.looking(login) as work:
        return scoring.one(work, ref.key)


def test_a_score_is_worked_out_from_its_record(made: Organisation) -> None:
    """80 % of 90 less 2, and 20 % of what the other scorecard came to; the trail tells it."""
    ref = house.concluded(made)
    found = shown(made, ref)
    assert found.scored.total == Decimal("84.4")
    assert (found.scored.state, found.scored.vetoed, found.veto) == ("closed", False, None)
    assert found.scored.band is not None
    assert forms.spoken(found.scored.band, "en") == "Excellent"
    first, second = found.lines
    assert (first.rate, first.events, first.off, first.value, first.adds) == (
        Decimal(90),
        1,
        Decimal(2),
        Decimal(88),
        Decimal("70.4"),
    )
    assert (second.rate, second.indicator.card, second.adds) == (Decimal(70), house.CONTROL, Decimal(14))
    assert second.source is not None
    assert second.source.startswith(house.CONTROL)
    with made.service() as work:
        told = trail.browse(work.session, action="score:conclude", limit=9)
    assert [each.ref for each in told] == [ref, Ref("record", second.source)]


def test_while_it_is_under_way_it_has_no_score_yet(made: Organisation) -> None:
    """What another scorecard gives is not there before it is concluded."""
    ref = house.filed(made)
    found = shown(made, ref)
    assert (found.scored.state, found.scored.total) == ("open", None)
    assert [each.value for each in found.lines] == [88, None]
    with pytest.raises(scoring.LinkedScoreMissing, match=house.CONTROL):
        house.conclude(made, ref)
    house.controlled(made)
    house.conclude(made, ref)
    assert shown(made, ref).scored.total == Decimal("84.4")


def test_who_may_not_conclude_does_not(made: Organisation) -> None:
    """The step asks its own people; and what is concluded is concluded."""
    house.controlled(made)
    ref = house.filed(made)
    with pytest.raises(Forbidden):
        house.conclude(made, ref, "author")
    house.conclude(made, ref)
    with pytest.raises(Conflict):
        house.conclude(made, ref)


def test_one_score_for_any_day(made: Organisation) -> None:
    """Another one of the same unit would count twice; a cancelled one does not stand in the way."""
    ref = house.filed(made)
    for days in (QUARTER, {"first": "2026-09-30", "last": "2026-12-31"}):
        with pytest.raises(scoring.ScoredAlready, match=ref.key):
            house.filed(made, **days)
    house.filed(made, "credit")
    house.filed(made, **EARLIER)
    with made.acting("author") as work:
        records.cancel(work, ref, "wrong quarter")
    with pytest.raises(scoring.NoSuchScore):
        shown(made, house.controlled(made), "outsider")
    house.filed(made)
    with made.service() as work:
        states = work.session.scalars(select(Score.state).where(Score.record == ref.key)).all()
    assert states == ["cancelled"]


@pytest.mark.parametrize(
    ("values", "refusal", "named"),
    [
        ({"last": "2026-06-30"}, scoring.PeriodBackwards, "2026-06-30"),
        ({"satisfied": "100.1"}, scoring.RateOutside, "Satisfied"),
        ({"satisfied": "-1"}, scoring.RateOutside, "Satisfied"),
        ({"complaints": "-1"}, scoring.EventsNotCounted, "Complaints"),
        ({"complaints": "1.5"}, scoring.EventsNotCounted, "Complaints"),
        ({"unit": None}, forms.PartUnanswered, "Unit"),
        ({"first": None}, forms.PartUnanswered, "From"),
    ],
)
def test_what_cannot_be_is_refused(
    made: Organisation, values: dict[str, Any], refusal: type[Exception], named: str
) -> None:
    """By the label of the field."""
    with pytest.raises(refusal, match=named):
        house.filed(made, **values)


def test_a_major_event_sets_the_rate_to_nothing(made: Organisation) -> None:
    """R45: after the deduction; the rest of the score stands."""
    ref = house.concluded(made, majors=True)
    found = shown(made, ref)
    assert (found.scored.total, found.lines[0].vetoed, found.lines[0].value) == (
        Decimal(14),
        True,
        Decimal(0),
    )


def test_an_amendment_is_worked_out_again(made: Organisation) -> None:
    """With what the other scorecard gave when it was concluded."""
    ref = house.concluded(made)
    house.controlled(made, points="10", first="2026-10-01", last="2026-10-31")
    with made.acting("manager") as work:
        records.amend(work, ref, {"complaints": 3}, "two came late", password=made.keys["manager"])
    found = shown(made, ref)
    assert (found.scored.total, found.lines[1].rate) == (Decimal("81.2"), Decimal(70))


def test_places_are_those_of_all(made: Organisation) -> None:
    """R40: who sees all sees the ranking, a unit its own place; taken together by size."""
    house.concluded(made, "risk", satisfied="80", staff=10)
    house.concluded(made, "outlet-east", satisfied="90", staff=30)
    house.concluded(made, "credit", satisfied=None, staff=5)
    factories.head(made, "east-head", "outlet-east")
    with made.service() as work:
        assert scoring.periods(scoring.listing(work, card=house.SERVICE)) == [DAYS]
        found = scoring.ranking(work, house.SERVICE, *DAYS)
    assert [(each.scored.unit, each.place) for each in found.placed] == [
        ("outlet-east", 1),
        ("risk", 2),
        ("credit", None),
    ]
    assert (found.count, found.whole) == (2, True)
    together = {each.department: (each.total, each.count) for each in found.together}
    assert together == {"centre": (Decimal("82.4"), 2), "credit": (Decimal("84.4"), 1)}
    with made.looking("east-head") as work:
        own = scoring.ranking(work, house.SERVICE, *DAYS)
    assert [(each.scored.unit, each.place) for each in own.placed] == [("outlet-east", 1)]
    assert (own.count, own.whole, own.together) == (2, False, ())


def test_a_place_can_be_the_rate(works: Works) -> None:
    """S70: the first of two has 100, the second half of it."""
    law = house.SERVICE_LAW.replace(f"card: {house.CONTROL}", f"card: {house.CONTROL}, take: place")
    made = house.house(works, law=law)
    house.controlled(made, "credit", "90")
    ref = house.concluded(made, "risk", "70")
    assert shown(made, ref).lines[1].rate == 50


def test_a_rate_can_come_from_those_below(works: Works) -> None:
    """S70: what the units below a department came to; it names no single record, and stays as it was."""
    law = house.SERVICE_LAW.replace(f"card: {house.CONTROL}", f"card: {house.CONTROL}, take: below")
    made = house.house(works, law=law)
    ref = house.filed(made, "credit")
    house.controlled(made, "credit", "10")
    with pytest.raises(scoring.LinkedScoreMissing):
        house.conclude(made, ref)
    house.controlled(made, "outlet-east", "60")
    house.conclude(made, ref)
    part = shown(made, ref).lines[1]
    assert (part.rate, part.source) == (Decimal(60), None)
    house.controlled(made, "outlet-east", "90", first="2026-10-01", last="2026-10-31")
    with made.acting("manager") as work:
        records.amend(work, ref, {"complaints": 2}, "one more", password=made.keys["manager"])
    assert shown(made, ref).lines[1].rate == Decimal(60)


def test_the_score_before_stays_beside(made: Organisation) -> None:
    """S50: the former one is kept and shown."""
    house.controlled(made, **EARLIER)
    before = house.filed(made, **EARLIER, satisfied="70")
    house.conclude(made, before)
    found = shown(made, house.concluded(made))
    assert found.former is not None
    assert (found.former.record, found.former.total) == (before.key, Decimal("68.4"))


def test_who_may_not_see_the_record_sees_no_score(made: Organisation) -> None:
    """Neither alone nor in a list."""
    ref = house.concluded(made)
    with pytest.raises(scoring.NoSuchScore):
        shown(made, ref, "outsider")
    with made.looking("outsider") as work:
        assert scoring.listing(work) == []
    with made.looking("author") as work:
        assert [each.record for each in scoring.listing(work, card=house.SERVICE, unit="risk")] == [ref.key]
        with pytest.raises(scoring.NoSuchScore):
            scoring.one(work, "SC-99-01-2026-000001")


def test_a_form_does_not_score(made: Organisation) -> None:
    """Only scorecards do; what is wrong is told by its place in the file."""
    data = house.scorecard(
        "SC-16-02", house.SERVICE_FIELDS, house.SERVICE_LAW.replace("weight: 80", "weight: 70")
    )
    with pytest.raises(Invalid) as refused:
        papers.issued(made, data.replace(b"kind: scorecard", b"kind: form"), file="SC-16-02.yaml")
    assert {each.field for each in refused.value.problems} == {"scoring", "scoring.indicators"}


def test_a_scorecard_of_columns_is_not_filled_in(made: Organisation) -> None:
    """It is printed, as before; what has no questions takes no record."""
    data = house.scorecard("SC-05-01", "  - {id: a, label: A, type: text}", "").decode()
    plain = data.replace("fields:", "columns:").partition("steps:")[0].encode()
    factories.issue(made, plain)
    with made.acting("author") as work, pytest.raises(Conflict, match="SC-05-01"):
        records.begin(work, "SC-05-01")
