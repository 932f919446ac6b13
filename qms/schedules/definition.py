"""Pure: what the key `schedules` of a document's head declares, checked and read into plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from qms.calendar import Span, SpanUnreadable, Unit, span
from qms.kernel.errors import Problem
from qms.kernel.labels import LANGUAGES, N_
from qms.schedules.periods import MONTHS, Every, On

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OWNER: Final = "owner"
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,9}", re.ASCII)
_KEYS: Final = frozenset(
    {"id", "label", "clause", "form", "opens", "every", "on", "for", "to", "due", "random", "from"}
)
_SPANS: Final = {
    "1 day": Every.DAY,
    "1 working day": Every.WORKING_DAY,
    "1 week": Every.WEEK,
    "1 month": Every.MONTH,
    "3 months": Every.QUARTER,
    "6 months": Every.HALF_YEAR,
    "12 months": Every.YEAR,
    "1 year": Every.YEAR,
}
"""Lengths of time that are periods of the calendar."""
_KINDS: Final = ("client", "member", "partner", "supplier", "outside")
_FOR: Final = {
    "parties": frozenset({"kinds", "tiers", "departments"}),
    "people": frozenset({"posts", "roles", "departments"}),
}
_LONGEST: Final = 60
_MOST: Final = 100
_UNKNOWN: Final = N_("There is no such key here; remove it or correct it.")
_A_LIST: Final = N_("A list is needed here.")
_DAYS: Final = 31
_NOT_A_NAME: Final = {
    "form": N_("Write the number of a form."),
    "opens": N_("Write the number of a form."),
    "clause": N_("Write the id of a clause of this document."),
}

Words = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class For:
    """Whom a schedule is about: parties, people, departments; `what` is empty for the organisation itself."""

    what: str = ""
    departments: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class To:
    """Who does it: the owner of the subject, or the holders of posts and roles."""

    owner: bool = True
    posts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """One declared schedule."""

    id: str
    label: Words
    every: Every
    on: On = field(default_factory=On)
    subjects: For = field(default_factory=For)
    to: To = field(default_factory=To)
    form: str | None = None
    due: Span | None = None
    share: int | None = None
    count: int | None = None
    since: date | None = None

    @property
    def words(self) -> dict[str, str]:
        """The label by language."""
        return dict.fromkeys(LANGUAGES, self.label) if isinstance(self.label, str) else dict(self.label)


def faults(value: Any) -> list[Problem]:
    """Every fault of the declaration, by the place it stands in."""
    if not isinstance(value, list):
        return [Problem(_A_LIST)]
    found: list[Problem] = []
    seen: set[str] = set()
    for place, row in enumerate(value, 1):
        found += _of_one(row, str(place))
        name = str(row.get("id")) if isinstance(row, dict) else ""
        if name and name in seen:
            found.append(Problem(N_("This id stands in the document twice."), field=f"{place}.id"))
        seen.add(name)
    return found


def _of_one(row: Any, at: str) -> Iterator[Problem]:
    if not isinstance(row, dict):
        yield Problem(N_("Write a map of keys and values here."), field=at)
        return
    for key in sorted(set(map(str, row)) - _KEYS):
        yield Problem(_UNKNOWN, field=f"{at}.{key}")
    name = row.get("id")
    if not isinstance(name, str) or len(name) > _LONGEST or _ID.fullmatch(name) is None:
        text = N_("An id is written in small letters and digits, joined by hyphens.")
        yield Problem(text, field=f"{at}.id")
    if "label" in row and not _is_words(row["label"]):
        yield Problem(N_("Write a text, or a map of texts by language."), field=f"{at}.label")
    every = every_of(row.get("every"))
    if every is None:
        facts = {"choices": ", ".join((*Every, *_SPANS))}
        yield Problem(N_("Write one of: {choices}."), field=f"{at}.every", facts=facts)
    else:
        yield from _of_on(row.get("on", {}), every, f"{at}.on")
    for key in ("form", "opens", "clause"):
        if key in row and not (isinstance(row[key], str) and row[key].strip()):
            yield Problem(_NOT_A_NAME[key], field=f"{at}.{key}")
    yield from _of_for(row.get("for", {}), f"{at}.for")
    yield from _of_to(row, at)
    yield from _of_due(row.get("due"), f"{at}.due")
    yield from _of_random(row.get("random"), f"{at}.random")
    if "from" in row and _day(row["from"]) is None:
        yield Problem(N_("Write a day such as 2026-11-22."), field=f"{at}.from")


def every_of(value: Any) -> Every | None:
    """How often, written as a period or as a length of time that is one."""
    if isinstance(value, str) and value in set(Every):
        return Every(value)
    return _SPANS.get(str(value))


def _is_words(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    return (
        isinstance(value, dict)
        and bool(value)
        and set(value) <= set(LANGUAGES)
        and all(isinstance(each, str) and each.strip() for each in value.values())
    )


def _of_on(value: Any, every: Every, at: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(N_("Write a map of keys and values here."), field=at)
        return
    allowed = {"weekday"} if every is Every.WEEK else {"day", "month"} if every in MONTHS else set()
    if every is Every.MONTH:
        allowed = {"day"}
    for key in sorted(set(map(str, value)) - allowed):
        yield Problem(
            N_("A schedule of every {every} has no {key}."), field=at, facts={"every": every, "key": key}
        )
    if "weekday" in value and value["weekday"] not in WEEKDAYS:
        facts = {"choices": ", ".join(WEEKDAYS)}
        yield Problem(N_("Write one of: {choices}."), field=f"{at}.weekday", facts=facts)
    for key, most in (("day", _DAYS), ("month", MONTHS.get(every, 1))):
        if key in value and key in allowed and _number(value[key], most) is None:
            yield Problem(N_("Write a number from 1 to {most}."), field=f"{at}.{key}", facts={"most": most})


def _of_for(value: Any, at: str) -> Iterator[Problem]:
    if value == "department" or value in _KINDS:
        return
    if not isinstance(value, dict) or len(value) > 1:
        yield Problem(N_("Write one of parties, departments or people here."), field=at)
        return
    for what, inner in value.items():
        if what == "departments":
            if not _is_codes(inner):
                yield Problem(_A_LIST, field=f"{at}.departments")
        elif what not in _FOR:
            yield Problem(_UNKNOWN, field=f"{at}.{what}")
        else:
            yield from _of_codes(inner, _FOR[what], f"{at}.{what}")


def _of_codes(value: Any, allowed: frozenset[str], at: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(N_("Write a map of keys and values here."), field=at)
        return
    for key, codes in value.items():
        if key not in allowed:
            yield Problem(_UNKNOWN, field=f"{at}.{key}")
        elif not _is_codes(codes):
            yield Problem(_A_LIST, field=f"{at}.{key}")


def _is_codes(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) and each for each in value)


def _of_to(row: Mapping[str, Any], at: str) -> Iterator[Problem]:
    value = row.get("to", OWNER)
    if value == OWNER:
        if not row.get("for"):
            text = N_("Say who does it: without parties, departments or people nobody owns this.")
            yield Problem(text, field=f"{at}.to")
        return
    if not isinstance(value, dict) or not value:
        yield Problem(N_("Write owner, or posts and roles."), field=f"{at}.to")
        return
    yield from _of_codes(value, frozenset({"posts", "roles"}), f"{at}.to")


def _of_due(value: Any, at: str) -> Iterator[Problem]:
    if value is None:
        return
    try:
        length = span(str(value))
    except SpanUnreadable as fault:
        yield Problem(fault.message, field=at, facts=fault.facts)
        return
    if length.unit is Unit.HOUR:
        yield Problem(N_("A schedule counts days, not hours."), field=at)


def _of_random(value: Any, at: str) -> Iterator[Problem]:
    if value is None:
        return
    if not isinstance(value, dict) or len(value) != 1 or not set(value) <= {"share", "count"}:
        yield Problem(N_("Write a share in percent, or a count."), field=at)
        return
    for key, number in value.items():
        if _number(number, _MOST) is None:
            yield Problem(N_("Write a number from 1 to {most}."), field=f"{at}.{key}", facts={"most": _MOST})


def _number(value: Any, most: int) -> int | None:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal()):
        return None
    return int(text) if 1 <= int(text) <= most else None


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def read(value: Sequence[Mapping[str, Any]]) -> list[Definition]:
    """The declared schedules, of a declaration without faults."""
    return [read_one(row) for row in value]


def read_one(row: Mapping[str, Any]) -> Definition:
    """One declared schedule."""
    on, random = row.get("on", {}), row.get("random") or {}
    weekday = on.get("weekday", WEEKDAYS[0])
    return Definition(
        id=row["id"],
        label=row.get("label", row["id"]),
        every=every_of(row["every"]) or Every.YEAR,
        on=On(int(on.get("day", 1)), int(on.get("month", 1)), WEEKDAYS.index(weekday)),
        subjects=_subjects(row.get("for", {})),
        to=_doers(row.get("to", OWNER)),
        form=row.get("form", row.get("opens")),
        due=span(str(row["due"])) if row.get("due") is not None else None,
        share=int(random["share"]) if "share" in random else None,
        count=int(random["count"]) if "count" in random else None,
        since=_day(row["from"]) if "from" in row else None,
    )


def _subjects(value: str | Mapping[str, Any]) -> For:
    """`department` is the one that owns the document; a kind of party is all of that kind."""
    if isinstance(value, str):
        return For("departments") if value == "department" else For("parties", kinds=(value,))
    for what, inner in value.items():
        if what == "departments":
            return For(what, departments=tuple(inner))
        return For(what, **{key: tuple(codes) for key, codes in inner.items()})
    return For()


def _doers(value: Any) -> To:
    if value == OWNER:
        return To()
    return To(owner=False, posts=tuple(value.get("posts", ())), roles=tuple(value.get("roles", ())))
