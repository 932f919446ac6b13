"""Requests no honest browser sends: they are refused or mean nothing, and break no page (SEC-23, SEC-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from qms import accounts
from qms.app import create_app
from qms.documents import rows
from qms.http.headers import HEADERS
from qms.kernel.ports import Secrecy
from tests.security.conftest import running
from tests.security.face import addresses, signed_in
from tests.web.house import BASE, Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from qms.kernel.work import Work
    from tests.security.house import House

HUGE: Final = "9" * 30
PATHS: Final = (
    "/d/CP-70%00",
    "/d/%00",
    "/d/%ff%fe",
    "/d/%c0%af",
    "/d/..%2f..%2fetc%2fpasswd",
    "/d/CP-70/A-0%00/zh-Hans/source",
    "/d/CP-70/A-0/zh-Hans/picture/..%2f..%2f..%2fetc%2fpasswd",
    "/d/CP-70/A-0/zh-Hans/picture/%00.png",
    "/d/CP-70/A-0/zh-Hans/picture/x.png%00.html",
    f"/people/{HUGE}",
    f"/people/{HUGE}/rename",
    f"/jobs/{HUGE}",
    "/evidence/%00",
    "/evidence/EB-2026-0001%0d%0aX:y",
    "/v/%00",
    "/v/" + "A" * 5000,
    "/r/CP-70/zh-Hans/%00",
    "/r/CP-70/%ff/A-0",
    "/drafts/CP-34/zh-Hans/%00/review",
    "/d/list/master-list.%00",
    "/static/%00",
    "/static/..%2f..%2fapp.py",
    "/static/%2e%2e/%2e%2e/app.py",
    "/" + "x" * 9000,
    "/%e2%80%ae",
    "//evil.example/d",
    "/d/CP-70?clause=%00",
    "/d?q=%00",
    "/d?day=%00",
    "/d?day=0001-01-01",
    "/d?day=9999-12-31",
    "/d?first=" + HUGE,
    "/d?first=-" + HUGE,
    "/d?kind=%ff",
    "/d?clause=%00",
    "/d?owner=%00",
    "/d?lang=%00",
    "/search?q=%00",
    "/search?q=" + "%E4%B8%AD" * 900,
    "/search?q=%22%22%28%28",
    "/search?page=" + HUGE,
    "/search?page=-1&q=x",
    "/search?q=x&kind=%00",
    "/search/suggest?q=%00%00",
    "/search?q=a*%3F*%3F*",
    f"/trail?below={HUGE}",
    "/trail?below=-1",
    "/trail?actor=%00",
    "/trail?action=%25%5f",
    "/trail?action=%00",
    "/trail?kind=%00",
    "/trail?from=0001-01-01",
    "/trail?until=9999-12-31",
    "/trail?from=" + HUGE,
    f"/jobs?below={HUGE}",
    "/jobs?state=%00",
    "/people?words=%00",
    "/people?words=%25",
    "/d?q=a&q=b&q=c",
    "/sign-in?next=%00",
)
VALUES: Final = (
    pytest.param("\x00", id="nul"),
    pytest.param(HUGE, id="huge number"),
    pytest.param("\ud7ff\ufffd\u202e", id="odd letters"),
    pytest.param("x" * 70_000, id="long"),
    pytest.param("2026-02-30", id="no day"),
    pytest.param("-1", id="negative", marks=pytest.mark.nightly),
    pytest.param("../../etc/passwd", id="path", marks=pytest.mark.nightly),
    pytest.param("1e999", id="infinite", marks=pytest.mark.nightly),
)
AWAY: Final = (
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https://evil.example",
    "/%2f/evil.example",
    "///evil.example",
    "/\t/evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    " //evil.example",
    "/%5cevil.example",
    "http:///evil.example",
    "/\r\nLocation: https://evil.example",
)


@pytest.fixture
def face(house: House) -> Flask:
    """The application over the house of the module, on each database."""
    made = create_app(running(house))
    made.testing = False
    return made


@pytest.mark.parametrize("login", ["quality-manager", "system-administrator"])
def test_junk_in_addresses_breaks_nothing(face: Flask, login: str) -> None:
    """SEC-26: NUL, broken UTF-8, overlong names, huge numbers, odd days: no fault, and all headers."""
    browser = signed_in(face, login)
    for path in PATHS:
        answer = browser.client.get(path, base_url=BASE, buffered=True)
        assert answer.status_code < 500, (path, answer.status_code)
        assert all(answer.headers.get(name) == value for name, value in HEADERS.items()), path
        text = answer.get_data(as_text=True)
        assert "root:x:" not in text, path
        assert "Traceback" not in text, path


@pytest.mark.parametrize("value", VALUES)
def test_junk_in_fields_breaks_nothing(face: Flask, house: House, value: str) -> None:
    """SEC-26: the same junk in every field of every form, and in none a fault of the program."""
    browser = signed_in(face, "quality-manager")
    token = browser.token("/me")
    for address in addresses(face, house):
        if address.variant not in {"", "plain"} or address.endpoint in {
            "accounts.sign_out",
            "documents.draft",
        }:
            continue
        for method in address.unsafe:
            fields = dict.fromkeys(FIELDS, value) | {"csrf_token": token}
            answer = browser.client.open(address.path, method=method, base_url=BASE, data=fields)
            assert answer.status_code < 500, (method, address, answer.status_code)


FIELDS: Final = (
    "name",
    "why",
    "text",
    "reason",
    "opinion",
    "password",
    "number",
    "title",
    "owner",
    "kind",
    "lang",
    "parent",
    "source",
    "version",
    "anchor",
    "effective",
    "mark",
    "standing_for",
    "purpose",
    "receiver",
    "when",
    "as_of",
    "since",
    "until",
    "numbers",
    "clauses",
    "kinds",
    "departments",
    "organisation",
    "summary",
    "day",
    "from",
    "code",
    "substitute",
    "outcome",
    "note",
    "recall_reason",
    "old",
    "new",
    "again",
    "edition",
    "overwrite",
    "language",
    "back",
)


def test_many_of_one_thing_break_nothing(face: Flask) -> None:
    """SEC-26: huge cookies and headers, thousands of fields, a body beyond the limit, broken multipart."""
    browser = signed_in(face, "quality-manager")
    token = browser.token("/me")
    for headers in (
        {"Cookie": "x=" + "y" * 60_000},
        {"Accept-Language": "zh," * 9000},
        {"X": "\u00ff" * 9000},
    ):
        assert browser.client.get("/sign-in", base_url=BASE, headers=headers).status_code < 500
    for name in ("__Host-qms", "__Host-qms-form", "qms-language"):
        for value in ("", "x", "a.b.c", "." * 900, "%00", '"', "é"):
            other = Browser(face)
            other.client.set_cookie(name, value, domain="localhost", secure=True)
            assert other.client.get("/me", base_url=BASE).status_code in {200, 303}, (name, value)
    many = {f"f{number}": "x" for number in range(3000)}
    answer = browser.client.post("/people/new", base_url=BASE, data=many, content_type="multipart/form-data")
    assert answer.status_code in {400, 413}
    large = {"csrf_token": token, "file": (b"x" * (17 << 20)).decode()}
    assert browser.client.post("/drafts/upload", base_url=BASE, data=large).status_code in {400, 413}
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "application/json",
        "text/xml",
        "x",
    ):
        answer = browser.client.post("/drafts/upload", base_url=BASE, data=b"--x\r\n\xff", content_type=kind)
        assert answer.status_code in {400, 413, 415}, kind


@pytest.mark.parametrize("target", AWAY)
def test_no_parameter_leads_away(app: Flask, own: House, target: str) -> None:
    """SEC-24: whatever page is asked with whatever place to go on to, no redirect leaves this site."""
    browser = signed_in(app, "quality-manager")
    stranger = Browser(app)
    names = ("next", "back", "url", "to", "return", "redirect", "here", "continue")
    for who in (browser, stranger):
        for path in ("/", "/sign-in", "/d", "/d/CP-70", "/tasks"):
            answer = who.client.get(path, base_url=BASE, query_string=dict.fromkeys(names, target))
            away = answer.headers.get("Location", "/")
            assert away.startswith("/"), (path, away)
            assert not away.startswith(("//", "/\\")), (path, away)
    answer = stranger.post("/language", {"language": "en", "back": target}, page="/sign-in")
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\"))
    assert own.ids


def test_fields_nobody_offered_change_nothing(app: Flask, own: House) -> None:
    """SEC-23: state, role, digest and more beside the fields of every form change nothing."""
    browser = signed_in(app, "author")
    token = browser.token("/me")
    extra = {
        "status": "issued",
        "state": "issued",
        "role": "quality-manager",
        "approved": "1",
        "digest": "0" * 64,
        "author_id": "1",
        "person_id": "1",
        "secrecy": "0",
        "circle": "",
        "id": "1",
        "active": "1",
        "round": "9",
        "permissions": "documents:approve",
        "is_admin": "1",
        "issued_at": "2026-01-01",
        "_method": "DELETE",
    }
    before = _state(own)
    for address in addresses(app, own):
        if address.variant not in {"", "plain"} or address.endpoint == "accounts.sign_out":
            continue
        for method in address.unsafe:
            data = {**extra, "csrf_token": token}
            answer = browser.client.open(address.path, method=method, base_url=BASE, data=data)
            assert answer.status_code < 500, address
    assert _state(own) == before


def _state(own: House) -> object:
    with own.keeping() as work:
        rights = accounts.rights_of(work.session, own.ids["author"], work.today)
        return rights, {
            key: (found.state, found.secrecy, found.circle, found.author_id, found.content_digest)
            for key, ref in own.refs.items()
            for found in [rows.known(work.session, ref)]
        }


LOSSES: Final[dict[str, tuple[str, Callable[[House, Work], object]]]] = {
    "clearance": ("/d/CP-71", lambda own, work: accounts.clear(work, own.ids["reader"], Secrecy.INTERNAL)),
    "circle": ("/d/CP-72", lambda own, work: accounts.leave_circle(work, own.ids["reader"], "board")),
    "role": ("/d/CP-70", lambda own, work: accounts.withdraw_grant(work, own.ids["reader"], "reader")),
    "department": (
        "/d/CP-70",
        lambda own, work: accounts.leave(work, own.ids["reader"], "risk", work.today),
    ),
    "account": ("/d/CP-70", lambda own, work: accounts.deactivate(work, own.ids["reader"], "left")),
}


@pytest.mark.parametrize("what", LOSSES)
def test_what_is_withdrawn_is_gone_with_the_next_request(app: Flask, own: House, what: str) -> None:
    """SEC-06, SEC-02: clearance, circle, role, department, account: the very next request knows it."""
    path, lose = LOSSES[what]
    browser = signed_in(app, "reader")
    assert browser.get(path).status_code == 200
    with own.keeping() as work:
        lose(own, work)
    assert browser.get(path).status_code == (303 if what == "account" else 404)
