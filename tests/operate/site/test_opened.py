"""The emergency set in a real browser, opened from a disk without any server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from qms.runtime import export_site

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.web.papers import Papers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SIZES = {"desktop": (1280, 860), "phone": (390, 844)}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_opens_from_a_disk(papers: Papers, chromium: Browser, tmp_path: Path) -> None:
    """REL-17: list, page, picture and language work without a network; nothing is wider than a phone."""
    actor, rights = papers.runtime.person("controller")
    folder = export_site(papers.runtime, actor, rights, tmp_path / "site").folder
    for size in SIZES:
        _visit(chromium, folder, size)


def _visit(chromium: Browser, folder: Path, size: str) -> None:
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=False, offline=True
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text))
    page.goto(f"file://{folder}/index.html")
    _look(page, f"{size}-index")
    page.get_by_role("link", name="English").click()
    assert page.get_by_role("heading", name="Documents in force").is_visible()
    page.locator("a[href='documents/CP-07.zh-Hans.html']").first.click()
    page.wait_for_url("**/documents/CP-07.zh-Hans.html")
    assert page.locator("article img").evaluate("each => each.naturalWidth") > 0
    page.locator("article a[href='CP-08.zh-Hans.html#first']").first.click()
    assert page.url.endswith("CP-08.zh-Hans.html#first")
    page.go_back()
    _look(page, f"{size}-document")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".asof").first.bounding_box()
    assert faults == []
    context.close()


def _look(page: Page, name: str) -> None:
    """A picture of the page, where somebody asks for one to look at."""
    folder = os.environ.get("QMS_TEST_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/site-{name}.png", full_page=True)
