"""Two small scorecards in force, one of which takes its rate from the other, and scores filed on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms import records
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

SERVICE, CONTROL = "SC-16-01", "SC-13-01"
_PERIOD = """
  - {id: unit, label: Unit, type: department}
  - {id: first, label: From, type: date}
  - {id: last, label: Until, type: date}
"""
SERVICE_FIELDS = f"""{_PERIOD.rstrip()}
  - {{id: staff, label: Staff, type: number}}
  - {{id: satisfied, label: Satisfied, type: number}}
  - {{id: complaints, label: Complaints, type: number}}
  - {{id: majors, label: Majors, type: yes-no}}
"""
CONTROL_FIELDS = f"""{_PERIOD.rstrip()}
  - {{id: points, label: Points, type: number}}
"""
STEPS = """
steps:
  - {id: fill, label: Fill, by: {roles: [author, reader, department-head]}}
  - {id: end, label: End, by: {posts: [quality-manager]}}
"""
_KEPT = "records: {department: unit}"
CONTROL_LAW = f"""
{_KEPT}
scoring:
  unit: unit
  from: first
  until: last
  indicators:
    - {{id: points, label: {{zh-Hans: 积分, en: Points}}, rate: points, weight: 100}}
  steps: {{conclude: end}}
"""
SERVICE_LAW = f"""
{_KEPT}
scoring:
  unit: unit
  from: first
  until: last
  size: staff
  indicators:
    - id: satisfaction
      label: {{zh-Hans: 满意率, en: Satisfaction}}
      rate: satisfied
      weight: 80
      deduct: {{events: complaints, each: 2}}
      veto: {{events: majors, to: 0}}
    - {{id: control, label: {{zh-Hans: 内控, en: Control}}, card: {CONTROL}, weight: 20}}
  bands:
    - {{from: 80, label: {{zh-Hans: 优秀, en: Excellent}}}}
    - {{from: 0, label: {{zh-Hans: 一般, en: Fair}}}}
  steps: {{conclude: end}}
"""
QUARTER = {"first": "2026-07-01", "last": "2026-09-30"}
EARLIER = {"first": "2026-04-01", "last": "2026-06-30"}


def scorecard(number: str, fields: str, law: str) -> bytes:
    """The bytes of a small scorecard."""
    made = factories.form(number, fields=fields, steps=STEPS, more=law)
    return made.replace(b"kind: form", b"kind: scorecard")


def house(works: Works, *, law: str = SERVICE_LAW) -> Organisation:
    """Both scorecards in force."""
    return factories.house(
        works,
        scorecard(CONTROL, CONTROL_FIELDS, CONTROL_LAW),
        scorecard(SERVICE, SERVICE_FIELDS, law),
    )


def filed(made: Organisation, unit: str = "risk", login: str = "author", **values: Any) -> Ref:
    """A score by the service card, under way."""
    told = {"unit": unit, **QUARTER, "satisfied": "90", "complaints": 1, "majors": False, **values}
    return factories.filed(made, login, SERVICE, **told)


def controlled(made: Organisation, unit: str = "risk", points: str = "70", **values: Any) -> Ref:
    """A concluded score by the control card."""
    ref = factories.filed(made, "author", CONTROL, **{"unit": unit, **QUARTER, "points": points, **values})
    conclude(made, ref)
    return ref


def conclude(made: Organisation, ref: Ref, login: str = "manager") -> None:
    """The last step."""
    with made.acting(login) as work:
        records.act(work, ref, "end")


def concluded(made: Organisation, unit: str = "risk", points: str = "70", **values: Any) -> Ref:
    """A concluded score by the service card, and one by the control card it takes a rate from."""
    controlled(made, unit, points)
    ref = filed(made, unit, **values)
    conclude(made, ref)
    return ref
