"""What formulas give, and what they refuse in a sentence a quality manager can act on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from qms.formulas import FUNCTIONS, FormulaFailed, FormulaUnreadable, parse


def _short(value: object) -> str:
    return str(value)[:30]


ISSUES = [
    {"grade": "A", "points": Decimal("1.5")},
    {"grade": "B", "points": None},
    {"grade": "A", "points": Decimal(2)},
    {"grade": "D"},
]
VALUES: dict[str, Any] = {
    "amount": Decimal("1200.50"),
    "count_of": 3,
    "mode": "committee",
    "accepted": True,
    "kinds": ["loan", "card"],
    "filed_on": date(2026, 11, 28),
    "paid_on": date(2026, 12, 5),
    "called_at": datetime(2026, 11, 28, 1, 0, tzinfo=UTC),
    "came_at": datetime(2026, 11, 28, 2, 30, tzinfo=UTC),
    "issues": ISSUES,
    "client": {"tier": "vip"},
    "clocks.review.on_time": False,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("0.1 + 0.2", Decimal("0.3")),
        ("amount / 2", Decimal("600.25")),
        ("7 // 2", Decimal(3)),
        ("7 % 4", Decimal(3)),
        ("2 ** 10", Decimal(1024)),
        ("-amount", Decimal("-1200.50")),
        ("+amount", Decimal("1200.50")),
        ("count_of + 1", Decimal(4)),
        ("'A' + 'B'", "AB"),
        ("filed_on + 7", date(2026, 12, 5)),
        ("paid_on - 7", date(2026, 11, 28)),
        ("paid_on - filed_on", Decimal(7)),
        ("'yes' if amount > 1000 else 'no'", "yes"),
        ("amount > 1000 and mode == 'committee'", True),
        ("amount < 1000 or accepted", True),
        ("not accepted", False),
        ("accepted == true", True),
        ("accepted == False", False),
        ("1000 < amount <= 2000", True),
        ("mode != 'committee'", False),
        ("mode in ['committee', 'single']", True),
        ("mode not in ('committee', 'single')", False),
        ("'loan' in kinds", True),
        ("'mit' in mode", True),
        ("filed_on < paid_on", True),
        ("filed_on >= date('2026-01-01')", True),
        ("called_at < came_at", True),
        ("filed_on == called_at", False),
        ("amount == 'x'", False),
        ("accepted == 1", False),
        ("any(row.grade == 'A' for row in issues)", True),
        ("all(row.grade == 'A' for row in issues)", False),
        ("any(kind == 'card' for kind in kinds)", True),
        ("all([])", True),
        ("any(false, accepted)", True),
        ("all(accepted, missing_one)", False),
        ("sum(row.points for row in issues)", Decimal("3.5")),
        ("sum(1, 2, missing_one)", Decimal(3)),
        ("sum([])", Decimal(0)),
        ("count(issues)", Decimal(4)),
        ("count(row for row in issues if row.grade == 'A')", Decimal(2)),
        ("count(row.points for row in issues)", Decimal(2)),
        ("count(missing_one)", Decimal(0)),
        ("mean(row.points for row in issues)", Decimal("1.75")),
        ("mean([])", None),
        ("least(row.points for row in issues)", Decimal("1.5")),
        ("most(1, amount, 3)", Decimal("1200.50")),
        ("least(filed_on, paid_on)", date(2026, 11, 28)),
        ("most([])", None),
        ("round(2.5)", Decimal(3)),
        ("round(-2.5)", Decimal(-3)),
        ("round(2.345, 2)", Decimal("2.35")),
        ("round(missing_one, 2)", None),
        ("round(2.5, missing_one)", None),
        ("days(filed_on, paid_on)", Decimal(7)),
        ("days(called_at, came_at) * 24", Decimal("1.5")),
        ("days(filed_on, missing_one)", None),
        ("hours(called_at, came_at)", Decimal("1.5")),
        ("hours(missing_one, came_at)", None),
        ("month(filed_on)", Decimal(11)),
        ("year(called_at)", Decimal(2026)),
        ("month(missing_one)", None),
        ("date(filed_on)", date(2026, 11, 28)),
        ("date(missing_one)", None),
        ("lower('ABC')", "abc"),
        ("lower(missing_one)", None),
        ("contains(mode, 'comm')", True),
        ("contains(kinds, 'x')", False),
        ("contains(missing_one, 'x')", False),
        ("is_missing(missing_one)", True),
        ("is_missing(amount)", False),
        ("is_missing('')", True),
        ("5 if is_missing(missing_one) else None", Decimal(5)),
        ("client.tier", "vip"),
        ("client.name", None),
        ("clocks.review.on_time", False),
        ("amount.cents", None),
        ("sum(row.points * 2 for row in issues if row.grade == 'A')", Decimal("7.0")),
        ("[row.grade for row in issues]", ["A", "B", "A", "D"]),
        ("count(a for a in issues for b in kinds if a.grade == 'A')", Decimal(4)),
        ("any(row.grade == 'A' for row in missing_one)", False),
        ("count(kind.length for kind in kinds)", Decimal(0)),
        ("[row for row in issues if row.grade == 'D']", [{"grade": "D"}]),
        ("amount\n  + 1", Decimal("1201.50")),
    ],
    ids=_short,
)
def test_formulas_give(text: str, expected: object) -> None:
    """Each kind of sign and each function, on the answers of one record."""
    assert expected == parse(text).value(VALUES)


@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "//", "%", "**"])
def test_arithmetic_with_a_missing_answer_is_missing(sign: str) -> None:
    """Whatever is computed from an answer that is not there is not there either."""
    assert parse(f"amount {sign} nothing").value(VALUES) is None
    assert parse(f"nothing {sign} amount").value(VALUES) is None
    assert parse("-nothing").value(VALUES) is None


@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
def test_comparing_a_missing_answer_is_false(sign: str) -> None:
    """No comparison holds of what is not there, not even that it differs."""
    assert parse(f"nothing {sign} kinds").value(VALUES) is False
    assert parse(f"kinds {sign} nothing").value(VALUES) is False
    assert not parse("nothing").holds(VALUES)
    assert parse("not nothing").holds(VALUES)


def test_a_formula_tells_what_it_asks_for() -> None:
    """Names of fields, the tables among them and the columns taken of their rows; row names are its own."""
    formula = parse(
        "sum(row.points for row in issues if row.grade == limit) + clocks.whole.days + (1 if true else 0)"
    )
    assert frozenset({"issues", "limit", "clocks.whole.days"}) == formula.names
    assert frozenset({"issues"}) == formula.tables
    assert frozenset({("issues", "points"), ("issues", "grade")}) == formula.columns
    assert "limit" in repr(formula)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing in it"),
        (" \n", "nothing in it"),
        ("1 + " * 600 + "1", "longer than 2000"),
        ("(1 + 2", "“(” at character 1 opens a bracket that is not closed"),
        ("1 + 2)", "“)” at character 6 closes a bracket that was not opened"),
        ("(1]", "“]” at character 3 closes a bracket that was not opened"),
        ("((" * 40 + "))" * 40, "deeper than 40"),
        ("amount = 3", "“=” at character 8 compares nothing; write “==”"),
        ("a && b", "“&&” at character 3 cannot stand in a formula; write “and”"),
        ("!a", "write “not”"),
        ("amount（1）", "“（” at character 7 cannot stand in a formula; write “(”"),
        ("amount ≥ 3", "write “>=”"),
        ("mode == “x”", 'write “"”'),
        ("金额 + 1", "“金” at character 1 cannot stand in a formula"),
        ("mode == 'x", "begins at character 9 has no closing quotation mark"),
        ("1,200.5.0", "“200.5.0” at character 3 is no number"),
        ("1e9", "“1e9” at character 1 is no number"),
        ("0x1f", "is no number"),
        ("012", "is no number"),
        ("1_000", "is no number"),
        ("9" * 26, "is no number"),
        ("f'x'", "Something is missing before the text at character 2"),
        ("1 +", "stops making sense near character"),
        ("lower 'A'", "stops making sense near character"),
        ("-" * 500 + "1", "deeper than 40"),
        ("-" * 90 + "1", "deeper than 40"),
        ("[" + "1," * 900 + "1]", "more than 600 parts"),
        ("power(2)", "There is no function named power; there are any, all, sum"),
        ("amount.lower()", "There is no function named amount.lower"),
        ("sum()", "sum is given too few or too many values"),
        ("round(1, 2, 3)", "round is given too few"),
        ("sum(*issues)", "sum is given too few"),
        ("sum", "sum is a function; write what it works on in brackets"),
        ("mode == None", "write is_missing"),
        ("mode is amount", "To compare, write =="),
        ("issues[0]", "a part that formulas do not have"),
        ("...", "a part that formulas do not have"),
        ("(yield)", "a part that formulas do not have"),
        ("await amount", "a part that formulas do not have"),
        ("[*issues]", "a part that formulas do not have"),
        ("(amount + 1).real", "A point may stand only between names"),
        ("any(row.a.b for row in issues)", "“row.a.b” goes deeper"),
        ("any(x for x in [1, 2])", "After “in” stands the name of a table"),
        ("any(x for row in issues for x in row.kinds)", "After “in” stands the name of a table"),
        ("any(a for a, b in issues)", "After “for” stands one name"),
        ("any(sum for sum in issues)", "After “for” stands one name"),
        ("any(true for true in issues)", "After “for” stands one name"),
        ("any(1 for a in x for b in y for c in z)", "more than 2 tables at once"),
        ("row.a + sum(row.a for row in issues)", "row.a is a row here and something else there"),
    ],
    ids=_short,
)
def test_what_cannot_be_read_is_said(text: str, said: str) -> None:
    """The sentence names the place and what to write instead."""
    with pytest.raises(FormulaUnreadable) as refused:
        parse(text)
    assert said in refused.value.sentence("en")
    assert refused.value.sentence("zh-Hans") != refused.value.sentence("en")
    assert refused.value.sentence("zh-Hant") != refused.value.sentence("en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", "divides by zero"),
        ("1 // 0", "divides by zero"),
        ("1 % 0", "divides by zero"),
        ("0 ** -1", "divides by zero"),
        ("9 ** 99 ** 2", "A power is a whole number up to 100"),
        ("0 ** 0", "too large, or the calculation has no result"),
        ("2 ** 0.5", "A power is a whole number up to 100"),
        ("((9 ** 100) ** 100)", "too large, or the calculation has no result"),
        ("amount + mode", "two kinds of answers"),
        ("filed_on - mode", "two kinds of answers"),
        ("mode * 3", "two kinds of answers"),
        ("accepted + 1", "two kinds of answers"),
        ("-mode", "two kinds of answers"),
        ("accepted < 1", "two kinds of answers"),
        ("issues < issues", "two kinds of answers"),
        ("filed_on < called_at", "two kinds of answers"),
        ("1 in mode", "two kinds of answers"),
        ("1 in amount", "two kinds of answers"),
        ("sum(mode)", "two kinds of answers"),
        ("mean(row.grade for row in issues)", "two kinds of answers"),
        ("round(mode)", "two kinds of answers"),
        ("round(1, mode)", "two kinds of answers"),
        ("round(1, 13)", "rounded to 0 to 12 places"),
        ("round(1, 0.5)", "rounded to 0 to 12 places"),
        ("days(filed_on, called_at)", "two kinds of answers"),
        ("hours(called_at, mode)", "two kinds of answers"),
        ("month(mode)", "two kinds of answers"),
        ("date(amount)", "two kinds of answers"),
        ("date('yesterday')", "“yesterday” is no date"),
        ("lower(amount)", "two kinds of answers"),
        ("filed_on + 0.5", "Only whole days"),
        ("filed_on + 9000000", "leaves the calendar"),
        ("any(row.a for row in mode)", "mode is no table"),
        ("long + long", "grows longer than 100000"),
        ("any(a.x == b.x for a in many for b in many)", "too much to look at"),
        ("count(a for a in rows)", "too much to look at"),
    ],
    ids=_short,
)
def test_what_has_no_value_is_said(text: str, said: str) -> None:
    """A formula that fits the form but not these answers says what stands in the way."""
    many = {"many": [{"x": 1}] * 2000, "rows": [{"x": 1}] * 11_000, "long": "x" * 60_000}
    with pytest.raises(FormulaFailed) as failed:
        parse(text).value({**VALUES, **many})
    assert said in failed.value.sentence("en")
    assert failed.value.sentence("zh-Hans") != failed.value.sentence("en")


class _Grade(StrEnum):
    A = "A"


def test_values_come_in_as_formulas_know_them() -> None:
    """A value of a listed choice is a text, an infinite number is missing; a float is a mistake of ours."""
    assert parse("grade == 'A'").value({"grade": _Grade.A}) is True
    assert parse("is_missing(amount)").value({"amount": Decimal("NaN")}) is True
    with pytest.raises(TypeError):
        parse("amount").value({"amount": 1.5})
    with pytest.raises(TypeError):
        parse("at").value({"at": datetime(2026, 1, 1)})  # noqa: DTZ001 - that is the point


def test_every_function_has_a_case() -> None:
    """The closed list is the one promised."""
    promised = "any all sum count mean least most round days hours month year date lower contains is_missing"
    assert tuple(promised.split()) == FUNCTIONS
