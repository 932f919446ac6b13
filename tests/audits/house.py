"""A small house of audits: a form of plans, one of findings, a procedure, and people on both sides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from qms import accounts, records
from qms.accounts.models import Membership
from tests.documents import factories as papers
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

TODAY = date(2026, 11, 2)
PLAN = "FM-13-01"
FINDING = "FM-13-02"
PLAN_FIELDS = """
  - {id: programme, label: Programme, type: choice, options: [internal, outlet]}
  - {id: mode, label: Mode, type: multiple-choice, options: [off-site, on-site, unannounced, secret]}
  - {id: purpose, label: Purpose, type: text}
  - {id: scope, label: Scope, type: text}
  - {id: client, label: Client, type: text}
  - {id: places, label: Places, type: text}
  - {id: since, label: Since, type: date}
  - {id: until, label: Until, type: date}
  - {id: first, label: First, type: date}
  - {id: last, label: Last, type: date}
  - {id: leader, label: Leader, type: person}
  - {id: team, label: Team, type: table, rows: 2, columns: [{id: who, label: Who, type: person}]}
  - {id: exception, label: Exception, type: text}
  - {id: objects, label: Objects, type: table, rows: 2, columns: [{id: unit, label: Unit, type: department}]}
  - {id: criteria, label: Criteria, type: table, rows: 2, columns: [{id: document, label: Document, type: document}, {id: clause, label: C, type: clause}]}
  - {id: list, label: List, type: table, rows: 2, columns: [{id: item, label: Item, type: text}, {id: document, label: D, type: document}, {id: clause, label: C, type: clause}]}
  - {section: Overlap, step: overlap}
  - {id: overlaps, label: O, type: table, rows: 2, columns: [{id: other, label: O, type: record}, {id: reason, label: R, type: text}]}
  - {section: Report, step: report}
  - {id: results, label: R, type: table, rows: 2, columns: [{id: item, label: I, type: text}, {id: result, label: R, type: choice, options: [conforming, finding, not-checked]}]}
  - {id: conclusion, label: Conclusion, type: text}
  - {id: degree, label: Degree, type: text}
  - {id: opinions, label: Opinions, type: text}
  - {id: note, label: Note, type: text}
  - {section: Delivery, step: deliver}
  - {id: to, label: To, type: table, rows: 2, columns: [{id: who, label: Who, type: person}]}
"""  # noqa: E501 - YAML in flow style
PLAN_STEPS = """
steps:
  - {id: plan, label: Plan, by: {roles: [author, department-head]}}
  - {id: overlap, label: Overlap, by: {posts: [quality-manager]}}
  - {id: start, label: Start, by: {posts: [deputy-general-manager, general-manager]}}
  - {id: report, label: Report, by: {author: true}}
  - {id: deliver, label: Deliver, by: {author: true}}
"""
PLAN_LAW = """
audit:
  programme: programme
  mode: mode
  period-from: since
  period-until: until
  from: first
  until: last
  leader: leader
  team: [leader, team.who]
  exception: exception
  departments: [objects.unit]
  criterion: criteria.document
  criterion-clause: criteria.clause
  planned: [purpose, scope, places]
  item: list.item
  item-document: list.document
  item-clause: list.clause
  answered: results.item
  result: results.result
  other: overlaps.other
  reason: overlaps.reason
  objectives: purpose
  scope: scope
  client: client
  places: places
  conclusion: conclusion
  fulfilment: degree
  opinions: opinions
  sampling: note
  recipient: to.who
  steps: {overlap: overlap, start: start, report: report, deliver: deliver}
"""
FINDING_FIELDS = """
  - {id: audit, label: Audit, type: record}
  - {id: unit, label: Unit, type: department}
  - {id: document, label: Document, type: document}
  - {id: clause, label: Clause, type: clause}
  - {id: inspector, label: Inspector, type: person}
  - {id: fact, label: Fact, type: text}
  - {id: proof, label: Proof, type: text}
  - {section: Unit, step: confirm}
  - {id: view, label: View, type: choice, options: [confirmed, objection]}
  - {id: dissent, label: Dissent, type: text}
  - {section: Meeting, step: meet}
  - {id: there, label: There, type: table, rows: 3, columns: [{id: who, label: Who, type: person}, {id: out, label: Out, type: yes-no}, {id: vote, label: Vote, type: choice, options: [major, minor, opportunity, conformity]}]}
  - {id: grade, label: Class, type: choice, options: [major, minor, opportunity, conformity]}
  - {id: common, label: Common, type: yes-no}
  - {id: units, label: Units, type: table, rows: 3, columns: [{id: unit, label: Unit, type: department}]}
  - {id: action, label: Action, type: yes-no}
"""  # noqa: E501 - YAML in flow style
FINDING_STEPS = """
steps:
  - {id: write, label: Write, by: {roles: [author, department-head]}}
  - {id: confirm, label: Confirm, by: {posts: [quality-manager]}}
  - {id: meet, label: Meet, by: {posts: [quality-manager]}}
  - {id: deliver, label: Deliver, by: {posts: [deputy-general-manager]}}
"""
FINDING_LAW = """
finding:
  audit: audit
  department: unit
  document: document
  clause: clause
  inspector: inspector
  criterion: [document]
  evidence: [proof]
  statement: [fact]
  view: view
  dissent: dissent
  class: grade
  voter: there.who
  recused: there.out
  vote: there.vote
  common: common
  spread: [units.unit]
  spread-days: 5
  action: action
  steps: {deliberate: meet, deliver: deliver}
  classes:
    major: {weight: 5, action: true}
    minor: {weight: 2}
    opportunity: {weight: 1}
    conformity: {weight: 0}
"""


def day(days: int) -> str:
    """So many days from the first one."""
    return (TODAY + timedelta(days=days)).isoformat()


GOOD: dict[str, Any] = {
    "programme": "internal",
    "mode": ["on-site"],
    "purpose": "See whether it is done",
    "scope": "Loans of the quarter",
    "client": "General manager",
    "places": "East outlet",
    "since": day(-90),
    "until": day(-1),
    "first": day(0),
    "last": day(2),
    "leader": "author",
    "team": [{"who": "writer"}],
    "objects": [{"unit": "outlet-east"}],
    "criteria": [{"document": "CP-07"}],
    "list": [{"item": "Time limits", "document": "CP-07"}, {"item": "Files", "clause": "CP-07 §2.1"}],
}
DONE: dict[str, Any] = {
    "results": [{"item": "Time limits", "result": "conforming"}, {"item": "Files", "result": "finding"}],
    "conclusion": "It works",
    "degree": "Fulfilled but for one",
    "opinions": "None",
    "note": "A sample",
}
FOUND: dict[str, Any] = {
    "unit": "outlet-east",
    "document": "CP-07",
    "inspector": "author",
    "fact": "One file of ten has no receipt",
    "proof": "File 7",
}
VOTES = [{"who": "manager", "vote": "minor"}, {"who": "deputy", "vote": "minor"}]


def house(works: Works) -> Organisation:
    """Both forms and the procedure in force."""
    made = factories.house(
        works,
        factories.form(PLAN, fields=PLAN_FIELDS, steps=PLAN_STEPS, more=PLAN_LAW),
        factories.form(FINDING, fields=FINDING_FIELDS, steps=FINDING_STEPS, more=FINDING_LAW),
    )
    papers.issued(made)
    papers.run_day(made)
    return made


def planned(made: Organisation, **values: Any) -> Ref:
    """A filed plan."""
    return factories.filed(made, "author", PLAN, **{**GOOD, **values})


def act(made: Organisation, login: str, ref: Ref, step: str, **values: Any) -> None:
    """One step of a record."""
    with made.acting(login) as work:
        records.act(work, ref, step, values=values)


def started(made: Organisation, **values: Any) -> Ref:
    """An audit under way, its checklist frozen."""
    ref = planned(made, **values)
    act(made, "manager", ref, "overlap")
    act(made, "deputy", ref, "start")
    return ref


def reported(made: Organisation, **values: Any) -> Ref:
    """An audit whose results are there."""
    ref = started(made)
    act(made, "author", ref, "report", **{**DONE, **values})
    return ref


def found(made: Organisation, audit: Ref | None = None, **values: Any) -> Ref:
    """A filed finding, of the audit or of none."""
    given = {} if audit is None else {"audit": audit.key}
    return factories.filed(made, "author", FINDING, **{**FOUND, **given, **values})


def decided(made: Organisation, ref: Ref, **values: Any) -> None:
    """The unit has spoken, and the meeting agreed."""
    act(made, "manager", ref, "confirm", view="confirmed")
    meet(made, ref, **values)


def meet(made: Organisation, ref: Ref, **values: Any) -> None:
    """The meeting alone."""
    told = {"there": VOTES, "grade": "minor", "common": False, "action": False}
    act(made, "manager", ref, "meet", **{**told, **values})


def delivered(made: Organisation, ref: Ref, **values: Any) -> None:
    """The class agreed and delivered."""
    decided(made, ref, **values)
    act(made, "deputy", ref, "deliver")


def move(made: Organisation, login: str, department: str, since: date, until: date | None = None) -> None:
    """Somebody belongs to a department for a time."""
    with made.service() as work:
        place = accounts.department(work.session, department)
        work.session.add(
            Membership(person_id=made.ids[login], department_id=place.id, from_on=since, until_on=until)
        )
