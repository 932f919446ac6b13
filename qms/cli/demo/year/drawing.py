"""Draws the answers of the year: every choice comes from one seeded source, so that each year is alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qms.kernel.clock import iso

if TYPE_CHECKING:
    from datetime import date, datetime
    from random import Random


Told = Mapping[str, Any]


class NotThereYet(LookupError):  # noqa: N818 - named after the fact, as refusals are
    """What an answer names has not been filed yet; the record waits for another day."""


@dataclass(slots=True)
class Known:
    """The parties and the filed records that answers may name."""

    parties: dict[str, list[str]] = field(default_factory=dict)
    records: dict[str, list[str]] = field(default_factory=dict)
    latest: dict[tuple[str, str], str] = field(default_factory=dict)

    def keep(self, form: str, number: str, *keys: str | None) -> None:
        """A record was filed; the keys are its party, department and author."""
        self.records.setdefault(form, []).append(number)
        self.latest |= {(form, key): number for key in keys if key is not None}


@dataclass(slots=True)
class Draw:
    """What one step of one record is drawn with; `subject` is what a schedule asks about."""

    login: str

    random: Random
    known: Known
    today: date
    now: datetime
    subject: str | None = None
    party: str | None = None
    files: dict[str, str] = field(default_factory=dict)

    def value(self, field_id: str, told: Any) -> Any:
        """The answer of a field; an answer that names what nobody has filed raises `NotThereYet`."""
        if isinstance(told, list):
            return [self.value(field_id, row) for row in told]
        if not isinstance(told, dict):
            return told
        for word, draw in _WORDS.items():
            if word in told and told.keys() <= {word, *_LAW}:
                return draw(self, field_id, told)
        return {name: self.value(field_id, each) for name, each in told.items()}


def _pick(draw: Draw, field_id: str, told: Told) -> Any:
    return draw.value(field_id, draw.random.choice(told["pick"]))


def _number(draw: Draw, _field: str, told: Told) -> str:
    least, most = (Decimal(str(each)) for each in told["number"])
    step = Decimal(str(told.get("step", 1)))
    drawn = least + step * draw.random.randint(0, int((most - least) / step))
    return f"{drawn:.{told.get('places', 0)}f}"


def _day(draw: Draw, _field: str, told: Told) -> str:
    days = told["day"]
    first, last = days if isinstance(days, list) else (days, days)
    return str(draw.today + timedelta(days=draw.random.randint(first, last)))


def _quarter(draw: Draw, _field: str, told: Told) -> str:
    """The first or the last day of the quarter before the present one."""
    begins = draw.today.replace(month=(draw.today.month - 1) // 3 * 3 + 1, day=1)
    last = begins - timedelta(days=1)
    return str(last if told["quarter"] == "last" else last.replace(month=last.month - 2, day=1))


def _hours(draw: Draw, _field: str, told: Told) -> str:
    return iso(draw.now + timedelta(hours=told["hours"]))


def _party(draw: Draw, _field: str, told: Told) -> str:
    found = [number for kind in told["party"] for number in draw.known.parties.get(kind, [])]
    draw.party = draw.random.choice(found)
    return draw.party


def _subject(draw: Draw, _field: str, _told: Told) -> str | None:
    return draw.subject


def _file(draw: Draw, field_id: str, told: Told) -> None:
    draw.files[field_id] = told["file"]


def _record(draw: Draw, _field: str, told: Told) -> str:
    form, own = told["record"], told.get("own", False)
    for key in (draw.party, draw.subject, draw.login if own else None):
        if key is not None and (form, key) in draw.known.latest:
            return draw.known.latest[form, key]
    found = draw.known.records.get(form)
    if own or not found:
        raise NotThereYet(form)
    return draw.random.choice(found[-20:])


_LAW: Final = ("step", "places", "own")
_WORDS: Final[dict[str, Callable[[Draw, str, Told], Any]]] = {
    "pick": _pick,
    "number": _number,
    "day": _day,
    "hours": _hours,
    "quarter": _quarter,
    "party": _party,
    "record": _record,
    "subject": _subject,
    "file": _file,
}


def drawn_plot(
    random: Random, law: Mapping[str, Any], told: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    """One plot of a form by its weight, with what is told for this record: its answers and decisions."""
    plots = law.get("plots") or [{}]
    chosen = random.choices(plots, [each.get("weight", 1) for each in plots])[0]
    return {
        "answers": {**law.get("always", {}), **chosen.get("answers", {}), **(told or {})},
        "decisions": {**law.get("decisions", {}), **chosen.get("decisions", {})},
    }
