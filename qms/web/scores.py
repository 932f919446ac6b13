"""Scores: what was scored by which scorecard, the places of a period, one score line by line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, request

from qms import accounts, forms, rendering, scoring
from qms.http.edge import page
from qms.kernel.refs import Ref
from qms.web.links import link
from qms.web.records.listing import reader
from qms.web.revisions import departments, titles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qms.kernel.work import Work
    from qms.scoring import Scored

pages = Blueprint("scores", __name__)
_CSS: Final = {"open": "in_review", "closed": "in_force", "cancelled": "withdrawn", "disposed": "superseded"}
_BETWEEN: Final = ".."


def _shared(work: Work, rows: Iterable[Scored]) -> dict[str, Any]:
    names = departments(work)
    people = [each.unit for each in rows if each.unit_kind == "person"]
    return {
        "titles": titles(work),
        # A party is called by its number, which leads to its page.
        "units": {**names, **accounts.called(work.session, people)},
        "states": scoring.STATES,
        "css": _CSS,
        "plain": rendering.chart.plain,
        "spoken": lambda label: forms.spoken(label, work.language),
        "departments": names,
        "link": lambda number: link(Ref("record", number)),
    }


@pages.get("/scores")
def listing() -> str:
    """The scorecards with what they scored last."""
    work = reader()
    cards: dict[str, list[Scored]] = {}
    for each in scoring.listing(work):
        cards.setdefault(each.card, []).append(each)
    every = [each for rows in cards.values() for each in rows]
    return page("scores/listing.html", cards=dict(sorted(cards.items())), **_shared(work, every))


@pages.get("/scores/<card>")
def ranking(card: str) -> str:
    """The places of a period, the last one unless another is asked for, and what is under way."""
    work = reader()
    rows = scoring.listing(work, card=card)
    periods = scoring.periods(rows)
    if not rows:
        raise scoring.NoSuchScore(number=card)
    asked = _asked()
    chosen = asked if asked in periods else next(iter(periods), None)
    found = None if chosen is None else scoring.ranking(work, card, *chosen)
    return page(
        "scores/ranking.html",
        card=card,
        periods=periods,
        chosen=chosen,
        found=found,
        open=[each for each in rows if each.state == "open"],
        between=_BETWEEN,
        **_shared(work, rows),
    )


def _asked() -> tuple[date, date] | None:
    first, _, last = request.args.get("period", "").partition(_BETWEEN)
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None


@pages.get("/scores/of/<number>")
def one(number: str) -> str:
    """One score: each rate, what events took off, vetoes, weights, and the score before it."""
    work = reader()
    found = scoring.one(work, number)
    return page("scores/one.html", found=found, **_shared(work, [found.scored]))
