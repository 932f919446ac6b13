"""Many at one page at the same moment: one wins, the others get 409 and the new state (REL-05, SEC-28)."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select, text

from qms import documents, trail
from qms.accounts.models import Signature
from qms.documents.models import Acknowledgement
from qms.kernel.database import build_engine
from qms.runtime import KEEPER, Runtime, ports
from tests.web.house import BASE, PASSWORD, Browser, the_form, words_of
from tests.web.papers import Papers, source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Engine
    from werkzeug.test import TestResponse

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref

    Open = Callable[..., Browser]
    Post = Callable[[], TestResponse]

AT = "/drafts/CP-07/zh-Hans/A-0"
BOTH_STAGES = (
    source()
    .replace("review: {roles: [reviewer]}", "review: {posts: [risk-head]}")
    .replace("approve: {posts: [deputy-general-manager]}", "approve: {posts: [risk-head]}")
)


@pytest.fixture
def papers(runtime: Runtime) -> Papers:
    """The desk of the workspace, with the bodies of declared kinds."""
    runtime.works.ports = ports()
    return Papers(runtime)


def filled(person: Browser, page: str, data: dict[str, str], action: str = "") -> Post:
    """A form of a page as it stands now, filled in: each call sends it once."""
    form = the_form(person.dom(page), action or page)
    fields = {**dict(form.form_values()), **data}
    target = urlsplit(form.get("action") or page)
    return lambda: person.client.post(target.path, base_url=BASE, data=fields, query_string=target.query)


def at_once(posts: Sequence[Post]) -> list[TestResponse]:
    """Send all of them at the same moment."""
    barrier = threading.Barrier(len(posts))
    answers: list[TestResponse] = []

    def send(post: Post) -> None:
        barrier.wait()
        answers.append(post())

    threads = [threading.Thread(target=send, args=(post,)) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def statuses(answers: Sequence[TestResponse]) -> Counter[int]:
    """How often each status was answered."""
    return Counter(answer.status_code for answer in answers)


def count(papers: Papers, of: Any, *which: Any) -> int:
    """How many rows there are."""
    with papers.looking() as work:
        return work.session.scalar(select(func.count()).select_from(of).where(*which)) or 0


def test_a_second_click_does_not_sign_the_next_stage(papers: Papers, browser: Open) -> None:
    """Who reviews and approves clicks twice: reviewed once, nothing approved, and the page says so.

    Guards `refuse_other_stage`: without it the second click signs the approval.
    """
    ref = papers.submitted(BOTH_STAGES)
    post = filled(browser("manager"), f"{AT}/review", {"password": PASSWORD}, f"{AT}/sign")
    first, second = post(), post()
    assert (first.status_code, second.status_code) == (303, 409)
    assert "what is open now is another stage" in second.text
    assert "Sign: approved" in second.text
    assert papers.revision(ref).state is documents.State.IN_REVIEW
    assert count(papers, Signature) == 2


def test_of_many_clicks_at_once_one_signs(papers: Papers, browser: Open) -> None:
    """The same person in four windows: one signature, and the chain is whole."""
    papers.submitted()
    posts = [
        filled(browser("reviewer"), f"{AT}/review", {"password": PASSWORD}, f"{AT}/sign") for _ in range(4)
    ]
    assert statuses(at_once(posts)) == {303: 1, 409: 3}
    assert count(papers, Signature, Signature.meaning == "reviewed") == 1


def test_one_of_many_confirmations_counts(papers: Papers, browser: Open) -> None:
    """A reading is acknowledged once; the others are shown that it is done (DOC-07)."""
    papers.issued()
    posts = [filled(browser("reader"), "/d/CP-07", {"password": PASSWORD}, "/d/CP-07/A-0") for _ in range(4)]
    answers = at_once(posts)
    assert statuses(answers) == {303: 1, 409: 3}
    assert count(papers, Acknowledgement) == 1
    assert "Confirm" not in words_of(browser("reader").dom("/d/CP-07"))


def test_one_of_two_releasers_wins(papers: Papers, browser: Open) -> None:
    """Two windows of the controller release the same plan: one job is ordered."""
    ref = papers.approved()
    posts = [filled(browser("controller"), f"{AT}/release", {"password": PASSWORD}) for _ in range(2)]
    assert statuses(at_once(posts)) == {303: 1, 409: 1}
    assert papers.revision(ref).releases == 1


def _waits_for_a_lock(engine: Engine) -> bool:
    query = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with engine.connect() as connection:
        return bool(connection.scalar(query))


def _lock(papers: Papers, post: Post, ref: Ref) -> TestResponse:
    """Send a form while somebody holds the trail's head, and wants the revision that the form holds."""
    own = build_engine(papers.runtime.settings.database)
    answers: list[TestResponse] = []
    revision = papers.revision(ref).id
    with own.connect() as other, other.begin():
        other.execute(text("SET LOCAL deadlock_timeout = '1min'"))  # the page is to be the victim
        other.execute(text("LOCK TABLE trail_head IN EXCLUSIVE MODE"))
        sender = threading.Thread(target=lambda: answers.append(post()))
        sender.start()
        while not _waits_for_a_lock(own):
            threading.Event().wait(0.02)
        other.execute(text("SELECT id FROM revision WHERE id = :id FOR UPDATE"), {"id": revision})
    sender.join()
    own.dispose()
    return answers[0]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_deadlock_is_tried_again_and_nothing_happens_twice(papers: Papers, browser: Open) -> None:
    """PostgreSQL ends one of two who wait for each other: its act is repeated whole (REL-05).

    Guards the retry of `qms/http`: without it the person is told of a fault on our side.
    """
    ref = papers.issued()
    answer = _lock(papers, filled(browser("reader"), "/d/CP-07", {"password": PASSWORD}, "/d/CP-07/A-0"), ref)
    assert answer.status_code == 303
    assert count(papers, Acknowledgement) == 1
    with papers.looking() as work:
        told = [row.action for row in trail.history(work.session, ref, 100)]
    assert told.count("document:revision:acknowledge") == 1
    assert trail.check(papers.runtime.works, KEEPER).ok


def test_a_clock_that_jumps_signs_out(papers: Papers, browser: Open, clock: SimulatedClock) -> None:
    """Back or far ahead: the session is not believed, and whoever signs in again goes on (REL-06, SEC-02)."""
    del papers
    for jump in (timedelta(hours=-1), timedelta(minutes=31)):
        reader = browser("reader")
        assert reader.get("/tasks").status_code == 200
        clock.advance(jump)
        assert reader.get("/tasks").location.startswith("/sign-in")
        assert reader.sign_in("reader").status_code == 303
        assert reader.get("/tasks").status_code == 200
