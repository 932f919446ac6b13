"""Concluding the lines of an impact list: done together, nothing to do, or later (CP-12 §5.8.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import accounts, documents, tasks
from qms.documents import State
from qms.impact import errors, queries, rows
from qms.impact.follow import CONCLUDE
from qms.impact.lines import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from qms.documents import Revision
    from qms.impact.models import ImpactLine
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

LONGEST: Final = 4000


def conclude(
    work: Work,
    ref: Ref,
    whats: Collection[str],
    verdict: Verdict,
    *,
    remark: str = "",
    until_on: date | None = None,
) -> list[ImpactLine]:
    """Say of lines, by what they speak of, what is done about them; again while the review lasts.

    What is left as it is needs a reason, what is put off needs a day.
    """
    revision = documents.revision(work.session, work.rights, ref, work.today)
    person = accounts.acting_person(work).id
    if not queries.may_conclude(work, revision):
        raise errors.NotConcluding(department=revision.document.owner)
    revision = rows.locked(work, revision)
    if revision.state is not State.IN_REVIEW:
        raise errors.ListClosed(what=rows.name(revision))
    said = _said(work, verdict, remark, until_on)
    found = _lines(work, revision, whats)
    before = {str(row.id): row.verdict.value if row.verdict else None for row in found}
    for row in found:
        row.verdict, row.remark, row.until_on = verdict, said, until_on
        row.concluded_by_id, row.concluded_at = person, work.now
    work.session.flush()
    after = {
        "lines": [row.id for row in found],
        "count": len(found),
        "verdict": verdict.value,
        "until": until_on and until_on.isoformat(),
    }
    work.record("impact:conclude", ref, before={"verdicts": before}, after=after, why=said or None)
    if not rows.left_open(work, revision):
        tasks.settle(work, CONCLUDE, ref)
    return found


def _lines(work: Work, revision: Revision, whats: Collection[str]) -> list[ImpactLine]:
    there = {row.what: row for row in rows.visible(work, work.rights, rows.of_round(work, revision))}
    for what in whats:
        if what not in there:
            raise errors.NoSuchLine(what=rows.name(revision), line=what)
    return [there[what] for what in sorted(set(whats))]


def _said(work: Work, verdict: Verdict, remark: str, until_on: date | None) -> str:
    said = remark.strip()
    if len(said) > LONGEST or (verdict is Verdict.NONE and not said):
        raise errors.ReasonNeeded(longest=LONGEST)
    wanted = verdict is Verdict.LATER
    if wanted is (until_on is None) or (until_on is not None and until_on < work.today):
        raise errors.DayNeeded
    return said
