"""The pure rules of registers: values, keys, columns, views, periods."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms import forms
from qms.forms import Type
from qms.registers import Column, Filter, Mark, Total, View, cells, columns, views, words
from qms.registers.looking import Shown
from qms.registers.views import NOTHING, Cursor, Range

ZONE = ZoneInfo("Asia/Shanghai")
LARGE = Decimal(99999999999999999999)
DUE = cells.Due(datetime(2026, 1, 1, 16, tzinfo=UTC), date(2026, 1, 1))
NOON, MINUTE = datetime(2026, 1, 1, 4, tzinfo=UTC), timedelta(minutes=1)
TODAY = cells.Due(NOON, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("kind", "answer", "found"),
    [
        (Type.TEXT, "Ａ  b\nC", {"text": "Ａ  b\nC", "key": "a b c"}),
        (Type.TEXT, "  ", {"text": None, "key": None}),
        (Type.TEXT, Decimal("5.50"), {"text": "5.5", "key": "5.5"}),
        (Type.TEXT, Decimal("1E+3"), {"text": "1000", "key": "1000"}),
        (Type.TEXT, date(2026, 1, 2), {"text": "2026-01-02", "key": "2026-01-02"}),
        (Type.FILE, {"name": "a.pdf", "digest": "0"}, {"text": "a.pdf", "key": "a.pdf"}),
        (Type.YES_NO, True, {"number": 1_000_000, "key": cells.number_key(1_000_000)}),
        (Type.YES_NO, "false", {"number": 0, "key": cells.number_key(0)}),
        (Type.COMPUTED, False, {"number": 0, "key": cells.number_key(0)}),
        (Type.MONEY, "-12.5", {"number": -12_500_000, "key": cells.number_key(-12_500_000)}),
        (Type.NUMBER, "1.0000001", {"text": "1.0000001", "number": None, "key": cells.number_key(1_000_000)}),
        (Type.NUMBER, LARGE, {"text": str(LARGE), "number": None, "key": cells.number_key(cells.MOST)}),
        (Type.NUMBER, -LARGE, {"text": str(-LARGE), "number": None, "key": cells.number_key(-cells.MOST)}),
        (Type.NUMBER, "many", {"text": "many", "key": "many"}),
        (Type.NUMBER, "NaN", {"text": "NaN", "key": "nan"}),
        (Type.COMPUTED, date(2026, 1, 2), {"day": date(2026, 1, 2), "key": "2026-01-02"}),
        (
            Type.COMPUTED,
            datetime(2026, 1, 2, tzinfo=UTC),
            {"instant": datetime(2026, 1, 2, tzinfo=UTC), "key": "2026-01-02T00:00:00.000000Z"},
        ),
        (Type.DATE, datetime(2026, 1, 2, tzinfo=UTC), {"day": date(2026, 1, 2), "key": "2026-01-02"}),
        (Type.DATE, datetime(2026, 1, 1, 20, tzinfo=UTC), {"day": date(2026, 1, 2), "key": "2026-01-02"}),
        (Type.DATE, "2026-01-01T20:00:00Z", {"day": date(2026, 1, 2), "key": "2026-01-02"}),
        (Type.DATE, DUE, {"day": date(2026, 1, 1), "key": "2026-01-01"}),
        # 16:00 UTC is the midnight that ends the first of January in Shanghai: its last minute is told.
        (Type.INSTANT, DUE, {"instant": DUE.at - MINUTE, "key": "2026-01-01T15:59:00.000000Z"}),
        (
            Type.INSTANT,
            cells.Due(NOON, date(2026, 1, 1)),
            {"instant": NOON, "key": "2026-01-01T04:00:00.000000Z"},
        ),
        (Type.DATE, "2026-01-02", {"day": date(2026, 1, 2), "key": "2026-01-02"}),
        (
            Type.INSTANT,
            "2026-01-02T08:00:00+08:00",
            {"instant": datetime(2026, 1, 2, tzinfo=UTC), "key": "2026-01-02T00:00:00.000000Z"},
        ),
        (Type.PARTY, "C-000001", {"ref": "party:C-000001", "key": "party:C-000001"}),
        (Type.TEXT, None, {"key": None}),
        (Type.MULTIPLE_CHOICE, [], {"key": None}),
    ],
)
def test_an_answer_becomes_one_typed_value(kind: Type, answer: object, found: dict[str, object]) -> None:
    (made,) = cells.values(kind, answer, ZONE)
    assert {name: getattr(made, name) for name in found} == found


def test_several_answers_become_several_values() -> None:
    assert [each.text for each in cells.values(Type.MULTIPLE_CHOICE, ["a", "", "b"], ZONE)] == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (Type.TEXT, "words"),
        (Type.NUMBER, Decimal("12.5")),
        (Type.YES_NO, True),
        (Type.DATE, date(2026, 1, 2)),
        (Type.INSTANT, datetime(2026, 1, 2, 3, tzinfo=UTC)),
        (Type.PERSON, "author"),
    ],
)
def test_what_is_written_is_read_again(kind: Type, answer: object) -> None:
    (made,) = cells.values(kind, answer, ZONE)
    assert cells.read(kind, made) == answer


def test_a_yes_that_was_text_before_is_read_as_it_was_written() -> None:
    """A column that became a question of yes or no keeps the cells of before."""
    assert cells.read(Type.YES_NO, cells.Value(text="maybe")) == "maybe"


@given(st.lists(st.decimals(-(10**12), 10**12, places=6), min_size=2, max_size=2))
def test_keys_of_numbers_sort_as_the_numbers_do(pair: list[Decimal]) -> None:
    one, other = (cells.values(Type.NUMBER, each, ZONE)[0].key or "" for each in pair)
    assert (one < other) is (pair[0] < pair[1])


HEAD = {
    "from": ["FM-01-01"],
    "columns": [
        {"id": "seq", "label": "No.", "type": "number"},
        {"id": "amount", "label": "A", "type": "money", "secrecy": "confidential", "code": "1.01.001"},
        {"id": "due", "label": "D", "type": "date", "value": "clocks.review.due"},
        {"id": "mine", "label": "M", "type": "person", "value": "author"},
        {"id": "half", "label": "H", "type": "number", "value": "amount / 2"},
        {"id": "state", "label": "S", "type": "text"},
        {"id": "none", "label": "N", "type": "text"},
        {"id": "kind", "label": "K", "type": "choice", "options": [{"value": "a", "label": "One"}]},
    ],
}
FORM = {
    "fields": [
        {"id": "amount", "label": "A", "type": "money"},
        {"id": "kind", "label": "K", "type": "choice", "options": ["a"]},
    ]
}
MADE = columns.columns(forms.build(HEAD))
BY_ID = {column.id: column for column in MADE}


def test_each_column_knows_its_source() -> None:
    form = forms.build(FORM)
    facts = {"author": "a", "state": "open"}
    assert [(each.id, columns.source(each, form, facts).kind) for each in MADE] == [
        ("amount", "field"),
        ("due", "fact"),
        ("mine", "fact"),
        ("half", "formula"),
        ("state", "fact"),
        ("none", "nothing"),
        ("kind", "field"),
    ]
    assert [each.is_figure for each in MADE] == [True, False, False, True, False, False, False]


def test_a_clearance_shows_columns_up_to_its_grade() -> None:
    assert BY_ID["amount"].secrecy == 2
    assert "amount" not in {each.id for each in columns.visible(MADE, 1)}
    assert columns.visible(MADE, 2) == MADE


FULL = View(
    filters=(Filter("half", "from", "1"), Filter("kind", "is", "a")),
    sort="half",
    descending=True,
    columns=("half", "kind"),
    since=date(2026, 1, 1),
    until=date(2026, 2, 1),
    state="open",
    department="risk",
    form="FM-01-01",
)


@pytest.mark.parametrize("view", [View(), FULL, replace(FULL, descending=False, since=None)])
def test_a_view_survives_an_address_and_json(view: View) -> None:
    assert views.parsed(views.address(view)) == view
    assert views.loaded(views.dumped(view)) == view


def test_a_plain_view_is_counted_by_the_index_and_a_whole_one_asks_for_all() -> None:
    assert views.is_plain(View())
    assert views.is_whole(View())
    assert views.is_plain(View(since=date(2026, 1, 1)))
    assert not views.is_whole(View(since=date(2026, 1, 1)))
    assert not views.is_plain(View(state="open"))


def test_what_is_odd_in_an_address_is_left_out() -> None:
    view = views.parsed(
        [("since", "soon"), ("amount.like", "5"), ("from", "5"), ("a.is", "\x00 "), ("sort", "x")]
    )
    assert view == View(sort="x")
    asked = View(
        filters=(Filter("half", "has", "1"), Filter("gone", "is", "1")), sort="gone", columns=("gone",)
    )
    assert views.kept(asked, MADE) == View()
    assert views.kept(replace(FULL, columns=("kind", "half")), MADE).columns == ("kind", "half")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("since", "2026-13-01", True),
        ("until", "2026-01-31", False),
        ("sort", "-half", False),
        ("sort", "gone", True),
        ("columns", "half,gone", True),
        ("gone.is", "1", True),
        ("half.has", "1", True),
        ("half.from", "many", True),
        ("half.from", "5", False),
        ("half.from", " ", False),
        ("nonsense", "1", True),
        ("state", "open", False),
    ],
)
def test_what_a_register_does_not_answer_is_told(name: str, value: str, *, told: bool) -> None:
    """By the part of the address, never passed over in silence."""
    found = views.unread([(name, value)], MADE, ZONE)
    assert [each.field for each in found] == ([name] if told else [])


def test_values_of_secret_columns_are_masked() -> None:
    masked = views.masked(FULL, {"half"})
    assert [each.value for each in masked.filters] == ["…", "a"]
    assert views.changed(views.only(state="open"), state="") == View()


def test_the_first_six_columns_are_shown() -> None:
    assert len(views.shown(View(), MADE)) == columns.FIRST
    assert [each.id for each in views.shown(View(columns=("kind", "due")), MADE)] == ["due", "kind"]


def key(value: str) -> str:
    """The key of a number."""
    return cells.number_key(cells.scaled(Decimal(value)))


@pytest.mark.parametrize(
    ("kind", "op", "value", "found"),
    [
        (Type.TEXT, "has", "x", None),
        (Type.TEXT, "starts", "Ab ", Range("ab", "ab\U0010ffff")),
        (Type.TEXT, "is", " AB", Range("ab", "ab")),
        (Type.TEXT, "is", " ", NOTHING.range),
        (Type.NUMBER, "from", "5", Range(least=key("5"))),
        (Type.NUMBER, "to", "-1e40", Range(most=key("-1e40"))),
        (Type.MONEY, "from", "x", NOTHING.range),
        (Type.NUMBER, "from", "NaN", NOTHING.range),
        (Type.DATE, "to", "2026-01-02", Range(most="2026-01-02")),
        (Type.DATE, "to", "2026-13-02", NOTHING.range),
        (Type.INSTANT, "from", "2026-01-02", Range(least="2026-01-01T16:00:00.000000Z")),
        (Type.INSTANT, "to", "2026-01-02", Range(most="2026-01-02T15:59:59.999999Z")),
        (Type.INSTANT, "to", "9999-12-31", NOTHING.range),
        (Type.COMPUTED, "from", "2026-01-02", Range(least="2026-01-02")),
        (Type.COMPUTED, "from", "-2", Range(least=key("-2"))),
        (Type.PARTY, "is", "C-1", Range("party:C-1", "party:C-1")),
        (Type.YES_NO, "is", "true", Range(key("1"), key("1"))),
    ],
)
def test_a_filter_is_a_range_of_keys(kind: Type, op: str, value: str, found: Range | None) -> None:
    column = Column("c", "C", kind)
    assert views.bounds(column, Filter("c", op, value), ZONE).range == found
    assert op in views.ops(column)


def test_a_cursor_survives_an_address_and_nonsense_begins_anew() -> None:
    assert views.cursor(views.written(Cursor("é", 5))) == Cursor("é", 5)
    assert views.cursor(views.written(Cursor(None, 5))) == Cursor(None, 5)
    for nonsense in ("x", "bnVsbA", "WzEsMl0", "WyJhIiwtMV0", "WyJhIiwiYiJd", "WzEsMiwzXQ", "é"):
        assert views.cursor(nonsense) is None


OPTIONS = (forms.Option("a", {"en": "One", "zh-Hans": "一"}), forms.Option("a", "Another"))
NAMES = {(Type.PERSON, "manager"): "Somebody"}


@pytest.mark.parametrize(
    ("column", "shown", "en", "zh"),
    [
        (Column("c", "C", Type.MONEY), (Decimal("-1234.5"),), "-1,234.50", "-1,234.50"),
        (Column("c", "C", Type.NUMBER), (Decimal("1234567.2500"),), "1,234,567.25", "1,234,567.25"),
        (Column("c", "C", Type.NUMBER), (Decimal("1E+3"),), "1,000", "1,000"),
        (Column("c", "C", Type.NUMBER), (Decimal("-0.5"),), "-0.5", "-0.5"),
        (Column("c", "C", Type.NUMBER, places=1), (Decimal("0.25"), Decimal(3)), "0.2, 3.0", "0.2、3.0"),
        (Column("c", "C", Type.NUMBER), ("99999999999999999999",), *["99999999999999999999"] * 2),
        (Column("c", "C", Type.CHOICE, options=OPTIONS), ("a", "b"), "One, b", "一、b"),
        (Column("c", "C", Type.COMPUTED, options=OPTIONS), ("a",), "One", "一"),
        (Column("c", "C", Type.PERSON), ("manager", "gone"), "Somebody, gone", "Somebody、gone"),
        (Column("c", "C", Type.PARTY), ("manager",), "manager", "manager"),
        (Column("c", "C", Type.YES_NO), (True, False), "yes, no", "是、否"),
        (Column("c", "C", Type.YES_NO), ("true", "perhaps"), "yes, no", "是、否"),
        (Column("c", "C", Type.COMPUTED), (True,), "True", "True"),
        (Column("c", "C", Type.DATE), (date(2026, 1, 2),), "2026-01-02", "2026-01-02"),
        (Column("c", "C", Type.INSTANT), (datetime(2026, 1, 2, tzinfo=UTC),), *["2026-01-02 08:00"] * 2),
        (Column("c", "C", Type.TEXT), (), "", ""),
        (Column("c", "C", Type.TEXT), Mark.SEALED, "sealed", "已封存"),
    ],
)
def test_cells_read_by_the_type_of_their_column(column: Column, shown: Shown, en: str, zh: str) -> None:
    told = [words.teller(column, language, ZONE, NAMES)(shown) for language in ("en", "zh-Hans")]
    assert told == [en, zh]


def test_months_belong_to_periods() -> None:
    assert views.month_of(date(2026, 11, 2)) == 202611
    names = [views.period(202611, size) for size in views.PERIODS]
    assert names == ["2026-11", "2026-Q4", "2026"]


def test_nothing_has_no_mean() -> None:
    total = Total()
    assert Total().mean is None
    total.add(3, 2, 1_000_000, 1)
    assert (total.figure, total.mean, total.count, total.left_out) == (Decimal(1), Decimal("0.5000"), 3, 1)
