"""The law of management reviews over the records of every form that declares one (9.3, MRV-01 to MRV-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts, actions
from qms.kernel.labels import listed, say
from qms.management_review import errors, rules
from qms.management_review.models import ReviewPack

if TYPE_CHECKING:
    from qms.forms import Bound
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work


class ReviewGuard:
    """Nothing is decided before the pack is frozen; the three headings are answered."""

    forms: frozenset[str] | None = None

    def allow(self, work: Work, filed: Filed, event: str) -> None:
        """Refuse the decision that comes too early, or says too little."""
        bound = rules.BINDING.read(filed.head) if event in {"step", "amend"} else None
        if bound is None:
            return
        row = pack_of(work, filed.number)
        if event == "amend" and row is not None and row.digest is not None:
            raise errors.PackFrozen(record=filed.number, at=row.frozen_at)
        if event == "step" and filed.step == bound.steps["decide"]:
            _refuse_decision(work, filed, bound, row)


class ReviewFollower:
    """Keeps the review beside its record, and opens what it decided as actions when it ends."""

    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:
        """Write down period and state; at the close each decision becomes an action with owner and day."""
        bound = rules.BINDING.read(filed.head)
        if bound is None:
            return
        row = pack_of(work, filed.number)
        first, last = bound.day(filed.values, "from"), bound.day(filed.values, "until")
        if row is None:
            if first is None or last is None:
                raise errors.PackMissing(record=filed.number)
            row = ReviewPack(record_id=filed.record_id, record=filed.number)
            work.session.add(row)
        if row.digest is None and first is not None and last is not None:
            row.from_on, row.until_on = first, last
        ended = row.state != "closed" and filed.state == "closed"
        row.state = filed.state
        work.session.flush()
        if ended:
            _open_actions(work, filed, bound)


def pack_of(work: Work, number: str) -> ReviewPack | None:
    """The review of a record."""
    return work.session.scalar(select(ReviewPack).where(ReviewPack.record == number))


def _refuse_decision(work: Work, filed: Filed, bound: Bound, row: ReviewPack | None) -> None:
    if row is None or row.digest is None:
        raise errors.PackMissing(record=filed.number)
    left = rules.unanswered(filed.values, bound)
    if left:
        raise errors.OutputsMissing(record=filed.number, headings=_headings(left, work.language))
    lacking = rules.incomplete(filed.values, bound)
    if lacking:
        raise errors.OutputIncomplete(record=filed.number, headings=_headings(lacking, work.language))


def _headings(codes: list[str], language: str) -> str:
    return listed((say(rules.HEADINGS[code], language) for code in codes), language)


def _open_actions(work: Work, filed: Filed, bound: Bound) -> None:
    """Owed from the close on; the next review begins with how they stand (MRV-02)."""
    for each in rules.outputs(filed.values, bound):
        owner = accounts.person_by_login(work.session, each.owner)
        actions.open(
            work,
            title=each.what,
            owner_id=0 if owner is None else owner.id,
            due_on=max(each.due_on, work.today),
            department=filed.department,
            origin=filed.ref,
            secrecy=filed.secrecy,
            circle=filed.circle,
            declared=True,
        )
