"""Pure rules of corrective actions: what a form declares, and what must be known before what (10.2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qms.kernel.errors import Problem
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SECTION: Final = "corrective-action"
SOURCE: Final = "source"
DUE: Final = "due"
OBSERVED: Final = "observe-until"
EFFECTIVE: Final = "effective"
CAUSES: Final = "causes"
KNOWN: Final = "known"
OWNERS: Final = "owners"
REQUESTS: Final = "requests"
CLOSING: Final = "closing"
STEPS: Final = "steps"
_ONE: Final = {SOURCE: ("record",), DUE: ("date",), OBSERVED: ("date",), EFFECTIVE: ("yes-no",)}
_SEVERAL: Final = {CAUSES: (), KNOWN: (), OWNERS: ("person",), REQUESTS: ("record",), CLOSING: ()}
"""Which types of field each key may name; none stands for any."""
_NEEDED: Final = (SOURCE, DUE, OBSERVED, EFFECTIVE, CAUSES, OWNERS, STEPS)
_STEPS: Final = ("decide", "verify", "close")
_MISSING: Final[tuple[Any, ...]] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Declared:
    """Which fields and steps of a form say what of a corrective action.

    A field inside a table is written `table.column`. `causes` and `known` are answered before the actions
    are decided, `closing` before it is closed.
    """

    source: str
    due: str
    observe_until: str
    effective: str
    causes: tuple[str, ...]
    owners: tuple[str, ...]
    decide: str
    verify: str
    close: str
    known: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()


def read(value: Mapping[str, Any]) -> Declared:
    """The declaration, where it has no faults."""
    several = {key: tuple(map(str, value.get(key, ()))) for key in _SEVERAL}
    return Declared(
        source=str(value[SOURCE]),
        due=str(value[DUE]),
        observe_until=str(value[OBSERVED]),
        effective=str(value[EFFECTIVE]),
        causes=several[CAUSES],
        owners=several[OWNERS],
        decide=str(value[STEPS]["decide"]),
        verify=str(value[STEPS]["verify"]),
        close=str(value[STEPS]["close"]),
        known=several[KNOWN],
        requests=several[REQUESTS],
        closing=several[CLOSING],
    )


def faults(value: Any, head: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a declaration: keys, and names of fields and steps that the form has not."""
    if not isinstance(value, dict):
        return [Problem(N_("Name the fields and steps of the corrective action."))]
    return [*_wrong_keys(value), *_wrong_fields(value, _types(head)), *_wrong_steps(value, head)]


def _wrong_keys(value: Mapping[str, Any]) -> Iterator[Problem]:
    for key in sorted(value.keys() - {*_ONE, *_SEVERAL, STEPS}):
        yield Problem(N_("“{key}” is not known here."), field=key, facts={"key": key})
    for key in _NEEDED:
        if not value.get(key):
            yield Problem(N_("Fill this in."), field=key)


def _wrong_fields(value: Mapping[str, Any], types: Mapping[str, str]) -> Iterator[Problem]:
    for key, allowed in {**_ONE, **_SEVERAL}.items():
        given = value.get(key, [])
        named = [given] if key in _ONE else given
        if not isinstance(named, list):
            yield Problem(N_("Write a list."), field=key)
            continue
        for name in named:
            kind = types.get(str(name))
            if kind is None:
                yield Problem(N_("The form has no field “{name}”."), field=key, facts={"name": name})
            elif allowed and kind not in allowed:
                text = N_("“{name}” is of the type {kind}; {wanted} is needed here.")
                yield Problem(
                    text, field=key, facts={"name": name, "kind": kind, "wanted": ", ".join(allowed)}
                )


def _wrong_steps(value: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[Problem]:
    given = value.get(STEPS)
    if not isinstance(given, dict):
        return
    there = {str(each["id"]) for each in head.get("steps", ()) if isinstance(each, dict) and "id" in each}
    for key in sorted(given.keys() - set(_STEPS)):
        yield Problem(N_("“{key}” is not known here."), field=f"{STEPS}.{key}", facts={"key": key})
    for key in _STEPS:
        if str(given.get(key, "")) not in there:
            text = N_("The form has no step “{name}”.")
            yield Problem(text, field=f"{STEPS}.{key}", facts={"name": given.get(key, "")})


def _types(head: Mapping[str, Any]) -> dict[str, str]:
    """The type of each field by its id, and of each column of a table by `table.column`."""
    found: dict[str, str] = {}
    for each in head.get("fields", ()):
        if not isinstance(each, dict) or "id" not in each:
            continue
        found[str(each["id"])] = str(each.get("type"))
        for column in each.get("columns", ()) if isinstance(each.get("columns"), list) else ():
            if isinstance(column, dict) and "id" in column:
                found[f"{each['id']}.{column['id']}"] = str(column.get("type"))
    return found


def given(values: Mapping[str, Any], name: str) -> list[Any]:
    """The answers to a field, or to a column in every row of its table; what is not answered is left out."""
    table, dot, column = name.partition(".")
    found: list[Any] = [values.get(table)]
    if dot:
        rows = found[0] if isinstance(found[0], list) else []
        found = [row.get(column) for row in rows if isinstance(row, dict)]
    return [each for each in found if each not in _MISSING]


def missing(values: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Those of the fields that have no answer at all; `false` is one."""
    return [name for name in names if not given(values, name)]


def owners(values: Mapping[str, Any], declared: Declared) -> set[Any]:
    """Everybody who answers for one of the actions, as the answers name them."""
    return {each for name in declared.owners for each in given(values, name)}
