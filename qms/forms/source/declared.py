"""Pure rules: a declared content whose parts have their right shape, with the places where they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qms.forms import meaning
from qms.forms.building import build, is_section
from qms.forms.definition import Definition, Field, Type
from qms.forms.names import Kind, Name, names_until, place
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

Item = tuple[int, Mapping[str, Any]]
_LISTS = ("fields", "columns", "steps", "clocks", "opens")


@dataclass(frozen=True, slots=True)
class Declared:
    """The parts of right shape with their places in the head, and the ids of all parts, right or not."""

    definition: Definition
    places: Mapping[str, Sequence[Item]]
    fields: frozenset[str]
    steps: frozenset[str]

    @classmethod
    def of(
        cls, head: Mapping[str, Any], sound: Mapping[str, Sequence[Item]], kept: Mapping[str, Any]
    ) -> Declared:
        """What is held against each other: everything whose shape is right."""
        only = {key: [item for _, item in sound.get(key, ())] for key in _LISTS}
        return cls(
            build({**only, "records": kept}),
            sound,
            frozenset(item["id"] for item in head.get("fields", ()) if "id" in item),
            frozenset(item["id"] for item in head.get("steps", ())),
        )

    def paths(self, key: str) -> list[str]:
        """The paths of the sound parts of a list, groups left out."""
        return [f"{key}.{where}" for where, item in self.places.get(key, ()) if not is_section(item)]

    def known(self, names: Mapping[str, Name]) -> dict[str, Name]:
        """The names, and fields whose own shape is wrong, which are no second fault."""
        wrong = self.fields - {entry.id for entry in self.definition.fields}
        return {**dict.fromkeys(wrong, Name(Kind.UNKNOWN)), **names}

    def before(self, step: str) -> str:
        """The step before a step; the first one for the first."""
        order = [entry.id for entry in self.definition.steps]
        return order[max(order.index(step) - 1, 0)]

    def formula(
        self, path: str, text: str, names: Mapping[str, Name], wanted: Kind = Kind.UNKNOWN
    ) -> Iterator[Problem]:
        """The faults of a formula, where these names are known; empty texts have none."""
        for phrase in meaning.faults_of(text, self.known(names), wanted) if text else ():
            yield Problem(phrase.text, field=path, facts=phrase.facts)

    def condition(self, path: str, text: str, step: str) -> Iterator[Problem]:
        """The faults of a condition that is worked out while a step is filled in."""
        yield from self.formula(path, text, names_until(self.definition, step), Kind.TRUTH)

    def field(
        self, path: str, name: str, types: Collection[Type], until: str | None = None
    ) -> Iterator[Problem]:
        """A field that is named exists, has a fitting type, and is filled in by the end of a step."""
        found = next((entry for entry in self.definition.fields if entry.id == name), None)
        if not name or (found is None and name in self.fields):
            return
        if found is None or found.type not in types:
            facts = {"name": name, "types": ", ".join(sorted(types))}
            text = N_("There is no field {name} of the type {types} in this document.")
            yield Problem(text, field=path, facts=facts)
        elif until is not None and self.later(found, until):
            yield Problem(N_("The field {name} is filled in only later."), field=path, facts={"name": name})

    def later(self, entry: Field, until: str) -> bool:
        """Whether a field is filled in after a step."""
        order = [each.id for each in self.definition.steps]
        return place(self.definition, entry) > order.index(until)
