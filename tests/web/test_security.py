"""What holds for every page there is; made from the route table, so that new pages are covered."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import Blueprint
from sqlalchemy import text

from qms import accounts, trail
from qms.app import create_app
from qms.http.edge import public
from qms.http.headers import HEADERS
from qms.http.limits import limiter
from qms.kernel.database import Base
from qms.kernel.work import Works
from qms.runtime import KEEPER, Runtime, every_permission
from qms.web import BLUEPRINTS
from tests.web.house import ADMINISTRATORS, BASE, LOGINS, PASSWORD, Browser, names, person_id, words_of
from tests.web.routes import looks, routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from sqlalchemy import Engine
    from werkzeug.test import TestResponse

    from qms.kernel.clock import SimulatedClock

    Open = Callable[..., Browser]


def _content(engine: Engine) -> dict[str, str]:
    """A digest of every table."""
    found = {}
    with engine.connect() as connection:
        for name in Base.metadata.tables:
            rows = sorted(repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{name}"')))  # noqa: S608 - names of our own
            found[name] = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    return found


def test_every_act_without_a_token_is_refused(app: Flask, browser: Open) -> None:
    """SEC-04: no method that may change anything is taken without the token, whoever asks."""
    acts = [route for route in routes(app) if route.unsafe]
    assert len(acts) >= 10
    person = browser("system-administrator")
    for route in acts:
        for method in route.unsafe:
            data = {"login": "x"}
            answer = person.client.open(route.path, method=method, base_url=BASE, data=data)
            assert answer.status_code == 400, (method, route)
            assert "could not be understood" in answer.text


@pytest.mark.parametrize("login", ["system-administrator", "security-administrator", "manager", "reader"])
def test_looking_changes_nothing(
    app: Flask, browser: Open, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    """SEC-04, law 1: no GET opens a writing Work, and every table is the same after all of them."""
    person = browser(login)
    before = _content(runtime.engine)
    opened: list[str] = []
    real = Works.writing

    @contextmanager
    def spy(works: Works, *args: Any, **more: Any) -> Iterator[Any]:
        opened.append("writing")
        with real(works, *args, **more) as work:
            yield work

    monkeypatch.setattr(Works, "writing", spy)
    for path in looks(app):
        for ask in (person.client.get, person.client.head):
            answer = ask(path, base_url=BASE, buffered=True)
            # The databases of tests have no history of migrations, so that they are never ready.
            expected = {503} if path == "/readyz" else {200, 303, 404}
            assert answer.status_code in expected, (path, answer.status_code)
            assert opened == [], path
    assert _content(runtime.engine) == before


def _check_headers(answer: TestResponse, what: object) -> None:
    for name, value in HEADERS.items():
        assert answer.headers.get(name) == value, (name, what)
    for wanted in ("object-src 'none'", "base-uri 'none'", "frame-ancestors"):
        assert wanted in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Server" not in answer.headers or "Werkzeug" not in answer.headers["Server"]


def test_every_answer_carries_the_headers(app: Flask, browser: Open, stranger: Browser) -> None:
    """SEC-03, SEC-05: pages, redirects, refusals and what is public; private ones are never stored."""
    manager = browser("manager")
    for person in (manager, stranger):
        for route in routes(app):
            for method in route.methods - {"OPTIONS"}:
                answer = person.client.open(route.path, method=method, base_url=BASE, buffered=True)
                _check_headers(answer, (method, route))
                assert answer.headers["Cache-Control"] == "no-store"
                assert "Cookie" in answer.headers["Vary"]
    for path in ("/nowhere", "/static/nowhere.css", "/people/x", "/static/../../etc/passwd"):
        answer = manager.get(path)
        assert answer.status_code == 404
        _check_headers(answer, path)
    for path in ("/static/qms.css", "/static/htmx.min.js", "/static/mark.svg"):
        answer = manager.get(path)
        assert answer.status_code == 200
        _check_headers(answer, path)
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert stranger.client.put("/sign-in", base_url=BASE).status_code in {400, 405}


def test_a_stranger_gets_public_pages_only(app: Flask, stranger: Browser) -> None:
    """SEC-06: whatever is not marked public sends a look to sign in, and refuses an act."""
    asked = 0
    for route in routes(app):
        if route.public:
            continue
        asked += 1
        if "GET" in route.methods:
            answer = stranger.get(route.path)
            assert answer.status_code == 303, route
            assert answer.location.startswith("/sign-in?next="), route
        for method in route.unsafe:
            answer = stranger.client.open(
                route.path, method=method, base_url=BASE, data={"csrf_token": stranger.token()}
            )
            assert answer.status_code == 401, (method, route)
    assert asked >= 15
    open_ones = {route.endpoint for route in routes(app) if route.public}
    assert {"accounts.sign_in", "home.language"} <= open_ones


def test_cookies_have_safe_names_and_attributes(browser: Open, stranger: Browser) -> None:
    """SEC-03: host-bound, secure, out of reach of scripts; the choice of language carries nothing."""
    answer = stranger.submit("/sign-in", {"login": "author", "password": PASSWORD})
    cookies = [
        *answer.headers.getlist("Set-Cookie"),
        *browser("reader").get("/me").headers.getlist("Set-Cookie"),
    ]
    assert any(cookie.startswith("__Host-qms=") for cookie in cookies)
    for cookie in cookies:
        name, *rest = [part.strip() for part in cookie.split(";")]
        assert name.split("=")[0] in {"__Host-qms", "__Host-qms-form", "qms-language"}
        parts = {part.lower() for part in rest}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= parts
        assert not any(part.startswith("domain") for part in parts)


def test_a_planted_session_is_not_taken_over(app: Flask, stranger: Browser) -> None:
    """SEC-01: signing in gives a new token, ends the one the browser had, and adopts no other."""
    stranger.client.set_cookie("__Host-qms", "planted.token", domain="localhost", secure=True)
    stranger.sign_in("author")
    first = stranger.cookie()
    assert first
    assert "planted" not in first
    thief = Browser(app)
    thief.client.set_cookie("__Host-qms", first, domain="localhost")
    assert thief.get("/me").status_code == 200
    again = Browser(app)
    again.client.set_cookie("__Host-qms", first, domain="localhost")
    answer = again.post("/sign-in", {"login": "reader", "password": PASSWORD})
    assert answer.status_code == 303
    assert thief.get("/me").status_code == 303
    assert "Reader" in words_of(again.dom("/me"))


@pytest.mark.parametrize(
    "how",
    ["sign-out", "deactivate", "change", "reset", "idle", "absolute", "elsewhere", "again", "recovered"],
)
def test_a_stolen_cookie_dies_with_its_session(
    app: Flask, browser: Open, runtime: Runtime, clock: SimulatedClock, how: str
) -> None:
    """SEC-01, SEC-02: signing out, leaving, a new password or proof, idling and the end close all copies."""
    victim = browser("author")
    thief = Browser(app)
    thief.client.set_cookie("__Host-qms", victim.cookie() or "", domain="localhost")
    assert thief.get("/me").status_code == 200
    if how == "sign-out":
        victim.post("/sign-out")
    elif how == "change":
        new = "eight yellow kites 77"
        answer = victim.submit("/password", {"old": PASSWORD, "new": new, "again": new})
        assert answer.status_code == 303
        assert victim.get("/me").status_code == 200
    elif how == "idle":
        clock.advance(timedelta(minutes=31))
    elif how == "absolute":
        for _ in range(27):
            clock.advance(timedelta(minutes=28))
            victim.get("/me")
    elif how == "again":
        clock.advance(timedelta(minutes=11))
        asked = victim.post("/me/second-factor/begin", {"confirm-password": PASSWORD})
        assert asked.status_code == 303
        assert victim.get("/me").status_code == 200
    elif how == "recovered":
        with runtime.works.writing(KEEPER, every_permission()) as work:
            accounts.grant(work, person_id(work, "author"), "security-administrator")
            tokens = [accounts.sign_in(work, login, PASSWORD).token for login in ADMINISTRATORS[:2]]
            work.actor, work.rights = KEEPER, every_permission()
            accounts.recover(work, "author", tokens, "lost")
    elif how == "elsewhere":
        other = browser("author")
        assert other.submit("/me", action="/me/sessions/end").status_code == 303
        assert other.get("/me").status_code == 200
    else:
        with runtime.works.writing(KEEPER, every_permission()) as work:
            who = person_id(work, "author")
            if how == "deactivate":
                accounts.deactivate(work, who, "has left")
            else:
                accounts.reset_password(work, who, "forgotten")
    assert thief.get("/me").status_code == 303
    assert thief.post("/sign-out", page="/sign-in").status_code == 401


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "/\t/evil.example",
     "\\\\evil.example", "/\n/evil.example", "javascript:alert(1)", "evil.example", " //evil.example"],
)  # fmt: skip
def test_nothing_leads_away(stranger: Browser, target: str) -> None:
    """SEC-24: after signing in, and after choosing a language, one stays on this site."""
    token = stranger.token()
    data = {"login": "reader", "password": PASSWORD, "next": target, "csrf_token": token}
    answer = stranger.client.post("/sign-in", base_url=BASE, data=data)
    assert (answer.status_code, answer.location) == (303, "/")
    answer = stranger.post("/language", {"language": "en", "back": target}, page="/sign-in")
    assert (answer.status_code, answer.location) == (303, "/")


def test_only_known_hosts_are_answered(stranger: Browser) -> None:
    """SEC-24: a forged Host gets nothing but a refusal, and appears in no link."""
    for host in ("evil.example", "localhost.evil.example"):
        answer = stranger.client.get("/sign-in", base_url=f"https://{host}")
        assert answer.status_code == 400
        assert "evil" not in answer.text
        _check_headers(answer, host)
    assert stranger.client.get("/sign-in", base_url="https://qms.example.org").status_code == 200


def test_a_fault_tells_nothing(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-26: no trace, no names of files, the same page for any fault; even when no page can be made."""
    broken = Blueprint("broken", __name__)

    @broken.get("/broken")
    @public
    def fail() -> str:
        raise RuntimeError("canary of /etc/secret")

    app = create_app(runtime, (*BLUEPRINTS, broken))
    assert not app.debug
    person = Browser(app)
    answer = person.get("/broken")
    assert answer.status_code == 500
    assert "went wrong on our side" in answer.text
    monkeypatch.setattr(
        Works, "reading", lambda *_, **__: (_ for _ in ()).throw(OSError("canary: no database"))
    )
    bare = person.get("/sign-in")
    assert bare.status_code == 500
    for each in (answer, bare):
        assert "canary" not in each.text
        assert "Traceback" not in each.text
        _check_headers(each, "fault")
    assert "系统" in bare.text


def test_what_one_may_not_see_is_not_there(app: Flask, browser: Open) -> None:
    """SEC-06: a page for others answers as one that does not exist, in text and status."""
    for login, paths in {
        "reader": ("/people", "/people/1", "/people/new", "/people/1/rename", "/people/organisation",
                   "/trail", "/people/organisation/add-post", "/jobs", "/jobs/1", "/tasks/departments"),
        "security-administrator": ("/people/1/rename", "/people/new", "/people/9999", "/people/1/nothing"),
        "system-administrator": ("/people/1/grant", "/trail", "/people/organisation/add-circle"),
    }.items():  # fmt: skip
        person = browser(login)
        for path in paths:
            answer = person.get(path)
            assert answer.status_code == 404, (login, path)
    assert len(LOGINS) == 12
    assert app.view_functions


def test_a_denied_act_is_journalled_after_its_rollback(browser: Open, runtime: Runtime) -> None:
    """P11-300d, law 10: the refused Work leaves nothing, the refusal stays in the trail."""
    before = _content(runtime.engine)
    answer = browser("reader").post("/people/1/rename", {"name": "Other", "why": "because"})
    assert answer.status_code == 403
    after = _content(runtime.engine)
    assert before["person"] == after["person"]
    with runtime.works.reading(KEEPER) as work:
        row = trail.browse(work.session, action="trail:refuse", limit=1)[0]
    assert row.actor_name == "Reader"
    assert row.after["attempt"] == "web:accounts.change_person"
    assert row.after["refusal"] == "NotAllowed"


def test_wrong_passwords_answer_alike_and_are_counted(stranger: Browser, runtime: Runtime) -> None:
    """SEC-09: known and unknown logins answer alike, wait alike, and the owner is counted apart."""
    pages = {}
    for login in ("author", "nobody-at-all"):
        answers = [stranger.submit("/sign-in", {"login": login, "password": "wrong"}) for _ in range(6)]
        assert {answer.status_code for answer in answers} == {403}
        pages[login] = [answer.text.split("<main")[1].split("csrf_token")[0] for answer in answers]
        assert f'value="{login}"' in answers[-1].text
    assert pages["author"] == pages["nobody-at-all"]
    assert "not right" in pages["author"][0]
    assert "Try again in" in pages["author"][5]
    with runtime.works.reading(KEEPER) as work:
        refused = trail.browse(work.session, action="person:sign-in:refuse")
        assert [row.after.get("failures") for row in refused] == [5, 4, 3, 2, 1] * 2
        assert all("wrong" not in json.dumps(row.body) for row in refused)
    assert stranger.sign_in("reader").status_code == 303


def test_too_many_tries_from_one_address_are_turned_away(stranger: Browser) -> None:
    """SEC-09: one address may try so often in a minute, whatever the logins."""
    token = stranger.token()
    codes = [
        stranger.client.post(
            "/sign-in", base_url=BASE, data={"login": f"guess-{number}", "password": "x", "csrf_token": token}
        ).status_code
        for number in range(62)
    ]
    assert codes[:60] == [403] * 60
    assert codes[60:] == [429, 429]
    with stranger.app.app_context():
        limiter.reset()  # as another process, which has counted nothing yet
    answer = stranger.submit("/sign-in", {"login": "guess-62", "password": "x"})
    assert answer.status_code == 403
    assert "Try again in 60" in answer.text


def test_an_old_sign_in_is_asked_for_the_password(
    browser: Open, clock: SimulatedClock, runtime: Runtime
) -> None:
    """SEC-12: managing people needs a fresh proof; what was sent is kept, and the session is a new one."""
    person = browser("system-administrator")
    clock.advance(timedelta(minutes=16))
    with runtime.works.reading(KEEPER) as work:
        who = person_id(work, "reader")
    path = f"/people/{who}/rename"
    asked = person.submit(path, {"name": "Reader of books", "why": "married"})
    assert asked.status_code == 403
    assert 'value="Reader of books"' in asked.text
    kept = {"name": "Reader of books", "why": "married"}
    wrong = person.post(path, {**kept, "confirm-password": "wrong"})
    assert wrong.status_code == 403
    assert "not right" in wrong.text
    old = person.cookie()
    right = person.post(path, {**kept, "confirm-password": PASSWORD})
    assert (right.status_code, right.location) == (303, f"/people/{who}")
    assert (person.cookie() or "").split(".")[0] != (old or "").split(".")[0]
    assert "Reader of books" in words_of(person.dom(f"/people/{who}"))


def test_a_withdrawn_right_ends_with_the_open_page(browser: Open, runtime: Runtime) -> None:
    """SEC-06, MLP-04: the form was open while the right was taken; sending it is refused, nothing changes."""
    with runtime.works.writing(KEEPER, every_permission()) as work:
        who = person_id(work, "author")
        accounts.grant(work, who, "system-administrator")
    person = browser("author")
    page = f"/people/{who}/rename"
    assert person.get(page).status_code == 200
    token = person.token(page)
    with runtime.works.writing(KEEPER, every_permission()) as work:
        accounts.withdraw_grant(work, who, "system-administrator")
    data = {"name": "Other", "why": "because", "csrf_token": token}
    assert person.client.post(page, base_url=BASE, data=data).status_code == 403
    assert person.get(page).status_code == 404
    with runtime.works.reading(KEEPER) as work:
        assert accounts.person(work.session, who).name == "Author"


def test_an_act_after_the_session_is_not_lost(browser: Open, clock: SimulatedClock, runtime: Runtime) -> None:
    """Nothing typed is lost: who signs in on the answer goes on with what was sent."""
    person = browser("system-administrator")
    token = person.token("/people/new")
    clock.advance(timedelta(minutes=40))
    fields = {"name": "New colleague", "login": "newcomer", "verified": "seen", "csrf_token": token}
    answer = person.client.post("/people/new", base_url=BASE, data=fields)
    assert answer.status_code == 401
    assert 'value="New colleague"' in answer.text
    wrong = {**fields, "confirm-login": "system-administrator", "confirm-password": "wrong"}
    assert person.client.post("/people/new", base_url=BASE, data=wrong).status_code == 401
    right = {**fields, "confirm-login": "system-administrator", "confirm-password": PASSWORD}
    assert (
        "First password of New colleague" in person.client.post("/people/new", base_url=BASE, data=right).text
    )
    with runtime.works.reading(KEEPER) as work:
        assert accounts.person_by_login(work.session, "newcomer")


def test_fields_nobody_offered_change_nothing(browser: Open, runtime: Runtime) -> None:
    """SEC-23: rights and states cannot be slipped in beside the fields of a form."""
    person = browser("system-administrator")
    fields = {"name": "Sly", "login": "sly", "verified": "seen", "role": "approver", "active": "0", "id": "1"}
    assert person.post("/people/new", fields).status_code == 200
    with runtime.works.reading(KEEPER) as work:
        sly = accounts.person_by_login(work.session, "sly")
        assert sly
        assert sly.active
        assert accounts.rights_of(work.session, sly.id, work.today).permissions == {}


@contextmanager
def _write_lock(engine: Engine) -> Iterator[None]:
    """Hold what a writer holds, in another connection: the whole of SQLite, each table of PostgreSQL."""
    with engine.connect().execution_options(qms_mode="writing") as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            tables = ", ".join(f'"{name}"' for name in Base.metadata.tables)
            connection.execute(text(f"LOCK TABLE {tables} IN EXCLUSIVE MODE"))
        yield


@pytest.mark.parametrize("login", ["manager", "system-administrator"])
def test_all_pages_answer_while_somebody_writes(
    app: Flask, browser: Open, runtime: Runtime, login: str
) -> None:
    """A held write lock keeps nobody from looking."""
    person = browser(login)
    expected = {path: person.get(path).status_code for path in looks(app)}
    assert list(expected.values()).count(200) >= 6
    with _write_lock(runtime.engine):
        assert {path: person.get(path).status_code for path in looks(app)} == expected


def test_polling_keeps_no_session_alive(browser: Open, clock: SimulatedClock) -> None:
    """SEC-02: what a page asks for by itself does not count as somebody being there."""
    person = browser("manager")
    for _ in range(2):
        clock.advance(timedelta(minutes=14))
        assert person.get("/jobs", headers={"QMS-Poll": "1"}).status_code == 200
    clock.advance(timedelta(minutes=3))
    assert person.get("/jobs").status_code == 303


def test_names_are_texts_on_every_page(browser: Open, runtime: Runtime) -> None:
    """What people type is shown as text, never as markup."""
    evil = "<script>alert(1)</script>"
    with runtime.works.writing(KEEPER, every_permission()) as work:
        accounts.rename_person(work, person_id(work, "author"), evil, evil)
        accounts.add_department(work, "evil", names(evil), "centre")
        who = person_id(work, "author")
    administrator, manager = browser("system-administrator"), browser("manager")
    for person, path in (
        (administrator, "/people"),
        (administrator, f"/people/{who}"),
        (administrator, "/people/organisation"),
        (manager, "/trail"),
    ):
        answer = person.get(path)
        assert "&lt;script&gt;alert" in answer.text, path
        assert evil not in answer.text, path


@pytest.mark.parametrize(("hops", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_only_the_organisations_own_proxies_are_believed(runtime: Runtime, hops: int, address: str) -> None:
    """SEC-24: a forwarded address counts for as many proxies as are set, and none by default."""
    runtime.settings = replace(runtime.settings, proxy_hops=hops)
    person = Browser(create_app(runtime))
    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Host": "evil.example"}
    data = {"login": "author", "password": PASSWORD, "csrf_token": person.token()}
    answer = person.client.post("/sign-in", base_url=BASE, data=data, headers=forwarded)
    assert (answer.status_code, answer.location) == (303, "/")
    with runtime.works.reading(KEEPER) as work:
        row = trail.browse(work.session, action="person:sign-in", limit=1)[0]
    assert row.personal["address"] == address
