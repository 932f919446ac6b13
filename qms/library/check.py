"""Pure rules: what does not agree between the sources of a library; each fault names file and field."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

from qms.documents import source as papers
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.library.naming import missing_numbers, missing_seats, unknown_numbers
from qms.library.shelf import Shelf, cells, words
from qms.library.text import missing_clauses

_SYSTEM: Final = frozenset({"record", "state", "filed_on", "closed_on", "author", "department", "decision"})
"""What a register takes from the record itself where the form has no field of the name."""


def problems(shelf: Shelf) -> list[Problem]:
    """Everything that does not agree, by file and line."""
    found = [(source, problem) for rule in _RULES for source, problem in rule(shelf)]
    located = [problem for source, each in found for problem in source.locate([each])]
    return sorted(located, key=lambda each: (each.file or "", each.line or 0, each.field or ""))


def loose(source: papers.Source, known: Collection[str]) -> list[Problem]:
    """What one text names that it has not, nor anything of the numbers known; the rest may still come."""
    return source.locate([*missing_clauses(source), *unknown_numbers(source, known)])


_Found = Iterator[tuple[papers.Source, Problem]]


def _homeless(shelf: Shelf) -> _Found:
    """A form, register or scorecard belongs to a procedure that names it (R01)."""
    for kind, key in (("form", "forms"), ("register", "registers"), ("scorecard", "forms")):
        named = shelf.named(key)
        for number, source in shelf.of(kind).items():
            if number not in named:
                text = N_("No procedure names {number} under {key}.")
                yield source, Problem(text, field="number", facts={"number": number, "key": key})


def _fed(shelf: Shelf) -> _Found:
    """A register takes records from at least one form, and every column has a source (R22, R23)."""
    for number, source in shelf.of("register").items():
        forms = shelf.feeding(number)
        if not forms:
            yield source, Problem(N_("No form feeds this register."), field="from")
            continue
        known = {entry.id for form in forms.values() for entry in form.fields} | _SYSTEM
        for path, column in cells(shelf.definitions[number]):
            if not column.value and not column.formula and column.id not in known:
                text = N_("Nothing fills the column {name}: no form of this register has such a field.")
                yield source, Problem(text, field=path, facts={"name": column.id})


def _codes(shelf: Shelf) -> _Found:
    """One information code stands for one thing wherever it is used (S12)."""
    first: dict[str, tuple[str, str]] = {}
    for number, definition in sorted(shelf.definitions.items()):
        for path, entry in cells(definition):
            if not entry.code:
                continue
            place, name = first.setdefault(entry.code, (number, entry.id))
            if name != entry.id:
                text = N_("The code {code} stands for {name} in {place}; here it stands for {other}.")
                facts = {"code": entry.code, "name": name, "place": place, "other": entry.id}
                yield shelf.declared[number], Problem(text, field=f"{path}.code", facts=facts)


def _terms(shelf: Shelf) -> _Found:
    """A column has the words of the field it shows, in every language (R64)."""
    for number, source in shelf.of("register").items():
        forms = shelf.feeding(number)
        for path, column in cells(shelf.definitions[number]):
            if column.value:
                continue
            for form, definition in sorted(forms.items()):
                other = next((each for each in definition.fields if each.id == column.id), None)
                if other is not None and words(other.label) != words(column.label):
                    said = {"name": column.id, "form": form}
                    said |= {"here": _said(column.label), "there": _said(other.label)}
                    text = N_("{name} is called “{here}” here and “{there}” in {form}; use one term.")
                    yield source, Problem(text, field=f"{path}.label", facts=said)


def _said(label: object) -> str:
    return " / ".join(words(label).values())


def _points(shelf: Shelf) -> _Found:
    """What a control point, time limit or schedule hangs on stands in the text (R56)."""
    for source in shelf.texts:
        yield from ((source, problem) for problem in missing_clauses(source))


def _records(shelf: Shelf) -> _Found:
    """The record of a control point is a form or register of the library (R56)."""
    for source in shelf.texts:
        for place, item in enumerate(source.head.get("control-points", ()), 1):
            record = item.get("record")
            if record is None or str(record) in shelf.declared:
                continue
            text = N_("The control point {point} has no record: {record} is no form or register here.")
            facts = {"point": item["id"], "record": record}
            yield source, Problem(text, field=f"control-points.{place}.record", facts=facts)


_RULES: Final[tuple[Callable[[Shelf], _Found], ...]] = (
    _homeless,
    _fed,
    _codes,
    _terms,
    _points,
    _records,
    missing_numbers,
    missing_seats,
)
