"""Where a record came from: the record that asked for it, as far as who looks may be told (SEC-06, R19)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qms import accounts, tasks
from qms.kernel.refs import Ref
from qms.records import rows
from qms.records.operations.opening import TASK, ref_of
from qms.records.queries.keeping import hidden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.kernel.work import Work
    from qms.records.models import Record, RecordOpening


@dataclass(frozen=True, slots=True)
class Source:
    """A record as a reference: number and title of its form; neither for who may not be told of it.

    `title` is its own short name, which is told with its page alone, to who sees the record.
    """

    number: str = ""
    form_title: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    is_seen: bool = False


def source(work: Work, record: Record) -> Source | None:
    """The record that another one came from; None where it came from no record."""
    origin = None if record.origin is None else Ref.parse(record.origin)
    if origin is None or origin.kind not in {rows.KIND, rows.OPENING}:
        return None
    row = rows.opening_of(work.session, origin)
    if origin.kind == rows.OPENING:
        if row is None:
            return Source()
        asked = {record.author_id} | _owing(work, row)
        return _told(work, rows.by_id(work.session, row.record_id), asked=_is_among(work, asked))
    if hidden(work.session, work.rights, [origin], work.today):
        return Source()
    return _told(work, rows.seen(work.session, work.rights, work.today, origin), asked=False)


def asking(work: Work, row: RecordOpening) -> Source:
    """The record that asks for something, to who owes it or sees the record."""
    asked = _is_among(work, _owing(work, row))
    return _told(work, rows.by_id(work.session, row.record_id), asked=asked)


def _owing(work: Work, row: RecordOpening) -> set[int]:
    return {each.person_id for each in tasks.outstanding(work.session, TASK, ref_of(row), work.today)}


def _is_among(work: Work, people: set[int]) -> bool:
    """Whether who looks is one of these people, or stands in for one."""
    me = work.rights.person_id
    return me is not None and not people.isdisjoint({me, *accounts.acting_for(work.session, me, work.today)})


def _told(work: Work, found: Record, *, asked: bool) -> Source:
    """Whole to who sees it; number and form to who was asked by it, inside grade and circle; else nothing."""
    ref = rows.ref_of(found)
    if not hidden(work.session, work.rights, [ref], work.today):
        return Source(rows.name(found), found.revision.title, found.title, is_seen=True)
    me = work.rights.person_id
    if asked and me is not None and me in accounts.cleared(work.session, found.secrecy, found.circle):
        return Source(rows.name(found), found.revision.title)
    return Source()
