"""Pages and commands of scores: places by who looks, one score line by line, R40."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.records import factories
from tests.registers.conftest import Peopled, app, browser, runtime
from tests.scoring import house
from tests.web.house import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.work import Works
    from tests.web.house import Browser

__all__ = ["app", "browser", "runtime"]


@pytest.fixture
def made(works: Works) -> Peopled:
    """Both scorecards in force, and two units."""
    return Peopled(house.house(works))


def test_scores_live_on_their_pages(made: Peopled, browser: Callable[..., Browser]) -> None:
    """None at first; then the scorecards, the places, what is under way, and how a score comes about."""
    manager = browser("author")
    assert "Nothing has been scored yet." in words_of(manager.dom("/scores"))
    assert manager.get(f"/scores/{house.SERVICE}").status_code == 404
    ref = house.concluded(made.people, "risk", complaints=1)
    assert manager.dom("/scores").xpath("//a/@href[contains(., 'SC-16-01')]") == [f"/scores/{house.SERVICE}"]
    said = words_of(manager.dom(f"/scores/{house.SERVICE}"))
    assert "1 of 1 Risk 84.4 Excellent" in said
    assert "Taken together Centre from 1 units below it 84.4" in said
    page = manager.dom(f"/scores/of/{ref.key}")
    assert "Satisfaction 90 −2 1 events 88 80 % 70.4" in words_of(page)
    assert f"/scores/of/{house.CONTROL}-2026-000001" in page.xpath("//a/@href")
    house.filed(made.people, "risk", **house.EARLIER)
    assert "Under way 1" in words_of(manager.dom(f"/scores/{house.SERVICE}"))


def test_a_unit_sees_its_place_and_no_other(made: Peopled, browser: Callable[..., Browser]) -> None:
    """R40: places count all of them; whoever may not see a record gets none of its page."""
    people = made.people
    other = house.concluded(people, "risk", satisfied="99")
    house.concluded(people, "outlet-east", satisfied="90")
    factories.head(people, "east-head", "outlet-east")
    head = browser("east-head")
    said = words_of(head.dom(f"/scores/{house.SERVICE}?period=2026-07-01..2026-09-30"))
    assert "2 of 2 Outlet-East" in said
    assert "Risk" not in said
    assert "You see the units whose records you may read" in said
    assert head.get(f"/scores/of/{other.key}").status_code == 404
    assert head.get(f"/scores/{house.SERVICE}?period=never").status_code == 200


def test_a_veto_is_shown(made: Peopled, browser: Callable[..., Browser]) -> None:
    """And the score before stands beside."""
    people = made.people
    house.controlled(people, **house.EARLIER)
    before = house.filed(people, **house.EARLIER)
    house.conclude(people, before)
    ref = house.concluded(people, majors=True)
    author = browser("author")
    page = author.dom(f"/scores/of/{ref.key}")
    assert "0 vetoed" in words_of(page)
    assert f"/scores/of/{before.key}" in page.xpath("//dd/a/@href")
    periods = author.dom(f"/scores/{house.SERVICE}").xpath("//select[@id='period']/option/@value")
    assert periods == ["2026-07-01..2026-09-30", "2026-04-01..2026-06-30"]
