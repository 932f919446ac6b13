"""The chart of an objective: its results against its targets, the same on the page and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms.kernel.labels import N_, say
from qms.objectives.results import Status
from qms.rendering import chart

if TYPE_CHECKING:
    from qms.objectives.queries import Standing


def picture(found: Standing, language: str) -> str:
    """The SVG of an objective that has been set."""
    bars = [
        chart.Bar(each.label, each.actual, each.target, each.status is not Status.MISSED)
        for each in found.points
    ]
    title = say(N_("{name}: results against targets"), language, name=found.name)
    words = chart.Words(
        title=title,
        good=say(N_("target reached"), language),
        bad=say(N_("target missed"), language),
        target=say(N_("target"), language),
    )
    return chart.bars(bars, words)
