"""The clocks of a record: one for each open step with a limit, and those over the whole process (S71)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from qms import clocks, forms
from qms.kernel.clock import local_day, start_of
from qms.records import rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from qms.forms import Definition, Step
    from qms.kernel.work import Work
    from qms.records.models import Record

_STEP: Final = "step:"
_WHOLE: Final = "whole:"
_MINUTE: Final = timedelta(minutes=1)


def begin(work: Work, record: Record, definition: Definition, values: Mapping[str, Any]) -> None:
    """Start the clocks of the whole process, from the field each names or the filing."""
    for clock in definition.clocks:
        limit = forms.answers.limit_of(clock, values)
        if limit is None:
            continue
        clocks.start(
            work,
            rows.ref_of(record),
            _WHOLE + clock.id,
            label=clock.label,
            at=_instant(work, values.get(clock.since)) or work.now,
            limit=limit,
            warn=clock.warn,
            cut_off=clock.cut_off,
            owners=(record.author_id,),
            **_rights(record),
        )


def start_step(
    work: Work, record: Record, step: Step, values: Mapping[str, Any], *, owners: Sequence[int]
) -> date | None:
    """Start the clock of a step that has a limit; gives the day it is due."""
    limit = forms.answers.limit_of(step, values)
    if limit is None:
        return None
    made = clocks.start(
        work,
        rows.ref_of(record),
        _STEP + step.id,
        label=step.label,
        at=_instant(work, values.get(step.since)) or work.now,
        limit=limit,
        warn=step.warn,
        owners=owners,
        **_rights(record),
    )
    # The last instant of a day belongs to it, though the limit ends with the first of the next.
    return local_day(made.due_at - _MINUTE, work.settings.zone_info)


def _rights(record: Record) -> dict[str, Any]:
    return {"department": record.department, "secrecy": record.secrecy, "circle": record.circle}


def _instant(work: Work, value: str | None) -> datetime | None:
    """The instant an answer names; a day begins at the organisation's midnight."""
    if not value:
        return None
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else start_of(found.date(), work.settings.zone_info)


def stop_step(work: Work, record: Record, step: str) -> None:
    """The step is done: its clock stops, and with it those that run until this step."""
    until = {clock.id for clock in rows.definition_of(record.revision).clocks if clock.until == step}
    _stop(work, record, {_STEP + step, *(_WHOLE + each for each in until)})


def stop_all(work: Work, record: Record) -> None:
    """The record is closed: what still runs over the whole process stops."""
    _stop(work, record, None)


def cancel_step(work: Work, record: Record, step: str) -> None:
    """The step was sent back: its clock counts for nothing."""
    clocks.cancel(work, rows.ref_of(record), _STEP + step)


def cancel_all(work: Work, record: Record) -> None:
    """The record is cancelled: none of its clocks counts."""
    clocks.cancel(work, rows.ref_of(record))


def pause(work: Work, record: Record, reason: str) -> int:
    """Every limit of the record that runs stands still; says how many."""
    names = [name for name, state in _states(work, record) if state is not clocks.State.PAUSED]
    for name in names:
        clocks.pause(work, rows.ref_of(record), name, reason)
    return len(names)


def resume(work: Work, record: Record) -> int:
    """Every limit of the record that stands still runs on; says how many."""
    names = [name for name, state in _states(work, record) if state is clocks.State.PAUSED]
    for name in names:
        clocks.resume(work, rows.ref_of(record), name)
    return len(names)


def _running(work: Work, record: Record) -> set[str]:
    """The names of the clocks that still count on the record."""
    return {name for name, _ in _states(work, record)}


def _states(work: Work, record: Record) -> list[tuple[str, clocks.State]]:
    found = clocks.of(work.session, rows.ref_of(record))
    stand = [(each.name, clocks.standing(each, work.now).state) for each in found]
    return [(name, state) for name, state in stand if state not in clocks.ENDED]


def _stop(work: Work, record: Record, names: set[str] | None) -> None:
    running = _running(work, record)
    for name in sorted(running if names is None else running & names):
        clocks.stop(work, rows.ref_of(record), name)
