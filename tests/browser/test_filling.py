"""Filling in a form on a phone: what was typed without a connection comes back, rows are added, photos go."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Page, Route

    from tests.browser.conftest import People, Visit, Workspace

pytestmark = pytest.mark.browser
FORM: Final = """number: FM-21-01
kind: form
language: zh-Hans
title: {zh-Hans: 现场检查单, en: Visit on the spot}
owner: risk
route: {review: {posts: [quality-manager]}, approve: {posts: [deputy-general-manager]}}
change: {reason: 新编, summary: 首次发布}
record-number: "FM-21-01-{year}-{seq:6}"
fields:
  - {id: client, label: 客户名称, type: text, required: true}
  - {id: found, label: 发现问题, type: yes-no, required: true}
  - {id: problem, label: 问题描述, type: long-text, show-when: found, required-when: found}
  - id: pledges
    label: 抵押物
    type: table
    columns:
      - {id: name, label: 名称, type: text, required: true}
      - {id: state, label: 状态, type: choice, options: [完好, 损坏]}
  - {id: picture, label: 现场照片, type: photo}
  - {id: visited_on, label: 检查日期, type: date}
  - {id: pieces, label: 件数, type: number}
"""


def _picture() -> bytes:
    """A small PNG."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0\0\0" * 2)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


@pytest.fixture(scope="module")
def form(workspace: Workspace) -> str:
    """The number of the form, in force."""
    workspace.issue(FORM, "FM-21-01.yaml")
    return "FM-21-01"


@pytest.fixture
def staff(people: People, form: str) -> Visit:
    """Somebody on a phone before a draft of the form."""
    visit = people.visit("reader", phone=True)
    visit.open("/records/new")
    visit.page.locator("li", has_text=form).get_by_role("button", name="填写").click()
    visit.page.wait_for_selector("#client")
    return visit


def test_what_was_typed_without_a_connection_comes_back(staff: Visit) -> None:
    """The page closed before it was saved: texts, what a condition asked for, and added rows (S12)."""
    page = staff.page
    address = page.url
    page.get_by_label("是", exact=True).check()
    page.wait_for_selector("#problem")
    page.context.set_offline(True)
    page.fill("#client", "东方贸易")
    page.fill("#problem", "设备停用")
    _row(page, 0, "厂房", "完好")
    page.get_by_role("button", name="增加一行").click()
    _row(page, 1, "车辆", "损坏")
    page.close()
    context = page.context
    context.set_offline(False)
    page = staff.page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#problem")
    page.wait_for_function("document.querySelector('#problem').value === '设备停用'")
    assert page.input_value("#client") == "东方贸易"
    assert page.input_value('[name="pledges.1.name"]') == "车辆"
    assert page.input_value('[name="pledges.1.state"]') == "损坏"
    staff.click("提交")
    staff.sees("已提交，编号 FM-21-01-")
    staff.sees("设备停用")


def test_a_photo_taken_with_the_phone_is_filed(staff: Visit) -> None:
    """What is chosen stays chosen while the page asks what else is needed (SEC-13)."""
    page = staff.page
    page.set_input_files("#picture", {"name": "door.png", "mimeType": "image/png", "buffer": _picture()})
    page.fill("#client", "东方贸易")
    with page.expect_response(lambda answer: answer.url.endswith("/settle")):
        page.get_by_label("否", exact=True).check()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    staff.click("提交")
    staff.sees("已提交，编号 FM-21-01-")
    staff.sees("door.png")
    assert staff.faults == []


def test_what_is_typed_while_the_fields_come_anew_stays(staff: Visit) -> None:
    """A slow answer of the server to one field takes nothing away from the next one."""
    page = staff.page
    held: list[Route] = []
    page.route("**/settle", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/settle"):
        page.get_by_label("是", exact=True).check()
    page.fill("#client", "东方贸易")
    with page.expect_response("**/settle"):
        held[0].continue_()
    page.wait_for_selector("#problem")
    assert page.input_value("#client") == "东方贸易"
    assert page.get_by_label("是", exact=True).is_checked()
    assert staff.faults == []


def test_short_boxes_stand_side_by_side_where_there_is_room(people: People, staff: Visit) -> None:
    """From 1024 px on, in the order of the form; on a phone one under another, and nothing runs over."""
    desk = people.visit("reader")
    desk.page.goto(staff.page.url)
    desk.page.wait_for_selector("#pieces")
    assert _place(desk.page, "#pieces")["y"] == _place(desk.page, "#visited_on")["y"]
    assert _place(desk.page, "#pieces")["x"] > _place(desk.page, "#visited_on")["x"]
    assert _place(staff.page, "#pieces")["y"] > _place(staff.page, "#visited_on")["y"]
    for page in (desk.page, staff.page):
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _place(page: Page, box: str) -> FloatRect:
    found = page.locator(box).bounding_box()
    assert found is not None
    return found


def _row(page: Page, place: int, name: str, state: str) -> None:
    page.fill(f'[name="pledges.{place}.name"]', name)
    page.select_option(f'[name="pledges.{place}.state"]', state)
