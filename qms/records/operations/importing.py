"""Records brought as a table: each line filed as on the page, all of them or none (S12, SEC-13)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qms import forms
from qms.documents import master_list
from qms.forms import Type
from qms.kernel.errors import Conflict, Invalid, Problem
from qms.kernel.labels import N_, say
from qms.records import rows
from qms.records.errors import ImportRefused
from qms.records.operations import drafting, filing
from qms.uploads import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qms.accounts import OpenKey
    from qms.forms import Definition, Field
    from qms.kernel.work import Work
    from qms.records.models import Record

MOST: Final = 500
"""The most records of one file."""
_TABLE_ROWS: Final = 3
_MOST_ROWS: Final = 20
_MOST_TOLD: Final = 100
_NOT_IN_CELLS: Final = frozenset({Type.FILE, Type.PHOTO, Type.SIGNATURE, Type.COMPUTED})
_IN_BRACKETS: Final = re.compile(r"\[([a-z0-9_.-]+)\]$", re.ASCII)
_OWN: Final = {"opinion": N_("Written opinion"), "decision": N_("Decision")}
_NO_COLUMN: Final = N_("The form asks for nothing of this name; take the headings of the template.")
_TWICE: Final = N_("Two columns answer the same field.")
_TOO_MANY: Final = N_("At most {most} records may stand in one file.")
_NOTHING: Final = N_("No line of the file has an answer.")


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a table of records: its name for the reader of the file, and what people read."""

    name: str
    text: str

    @property
    def written(self) -> str:
        """The heading as it stands in the template."""
        return f"{self.text} [{self.name}]"


def headings(definition: Definition, language: str) -> list[Heading]:
    """The columns of the first step: labels with ids, three rows for each table of the form."""
    step = definition.steps[0] if definition.steps else None
    found: list[Heading] = []
    for entry in definition.fields_of(step.id if step else ""):
        found += _of_field(entry, language)
    if step and (step.opinion or step.opinion_optional):
        found.append(Heading("opinion", say(_OWN["opinion"], language)))
    if step and step.decisions:
        found.append(Heading("decision", say(_OWN["decision"], language)))
    return found


def _of_field(entry: Field, language: str) -> Iterator[Heading]:
    label = forms.spoken(entry.label, language)
    if entry.type in _NOT_IN_CELLS:
        return
    if entry.type is not Type.TABLE:
        yield Heading(entry.id, label)
        return
    for place in range(1, _TABLE_ROWS + 1):
        for column in entry.columns:
            if column.type not in _NOT_IN_CELLS:
                text = f"{label} {place}: {forms.spoken(column.label, language)}"
                yield Heading(f"{entry.id}.{place}.{column.id}", text)


def template(work: Work, form: str, kind: str) -> bytes:
    """An empty table of a form in force to fill in, as CSV or XLSX."""
    revision = drafting.form_in_force(work, form)
    line = [each.written for each in headings(rows.definition_of(revision), work.language)]
    if kind == "xlsx":
        return master_list.to_xlsx([line], revision.document.number)
    return master_list.to_csv([line])


def import_table(
    work: Work, form: str, lines: Sequence[dict[str, str]], file: str, *, password: OpenKey | None = None
) -> list[Record]:
    """File one record for each line of a table that was read before; one faulty line refuses all of them.

    Every line goes through the same acts as a form on the page: nothing is allowed here that is not
    allowed there, and what is forbidden is refused as such.
    """
    revision = drafting.form_in_force(work, form)
    definition = rows.definition_of(revision)
    if not lines or len(lines) > MOST:
        text = _TOO_MANY if lines else _NOTHING
        raise ImportRefused([Problem(text, file, facts={"most": MOST})])
    names = _names(definition, sorted(table.columns(lines)), file)
    reading = _Reading(work, form, definition, names, file, password)
    made = [reading.one(line) for line in lines]
    if reading.found:
        raise ImportRefused(reading.found[:_MOST_TOLD])
    return [each for each in made if each is not None]


def _names(definition: Definition, heads: list[str], file: str) -> dict[str, str]:
    """Which answer stands under which heading: its id in brackets, its bare id, or its label."""
    known = _known(definition)
    found: dict[str, str] = {}
    problems = []
    for head in heads:
        inside = _IN_BRACKETS.search(head)
        name = known.get(inside[1] if inside else head)
        if name is None:
            problems.append(Problem(_NO_COLUMN, file, 1, head))
        elif name in found.values():
            problems.append(Problem(_TWICE, file, 1, head))
        else:
            found[head] = name
    if problems:
        raise ImportRefused(problems)
    return found


def _known(definition: Definition) -> dict[str, str]:
    """Every way to head a column, in small letters as headings are read, and what it answers."""
    step = definition.steps[0].id if definition.steps else ""
    found = {name: name for name in _OWN} if step else {}
    for entry in definition.fields_of(step):
        if entry.type in _NOT_IN_CELLS:
            continue
        if entry.type is Type.TABLE:
            for place in range(1, _MOST_ROWS + 1):
                for column in entry.columns:
                    name = f"{entry.id}.{place - 1}.{column.id}"
                    found[f"{entry.id}.{place}.{column.id}".lower()] = name
            continue
        labels = [entry.label] if isinstance(entry.label, str) else [*entry.label.values()]
        found |= {label.strip().lower(): entry.id for label in labels}
        found[entry.id.lower()] = entry.id
    return found


class _Reading:
    """One table being filed line by line; every fault is kept with its line and heading."""

    def __init__(  # noqa: PLR0917 - what every line needs
        self,
        work: Work,
        form: str,
        definition: Definition,
        names: dict[str, str],
        file: str,
        password: OpenKey | None,
    ) -> None:
        self.work = work
        self.form = form
        self.definition = definition
        self.names = names
        self.file = file
        self.password = password
        self.found: list[Problem] = []
        self._headings = {name: head for head, name in names.items()}

    def one(self, line: dict[str, str]) -> Record | None:
        """File one line inside a savepoint, so that the faults of all lines are told at once."""
        number = int(line[""])
        answers = {name: line.get(head, "") for head, name in self.names.items()}
        values, problems = self._read(answers)
        if problems:
            self._tell(problems, number)
            return None
        try:
            with self.work.session.begin_nested():
                return self._filed(values, answers)
        except Invalid as refusal:
            self._tell(refusal.problems, number)
        except Conflict as refusal:
            self._tell([Problem(refusal.message, facts=refusal.facts)], number)
        return None

    def _read(self, answers: dict[str, str]) -> tuple[dict[str, Any], list[Problem]]:
        step = self.definition.steps[0].id if self.definition.steps else ""
        own = {each.id for each in self.definition.fields_of(step)}
        sent = {name: text for name, text in answers.items() if text}
        return forms.answers.read(self.definition, sent, own, zone=self.work.settings.zone_info)

    def _filed(self, values: dict[str, Any], answers: dict[str, str]) -> Record:
        record = drafting.begin(self.work, self.form, values=values)
        return filing.submit(
            self.work,
            rows.ref_of(record),
            password=self.password,
            opinion=answers.get("opinion", ""),
            decision=self._decision(answers.get("decision", "")),
        )

    def _decision(self, written: str) -> str:
        """A decision by its value or by its words."""
        for each in self.definition.steps[0].decisions if self.definition.steps else ():
            labels = [each.label] if isinstance(each.label, str) else [*each.label.values()]
            if written in {each.value, *labels}:
                return each.value
        return written

    def _tell(self, problems: Any, line: int) -> None:
        for each in problems:
            head = self._headings.get(each.field or "", each.field)
            self.found.append(Problem(each.message, self.file, line, head, each.facts))
