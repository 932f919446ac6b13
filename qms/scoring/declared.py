"""Pure rules of what the head of a scorecard declares beside its fields: indicators, veto, bands."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from qms.forms import field_faults, fields_of
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.scoring.rules import (
    BANDS,
    INDICATORS,
    NOTHING,
    NUMBERS,
    SCORING,
    VETO,
    WHOLE,
    Band,
    Card,
    Indicator,
    Take,
    Veto,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EVENTS: Final = (*NUMBERS, "yes-no", "table")
_OF_LINE: Final = frozenset({"id", "label", "weight", "rate", "card", "take", "deduct", VETO})
_OF_BAND: Final = frozenset({"from", "label"})


def card_of(head: Mapping[str, Any]) -> Card | None:
    """What the head of a form declares of scores; None where it does not, or wrongly."""
    value = head.get(SCORING.key)
    bound = SCORING.read(head)
    if bound is None or value is None or faults(value, head):
        return None
    bands = [Band(_decimal(each["from"]), each["label"]) for each in value.get(BANDS) or ()]
    return Card(
        bound=bound,
        indicators=tuple(_indicator(each) for each in value[INDICATORS]),
        veto=_veto(value.get(VETO)),
        bands=tuple(sorted(bands, key=lambda each: each.least, reverse=True)),
    )


def _indicator(told: Mapping[str, Any]) -> Indicator:
    deduct = told.get("deduct") or {}
    return Indicator(
        id=str(told["id"]),
        label=told["label"],
        weight=_decimal(told["weight"]),
        rate=str(told.get("rate", "")),
        card=str(told.get("card", "")),
        take=Take(told.get("take", Take.SCORE)),
        events=str(deduct.get("events", "")),
        each=_decimal(deduct.get("each", 0)),
        veto=_veto(told.get(VETO)),
    )


def _veto(told: Mapping[str, Any] | None) -> Veto | None:
    return None if told is None else Veto(str(told["events"]), _decimal(told["to"]))


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def faults(value: Any, head: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with indicators, veto and bands; the fields and steps are checked by the binding."""
    if not isinstance(value, dict):
        return []
    fields = {name: each for name, each in fields_of(head).items() if "." not in name}
    return [
        *_line_faults(value.get(INDICATORS), fields, str(head.get("number"))),
        *_event_faults(value.get(VETO), "to", VETO, fields),
        *_band_faults(value.get(BANDS)),
    ]


def _line_faults(lines: Any, fields: Mapping[str, Mapping[str, Any]], number: str) -> Iterator[Problem]:
    if not isinstance(lines, list) or not lines or not all(isinstance(each, dict) for each in lines):
        yield Problem(
            N_("List the indicators, each with id, label, weight, and the field of its rate."),
            field=INDICATORS,
        )
        return
    seen: set[str] = set()
    for place, each in enumerate(lines, 1):
        at = f"{INDICATORS}.{place}"
        yield from _unknown(each, _OF_LINE, at)
        for key in ("id", "label"):
            if not each.get(key):
                yield Problem(N_("Fill this in."), field=f"{at}.{key}")
        if str(each.get("id")) in seen:
            yield Problem(N_("This indicator stands there twice."), field=f"{at}.id")
        seen.add(str(each.get("id")))
        yield from _source_faults(each, at, fields, number)
        yield from _figure_faults(each, "weight", at)
        yield from _event_faults(each.get("deduct"), "each", f"{at}.deduct", fields)
        yield from _event_faults(each.get(VETO), "to", f"{at}.{VETO}", fields)
    weights = [_figure(each.get("weight")) or NOTHING for each in lines]
    if sum(weights, NOTHING) != WHOLE:
        text = N_("The weights come to {sum}; together they are 100.")
        yield Problem(text, field=INDICATORS, facts={"sum": sum(weights, NOTHING)})


def _source_faults(
    line: Mapping[str, Any], at: str, fields: Mapping[str, Mapping[str, Any]], number: str
) -> Iterator[Problem]:
    if bool(line.get("rate")) == bool(line.get("card")):
        yield Problem(
            N_("Name either the field of the rate or the scorecard it comes from."), field=f"{at}.rate"
        )
    elif line.get("rate"):
        yield from field_faults(f"{at}.rate", str(line["rate"]), NUMBERS, fields)
    elif str(line["card"]) == number:
        yield Problem(N_("A scorecard cannot take its score from itself."), field=f"{at}.card")
    if line.get("take", Take.SCORE) not in list(Take):
        text = N_("Write one of these: {allowed}.")
        yield Problem(text, field=f"{at}.take", facts={"allowed": ", ".join(Take)})


def _event_faults(
    told: Any, figure: str, at: str, fields: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """A deduction or a veto: the field that counts the events, and the figure they take off or set."""
    if told is None:
        return
    if not isinstance(told, dict):
        text = N_("Name the field that counts the events as “events”, and its figure as “{figure}”.")
        yield Problem(text, field=at, facts={"figure": figure})
        return
    yield from _unknown(told, frozenset({"events", figure}), at)
    yield from field_faults(f"{at}.events", str(told.get("events")), _EVENTS, fields)
    yield from _figure_faults(told, figure, at)


def _band_faults(bands: Any) -> Iterator[Problem]:
    if bands is None:
        return
    if not isinstance(bands, list) or not all(isinstance(each, dict) for each in bands):
        yield Problem(N_("List the bands, each with the figure it begins at and its label."), field=BANDS)
        return
    begins = [_figure(each.get("from")) for each in bands]
    for place, each in enumerate(bands, 1):
        at = f"{BANDS}.{place}"
        yield from _unknown(each, _OF_BAND, at)
        if not each.get("label"):
            yield Problem(N_("Fill this in."), field=f"{at}.label")
        yield from _figure_faults(each, "from", at)
        if begins.index(begins[place - 1]) != place - 1:
            yield Problem(N_("Two bands begin at the same figure."), field=f"{at}.from")


def _unknown(told: Mapping[str, Any], known: frozenset[str], at: str) -> Iterator[Problem]:
    for key in sorted(map(str, told.keys() - known)):
        yield Problem(N_("“{key}” is not known here."), field=f"{at}.{key}", facts={"key": key})


def _figure_faults(told: Mapping[str, Any], key: str, at: str) -> Iterator[Problem]:
    figure = _figure(told.get(key))
    if figure is None or not NOTHING <= figure <= WHOLE:
        yield Problem(N_("Write a number from 0 to 100."), field=f"{at}.{key}")


def _figure(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
