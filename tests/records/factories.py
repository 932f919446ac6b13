"""Small forms in force, and people on the seats of their steps."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from qms import accounts, records
from qms.accounts.models import Circle, CircleMember, Grant
from tests.documents import factories as papers

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

FORM = """
number: {number}
kind: form
language: zh-Hans
title: {{zh-Hans: 审批单, en: Approval sheet}}
owner: risk
route:
  review: {{posts: [quality-manager]}}
  approve: {{posts: [deputy-general-manager]}}
  release: {{posts: [document-controller]}}
distribution: {{departments: all}}
secrecy: internal
change: {{reason: "It is new", summary: "First issue"}}
record-number: "{number}-{{year}}-{{seq:6}}"
{more}
fields:
{fields}
{steps}
"""
FIELDS = """
  - {id: purpose, label: {zh-Hans: 用途, en: Purpose}, type: text, required: true}
  - {id: amount, label: {zh-Hans: 金额, en: Amount}, type: money, currency: CNY, required: true, least: 0}
  - {id: manager, label: {zh-Hans: 客户经理, en: Client manager}, type: person}
  - {id: unit, label: {zh-Hans: 经办部门, en: Unit}, type: department}
  - {section: {zh-Hans: 审查, en: Review}, step: review}
  - {id: remark, label: {zh-Hans: 审查意见, en: Remark}, type: text, required: true}
  - {section: {zh-Hans: 审批, en: Approval}, step: approve}
  - {id: condition, label: {zh-Hans: 条件, en: Condition}, type: text}
"""
STEPS = """
steps:
  - {id: file, label: {zh-Hans: 申报, en: Filing}, by: {roles: [author, reader]}}
  - {id: review, label: {zh-Hans: 审查, en: Review}, by: {posts: [risk-head]}, opinion: required}
  - {id: approve, label: {zh-Hans: 审批, en: Approval}, by: {posts: [deputy-general-manager]}, opinion: required, signature: required, decisions: [{value: agree, label: {zh-Hans: 同意, en: Agree}}, {value: disagree, label: {zh-Hans: 不同意, en: Disagree}}]}
"""  # noqa: E501 - YAML in flow style
NUMBER = "FM-07-01"
GOOD = {"purpose": "设备", "amount": "1200.50"}


def form(number: str = NUMBER, *, fields: str = FIELDS, steps: str = STEPS, more: str = "") -> bytes:
    """The bytes of a small form."""
    return FORM.format(number=number, fields=fields.strip("\n"), steps=steps.strip("\n"), more=more).encode()


def house(works: Works, *sources: bytes) -> Organisation:
    """The usual organisation with these forms in force, or the usual one."""
    made = papers.organisation(works)
    for data in sources or (form(),):
        issue(made, data)
    return made


def issue(made: Organisation, data: bytes, effective_on: date | None = None) -> Ref:
    """Issue a form through its real route and let it enter force."""
    number = data.decode().split("number: ")[1].split("\n")[0].strip()
    ref = papers.issued(made, data, effective_on, file=f"{number}.yaml")
    papers.run_day(made)
    return ref


def begun(made: Organisation, login: str = "author", number: str = NUMBER, **values: Any) -> Ref:
    """A draft of a record."""
    with made.acting(login) as work:
        return records.ref_of(records.begin(work, number, values=values or GOOD))


def filed(made: Organisation, login: str = "author", number: str = NUMBER, **values: Any) -> Ref:
    """A filed record."""
    ref = begun(made, login, number, **values)
    with made.acting(login) as work:
        return records.ref_of(records.submit(work, ref))


def reviewed(made: Organisation, ref: Ref) -> None:
    """The review done."""
    with made.acting("risk-head") as work:
        records.act(work, ref, "review", values={"remark": "可"}, opinion="同意")


def approved(made: Organisation, ref: Ref, decision: str = "agree") -> None:
    """The approval signed."""
    with made.acting("deputy") as work:
        records.act(work, ref, "approve", opinion="同意", decision=decision, password=made.keys["deputy"])


def closed(made: Organisation, **values: Any) -> Ref:
    """A closed record."""
    ref = filed(made, **values)
    reviewed(made, ref)
    approved(made, ref)
    return ref


def head(made: Organisation, login: str, department: str) -> None:
    """Somebody who heads one department and reads nothing of the others."""
    with made.service() as work:
        person = papers.add(work, made, login, role="department-head", department=department)
        place = accounts.department(work.session, department)
        work.session.execute(update(Grant).where(Grant.person_id == person).values(department_id=place.id))


def look(made: Organisation, ref: Ref, login: str = "author") -> records.Record:
    """The record as somebody sees it."""
    with made.looking(login) as work:
        found = records.record_of(work.session, work.rights, ref, work.today)
        work.session.expunge_all()
        return found


def answers(made: Organisation, ref: Ref, login: str = "author") -> dict[str, Any]:
    """The answers as they stand."""
    with made.looking(login) as work:
        return records.values(work, records.record_of(work.session, work.rights, ref, work.today))


def circle(made: Organisation, code: str, *logins: str) -> None:
    """A closed circle with its members."""
    with made.service() as work:
        row = Circle(code=code, names={"en": code})
        work.session.add(row)
        work.session.flush()
        for login in logins:
            work.session.add(
                CircleMember(
                    circle_id=row.id,
                    person_id=made.ids[login],
                    entered_at=work.now,
                    entered_by="service:test",
                )
            )
