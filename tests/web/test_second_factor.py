"""The second factor in a browser: set up by its person, asked after the password, lost and removed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
import pytest

from qms import accounts, tasks, trail
from qms.accounts import secrets
from qms.accounts.models import SecondFactor
from qms.runtime import KEEPER, Runtime
from tests.web.house import BASE, PASSWORD, Browser, person_id, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from qms.kernel.clock import SimulatedClock

    Open = Callable[..., Browser]

PAGE = "/me/second-factor"


@pytest.fixture
def code(runtime: Runtime) -> Callable[[str], str]:
    """What the device of a login shows now."""

    def shown(login: str) -> str:
        with runtime.works.reading(KEEPER) as work:
            who = person_id(work, login)
            row = work.session.get_one(SecondFactor, who)
            secret = secrets.factor(work.settings.at(work.settings.keys), who, row.sealed)
            return pyotp.TOTP(secret or "").at(work.now)

    return shown


@pytest.fixture
def enrolled(
    browser: Open, code: Callable[[str], str], clock: SimulatedClock
) -> Callable[[str], tuple[Browser, list[str]]]:
    """Somebody who has set up a second factor on the page, half a minute ago."""

    def made(login: str) -> tuple[Browser, list[str]]:
        person = browser(login)
        assert person.submit(PAGE, action=f"{PAGE}/begin").location == PAGE
        answer = person.submit(PAGE, {"code": code(login)}, action=f"{PAGE}/on")
        assert answer.status_code == 200
        clock.advance(timedelta(seconds=30))
        return person, re.findall(r"<li><code>([^<]+)</code>", answer.text)

    return made


def test_a_person_sets_it_up(browser: Open, code: Callable[[str], str]) -> None:
    """P11-300e: a picture and the secret to scan or type; a good code switches it on, others end."""
    author, elsewhere = browser("author"), browser("author")
    assert "Set it up" in words_of(author.dom(PAGE))
    assert author.submit(PAGE, action=f"{PAGE}/begin").location == PAGE
    page = author.dom(PAGE)
    assert page.xpath("//img[@class='qr']/@src")[0].startswith("data:image/svg+xml")
    assert len("".join(page.xpath("//ol[@class='steps']//code/text()")).replace(" ", "")) == 32
    wrong = author.submit(PAGE, {"code": "12"}, action=f"{PAGE}/on")
    assert wrong.status_code == 422
    assert 'id="code-fault">This is not the code' in wrong.text
    answer = author.submit(PAGE, {"code": code("author")}, action=f"{PAGE}/on")
    assert answer.text.count("<li><code>") == 10
    assert "Recovery codes 10 unused" in words_of(author.dom(PAGE))
    assert "<img" not in author.get(PAGE).text
    assert elsewhere.get("/me").status_code == 303
    assert "recovery codes: 10 unused" in words_of(author.dom("/me"))


def test_signing_in_asks_for_the_code(
    app: Flask, enrolled: Callable[[str], tuple[Browser, list[str]]], code: Callable[[str], str]
) -> None:
    """SEC-10: after the right password, on a page of its own; then one goes on where one wanted to."""
    enrolled("author")
    person = Browser(app)
    answer = person.submit("/sign-in?next=/tasks", {"login": "author", "password": PASSWORD})
    assert answer.location == "/sign-in/code?next=/tasks"
    assert person.get("/me").status_code == 303
    assert "six digits" in words_of(person.dom(answer.location))
    wrong = person.submit(answer.location, {"code": "000000"}, action="/sign-in/code")
    assert wrong.status_code == 403
    assert 'id="code-fault">The code is not right' in wrong.text
    good = code("author")
    assert person.submit(answer.location, {"code": good}, action="/sign-in/code").location == "/tasks"
    assert person.get("/me").status_code == 200
    again = Browser(app)
    again.sign_in("author")
    assert again.submit("/sign-in/code", {"code": good}).status_code == 403


def test_without_the_password_there_is_no_code_page(app: Flask, stranger: Browser) -> None:
    """SEC-09: nobody learns whether somebody has a second factor, nor guesses codes."""
    assert stranger.get("/sign-in/code?next=/tasks").location == "/sign-in?next=/tasks"
    answer = stranger.post("/sign-in/code", {"code": "123456"}, page="/sign-in")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/")
    assert app.view_functions


def test_the_step_between_is_forgotten(
    app: Flask,
    enrolled: Callable[[str], tuple[Browser, list[str]]],
    code: Callable[[str], str],
    clock: SimulatedClock,
) -> None:
    """SEC-10: five minutes after the password one begins again."""
    enrolled("author")
    person = Browser(app)
    person.sign_in("author")
    clock.advance(timedelta(minutes=5, seconds=1))
    answer = person.submit("/sign-in/code", {"code": code("author")})
    assert answer.status_code == 403
    assert "Begin again with your password" in answer.text
    assert person.get("/sign-in/code").status_code == 303


def test_a_recovery_code_signs_in_once_and_is_told(
    app: Flask, enrolled: Callable[[str], tuple[Browser, list[str]]], runtime: Runtime
) -> None:
    """SEC-10: the person is told on the page and, where there is an address, by mail."""
    with runtime.works.writing(KEEPER) as work:
        accounts.person(work.session, person_id(work, "author")).email = "author@example.org"
    _, codes = enrolled("author")
    person = Browser(app)
    person.sign_in("author")
    assert person.submit("/sign-in/code", {"code": codes[0]}).location == "/"
    assert "You used a recovery code; 9 are left." in words_of(person.dom("/tasks"))
    again = Browser(app)
    again.sign_in("author")
    assert again.submit("/sign-in/code", {"code": codes[0]}).status_code == 403
    with runtime.works.reading(KEEPER) as work:
        assert tasks.waiting(work.session) == 1
        used = trail.browse(work.session, action="person:recovery-code:use")
        assert [row.after for row in used] == [{"left": 9}]


def test_wrong_codes_alarm_the_security_administrator(
    app: Flask, enrolled: Callable[[str], tuple[Browser, list[str]]], browser: Open, runtime: Runtime
) -> None:
    """P11-300d: told at once in the very Work that counts the fifth; unlocked with what was found out."""
    enrolled("author")
    thief = Browser(app)
    thief.sign_in("author")
    answers = [thief.submit("/sign-in/code", {"code": "000000"}) for _ in range(6)]
    assert {answer.status_code for answer in answers} == {403}
    assert "Too many wrong codes" in answers[5].text
    security = browser("security-administrator")
    assert "5 wrong codes for Author" in words_of(security.dom("/tasks"))
    with runtime.works.reading(KEEPER) as work:
        page = f"/people/{person_id(work, 'author')}"
    assert security.submit(f"{page}/unlock", {"why": "it was the author"}).location == page
    assert "wrong codes" not in words_of(security.dom("/tasks"))


def test_an_act_after_the_session_goes_on_with_the_code(
    enrolled: Callable[[str], tuple[Browser, list[str]]],
    code: Callable[[str], str],
    clock: SimulatedClock,
    runtime: Runtime,
) -> None:
    """Nothing typed is lost: password, then code, on the answer, and the act goes on."""
    person, _ = enrolled("system-administrator")
    token = person.token("/people/new")
    clock.advance(timedelta(minutes=40))
    fields = {"name": "New colleague", "login": "newcomer", "verified": "seen", "csrf_token": token}
    proof = {"confirm-login": "system-administrator", "confirm-password": PASSWORD}
    asked = person.client.post("/people/new", base_url=BASE, data={**fields, **proof})
    assert asked.status_code == 401
    assert 'name="confirm-code"' in asked.text
    assert 'value="New colleague"' in asked.text
    wrong = person.client.post("/people/new", base_url=BASE, data={**fields, "confirm-code": "000000"})
    assert wrong.status_code == 401
    assert 'name="confirm-code"' in wrong.text
    shown = {**fields, "confirm-code": code("system-administrator")}
    right = person.client.post("/people/new", base_url=BASE, data=shown)
    assert "First password of New colleague" in right.text
    with runtime.works.reading(KEEPER) as work:
        assert accounts.person_by_login(work.session, "newcomer")


def test_it_is_given_up_and_its_codes_renewed(
    enrolled: Callable[[str], tuple[Browser, list[str]]], code: Callable[[str], str]
) -> None:
    """SEC-10: new recovery codes end the old ones; a code of the device switches it off."""
    person, codes = enrolled("author")
    answer = person.submit(PAGE, action=f"{PAGE}/codes")
    renewed = re.findall(r"<li><code>([^<]+)</code>", answer.text)
    assert len(renewed) == 10
    assert not set(codes) & set(renewed)
    assert person.submit(PAGE, {"code": "000000"}, action=f"{PAGE}/off").status_code == 403
    assert person.submit(PAGE, {"code": code("author")}, action=f"{PAGE}/off").location == PAGE
    assert "Set it up" in words_of(person.dom(PAGE))
    assert person.post(f"{PAGE}/off", {"code": "1"}).status_code == 409
    assert person.post(f"{PAGE}/nothing").status_code == 404


def test_a_lost_one_is_removed_by_the_security_administrator(
    browser: Open, enrolled: Callable[[str], tuple[Browser, list[str]]], runtime: Runtime
) -> None:
    """P11-300a-c: with a reason, never by the system administrator; every session of the person ends."""
    author, _ = enrolled("author")
    with runtime.works.reading(KEEPER) as work:
        page = f"/people/{person_id(work, 'author')}"
    security = browser("security-administrator")
    assert "Second factor since" in words_of(security.dom(page))
    assert browser("system-administrator").get(f"{page}/remove-second-factor").status_code == 404
    assert security.submit(f"{page}/remove-second-factor", {"why": ""}).status_code == 422
    assert security.submit(f"{page}/remove-second-factor", {"why": "stolen"}).location == page
    assert author.get("/me").status_code == 303
    assert browser("author").get("/me").status_code == 200
    assert security.submit(f"{page}/remove-second-factor", {"why": "again"}).status_code == 409


def test_where_it_is_demanded_nothing_else_opens(
    browser: Open, runtime: Runtime, code: Callable[[str], str]
) -> None:
    """MLP-03: who has none sets it up before anything else; setting up is all that opens."""
    runtime.works.settings = replace(runtime.works.settings, second_factor="everybody")
    person = browser("author")
    for path in ("/", "/tasks", "/me", "/d"):
        assert person.get(path).location == PAGE
    assert person.post("/me/sessions/end", page=PAGE).location == PAGE
    assert "Your organisation demands" in words_of(person.dom(PAGE))
    person.submit(PAGE, action=f"{PAGE}/begin")
    assert person.submit(PAGE, {"code": code("author")}, action=f"{PAGE}/on").status_code == 200
    assert person.get("/tasks").status_code == 200
    runtime.works.settings = replace(runtime.works.settings, second_factor="administrators")
    assert browser("reader").get("/tasks").status_code == 200
    assert browser("audit-administrator").get("/tasks").location == PAGE
