"""The full check's second question: do the rows of records say what the trail says of them (P11-10a).

A content carries its digest; state, days, number, department, grade and what somebody wrote in a step
stand in rows that no digest covers, but each act has told the trail, which is chained.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qms import trail
from qms.documents.models import Revision
from qms.kernel.refs import Ref
from qms.records import rows
from qms.records.known import GRADES
from qms.records.models import Record, RecordAct
from qms.records.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from qms.kernel.work import Work
    from qms.trail import TrailRow

_BATCH: Final = 200
_MOST: Final = 10_000
_ENDS: Final = {
    State.CLOSED: "record:close",
    State.CANCELLED: "record:cancel",
    State.DISPOSED: "record:dispose",
}
_MARKED: Final = frozenset({"record:file", "record:act"})


def said(digest: str, decision: str, opinion: str) -> str:
    """What somebody said in a step about a content, as the trail keeps it: a digest, not the words."""
    return hashlib.sha256(rfc8785.dumps([digest, decision, opinion])).hexdigest()


def unlike_trail(work: Work) -> Iterator[str | None]:
    """The name of each filed record whose rows say other things than the trail; None for each other one."""
    after = 0
    while True:
        found = work.session.scalars(
            select(Record)
            .where(Record.id > after, Record.number.is_not(None))
            .options(joinedload(Record.revision).joinedload(Revision.document))
            .order_by(Record.id)
            .limit(_BATCH)
        ).all()
        for record in found:
            after = record.id
            yield None if _agrees(work.session, record) else rows.name(record)
        work.session.expunge_all()
        if len(found) < _BATCH:
            return


def _agrees(session: Session, record: Record) -> bool:
    told = trail.history(session, rows.ref_of(record), _MOST)
    begun = trail.history(session, Ref(rows.DRAFT, str(record.id)), _MOST)
    return (
        _numbered(record, begun)
        and _graded(record)
        and _standing(record, told)
        and all(_marked(act, told) for act in _acts(session, record))
    )


def _numbered(record: Record, begun: Sequence[TrailRow]) -> bool:
    """Who began it is its author, and the number it was given is its own."""
    given = [row.after.get("number") for row in begun if row.action == "record:number"]
    authors = {row.actor for row in begun if row.action == "record:begin"}
    return given == [record.number] and authors == {f"person:{record.author_id}"}


def _graded(record: Record) -> bool:
    """Grade and circle are those that its form's revision gives."""
    kept = rows.definition_of(record.revision).kept
    secrecy = int(GRADES[kept.secrecy]) if kept.secrecy else record.revision.secrecy
    return (record.secrecy, record.circle) == (secrecy, kept.circle or record.revision.circle)


def _standing(record: Record, told: Sequence[TrailRow]) -> bool:
    """Department and day are those of its filing; its state is the end the trail tells of, or none."""
    filed = [row.after for row in told if row.action == "record:file"]
    if not filed or filed[-1]["department"] != record.department:
        return False
    if filed[-1].get("on", str(record.filed_on)) != str(record.filed_on):
        return False
    ended = next((row for row in told if row.action in _ENDS.values()), None)
    if (ended.action if ended else None) != _ENDS.get(record.state):
        return False
    if record.state is not State.CLOSED or ended is None:
        return True
    return ended.after == {"on": str(record.closed_on), "decision": record.decision}


def _acts(session: Session, record: Record) -> Sequence[RecordAct]:
    return session.scalars(select(RecordAct).where(RecordAct.record_id == record.id)).all()


def _marked(act: RecordAct, told: Sequence[TrailRow]) -> bool:
    """Some entry is of this act: by this person, of this content, with these words."""
    wanted = said(act.digest, act.decision, act.opinion)
    return any(
        row.action in _MARKED
        and row.actor == f"person:{act.person_id}"
        and row.after.get("digest") == act.digest
        and row.after.get("said", wanted) == wanted
        for row in told
    )
