"""What administrators do with people, on the pages; each under its own administrator's permission."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from qms import accounts
from qms.kernel.ports import Secrecy
from qms.runtime import KEEPER, Runtime, every_permission
from tests.web.house import PASSWORD, Browser, names, person_id, words_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from flask import Flask

    Open = Callable[..., Browser]

NEW = "nine purple umbrellas 8"


@pytest.fixture
def ids(runtime: Runtime) -> dict[str, int]:
    """The id of each login."""
    with runtime.works.reading(KEEPER) as work:
        return {each.login: each.id for each in accounts.people(work.session)}


@pytest.fixture
def today(runtime: Runtime) -> date:
    """The day of the clock in the organisation's zone."""
    with runtime.works.reading(KEEPER) as work:
        return work.today


def test_a_new_person_chooses_a_password_first(app: Flask, browser: Open) -> None:
    """The first password is shown once, opens only the page that replaces it, and works no longer then."""
    administrator = browser("system-administrator")
    fields = {"name": "New colleague", "login": "Newcomer", "verified": "identity card", "language": "en"}
    answer = administrator.submit("/people/new", fields)
    first = re.search(r'class="once">([^<]+)<', answer.text)
    assert first
    assert "New colleague" in words_of(administrator.dom("/people?words=newc"))
    colleague = Browser(app)
    assert colleague.sign_in("newcomer", first[1]).location == "/password"
    for path in ("/", "/me", "/tasks", "/people"):
        assert colleague.get(path).location == "/password"
    weak = colleague.submit("/password", {"old": first[1], "new": "password", "again": "password"})
    assert weak.status_code == 422
    assert "at least 15 characters" in weak.text
    differ = colleague.submit("/password", {"old": first[1], "new": NEW, "again": PASSWORD})
    assert "type the same one twice" in differ.text
    wrong = colleague.submit("/password", {"old": "wrong", "new": NEW, "again": NEW})
    assert wrong.status_code == 403
    assert colleague.submit("/password", {"old": first[1], "new": NEW, "again": NEW}).location == "/"
    assert "since 2026-11-02" in words_of(colleague.dom("/me"))
    assert Browser(app).sign_in("newcomer", first[1]).status_code == 403
    assert Browser(app).sign_in("newcomer", NEW).location == "/"


def test_a_form_with_faults_keeps_what_was_typed(browser: Open) -> None:
    """Each fault stands beside its field and on top with a link; nothing typed is lost."""
    administrator = browser("system-administrator")
    answer = administrator.submit("/people/new", {"name": "", "login": "Author", "email": "a@example.org"})
    assert answer.status_code == 422
    assert answer.text.count("Fill this in.") == 4
    for wanted in (
        'href="#name"',
        'href="#verified"',
        'id="name-fault"',
        'value="Author"',
        'value="a@example.org"',
    ):
        assert wanted in answer.text
    fields = {"name": "Another", "login": "AUTHOR", "verified": "seen"}
    taken = administrator.submit("/people/new", fields)
    assert taken.status_code == 409
    assert 'id="login-fault">The login author is already used' in taken.text
    assert 'value="Another"' in taken.text


def test_places_of_a_person(browser: Open, ids: dict[str, int], today: date) -> None:
    """Departments and posts are given from a day, named by their last day, and ended."""
    administrator = browser("system-administrator")
    page = f"/people/{ids['reader']}"
    assert administrator.submit(f"{page}/join", {"department": "loans"}).location == page
    last = today + timedelta(days=9)
    given = {"post": "deputy-general-manager", "until": last.isoformat()}
    assert administrator.submit(f"{page}/hold-post", given).location == page
    seen = words_of(administrator.dom(page))
    assert f"副总经理 from {today} to {last}" in seen
    assert "贷款组" in seen
    assert administrator.submit(f"{page}/join", {"department": "loans"}).status_code == 409
    twisted = {"post": "risk-head", "from": "2026-12-31", "until": "2026-12-01"}
    answer = administrator.submit(f"{page}/hold-post", twisted)
    assert answer.status_code == 422
    assert 'id="until-fault">The end must lie after the beginning' in answer.text
    assert 'value="2026-12-31"' in answer.text
    unreadable = administrator.submit(f"{page}/hold-post", {"post": "risk-head", "from": "soon"})
    assert 'id="from-fault">Write a day such as' in unreadable.text
    ended = {"department": "loans", "until": today.isoformat()}
    assert administrator.submit(f"{page}/leave", ended).location == page
    assert administrator.submit(f"{page}/leave-post", {"until": today.isoformat()}).location == page
    assert f"贷款组 from {today} to {today}" in words_of(administrator.dom(page))


def test_rights_of_a_person(browser: Open, ids: dict[str, int], runtime: Runtime) -> None:
    """Roles, clearance and circles are the security administrator's, and hold from the next request."""
    security, reader = browser("security-administrator"), browser("reader")
    page = f"/people/{ids['reader']}"
    assert reader.get("/trail").status_code == 404
    assert security.submit(f"{page}/grant", {"role": "quality-manager"}).location == page
    assert reader.get("/trail").status_code == 200
    assert security.submit(f"{page}/grant", {"role": "author", "department": "risk"}).location == page
    assert "风控合规部" in words_of(reader.dom("/me"))
    assert security.submit(f"{page}/withdraw", {"grant": "quality-manager@"}).location == page
    assert reader.get("/trail").status_code == 404
    assert security.submit(f"{page}/clear", {"grade": str(int(Secrecy.SECRET))}).location == page
    assert "up to secret" in words_of(reader.dom("/me"))
    tampered = security.post(f"{page}/clear", {"grade": "99"})
    assert "Choose one from the list." in tampered.text
    made = {"name-zh-Hans": "信贷审议会", "name-en": "Credit board", "code": "credit-board"}
    assert security.submit("/people/organisation/add-circle", made).location == "/people/organisation"
    assert security.submit(f"{page}/enter-circle", {"circle": "credit-board"}).location == page
    assert "Credit board" in words_of(reader.dom("/me"))
    assert security.submit(f"{page}/leave-circle", {}).location == page
    assert "Credit board" not in words_of(reader.dom("/me"))
    own = security.post(f"/people/{ids['security-administrator']}/grant", {"role": "approver"})
    assert own.status_code == 403
    administrator = browser("system-administrator")
    assert administrator.post(f"{page}/grant", {"role": "approver"}).status_code == 403
    with runtime.works.reading(KEEPER) as work:
        assert accounts.rights_of(work.session, ids["reader"], work.today).roles == {"reader", "author"}


def test_leaving_resetting_and_coming_back(app: Flask, browser: Open, ids: dict[str, int]) -> None:
    """An account ends and returns on its page; after a reset the new key waits for a second look."""
    administrator, security = browser("system-administrator"), browser("security-administrator")
    page = f"/people/{ids['author']}"
    blank = administrator.submit(f"{page}/reset-password", {"why": " "})
    assert blank.status_code == 422
    answer = administrator.submit(f"{page}/reset-password", {"why": "forgotten"})
    first = re.search(r'class="once">([^<]+)<', answer.text)
    assert first
    author = Browser(app)
    author.sign_in("author", first[1])
    author.submit("/password", {"old": first[1], "new": NEW, "again": NEW})
    assert "Waits for confirmation" in words_of(author.dom("/me"))
    assert security.submit(f"{page}/confirm-key", {"verified": "face to face"}).location == page
    assert "Waits for confirmation" not in words_of(author.dom("/me"))
    assert administrator.submit(f"{page}/deactivate", {"why": "has left"}).location == page
    assert author.get("/me").status_code == 303
    assert "This person left on" in words_of(administrator.dom(page))
    assert "Author" not in words_of(administrator.dom("/people"))
    assert "Author" in words_of(administrator.dom("/people?left=yes"))
    back = administrator.submit(f"{page}/reactivate", {"why": "has returned"})
    assert "First password of Author" in back.text
    again = administrator.submit(f"{page}/rename", {"name": "Author of texts", "why": "married"})
    assert again.location == page
    last = browser("system-administrator").submit(
        f"/people/{ids['system-administrator']}/deactivate", {"why": "has left"}
    )
    assert last.status_code == 409


def test_somebody_stands_in(browser: Open, ids: dict[str, int], today: date) -> None:
    """A person names and ends their own substitute, and nobody else's (R27)."""
    author, reader = browser("author"), browser("reader")
    fields = {"substitute": str(ids["reader"]), "until": (today + timedelta(days=3)).isoformat()}
    assert author.submit("/me/substitute", fields).location == "/me"
    assert f"Reader from {today} to {today + timedelta(days=3)}" in words_of(author.dom("/me"))
    assert "Author" in words_of(reader.dom("/me"))
    number = author.dom("/me/end-substitute").xpath("//select[@name='substitution']/option/@value")[0]
    foreign = reader.post("/me/end-substitute", {"substitution": number})
    assert "Choose one from the list." in foreign.text
    assert author.submit("/me/end-substitute", {}).location == "/me"
    assert "I stand in for nobody" in words_of(reader.dom("/me"))
    assert author.get("/me/nothing").status_code == 404


def test_the_organisation_grows(browser: Open, runtime: Runtime) -> None:
    """Departments and posts are added and moved on their pages; faults stand beside their fields."""
    administrator = browser("system-administrator")
    page = "/people/organisation"
    new = {"name-zh-Hans": "资产保全部", "name-en": "Recovery", "code": "recovery", "parent": "risk"}
    assert administrator.submit(f"{page}/add-department", new).location == page
    assert administrator.submit(f"{page}/add-department", new).status_code == 409
    wrong = administrator.submit(f"{page}/add-department", {**new, "code": "No Code"})
    assert 'id="code-fault"' in wrong.text
    assert 'value="资产保全部"' in wrong.text
    assert administrator.submit(
        f"{page}/move-department", {"department": "recovery", "parent": "centre"}
    ).location
    circle = administrator.submit(f"{page}/move-department", {"department": "business", "parent": "loans"})
    assert 'id="parent-fault"' in circle.text
    post = {"name-zh-Hans": "保全专员", "code": "recovery-officer", "department": "recovery", "head": "no"}
    assert administrator.submit(f"{page}/add-post", post).location == page
    seen = words_of(administrator.dom(page))
    assert "Recovery recovery · 0 people 保全专员 · vacant" in seen
    with runtime.works.reading(KEEPER) as work:
        assert accounts.tree(work.session).above["recovery"] == "centre"


def test_other_sessions_are_ended(browser: Open) -> None:
    """One's own open sessions are listed, and all but this one ended."""
    here, there = browser("author"), browser("author")
    page = words_of(here.dom("/me"))
    assert page.count("ends at the latest") >= 2
    assert here.submit("/me", action="/me/sessions/end").location == "/me"
    assert there.get("/me").status_code == 303
    assert words_of(here.dom("/me")).count("ends at the latest") == 1


def test_acts_on_people_stand_in_the_trail(browser: Open, ids: dict[str, int], runtime: Runtime) -> None:
    """Who did it and why is told in a sentence of the reader's language."""
    browser("system-administrator").submit(
        f"/people/{ids['reader']}/rename", {"name": "Reader of books", "why": "married"}
    )
    with runtime.works.writing(KEEPER, every_permission()) as work:
        accounts.add_department(work, "archive", names("档案室"), "centre")
        assert person_id(work, "reader") == ids["reader"]
    seen = words_of(browser("manager").dom("/trail"))
    assert "系统管理员 changed the name of Reader of books: married" in seen
    assert "workspace keeper added the department archive under centre." in seen
    seen = words_of(browser("manager", "zh-Hant").dom("/trail"))
    assert "更改了 Reader of books 的姓名：married" in seen
