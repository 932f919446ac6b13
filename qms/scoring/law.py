"""The law of scores over the records of every scorecard (S38, S70, R40, R44, R45)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import forms
from qms.scoring import errors, known, rules
from qms.scoring.declared import card_of

if TYPE_CHECKING:
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work
    from qms.scoring.rules import Card

_WRITTEN: Final = frozenset({"submit", "step", "amend"})


class ScoreGuard:
    """A score is of one unit, for days no other one covers, from rates and counts that can be."""

    forms: frozenset[str] | None = None

    def allow(self, work: Work, filed: Filed, event: str) -> None:
        """Refuse what could not be compared, by whatever scorecard it comes."""
        card = card_of(filed.head) if event in _WRITTEN else None
        if card is None:
            return
        if filed.sealed:
            raise errors.ScoringSealed
        forms.refuse_unanswered(work, filed, rules.SCORING, card.bound)
        _refuse_days(work, filed, card)
        _refuse_figures(work, filed, card)
        if event == "step" and filed.step == card.bound.steps["conclude"]:
            _refuse_unlinked(work, filed, card)


def _refuse_days(work: Work, filed: Filed, card: Card) -> None:
    first, last = card.bound.on(filed.values, "from"), card.bound.on(filed.values, "until")
    if last < first:
        raise errors.PeriodBackwards(**{"from": first, "until": last})
    unit = str(card.bound.first(filed.values, "unit"))
    for row in known.overlapping(work.session, filed.form, unit, first, last):
        if row.record_id != filed.record_id:
            raise errors.ScoredAlready(record=row.record, unit=unit)


def _refuse_figures(work: Work, filed: Filed, card: Card) -> None:
    rates = rules.rates(card, filed.values)
    for each in card.indicators:
        rate = rates.get(each.id)
        if rate is not None and not rules.NOTHING <= rate <= rules.WHOLE:
            raise errors.RateOutside(label=_named(work, filed, each.rate), rate=rate)
    for field in rules.counters(card):
        count = rules.counted(filed.values, field)
        if count < 0 or count != count.to_integral_value():
            raise errors.EventsNotCounted(label=_named(work, filed, field), count=count)


def _refuse_unlinked(work: Work, filed: Filed, card: Card) -> None:
    unit, last = str(card.bound.first(filed.values, "unit")), card.bound.on(filed.values, "until")
    for each in card.indicators:
        if each.card and known.linked(work.session, each, unit, last) is None:
            label = forms.spoken(each.label, work.language)
            raise errors.LinkedScoreMissing(label=label, card=each.card, unit=unit, until=last)


def _named(work: Work, filed: Filed, field: str) -> str:
    return forms.named(work, filed, [field])
