"""Pure rules: whether steps, clocks, openings and keeping of a declared content fit its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from qms.forms.building import CLOSE
from qms.forms.definition import CHOICES, NUMBERS, Authority, Clock, Opening, Step, Type
from qms.forms.names import Kind, names_of, names_until
from qms.forms.source.declared import Declared
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

_TIMES: Final = frozenset({Type.DATE, Type.INSTANT})
_WHO: Final = frozenset({Type.PERSON})
_WHERE: Final = frozenset({Type.DEPARTMENT})
_RECUSED: Final = _WHO | _WHERE
_DECIDING: Final = NUMBERS | frozenset({Type.CHOICE})
_NO_STEP: Final = N_("There is no step {name} in this document.")
_NO_OPTION: Final = N_("The field {name} has no option {value}.")
_LIMITED: Final = frozenset({"by", "default"})


def flow_faults(declared: Declared) -> Iterator[Problem]:
    """Every fault of the way a record goes."""
    for (path, item), step in zip(_items(declared, "steps"), declared.definition.steps, strict=True):
        yield from _step(declared, path, item, step)
    for (path, item), clock in zip(_items(declared, "clocks"), declared.definition.clocks, strict=True):
        yield from _clock(declared, path, item, clock)
    for path, opening in zip(declared.paths("opens"), declared.definition.opens, strict=True):
        yield from _opening(declared, path, opening)
    kept = declared.definition.kept
    yield from declared.field("records.department", kept.department, _WHERE)
    yield from declared.field("records.on", kept.on, _TIMES)


def _items(declared: Declared, key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((f"{key}.{where}", item) for where, item in declared.places.get(key, ()))


def _step(declared: Declared, path: str, item: Mapping[str, Any], step: Step) -> Iterator[Problem]:
    before = declared.before(step.id)
    is_first = before == step.id
    yield from declared.field(f"{path}.by.field", step.by_field, _WHO, before)
    yield from declared.field(f"{path}.by.of", step.of, _WHERE, before)
    if is_first and (step.when or step.accept):
        key = "when" if step.when else "accept"
        yield Problem(N_("This cannot be said of the first step."), field=f"{path}.{key}")
    else:
        yield from declared.condition(f"{path}.when", step.when, before)
    yield from _earlier(declared, path, step)
    for place, name in enumerate(step.recuse, 1):
        yield from declared.field(f"{path}.recuse.{place}", name, _RECUSED, before)
    yield from _limit(declared, f"{path}.within", item.get("within", ""), step.id)
    yield from declared.field(f"{path}.from", step.since, _TIMES, step.id)
    if step.authority is not None:
        yield from _authority(declared, f"{path}.authority", step.authority, before)


def _earlier(declared: Declared, path: str, step: Step) -> Iterator[Problem]:
    """Incompatible steps are earlier ones (R27)."""
    order = [each.id for each in declared.definition.steps]
    for place, name in enumerate(step.not_by, 1):
        where = f"{path}.not-by.{place}"
        if name not in declared.steps:
            yield Problem(_NO_STEP, field=where, facts={"name": name})
        elif name in order[order.index(step.id) :]:
            text = N_("The step {name} comes later; name it the other way round.")
            yield Problem(text, field=where, facts={"name": name})


def _limit(declared: Declared, path: str, within: Any, until: str | None) -> Iterator[Problem]:
    """A limit by a choice names the field and its options."""
    if not isinstance(within, dict):
        return
    name = within["by"]
    found = next((entry for entry in declared.definition.fields if entry.id == name), None)
    if found is None and name in declared.fields:
        return
    if found is None or found.type not in CHOICES:
        text = N_("There is no choice field {name} in this document.")
        yield Problem(text, field=f"{path}.by", facts={"name": name})
        return
    yield from declared.field(f"{path}.by", name, CHOICES, until)
    values = {option.value for option in found.options}
    for value in within:
        if value not in _LIMITED and found.options and value not in values:
            yield Problem(_NO_OPTION, field=f"{path}.{value}", facts={"name": name, "value": value})


def _authority(declared: Declared, path: str, authority: Authority, until: str) -> Iterator[Problem]:
    """Who decides is clear for every amount and every value (R60)."""
    faults = list(declared.field(f"{path}.by", authority.by, _DECIDING, until))
    yield from faults
    found = next((entry for entry in declared.definition.fields if entry.id == authority.by), None)
    if found is None or faults:
        return
    if (found.type in NUMBERS) != bool(authority.levels):
        text = N_("A number decides by up-to, a choice by its values.")
        yield Problem(text, field=path)
        return
    values = [option.value for option in found.options]
    for value in authority.values:
        if values and value not in values:
            facts = {"name": found.id, "value": value}
            yield Problem(_NO_OPTION, field=f"{path}.{value}", facts=facts)
    left = [value for value in values if value not in authority.values]
    if authority.default is None and not authority.levels and (left or not values):
        text = N_("Say who decides in the other cases: write default.")
        yield Problem(text, field=path)


def _clock(declared: Declared, path: str, item: Mapping[str, Any], clock: Clock) -> Iterator[Problem]:
    if clock.id in declared.steps:
        text = N_("A step has this id; a clock needs one of its own.")
        yield Problem(text, field=f"{path}.id")
    if clock.until != CLOSE and clock.until not in declared.steps:
        yield Problem(_NO_STEP, field=f"{path}.until", facts={"name": clock.until})
    yield from declared.field(f"{path}.from", clock.since, _TIMES)
    yield from _limit(declared, f"{path}.within", item["within"], None)


def _opening(declared: Declared, path: str, opening: Opening) -> Iterator[Problem]:
    definition = declared.definition
    if opening.at != CLOSE and opening.at not in declared.steps:
        yield Problem(_NO_STEP, field=f"{path}.at", facts={"name": opening.at})
    order = [step.id for step in definition.steps]
    known = names_until(definition, opening.at) if opening.at in order else names_of(definition)
    if opening.at == CLOSE or opening.at in order:
        yield from declared.formula(f"{path}.when", opening.when, known, Kind.TRUTH)
        for name, text in opening.values.items():
            yield from declared.formula(f"{path}.values.{name}", text, known)
    yield from declared.field(f"{path}.to.field", opening.to_field, _WHO)
    yield from declared.field(f"{path}.to.of", opening.to_of, _WHERE)
