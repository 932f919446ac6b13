"""Formulas written to break out, to stall or to fill memory, and any text at all."""

from __future__ import annotations

import time
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qms.formulas import FormulaFailed, FormulaUnreadable, parse, tree
from qms.formulas.errors import Fault

ROWS: list[dict[str, Any]] = [{"a": Decimal(1), "__class__": "no"}, {"a": None}]
VALUES: dict[str, Any] = {"x": Decimal(3), "t": "text", "rows": ROWS, "f": {"name": "n"}}

HOSTILE = [
    "__import__('os').system('id')",
    "().__class__.__bases__[0].__subclasses__()",
    "x.__class__",
    "t.format(x)",
    "t.upper()",
    "'{0.__class__}'.format(x)",
    "t.__init__.__globals__",
    "rows.append(1)",
    "any(r.__class__ for r in rows)",
    "any(r._cells for r in rows)",
    "[c for c in ().__class__.__mro__]",
    "eval('1')",
    "exec('1')",
    "open('/etc/passwd')",
    "getattr(x, 'real')",
    "globals()",
    "type(x)",
    "print(x)",
    "sum.__self__",
    "sum.__globals__",
    "(lambda: 1)()",
    "[x := 1]",
    "f'{x}'",
    "f'{().__class__}'",
    "b'x'",
    "'\\x41'",
    "'''a''' 'b'",
    "x.func_code",
    "x.real",
    "{'a': 1}",
    "{x for x in rows}",
    "{**f}",
    "x if",
    "import os",
    "x; x",
    "x\nimport os",
    "x # note",
    "del x",
    "x = 1",
    "9**9**9**9",
    "10**100**100",
    "(((9**100)**100)**100)**100",
    "'a' * 1000000000",
    "rows * 1000000000",
    "1 << 100000",
    "1 | 2",
    "~1",
    "x @ x",
    "1j",
    "1_0",
    "0b1",
    "9" * 2000,
    "(" * 1999,
    "[" * 1999,
    "-" * 1999 + "1",
    "not " * 499 + "1",
    "x if x else " * 160 + "x",
    "x+" * 999 + "x",
    "x." * 999 + "x",
    "x<" * 999 + "x",
    "x and " * 300 + "x",
    "any(" * 300 + "x" + ")" * 300,
    "[a for a in rows for b in rows for c in rows for d in rows]",
    "sum(sum(sum(c.a for c in rows) for b in rows) for a in rows)",
    "any(any(any(any(1 for d in big) for c in big) for b in big) for a in big)",
    "sum([a for a in big for b in big])",
    "count([[x, x, x] for a in big for b in big])",
    "any(contains(big, a.a) for a in big for b in big)",
    "round(1, 1000000)",
    "\x00",
    "x\x00",
    "\ud800",
    "ｅｖａｌ(x)",
    "x\u202e",
    "a" * 2000,
    "async",
    "None",
    "True()",
    "(yield from x)",
    "1if x else 2",
    "''''''",
    '"\'"',
]


def _outcome(text: str, values: dict[str, Any]) -> Any:
    """The value, or the sentence of one of the two refusals; anything else fails the test."""
    try:
        return parse(text).value(values)
    except (FormulaUnreadable, FormulaFailed) as refused:
        return refused.sentence("zh-Hans")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_formulas_give_nothing(text: str) -> None:
    """Each is refused, or gives a plain value of the answers, soon."""
    big = [{"a": Decimal(number)} for number in range(3000)]
    begun = time.perf_counter()
    found = _outcome(text, {**VALUES, "big": big})
    assert isinstance(found, Decimal | str | bool | list | None)
    assert time.perf_counter() - begun < 5, "a machine under load takes some tenths of a second"


INWARD = [text for text in HOSTILE if "__" in text or "import" in text or "exec" in text]


@pytest.mark.parametrize("text", INWARD, ids=range(len(INWARD)))
def test_what_reaches_for_the_inside_is_unreadable(text: str) -> None:
    """It is refused when the definition is checked, before any answer is there."""
    with pytest.raises(FormulaUnreadable):
        parse(text)


SIGNS = st.text(alphabet="xt fr123.()[],'\"+-*/%<>=!&|notadifelsr_年（", max_size=60)


@given(st.one_of(st.text(max_size=80), SIGNS))
@example("a" * 3000)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but the two refusals ever comes out of a text."""
    _outcome(text, VALUES)


VOCABULARY = (
    "x t rows r r.a f.name 1 2.5 'a' sum( any( round( is_missing( ( ) [ ] , + - * / // % ** == < "
    "in not and or if else for None true"
)
WORDS = st.sampled_from(VOCABULARY.split())


@given(st.lists(WORDS, max_size=15))
def test_any_words_are_read_or_refused(words: list[str]) -> None:
    """The same for texts that come nearer to formulas."""
    _outcome(" ".join(words), VALUES)


def test_a_text_too_deep_for_the_parser_is_refused() -> None:
    """Where Python itself gives up, the sentence is the same as where we do."""
    with pytest.raises(Fault):
        tree.grow("-" * 9000 + "1")


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4)
CONTEXT = Context(prec=28, rounding=ROUND_HALF_UP)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_arithmetic_is_that_of_decimal(first: Decimal, second: Decimal, third: Decimal) -> None:
    """Sums, differences, products and quotients are Decimal's, halves away from zero, in 28 figures."""
    values = {"a": first, "b": second, "c": third}
    assert CONTEXT.add(first, CONTEXT.multiply(second, third)) == parse("a + b * c").value(values)
    assert CONTEXT.multiply(CONTEXT.subtract(first, second), third) == parse("(a - b) * c").value(values)
    if third:
        assert CONTEXT.divide(first, third) == parse("a / c").value(values)
    assert (first < second) is parse("a < b").value(values)
    assert max(first, second, third) == parse("most(a, b, c)").value(values)
    assert first.quantize(Decimal("0.01"), ROUND_HALF_UP) == parse("round(a, 2)").value(values)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=3))
def test_a_written_number_is_that_number(number: Decimal) -> None:
    """No figure is lost on the way through the parser."""
    assert number == parse(str(number)).value({})


@given(st.lists(st.one_of(st.none(), NUMBERS), max_size=20))
def test_totals_are_those_of_what_is_there(numbers: list[Decimal | None]) -> None:
    """A total passes over missing answers and never over others."""
    values = {"rows": [{"n": number} for number in numbers]}
    there = [number for number in numbers if number is not None]
    assert sum(there) == parse("sum(row.n for row in rows)").value(values)
    assert len(there) == parse("count(row.n for row in rows)").value(values)
    assert (min(there) if there else None) == parse("least(row.n for row in rows)").value(values)
