"""Locked signing, roles and unused accounts, on the pages of those who look after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from qms import accounts, tasks, trail
from qms.accounts import ADMINISTRATORS
from qms.accounts.models import Attempt
from qms.accounts.permissions import ROLES
from qms.runtime import KEEPER, Runtime
from qms.worker.loop import Loop
from tests.web.house import PASSWORD, Browser, person_id, words_of
from tests.web.papers import Papers, source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qms.kernel.clock import SimulatedClock

    Open = Callable[..., Browser]

SUBMIT = "/drafts/CP-07/zh-Hans/A/0/submit"


@pytest.fixture
def loop(runtime: Runtime) -> Iterator[Loop]:
    """A worker over the workspace."""
    made = Loop(runtime, lanes=1)
    yield made
    made.close()


def _address(papers: Papers) -> str:
    """The page on which the author of a draft signs it."""
    ref = papers.drafted(source())
    number, language, label = ref.key.split("@")
    return f"/drafts/{number}/{language}/{label.replace('/', '-')}/submit"


def test_wrong_passwords_lock_signing_and_sound_the_alarm(
    browser: Open, runtime: Runtime, clock: SimulatedClock, loop: Loop
) -> None:
    """P11-300d: the lock is in the trail, a task of the security administrator, and a mail, at once."""
    with runtime.works.writing(KEEPER) as work:
        for login in ("security-administrator", "author"):
            row = accounts.person(work.session, person_id(work, login))
            row.email = f"{login}@example.org"
    address = _address(Papers(runtime))
    author = browser("author")
    answers = [author.submit(address, {"password": "wrong"}) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {403}
    assert "nothing was signed" in answers[0].text
    locked = author.submit(address, {"password": PASSWORD})
    assert locked.status_code == 403
    assert "Signing is locked for 30 more minutes" in locked.text
    with runtime.works.reading(KEEPER) as work:
        entries = trail.browse(work.session, action="person:signing:lock")
        assert [row.after["failures"] for row in entries] == [5]
        assert tasks.waiting(work.session) == 2
    assert loop.mail()
    mails = [path.read_text() for path in runtime.settings.at(runtime.settings.outbox).glob("*.eml")]
    assert sorted("To: " in mail and "author@" in mail for mail in mails) == [False, True]
    security = browser("security-administrator")
    assert "Signing of Author is locked after 5 wrong passwords" in words_of(security.dom("/tasks"))
    assert "Signing is locked until" in words_of(author.dom("/me"))
    clock.advance(timedelta(minutes=31))
    assert "Signing of Author is locked" in words_of(browser("security-administrator").dom("/tasks"))
    assert author.get("/me").status_code == 303  # thirty minutes are also the idle time-out
    again = browser("author")
    assert again.submit(address, {"password": PASSWORD}).status_code == 303


def test_the_security_administrator_unlocks(browser: Open, runtime: Runtime) -> None:
    """P11-300d: with what was found out; the task is done, and the person signs at once."""
    address = _address(Papers(runtime))
    author, security = browser("author"), browser("security-administrator")
    for _ in range(5):
        author.submit(address, {"password": "wrong"})
    with runtime.works.reading(KEEPER) as work:
        page = f"/people/{person_id(work, 'author')}"
    assert security.dom("/tasks").xpath("//a[@class='whole']/@href") == [page]
    assert browser("system-administrator").get(f"{page}/unlock").status_code == 404
    assert security.submit(f"{page}/unlock", {"why": " "}).status_code == 422
    assert security.submit(f"{page}/unlock", {"why": "tired fingers"}).location == page
    assert "Nothing is waiting." in words_of(security.dom("/tasks"))
    assert security.submit(f"{page}/unlock", {"why": "again"}).status_code == 409
    assert author.submit(address, {"password": PASSWORD}).status_code == 303


def test_wrong_passwords_at_sign_in_do_not_lock_signing(
    app: object, browser: Open, stranger: Browser, runtime: Runtime
) -> None:
    """SEC-09: a stranger who guesses at the door keeps nobody inside from signing."""
    assert app
    address = _address(Papers(runtime))
    author = browser("author")
    for _ in range(7):
        stranger.submit("/sign-in", {"login": "author", "password": "wrong"})
    assert author.submit(address, {"password": PASSWORD}).status_code == 303


def test_the_day_job_forgets_old_counts(runtime: Runtime, loop: Loop) -> None:
    """SEC-09, MLP-10: counts of wrong passwords that no longer matter do not stay."""
    with runtime.works.writing(KEEPER) as work:
        for account, days in (("ab" * 32, 3), ("cd" * 32, 0)):
            failed = work.now - timedelta(days=days)
            work.session.add(Attempt(account=account, address="a", failures=3, failed_at=failed))
    assert loop.day()
    with runtime.works.reading(KEEPER) as work:
        kept = {row.account[:2] for row in work.session.scalars(select(Attempt).where(Attempt.failures > 0))}
    assert kept == {"cd"}


def test_a_broken_calendar_does_not_stop_the_day(runtime: Runtime, loop: Loop) -> None:
    """S71: the fault stands in the trail once a day; all that the calendar does not count goes on."""
    path = runtime.settings.home / "calendars.yaml"
    path.write_text("calendars: [", "utf-8")
    with runtime.works.writing(KEEPER) as work:
        work.session.add(
            Attempt(account="ab" * 32, address="a", failures=3, failed_at=work.now - timedelta(days=3))
        )
    assert loop.day()
    assert not loop.day()
    with runtime.works.reading(KEEPER) as work:
        assert not work.session.scalars(select(Attempt).where(Attempt.failures > 0)).all()
        (row,) = trail.browse(work.session, action="trail:refuse", limit=9)
    assert (row.ref.key, row.after["refusal"]) == ("calendars.yaml", "CalendarsUnreadable")


def test_a_role_is_changed_on_its_page(browser: Open, runtime: Runtime) -> None:
    """MLP-04: what it allows holds from the next page; before and after stand in the trail."""
    security, reader = browser("security-administrator"), browser("reader")
    page = "/people/organisation/roles/reader"
    ticked = security.dom(page).xpath("//input[@name='permissions'][@checked]/@value")
    assert sorted(ticked) == sorted(ROLES["reader"].permissions)
    assert reader.get("/trail").status_code == 404
    answer = security.submit(page, {"permissions": [*ticked, "trail:read"], "name-en": "Reader"})
    assert answer.location == "/people/organisation#roles"
    assert reader.get("/trail").status_code == 200
    with runtime.works.reading(KEEPER) as work:
        row = trail.browse(work.session, action="role:set", limit=1)[0]
    assert set(row.after["permissions"]) - set(row.before["permissions"]) == {"trail:read"}
    assert security.submit(page, {"permissions": ticked, "name-zh-Hans": " "}).status_code == 422
    assert security.submit(page, {"permissions": ticked}).status_code == 303
    assert reader.get("/trail").status_code == 404


def test_a_role_is_made_and_given(browser: Open, runtime: Runtime) -> None:
    """A new one has a code of its own; faults stand beside their fields."""
    security = browser("security-administrator")
    page = "/people/organisation/roles"
    fields = {"name-zh-Hans": "档案管理员", "code": "archivist", "permissions": ["documents:read"]}
    assert security.submit(page, {**fields, "code": "reader"}).status_code == 409
    wrong = security.submit(page, {**fields, "code": "No Code"})
    assert wrong.status_code == 422
    assert 'id="code-fault"' in wrong.text
    assert 'value="档案管理员"' in wrong.text
    assert security.submit(page, fields).status_code == 303
    with runtime.works.reading(KEEPER) as work:
        assert accounts.permissions_of(work.session, "archivist") == ["documents:read"]
        who = person_id(work, "reader")
    assert security.submit(f"/people/{who}/grant", {"role": "archivist"}).status_code == 303


def test_administrators_keep_what_is_theirs(browser: Open) -> None:
    """MLP-04: no page offers their rights to another role, and a forged form is refused."""
    security = browser("security-administrator")
    page = "/people/organisation/roles/reader"
    offered = set(security.dom(page).xpath("//input[@name='permissions']/@value"))
    assert offered.isdisjoint(accounts.RESERVED)
    assert "trail:read" in offered
    forged = security.post(page, {"name-zh-Hans": "x", "permissions": "grants:manage"})
    assert forged.status_code == 422
    assert "stays with its administrator" in forged.text
    unknown = security.post(page, {"name-zh-Hans": "x", "permissions": "documents:burn"})
    assert unknown.status_code == 422
    for role in ADMINISTRATORS:
        assert "<form" not in security.get(f"/people/organisation/roles/{role}").text.split("<main")[1]
        fixed = security.post(f"/people/organisation/roles/{role}", {"name-zh-Hans": "x"})
        assert fixed.status_code == 409


def test_roles_are_the_security_administrators(browser: Open) -> None:
    """P11-10g: nobody else sees the page or sets a role; an unknown role is not there."""
    for login in ("system-administrator", "audit-administrator", "manager"):
        person = browser(login)
        for page in ("/people/organisation/roles", "/people/organisation/roles/reader"):
            assert person.get(page).status_code == 404
            fields = {"name-zh-Hans": "x", "code": "other", "permissions": "trail:read"}
            assert person.post(page, fields).status_code == 403
    assert browser("security-administrator").get("/people/organisation/roles/nothing").status_code == 404


def test_unused_accounts_are_listed(browser: Open, clock: SimulatedClock, runtime: Runtime) -> None:
    """MLP-04: the longest unused first, those asleep by word; others do not see the list."""
    assert "Every account is in use." in words_of(browser("system-administrator").dom("/people/unused"))
    assert browser("reader").get("/people/unused").status_code == 404
    clock.advance(timedelta(days=40))
    seen = words_of(browser("system-administrator").dom("/people/unused"))
    assert "Author author 2026-11-02 09:00 40 active" in seen
    runtime.works.settings = replace(runtime.works.settings, account_days=35)
    seen = words_of(browser("system-administrator").dom("/people/unused"))
    assert "Author author 2026-11-02 09:00 40 asleep" in seen
    assert "After 35 days an account sleeps" in seen


def test_a_sleeping_account_is_told_so_and_woken(
    browser: Open, stranger: Browser, clock: SimulatedClock, runtime: Runtime
) -> None:
    """MLP-04: only who knows the password learns it; the system administrator wakes it by a reset."""
    runtime.works.settings = replace(runtime.works.settings, account_days=35)
    clock.advance(timedelta(days=30))
    administrator = browser("system-administrator")
    clock.advance(timedelta(days=10))
    asleep = stranger.sign_in("author")
    assert asleep.status_code == 403
    assert "has not been used for 35 days" in asleep.text
    assert "not been used" not in stranger.sign_in("author", "wrong").text
    administrator = browser("system-administrator")
    assert "asleep" in words_of(administrator.dom("/people/unused"))
    with runtime.works.reading(KEEPER) as work:
        page = f"/people/{person_id(work, 'author')}"
    assert "First password of Author" in administrator.submit(f"{page}/reset-password", {"why": "back"}).text
