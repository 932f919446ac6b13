"""Pages of control points: how they stand, a warning treated and reported, and who sees nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.registers.conftest import Peopled, app, browser, runtime
from tests.risks.factories import POINT, check, house
from tests.web.house import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.work import Works
    from tests.web.house import Browser

__all__ = ["app", "browser", "runtime"]


@pytest.fixture
def made(works: Works) -> Peopled:
    """A point in force."""
    return Peopled(house(works))


def test_a_point_and_its_warning_live_on_their_pages(made: Peopled, browser: Callable[..., Browser]) -> None:
    """Never checked, then warned, treated and reported; filters narrow the list."""
    head = browser("risk-head")
    assert "never checked" in words_of(
        head.dom("/control-points?only=unchecked&document=CP-02&department=risk")
    )
    ref = check(made.people, missing="2")
    assert "No control point fits." in words_of(head.dom("/control-points?only=unchecked"))
    assert "1 warning(s)" in words_of(head.dom("/control-points?only=warned"))
    point = head.dom("/control-points/CP-02/cp-release")
    assert "Warns when Missing > 0" in words_of(point)
    assert "Document CP-02 Operations" in words_of(point)
    assert "No control point fits. Take a filter away." in words_of(
        head.dom("/control-points?document=CP-99")
    )
    assert ref.key in words_of(point)
    assert point.xpath("//input[@name='origin']/@value") == [str(POINT)]
    (path,) = point.xpath("//a[contains(@href, '/control-points/warnings/')]/@href")
    assert head.submit(path, {"text": "Asked for the papers"}).status_code == 303
    assert head.submit(path, {"text": "All are there"}).status_code == 303
    said = words_of(head.dom(path))
    assert "reported" in said
    assert "Asked for the papers" in said


def test_others_read_or_see_nothing(made: Peopled, browser: Callable[..., Browser]) -> None:
    """Who was not warned has no form and is refused; who does not see the record finds no warning."""
    check(made.people, missing="2")
    author, outsider = browser("author"), browser("outsider")
    (path,) = author.dom("/control-points/CP-02/cp-release").xpath("//a[contains(@href, '/warnings/')]/@href")
    assert author.dom(path).xpath("//textarea") == []
    assert author.post(path, {"text": "x", "step": "treat"}).status_code == 403
    assert outsider.get(path).status_code == 404
    assert outsider.get("/control-points/CP-02/none").status_code == 404
