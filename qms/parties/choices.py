"""Pure: the lists kept of parties, as YAML: tiers, stages, identifiers, what is expected of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from qms.kernel import plain_yaml
from qms.kernel.errors import Problem
from qms.kernel.labels import LANGUAGES, N_
from qms.parties.errors import ListsInvalid
from qms.parties.kinds import Kind

SHIPPED: Final = Path(__file__).parent / "lists.yaml"
FIELDS: Final = ("owner", "tier", "stage", "short-name", "contact")
_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,8}", re.ASCII)
_LISTS: Final = ("tiers", "stages", "identifiers")
_LONGEST: Final = 60
_NOT_A_LIST: Final = N_("A list is needed here.")
_NO_KEY: Final = N_("There is no such key here; remove it or correct it.")
_NOT_EXPECTABLE: Final = N_(
    "Write one of {fields}, identifier:CODE of the identifiers above, or form:NUMBER of a form."
)


@dataclass(frozen=True, slots=True)
class Lists:
    """Names by code in the order they were written, and what is expected of a file, by kind."""

    tiers: Mapping[str, Mapping[str, str]]
    stages: Mapping[str, Mapping[str, str]]
    identifiers: Mapping[str, Mapping[str, str]]
    expected: Mapping[Kind, tuple[str, ...]]

    def comes_after(self, stage: str, reached: str | None) -> bool:
        """Whether a stage lies beyond the one reached; one that was taken off the list lies before all."""
        order = list(self.stages)
        return stage in order and (reached not in order or order.index(stage) > order.index(reached))


def read(text: str, file: str) -> Lists:
    """Read and check the lists; each fault is named by its field (S36, R59)."""
    plain = plain_yaml.read(text)
    if plain.problems:
        raise ListsInvalid(plain.found(file))
    value = plain.value or {}
    if found := list(_faults(value, file)):
        raise ListsInvalid([replace(each, line=plain.line(each.field or "")) for each in found])
    return Lists(
        **{name: {row["code"]: row["names"] for row in value.get(name, ())} for name in _LISTS},
        expected={Kind(kind): tuple(items) for kind, items in value.get("expected", {}).items()},
    )


def _faults(value: Any, file: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(N_("Write a map of keys and values here."), file)
        return
    for key in value:
        if key not in {*_LISTS, "expected"}:
            yield Problem(_NO_KEY, file, field=str(key))
    for name in _LISTS:
        yield from _in_list(value.get(name, ()), file, name)
    yield from _in_expected(value, file)


def _in_list(rows: Any, file: str, name: str) -> Iterator[Problem]:
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        yield Problem(_NOT_A_LIST, file, field=name)
        return
    seen = set()
    for place, row in enumerate(rows, 1):
        at = f"{name}.{place}"
        if not isinstance(row, dict) or set(row) != {"code", "names"}:
            yield Problem(N_("Write a code and its names here."), file, field=at)
            continue
        code = row["code"]
        if not isinstance(code, str) or len(code) > _LONGEST or _CODE.fullmatch(code) is None:
            yield Problem(
                N_("A code is written in small letters and digits, joined by hyphens."), file, field=at
            )
        elif code in seen:
            yield Problem(N_("This code stands in the list twice."), file, field=at)
        seen.add(str(code))
        if not _are_names(row["names"]):
            yield Problem(N_("Write a name for each language: zh-Hans, zh-Hant, en."), file, field=at)


def _are_names(names: Any) -> bool:
    return (
        isinstance(names, dict)
        and bool(names)
        and set(names) <= set(LANGUAGES)
        and all(isinstance(each, str) and each.strip() for each in names.values())
    )


def _in_expected(value: Mapping[str, Any], file: str) -> Iterator[Problem]:
    expected = value.get("expected", {})
    if not isinstance(expected, dict):
        yield Problem(N_("Write a map of keys and values here."), file, field="expected")
        return
    identifiers = value.get("identifiers", ())
    known = {str(row["code"]) for row in identifiers if isinstance(row, dict) and "code" in row}
    for kind, items in expected.items():
        at = f"expected.{kind}"
        if kind not in set(Kind):
            yield Problem(_NO_KEY, file, field=at)
        elif not isinstance(items, list):
            yield Problem(_NOT_A_LIST, file, field=at)
        else:
            for item in items:
                if not _is_expectable(item, known):
                    yield Problem(_NOT_EXPECTABLE, file, field=at, facts={"fields": ", ".join(FIELDS)})


def _is_expectable(item: Any, identifiers: set[str]) -> bool:
    what, _, code = str(item).partition(":")
    if what == "identifier":
        return code in identifiers
    return bool(code) if what == "form" else item in FIELDS
