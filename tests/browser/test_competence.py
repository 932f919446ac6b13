"""A quiz on a phone before the reading counts, and an action closed on evidence (R13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import competence
from tests.browser.conftest import INSTRUCTION, PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import People, Workspace

pytestmark = pytest.mark.browser
QUIZ = """training: {posts: [quality-manager], hours: 1}
quiz:
  pass: 100
  attempts: 3
  questions:
    - {ask: 多久现场检查一次？, options: [每月, 每季度, 每年], right: [2]}
    - {ask: 核对什么？, options: [抵押物, 天气, 检查报告], right: [1, 3]}
change:"""


def test_a_quiz_is_taken_on_a_phone(people: People, workspace: Workspace) -> None:
    """Wrong answers tell how it went; right ones open the confirmation."""
    text = INSTRUCTION.replace("WI-07-01", "WI-07-02").replace("change:", QUIZ, 1)
    workspace.issue(text, "WI-07-02.md")
    reader = people.visit("reader", phone=True)
    page = reader.page
    reader.open("/d/WI-07-02")
    reader.click("参加测验")
    page.get_by_label("每年").check()
    page.get_by_label("天气").check()
    reader.click("提交")
    reader.sees("未通过")
    page.get_by_label("每季度").check()
    for answer in ("抵押物", "检查报告"):
        page.get_by_label(answer).check()
    reader.click("提交")
    reader.sees("已通过。请确认阅知。")
    page.fill("#password", PASSWORD)
    reader.click("确认阅知")
    reader.sees("确认阅知")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with workspace.acting("manager") as work:
        found = competence.matrix(work.session, work.rights, work.today)
    row = next(each for each in found.rows if each.person_id == workspace.person("reader"))
    scores = {column.code: cell.score for column, cell in zip(found.columns, row.cells, strict=True)}
    assert scores["WI-07-02 A/0"] == 100
    assert [each for each in reader.faults if "Failed to load" not in each] == []


def test_an_action_is_closed_on_evidence(people: People, workspace: Workspace, tmp_path: Path) -> None:
    """Opened by one, done with a file by its owner, closed by another."""
    proof = tmp_path / "proof.txt"
    proof.write_text("抵押物清单已补齐。", "utf-8")
    owner = people.visit("author", phone=True)
    page = owner.page
    owner.open("/actions/new")
    page.fill("#title", "补齐抵押物清单")
    page.select_option("#owner", str(workspace.person("author")))
    page.fill("#due_on", "2099-12-31")
    page.select_option("#department", "risk")
    owner.click("开立")
    owner.sees("补齐抵押物清单")
    page.fill("#text", "清单已补齐")
    page.set_input_files("#file", str(proof))
    owner.click("添加证据")
    owner.sees("proof.txt")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    where = page.url
    head = people.visit("manager")
    head.page.goto(where)
    head.page.locator("summary").filter(has_text="关闭").click()
    head.page.fill("#outcome", "清单完整")
    head.click("关闭")
    head.sees("清单完整")
    assert owner.faults + head.faults == []
