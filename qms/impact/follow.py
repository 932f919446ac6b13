"""The list of a change through its review: drawn up at submission, asked for before approval (CP-12 §5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import accounts, actions, changes, documents, tasks
from qms.documents.models import Revision
from qms.impact import describe, queries, rows
from qms.impact.errors import ImpactOpen
from qms.impact.lines import Verdict, to_conclude
from qms.impact.models import ImpactLine
from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from qms.impact.lines import Line
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

CONCLUDE: Final = "impact:conclude"
_TOLD: Final = N_("{remark} (concluded while {number} {label} was in review)")


class ImpactLaw:
    """What a revision touches is concluded line by line before anybody approves it."""

    def begin(self, work: Work, revision: Ref) -> None:
        """Freeze the list as who submits sees it; what was concluded before holds where the line is the same.

        A first issue changes nothing that anybody could lean on, and has no list.
        """
        row = documents.known(work.session, revision)
        if not _changes_something(work, row):
            return
        lines = to_conclude(queries.impact(work, revision), _led(work, revision, row))
        for line in lines:
            work.session.add(_kept(work, row, line))
        work.session.flush()
        if not lines:
            return
        left = rows.left_open(work, row)
        work.record("impact:freeze", revision, after={"round": row.round, "count": len(lines), "open": left})
        if left and row.author_id is not None:
            tasks.owe(
                work,
                kind=CONCLUDE,
                ref=revision,
                person_ids=[row.author_id],
                subject=describe.TASK,
                facts=_facts(row),
            )

    def allow(self, work: Work, revision: Ref) -> None:
        """Refuse an approval over an open line, one that the approver may not see as well."""
        row = documents.known(work.session, revision)
        if rows.left_open(work, row):
            raise ImpactOpen(what=rows.name(row))

    def end(self, work: Work, revision: Ref, *, approved: bool) -> None:
        """Nobody is asked any more; what was put off becomes an action, so that it is not forgotten."""
        tasks.cancel(work, CONCLUDE, revision)
        if not approved:
            return
        row = documents.known(work.session, revision)
        for line in rows.of_round(work, row):
            if line.verdict is Verdict.LATER:
                _put_off(work, revision, row, line)


def _changes_something(work: Work, row: Revision) -> bool:
    query = select(Revision.id).where(
        Revision.document_id == row.document_id,
        Revision.language == row.language,
        Revision.state == documents.State.ISSUED,
        Revision.id != row.id,
    )
    return work.session.scalar(query.limit(1)) is not None


def _led(work: Work, revision: Ref, row: Revision) -> set[str]:
    """The requests the revision was begun from."""
    asked = changes.requests(work.session, work.rights, work.today, row.document.number)
    return {each.number for each in asked if revision in each.revisions}


def _kept(work: Work, row: Revision, line: Line) -> ImpactLine:
    made = ImpactLine(
        revision_id=row.id, round=row.round, kind=line.kind, what=line.what, detail=line.detail, remark=""
    )
    before = work.session.scalar(
        select(ImpactLine)
        .where(
            ImpactLine.revision_id == row.id,
            ImpactLine.kind == line.kind,
            ImpactLine.what == line.what,
            ImpactLine.detail == line.detail,
        )
        .order_by(ImpactLine.round.desc())
        .limit(1)
    )
    passed = before is not None and before.until_on is not None and before.until_on < work.today
    if before is not None and not passed:
        made.verdict, made.remark, made.until_on = before.verdict, before.remark, before.until_on
        made.concluded_by_id, made.concluded_at = before.concluded_by_id, before.concluded_at
    return made


def _put_off(work: Work, revision: Ref, row: Revision, line: ImpactLine) -> None:
    """The action goes to who put it off; where they are gone or may not see it, to the author or approver."""
    inside = accounts.cleared(work.session, row.secrecy, row.circle)
    wanted = (line.concluded_by_id, row.author_id, work.actor.person_id)
    owner = next((each for each in wanted if each is not None and each in inside), None)
    if owner is None or line.until_on is None:
        return
    language = work.settings.language
    facts: dict[str, Any] = {"number": row.document.number, "label": row.label}
    actions.open(
        work,
        title=say(describe.LATER, language, what=line.what, **facts),
        owner_id=owner,
        due_on=max(line.until_on, work.today),
        department=row.document.owner,
        origin=revision,
        secrecy=row.secrecy,
        circle=row.circle,
        detail=say(_TOLD, language, remark=line.remark, **facts) if line.remark else "",
        declared=True,
    )


def _facts(row: Revision) -> dict[str, Any]:
    return {
        "number": row.document.number,
        "label": row.label,
        "title": row.title,
        tasks.SECRECY: row.secrecy,
        tasks.CIRCLE: row.circle,
        tasks.RIGHT: "documents:read",
    }
