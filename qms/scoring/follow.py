"""Keeps scores and their lines as the records stand (law 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from qms.forms import fields_of
from qms.scoring import known, rules
from qms.scoring.declared import card_of
from qms.scoring.models import Score, ScoreLine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Filed
    from qms.kernel.work import Work
    from qms.scoring.rules import Card, Result

_GONE = frozenset({"cancelled", "disposed"})


class ScoreFollower:
    """What a record says of a unit is worked out in its own transaction."""

    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:
        """Write the score with its lines; what is cancelled or disposed of keeps them and counts no more."""
        card = card_of(filed.head)
        if card is None:
            return
        row = known.of_record(work.session, filed.number)
        if filed.state in _GONE:
            if row is not None:
                row.state = filed.state
                work.session.flush()
            return
        was = None if row is None else row.state
        row = row or Score(record_id=filed.record_id, record=filed.number, card=filed.form)
        taken = _taken(work.session, row, card, filed.values)
        result = rules.work_out(
            card,
            {**rules.rates(card, filed.values), **{key: rate for key, (rate, _) in taken.items()}},
            rules.counts(card, filed.values),
        )
        _keep(work.session, row, filed, card, result)
        _keep_lines(work.session, row, result, taken)
        if was != "closed" and filed.state == "closed":
            after = {"unit": row.unit, "card": row.card, "score": _shown(result.total)}
            work.record("score:conclude", filed.ref, after=after)


def _taken(
    session: Session, row: Score, card: Card, values: Mapping[str, Any]
) -> dict[str, tuple[Decimal, str | None]]:
    """What other scorecards give; once concluded, what they gave then."""
    if row.id is not None and row.state == "closed":
        given = {each.id for each in card.indicators if each.card}
        lines = session.scalars(select(ScoreLine).where(ScoreLine.score_id == row.id))
        return {
            each.indicator: (rate, each.source)
            for each in lines
            if each.indicator in given and (rate := known.figure(each.rate)) is not None
        }
    unit, last = str(card.bound.first(values, "unit")), card.bound.on(values, "until")
    asked = {each.id: known.linked(session, each, unit, last) for each in card.indicators if each.card}
    return {key: found for key, found in asked.items() if found is not None}


def _keep(session: Session, row: Score, filed: Filed, card: Card, result: Result) -> None:
    size = card.bound.number(filed.values, "size")
    row.revision = str(filed.revision)
    row.unit = str(card.bound.first(filed.values, "unit"))
    row.unit_kind = str(fields_of(filed.head)[card.bound.one["unit"]]["type"])
    row.from_on, row.until_on = card.bound.on(filed.values, "from"), card.bound.on(filed.values, "until")
    row.state = filed.state
    row.total, row.vetoed = _shown(result.total), result.vetoed
    row.size = _shown(size)
    session.add(row)
    session.flush()


def _keep_lines(
    session: Session, row: Score, result: Result, taken: Mapping[str, tuple[Decimal, str | None]]
) -> None:
    session.execute(delete(ScoreLine).where(ScoreLine.score_id == row.id))
    for place, each in enumerate(result.lines, 1):
        session.add(
            ScoreLine(
                score_id=row.id,
                place=place,
                indicator=each.indicator.id,
                rate=_shown(each.rate),
                events=each.events,
                off=str(each.off),
                vetoed=each.vetoed,
                value=_shown(each.value),
                adds=_shown(each.adds),
                source=taken[each.indicator.id][1] if each.indicator.id in taken else None,
            )
        )
    session.flush()


def _shown(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure)
