"""Checks follow records: what a record says of a control point is written in its own transaction (law 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import accounts, forms, formulas, schedules, tasks
from qms.formulas import FormulaFailed
from qms.kernel.refs import Ref
from qms.risks import declared, describe, rules
from qms.risks.models import ControlCheck, ControlWarning, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.kernel.ports import Filed
    from qms.kernel.work import Work
    from qms.risks.declared import Declared
    from qms.risks.rules import Warn

_GONE: Final = frozenset({"cancelled", "disposed"})
_DISPOSED: Final = "disposed"
WARNING: Final = "control-warning"


class CheckFollower:
    """A record on the form of a control point that names the point is a check of it."""

    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:
        """Write the check as the record stands now, and warn where its threshold is passed.

        A record on another form, or of a point that is not in force, is no check; nothing tells
        which of both it was, so that nobody learns of points they may not see.
        """
        row = work.session.scalar(select(ControlCheck).where(ControlCheck.record_id == filed.record_id))
        if filed.state in _GONE:
            if row is not None:
                _void(work, row, filed)
            return
        asked = _asked(work, filed) or rules.answered(filed)
        if asked is None:
            return
        document, code = asked
        found = declared.in_force(work.session, work.today, document or None)
        point = declared.taking(found, filed.form, code)
        if point is None:
            return
        row = row or _new(work, filed, point)
        row.verdict = rules.verdict(filed)
        work.session.flush()
        if point.point.warn is not None:
            _warn(work, filed, point, point.point.warn, row)


def _asked(work: Work, filed: Filed) -> tuple[str, str] | None:
    """The point whose schedule asked for the record."""
    if filed.origin is None or filed.origin.kind != "occurrence":
        return None
    document, code = schedules.asked_by(work.session, filed.origin) or ("", "")
    return (document, code.removeprefix(rules.SCHEDULE)) if code.startswith(rules.SCHEDULE) else None


def _new(work: Work, filed: Filed, point: Declared) -> ControlCheck:
    row = ControlCheck(
        record_id=filed.record_id,
        document=point.document,
        code=point.point.id,
        record=filed.number,
        on_day=filed.filed_on,
        stands=True,
    )
    work.session.add(row)
    work.session.flush()
    work.record("control-point:check", filed.ref, after={"point": point.ref.key})
    return row


def _void(work: Work, row: ControlCheck, filed: Filed) -> None:
    if filed.state == _DISPOSED:
        row.verdict = None
    if not row.stands or filed.state == _DISPOSED:
        work.session.flush()
        return
    row.stands = False
    warned = work.session.scalar(
        select(ControlWarning).where(
            ControlWarning.check_id == row.id, ControlWarning.state != State.REPORTED
        )
    )
    work.session.flush()
    work.record("control-point:void", filed.ref, after={"point": rules.ref_of(row.document, row.code).key})
    if warned is not None:
        warned.state = State.VOID
        work.session.flush()
        tasks.cancel(work, describe.TASK, warning_ref(warned))
        work.record(
            "control-warning:void", filed.ref, after={"point": rules.ref_of(row.document, row.code).key}
        )


def _warn(work: Work, filed: Filed, point: Declared, warn: Warn, row: ControlCheck) -> None:
    """Warn once for a check (R57); the task goes to whoever holds the post and may see the record."""
    known = work.session.scalar(select(ControlWarning.id).where(ControlWarning.check_id == row.id))
    if known is not None or not _passed(filed, warn):
        return
    due, counted = tasks.due(work, work.today, warn.within)
    made = ControlWarning(
        check_id=row.id,
        document=point.document,
        code=point.point.id,
        words=dict(warn.say),
        posts=list(warn.posts),
        secrecy=filed.secrecy,
        circle=filed.circle,
        state=State.OPEN,
        due_on=due,
        opened_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    after = {"point": point.ref.key, "due": made.due_on.isoformat()}
    work.record("control-warning:open", filed.ref, after=after)
    facts: dict[str, Any] = {"point": dict(point.point.standard), "record": filed.number, **counted}
    facts |= {tasks.SECRECY: filed.secrecy, tasks.CIRCLE: filed.circle, tasks.RIGHT: "documents:read"}
    tasks.owe(
        work,
        kind=describe.TASK,
        ref=warning_ref(made),
        person_ids=_warned(work, warn.posts, filed),
        subject=describe.TASK,
        facts=facts,
        due_on=made.due_on,
    )


def _warned(work: Work, posts: tuple[str, ...], filed: Filed) -> set[int]:
    """The holders of the posts inside the record's grade; where there are none, the quality managers."""
    inside = accounts.cleared(work.session, filed.secrecy, filed.circle)
    found = {each for post in posts for each in accounts.post_holders(work.session, post, work.today)}
    if not found & inside:
        found = set(accounts.role_holders(work.session, "quality-manager", work.today))
    return found & inside


def _passed(filed: Filed, warn: Warn) -> bool:
    """Whether the threshold holds; what cannot be calculated warns, for nobody has seen that it is well."""
    try:
        return formulas.parse(warn.when).holds(forms.answers.typed(forms.build(filed.head), filed.values))
    except FormulaFailed:
        return True


def warning_ref(row: ControlWarning) -> Ref:
    """The warning as a Ref."""
    return Ref(WARNING, str(row.id))


def move(work: Work, moved: Sequence[tasks.Moved]) -> None:
    """Warnings are due when their tasks are, whose days were counted again."""
    for each in moved:
        if each.kind == describe.TASK:
            work.session.get_one(ControlWarning, int(each.ref.key)).due_on = each.after
    work.session.flush()
