"""Pure rules of a form's key by which fields and steps play a part in the law of another slice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qms.kernel.errors import Problem
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

STEPS: Final = "steps"
_MISSING: Final[tuple[Any, ...]] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Bound:
    """Which fields and steps of one form play which part; a field inside a table is `table.column`."""

    one: Mapping[str, str]
    several: Mapping[str, tuple[str, ...]]
    steps: Mapping[str, str]
    numbers: Mapping[str, Decimal]

    def first(self, values: Mapping[str, Any], part: str) -> Any:
        """The answer that plays a part; None where the form has no such field, or nothing was answered."""
        return next(iter(given(values, self.one.get(part, ""))), None)

    def day(self, values: Mapping[str, Any], part: str) -> date | None:
        """The day of a date or an instant that plays a part."""
        found = self.first(values, part)
        return date.fromisoformat(found[:10]) if isinstance(found, str) else None

    def on(self, values: Mapping[str, Any], part: str) -> date:
        """The day of a part that is always answered."""
        found = self.day(values, part)
        if found is None:
            message = f"{part} is not answered; the guard asks for it first"
            raise LookupError(message)
        return found

    def number(self, values: Mapping[str, Any], part: str) -> Decimal | None:
        """The number that plays a part."""
        found = self.first(values, part)
        return None if found is None else Decimal(str(found))

    def rows(self, values: Mapping[str, Any], parts: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of the table whose columns play the parts, each with what it answers of them.

        A row in which none of them is answered is none.
        """
        named = {part: self.one[part] for part in parts if part in self.one}
        table = next((name.partition(".")[0] for name in named.values()), "")
        rows = values.get(table)
        told = (
            {part: row.get(name.partition(".")[2]) for part, name in named.items()}
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict)
        )
        return [row for row in told if any(each not in _MISSING for each in row.values())]

    def every(self, values: Mapping[str, Any], part: str) -> list[Any]:
        """All answers that play a part, over all of its fields and the rows of their tables."""
        return [each for name in self.several.get(part, ()) for each in given(values, name)]

    def missing(self, values: Mapping[str, Any], *parts: str) -> list[str]:
        """Those fields of the parts that have no answer at all; `false` is one."""
        names = [name for part in parts for name in self.several.get(part, ())]
        return [name for name in names if not given(values, name)]


@dataclass(frozen=True, slots=True)
class Binding:
    """What a key asks of a form: one or several fields of some types, steps, numbers; the rest is optional.

    `one` and `several` give the types of field each part may name, none for any. `needed` parts are named,
    `answered` ones have an answer in every record, whatever the form lets people leave out. `choices` are
    the only values a choice that plays the part may offer. Keys `beside` are those the slice checks itself.
    `begins` and `ends` are told before a release.
    """

    key: str
    begins: str
    ends: str
    one: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    several: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beside: tuple[str, ...] = ()

    def read(self, head: Mapping[str, Any]) -> Bound | None:
        """What the head of a form declares under the key; None where it does not, or wrongly."""
        value = head.get(self.key)
        if value is None or self.faults(value, head):
            return None
        steps = value.get(STEPS) or {}
        return Bound(
            one={part: str(value[part]) for part in self.one if value.get(part)},
            several={part: tuple(map(str, value.get(part) or ())) for part in self.several},
            steps={step: str(steps[step]) for step in self.steps},
            numbers={name: Decimal(str(value[name])) for name in self.numbers if name in value},
        )

    def unanswered(self, values: Mapping[str, Any], bound: Bound) -> list[str]:
        """The fields of the parts that always have an answer and have none."""
        return [bound.one[part] for part in self.answered if bound.first(values, part) is None]

    def faults(self, value: Any, head: Mapping[str, Any]) -> list[Problem]:
        """What is wrong with a declaration: keys, and names of fields and steps that the form has not."""
        if not isinstance(value, dict):
            return [Problem(N_("Name the fields and steps of the form that play a part."))]
        fields = fields_of(head)
        return [
            *self._keys(value),
            *self._named(value, fields),
            *self._offered(value, fields),
            *self._stepped(value, head),
        ]

    def _keys(self, value: Mapping[str, Any]) -> Iterator[Problem]:
        known = {*self.one, *self.several, *self.numbers, *self.beside, *((STEPS,) if self.steps else ())}
        for key in sorted(value.keys() - known):
            yield Problem(N_("“{key}” is not known here."), field=key, facts={"key": key})
        for key in (*self.needed, *((STEPS,) if self.steps else ())):
            if not value.get(key):
                yield Problem(N_("Fill this in."), field=key)
        for key in self.numbers:
            if isinstance(value.get(key, 0), bool) or not isinstance(value.get(key, 0), int):
                yield Problem(N_("Write a whole number."), field=key)

    def _named(self, value: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
        for key, allowed in {**self.one, **self.several}.items():
            named = [value[key]] if key in self.one and value.get(key) else value.get(key) or []
            if not isinstance(named, list):
                yield Problem(N_("Write a list."), field=key)
                continue
            for name in named:
                yield from field_faults(key, str(name), allowed, fields)

    def _offered(
        self, value: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]
    ) -> Iterator[Problem]:
        for key, allowed in self.choices.items():
            options = fields.get(str(value.get(key)), {}).get("options")
            offered = [each.get("value") for each in options or () if isinstance(each, dict)]
            for other in (str(each) for each in offered if each not in allowed):
                text = N_("“{name}” may offer only {allowed}, not {other}.")
                facts = {"name": value.get(key), "allowed": ", ".join(allowed), "other": other}
                yield Problem(text, field=key, facts=facts)

    def _stepped(self, value: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[Problem]:
        given_steps = value.get(STEPS)
        if not isinstance(given_steps, dict):
            return
        there = {str(each["id"]) for each in head.get("steps", ()) if isinstance(each, dict) and "id" in each}
        for key in sorted(given_steps.keys() - set(self.steps)):
            yield Problem(N_("“{key}” is not known here."), field=f"{STEPS}.{key}", facts={"key": key})
        for key in self.steps:
            if str(given_steps.get(key, "")) not in there:
                text = N_("The form has no step “{name}”.")
                yield Problem(text, field=f"{STEPS}.{key}", facts={"name": given_steps.get(key, "")})


def field_faults(
    key: str, name: str, allowed: tuple[str, ...], fields: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """What is wrong with a name under a key: no such field, a personal one, or one of another type."""
    if name not in fields:
        yield Problem(N_("The form has no field “{name}”."), field=key, facts={"name": name})
        return
    if fields[name].get("personal"):
        text = N_("“{name}” is personal; what plays a part here is kept in the open.")
        yield Problem(text, field=key, facts={"name": name})
    kind = str(fields[name].get("type"))
    if allowed and kind not in allowed:
        text = N_("“{name}” is of the type {kind}; {wanted} is needed here.")
        yield Problem(text, field=key, facts={"name": name, "kind": kind, "wanted": ", ".join(allowed)})


def fields_of(head: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Each field by its id, and each column of a table by `table.column`."""
    found: dict[str, Mapping[str, Any]] = {}
    for each in head.get("fields", ()):
        if not isinstance(each, dict) or "id" not in each:
            continue
        found[str(each["id"])] = each
        for column in each.get("columns", ()) if isinstance(each.get("columns"), list) else ():
            if isinstance(column, dict) and "id" in column:
                found[f"{each['id']}.{column['id']}"] = column
    return found


def given(values: Mapping[str, Any], name: str) -> list[Any]:
    """The answers to a field, or to a column in every row of its table; what is not answered is left out."""
    table, dot, column = name.partition(".")
    found: list[Any] = [values.get(table)]
    if dot:
        rows = found[0] if isinstance(found[0], list) else []
        found = [row.get(column) for row in rows if isinstance(row, dict)]
    return [each for each in found if each not in _MISSING]
