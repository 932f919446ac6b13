"""The list on its page and from a terminal: marked, concluded, refused with what is missing (R12)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.documents import factories as papers
from tests.impact.factories import CHANGED, WHATS, changed, house, listed
from tests.records import factories as sheets
from tests.registers.conftest import Peopled, app, browser, runtime
from tests.web.house import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works
    from tests.web.house import Browser

__all__ = ["app", "browser", "runtime"]


@pytest.fixture
def made(works: Works) -> Peopled:
    """A procedure on which others lean."""
    return Peopled(house(works))


def test_marked_lines_are_concluded_on_the_page(made: Peopled, browser: Callable[..., Browser]) -> None:
    """Every line has its box; what is missing is said beside its field, and what was typed stays."""
    ref = changed(made.people)
    author = browser("author")
    at = "/drafts/CP-07/zh-Hans/A-1"
    assert "3 to conclude before approval" in words_of(author.dom(f"{at}/review"))
    path = f"{at}/impact"
    assert author.dom(path).xpath("//input[@name='line']/@value") == WHATS
    empty = author.post(path, {"line": WHATS, "verdict": "none", "remark": ""})
    assert empty.status_code == 409
    assert "Say why there is nothing to do" in empty.get_data(as_text=True)
    assert author.post(path, {"verdict": "together"}).status_code == 422
    assert author.post(path, {"line": WHATS, "verdict": "later", "until": "soon"}).status_code == 422
    assert author.post(path, {"line": WHATS, "verdict": "none", "remark": "same"}).status_code == 303
    assert "same" in words_of(author.dom(path))
    assert {"none"} == {str(each.verdict) for each in listed(made.people, ref)}


def test_who_only_signs_reads_the_list(made: Peopled, browser: Callable[..., Browser]) -> None:
    """The approver sees every conclusion and has no box; others see no draft at all."""
    changed(made.people)
    deputy, outsider = browser("deputy"), browser("outsider")
    path = "/drafts/CP-07/zh-Hans/A-1/impact"
    page = deputy.dom(path)
    assert "CP-08" in words_of(page)
    assert page.xpath("//input[@name='line']") == []
    assert deputy.post(path, {"line": WHATS, "verdict": "together"}).status_code == 403
    assert outsider.get(path).status_code == 404
    assert outsider.post(path, {"line": WHATS, "verdict": "together"}).status_code == 404


def test_who_releases_reads_how_far_the_others_are(
    made: Peopled, browser: Callable[..., Browser], clock: SimulatedClock
) -> None:
    """What was to be done together is named with its revision, or as not begun (CP-12 §5.8.3)."""
    ref = changed(made.people)
    browser("author").post("/drafts/CP-07/zh-Hans/A-1/impact", {"line": WHATS, "verdict": "together"})
    papers.review(made.people, ref)
    papers.approve(made.people, ref)
    path = "/drafts/CP-07/zh-Hans/A-1/release"
    clock.advance(timedelta(days=1))
    controller = browser("controller")
    assert "CP-08: no revision of it is under way not ready" in words_of(controller.dom(path))
    again = papers.source("CP-08", body=CHANGED, reason="With CP-07")
    beside = papers.submitted(made.people, again, file="CP-08.md")
    assert "CP-08 A/1 · In review not ready" in words_of(controller.dom(path))
    papers.review(made.people, beside)
    papers.approve(made.people, beside)
    told = words_of(controller.dom(path))
    assert "CP-08 A/1 · Approved" in told
    assert "CP-08 A/1 · Approved not ready" not in told


def test_an_issued_revision_keeps_its_list(
    made: Peopled, browser: Callable[..., Browser], clock: SimulatedClock
) -> None:
    """After the issue the page still tells what was concluded, and asks nothing."""
    ref = changed(made.people)
    author = browser("author")
    path = "/drafts/CP-07/zh-Hans/A-1/impact"
    assert author.post(path, {"line": WHATS, "verdict": "together"}).status_code == 303
    papers.review(made.people, ref)
    papers.approve(made.people, ref)
    clock.advance(timedelta(days=1))
    papers.decide(made.people, papers.release(made.people, ref))
    papers.run_day(made.people)
    page = browser("manager").dom(path)
    assert "done together with this change" in words_of(page)
    assert page.xpath("//input[@name='line']") == []


def test_what_a_change_will_touch_is_read_in_words(made: Peopled, browser: Callable[..., Browser]) -> None:
    """Before it is submitted: by kind, each document once with its title and the clauses it cites."""
    sheets.filed(made.people)
    more = {"body": CHANGED, "reason": "Better", "summary": "First step"}
    papers.drafted(made.people, papers.source(more="forms: [FM-07-01]", **more))
    page = browser("author").dom("/drafts/CP-07/zh-Hans/A-1/impact")
    heads = [" ".join("".join(each.itertext()).split()) for each in page.xpath("//main//h2")]
    assert heads[:2] == ["cites a clause that changes 1", "stands below it 2"]
    said = words_of(page)
    assert "cites the clauses 2.1" in said
    assert "FM-07-01 Approval sheet open records: 1" in said
    assert page.xpath("//a[@href='/d/CP-08']")


def test_what_touches_nothing_says_so(made: Peopled, browser: Callable[..., Browser]) -> None:
    """A document nobody leans on has a page that says it."""
    papers.submitted(made.people, papers.source("CP-19"))
    said = words_of(browser("author").dom("/drafts/CP-19/zh-Hans/A-0/impact"))
    assert "Nothing you may see leans on it." in said
