"""Small forms of objectives, checks and revisions in force, and records filed on them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from qms import records
from tests.documents import factories as papers
from tests.nonconformities import test_law as corrected
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

TODAY = date(2026, 11, 2)
SET, CHECKED, REVISED = "FM-08-01", "FM-08-02", "FM-08-03"
_CHOICE = "{{id: {id}, label: {label}, type: choice, options: [{options}]}}"


def choice(name: str, *values: str) -> str:
    """A choice field of these values."""
    options = ", ".join(f"{{value: {each}, label: {each}}}" for each in values)
    return "  - " + _CHOICE.format(id=name, label=name.capitalize(), options=options)


SPLIT = """
  - {id: split, label: Split, type: table, rows: 12, columns: [{id: period, label: P, type: text}, {id: weight, label: W, type: number}, {id: part, label: T, type: number}, {id: why, label: R, type: text}]}
"""  # noqa: E501 - YAML in flow style
FIELDS = f"""
  - {{id: name, label: Name, type: text}}
  - {{id: code, label: Code, type: text}}
{choice("level", "centre", "department", "person")}
  - {{id: above, label: Parent, type: record}}
  - {{id: unit_of, label: Department, type: department}}
  - {{id: owner, label: Owner, type: person}}
  - {{id: indicator, label: Indicator, type: text}}
{choice("unit", "percent", "count", "money", "days")}
  - {{id: source, label: Source, type: text}}
{choice("direction", "larger", "smaller")}
  - {{id: target, label: Target, type: number}}
  - {{id: first, label: From, type: date}}
  - {{id: last, label: Until, type: date}}
{SPLIT.strip(chr(10))}
"""
OBJECTIVE = """
records: {department: unit_of}
objective:
  name: name
  number: code
  level: level
  parent: above
  department: unit_of
  owner: owner
  indicator: indicator
  unit: unit
  source: source
  direction: direction
  target: target
  from: first
  until: last
  period: split.period
  weight: split.weight
  period-target: split.part
  reason: split.why
"""
STEPS = """
steps:
  - {id: propose, label: Propose, by: {roles: [author, reader, department-head]}}
  - {id: approve, label: Approve, by: {posts: [deputy-general-manager]}}
"""
CHECK_FIELDS = f"""
  - {{id: objective, label: Objective, type: record}}
{choice("level", "month", "week", "day", "random")}
  - {{id: own, label: Self, type: yes-no}}
  - {{id: first, label: From, type: date}}
  - {{id: last, label: Until, type: date}}
  - {{id: target, label: Target, type: number}}
  - {{id: actual, label: Actual, type: number}}
  - {{id: achieved, label: Achieved, type: yes-no}}
  - {{id: score, label: Score, type: number}}
  - {{id: items, label: Items, type: number}}
  - {{id: good, label: Good, type: number}}
  - {{id: measure, label: Corrective action, type: record}}
"""
CHECK = """
objective-check:
  objective: objective
  level: level
  self: own
  from: first
  until: last
  target: target
  actual: actual
  achieved: achieved
  score: score
  planned: items
  done: good
  corrective-action: measure
  missed-in-a-row: 2
  attained-below: 80
  steps: {conclude: collect}
"""
CHECK_STEPS = """
steps:
  - {id: check, label: Check, by: {roles: [author, reader, department-head]}}
  - {id: collect, label: Collect, by: {posts: [quality-manager]}}
"""
REVISION_FIELDS = f"""
  - {{id: objective, label: Objective, type: record}}
{choice("kind", "add", "change", "delete")}
{choice("level", "centre", "department", "person")}
  - {{id: unit_of, label: Department, type: department}}
  - {{id: old, label: Old, type: number}}
  - {{id: new, label: New, type: number}}
  - {{id: reason, label: Reason, type: text}}
{SPLIT.strip(chr(10))}
  - {{section: Filing, step: file}}
  - {{id: filing, label: Filing number, type: text}}
  - {{id: from_day, label: Effective, type: date}}
"""
REVISION = """
objective-revision:
  objective: objective
  kind: kind
  level: level
  department: unit_of
  old-target: old
  new-target: new
  period: split.period
  weight: split.weight
  period-target: split.part
  effective: from_day
  filing-number: filing
  reason: reason
"""
REVISION_STEPS = """
steps:
  - {id: propose, label: Propose, by: {roles: [author, reader]}}
  - {id: file, label: File, by: {posts: [quality-manager]}}
"""
YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
RATE: dict[str, Any] = {
    "name": "On time",
    "code": "MB-01",
    "level": "centre",
    "unit_of": "risk",
    "owner": "risk-head",
    "indicator": "Share on time",
    "unit": "percent",
    "source": "RG-02-02",
    "direction": "larger",
    "target": "95",
    **YEAR,
}
HALVES = [
    {"period": "H1", "weight": "40", "part": "48"},
    {"period": "H2", "weight": "60", "part": "72"},
]
COUNT: dict[str, Any] = {
    **RATE,
    "name": "Clients signed",
    "code": "MB-02",
    "indicator": "Clients signed",
    "unit": "count",
    "target": "120",
    "split": HALVES,
}


def house(works: Works, *numbers: str) -> Organisation:
    """The usual organisation with these forms in force, or all three and that of corrective actions."""
    every = {
        corrected.NUMBER: factories.form(
            corrected.NUMBER, fields=corrected.FIELDS, steps=corrected.STEPS, more=corrected.LAW
        ),
        SET: factories.form(SET, fields=FIELDS, steps=STEPS, more=OBJECTIVE),
        CHECKED: factories.form(CHECKED, fields=CHECK_FIELDS, steps=CHECK_STEPS, more=CHECK),
        REVISED: factories.form(REVISED, fields=REVISION_FIELDS, steps=REVISION_STEPS, more=REVISION),
    }
    return factories.house(works, *(data for number, data in every.items() if number in (numbers or every)))


def proposed(made: Organisation, login: str = "author", **values: Any) -> Ref:
    """An objective that is proposed."""
    return factories.filed(made, login, SET, **{**RATE, **values})


def act(made: Organisation, login: str, ref: Ref, step: str, **values: Any) -> None:
    """One step of a record."""
    with made.acting(login) as work:
        records.act(work, ref, step, values=values)


def objective(made: Organisation, login: str = "author", **values: Any) -> Ref:
    """An objective that is set."""
    ref = proposed(made, login, **values)
    act(made, "deputy", ref, "approve")
    return ref


def checked(
    made: Organisation, of: Ref, month: int, actual: str, login: str = "author", **values: Any
) -> Ref:
    """A monthly check against a target of 95, judged as it should be."""
    last = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31}[month]
    given = {
        "objective": of.key,
        "level": "month",
        "own": False,
        "first": f"2026-{month:02}-01",
        "last": f"2026-{month:02}-{last}",
        "target": "95",
        "actual": actual,
        "achieved": float(actual) >= float(values.get("target", "95")),
    }
    return factories.filed(made, login, CHECKED, **{**given, **values})


def revision(made: Organisation, of: Ref, login: str = "author", **values: Any) -> Ref:
    """A revision of an objective, proposed."""
    given = {
        "objective": of.key,
        "kind": "change",
        "level": "centre",
        "unit_of": "risk",
        "old": "95",
        "new": "97",
        "reason": "Results were better",
    }
    return factories.filed(made, login, REVISED, **{**given, **values})


def file(made: Organisation, ref: Ref, day: str = "2026-11-03", number: str = "BA-1") -> None:
    """The revision filed, in force from a day."""
    act(made, "manager", ref, "file", filing=number, from_day=day)


__all__ = [
    "COUNT", "HALVES", "RATE", "REVISED", "SET", "TODAY", "YEAR", "act", "checked", "file", "house",
    "objective", "papers", "proposed", "revision",
]  # fmt: skip
