"""The page of the full check: asked for by those who manage jobs, seen by those who see them (REL-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import jobs, trail
from qms.runtime import KEEPER, scrub
from qms.worker.loop import Loop
from tests.web.house import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.runtime import Runtime
    from tests.web.house import Browser

PAGE = "/jobs/full-check"


def test_a_check_is_asked_for_run_and_told(browser: Callable[..., Browser], runtime: Runtime) -> None:
    """Twice is once while it waits; then the page tells what was found, by name and in figures."""
    person = browser("system-administrator")
    assert "No check has run yet." in words_of(person.dom(PAGE))
    token = person.token(PAGE)
    for _ in range(2):
        answer = person.client.post(PAGE, base_url="https://localhost", data={"csrf_token": token})
        assert answer.status_code == 303
    assert "A check is running." in words_of(person.dom(PAGE))
    assert "Check now" not in words_of(person.dom(PAGE))
    stray = runtime.settings.at(runtime.settings.records) / "vault" / "stray.txt"
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_text("x")
    runtime.search.follow(runtime.works, KEEPER)
    loop = Loop(runtime, lanes=1)
    assert loop.turn()
    assert not loop.turn()
    loop.close()
    said = words_of(person.dom(PAGE))
    assert "stray.txt lies among the stored content" in said
    assert "Entries of the trail" in said
    assert "Check now" in said
    with runtime.works.reading(KEEPER) as work:
        assert [row.action for row in trail.browse(work.session, action="scrub:", limit=3)] == [
            "scrub:run",
            "scrub:ask",
            "scrub:ask",
        ]
        job = jobs.latest(work.session, scrub.JOB, scrub.KEY)
    assert job is not None
    assert job.result == {"found": 1}
    link = person.dom("/tasks").xpath(f"//main//a[@href='{PAGE}']")
    assert len(link) == 1


@pytest.mark.parametrize("login", ["manager", "reader", "security-administrator"])
def test_only_who_manages_jobs_asks(browser: Callable[..., Browser], login: str) -> None:
    """Whoever sees jobs sees what was found; for others there is no such page."""
    person = browser(login)
    sees = login == "manager"
    assert person.get(PAGE).status_code == (200 if sees else 404)
    assert "Check now" not in person.get(PAGE).text
    assert person.post(PAGE).status_code == 403
