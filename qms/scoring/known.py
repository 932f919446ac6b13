"""What is kept of scores: rows, and the rate another scorecard gives."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts
from qms.scoring import rules
from qms.scoring.models import Score
from qms.scoring.rules import Take

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.scoring.rules import Indicator

STANDING = ("open", "closed")


def of_record(session: Session, number: str) -> Score | None:
    """The score a record is."""
    return session.scalar(select(Score).where(Score.record == number))


def figure(text: str | None) -> Decimal | None:
    """A figure as it is kept."""
    return None if text is None else Decimal(text)


def overlapping(session: Session, card: str, unit: str, first: date, last: date) -> Sequence[Score]:
    """The scores of a unit by a scorecard that have a day in common with the span and stand."""
    query = select(Score).where(
        Score.card == card,
        Score.unit == unit,
        Score.state.in_(STANDING),
        Score.from_on <= last,
        Score.until_on >= first,
    )
    return session.scalars(query.order_by(Score.id)).all()


def compared(session: Session, card: str, first: date, last: date) -> Sequence[Score]:
    """The concluded scores by one card for the same days, which are compared with each other (R40)."""
    query = select(Score).where(
        Score.card == card, Score.state == "closed", Score.from_on == first, Score.until_on == last
    )
    return session.scalars(query.order_by(Score.unit)).all()


def placed(rows: Sequence[Score]) -> dict[int, int]:
    """The place of each score among those compared; one without a total has none."""
    return rules.places({row.id: Decimal(row.total) for row in rows if row.total is not None})


def linked(
    session: Session, indicator: Indicator, unit: str, last: date
) -> tuple[Decimal, str | None] | None:
    """The rate an indicator takes from another scorecard, and the record it stands in, one alone (S70).

    It is of the last concluded score whose days end by the last day of this one.
    """
    units = below(session, unit) if indicator.take is Take.BELOW else [unit]
    query = (
        select(Score)
        .where(
            Score.card == indicator.card,
            Score.unit.in_(units),
            Score.state == "closed",
            Score.total.is_not(None),
            Score.until_on <= last,
        )
        .order_by(Score.until_on.desc(), Score.id.desc())
        .limit(1)
    )
    row = session.scalar(query)
    if row is None or row.total is None:
        return None
    if indicator.take is Take.SCORE:
        return Decimal(row.total), row.record
    rows = compared(session, row.card, row.from_on, row.until_on)
    if indicator.take is Take.BELOW:
        told = [each for each in rows if each.unit in units]
        rate = rules.together([(Decimal(each.total), figure(each.size)) for each in told if each.total])
        return None if rate is None else (rate, None)
    places = placed(rows)
    return rules.of_place(places[row.id], len(places)), row.record


def below(session: Session, unit: str) -> list[str]:
    """The departments below one."""
    tree = accounts.tree(session)
    return [code for code in tree.above if unit in tree.line(code)[1:]]
