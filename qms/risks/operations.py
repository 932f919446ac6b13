"""Treating a warning with a measure, and reporting it to the head (R57)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import accounts, tasks
from qms.risks import declared, describe, errors, queries
from qms.risks.follow import warning_ref
from qms.risks.models import ControlWarning, State

if TYPE_CHECKING:
    from qms.kernel.work import Work

LONGEST: Final = 4000


def treat(work: Work, warning: int, measure: str) -> ControlWarning:
    """Write the measure that was taken; whoever was warned does, or stands in for who was."""
    row, person = _mine(work, warning)
    if row.state is not State.OPEN:
        raise errors.WarningNotOpen
    row.measure = _text(measure)
    row.state, row.treated_by_id, row.treated_at = State.TREATED, person, work.now
    work.session.flush()
    work.record(
        "control-warning:treat",
        queries.record_ref(work, row),
        before={"state": State.OPEN.value},
        after={"state": row.state.value, "point": f"{row.document}#{row.code}"},
    )
    return row


def report(work: Work, warning: int, remark: str) -> ControlWarning:
    """Report to the head what was done; that closes the warning."""
    row, person = _mine(work, warning)
    if row.state is not State.TREATED:
        raise errors.WarningNotTreated
    row.remark = _text(remark)
    row.state, row.reported_by_id, row.reported_at = State.REPORTED, person, work.now
    work.session.flush()
    tasks.settle(work, describe.TASK, warning_ref(row))
    heads = accounts.heads_of(work.session, person, work.today)
    inside = accounts.cleared(work.session, row.secrecy, row.circle)
    told = [each for each in heads if each in inside]
    work.record(
        "control-warning:report",
        queries.record_ref(work, row),
        before={"state": State.TREATED.value},
        after={"state": row.state.value, "point": f"{row.document}#{row.code}", "told": told},
    )
    for each in told:
        tasks.notify(
            work,
            each,
            source=f"control-warning:{row.id}",
            subject=describe.TOLD,
            text=describe.TOLD_BODY,
            facts={
                "point": _called(work, row),
                "document": row.document,
                tasks.SECRECY: row.secrecy,
                tasks.CIRCLE: row.circle,
                tasks.RIGHT: "documents:read",
            },
        )
    return row


def _called(work: Work, row: ControlWarning) -> dict[str, str]:
    """What a point demands, by which people know it; once it is gone, the words of the warning."""
    found = declared.in_force(work.session, work.today, row.document)
    standards = {each.point.id: each.point.standard for each in found}
    return dict(standards.get(row.code, row.words))


def _mine(work: Work, warning: int) -> tuple[ControlWarning, int]:
    row = queries.known(work, warning, locked=True)
    person = accounts.acting_person(work).id
    if not queries.is_warned(work, row):
        raise errors.NotTheWarned
    return row, person


def _text(written: str) -> str:
    text = written.strip()
    if not 0 < len(text) <= LONGEST:
        raise errors.WordsNeeded(longest=LONGEST)
    return text
