"""A small form of complaints in force, and records filed on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms import records
from tests.documents import factories as papers
from tests.nonconformities import test_law as corrected
from tests.objectives.factories import choice
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

NUMBER = "FM-14-01"
FIELDS = f"""
{choice("channel", "phone", "counter", "site")}
  - {{id: received, label: Received, type: instant}}
{choice("matter", "complaint", "suggestion", "opinion", "repair", "report")}
  - {{id: words, label: Words, type: text}}
  - {{id: wish, label: Wish, type: text}}
  - {{id: contact, label: Contact, type: text, personal: true}}
  - {{id: unit_of, label: Unit, type: department}}
  - {{id: about, label: About, type: person}}
  - {{id: first, label: First, type: person}}
  - {{id: over_to, label: Over to, type: person}}
  - {{id: settled, label: Settled, type: yes-no}}
{choice("view_now", "satisfied", "dissatisfied", "none")}
  - {{id: reply_now, label: Reply, type: text}}
{choice("weight", "ordinary", "major")}
{choice("level", "high", "low")}
  - {{id: again, label: Again, type: yes-no}}
  - {{id: handler, label: Handler, type: person}}
  - {{id: facts, label: Facts, type: text}}
{choice("finding", "justified", "partly", "unjustified", "unclear")}
  - {{id: why, label: Why, type: text}}
  - {{id: act, label: Act, type: yes-no}}
  - {{id: reply, label: Reply, type: text}}
  - {{id: ways, label: Ways, type: text}}
{choice("said", "satisfied", "basically", "dissatisfied", "none")}
  - {{id: review, label: Review, type: text}}
"""
STEPS = """
steps:
  - {id: take, label: Take, by: {roles: [author, reader, quality-manager]}}
  - {id: over, label: Over, when: "not settled", by: {field: over_to}, accept: required}
  - {id: grade, label: Grade, by: {posts: [quality-manager]}}
  - {id: look, label: Look, when: "not settled", by: {field: handler}, within: 3 days, from: received}
  - {id: answer, label: Answer, when: "not settled", by: {field: handler}}
  - {id: end, label: End, by: {posts: [quality-manager]}}
"""
LAW = """
records: {department: unit_of}
complaint:
  channel: channel
  received: received
  matter: matter
  content: words
  demand: wish
  department: unit_of
  concerned: about
  first-asked: first
  handed-to: over_to
  at-once: settled
  class: weight
  level: level
  repeated: again
  handler: handler
  finding: finding
  action-needed: act
  investigation: [facts, finding]
  replies: [reply, reply_now]
  remedies: [ways]
  views: [said, view_now]
  causes: [why]
  reviews: [review]
  steps: {grade: grade, investigate: look, reply: answer, close: end}
"""
TAKEN: dict[str, Any] = {
    "channel": "phone",
    "received": "2026-11-01T20:00:00Z",
    "matter": "complaint",
    "contact": "13800000000",
    "unit_of": "risk",
    "first": "author",
    "settled": False,
    "over_to": "manager",
}
GRADE: dict[str, Any] = {"weight": "ordinary", "level": "low", "again": False, "handler": "risk-head"}
LOOK: dict[str, Any] = {"facts": "It was so", "finding": "justified", "why": "No list", "act": False}
ANSWER: dict[str, Any] = {"reply": "We are sorry", "ways": "A review", "said": "satisfied"}
AT_ONCE: dict[str, Any] = {"settled": True, "over_to": None, "reply_now": "Done", "view_now": "satisfied"}


def house(works: Works, law: str = LAW) -> Organisation:
    """The forms of complaints and of corrective actions in force."""
    found = factories.house(
        works,
        factories.form(NUMBER, fields=fields(), steps=STEPS, more=law),
        factories.form(corrected.NUMBER, fields=corrected.FIELDS, steps=corrected.STEPS, more=corrected.LAW),
    )
    papers.issued(found)
    return found


def fields() -> str:
    """The fields, each under the step that asks it."""
    lines = FIELDS.strip("\n").split("\n")
    sections = {"weight": "grade", "facts": "look", "reply": "answer", "review": "end"}
    told: list[str] = []
    for line in lines:
        name = line.split("id: ")[1].split(",")[0]
        if name in sections:
            told.append(f"  - {{section: {name.title()}, step: {sections[name]}}}")
        told.append(line)
    return "\n".join(told)


def taken(made: Organisation, **values: Any) -> Ref:
    """A complaint that was registered by who was asked first."""
    return factories.filed(made, "author", NUMBER, **{**TAKEN, **values})


def act(made: Organisation, login: str, ref: Ref, step: str, **values: Any) -> None:
    """One step of it."""
    with made.acting(login) as work:
        records.act(work, ref, step, values=values)


def accepted(made: Organisation, **values: Any) -> Ref:
    """A complaint whose hand-over was accepted."""
    ref = taken(made, **values)
    with made.acting("manager") as work:
        records.accept(work, ref, "over")
    act(made, "manager", ref, "over")
    return ref


def graded(made: Organisation, grade: dict[str, Any] | None = None, **values: Any) -> Ref:
    """A complaint that has a grade and a handler."""
    ref = accepted(made, **values)
    act(made, "manager", ref, "grade", **{**GRADE, **(grade or {})})
    return ref


def looked_at(made: Organisation, *, grade: dict[str, Any] | None = None, **look: Any) -> Ref:
    """A complaint that was investigated."""
    ref = graded(made, grade)
    act(made, "risk-head", ref, "look", **{**LOOK, **look})
    return ref


def answered(made: Organisation, *, grade: dict[str, Any] | None = None, **answer: Any) -> Ref:
    """A complaint that was answered."""
    look = {"act": True} if grade else {}
    ref = looked_at(made, grade=grade, **look)
    act(made, "risk-head", ref, "answer", **{**ANSWER, **answer})
    return ref
