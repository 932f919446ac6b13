"""Answers made from a definition: valid ones, and single changes that must be refused or must pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qms.forms import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from qms.forms import Definition, Field

Values = dict[str, Any]
FIGURES = (Type.NUMBER, Type.MONEY)


@dataclass(frozen=True)
class Case:
    """What stands behind the names in answers: people, parties, records, files and the day."""

    today: str
    now: str
    person: str
    department: str
    party: Callable[[Field], str]
    record: Callable[[Field], str]
    file: Callable[[Field], list[dict[str, Any]]]
    document: str = "CP-12"
    clause: str = "CP-12 §5.8"


@dataclass
class Filler:
    """Fills the fields of a step in their order; `given` are the answers a test wants to fix."""

    definition: Definition
    case: Case
    shown: Callable[[Values], frozenset[str]]
    given: Mapping[str, Any] = field(default_factory=dict)

    def fill(self, step: str, values: Values) -> Values:
        """The answers of one step, as JSON values; optional fields are answered as well."""
        found: Values = {}
        for entry in self.definition.fields_of(step):
            if entry.type is Type.COMPUTED or entry.id not in self.shown({**values, **found}):
                continue
            answer = self.given[entry.id] if entry.id in self.given else self.answer(entry)
            if answer is not None:
                found[entry.id] = answer
        return found

    def answer(self, entry: Field) -> Any:
        """One valid answer."""
        if entry.type is Type.TABLE:
            return [{each.id: self.answer(each) for each in entry.columns if each.type is not Type.COMPUTED}]
        return _ANSWERS[entry.type](self, entry)


def _number(entry: Field) -> str:
    least = entry.least if entry.least is not None else Decimal(1)
    wanted = max(least, Decimal(1)) if entry.most is None else least
    places = entry.places if entry.places is not None else (2 if entry.type is Type.MONEY else 0)
    return f"{wanted:.{places}f}"


_ANSWERS: dict[Type, Callable[[Filler, Field], Any]] = {
    Type.TEXT: lambda _, entry: entry.label["zh-Hans"] if isinstance(entry.label, dict) else entry.label,
    Type.LONG_TEXT: lambda *_: "按规定办理，情况属实。",
    Type.NUMBER: lambda _, entry: _number(entry),
    Type.MONEY: lambda _, entry: _number(entry),
    Type.DATE: lambda filler, _: filler.case.today,
    Type.INSTANT: lambda filler, _: filler.case.now,
    Type.CHOICE: lambda _, entry: entry.options[0].value,
    Type.MULTIPLE_CHOICE: lambda _, entry: [each.value for each in entry.options],
    Type.YES_NO: lambda *_: True,
    Type.PERSON: lambda filler, _: filler.case.person,
    Type.DEPARTMENT: lambda filler, _: filler.case.department,
    Type.PARTY: lambda filler, entry: filler.case.party(entry),
    Type.DOCUMENT: lambda filler, _: filler.case.document,
    Type.CLAUSE: lambda filler, _: filler.case.clause,
    Type.RECORD: lambda filler, entry: filler.case.record(entry),
    Type.FILE: lambda filler, entry: filler.case.file(entry),
    Type.PHOTO: lambda filler, entry: filler.case.file(entry),
}


@dataclass(frozen=True)
class Mutation:
    """One changed answer: which field, what it becomes (None: nothing), and whether it must be refused."""

    field: str
    answer: Any
    refused: bool
    why: str


def mutations(
    definition: Definition, step: str, values: Values, required: frozenset[str]
) -> Iterator[Mutation]:
    """Every single change the definition itself lets one derive: missing, beyond a bound, on it, unknown."""
    for entry in definition.fields_of(step):
        if entry.id not in values or entry.type is Type.COMPUTED:
            continue
        yield Mutation(entry.id, None, entry.id in required, "left out")
        yield from _bounds(entry)
        if entry.type is Type.CHOICE:
            yield Mutation(entry.id, "no-such-option", refused=True, why="not an option")
        if entry.type is Type.MULTIPLE_CHOICE:
            yield Mutation(entry.id, ["no-such-option"], refused=True, why="not an option")
        if entry.type in _UNKNOWN:
            yield Mutation(entry.id, _UNKNOWN[entry.type], refused=True, why="nobody knows it")
        if entry.pattern:
            yield Mutation(entry.id, "!", refused=True, why="against the pattern")
        if entry.longest is not None:
            yield Mutation(entry.id, "长" * (entry.longest + 1), refused=True, why="too long")


_UNKNOWN = {
    Type.PERSON: "nobody-here",
    Type.DEPARTMENT: "no-such-department",
    Type.PARTY: "C-999999",
    Type.DOCUMENT: "CP-99",
    Type.RECORD: "FM-99-99-2026-000001",
}


def _bounds(entry: Field) -> Iterator[Mutation]:
    if entry.type not in FIGURES:
        return
    step = Decimal(1).scaleb(-(entry.places if entry.places is not None else 2))
    places = entry.places if entry.places is not None else 2
    for bound, sign in ((entry.least, -1), (entry.most, 1)):
        if bound is not None:
            yield Mutation(entry.id, f"{bound:.{places}f}", refused=False, why="on the bound")
            yield Mutation(
                entry.id, f"{bound + sign * step:.{places}f}", refused=True, why="beyond the bound"
            )
