"""Every form of every page, filled in with junk where people type and with what it offers elsewhere (SEC-26).

Junk in all fields at once is refused by the first choice it meets. Here the choices, hidden fields and the
password are as the page gives them, so that the words come as far as words ever come, and are stored where
nothing refuses them; then every page is looked at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest
from lxml import html  # type: ignore[import-untyped]  # it comes without stubs

from tests.security.face import addresses, signed_in
from tests.security.house import PASSWORD
from tests.security.test_requests import HUGE
from tests.web.house import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.security.house import House
    from tests.web.house import Browser

TYPED: Final = {"text", "search", "email", "tel", "url", "number", "date", "datetime-local", "time"}
APART: Final = ("/sign-out", "/me/end-sessions", "/language")
"""What ends the session, or only turns the page."""
JUNK: Final = (
    pytest.param("a\x00b\ud7ff\ufffd\u202e", id="odd letters"),
    pytest.param(HUGE, id="huge number", marks=pytest.mark.nightly),
    pytest.param("x" * 70_000, id="long", marks=pytest.mark.nightly),
    pytest.param("9999-12-31", id="last day", marks=pytest.mark.nightly),
    pytest.param("../../etc/passwd", id="path", marks=pytest.mark.nightly),
    pytest.param("=1+1%s{0}{{7*7}}", id="formula", marks=pytest.mark.nightly),
)
_HARMLESS: Final = 500


def forms(browser: Browser, path: str) -> Iterator[tuple[str, Any]]:
    """The acts that a page offers."""
    answer = browser.get(path)
    assert answer.status_code < _HARMLESS, path
    if answer.mimetype != "text/html" or b"<form" not in answer.data:
        return
    for form in html.fromstring(answer.text).xpath("//form[translate(@method, 'POST', 'post') = 'post']"):
        target = form.get("action") or path
        if not urlsplit(target).path.startswith(APART):
            yield target, form


def filled(form: Any, junk: str) -> dict[str, str]:
    """A form as the page gives it, with the junk wherever somebody may type."""
    data = {name: str(value) for name, value in form.form_values()}
    for field in form.xpath(".//input | .//textarea"):
        name, kind = field.get("name"), field.get("type", "text")
        if name and (field.tag == "textarea" or kind in TYPED):
            data[name] = junk
        elif name and kind == "password":
            data[name] = PASSWORD
    return data


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("login", ["quality-manager", pytest.param("author", marks=pytest.mark.nightly)])
def test_junk_in_every_form_breaks_nothing(app: Flask, own: House, login: str, junk: str) -> None:
    """SEC-26, SEC-23: each form of each page once; and what was stored breaks no page afterwards."""
    browser = signed_in(app, login)
    paths = sorted(
        each.path
        for each in addresses(app, own)
        if "GET" in each.methods and each.variant in {"", "plain"} and "pdf" not in each.path
        and each.endpoint != "health.ready"
    )  # fmt: skip
    sent, taken = set(), 0
    for path in paths:
        for target, form in forms(browser, path):
            kind = (urlsplit(target).path, tuple(sorted(form.fields.keys())))
            if kind in sent:
                continue
            sent.add(kind)
            answer = browser.client.post(target, base_url=BASE, data=filled(form, junk))
            assert answer.status_code < _HARMLESS, (path, target, answer.status_code)
            taken += answer.status_code == 303
    assert len(sent) >= 35
    assert taken >= 10, "some of it must really have been stored"
    for path in paths:
        assert browser.get(path).status_code < _HARMLESS, path
