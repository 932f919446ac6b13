"""What readers get besides the rows: the chart, the sheet, the sentences, the map by month."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from qms import objectives
from qms.objectives import Status
from qms.objectives.heat import cells
from qms.objectives.queries import Point
from qms.objectives.seasons import Span
from tests.objectives import factories as made_of

if TYPE_CHECKING:
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation


@pytest.fixture
def made(works: Works) -> Organisation:
    """The three forms in force."""
    return made_of.house(works)


def test_the_sheet_says_what_the_page_says(made: Organisation) -> None:
    """In the language of who asks, the figures as JSON beside; proposed, it has no chart yet."""
    ref = made_of.proposed(made)
    with made.looking("author") as work:
        before = objectives.printed(work, ref.key).sheet
    assert (before.pictures, before.number) == ((), "MB-01")
    made_of.act(made, "deputy", ref, "approve")
    for month, actual in ((1, "96"), (2, "90"), (3, "97.50")):
        made_of.checked(made, ref, month, actual)
    with made.looking("author") as work:
        work.language = "en"
        printed = objectives.printed(work, ref.key)
        found = objectives.one(work, ref.key)
    told = json.loads(printed.source)
    assert [each["actual"] for each in told["parts"]][:3] == ["96", "90", "97.50"]
    assert "97.5 %" in printed.sheet.body
    assert "So far 94.5 on average, against 95; 7 of 10 parts over have no result." in printed.sheet.body
    assert len(objectives.forecasts(found, "en")) == 2
    assert b"<svg" in printed.sheet.pictures[0].content


def test_what_adds_up_says_so(made: Organisation) -> None:
    """Counts in all; without any result that is said."""
    ref = made_of.objective(made, **made_of.COUNT)
    with made.looking("author") as work:
        found = objectives.one(work, ref.key)
        assert objectives.so_far(found, "en") == "None of the 1 parts that are over has a result."
    made_of.checked(made, ref, 1, "40", first="2026-01-01", last="2026-06-30", target="48", achieved=False)
    with made.looking("author") as work:
        found = objectives.one(work, ref.key)
        assert objectives.so_far(found, "en").startswith("So far 40 in all, against 48")


def test_the_map_counts_each_month_once() -> None:
    """Met of told, missing apart; what ends in another year is not of this one."""

    def point(month: int, status: Status, year: int = 2026) -> Point:
        return Point(Span(date(year, month, 1), date(year, month, 28)), "x", Decimal(1), None, status, "")

    told = cells(
        [
            ("risk", point(1, Status.MET)),
            ("risk", point(1, Status.MISSED)),
            ("risk", point(2, Status.MISSING)),
            ("risk", point(3, Status.MET, 2025)),
            ("legal", point(12, Status.WAITING)),
        ],
        2026,
    )
    january, february, march = told["risk"][:3]
    assert (january.met, january.told, january.share) == (1, 2, 50)
    assert (february.missing, february.share) == (1, None)
    assert march.told == told["legal"][11].told == 0
