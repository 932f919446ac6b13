"""Pages of management reviews: the pack as it stands, frozen by a button, decided, carried forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.management_review.test_reviews import FIELDS, NUMBER, STEPS, begun, decide, law
from tests.objectives import factories as aims
from tests.records import factories
from tests.registers.conftest import Peopled, app, browser, runtime
from tests.web.house import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.work import Works
    from tests.web.house import Browser

__all__ = ["app", "browser", "runtime"]


@pytest.fixture
def made(works: Works) -> Peopled:
    """The forms of reviews and of objectives in force."""
    found = aims.house(works, aims.SET, aims.CHECKED)
    factories.issue(found, factories.form(NUMBER, fields=FIELDS, steps=STEPS, more=law()))
    return Peopled(found)


def test_a_review_lives_on_its_pages(made: Peopled, browser: Callable[..., Browser]) -> None:
    """Twelve sections with links to their lists; frozen once; the decisions stand below with their owners."""
    people = made.people
    aims.objective(people)
    author = browser("author")
    assert "There is no management review yet." in words_of(author.dom("/management-reviews"))
    ref = begun(people)
    path = f"/management-reviews/{ref.key}"
    page = author.dom(path)
    said = words_of(page)
    assert "Objectives without a result: 1" in said
    assert "External providers and partners none" in said
    assert "/objectives?year=2026&status=missing" in page.xpath("//a/@href")
    assert author.get(f"{path}/pack.pdf").status_code == 409
    assert author.submit(path, {}).status_code == 303
    frozen = author.dom(path)
    assert "SHA-256 of the pack" in words_of(frozen)
    assert frozen.xpath(f"//form[@action='{path}']") == []
    assert author.post(path).status_code == 409
    row = {"what": "Train the reviewers", "who": "risk-head", "due": "2026-11-20"}
    decide(people, ref, improvement=[row], no_improvement=False)
    assert "Train the reviewers" in words_of(author.dom(path))
    assert "1 of 1 decisions open" in words_of(author.dom("/management-reviews"))
    answer = author.get(f"{path}/pack.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")


def test_others_find_none(made: Peopled, browser: Callable[..., Browser]) -> None:
    """Neither listed, shown, printed nor frozen."""
    ref = begun(made.people)
    outsider, path = browser("outsider"), f"/management-reviews/{ref.key}"
    assert ref.key not in words_of(outsider.dom("/management-reviews"))
    for each in (path, f"{path}/pack.pdf"):
        assert outsider.get(each).status_code == 404
    assert outsider.post(path).status_code == 404
