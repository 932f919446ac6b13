"""The documents run the system: a quality manager writes documents, and the engine does what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from qms.kernel.clock import SimulatedClock
from tests.browser.conftest import ORGANISATION, PASSWORD, People, founded, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.browser.conftest import Visit, Workspace

pytestmark = pytest.mark.browser
STAFF: Final = """  - login: checker
    name: 质量复核人
    verified: seen
    departments: [centre]
    posts: [quality-manager]
    grants: [quality-manager]
"""
HEAD: Final = """route:
  review: {posts: [quality-manager], quorum: any}
  approve: {posts: [deputy-general-manager]}
  release: {posts: [document-controller]}
distribution: {departments: all}
secrecy: internal
change: {reason: 新编, summary: 首次发布}
"""
PROCEDURE: Final = f"""---
number: CP-20
kind: control-procedure
language: zh-Hans
title: {{zh-Hans: 客户材料退还程序, en: Returning client papers}}
owner: risk
forms: [FM-20-01]
registers: [RG-20-01]
{HEAD}schedules:
  - {{id: monthly, label: 月度材料清点, form: FM-20-01, every: month, on: {{day: 2}}, for: {{departments: [risk]}}, to: {{posts: [quality-manager]}}, due: 5 working days}}
---

{{#purpose}}
# 1 目的

客户材料在两个工作日内退还。
"""  # noqa: E501 - YAML in flow style
FORM: Final = f"""number: FM-20-01
kind: form
language: zh-Hans
title: {{zh-Hans: 材料退还单, en: Return of papers}}
owner: risk
parent: CP-20
{HEAD}record-number: "FM-20-01-{{year}}-{{seq:6}}"
fields:
  - {{id: client, label: 客户名称, type: text, required: true}}
  - {{id: pieces, label: 件数, type: number, required: true, least: 1}}
  - {{id: original, label: 含原件, type: yes-no, required: true}}
  - {{id: reason, label: 原件用途, type: text, show-when: "original", required-when: "original"}}
  - {{section: 复核, step: check}}
  - {{id: place, label: 存放位置, type: text, required: true}}
steps:
  - {{id: file, label: 登记, by: {{roles: [reader]}}}}
  - {{id: check, label: 复核退还, by: {{posts: [quality-manager]}}, opinion: required, within: T+2}}
register: RG-20-01
"""
REGISTER: Final = f"""number: RG-20-01
kind: register
language: zh-Hans
title: {{zh-Hans: 材料退还台账, en: Register of returned papers}}
owner: risk
parent: CP-20
{HEAD}from: [FM-20-01]
columns:
  - {{id: record, label: 编号, type: record}}
  - {{id: client, label: 客户名称, type: text}}
  - {{id: pieces, label: 件数, type: number, total: sum}}
"""
DOCUMENTS: Final = (
    ("control-procedure", "CP-20", "客户材料退还程序", PROCEDURE),
    ("form", "FM-20-01", "材料退还单", FORM),
    ("register", "RG-20-01", "材料退还台账", REGISTER),
)


@pytest.fixture
def clock() -> SimulatedClock:
    """The morning of Monday 2 November 2026 in the organisation's zone."""
    return SimulatedClock(datetime(2026, 11, 2, 1, 0, tzinfo=UTC))


@pytest.fixture
def centre(tmp_path_factory: pytest.TempPathFactory, clock: SimulatedClock) -> Iterator[Workspace]:
    """A workspace of its own without any document, on a clock that is moved by hand."""
    with served(founded(tmp_path_factory.mktemp("new"), ORGANISATION + STAFF, clock)) as found:
        yield found


def test_a_new_procedure_is_new_documents_and_no_code(
    chromium: Browser, centre: Workspace, clock: SimulatedClock
) -> None:
    """From the empty editor to the first overdue task: form, two steps, T+2, register, schedule."""
    people = People(chromium, centre)
    try:
        writer = people.visit("manager")
        for kind, number, title, text in DOCUMENTS:
            _write(writer, kind, number, title, text)
        for login, act in (("checker", "签署：审核通过"), ("deputy", "签署：同意批准")):
            _sign(people.visit(login), act)
        _release(people.visit("controller"), centre)
        _is_scheduled(people.visit("checker"))  # on the day it begins, not from the next one on
        number = _file(people.visit("reader", phone=True))
        _is_in_the_register(people.visit("reader"), number)
        clock.advance(timedelta(days=4))
        centre.loop.drain()
        _is_overdue(people.visit("checker"), number)
    finally:
        people.close()


def _write(writer: Visit, kind: str, number: str, title: str, text: str) -> None:
    page = writer.page
    writer.open("/drafts/new")
    page.select_option("#kind", kind)
    page.fill("#number", number)
    page.fill("#title", title)
    page.select_option("#owner", "risk")
    writer.click("开始编写")
    page.wait_for_selector("#source")
    page.fill("#source", text)
    writer.click("保存")
    writer.sees("已保存。")
    writer.click("前往提交")
    page.fill("#password", PASSWORD)
    writer.click("签署并提交")
    writer.sees("已提交：您已签署，等待审核。")
    assert writer.faults == []


def _sign(signer: Visit, act: str) -> None:
    for _, number, _, _ in DOCUMENTS:
        signer.open(f"/r/{number}/zh-Hans/A-0")
        signer.page.fill("#opinion", "同意")
        signer.page.fill("#password", PASSWORD)
        signer.click(act)
        signer.sees("已签署。")
    assert signer.faults == []


def _release(controller: Visit, centre: Workspace) -> None:
    for _, number, _, _ in DOCUMENTS:
        controller.open(f"/r/{number}/zh-Hans/A-0")
        controller.click("前往发布")
        controller.page.fill("#password", PASSWORD)
        controller.click("签署并发布")
        controller.sees("正在发布")
    centre.loop.drain()
    assert controller.faults == []


def _file(staff: Visit) -> str:
    page = staff.page
    staff.open("/records/new")
    page.locator("li", has_text="FM-20-01").get_by_role("button", name="填写").click()
    page.wait_for_selector("#client")
    page.fill("#client", "东方贸易")
    page.get_by_label("是", exact=True).check()
    page.wait_for_selector("#reason")  # the condition shows it
    page.fill("#pieces", "0")
    staff.click("提交")
    page.wait_for_selector("#faults")
    assert page.input_value("#client") == "东方贸易"
    page.fill("#pieces", "３")  # full width, as it is typed
    page.fill("#reason", "办理抵押登记")
    staff.click("提交")
    staff.sees("已提交，编号 FM-20-01-2026-000001。")
    return "FM-20-01-2026-000001"


def _is_in_the_register(staff: Visit, number: str) -> None:
    staff.open("/registers/RG-20-01")
    staff.sees(number)
    staff.sees("东方贸易")
    assert staff.faults == []


def _is_scheduled(checker: Visit) -> None:
    checker.open("/tasks")
    checker.sees("月度材料清点")


def _is_overdue(checker: Visit, number: str) -> None:
    checker.open("/tasks")
    late = checker.page.locator("li.late", has_text=number).first
    late.wait_for()
    checker.open("/time-limits")
    checker.sees("复核退还")
    checker.sees("逾期")
    checker.open(f"/records/{number}")
    checker.page.fill("#place", "二楼档案柜")
    checker.page.fill("#opinion", "材料齐全，已退还")
    checker.click("完成此步骤")
    checker.sees("已完成。记录至此办结。")
    checker.sees("已办结")
    assert checker.faults == []
