"""Pure rules: the calendars an organisation writes into `calendars.yaml`, read strictly.

Each fault names the file, the line and what to write instead; nothing is taken of a file with a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any, Final

from qms.calendar.days import STATUTORY, Calendar
from qms.kernel import plain_yaml
from qms.kernel.errors import Invalid, Missing, Problem
from qms.kernel.labels import N_

LONGEST: Final = 200_000
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KEYS: Final = ("working-days", "holidays", "make-up-days", "complete", "hours", "cut-off")
_RANGE: Final = 366
_NO_DATE: Final = N_("“{text}” is no day; write 2026-11-28, or 2026-10-01/2026-10-08 for several.")
_NO_TIME: Final = N_("“{text}” is no hour; write 16:00, and 08:30-18:30 for opening hours.")
_NO_YEAR: Final = N_("“{text}” is no year.")
_NO_WEEKDAY: Final = N_("“{text}” is no day of the week; write monday to sunday.")
_NO_NAME: Final = N_("“{text}” cannot name a calendar; write small letters, figures and hyphens.")
_NO_KEY: Final = N_("There is no “{text}” here; there are {names}.")
_SHAPE: Final = N_("Something of another kind is expected here.")
_NO_CALENDAR: Final = N_("There is no calendar named {text}.")
_NO_WORK: Final = N_("A calendar needs one day of the week on which people work.")


class CalendarsUnreadable(Invalid):
    """The organisation's calendars cannot be read; limits are not counted by half of them."""

    message = "The calendars have {count} fault(s)."


class NoSuchCalendar(Missing):
    """A calendar of that name is not written down."""

    message = "There is no calendar named {name}; there are {names}."


@dataclass(frozen=True, slots=True)
class Calendars:
    """All calendars of an organisation by name, and the one that counts where none is named."""

    default: Calendar = STATUTORY
    named: Mapping[str, Calendar] = field(default_factory=lambda: {STATUTORY.name: STATUTORY})

    def calendar(self, name: str | None) -> Calendar:
        """The calendar of a name, or the default one."""
        if name is None:
            return self.default
        if name not in self.named:
            raise NoSuchCalendar(name=name, names=", ".join(sorted(self.named)))
        return self.named[name]


@dataclass(frozen=True, slots=True)
class _Node:
    """A value with the place it stands at."""

    value: Any
    path: tuple[str, ...] = ()


@dataclass(slots=True)
class _Faults:
    """The faults found in one file, each with its line."""

    file: str
    plain: plain_yaml.Plain
    found: list[Problem] = field(default_factory=list)

    def add(self, message: str, node: _Node, **facts: object) -> None:
        self.found.append(Problem(message, self.file, self.plain.line(".".join(node.path)), facts=facts))


def read(text: str, file: str) -> Calendars:
    """The calendars of a file; every fault in it is named."""
    plain = plain_yaml.read(text, numbers=False, longest=LONGEST)
    if plain.problems:
        raise CalendarsUnreadable(plain.found(file))
    if plain.value is None:
        return Calendars()
    faults = _Faults(file, plain)
    top = _mapping(_Node(plain.value), faults, ("default", "calendars"))
    named: dict[str, Calendar] = {STATUTORY.name: STATUTORY}
    for name, node in _mapping(top["calendars"], faults).items() if "calendars" in top else ():
        if not _NAME.fullmatch(name):
            faults.add(_NO_NAME, node, text=name)
        named[name] = _calendar(name, node, faults)
    default = named.get(_text(top["default"], faults)) if "default" in top else STATUTORY
    if default is None:
        faults.add(_NO_CALENDAR, top["default"], text=top["default"].value)
    if faults.found:
        raise CalendarsUnreadable(faults.found)
    return Calendars(default or STATUTORY, named)


def _calendar(name: str, node: _Node, faults: _Faults) -> Calendar:
    given = _mapping(node, faults, _KEYS)
    weekdays = _weekdays(given["working-days"], faults) if "working-days" in given else None
    opens, closes = _hours(given["hours"], faults) if "hours" in given else (None, None)
    return Calendar(
        name=name,
        weekdays=weekdays,
        holidays=_dates(given.get("holidays"), faults),
        working=_dates(given.get("make-up-days"), faults),
        complete=_years(given.get("complete"), faults),
        opens=opens,
        closes=closes,
        cut_off=_hour(_text(given["cut-off"], faults), given["cut-off"], faults)
        if "cut-off" in given
        else None,
    )


def _mapping(node: _Node, faults: _Faults, keys: tuple[str, ...] | None = None) -> dict[str, _Node]:
    if not isinstance(node.value, dict):
        faults.add(_SHAPE, node)
        return {}
    found = {key: _Node(value, (*node.path, key)) for key, value in node.value.items()}
    for name, inner in found.items():
        if keys is not None and name not in keys:
            faults.add(_NO_KEY, inner, text=name, names=", ".join(keys))
    return found


def _text(node: _Node, faults: _Faults) -> str:
    if isinstance(node.value, str):
        return node.value
    faults.add(_SHAPE, node)
    return ""


def _list(node: _Node | None, faults: _Faults) -> Iterator[tuple[str, _Node]]:
    if node is None:
        return
    if not isinstance(node.value, list):
        faults.add(_SHAPE, node)
        return
    for place, value in enumerate(node.value, 1):
        item = _Node(value, (*node.path, str(place)))
        yield _text(item, faults), item


def _weekdays(node: _Node, faults: _Faults) -> frozenset[int]:
    found = set()
    for text, item in _list(node, faults):
        if text in _DAYS:
            found.add(_DAYS.index(text))
        else:
            faults.add(_NO_WEEKDAY, item, text=text)
    if not found:
        faults.add(_NO_WORK, node)
    return frozenset(found)


def _dates(node: _Node | None, faults: _Faults) -> frozenset[date]:
    found: set[date] = set()
    for text, item in _list(node, faults):
        first, _, last = text.partition("/")
        try:
            begin, stop = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            faults.add(_NO_DATE, item, text=text)
            continue
        if not 0 <= (stop - begin).days <= _RANGE:
            faults.add(_NO_DATE, item, text=text)
            continue
        found.update(begin + timedelta(days=step) for step in range((stop - begin).days + 1))
    return frozenset(found)


def _years(node: _Node | None, faults: _Faults) -> frozenset[int]:
    found = set()
    for text, item in _list(node, faults):
        if re.fullmatch(r"[12][0-9]{3}", text, re.ASCII):
            found.add(int(text))
        else:
            faults.add(_NO_YEAR, item, text=text)
    return frozenset(found)


def _hours(node: _Node, faults: _Faults) -> tuple[time | None, time | None]:
    first, _, last = _text(node, faults).partition("-")
    opens, closes = _hour(first, node, faults), _hour(last, node, faults)
    if opens and closes and closes <= opens:
        faults.add(_NO_TIME, node, text=f"{first}-{last}")
    return opens, closes


def _hour(text: str, node: _Node, faults: _Faults) -> time | None:
    if re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text, re.ASCII):
        return time.fromisoformat(text)
    faults.add(_NO_TIME, node, text=text)
    return None
