"""Pure rules: the closed list of functions. Totals pass over missing answers, as spreadsheets do."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from typing import Any, Final

from qms.formulas.errors import Fault, mixed
from qms.formulas.values import ARITHMETIC, OPERATORS, is_number
from qms.kernel.labels import N_

_MANY: Final = 50
_PLACES: Final = 12
_SECONDS: Final = Decimal(3600)
_HOURS: Final = Decimal(24)


def _items(values: tuple[Any, ...]) -> list[Any]:
    """What a total works on: the one list given, or the values themselves; never a missing one."""
    listed = values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values
    return [item for item in listed if item is not None]


def _numbers(values: tuple[Any, ...]) -> list[Decimal]:
    found = _items(values)
    return found if all(is_number(item) for item in found) else mixed()


def _sum(*values: Any) -> Decimal:
    return reduce(ARITHMETIC.add, _numbers(values), Decimal(0))


def _count(*values: Any) -> Decimal:
    return Decimal(len(_items(values)))


def _mean(*values: Any) -> Decimal | None:
    found = _numbers(values)
    return ARITHMETIC.divide(reduce(ARITHMETIC.add, found), Decimal(len(found))) if found else None


def _choose(sign: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    def choose(*values: Any) -> Any:
        found = _items(values)
        return reduce(lambda best, item: item if sign(item, best) else best, found) if found else None

    return choose


def _any(*values: Any) -> bool:
    return any(_items(values))


def _all(*values: Any) -> bool:
    listed = values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values
    return all(listed)


def _round(number: Any, places: Any = Decimal(0)) -> Decimal | None:
    """Halves go away from zero: 2.5 becomes 3 and -2.5 becomes -3."""
    if number is None or places is None:
        return None
    if not is_number(number) or not is_number(places):
        return mixed()
    if places != places.to_integral_value() or not 0 <= places <= _PLACES:
        raise Fault(N_("A number is rounded to 0 to {most} places."), most=_PLACES)
    rounded: Decimal = number.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP, ARITHMETIC)
    return rounded


def _days(first: Any, last: Any) -> Decimal | None:
    """Days from the first to the last, below zero where the last comes first; instants in parts of a day."""
    if first is None or last is None:
        return None
    if type(first) is date and type(last) is date:
        return Decimal((last - first).days)
    found = _hours(first, last)
    return None if found is None else ARITHMETIC.divide(found, _HOURS)


def _hours(first: Any, last: Any) -> Decimal | None:
    """Hours from one instant to another, by the clock."""
    if first is None or last is None:
        return None
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return mixed()
    length = last - first
    return ARITHMETIC.divide(Decimal(length.days * 86_400 + length.seconds), _SECONDS)


def _part(name: str) -> Callable[[Any], Decimal | None]:
    def part(day: Any) -> Decimal | None:
        if day is None:
            return None
        return Decimal(getattr(day, name)) if isinstance(day, date) else mixed()

    return part


def _date(text: Any) -> date | None:
    if text is None or type(text) is date:
        return text
    if not isinstance(text, str):
        return mixed()
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise Fault(N_("“{text}” is no date; write 2026-11-28."), text=text) from fault


def _lower(text: Any) -> str | None:
    if text is None:
        return None
    return text.lower() if isinstance(text, str) else mixed()


def _contains(whole: Any, part: Any) -> bool:
    """Whether a text has a part, or a list an item; false where either is missing."""
    return bool(OPERATORS[ast.In](part, whole))


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple) and not value)


CALLS: Final[Mapping[str, Callable[..., Any]]] = {
    "any": _any,
    "all": _all,
    "sum": _sum,
    "count": _count,
    "mean": _mean,
    "least": _choose(OPERATORS[ast.Lt]),
    "most": _choose(OPERATORS[ast.Gt]),
    "round": _round,
    "days": _days,
    "hours": _hours,
    "month": _part("month"),
    "year": _part("year"),
    "date": _date,
    "lower": _lower,
    "contains": _contains,
    "is_missing": _is_missing,
}
"""Each function by its name."""
NAMES: Final = tuple(CALLS)
"""The names of functions, in the order people are told of them."""
TAKES: Final[Mapping[str, tuple[int, int]]] = {
    **dict.fromkeys(NAMES, (1, 1)),
    **dict.fromkeys(("any", "all", "sum", "count", "mean", "least", "most"), (1, _MANY)),
    "round": (1, 2),
    "days": (2, 2),
    "hours": (2, 2),
    "contains": (2, 2),
}
"""How many values each function takes, at least and at most."""
