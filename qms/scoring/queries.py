"""Scores as readers get them: the scorecards, the places of a period, one score with its lines."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts, documents, records
from qms.kernel.refs import Ref
from qms.scoring import errors, known, rules
from qms.scoring.declared import card_of
from qms.scoring.models import Score, ScoreLine
from qms.scoring.rules import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from qms.forms import Words
    from qms.kernel.work import Work
    from qms.scoring.rules import Card


@dataclass(frozen=True, slots=True)
class Scored:
    """One score of a list; `band` is what it is called, None without one."""

    record: str
    card: str
    unit: str
    unit_kind: str
    from_on: date
    until_on: date
    state: str
    total: Decimal | None
    vetoed: bool
    size: Decimal | None
    band: Words | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A score with its place among all that are compared, whoever sees them (R40)."""

    scored: Scored
    place: int | None


@dataclass(frozen=True, slots=True)
class Together:
    """The score of a department from those below it, weighed by size where each has one."""

    department: str
    total: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """The scores of a period the reader sees; `together` only where the reader sees all of them.

    `count` are those that have a place.
    """

    placed: tuple[Placed, ...]
    count: int
    whole: bool
    together: tuple[Together, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One score with its lines, and the one before it of the same unit, which stays as it was (S50)."""

    scored: Scored
    lines: tuple[Line, ...]
    veto: Decimal | None
    former: Scored | None


def listing(work: Work, *, card: str = "", unit: str = "") -> list[Scored]:
    """The scores that exist for who asks and stand, the last period first."""
    query = select(Score).where(Score.state.in_(known.STANDING))
    if card:
        query = query.where(Score.card == card)
    if unit:
        query = query.where(Score.unit == unit)
    query = query.order_by(Score.until_on.desc(), Score.card, Score.unit, Score.id)
    return _scored(work, _seen(work, work.session.scalars(query).all()))


def periods(found: Iterable[Scored]) -> list[tuple[date, date]]:
    """The periods in which some of these scores are concluded, the last one first."""
    spans = {(each.from_on, each.until_on) for each in found if each.state == "closed"}
    return sorted(spans, key=lambda each: (each[1], each[0]), reverse=True)


def ranking(work: Work, card: str, first: date, last: date) -> Ranking:
    """All concluded scores of a period by their places; a unit that sees its own alone sees its place."""
    rows = known.compared(work.session, card, first, last)
    places = known.placed(rows)
    seen = _seen(work, rows)
    told = [Placed(scored, places.get(row.id)) for row, scored in zip(seen, _scored(work, seen), strict=True)]
    told.sort(key=lambda each: (each.place is None, each.place or 0, each.scored.unit))
    whole = len(seen) == len(rows)
    return Ranking(tuple(told), len(places), whole, tuple(_together(work, told)) if whole else ())


def _together(work: Work, placed: Sequence[Placed]) -> list[Together]:
    """Every department above those that are scored, with the score of all below it."""
    tree = accounts.tree(work.session)
    below: dict[str, list[tuple[Decimal, Decimal | None]]] = {}
    for each in (one.scored for one in placed):
        if each.unit_kind != "department" or each.total is None:
            continue
        for above in tree.line(each.unit)[1:]:
            below.setdefault(above, []).append((each.total, each.size))
    found = []
    for department, scores in sorted(below.items()):
        total = rules.together(scores)
        if total is not None:
            found.append(Together(department, total, len(scores)))
    return found


def one(work: Work, number: str) -> Shown:
    """One score with its lines."""
    row = known.of_record(work.session, number)
    if row is None or not _seen(work, [row]):
        raise errors.NoSuchScore(number=number)
    card = _card(work, row)
    lines = work.session.scalars(
        select(ScoreLine).where(ScoreLine.score_id == row.id).order_by(ScoreLine.place)
    ).all()
    veto = card.veto.to if row.vetoed and card.veto is not None else None
    before = _seen(work, _before(work, row))
    return Shown(
        scored=_scored(work, [row])[0],
        lines=tuple(_lines(work, card, lines)),
        veto=veto,
        former=next(iter(_scored(work, before)), None),
    )


def _before(work: Work, row: Score) -> Sequence[Score]:
    query = select(Score).where(
        Score.card == row.card,
        Score.unit == row.unit,
        Score.state == "closed",
        Score.until_on < row.from_on,
    )
    return work.session.scalars(query.order_by(Score.until_on.desc(), Score.id.desc()).limit(1)).all()


def _lines(work: Work, card: Card, lines: Sequence[ScoreLine]) -> list[Line]:
    hidden = records.unseen(work, (each.source for each in lines if each.source is not None))
    indicators = {each.id: each for each in card.indicators}
    return [
        Line(
            indicators[line.indicator],
            known.figure(line.rate),
            line.events,
            Decimal(line.off),
            line.vetoed,
            known.figure(line.value),
            known.figure(line.adds),
            None if line.source in hidden else line.source,
        )
        for line in lines
    ]


def _seen(work: Work, rows: Sequence[Score]) -> list[Score]:
    hidden = records.unseen(work, (row.record for row in rows))
    return [row for row in rows if row.record not in hidden]


def _scored(work: Work, rows: Sequence[Score]) -> list[Scored]:
    cards = _cards(work, rows)
    return [
        Scored(
            record=row.record,
            card=row.card,
            unit=row.unit,
            unit_kind=row.unit_kind,
            from_on=row.from_on,
            until_on=row.until_on,
            state=row.state,
            total=total,
            vetoed=row.vetoed,
            size=known.figure(row.size),
            band=None if band is None else band.label,
        )
        for row in rows
        for total in (known.figure(row.total),)
        for band in (rules.band(cards[row.revision], total),)
    ]


def _cards(work: Work, rows: Sequence[Score]) -> Mapping[str, Card]:
    """What each revision declares by which rows were scored."""
    return {row.revision: _card(work, row) for row in {row.revision: row for row in rows}.values()}


def _card(work: Work, row: Score) -> Card:
    found = card_of(documents.known(work.session, Ref.parse(row.revision)).head)
    if found is None:  # the row is there because the scorecard declared it
        raise errors.NoSuchScore(number=row.record)
    return found
