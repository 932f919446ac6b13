"""Pure rules: what values formulas know, and how two of them are added, compared and so on."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from types import MappingProxyType
from typing import Any, Final

from qms.formulas.errors import Fault, mixed
from qms.kernel.labels import N_

PRECISION: Final = 28
POWER: Final = 100
LONGEST_TEXT: Final = 100_000
ARITHMETIC: Final = Context(
    prec=PRECISION,
    rounding=ROUND_HALF_UP,
    Emin=-1000,
    Emax=1000,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
"""Twenty-eight figures, halves rounded away from zero, no infinities."""


class Row:
    """One row of a table: its columns and nothing else of it can be reached."""

    __slots__ = ("cells",)

    def __init__(self, cells: Mapping[str, Any]) -> None:
        """Keep the admitted cells."""
        self.cells = MappingProxyType(dict(cells))


def admit(value: Any) -> Any:
    """A value of the outside as formulas know it; a kind they do not know is a mistake of the program."""
    if isinstance(value, datetime) and value.tzinfo is None:
        raise TypeError("an instant without a zone is none")
    if value is None or isinstance(value, bool | date):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Mapping):
        return Row({str(name): admit(cell) for name, cell in value.items()})
    if isinstance(value, list | tuple):
        return tuple(admit(item) for item in value)
    raise TypeError(f"formulas know no {type(value).__name__}")


def release(value: Any) -> Any:
    """What a formula gives out: plain values and lists of them."""
    if isinstance(value, Row):
        return dict(value.cells)
    if isinstance(value, tuple | list):
        return [release(item) for item in value]
    return value


def is_number(value: Any) -> bool:
    """Whether the value counts as a number; yes and no do not."""
    return isinstance(value, Decimal)


def _add(left: Any, right: Any) -> Any:
    if is_number(left) and is_number(right):
        return ARITHMETIC.add(left, right)
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > LONGEST_TEXT:
            raise Fault(N_("A text grows longer than {most} characters."), most=LONGEST_TEXT)
        return left + right
    if _is_day(left) and is_number(right):
        return _shifted(left, right)
    return mixed()


def _subtract(left: Any, right: Any) -> Any:
    if is_number(left) and is_number(right):
        return ARITHMETIC.subtract(left, right)
    if _is_day(left) and _is_day(right):
        return Decimal((left - right).days)
    if _is_day(left) and is_number(right):
        return _shifted(left, -right)
    return mixed()


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _shifted(day: date, days: Decimal) -> date:
    if days != days.to_integral_value():
        raise Fault(N_("Only whole days can be added to a date."))
    try:
        return day + timedelta(days=int(days))
    except OverflowError as fault:
        raise Fault(N_("A date leaves the calendar.")) from fault


def _numbers(act: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        return act(left, right) if is_number(left) and is_number(right) else mixed()

    return apply


def _divide(left: Decimal, right: Decimal) -> Decimal:
    return ARITHMETIC.divide(left, _divisor(right))


def _whole(left: Decimal, right: Decimal) -> Decimal:
    return ARITHMETIC.divide_int(left, _divisor(right))


def _rest(left: Decimal, right: Decimal) -> Decimal:
    return ARITHMETIC.remainder(left, _divisor(right))


def _divisor(number: Decimal) -> Decimal:
    if not number:
        raise Fault(N_("It divides by zero."))
    return number


def _power(left: Decimal, right: Decimal) -> Decimal:
    if right != right.to_integral_value() or abs(right) > POWER:
        raise Fault(N_("A power is a whole number up to {most}."), most=POWER)
    if right < 0:
        _divisor(left)
    return ARITHMETIC.power(left, right)


def _spreading(act: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Arithmetic with a missing value gives a missing value."""

    def apply(left: Any, right: Any) -> Any:
        return None if left is None or right is None else act(left, right)

    return apply


def _comparing(act: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison with a missing value is false, whichever comparison it is."""

    def apply(left: Any, right: Any) -> bool:
        return left is not None and right is not None and act(left, right)

    return apply


def _same(left: Any, right: Any) -> bool:
    """Values of different kinds are never equal; a date and an instant are different kinds."""
    return _kind(left) is _kind(right) and bool(left == right)


def _ordered(act: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def apply(left: Any, right: Any) -> bool:
        return act(left, right) if _kind(left) is _kind(right) in _ORDERED else mixed()

    return apply


def _kind(value: Any) -> type:
    return tuple if isinstance(value, list) else type(value)


_ORDERED: Final = (Decimal, str, date, datetime)


def _among(left: Any, right: Any) -> bool:
    if isinstance(right, str):
        return left in right if isinstance(left, str) else mixed()
    if isinstance(right, tuple | list):
        return any(_same(left, item) for item in right)
    return mixed()


def _signed(act: Callable[[Decimal], Decimal]) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        if value is None:
            return None
        return act(value) if is_number(value) else mixed()

    return apply


OPERATORS: Final[Mapping[type, Callable[..., Any]]] = {
    ast.Add: _spreading(_add),
    ast.Sub: _spreading(_subtract),
    ast.Mult: _spreading(_numbers(ARITHMETIC.multiply)),
    ast.Div: _spreading(_numbers(_divide)),
    ast.FloorDiv: _spreading(_numbers(_whole)),
    ast.Mod: _spreading(_numbers(_rest)),
    ast.Pow: _spreading(_numbers(_power)),
    ast.UAdd: _signed(ARITHMETIC.plus),
    ast.USub: _signed(ARITHMETIC.minus),
    ast.Not: lambda value: not value,
    ast.Eq: _comparing(_same),
    ast.NotEq: _comparing(lambda left, right: not _same(left, right)),
    ast.Lt: _comparing(_ordered(lambda left, right: left < right)),
    ast.LtE: _comparing(_ordered(lambda left, right: left <= right)),
    ast.Gt: _comparing(_ordered(lambda left, right: left > right)),
    ast.GtE: _comparing(_ordered(lambda left, right: left >= right)),
    ast.In: _comparing(_among),
    ast.NotIn: _comparing(lambda left, right: not _among(left, right)),
}
"""What each sign does, on values that may be missing."""
