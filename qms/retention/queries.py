"""Looks at retention: when a record may go, what is due, what is held, lists and their certificates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import contains_eager

from qms import forms, records, trail
from qms.documents.models import Revision, Validity
from qms.kernel.clock import iso, local_day
from qms.parties.models import Party
from qms.records import Record, RecordContent
from qms.retention import rules
from qms.retention.errors import DisposalListMissing
from qms.retention.models import DisposalLine, DisposalList, RetentionHold, State
from qms.retention.rules import Trigger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

MANAGE: Final = "retention:manage"
APPROVE: Final = "retention:approve"
MOST: Final = 200
_ENDED: Final = (records.State.CLOSED, records.State.CANCELLED)
_PENDING: Final = (State.PROPOSED, State.APPROVED)
_DAYS: Final = {"day": 1, "month": 28, "year": 365}


@dataclass(frozen=True, slots=True)
class Kept:
    """How long one record is kept: its class, the event, the first day it may go, whether it is held."""

    rule: rules.Rule | None
    event_on: date | None
    due_on: date | None
    held: bool


@dataclass(frozen=True, slots=True)
class Due:
    """One record whose time is over."""

    record: Record
    kept: Kept


def kept(work: Work, record: Record) -> Kept:
    """What holds for a record now, by the form's revision it is pinned to (REC-04)."""
    return _kept(work, record, held=bool(_standing(work.session, record.id)))


def _kept(work: Work, record: Record, *, held: bool) -> Kept:
    rule = rules.rule(record.revision.head)
    event = None if rule is None else _event(work, record, rule)
    return Kept(rule, event, None if rule is None else rules.due(rule, event), held)


def is_due(work: Work, record: Record) -> bool:
    """Whether a record's time is over and nothing holds it."""
    found = kept(work, record)
    ended = record.state in _ENDED
    return ended and not found.held and found.due_on is not None and found.due_on <= work.today


def _event(work: Work, record: Record, rule: rules.Rule) -> date | None:
    """The day from which the time runs; none before the record has ended."""
    ended = record.closed_on
    if record.state is records.State.CANCELLED and record.cancelled_at is not None:
        ended = local_day(record.cancelled_at, work.settings.zone_info)
    if ended is None:
        return None
    if rule.after is Trigger.FILED:
        return record.filed_on
    if rule.after is Trigger.CLOSED:
        return ended
    if rule.after is Trigger.YEAR_END:
        return max(ended, date((record.business_on or ended).year, 12, 31))
    other = _superseded(work, record) if rule.after is Trigger.SUPERSEDED else _left(work, record)
    return None if other is None else max(ended, other)


def _superseded(work: Work, record: Record) -> date | None:
    until = work.session.scalar(select(Validity.until_on).where(Validity.revision_id == record.revision_id))
    return until if until is not None and until <= work.today else None


def _left(work: Work, record: Record) -> date | None:
    """The day the party that the record names in the open was ended."""
    content = work.session.scalar(
        select(RecordContent.content).where(
            RecordContent.record_id == record.id, RecordContent.version == record.version
        )
    )
    values = json.loads(content or "{}")
    fields = records.definition_of(record.revision).fields
    number = next(
        (values[each.id] for each in fields if each.type is forms.Type.PARTY and each.id in values), ""
    )
    ended = work.session.scalar(select(Party.ended_at).where(Party.number == number))
    return None if ended is None else local_day(ended, work.settings.zone_info)


def due(work: Work, limit: int = MOST) -> list[Due]:
    """The records the person sees whose time is over, that nothing holds and no list names yet."""
    session = work.session
    query = (
        select(Record)
        .join(Record.revision)
        .options(contains_eager(Record.revision))
        .where(
            records.visible(session, work.rights, work.today),
            Record.state.in_(_ENDED),
            ~exists(
                select(RetentionHold.id).where(
                    RetentionHold.record_id == Record.id, RetentionHold.lifted_at.is_(None)
                )
            ),
            ~exists(
                select(DisposalLine.id)
                .join(DisposalList, DisposalList.id == DisposalLine.list_id)
                .where(DisposalLine.record_id == Record.id, DisposalList.state.in_(_PENDING))
            ),
            or_(*_old_enough(work)),
        )
        .order_by(Record.id)
    )
    found: list[Due] = []
    for record in session.scalars(query).yield_per(MOST):
        one = _kept(work, record, held=False)
        if one.due_on is not None and one.due_on <= work.today:
            found.append(Due(record, one))
        if len(found) >= limit:
            break
    return found


def _old_enough(work: Work) -> Iterator[Any]:
    """For each form's revision with a class, the records that may be old enough; the rest decides exactly."""
    yield Record.id < 0
    used = select(Record.revision_id).where(Record.state.in_(_ENDED)).distinct()
    for revision in work.session.scalars(select(Revision).where(Revision.id.in_(used))):
        rule = rules.rule(revision.head)
        if rule is not None and not rule.is_permanent:
            last = work.today - timedelta(days=min(rule.count * _DAYS[rule.unit], work.today.toordinal() - 1))
            yield (Record.revision_id == revision.id) & (Record.filed_on <= last)


def holds(session: Session, record: Record) -> Sequence[RetentionHold]:
    """The holds on a record, lifted ones too."""
    return session.scalars(
        select(RetentionHold).where(RetentionHold.record_id == record.id).order_by(RetentionHold.id)
    ).all()


def held(work: Work) -> Sequence[tuple[RetentionHold, Record]]:
    """The standing holds on records the person sees."""
    found = work.session.execute(
        select(RetentionHold, Record)
        .join(Record, Record.id == RetentionHold.record_id)
        .where(RetentionHold.lifted_at.is_(None), records.visible(work.session, work.rights, work.today))
        .order_by(RetentionHold.id)
    )
    return [(row[0], row[1]) for row in found]


def _standing(session: Session, record_id: int) -> Sequence[int]:
    return session.scalars(
        select(RetentionHold.id).where(
            RetentionHold.record_id == record_id, RetentionHold.lifted_at.is_(None)
        )
    ).all()


def lists(work: Work) -> Sequence[DisposalList]:
    """The disposal lists with a record that the person sees, the newest first, where they decide on such."""
    if not _decides(work.rights):
        return []
    seen = _seen_lines(work).with_only_columns(DisposalLine.list_id)
    query = select(DisposalList).where(DisposalList.id.in_(seen))
    return work.session.scalars(query.order_by(DisposalList.id.desc())).all()


def one_list(session: Session, rights: Rights, number: str) -> DisposalList:
    """The list of this number; for those who neither manage nor approve there is none."""
    found = session.scalar(select(DisposalList).where(DisposalList.number == number))
    if found is None or not _decides(rights):
        raise DisposalListMissing(number=number)
    return found


def seen_list(work: Work, number: str) -> tuple[DisposalList, list[DisposalLine], bool]:
    """A list, those of its records the person sees, and whether that is all of them (SEC-06).

    Where none of its records is there for the person, neither is the list.
    """
    found = one_list(work.session, work.rights, number)
    every = lines(work.session, found)
    seen = set(work.session.scalars(_seen_lines(work).where(DisposalLine.list_id == found.id)))
    shown = [each for each in every if each.id in seen]
    if not shown:
        raise DisposalListMissing(number=number)
    return found, shown, len(shown) == len(every)


def _seen_lines(work: Work) -> Select[int]:
    sight = records.visible(work.session, work.rights, work.today)
    return select(DisposalLine.id).join(Record, Record.id == DisposalLine.record_id).where(sight)


def _decides(rights: Rights) -> bool:
    return rights.may(MANAGE) or rights.may(APPROVE)


def lines(session: Session, found: DisposalList) -> Sequence[DisposalLine]:
    """The records on a list, in order."""
    return session.scalars(
        select(DisposalLine).where(DisposalLine.list_id == found.id).order_by(DisposalLine.id)
    ).all()


def copies(work: Work, record: Record) -> list[str]:
    """Bundles and backups that still hold a copy, with their instants: what erasing here does not reach."""
    ref = records.ref_of(record)
    found = [
        f"{name} {iso(at)}" for holding in work.ports.get("copies", ()) for name, at in holding(work, ref)
    ]
    made = trail.browse(work.session, action="workspace:backup", after=record.filed_at)
    return [*found, *(f"{row.ref.key} {iso(row.at)}" for row in made)]


def certificate(work: Work, number: str) -> bytes | None:
    """The stored certificate of a list that was carried out, for whoever sees all of it (REC-05)."""
    found, _, is_whole = seen_list(work, number)
    if found.certificate_digest is None or not is_whole:
        return None
    return work.vault.read(found.certificate_digest)


def hidden(rights: Rights, refs: Iterable[Ref]) -> frozenset[Ref]:
    """Those of the refs about disposal lists that do not exist for the person (SEC-07)."""
    asked = [ref for ref in refs if ref.kind == "disposal"]
    return frozenset() if _decides(rights) else frozenset(asked)
