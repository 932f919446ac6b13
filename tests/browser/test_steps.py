"""A step of a record in a browser: what is typed into it is kept on the device; the line of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from qms import records

if TYPE_CHECKING:
    from tests.browser.conftest import People, Workspace

pytestmark = pytest.mark.browser
FORM: Final = """number: FM-21-02
kind: form
language: zh-Hans
title: {zh-Hans: 用款审批单, en: Approval of a payment}
owner: risk
route: {review: {posts: [quality-manager]}, approve: {posts: [deputy-general-manager]}}
change: {reason: 新编, summary: 首次发布}
record-number: "FM-21-02-{year}-{seq:6}"
fields:
  - {id: purpose, label: 用途, type: text, required: true}
  - {id: amount, label: 金额, type: number, required: true}
  - {section: 审查, step: review}
  - {id: remark, label: 审查意见, type: text}
steps:
  - {id: file, label: 申报, by: {roles: [author, reader]}}
  - {id: review, label: 审查, by: {posts: [quality-manager]}, opinion: required, within: T+3}
  - {id: approve, label: 审批, when: "amount > 100", by: {posts: [deputy-general-manager]}, opinion: required}
"""


@pytest.fixture(scope="module")
def number(workspace: Workspace) -> str:
    """A record that waits for its review."""
    workspace.issue(FORM, "FM-21-02.yaml")
    with workspace.acting("reader") as work:
        ref = records.ref_of(records.begin(work, "FM-21-02", values={"purpose": "设备", "amount": "900"}))
    with workspace.acting("reader") as work:
        return records.submit(work, ref).number or ""


def test_what_is_typed_into_a_step_outlasts_the_page(people: People, number: str) -> None:
    """Opinion and answer come back after the page was left, after keeping, after a pause of the limits."""
    visit = people.visit("manager")
    visit.open(f"/records/{number}")
    page = visit.page
    page.fill("#remark", "可行")
    page.fill("#opinion", "同意，附条件")
    address, context = page.url, page.context
    page.close()
    page = visit.page = context.new_page()
    page.goto(address)
    assert page.input_value("#opinion") == "同意，附条件"
    assert page.input_value("#remark") == "可行"
    visit.click("暂存")
    assert page.input_value("#opinion") == "同意，附条件"
    assert page.input_value("#remark") == "可行"
    page.locator("summary", has_text="暂停").first.click()
    page.fill("#hold-reason", "等银行回函")
    page.locator('button[value="hold"]').click()
    page.wait_for_selector('button[value="go-on"]')
    assert page.input_value("#opinion") == "同意，附条件"
    page.goto(address)
    assert page.input_value("#opinion") == "同意，附条件"


def test_the_line_of_steps_fits_a_phone(people: People, number: str) -> None:
    """Done, waiting and to come stand below each other without scrolling sideways."""
    visit = people.visit("reader", phone=True)
    visit.open(f"/records/{number}")
    marks = visit.page.eval_on_selector_all(".timeline li", "items => items.map((each) => each.className)")
    assert marks == ["done", "now", "coming"]
    assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
