"""The second story in a browser: find the work instruction (design 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import People

pytestmark = pytest.mark.browser


def test_a_clause_is_found_on_a_phone_in_the_other_script(people: People) -> None:
    """Words in traditional script, typed into the box that is always there, lead to the clause itself."""
    reader = people.visit("reader", language="zh-TW", phone=True)
    page = reader.page
    page.fill("#find", "現場核對抵押物")
    page.press("#find", "Enter")
    hit = page.locator(".hit").first
    hit.wait_for()
    assert hit.locator("mark").count() > 0
    hit.get_by_role("link").click()
    page.wait_for_url("**/d/WI-07-01?lang=zh-Hans#visit")
    clause = page.locator("#visit")
    assert "现场检查" in clause.inner_text()
    place = clause.bounding_box()
    assert place is not None
    assert 0 <= place["y"] < 844
    assert page.locator("#card-state ~ dl .state").inner_text() == "現行"
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert reader.faults == []


def test_the_keyboard_reaches_search_and_places(people: People) -> None:
    """A slash goes to the search box, suggestions come while one types, g and d go to the documents."""
    reader = people.visit("reader", language="en-GB")
    page = reader.page
    page.keyboard.press("/")
    page.keyboard.type("daihou")
    page.locator("#suggestions option[value='WI-07-01']").wait_for(state="attached")
    page.locator("body").press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/d")
    reader.sees("What you may work by today")
    assert reader.faults == []
