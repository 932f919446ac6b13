"""The first story in a browser: issue a procedure (design 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import PASSWORD

if TYPE_CHECKING:
    from tests.browser.conftest import People, Visit, Workspace

pytestmark = pytest.mark.browser


def test_a_procedure_is_written_signed_and_in_force(people: People, workspace: Workspace) -> None:
    """Drafted in the editor with its preview, reviewed, approved, released, set by the worker, in force."""
    author = people.visit("author")
    _write(author)
    for login, button in (("manager", "签署：审核通过"), ("deputy", "签署：同意批准")):
        signer = people.visit(login)
        signer.page.locator("main").get_by_role("link", name="CP-07").first.click()
        signer.sees("风险控制程序")
        signer.page.fill("#opinion", "同意")
        signer.page.fill("#password", PASSWORD)
        signer.click(button)
        signer.sees("已签署。")
        assert signer.faults == []
    controller = people.visit("controller")
    controller.open("/r/CP-07/zh-Hans/A-0")
    controller.click("前往发布")
    controller.sees("生效日起 CP-07 A/0 现行。")
    controller.page.fill("#password", PASSWORD)
    controller.click("签署并发布")
    controller.sees("正在发布")
    workspace.loop.drain()
    controller.page.wait_for_url("**/d/CP-07/A-0**")
    controller.sees("CP-07 A/0 已发布。")
    assert controller.page.locator("#card-state ~ dl .state.in_force").inner_text() == "现行"
    signatures = controller.page.locator(".signed tbody tr")
    assert signatures.count() == 4
    assert controller.faults == []


def _write(author: Visit) -> None:
    author.open("/drafts/new")
    page = author.page
    page.select_option("#kind", "control-procedure")
    page.fill("#number", "CP-07")
    page.fill("#title", "风险控制程序")
    page.select_option("#owner", "risk")
    author.click("开始编写")
    page.wait_for_selector("#source")
    text = page.input_value("#source").replace("# 1 目的\n", "# 1 目的\n\n本程序规定风险怎样识别与控制。\n")
    page.fill("#source", text)
    page.locator("#preview").get_by_text("本程序规定风险怎样识别与控制。").wait_for()
    author.click("保存")
    author.sees("已保存。")
    author.click("前往提交")
    page.fill("#password", "not the password")
    author.click("签署并提交")
    author.sees("密码不正确")
    assert [each for each in author.faults if "403" not in each] == []
    page.fill("#password", PASSWORD)
    author.click("签署并提交")
    author.sees("已提交：您已签署，等待审核。")
