"""Pure rules: a way of looking at a register, written as JSON and as the parts of an address."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from qms.forms import Type
from qms.kernel.clock import start_of
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.registers import cells
from qms.registers.columns import FIRST, Column

_PLAIN: Final = frozenset({"state", "department", "form"})
_UNKNOWN: Final = N_("This register has nothing named “{name}” to filter or sort by.")
PERIODS: Final = ("month", "quarter", "year")
_RANGES: Final = frozenset({Type.NUMBER, Type.MONEY, Type.COMPUTED, Type.DATE, Type.INSTANT})
_WORDS: Final = frozenset({Type.TEXT, Type.LONG_TEXT, Type.FILE, Type.PHOTO, Type.SIGNATURE})
_LAST: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a column: `op` is `is`, `has`, `starts`, `from` or `to`."""

    column: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of a register: which rows, in which order, which columns, over which days of filing."""

    filters: tuple[Filter, ...] = ()
    sort: str = ""
    descending: bool = False
    columns: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    state: str = ""
    department: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """The keys a filter lets through, both ends included; None leaves an end open."""

    least: str | None = None
    most: str | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """A filter as the index serves it: a range of keys; or words an index does not serve."""

    range: Range | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """After which row a page begins: the sort key of that row, None among those without one."""

    key: str | None
    row: int


NOTHING: Final = Bounds(Range("~", ""))
"""What no cell fits: a number that is none, a day that is none."""


def ops(column: Column) -> tuple[str, ...]:
    """The conditions a column takes, by its type."""
    if column.type in _RANGES:
        return ("from", "to")
    return ("has", "starts", "is") if column.type in _WORDS else ("is",)


def bounds(column: Column, asked: Filter, zone: ZoneInfo) -> Bounds:
    """The keys that fit a filter; what is no value of the column's type fits nothing."""
    if asked.op == "has":
        return Bounds(words=asked.value)
    if asked.op == "starts":
        least = cells.fold(asked.value)
        return Bounds(Range(least, f"{least}{_LAST}"))
    if column.type in _RANGES:
        return _bound(column, asked, zone)
    found = cells.values(column.type, asked.value, zone)[0].key
    return NOTHING if found is None else Bounds(Range(found, found))


def _bound(column: Column, asked: Filter, zone: ZoneInfo) -> Bounds:
    try:
        key = _edge(column.type, asked, zone)
    except (ValueError, InvalidOperation, OverflowError):
        return NOTHING
    return Bounds(Range(least=key) if asked.op == "from" else Range(most=key))


def _edge(kind: Type, asked: Filter, zone: ZoneInfo) -> str:
    if kind is Type.DATE:
        return date.fromisoformat(asked.value).isoformat()
    if kind is Type.INSTANT:
        day = date.fromisoformat(asked.value)
        start = start_of(day if asked.op == "from" else day + timedelta(days=1), zone)
        return cells.instant_key(start if asked.op == "from" else start - timedelta(microseconds=1))
    if kind is Type.COMPUTED and "-" in asked.value.lstrip("-"):
        return date.fromisoformat(asked.value).isoformat()
    return cells.number_key(cells.scaled(Decimal(asked.value)))


def shown(view: View, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The chosen columns in the order of the register, else the first six."""
    chosen = tuple(column for column in columns if column.id in view.columns)
    return chosen or tuple(columns[:FIRST])


def kept(view: View, columns: Iterable[Column]) -> View:
    """The view without what the person may not see or the register no longer has."""
    known = {column.id: column for column in columns}
    return View(
        filters=tuple(
            each for each in view.filters if each.column in known and each.op in ops(known[each.column])
        ),
        sort=view.sort if view.sort in known else "",
        descending=view.descending,
        columns=tuple(each for each in view.columns if each in known),
        since=view.since,
        until=view.until,
        state=view.state,
        department=view.department,
        form=view.form,
    )


def is_plain(view: View) -> bool:
    """Whether all rows of the register or of some days are asked for, which the index counts."""
    return not (view.filters or view.state or view.department or view.form)


def is_whole(view: View) -> bool:
    """Whether all rows of the register are asked for."""
    return is_plain(view) and view.since is None and view.until is None


def only(**parts: Any) -> View:
    """A view with these parts alone."""
    return View(**parts)


def changed(view: View, **parts: Any) -> View:
    """The view with other parts."""
    return replace(view, **parts)


def masked(view: View, secret: Collection[str]) -> View:
    """The view without the values that were asked of secret columns."""
    filters = tuple(replace(each, value="…") if each.column in secret else each for each in view.filters)
    return replace(view, filters=filters)


def dumped(view: View) -> dict[str, Any]:
    """The view as JSON, nothing that says nothing."""
    made: dict[str, Any] = {name: getattr(view, name) for name in ("sort", "state", "department", "form")}
    made["filters"] = [[each.column, each.op, each.value] for each in view.filters]
    made["columns"] = list(view.columns)
    made["descending"] = view.descending
    made |= {name: day.isoformat() for name in ("since", "until") if (day := getattr(view, name))}
    return {name: value for name, value in made.items() if value}


def loaded(made: Mapping[str, Any]) -> View:
    """The view of its JSON."""
    return View(
        filters=tuple(Filter(*each) for each in made.get("filters", ())),
        sort=made.get("sort", ""),
        descending=made.get("descending", False),
        columns=tuple(made.get("columns", ())),
        since=_day(made.get("since", "")),
        until=_day(made.get("until", "")),
        state=made.get("state", ""),
        department=made.get("department", ""),
        form=made.get("form", ""),
    )


def parsed(parts: Iterable[tuple[str, str]]) -> View:
    """The view of an address: `amount.from=5&sort=-amount&columns=amount,client&since=2026-01-01`."""
    given = [(name, value.replace("\x00", "").strip()) for name, value in parts]
    given = [(name, value) for name, value in given if value]
    plain = dict(given)
    sort = plain.get("sort", "")
    chosen = [each for name, value in given if name == "columns" for each in value.split(",")]
    return View(
        filters=tuple(_filters(given)),
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        columns=tuple(dict.fromkeys(chosen)),
        since=_day(plain.get("since", "")),
        until=_day(plain.get("until", "")),
        state=plain.get("state", ""),
        department=plain.get("department", ""),
        form=plain.get("form", ""),
    )


def unread(parts: Iterable[tuple[str, str]], columns: Iterable[Column], zone: ZoneInfo) -> list[Problem]:
    """What an address asks for that this register does not answer: unknown filters, and values that are none.

    A view leaves them out (`kept`) or fits nothing; whoever asked is told, so that nobody takes the whole
    register for the part they asked for. A column the person may not see is as unknown as one that is not.
    """
    known = {column.id: column for column in columns}
    given = [(name, value.replace("\x00", "").strip()) for name, value in parts]
    return [
        problem
        for name, value in given
        if value and name not in _PLAIN
        for problem in _unread(name, value, known, zone)
    ]


def _unread(name: str, value: str, known: Mapping[str, Column], zone: ZoneInfo) -> Iterator[Problem]:
    if name in {"since", "until"}:
        if _day(value) is None:
            yield Problem(N_("Write a day such as 2026-11-30."), field=name)
        return
    if name in {"sort", "columns"}:
        named = value.split(",") if name == "columns" else [value.removeprefix("-")]
        for each in named:
            if each not in known:
                yield Problem(_UNKNOWN, field=name, facts={"name": each})
        return
    column, _, op = name.rpartition(".")
    if column not in known or op not in ops(known[column]):
        yield Problem(_UNKNOWN, field=name, facts={"name": name})
    elif bounds(known[column], Filter(column, op, value), zone) is NOTHING:
        text = N_("“{value}” is not what this column holds, so nothing fits it.")
        yield Problem(text, field=name, facts={"value": value})


def _filters(given: Iterable[tuple[str, str]]) -> Iterator[Filter]:
    for name, value in given:
        column, dot, op = name.rpartition(".")
        if dot and op in {"is", "has", "starts", "from", "to"}:
            yield Filter(column, op, value)


def address(view: View) -> list[tuple[str, str]]:
    """The parts of an address that mean this view."""
    made = [(f"{each.column}.{each.op}", each.value) for each in view.filters]
    if view.sort:
        made.append(("sort", f"-{view.sort}" if view.descending else view.sort))
    if view.columns:
        made.append(("columns", ",".join(view.columns)))
    made += [(name, day.isoformat()) for name in ("since", "until") if (day := getattr(view, name))]
    return made + [
        (name, value) for name in ("state", "department", "form") if (value := getattr(view, name))
    ]


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def written(cursor: Cursor) -> str:
    """A cursor as an address carries it."""
    return base64.urlsafe_b64encode(json.dumps([cursor.key, cursor.row]).encode()).decode().rstrip("=")


def cursor(said: str) -> Cursor | None:
    """The cursor of an address; what is none begins at the beginning."""
    try:
        key, row = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    except (binascii.Error, ValueError, TypeError):
        return None
    fits = (key is None or isinstance(key, str)) and isinstance(row, int) and 0 <= row < 2**31
    return Cursor(key, row) if fits else None


def period(month: int, size: str) -> str:
    """The month, quarter or year a month (202611) belongs to, as people write it."""
    year, number = divmod(month, 100)
    if size == "year":
        return f"{year}"
    return f"{year}-Q{(number + 2) // 3}" if size == "quarter" else f"{year}-{number:02d}"


def month_of(day: date) -> int:
    """The month of a day as one number."""
    return day.year * 100 + day.month


@dataclass(slots=True)
class Total:
    """What adds up in one column over one period."""

    count: int = 0
    sum: int = 0
    counted: int = 0
    left_out: int = 0

    def add(self, count: int, counted: int, total: int, left_out: int) -> None:
        """Take more rows in: how many have a value, how many of them a number, and their sum."""
        self.count += count
        self.counted += counted
        self.sum += total
        self.left_out += left_out

    @property
    def figure(self) -> Decimal:
        """The sum."""
        return cells.figure(self.sum)

    @property
    def mean(self) -> Decimal | None:
        """The mean to four places, half up; None of nothing."""
        if not self.counted:
            return None
        return (self.figure / self.counted).quantize(Decimal("0.0001"), ROUND_HALF_UP)
