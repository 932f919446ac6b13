"""Pure rules of audits and findings: what forms declare of them, overlap, joint class, whole report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qms.forms import Binding
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from qms.forms import Bound

CONFORMING: Final = "conforming"
FINDING_SEEN: Final = "finding"
NOT_CHECKED: Final = "not-checked"
MODES: Final = ("off-site", "on-site", "unannounced", "secret")
"""Off-site mainly, on-site as supplement, open and secret (R49)."""
HIDDEN: Final = frozenset({"unannounced", "secret"})
"""Modes of which the audited department does not know beforehand."""
CLASSES: Final = "classes"
_CLASS_KEYS: Final = frozenset({"weight", "action"})
_TEXT: Final = ("text", "long-text")

AUDIT: Final = Binding(
    key="audit",
    begins=N_(
        "Its records are audits from now on: impartial team, frozen checklist, overlaps told, whole report."
    ),
    ends=N_("Its records are no audits any longer."),
    one={
        "programme": ("choice", "text"),
        "mode": ("multiple-choice", "choice"),
        "period-from": ("date",),
        "period-until": ("date",),
        "from": ("date",),
        "until": ("date",),
        "leader": ("person",),
        "criterion": ("document",),
        "criterion-clause": ("clause",),
        "item": _TEXT,
        "item-document": ("document",),
        "item-clause": ("clause",),
        "item-standard": _TEXT,
        "answered": _TEXT,
        "result": ("choice",),
        "other": ("record",),
        "reason": _TEXT,
        "exception": _TEXT,
        "recipient": ("person",),
        "objectives": _TEXT,
        "scope": _TEXT,
        "client": ("person", *_TEXT),
        "places": _TEXT,
        "conclusion": _TEXT,
        "fulfilment": ("choice", *_TEXT),
        "opinions": _TEXT,
        "sampling": _TEXT,
    },
    several={"departments": ("department",), "team": ("person",), "planned": ()},
    needed=(
        "from",
        "until",
        "period-from",
        "period-until",
        "leader",
        "departments",
        "team",
        "criterion",
        "item",
        "answered",
        "result",
        "planned",
    ),
    steps=("overlap", "start", "report", "deliver"),
    choices={"mode": MODES, "result": (CONFORMING, FINDING_SEEN, NOT_CHECKED)},
)
"""`planned` is answered before an audit starts (AUD-02), the parts from `objectives` on make its report."""

FINDING: Final = Binding(
    key="finding",
    begins=N_(
        "Its records are findings from now on: criterion, evidence, statement, and a class agreed jointly."
    ),
    ends=N_("Its records are no findings any longer."),
    one={
        "audit": ("record",),
        "department": ("department",),
        "document": ("document",),
        "clause": ("clause",),
        "inspector": ("person",),
        "class": ("choice",),
        "common": ("yes-no",),
        "major": ("yes-no",),
        "action": ("yes-no",),
        "view": ("choice",),
        "dissent": _TEXT,
        "voter": ("person",),
        "recused": ("yes-no",),
        "vote": ("choice",),
    },
    several={"criterion": (), "evidence": (), "statement": (), "spread": ("department",)},
    needed=("department", "class", "criterion", "evidence", "statement"),
    steps=("deliberate", "deliver"),
    numbers=("spread-days",),
    beside=(CLASSES,),
)
"""`criterion`, `evidence` and `statement` are what makes a finding one (AUD-05)."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What a class of findings means: how heavy it weighs, and whether it asks for a corrective action."""

    weight: int
    action: bool = False


@dataclass(frozen=True, slots=True)
class FindingLaw:
    """What a form of findings declares: its fields and steps, and the classes of the organisation."""

    bound: Bound
    grades: Mapping[str, Grade]


def finding_law(head: Mapping[str, Any]) -> FindingLaw | None:
    """What the head of a form declares of findings; None where it does not, or wrongly."""
    value = head.get(FINDING.key)
    if value is None:
        return None
    bound = FINDING.read(head)
    if bound is None or class_faults(value, head):
        return None
    grades = {
        str(name): Grade(each.get("weight", 0), action=each.get("action", False))
        for name, each in value.get(CLASSES, {}).items()
    }
    return FindingLaw(bound, grades)


def class_faults(value: Any, head: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the classes: each option of the class has its grade, and none is graded beside."""
    given = value.get(CLASSES, {}) if isinstance(value, dict) else {}
    if not isinstance(given, dict):
        return [Problem(N_("Write each class with its weight."), field=CLASSES)]
    offered = _offered(head, value.get("class") if isinstance(value, dict) else None)
    found = [
        Problem(N_("The form offers no class “{name}”."), field=f"{CLASSES}.{name}", facts={"name": name})
        for name in given
        if str(name) not in offered
    ]
    if given:
        found += [
            Problem(N_("The class “{name}” has no weight."), field=f"{CLASSES}.{name}", facts={"name": name})
            for name in offered
            if name not in {str(each) for each in given}
        ]
    return [*found, *(each for name, grade in given.items() for each in _grade_faults(str(name), grade))]


def _grade_faults(name: str, grade: Any) -> Iterator[Problem]:
    at = f"{CLASSES}.{name}"
    if not isinstance(grade, dict):
        yield Problem(N_("Write each class with its weight."), field=at)
        return
    for key in sorted(map(str, grade.keys() - _CLASS_KEYS)):
        yield Problem(N_("“{key}” is not known here."), field=f"{at}.{key}", facts={"key": key})
    weight = grade.get("weight")
    if isinstance(weight, bool) or not isinstance(weight, int) or weight < 0:
        yield Problem(N_("Write a whole number."), field=f"{at}.weight")
    if not isinstance(grade.get("action", False), bool):
        yield Problem(N_("This is either true or false."), field=f"{at}.action")


def _offered(head: Mapping[str, Any], name: Any) -> list[str]:
    fields = (each for each in head.get("fields", ()) if isinstance(each, dict))
    options = next((each.get("options") or () for each in fields if each.get("id") == name), ())
    return [str(each.get("value")) if isinstance(each, dict) else str(each) for each in options]


@dataclass(frozen=True, slots=True)
class Planned:
    """One audit as the calendar sees it; days are the first and the last one."""

    number: str
    departments: frozenset[str]
    from_on: date
    until_on: date
    period_from: date
    period_until: date
    documents: frozenset[str]


def overlaps(one: Planned, other: Planned) -> bool:
    """Whether two audits ask the same twice (S62, R50).

    They do where they come to one department on the same days, or look at the same document over the
    same time there, whenever they come.
    """
    if one.number == other.number or not one.departments & other.departments:
        return False
    together = one.from_on <= other.until_on and other.from_on <= one.until_on
    again = one.period_from <= other.period_until and other.period_from <= one.period_until
    return together or (again and bool(one.documents & other.documents))


def unexplained(others: Collection[str], values: Mapping[str, Any], bound: Bound) -> list[str]:
    """The overlapping audits that the plan does not name with a reason; a reason lets one stand."""
    rows = bound.rows(values, ("other", "reason"))
    told = {row["other"] for row in rows if row.get("other") and str(row.get("reason") or "").strip()}
    return sorted(set(others) - told)


def team(values: Mapping[str, Any], bound: Bound) -> list[str]:
    """Everybody who audits, the leader first, by login."""
    return list(dict.fromkeys(map(str, bound.every(values, "team"))))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a checklist, with the document and clause it is asked of."""

    item: str
    document: str | None = None
    clause: str | None = None


def checklist(values: Mapping[str, Any], bound: Bound) -> list[Asked]:
    """The questions of a plan in their order; one without a document is asked of that its clause names."""
    rows = bound.rows(values, ("item", "item-document", "item-clause"))
    return [
        Asked(
            str(row["item"]),
            row.get("item-document") or document_of(row.get("item-clause")),
            row.get("item-clause"),
        )
        for row in rows
        if row.get("item")
    ]


def document_of(clause: str | None) -> str | None:
    """The document a clause stands in, as `CP-12 §5.3` names it."""
    return None if not clause else clause.partition("§")[0].strip() or None


def answers(values: Mapping[str, Any], bound: Bound) -> list[tuple[str, str]]:
    """Each answered question with its result, in the order of the report."""
    rows = bound.rows(values, ("answered", "result"))
    return [(str(row["answered"]), str(row.get("result") or "")) for row in rows if row.get("answered")]


def unanswered(asked: Sequence[Asked], given: Sequence[tuple[str, str]]) -> list[str]:
    """Questions of the frozen checklist without a result (AUD-04)."""
    done = {item for item, result in given if result}
    return [each.item for each in asked if each.item not in done]


def unasked(asked: Sequence[Asked], given: Sequence[tuple[str, str]]) -> list[str]:
    """Answers to what the frozen checklist never asked."""
    known = {each.item for each in asked}
    return [item for item, _ in given if item not in known]


def proofs(values: Mapping[str, Any], bound: Bound) -> list[str]:
    """What proves a finding, in words: texts as they are, files by name and digest (AUD-04)."""
    given = bound.every(values, "evidence")
    found = [item for each in given for item in (each if isinstance(each, list) else [each])]
    return [
        f"{item['name']} (SHA-256 {item['digest']})" if isinstance(item, dict) else str(item)
        for item in found
    ]


ELEMENTS: Final[Mapping[str, str]] = {
    "objectives": N_("Objectives"),
    "scope": N_("Scope"),
    "client": N_("Audit client"),
    "team": N_("Audit team"),
    "places": N_("Dates and places"),
    "criteria": N_("Criteria"),
    "findings": N_("Findings and evidence"),
    "conclusion": N_("Conclusions"),
    "fulfilment": N_("Degree to which the criteria are fulfilled"),
    "opinions": N_("Opinions that differ"),
    "sampling": N_("Note on sampling"),
}
"""The eleven elements of a report, in their order (AUD-06)."""


def lacking(values: Mapping[str, Any], bound: Bound) -> list[str]:
    """The elements of the report that are not there; findings are there once every answer is (AUD-06)."""
    there = {
        **{name: bound.first(values, name) is not None for name in ELEMENTS},
        "team": bool(team(values, bound)),
        "criteria": bool(bound.rows(values, ("criterion",))),
        "findings": bool(answers(values, bound)),
    }
    dated = bound.first(values, "from") is not None and bound.first(values, "until") is not None
    there["places"] = there["places"] and dated
    return [name for name, given in there.items() if not given]


@dataclass(frozen=True, slots=True)
class Vote:
    """What one of those present said of a finding; the recused say nothing that counts."""

    person: str
    choice: str | None
    recused: bool = False


def votes(values: Mapping[str, Any], bound: Bound) -> list[Vote]:
    """Everybody present at the deliberation."""
    rows = bound.rows(values, ("voter", "recused", "vote"))
    return [
        Vote(str(row["voter"]), row.get("vote"), recused=row.get("recused") is True)
        for row in rows
        if row.get("voter")
    ]


def agreed(given: Sequence[Vote]) -> list[str]:
    """The classes for which most of those spoke who count; several where they are level (S69).

    Empty where fewer than two people spoke: a class is agreed, not set by one.
    """
    counted = {each.person: each.choice for each in given if not each.recused and each.choice}
    if len(counted) < _JOINTLY:
        return []
    heard = Counter(str(each) for each in counted.values())
    most = max(heard.values())
    return sorted(name for name, count in heard.items() if count == most)


_JOINTLY: Final = 2
SPREAD_DAYS: Final = 10
"""Within so many working days other departments look for a common problem, where the form says nothing."""
RECEIVE_DAYS: Final = 5
"""Within so many working days a recipient says that the report has arrived."""
