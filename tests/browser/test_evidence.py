"""The third story in a browser: pull the evidence (design 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import evidence
from tests.browser.conftest import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import People, Workspace

pytestmark = pytest.mark.browser


def test_a_bundle_is_asked_for_approved_and_verified(
    people: People, workspace: Workspace, tmp_path: Path
) -> None:
    """Asked for by one, approved by another, built by the worker, downloaded, verified by its fingerprint."""
    asker = people.visit("controller", language="en-GB")
    page = asker.page
    asker.open("/evidence")
    asker.click("Ask for evidence")
    page.fill("#purpose", "External audit: document control")
    page.select_option("#receiver", str(workspace.person("auditor")))
    page.fill("#numbers", "WI-07-01")
    asker.click("Ask")
    asker.sees("It waits for somebody who may approve it")
    where = page.url
    approver = people.visit("manager", language="en-GB")
    approver.page.goto(where)
    approver.page.fill("#password", PASSWORD)
    approver.click("Sign and approve")
    approver.sees("This page looks again by itself")
    workspace.loop.drain()
    approver.sees("The bundle is ready to be handed over.")
    page.goto(where)
    fingerprint = page.locator(".code.print").inner_text()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Hand over and download").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    report = evidence.verify_bundle(file, fingerprint)
    assert report.ok, report.sentences()
    assert report.authentic
    page.reload()
    asker.sees("First handed over on")
    assert asker.faults == approver.faults == []
