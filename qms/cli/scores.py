"""`qms score`: what was scored, and how one score comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import forms, records, rendering, scoring
from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from decimal import Decimal

    from qms.cli.session import Session


@click.group("score")
def score() -> None:
    """Scores by scorecards: places and lines."""


@score.command("list")
@click.option("--card", default="", help="Only those of the scorecard of this number.")
@click.option("--unit", default="", help="Only those of this unit.")
@click.pass_obj
def listing(session: Session, card: str, unit: str) -> None:
    """List the scores with their places, the last period first."""
    with session.reading() as work:
        records.require_reader(work)
        found = scoring.listing(work, card=card, unit=unit)
        spans = {(each.card, each.from_on, each.until_on) for each in found if each.state == "closed"}
        places = {
            placed.scored.record: placed.place
            for span in sorted(spans)
            for placed in scoring.ranking(work, *span).placed
        }
        rows = [
            {
                "record": each.record,
                "card": each.card,
                "unit": each.unit,
                "from": each.from_on,
                "until": each.until_on,
                "state": say(scoring.STATES[each.state], work.language),
                "score": _figure(each.total),
                "band": "" if each.band is None else forms.spoken(each.band, work.language),
                "place": places.get(each.record),
            }
            for each in found
        ]
    session.output.rows(
        {
            "record": N_("Record"),
            "card": N_("Scorecard"),
            "unit": N_("Unit"),
            "from": N_("From"),
            "until": N_("Until"),
            "state": N_("State"),
            "score": N_("Score"),
            "band": N_("Band"),
            "place": N_("Place"),
        },
        rows,
    )


@score.command("show")
@click.argument("record")
@click.pass_obj
def show(session: Session, record: str) -> None:
    """Show how a score comes about, by the number of its RECORD."""
    with session.reading() as work:
        records.require_reader(work)
        found = scoring.one(work, record)
        rows = [
            {
                "indicator": forms.spoken(each.indicator.label, work.language),
                "rate": _figure(each.rate),
                "deduction": _figure(each.off),
                "value": _figure(each.value),
                "vetoed": each.vetoed,
                "weight": _figure(each.indicator.weight),
                "adds": _figure(each.adds),
            }
            for each in found.lines
        ]
    session.output.rows(
        {
            "indicator": N_("Indicator"),
            "rate": N_("Rate"),
            "deduction": N_("Deduction"),
            "value": N_("After deduction"),
            "vetoed": N_("Vetoed"),
            "weight": N_("Weight"),
            "adds": N_("Adds"),
        },
        rows,
    )
    session.output.told(say(N_("Score: {score}"), session.output.language, score=_figure(found.scored.total)))


def _figure(value: Decimal | None) -> str:
    return "—" if value is None else rendering.chart.plain(round(value, 2))


COMMANDS: Final = (score,)
