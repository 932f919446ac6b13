"""Pages of objectives: the tree, one with its chart, the map, a check begun from it, the sheet as PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.objectives import factories as made_of
from tests.registers.conftest import Peopled, app, browser, runtime
from tests.web.house import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.work import Works
    from tests.web.house import Browser

__all__ = ["app", "browser", "runtime"]


@pytest.fixture
def made(works: Works) -> Peopled:
    """The forms of objectives in force."""
    return Peopled(made_of.house(works))


def test_an_objective_lives_on_its_pages(made: Peopled, browser: Callable[..., Browser]) -> None:
    """Listed with its state, drawn, checked by a draft that knows it, narrowed, mapped by month."""
    people = made.people
    centre = made_of.objective(people, unit_of="centre")
    below = made_of.objective(
        people, code="MB-11", name="Reviews on time", level="department", above=centre.key
    )
    made_of.checked(people, below, 1, "96")
    made_of.checked(people, below, 2, "90")
    author = browser("author")
    tree = author.dom("/objectives?year=2026")
    said = words_of(tree)
    assert "MB-01 On time" in said
    assert "no result" in said
    assert "No department takes it up." not in said
    assert len(tree.xpath("//li[contains(@class, 'd1')]")) == 1
    assert "No objective fits." in words_of(author.dom("/objectives?year=2026&status=met"))
    assert "There are no objectives for this year." in words_of(author.dom("/objectives?year=2020"))
    page = author.dom(f"/objectives/{below.key}")
    shown = words_of(page)
    assert "So far 93 on average, against 95; 8 of 10 parts over have no result." in shown
    assert len(page.xpath("//*[name()='svg']")) == 1
    assert f"/objectives/{centre.key}" in page.xpath("//a/@href")
    begun = author.post(f"/objectives/{below.key}/check")
    assert begun.status_code == 303
    draft = author.dom(str(begun.location))
    assert draft.xpath("//input[@name='first']/@value") == ["2026-03-01"]
    assert author.post(f"/objectives/{below.key}/nothing").status_code == 404
    heat = words_of(author.dom("/objectives/map?year=2026"))
    assert "1/1" in heat
    assert "0/1" in heat


def test_others_find_none(made: Peopled, browser: Callable[..., Browser]) -> None:
    """Neither listed, nor shown, nor begun from."""
    ref = made_of.objective(made.people)
    outsider = browser("outsider")
    assert "MB-01" not in words_of(outsider.dom("/objectives?year=2026"))
    assert outsider.get(f"/objectives/{ref.key}").status_code == 404
    assert outsider.get(f"/objectives/{ref.key}/sheet.pdf").status_code == 404
    assert outsider.post(f"/objectives/{ref.key}/check").status_code == 404


def test_the_sheet_is_a_pdf_with_its_figures(made: Peopled, browser: Callable[..., Browser]) -> None:
    """For whoever sees the objective."""
    ref = made_of.objective(made.people)
    made_of.checked(made.people, ref, 1, "96")
    answer = browser("author").get(f"/objectives/{ref.key}/sheet.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-1.7")
    assert f"{ref.key}-objective.pdf" in answer.headers["Content-Disposition"]
