"""Reading an edition from its YAML file, with every fault by line and field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qms.kernel import plain_yaml
from qms.kernel.errors import Problem
from qms.kernel.labels import LANGUAGES, N_
from qms.standards.errors import EditionInvalid
from qms.standards.matrix import ClauseRow, parent_of
from qms.standards.models import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODE: Final = re.compile(r"\A[a-z0-9]+(-[a-z0-9]+)*\Z")
_NUMBER: Final = re.compile(r"\A[1-9A-Z][0-9]*(\.[1-9][0-9]*)*\Z")
_KEYS: Final = frozenset({"edition", "status", "title", "clauses", "mapping"})
_CLAUSE_KEYS: Final = frozenset({"number", "title", "requirement"})


@dataclass(frozen=True, slots=True)
class EditionSource:
    """An edition as its file says; `mapping` is other edition, its number, our numbers."""

    code: str
    title: Mapping[str, str]
    status: Status
    clauses: tuple[ClauseRow, ...]
    mapping: tuple[tuple[str, str, str], ...] = ()


def read_edition(text: str, file: str = "") -> EditionSource:
    """The edition of a YAML text; refused with every fault found."""
    plain = plain_yaml.read(text)
    problems = plain.found(file or None)
    if not problems:
        problems = [
            Problem(one.message, file or None, plain.line(one.field or "") or 1, one.field, one.facts)
            for one in _faults(plain.value)
        ]
    if problems:
        raise EditionInvalid(problems)
    raw = plain.value
    clauses = tuple(
        ClauseRow(str(one["number"]), dict(one["title"]), requirement=one.get("requirement", True))
        for one in raw["clauses"]
    )
    mapping = tuple(
        (str(other), str(old), str(new))
        for other, links in (raw.get("mapping") or {}).items()
        for old, news in links.items()
        for new in news
    )
    return EditionSource(raw["edition"], dict(raw["title"]), Status(raw["status"]), clauses, mapping)


def _faults(raw: Any) -> Iterator[Problem]:
    if not isinstance(raw, dict):
        yield Problem(N_("An edition is a mapping of keys to values."))
        return
    yield from _unknown(raw, _KEYS, "")
    if not isinstance(raw.get("edition"), str) or not _CODE.match(raw["edition"]):
        text = N_("The code is lower-case letters, digits and hyphens, such as iso9001-2015.")
        yield Problem(text, field="edition")
    if raw.get("status") not in {status.value for status in Status}:
        choices = ", ".join(status.value for status in Status)
        yield Problem(N_("Choose one of {choices}."), field="status", facts={"choices": choices})
    yield from _title_faults(raw, "")
    clauses = raw.get("clauses")
    if not isinstance(clauses, list):
        yield Problem(N_("Clauses are a list, which may be empty."), field="clauses")
        return
    numbers: set[str] = set()
    for index, clause in enumerate(clauses, 1):
        yield from _clause_faults(clause, f"clauses.{index}", numbers)
    yield from _mapping_faults(raw, numbers)


def _unknown(raw: Mapping[str, Any], known: frozenset[str], place: str) -> Iterator[Problem]:
    for key in raw:
        if key not in known:
            text = N_("There is no key {key} here.")
            yield Problem(text, field=f"{place}{key}", facts={"key": key})


def _title_faults(raw: Mapping[str, Any], place: str) -> Iterator[Problem]:
    title = raw.get("title")
    texts = title.values() if isinstance(title, Mapping) and set(title) == set(LANGUAGES) else ("",)
    if not all(isinstance(text, str) and text.strip() for text in texts):
        text = N_("A title is needed in each of {languages}.")
        facts = {"languages": ", ".join(LANGUAGES)}
        yield Problem(text, field=f"{place}title", facts=facts)


def _clause_faults(clause: Any, place: str, numbers: set[str]) -> Iterator[Problem]:
    if not isinstance(clause, dict):
        yield Problem(N_("A clause is a mapping with number and title."), field=place)
        return
    yield from _unknown(clause, _CLAUSE_KEYS, f"{place}.")
    yield from _title_faults(clause, f"{place}.")
    if not isinstance(clause.get("requirement", True), bool):
        yield Problem(N_("This is either true or false."), field=f"{place}.requirement")
    number = clause.get("number")
    if not isinstance(number, str) or not _NUMBER.match(number):
        text = N_('A clause number is text in quotes, such as "7.5.3".')
        yield Problem(text, field=f"{place}.number")
        return
    facts = {"number": number}
    if number in numbers:
        yield Problem(N_("Clause {number} stands twice."), field=f"{place}.number", facts=facts)
    parent = parent_of(number)
    if parent is not None and parent not in numbers:
        text = N_("Clause {number} comes before the clause above it.")
        yield Problem(text, field=f"{place}.number", facts=facts)
    numbers.add(number)


def _mapping_faults(raw: Mapping[str, Any], numbers: set[str]) -> Iterator[Problem]:
    mapping: Any = raw.get("mapping") or {}
    if not isinstance(mapping, Mapping) or not all(isinstance(links, Mapping) for links in mapping.values()):
        text = N_("A mapping names another edition, its clause numbers, and for each a list of ours.")
        yield Problem(text, field="mapping")
        return
    for other, links in mapping.items():
        for old, news in links.items():
            field = f"mapping.{other}.{old}"
            if not isinstance(news, list):
                yield Problem(N_("This is a list of clause numbers."), field=field)
                continue
            for new in news:
                if new not in numbers:
                    text, facts = N_("There is no clause {number} in this edition."), {"number": new}
                    yield Problem(text, field=field, facts=facts)
