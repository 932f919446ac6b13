"""The page behind the code on paper (DOC-11, DOC-04)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from qms import accounts
from qms.http.limits import PROCESSES, a_minute, limiter
from qms.kernel.clock import local_day
from qms.kernel.ports import Secrecy
from tests.web.house import Browser, person_id, words_of
from tests.web.papers import Papers, source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.clock import SimulatedClock
    from qms.runtime import Runtime


@pytest.fixture(autouse=True)
def fresh_counts(stranger: Browser) -> Iterator[None]:
    """Each test begins with nothing counted against its address."""
    with stranger.app.app_context():
        limiter.reset()
        yield
        limiter.reset()


def _code(papers: Papers, text: str | None = None) -> str:
    return papers.revision(papers.issued(text)).code or ""


def test_a_stranger_learns_that_the_paper_holds(runtime: Runtime, stranger: Browser) -> None:
    """In force since when, with number and title, in three languages, without signing in."""
    code = _code(Papers(runtime))
    page = stranger.dom(f"/v/{code}")
    said = words_of(page)
    assert "In force since 2026-11-02." in said
    assert "CP-07 A/0" in said
    assert "风险控制程序" in said
    assert {each.get("lang") for each in page.xpath("//main//p[@lang]")} == {"zh-Hans", "zh-Hant"}


def test_a_typed_code_is_read_as_people_type_it(runtime: Runtime, stranger: Browser) -> None:
    """Case and separators do not matter."""
    code = _code(Papers(runtime))
    answer = stranger.get(f"/v/?code={code.lower().replace('-', '%20')}")
    assert (answer.status_code, answer.location) == (302, f"/v/{code}")


def test_a_superseded_paper_says_by_what(runtime: Runtime, stranger: Browser, clock: SimulatedClock) -> None:
    """Superseded since when, by which revision."""
    papers = Papers(runtime)
    code = _code(papers)
    clock.advance(timedelta(days=3))
    papers.issued(source(reason="修订", summary="更改"))
    said = words_of(stranger.dom(f"/v/{code}"))
    assert "Superseded since 2026-11-05 by CP-07 A/1. Do not work by it." in said


def test_a_paper_for_a_later_day_says_so(runtime: Runtime, stranger: Browser, clock: SimulatedClock) -> None:
    """What is issued but not in force is not called in force."""
    papers = Papers(runtime)
    later = local_day(clock.now(), runtime.settings.zone_info) + timedelta(days=9)
    code = papers.revision(papers.issued(on=later)).code
    assert "Issued, but not in force before 2026-11-11." in words_of(stranger.dom(f"/v/{code}"))


def test_a_grade_above_internal_tells_state_and_days_alone(runtime: Runtime, stranger: Browser) -> None:
    """DOC-04: a stranger learns nothing of what a confidential document is."""
    papers = Papers(runtime)
    with papers.acting("security-administrator") as work:
        for login in ("author", "reviewer", "approver", "controller"):
            accounts.clear(work, person_id(work, login), Secrecy.CONFIDENTIAL)
    code = _code(papers, source(more="secrecy: confidential"))
    answer = stranger.get(f"/v/{code}")
    assert "In force since 2026-11-02." in answer.text
    assert "CP-07" not in answer.text
    assert "风险" not in answer.text


def test_an_unknown_code_is_answered_calmly(stranger: Browser) -> None:
    """A code nobody gave is said to be unknown, with what to do next."""
    answer = stranger.get("/v/AAAA-BBBB-CCCC-DDDD")
    assert answer.status_code == 404
    assert "No document carries this code." in answer.text
    assert 'value="AAAA-BBBB-CCCC-DDDD"' in answer.text


def test_guessing_is_slowed_down(stranger: Browser) -> None:
    """SEC-09: an address that asks too often is told to wait."""
    codes = [stranger.get(f"/v/AAAA-BBBB-CCCC-{number:04d}").status_code for number in range(40)]
    assert codes == [404] * 30 + [429] * 10


def test_the_processes_share_the_bound(stranger: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-09, D-0040: each of four web processes lets a quarter through, and no less than one."""
    monkeypatch.setenv(PROCESSES, "4")
    codes = [stranger.get(f"/v/AAAA-BBBB-CCCC-{number:04d}").status_code for number in range(9)]
    assert codes == [404] * 7 + [429] * 2
    monkeypatch.setenv(PROCESSES, "64")
    assert a_minute(30)() == "1 per minute"
