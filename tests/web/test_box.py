"""A complaint from the code on the wall to the reply, without an account (R52, CMP-01, SEC-09)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from tests.web.house import BASE, Browser, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from qms.runtime import Runtime

    Open = Callable[..., Browser]


@pytest.fixture
def opened(runtime: Runtime, app: Flask) -> Browser:
    """A stranger's browser before an open box."""
    runtime.settings = dataclasses.replace(runtime.settings, box_form="FM-14-01", box_post="risk-head")
    runtime.works.settings = runtime.settings
    return Browser(app, "en")


def test_a_stranger_hands_in_and_gets_a_receipt(opened: Browser, browser: Open) -> None:
    """The receipt leads back; who is asked reads it, with the sheet to put up, and nobody else does."""
    answer = opened.submit("/box", {"matter": "complaint", "content": "<b>The queue</b> was long"})
    assert answer.status_code == 200
    receipt = answer.text.split('<strong class="code">')[1].split("</strong>")[0]
    told = words_of(opened.dom(f"/box/reply?receipt={receipt}"))
    assert "received, to be taken on" in told
    assert "queue" not in told
    page = browser("manager").dom("/complaints/box")
    assert "<b>The queue</b> was long" in words_of(page)
    (picture,) = page.xpath("//img[@class='qr']/@src")
    assert picture.startswith("data:image/svg+xml;base64,")
    assert "queue" not in words_of(browser("author").dom("/complaints/box"))


def test_what_is_wrong_is_said_beside_its_field(opened: Browser) -> None:
    """And nothing is lost that was written."""
    answer = opened.submit("/box", {"matter": "complaint", "content": " ", "demand": "More counters"})
    assert answer.status_code == 422
    assert "Fill this in." in answer.text
    assert "More counters" in answer.text


def test_without_its_token_nothing_is_taken(opened: Browser) -> None:
    """Another site cannot hand in through somebody's browser (SEC-03)."""
    answer = opened.client.post("/box", base_url=BASE, data={"matter": "complaint", "content": "x"})
    assert answer.status_code == 400


def test_who_writes_too_often_waits(opened: Browser) -> None:
    """Six a minute from one address."""
    tried = [opened.post("/box", {"matter": "complaint", "content": "x"}, page="/box") for _ in range(7)]
    assert [each.status_code for each in tried] == [200] * 6 + [429]


@pytest.mark.parametrize("path", ["/box", "/box/reply?receipt=0000-0000-0000-0000"])
def test_a_closed_box_is_not_there(app: Flask, path: str) -> None:
    """Where the organisation has not turned it on."""
    stranger = Browser(app, "en")
    assert stranger.get(path).status_code == 404
    assert stranger.post("/box", {"matter": "complaint", "content": "x"}, page="/sign-in").status_code == 404


def test_a_wrong_receipt_tells_nothing(opened: Browser) -> None:
    """Nor does none."""
    assert opened.get("/box/reply?receipt=0000-0000-0000-0000").status_code == 404
    assert opened.get("/box/reply").status_code == 303
