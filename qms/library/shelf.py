"""Pure rules: the sources that stand together, by number, and the structure of the organisation they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qms.documents import source as papers
from qms.forms import Definition, Field, build

_DECLARED = frozenset({"form", "register", "scorecard"})


@dataclass(frozen=True)
class Structure:
    """The codes the sources may name: departments, posts and roles."""

    departments: frozenset[str]
    posts: frozenset[str]
    roles: frozenset[str]


@dataclass(frozen=True)
class Shelf:
    """Sources whose own shape is right, and the structure they stand in."""

    sources: tuple[papers.Source, ...]
    structure: Structure

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The number of everything on the shelf."""
        return frozenset(source.head["number"] for source in self.sources)

    @cached_property
    def definitions(self) -> Mapping[str, Definition]:
        """What each form and register declares, by number."""
        return {number: build(source.head) for number, source in self.declared.items()}

    @cached_property
    def declared(self) -> Mapping[str, papers.Source]:
        """The source of each form and register, by number."""
        return {each.head["number"]: each for each in self.sources if each.head["kind"] in _DECLARED}

    @property
    def texts(self) -> tuple[papers.Source, ...]:
        """The procedures, instructions and manuals, in all their languages."""
        return tuple(each for each in self.sources if each.head["kind"] not in _DECLARED)

    def of(self, kind: str) -> dict[str, papers.Source]:
        """The sources of a kind by number."""
        return {number: each for number, each in self.declared.items() if each.head["kind"] == kind}

    def named(self, key: str) -> frozenset[str]:
        """The numbers that texts name under a key of their head."""
        return frozenset(number for source in self.texts for number in source.head.get(key, ()))

    def feeding(self, register: str) -> dict[str, Definition]:
        """The forms on the shelf whose records stand in a register, named from either side."""
        wanted = set(self.declared[register].head.get("from", ()))
        return {
            number: self.definitions[number]
            for number, source in self.of("form").items()
            if number in wanted or source.head.get("register") == register
        }


def cells(definition: Definition) -> Iterable[tuple[str, Field]]:
    """Every field and column with its path in the head; sections count as items of `fields`."""
    place = 0
    for section in definition.sections:
        place += 1 if section.title else 0
        for entry in section.fields:
            place += 1
            yield f"fields.{place}", entry
            for inner, column in enumerate(entry.columns, 1):
                yield f"fields.{place}.columns.{inner}", column
    for place, column in enumerate(definition.columns, 1):
        yield f"columns.{place}", column


def words(label: Any) -> Mapping[str, str]:
    """A label by language; one text is the same in every language."""
    return label if isinstance(label, Mapping) else {"": label}
