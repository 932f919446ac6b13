"""Hostile words typed into every field by real operations, then all read back (SEC-18, SEC-21, SEC-22)."""

from __future__ import annotations

import csv
import io
import json
import threading
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest
from werkzeug.serving import make_server

from qms import accounts, documents, evidence
from qms.http import session as cookie
from qms.kernel.ports import Scope
from qms.tasks.mail import send_waiting
from tests.security.face import addresses, signed_in
from tests.security.house import PLAIN, prepared, source, token_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import playwright.sync_api as playwright
    from flask import Flask

    from tests.security.house import House

EVIL: Final = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{31337*3}}{% raw %}${31337*3}"
FORMULA: Final = '=HYPERLINK("http://x","y")' + EVIL
_RAW: Final = ("<script>alert", "<img src=x", "94011")


def harmless(text: str, where: object) -> None:
    """Nothing of it stands there as markup, and nothing was computed."""
    for raw in _RAW:
        assert raw not in text, (where, raw)


@pytest.fixture
def told(own: House) -> House:
    """The house after somebody has typed the words wherever words are taken."""
    quoted = json.dumps(FORMULA)
    with own.keeping() as work:
        for login in ("desk-author", "auditor"):
            accounts.rename_person(work, own.ids[login], EVIL, EVIL)
        names = dict.fromkeys(("en", "zh-Hans", "zh-Hant"), EVIL)
        accounts.add_department(work, "evil", names, "centre")
        accounts.add_post(work, "evil", names, department_code="evil")
        accounts.add_circle(work, "evil", names)
        accounts.set_role(work, "evil", names, ["search:find"])
        accounts.hold_post(work, own.ids["desk-author"], "evil", work.today)
        accounts.join(work, own.ids["desk-author"], "evil", work.today)
    data = source("CP-91", PLAIN).decode().replace("CanaryplainCP91", "TITLE")
    data = data.replace("zh-Hans: TITLE, en: TITLE", f"zh-Hans: {quoted}, en: {quoted}")
    data = data.replace("reason: TITLE, summary: TITLE", f"reason: {quoted}, summary: {quoted}")
    ready = prepared(own, data.encode(), f"{EVIL}.md")
    with own.acting("desk-author") as work:
        documents.draft(work, ready)
    review = own.refs["review", "plain"]
    with own.acting("reviewer") as work:
        documents.comment(work, review, FORMULA, anchor="purpose")
        documents.sign_review(work, review, password=own.keys["reviewer"], opinion=FORMULA)
    with own.acting("department-head") as work:
        documents.return_to_draft(work, review, FORMULA)
    with own.acting("desk-document-controller") as work:
        scope = Scope(departments=("risk",))
        made = evidence.request(
            work, purpose=FORMULA, receiver_id=own.ids["auditor"], scope=scope, organisation=EVIL
        )
    own.requests["evil"] = made.number
    with own.acting("quality-manager") as work:
        evidence.approve(work, made.number, password=own.keys["quality-manager"])
    with own.acting("quality-manager") as work:
        asked = evidence.request(
            work, purpose="x", receiver_id=own.ids["auditor"], scope=Scope(departments=("risk",))
        )
    with own.acting("department-head") as work:
        evidence.reject(work, asked.number, reason=FORMULA)
    return own


@pytest.mark.parametrize("login", ["quality-manager", "system-administrator"])
def test_hostile_words_stay_words_on_every_page(app: Flask, told: House, login: str) -> None:
    """SEC-18, SEC-22: every page, in English, and those that show most in both Chinese scripts."""
    shown = 0
    for language in ("en", "zh-Hans", "zh-Hant"):
        browser = signed_in(app, login, language)
        paths = {
            each.path for each in addresses(app, told) if "GET" in each.methods and "pdf" not in each.path
        }
        paths |= {f"/evidence/{told.requests['evil']}", "/drafts/CP-91/zh-Hans/A-0", "/d?state=all"}
        if language != "en":
            paths = {
                "/d?state=all",
                "/trail",
                "/people",
                "/people/organisation",
                "/drafts",
                "/tasks",
                "/evidence",
            }
        for path in sorted(paths):
            answer = browser.get(path)
            if answer.mimetype != "text/html":
                continue
            harmless(answer.text, path)
            shown += "&lt;script&gt;alert" in answer.text
    assert shown >= 5, "the words must really have been shown"


@pytest.mark.usefixtures("told")
def test_hostile_words_stay_words_in_files(app: Flask) -> None:
    """SEC-21: in the lists as CSV no cell is a formula."""
    browser = signed_in(app, "quality-manager")
    for path in ("/d/list/master-list.csv?state=all", "/trail/export.csv"):
        answer = browser.get(path)
        cells = [cell for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for cell in row]
        assert any("HYPERLINK" in cell for cell in cells), path
        assert not [cell for cell in cells if cell[:1] in {"=", "+", "@", "\t", "\r"}], path


def test_hostile_words_stay_words_in_a_bundle(told: House) -> None:
    """SEC-18: the page a receiver opens without any program of ours."""
    made = evidence.build(told.works, told.requests["evil"])
    content = b"".join(told.works.vault.chunks(made.bundle_digest or ""))
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        pages = [name for name in bundle.namelist() if name.endswith(".html")]
        assert pages
        for name in pages:
            harmless(bundle.read(name).decode(), name)
        assert any("&lt;script&gt;" in bundle.read(name).decode() for name in pages)


def test_hostile_words_break_no_header_of_a_message(told: House) -> None:
    """SEC-17, SEC-22: mail carries them as text, in one subject line, and computes nothing."""
    send_waiting(told.works, told.actor("desk-author"), 500)
    folder = told.works.settings.at(told.works.settings.outbox)
    messages = [path.read_bytes() for path in sorted(folder.glob("*.eml"))]
    assert messages
    for message in messages:
        head = message.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        assert b"\nBcc:" not in head
        assert b"94011" not in message
        assert head.count(b"\nSubject:") + head.startswith(b"Subject:") == 1


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application at an address of this machine, for as long as the test looks."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.nightly
@pytest.mark.browser
def test_hostile_words_do_nothing_in_a_browser(app: Flask, told: House, chromium: playwright.Browser) -> None:
    """SEC-05, SEC-18: no page runs a script, gives the policy something to refuse, or fetches anything."""
    client = signed_in(app, "quality-manager")
    paths = {each.path for each in addresses(app, told) if "GET" in each.methods}
    paths |= {f"/evidence/{told.requests['evil']}", "/drafts/CP-91/zh-Hans/A-0", "/d?state=all"}
    pages = sorted(
        path for path in paths if "<main" in client.get(path).get_data().decode("utf-8", "replace")
    )
    assert len(pages) > 20
    wrong: list[str] = []

    def dismissed(dialog: playwright.Dialog) -> None:
        wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    with served(app) as base:
        context = chromium.new_context(base_url=base)
        value = cookie._signer(app).sign(token_of("quality-manager")).decode("ascii")
        context.add_cookies(
            [{"name": cookie.COOKIE, "value": value, "domain": "localhost", "path": "/", "secure": True}]
        )
        page = context.new_page()
        page.on("dialog", dismissed)
        page.on("pageerror", lambda fault: wrong.append(f"script {fault}"))
        page.on("console", lambda said: wrong.append(said.text) if "Security Policy" in said.text else None)
        page.on("request", lambda asked: None if asked.url.startswith(base) else wrong.append(asked.url))
        for path in pages:
            answer = page.goto(path)
            assert answer is not None
            assert page.locator("main").count() == 1, path
            assert wrong == [], path
        assert "/sign-in" not in page.url
        context.close()
