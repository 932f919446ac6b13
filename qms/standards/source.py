"""Reading an edition from its YAML file, with every fault by line and field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from qms.accounts import yaml_fault
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
    raw = _parsed(text, file)
    problems = [
        Problem(problem.message, file or None, problem.line, problem.field, problem.facts)
        for problem in _faults(raw)
    ]
    if problems:
        raise EditionInvalid(problems)
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


def _parsed(text: str, file: str) -> CommentedMap:
    if wrong := yaml_fault(text, file or None):
        raise EditionInvalid([wrong])
    yaml = YAML(typ="rt", pure=True)
    yaml.allow_duplicate_keys = False
    try:
        raw = yaml.load(text)
    except (YAMLError, ValueError, RecursionError) as fault:
        mark = fault.problem_mark if isinstance(fault, MarkedYAMLError) else None
        line = mark.line + 1 if mark else None
        said = (fault.problem if isinstance(fault, MarkedYAMLError) else None) or type(fault).__name__
        problem = Problem(
            N_("This is not readable as YAML: {fault}."), file or None, line, facts={"fault": said}
        )
        raise EditionInvalid([problem]) from fault
    if not isinstance(raw, CommentedMap):
        raise EditionInvalid([Problem(N_("An edition is a mapping of keys to values."), file or None, 1)])
    return raw


def _faults(raw: CommentedMap) -> Iterator[Problem]:
    yield from _unknown(raw, _KEYS, "")
    if not isinstance(raw.get("edition"), str) or not _CODE.match(raw["edition"]):
        yield Problem(
            N_("The code is lower-case letters, digits and hyphens, such as iso9001-2015."),
            line=_line(raw, "edition"),
            field="edition",
        )
    if raw.get("status") not in {status.value for status in Status}:
        choices = ", ".join(status.value for status in Status)
        yield Problem(
            N_("Choose one of {choices}."),
            line=_line(raw, "status"),
            field="status",
            facts={"choices": choices},
        )
    yield from _title_faults(raw, "")
    clauses = raw.get("clauses")
    if not isinstance(clauses, list):
        yield Problem(
            N_("Clauses are a list, which may be empty."), line=_line(raw, "clauses"), field="clauses"
        )
        return
    numbers: set[str] = set()
    for index, clause in enumerate(clauses):
        yield from _clause_faults(clause, f"clauses.{index + 1}", numbers)
    yield from _mapping_faults(raw, numbers)


def _unknown(raw: CommentedMap, known: frozenset[str], place: str) -> Iterator[Problem]:
    for key in raw:
        if key not in known:
            text = N_("There is no key {key} here.")
            yield Problem(text, line=_line(raw, key), field=f"{place}{key}", facts={"key": key})


def _title_faults(raw: CommentedMap, place: str) -> Iterator[Problem]:
    title = raw.get("title")
    good = isinstance(title, Mapping) and set(title) == set(LANGUAGES)
    if not good or not all(isinstance(text, str) and text.strip() for text in title.values()):
        text = N_("A title is needed in each of {languages}.")
        facts = {"languages": ", ".join(LANGUAGES)}
        yield Problem(text, line=_line(raw, "title"), field=f"{place}title", facts=facts)


def _clause_faults(clause: Any, place: str, numbers: set[str]) -> Iterator[Problem]:
    if not isinstance(clause, CommentedMap):
        yield Problem(N_("A clause is a mapping with number and title."), field=place)
        return
    line = clause.lc.line + 1
    yield from _unknown(clause, _CLAUSE_KEYS, f"{place}.")
    yield from _title_faults(clause, f"{place}.")
    if not isinstance(clause.get("requirement", True), bool):
        yield Problem(N_("This is either true or false."), line=line, field=f"{place}.requirement")
    number = clause.get("number")
    if not isinstance(number, str) or not _NUMBER.match(number):
        text = N_('A clause number is text in quotes, such as "7.5.3".')
        yield Problem(text, line=line, field=f"{place}.number")
        return
    facts = {"number": number}
    if number in numbers:
        yield Problem(N_("Clause {number} stands twice."), line=line, field=f"{place}.number", facts=facts)
    parent = parent_of(number)
    if parent is not None and parent not in numbers:
        text = N_("Clause {number} comes before the clause above it.")
        yield Problem(text, line=line, field=f"{place}.number", facts=facts)
    numbers.add(number)


def _mapping_faults(raw: CommentedMap, numbers: set[str]) -> Iterator[Problem]:
    mapping = raw.get("mapping") or {}
    if not isinstance(mapping, Mapping) or not all(isinstance(links, Mapping) for links in mapping.values()):
        text = N_("A mapping names another edition, its clause numbers, and for each a list of ours.")
        yield Problem(text, line=_line(raw, "mapping"), field="mapping")
        return
    for other, links in mapping.items():
        for old, news in links.items():
            field = f"mapping.{other}.{old}"
            if not isinstance(news, list):
                yield Problem(N_("This is a list of clause numbers."), line=_line(links, old), field=field)
                continue
            for new in news:
                if new not in numbers:
                    text, facts = N_("There is no clause {number} in this edition."), {"number": new}
                    yield Problem(text, line=_line(links, old), field=field, facts=facts)


def _line(raw: Any, key: Any) -> int | None:
    if not isinstance(raw, CommentedMap) or key not in raw:
        return None
    line: int = raw.lc.key(key)[0]
    return line + 1
