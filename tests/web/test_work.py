"""Tasks, trail and jobs as people see them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from qms import accounts, jobs, tasks, trail
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, Runtime, every_permission
from tests.web.house import Browser, person_id, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.clock import SimulatedClock

    Open = Callable[..., Browser]


def _owe(runtime: Runtime, login: str, number: str, days: int | None) -> None:
    with runtime.works.writing(KEEPER, every_permission()) as work:
        tasks.owe(
            work,
            kind="review",
            ref=Ref("job", number),
            person_ids=[person_id(work, login)],
            subject="Job {id} is cancelled.",
            facts={"id": number},
            due_on=None if days is None else work.today + timedelta(days=days),
            quiet=True,
        )


def test_the_inbox_says_what_is_due_when(browser: Open, runtime: Runtime, clock: SimulatedClock) -> None:
    """Overdue first, days whole, with a link to what it is about; counted beside the place."""
    manager = browser("manager")
    assert "Nothing is waiting." in words_of(manager.dom("/tasks"))
    for number, days in (("11", 0), ("12", 1), ("13", 9), ("14", None)):
        _owe(runtime, "manager", number, days)
    clock.advance(timedelta(days=2))
    manager = browser("manager")
    page = manager.dom("/tasks")
    seen = words_of(page)
    assert seen.index("Overdue") < seen.index("Job 11") < seen.index("Job 12") < seen.index("With a last day")
    assert seen.index("Job 13") < seen.index("Without a last day") < seen.index("Job 14")
    assert "2026-11-02 2 days overdue" in seen
    assert "2026-11-03 1 day overdue" in seen
    assert "2026-11-11 in 7 days" in seen
    assert page.xpath("//main//a[@href='/jobs/11']")
    assert page.xpath("//nav//*[@class='badge']/text()") == ["4"]


def test_substitutes_see_what_they_stand_in_for(browser: Open, runtime: Runtime) -> None:
    """R27: the tasks of whom one stands in for, marked so; the head sees the department's."""
    _owe(runtime, "reader", "21", 3)
    with runtime.works.writing(KEEPER, every_permission()) as work:
        reader, author = person_id(work, "reader"), person_id(work, "author")
        accounts.substitute(work, reader, author, from_on=work.today, until_on=work.today + timedelta(days=2))
    assert "Job 21 is cancelled. as substitute for Reader" in words_of(browser("author").dom("/tasks"))
    assert "Job 21" not in words_of(browser("reviewer").dom("/tasks"))
    assert "Job 21 is cancelled. Reader" in words_of(browser("manager").dom("/tasks/departments"))
    assert "Job 21" not in words_of(browser("head").dom("/tasks/departments"))


def test_the_trail_is_read_in_sentences(browser: Open, runtime: Runtime) -> None:
    """TRL-15: filters by who, what, kind and day; before and after; pages that go on below."""
    with runtime.works.writing(KEEPER, every_permission()) as work:
        accounts.move_department(work, "loans", "risk")
        who = person_id(work, "author")
    manager = browser("manager")
    page = manager.dom("/trail?action=department:&kind=department")
    seen = words_of(page)
    assert "workspace keeper moved the department loans from business to risk." in seen
    changed = page.xpath("//table[@class='values']//tr[td]")
    assert changed[0].text_content() == "belongs to parentbusinessrisk"
    assert "signed in" not in seen
    assert "Author chose a new password." in words_of(manager.dom(f"/trail?actor=person:{who}"))
    assert "No entry fits" in words_of(manager.dom("/trail?until=2026-11-01"))
    assert "Quality manager signed in." in words_of(manager.dom("/trail?from=2026-11-02&until=2026-11-02"))
    assert manager.get("/trail?from=soon").status_code == 422
    first = manager.dom("/trail")
    older = first.xpath("//a[contains(@href, 'below=')]/@href")[0]
    numbers = [int(each) for page in (first, manager.dom(older)) for each in _numbers(page)]
    assert numbers == list(range(numbers[0], numbers[0] - len(numbers), -1))
    assert len(numbers) > 50


def _numbers(page: object) -> list[str]:
    return [each.strip() for each in page.xpath("//summary/text()[last()]")]  # type: ignore[attr-defined]


def test_the_trail_is_verified_on_the_page(browser: Open, runtime: Runtime) -> None:
    """TRL-02: a checkpoint is signed, what was added since is checked, and a changed entry is named."""
    manager = browser("manager")
    unsigned = manager.submit("/trail", action="/trail/verify")
    assert "Nothing was altered" in unsigned.text
    assert "There is no signed checkpoint yet" in unsigned.text
    assert manager.submit("/trail", action="/trail/checkpoint").location == "/trail"
    assert "Signed: a checkpoint over" in words_of(manager.dom("/trail"))
    assert "There is no signed checkpoint yet" not in manager.submit("/trail", action="/trail/verify").text
    with runtime.works.reading(KEEPER) as work:
        last, _ = trail.head(work.session)
    with runtime.engine.begin() as connection:
        if runtime.engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE trail_entry DISABLE TRIGGER USER"))
        else:
            for name in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail_entry'")
            ).scalars():
                connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE trail_entry SET actor = 'person:1' WHERE seq = :seq"), {"seq": last})
    broken = manager.submit("/trail", action="/trail/verify")
    assert f"Entry {last} was altered" in broken.text
    assert "Change nothing" in broken.text
    auditor = browser("auditor")
    assert "/trail/verify" not in auditor.get("/trail").text
    assert auditor.post("/trail/verify").status_code == 403
    assert auditor.post("/trail/checkpoint").status_code == 403


@pytest.fixture
def dead(runtime: Runtime, clock: SimulatedClock) -> int:
    """The number of a job that failed for good."""
    with runtime.works.writing(KEEPER, every_permission()) as work:
        made = jobs.enqueue(work, "documents:issue", "revision:CP-12@zh-Hans@A/0", {})
        work.session.flush()
        number = made.id
    held = jobs.claim(runtime.works, KEEPER, ["documents:issue"])
    assert held
    with runtime.works.writing(KEEPER, every_permission()) as work:
        jobs.refuse(work, held, "No shipped font has the character in §5.3.")
    clock.advance(timedelta(minutes=1))
    return number


def test_dead_jobs_are_seen_and_run_again(browser: Open, dead: int) -> None:
    """The reason stands on the page; who manages jobs lets one run again or cancels it."""
    administrator, manager = browser("system-administrator"), browser("manager")
    assert "No shipped font has the character" in words_of(manager.dom("/jobs?state=dead"))
    assert "There is no job of this state." in words_of(manager.dom("/jobs?state=running"))
    page = f"/jobs/{dead}"
    assert "failed for good" in words_of(manager.dom(page))
    assert not manager.dom(page).xpath("//main//button")
    assert manager.post(f"{page}/retry").status_code == 403
    assert administrator.submit(page, action="/retry").location == page
    waiting = administrator.dom(page)
    assert "waiting" in words_of(waiting)
    assert waiting.xpath("//*[@id='job']/@hx-trigger") == ["every 2s"]
    assert administrator.post(f"{page}/retry").status_code == 409
    assert administrator.submit(page, action="/cancel").location == page
    assert "cancelled" in words_of(administrator.dom(page))
    assert administrator.get("/jobs/999").status_code == 404


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_every_page_speaks_the_language(browser: Open, language: str, dead: int) -> None:
    """Law 17: the page says its language, and no English is left in a Chinese one."""
    assert dead
    for login, paths in {
        "system-administrator": ("/people", "/people/1", "/people/new", "/people/organisation"),
        "manager": ("/tasks", "/me", "/jobs", "/menu", "/me/substitute", "/password"),
    }.items():
        person = browser(login, language)
        for path in paths:
            page = person.dom(path)
            assert page.get("lang") == language
            buttons = [each.text_content().strip() for each in page.xpath("//main//button")]
            heads = [
                each.text_content().strip() for each in page.xpath("//main//h2 | //main//label | //main//th")
            ]
            if language != "en":
                assert [each for each in (*buttons, *heads) if each.isascii() and each.isalpha()] == []


def test_the_language_is_chosen_and_kept(stranger: Browser) -> None:
    """The choice leads back to the page it was made on."""
    answer = stranger.submit("/sign-in?next=/me", {"language": "zh-Hant"}, action="/language")
    assert answer.location == "/sign-in?next=/me"
    assert stranger.dom("/sign-in").get("lang") == "zh-Hant"
