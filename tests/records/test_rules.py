"""The rules of records without a database: states and numbers."""

from __future__ import annotations

from datetime import date

import pytest

from qms.records import errors, numbering
from qms.records.states import Event, State, refuse


@pytest.mark.parametrize(
    ("state", "event", "refusal"),
    [
        (State.DRAFT, Event.ACT, errors.RecordNotFiled),
        (State.OPEN, Event.SAVE, errors.RecordOnItsWay),
        (State.CLOSED, Event.SUBMIT, errors.RecordClosed),
        (State.CANCELLED, Event.AMEND, errors.RecordCancelled),
        (State.DISPOSED, Event.CANCEL, errors.RecordDisposed),
    ],
)
def test_each_illegal_state_is_its_own_refusal(state: State, event: Event, refusal: type[Exception]) -> None:
    """P11-10f: what may not happen in a state says which state it is."""
    with pytest.raises(refusal):
        refuse(state, event, "FM-07-01-2026-000001")


def test_what_may_happen_is_not_refused() -> None:
    """A draft is saved, an open record acted on, a closed one amended."""
    for state, event in ((State.DRAFT, Event.SAVE), (State.OPEN, Event.ACT), (State.CLOSED, Event.AMEND)):
        refuse(state, event, "x")


def test_a_number_is_the_series_with_its_place() -> None:
    """Law 13: one count for each filled template; a full series grows by a digit."""
    series = numbering.series("FM-02-03-{year}-{seq:6}", "FM-02-03", date(2026, 11, 2))
    assert numbering.number(series, 42) == "FM-02-03-2026-000042"
    assert numbering.number(series, 1234567) == "FM-02-03-2026-1234567"
    assert numbering.series("", "FM-02-03", date(2026, 1, 2)) == "FM-02-03-2026-{seq:6}"
