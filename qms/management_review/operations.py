"""The verb of management reviews: freeze the pack that was gathered outside the act (MRV-04, law 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qms.kernel.refs import Ref
from qms.management_review import errors, pack, queries
from qms.management_review.law import pack_of
from qms.management_review.models import ReviewPack
from qms.records import State

if TYPE_CHECKING:
    from datetime import date

    from qms.kernel.work import Work
    from qms.management_review.pack import Pack
    from qms.records import Record


@dataclass(frozen=True, slots=True)
class Ready:
    """A pack whose bytes lie in the vault: what it was gathered for, and its digest."""

    record: str
    from_on: date
    until_on: date
    digest: str


def gather(work: Work, number: str) -> Pack:
    """The pack as it stands now, for the page before it is frozen."""
    record, row = _asked(work, number)
    return pack.gathered(work, record, queries.bound_of(record), row)


def prepare(work: Work, number: str) -> Ready:
    """Gather the pack in a look and put it into the vault; nothing names it before it is frozen (law 9)."""
    record, row = _asked(work, number)
    _refuse_stranger(work, record)
    content = pack.to_bytes(pack.gathered(work, record, queries.bound_of(record), row))
    return Ready(number, row.from_on, row.until_on, work.vault.put(content))


def freeze(work: Work, ready: Ready) -> ReviewPack:
    """Bind a prepared pack to its review: once, while the review is open."""
    record, row = _asked(work, ready.record)
    _refuse_stranger(work, record)
    if row.digest is not None:
        raise errors.PackFrozen(record=ready.record, at=row.frozen_at)
    if record.state is not State.OPEN:
        raise errors.ReviewEnded(record=ready.record)
    if (row.from_on, row.until_on) != (ready.from_on, ready.until_on):
        raise errors.PackOutdated(record=ready.record)
    row.digest, row.frozen_at, row.frozen_by = ready.digest, work.now, work.rights.person_id
    work.session.flush()
    after = {"record": ready.record, "digest": ready.digest}
    work.record("management-review:freeze", Ref("record", ready.record), after=after)
    return row


def _asked(work: Work, number: str) -> tuple[Record, ReviewPack]:
    record = queries.record_of(work, number)
    row = pack_of(work, number)
    if row is None:
        raise errors.NoSuchReview(number=number)
    return record, row


def _refuse_stranger(work: Work, record: Record) -> None:
    if work.rights.person_id != record.author_id and not work.rights.may("records:amend", record.department):
        raise errors.GatheringNotAllowed
