"""Scores on every branch, each worked out a second time by hand or by another way (S38, R44, R45)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.scoring import declared, rules
from qms.scoring.rules import Band, Card, Indicator, Take, Veto

FIELDS: list[dict[str, Any]] = [
    {"id": "unit", "type": "department"},
    {"id": "first", "type": "date"},
    {"id": "last", "type": "date"},
    {"id": "staff", "type": "number"},
    {"id": "satisfied", "type": "number"},
    {"id": "closed", "type": "computed"},
    {"id": "complaints", "type": "number"},
    {"id": "majors", "type": "table", "columns": [{"id": "what", "type": "text"}]},
    {"id": "denounced", "type": "yes-no"},
    {"id": "words", "type": "text"},
    {"id": "private", "type": "number", "personal": True},
]
SCORING: dict[str, Any] = {
    "unit": "unit",
    "from": "first",
    "until": "last",
    "size": "staff",
    "indicators": [
        {
            "id": "satisfaction",
            "label": {"en": "Satisfaction"},
            "rate": "satisfied",
            "weight": 60,
            "deduct": {"events": "complaints", "each": 2.5},
            "veto": {"events": "majors", "to": 0},
        },
        {"id": "closure", "label": "Closed", "rate": "closed", "weight": 30},
        {"id": "control", "label": "Control", "card": "SC-13-01", "take": "place", "weight": 10},
    ],
    "veto": {"events": "denounced", "to": 20},
    "bands": [{"from": 0, "label": "poor"}, {"from": 90, "label": "good"}],
    "steps": {"conclude": "end"},
}
HEAD: dict[str, Any] = {
    "number": "SC-16-01",
    "kind": "scorecard",
    "fields": FIELDS,
    "steps": [{"id": "fill"}, {"id": "end"}],
    "scoring": SCORING,
}


def card() -> Card:
    """What the head declares."""
    found = declared.card_of(HEAD)
    assert found is not None
    return found


def total(values: dict[str, Any], control: str | None = "50") -> rules.Result:
    """The score of these answers and of a rate from the other scorecard."""
    made = card()
    linked = {"control": None if control is None else Decimal(control)}
    return rules.work_out(made, {**rules.rates(made, values), **linked}, rules.counts(made, values))


def test_a_declaration_is_read_whole() -> None:
    """Bands from the highest down; figures as they are written."""
    made = card()
    assert made.indicators[0] == Indicator(
        "satisfaction",
        {"en": "Satisfaction"},
        Decimal(60),
        rate="satisfied",
        events="complaints",
        each=Decimal("2.5"),
        veto=Veto("majors", Decimal(0)),
    )
    assert made.indicators[2].take is Take.PLACE
    assert made.veto == Veto("denounced", Decimal(20))
    assert made.bands == (Band(Decimal(90), "good"), Band(Decimal(0), "poor"))
    assert rules.counters(made) == ["complaints", "denounced", "majors"]
    assert declared.card_of({}) is None
    assert declared.card_of({**HEAD, "scoring": {**SCORING, "bands": "none"}}) is None
    plain = {key: each for key, each in SCORING.items() if key not in {"veto", "bands"}}
    found = declared.card_of({**HEAD, "scoring": plain})
    assert found is not None
    assert (found.veto, found.bands) == (None, ())


def test_rate_then_deduction_then_veto() -> None:
    """60 % of 90 less twice 2.5, 30 % of 80, 10 % of 50; a major event sets the first to nothing."""
    values = {"satisfied": "90", "closed": 80, "complaints": 2}
    assert total(values).total == Decimal("80.0")
    assert total({**values, "majors": [{"what": "Error"}]}).total == Decimal(29)
    assert total({**values, "denounced": True}).total == Decimal(20)
    assert total({**values, "denounced": True}).vetoed
    assert not total({**values, "denounced": False}).vetoed


def test_a_value_is_not_below_nothing() -> None:
    """Forty complaints take no more than there is."""
    found = total({"satisfied": "90", "closed": "80", "complaints": 40})
    assert (found.lines[0].value, found.lines[0].off, found.total) == (Decimal(0), Decimal(100), Decimal(29))


def test_what_has_no_rate_has_no_score() -> None:
    """It is never a zero; a veto sets a value all the same."""
    found = total({"satisfied": "", "closed": "80"}, None)
    assert (found.total, [each.id for each in found.missing]) == (None, ["satisfaction", "control"])
    assert not total({"denounced": True}).vetoed
    assert total({"closed": "80", "majors": [{}]}).total == Decimal(29)


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30), st.booleans()), min_size=1, max_size=5),
    st.decimals("0", "10", places=2),
)
def test_a_score_is_what_fractions_say(lines: list[tuple[int, int, bool]], each: Decimal) -> None:
    """Weights of equal parts, worked out again by fractions; always from 0 to 100."""
    weight = Decimal(100) / len(lines)
    made = Card(
        bound=card().bound,
        indicators=tuple(
            Indicator(
                f"i{at}",
                "",
                weight,
                rate=f"r{at}",
                events=f"e{at}",
                each=each,
                veto=Veto(f"v{at}", Decimal(0)),
            )
            for at in range(len(lines))
        ),
        veto=None,
        bands=(),
    )
    values: dict[str, Any] = {}
    expected = Fraction(0)
    for at, (rate, events, vetoed) in enumerate(lines):
        values |= {f"r{at}": rate, f"e{at}": events, f"v{at}": vetoed}
        value = Fraction(0) if vetoed else max(Fraction(rate) - events * Fraction(each), Fraction(0))
        expected += value * Fraction(weight) / 100
    found = rules.work_out(made, rules.rates(made, values), rules.counts(made, values)).total
    assert found is not None
    assert abs(Fraction(found) - expected) < Fraction(1, 10**20)
    assert 0 <= found <= 100


def test_bands_begin_where_they_say() -> None:
    """No score has none; below the lowest there is none."""
    made = card()
    names = [rules.band(made, each) for each in (None, Decimal("89.999"), Decimal(90))]
    assert [None if each is None else each.label for each in names] == [None, "poor", "good"]
    bare = Card(made.bound, made.indicators, None, (Band(Decimal(60), "enough"),))
    assert rules.band(bare, Decimal(59)) is None


def test_equal_scores_share_a_place() -> None:
    """And the place after them is left out."""
    totals = {1: Decimal(90), 2: Decimal("90.0"), 3: Decimal(80), 4: Decimal(95)}
    assert rules.places(totals) == {4: 1, 1: 2, 2: 2, 3: 4}
    assert [rules.of_place(place, 4) for place in (1, 2, 4)] == [100, 75, 25]


def test_units_are_taken_together_by_size() -> None:
    """Plainly where a size is not known; nothing of nobody."""
    assert rules.together([]) is None
    assert rules.together([(Decimal(90), Decimal(1)), (Decimal(60), Decimal(2))]) == 70
    assert rules.together([(Decimal(90), None), (Decimal(60), Decimal(2))]) == 75
    assert rules.together([(Decimal(90), Decimal(0)), (Decimal(60), Decimal(0))]) == 75


@pytest.mark.parametrize(
    ("told", "count"), [(None, 0), ("", 0), (True, 1), (False, 0), ([], 0), ([{}, {}], 2), (3, 3), ("4", 4)]
)
def test_events_are_counted_from_any_field(told: Any, count: int) -> None:
    """A number, a table's rows, a yes."""
    assert rules.counted({"events": told}, "events") == count


def line(**told: Any) -> dict[str, Any]:
    """The first indicator with something else in it."""
    return {**SCORING["indicators"][0], **told}


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"indicators": None}, ["indicators"]),
        ({"indicators": ["satisfaction"]}, ["indicators"]),
        ({"indicators": [line(id="", weight=100)]}, ["indicators.1.id"]),
        ({"indicators": [line(weight=50), line(weight=50)]}, ["indicators.2.id"]),
        ({"indicators": [line(weight=99)]}, ["indicators"]),
        ({"indicators": [line(weight=100, more=1)]}, ["indicators.1.more"]),
        ({"indicators": [line(weight="much")]}, ["indicators.1.weight", "indicators"]),
        ({"indicators": [line(weight=True)]}, ["indicators.1.weight", "indicators"]),
        ({"indicators": [line(weight=float("nan"))]}, ["indicators.1.weight", "indicators"]),
        ({"indicators": [line(weight=100, card="SC-01-01")]}, ["indicators.1.rate"]),
        ({"indicators": [line(weight=100, rate="", card="SC-16-01")]}, ["indicators.1.card"]),
        ({"indicators": [line(weight=100, rate="", card="SC-01-01", take="all")]}, ["indicators.1.take"]),
        ({"indicators": [line(weight=100, rate="nothing")]}, ["indicators.1.rate"]),
        ({"indicators": [line(weight=100, rate="majors.what")]}, ["indicators.1.rate"]),
        ({"indicators": [line(weight=100, rate="words")]}, ["indicators.1.rate"]),
        ({"indicators": [line(weight=100, rate="private")]}, ["indicators.1.rate"]),
        ({"indicators": [line(weight=100, deduct=2)]}, ["indicators.1.deduct"]),
        ({"indicators": [line(weight=100, deduct={"events": "words", "each": 1})]},
         ["indicators.1.deduct.events"]),
        ({"indicators": [line(weight=100, deduct={"events": "majors", "each": -1, "of": 2})]},
         ["indicators.1.deduct.of", "indicators.1.deduct.each"]),
        ({"veto": "denounced"}, ["veto"]),
        ({"veto": {"events": "denounced", "to": 101}}, ["veto.to"]),
        ({"bands": ["good"]}, ["bands"]),
        ({"bands": [{"from": 10, "label": ""}, {"from": 10, "label": "good", "until": 20}]},
         ["bands.1.label", "bands.2.until", "bands.2.from"]),
    ],
)  # fmt: skip
def test_faults_are_told_by_their_place(changed: dict[str, Any], fields: list[str]) -> None:
    """Each by the path of its key."""
    assert [each.field for each in declared.faults({**SCORING, **changed}, HEAD)] == fields


def test_what_is_no_map_is_told_by_the_binding() -> None:
    """Once, not twice."""
    assert declared.faults("much", HEAD) == []
    assert declared.faults({**SCORING, "veto": None, "bands": None}, HEAD) == []
