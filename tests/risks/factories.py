"""A procedure with a control point in force, and the form its checks are filed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms import records
from qms.kernel.refs import Ref
from qms.runtime import ports
from tests.documents import factories as papers
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

FORM = "FM-02-02"
POINT = Ref("control-point", "CP-02#cp-release")
FIELDS = """
  - {id: control_point, label: Point, type: text}
  - {id: verdict, label: Verdict, type: text, required: true}
  - {id: missing, label: Missing, type: number}
"""
STEPS = """
steps:
  - {id: file, label: File, by: {roles: [author]}}
"""
PROCEDURE = """---
number: CP-02
kind: control-procedure
language: zh-Hans
title: {zh-Hans: 业务运营, en: Operations}
owner: risk
route: {review: {posts: [quality-manager]}, approve: {posts: [deputy-general-manager]}, release: {posts: [document-controller]}}
distribution: {departments: all}
secrecy: internal
change: {reason: New, summary: New}
control-points:
  - {id: cp-release, clause: release, kind: review, standard: 条件全部落实, owner: risk-head, record: FM-02-02, warn: {when: "missing > 0", say: {en: Conditions are missing}, within: 2 working days}}
---
{#release}
# 1 放款

条件全部落实。
"""  # noqa: E501 - YAML in flow style


def house(works: Works, procedure: str = PROCEDURE, more: str = "") -> Organisation:
    """Both in force."""
    works.ports = ports()
    made = factories.house(works, factories.form(FORM, fields=FIELDS, steps=STEPS, more=more))
    ref = _issued(made, procedure)
    assert ref.key.startswith("CP-02@")
    return made


def _issued(made: Organisation, text: str) -> Ref:
    from_route = papers.issued(made, text.encode(), None, file="CP-02.md")
    papers.run_day(made)
    return from_route


def check(made: Organisation, login: str = "author", *, origin: Ref | None = POINT, **values: Any) -> Ref:
    """A filed check record."""
    with made.acting(login) as work:
        begun = records.begin(work, FORM, values={"verdict": "ok", **values}, origin=origin)
        return records.ref_of(records.submit(work, records.ref_of(begun)))
