"""Pure rules: how an answer becomes typed cells, and the key that orders the cells of a column.

One key serves every type, so one index serves every filter and every order: a number is written with
twenty digits from the least one on, a day and an instant as ISO 8601 in UTC, a text folded and cut, and
what points at something as `kind:name`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from qms.forms import Type

KEY: Final = 80
"""How many characters of a key are kept: an index row has its limit."""
REF: Final = 200
SCALE: Final = 1_000_000
"""Numbers are kept as whole millionths, so that both databases add them up without rounding."""
MOST: Final = 2**63 - 1
_SHIFT: Final = 2**63
_DIGITS: Final = 18
_MINUTE: Final = timedelta(minutes=1)

REFS: Final = {
    Type.PERSON: "person",
    Type.DEPARTMENT: "department",
    Type.PARTY: "party",
    Type.DOCUMENT: "document",
    Type.CLAUSE: "clause",
    Type.RECORD: "record",
}
"""The types whose answers point at something, and what kind of thing."""
NUMBERS: Final = frozenset({Type.NUMBER, Type.MONEY, Type.COMPUTED})


Reader = Callable[[str | None, int | None, date | None, datetime | None, str | None], Any]


@dataclass(frozen=True, slots=True)
class Value:
    """One value as a cell keeps it; `key` None says that there is none."""

    text: str | None = None
    number: int | None = None
    day: date | None = None
    instant: datetime | None = None
    ref: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a limit: the instant from which it is too late, and the last day that is within it."""

    at: datetime
    on: date

    def within(self, zone: tzinfo) -> datetime:
        """The instant to show: of a limit that lasts the day, its last minute, not the midnight after it."""
        lasts_the_day = self.at.astimezone(zone).date() > self.on
        return self.at - _MINUTE if lasts_the_day else self.at


EMPTY: Final = Value()


def values(kind: Type, answer: Any, zone: tzinfo) -> tuple[Value, ...]:
    """The cells of an answer, as JSON or as a formula gives it; one empty cell where there is none.

    The day of an instant is that of the organisation's zone (law 16).
    """
    several = answer if isinstance(answer, list | tuple) else [answer]
    found = tuple(made for each in several if (made := _one(kind, each, zone)).key is not None)
    return found or (EMPTY,)


def _one(kind: Type, answer: Any, zone: tzinfo) -> Value:
    if answer is None or answer == "":
        return EMPTY
    if kind is Type.DATE:
        return _day(_date(answer, zone))
    if isinstance(answer, Due):
        answer = answer.within(zone)
    if kind is Type.YES_NO or isinstance(answer, bool):
        return _number(Decimal(1 if answer in {True, "true"} else 0))
    if kind in REFS:
        return _ref(REFS[kind], str(answer))
    made = _MADE.get(kind)
    return _words(_spoken(answer)) if made is None else made(answer)


def _spoken(answer: Any) -> str:
    """What a text column says of an answer of any type."""
    if isinstance(answer, Mapping):
        return str(answer.get("name", ""))
    if isinstance(answer, Decimal):
        return plain(answer)
    if isinstance(answer, date):
        return answer.isoformat()
    return str(answer)


def _words(said: str) -> Value:
    return Value(text=said, key=fold(said) or None)


def _ref(kind: str, name: str) -> Value:
    ref = f"{kind}:{name}"[:REF]
    return Value(ref=ref, key=ref[:KEY])


def _day(day: date) -> Value:
    return Value(day=day, key=day.isoformat())


def _date(answer: Any, zone: tzinfo) -> date:
    if isinstance(answer, Due):
        return answer.on
    if not isinstance(answer, date):
        said = str(answer)
        answer = datetime.fromisoformat(said) if "T" in said else date.fromisoformat(said)
    return answer.astimezone(zone).date() if isinstance(answer, datetime) else answer


def _instant(answer: Any) -> Value:
    if isinstance(answer, str):
        answer = datetime.fromisoformat(answer)
    at = answer.astimezone(UTC)
    return Value(instant=at, key=instant_key(at))


def _figure(answer: Any) -> Value:
    """A number; what a formula gives instead, such as a day or words, keeps its own type."""
    if isinstance(answer, datetime):
        return _instant(answer)
    if isinstance(answer, date):
        return _day(answer)
    try:
        return _number(Decimal(str(answer)))
    except InvalidOperation:
        return _words(str(answer))


def _number(figure: Decimal) -> Value:
    """A number in millionths; one too large or too fine for them keeps its digits and is not added up."""
    within = scaled(figure)
    exact = Decimal(within) == figure * SCALE
    return Value(
        text=None if exact else plain(figure), number=within if exact else None, key=number_key(within)
    )


def scaled(number: Decimal) -> int:
    """The number in millionths, half up, no farther than they reach; what is no number is refused."""
    if not number.is_finite():
        raise InvalidOperation
    if number.adjusted() > _DIGITS:
        return MOST if number > 0 else -MOST
    return max(-MOST, min(MOST, int((number * SCALE).to_integral_value(ROUND_HALF_UP))))


def number_key(millionths: int) -> str:
    """Twenty digits that sort as the numbers do."""
    return f"{millionths + _SHIFT:020d}"


def instant_key(at: datetime) -> str:
    """An instant as text that sorts as time goes."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def fold(said: str) -> str:
    """A text as filters compare it: width, case and spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", said).casefold().split())[:KEY].rstrip()


def figure(millionths: int) -> Decimal:
    """The number of so many millionths."""
    return Decimal(millionths) / SCALE


def plain(number: Decimal) -> str:
    """A number in plain digits, never with an exponent."""
    said = format(number, "f")
    return said.rstrip("0").rstrip(".") if "." in said else said


def read(kind: Type, value: Value) -> Any:
    """A cell as pages and files write it: text, number, day, instant, truth, or the name behind a ref."""
    return reader(kind)(value.text, value.number, value.day, value.instant, value.ref)


def reader(kind: Type) -> Reader:
    """How the cells of a column are read, from the parts of a value in their order."""
    return _truth if kind is Type.YES_NO else _part


def _part(
    text: str | None, number: int | None, day: date | None, instant: datetime | None, ref: str | None
) -> Any:
    if ref is not None:
        return ref.partition(":")[2]
    if number is not None:
        return figure(number)
    return text if day is None and instant is None else day or instant


def _truth(
    text: str | None, number: int | None, day: date | None, instant: datetime | None, ref: str | None
) -> Any:
    if number is not None and ref is None:
        return number == SCALE
    return _part(text, number, day, instant, ref)


_MADE: Final[Mapping[Type, Callable[[Any], Value]]] = {
    Type.INSTANT: _instant,
    **dict.fromkeys(NUMBERS, _figure),
}
