"""Validity written and enacted: the one place that changes when a revision is in force (laws 5 and 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms.documents import rows
from qms.documents.models import Enactment, Passage, Revision, Validity
from qms.documents.operations import externals, reading, reviewing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from qms.documents.validity import Interval
    from qms.kernel.ports import Section
    from qms.kernel.work import Work


def write(work: Work, revision: Revision, wanted: Sequence[Interval], act: str) -> None:
    """Bring the validity rows of the revision's document and language to what the rules decided.

    Spans that become shorter are written first, so that the schema never sees two on one day.
    """
    present = {
        row.revision.label: row
        for row in rows.validities(work.session, revision.document_id, revision.language)
    }
    for interval in sorted(wanted, key=lambda each: _grows(present.get(each.revision), each)):
        row = present.get(interval.revision)
        if row is None:
            row = Validity(
                document_id=revision.document_id,
                language=revision.language,
                revision_id=revision.id,
                from_on=interval.from_on,
                until_on=interval.until_on,
                ended_by=interval.ended_by,
                act=act,
            )
            work.session.add(row)
        elif (row.until_on, row.ended_by) != (interval.until_on, interval.ended_by):
            row.until_on = interval.until_on
            row.ended_by = interval.ended_by
            row.end_act = None if interval.until_on is None else act
        work.session.flush()


def _grows(row: Validity | None, interval: Interval) -> bool:
    if row is None:
        return True
    if row.until_on is None:
        return False
    return interval.until_on is None or interval.until_on > row.until_on


def due(work: Work, day: date, document_id: int | None = None) -> list[tuple[date, bool, Validity]]:
    """What has entered or left force by the day and is not enacted yet, in order; leaving comes first."""
    query = select(Validity).where(Validity.from_on <= day)
    if document_id is not None:
        query = query.where(Validity.document_id == document_id)
    done = select(Enactment.revision_id).where(Enactment.passage == Passage.ENTER)
    left = select(Enactment.revision_id).where(Enactment.passage == Passage.LEAVE)
    lasting = (Validity.until_on.is_(None)) | (Validity.until_on > Validity.from_on)
    entering = work.session.scalars(query.where(lasting, Validity.revision_id.not_in(done))).all()
    # What was withdrawn on its first day has no day of its own, and leaves if it has entered.
    there = lasting | Validity.revision_id.in_(done)
    leaving = work.session.scalars(
        query.where(there, Validity.until_on <= day, Validity.revision_id.not_in(left))
    ).all()
    found = [(row.from_on, True, row) for row in entering]
    found += [(row.until_on, False, row) for row in leaving if row.until_on is not None]
    return sorted(found, key=lambda each: (each[0], each[1], each[2].document_id, each[2].language))


def enact(work: Work, day: date, document_id: int | None = None) -> int:
    """Enter and leave force whatever is due by the day, exactly once and in order; gives how many.

    Each document is locked and looked at again before it is enacted, so that of two workers one
    does it and the other finds it done.
    """
    count = 0
    for owner in _documents(work, day, document_id):
        rows.lock_document(work, owner)
    for on, entering, row in due(work, day, document_id):
        revision = rows.lock_by_id(work, row.revision_id)
        if entering:
            _enter(work, revision, on)
        else:
            _leave(work, revision, row, on)
        count += 1
    return count


def _documents(work: Work, day: date, document_id: int | None) -> list[int]:
    """The documents something is due for, always in the same order, so that workers never cross."""
    return sorted({row.document_id for _, _, row in due(work, day, document_id)})


def _mark(work: Work, revision: Revision, passage: Passage, on: date) -> None:
    work.session.add(Enactment(revision_id=revision.id, passage=passage, on=on, at=work.now))
    work.session.flush()


def _enter(work: Work, revision: Revision, on: date) -> None:
    """Enact what the revision declares; `acts` counts the entries that tell it, right before this one."""
    ref = rows.ref_of(revision)
    before = len(work.changes)
    _mark(work, revision, Passage.ENTER, on)
    for section in _sections(work):
        if section.key in revision.head:
            section.enter(work, ref, revision.head[section.key], on)
    reading.owe(work, revision, on)
    people = len(reading.owing(work.session, revision))
    reviewing.plan(work, revision, on)
    externals.plan(work, revision, on)
    work.record(
        "document:revision:enter-force",
        ref,
        after={
            "on": on.isoformat(),
            "digest": revision.content_digest,
            "pdf": revision.pdf_digest,
            "readings": people,
            "acts": len(work.changes) - before,
        },
    )


def _leave(work: Work, revision: Revision, row: Validity, on: date) -> None:
    ref = rows.ref_of(revision)
    before = len(work.changes)
    _mark(work, revision, Passage.LEAVE, on)
    for section in reversed(_sections(work)):
        if section.key in revision.head:
            section.leave(work, ref, revision.head[section.key], on)
    reading.release(work, revision)
    reviewing.REVIEWS.drop(work, revision)
    externals.LOOKS.drop(work, revision)
    work.record(
        "document:revision:leave-force",
        ref,
        after={
            "on": on.isoformat(),
            "ended_by": None if row.ended_by is None else row.ended_by.value,
            "acts": len(work.changes) - before,
        },
    )


def _sections(work: Work) -> list[Section]:
    return list(work.ports.get("sections", ()))
