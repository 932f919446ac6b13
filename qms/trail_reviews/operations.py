"""The verbs of reviews: ask for one when due, begin one, sign it off."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import rfc8785
from sqlalchemy import select

from qms import accounts, tasks, trail
from qms.kernel.clock import iso, local_day
from qms.kernel.refs import Ref
from qms.trail_reviews.describe import SUBJECT
from qms.trail_reviews.errors import (
    FindingNeeded,
    MayNotReview,
    NoOpenReview,
    RangeNotReviewable,
    ReviewOpen,
)
from qms.trail_reviews.models import TrailReview
from qms.trail_reviews.schedule import State, due_on

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.accounts import OpenKey
    from qms.kernel.work import Work

TASK: Final = "trail:review"
LONGEST: Final = 4000
REVIEWERS: Final = "audit-administrator"
_NEEDED: Final = ("trail:read", "trail:verify")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is about to be signed; `ref` is what the key is opened for."""

    ref: Ref
    first: int


def open_due(work: Work) -> TrailReview | None:
    """Ask the audit administrators for the review that is due, for the day job; once for each time.

    An open review is let be: it is chased as a task.
    """
    session = work.session
    if _open(session) is not None:
        return None
    last = session.scalar(select(TrailReview).order_by(TrailReview.id.desc()).limit(1))
    if last is None or last.signed_at is None:
        entries = trail.since(session, 0, 1)
        at = entries[0].at if entries else work.now
    else:
        at = last.signed_at
    due = due_on(local_day(at, work.settings.zone_info), work.settings.trail_review_days, work.today)
    if due is None:
        return None
    row = _opened(work, due)
    people = accounts.role_holders(session, REVIEWERS, work.today)
    tasks.owe(
        work,
        kind=TASK,
        ref=_ref(row),
        person_ids=people,
        subject=SUBJECT,
        facts={"first": row.first},
        due_on=due,
    )
    work.record("trail-review:open", _ref(row), after={"first": row.first, "due": due.isoformat()})
    return row


def begin(work: Work) -> TrailReview:
    """Begin a review that nobody asked for yet."""
    _refuse_others(work)
    if _open(work.session) is not None:
        raise ReviewOpen
    row = _opened(work, None)
    work.record("trail-review:begin", _ref(row), after={"first": row.first})
    return row


def _opened(work: Work, due: date | None) -> TrailReview:
    reviewed = work.session.scalar(
        select(TrailReview.last).where(TrailReview.last.is_not(None)).order_by(TrailReview.id.desc()).limit(1)
    )
    row = TrailReview(state=State.OPEN, due_on=due, first=(reviewed or 0) + 1, opened_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def prepare(work: Work) -> Prepared:
    """The open review to be signed off, before the password opens the key outside the act (law 2)."""
    _refuse_others(work)
    row = _open(work.session)
    if row is None:
        raise NoOpenReview
    return Prepared(_ref(row), row.first)


def sign_off(work: Work, *, password: str | OpenKey, last: int, found: str, clean: bool) -> TrailReview:
    """Sign that the entries up to `last` were reviewed, and what that found (P11-50, Annex 11 cl. 9).

    The statement holds the hash of the last entry, so that it is bound to all of them.
    """
    _refuse_others(work)
    session = work.session
    row = session.scalar(select(TrailReview).where(TrailReview.state == State.OPEN).with_for_update())
    if row is None:
        raise NoOpenReview
    found = found.strip()
    if not 0 < len(found) <= LONGEST:
        raise FindingNeeded(most=LONGEST)
    head, _ = trail.head(session)
    if not row.first <= last <= head:
        raise RangeNotReviewable(first=row.first, head=head)
    entry = trail.since(session, last - 1, 1)[0]
    digest = statement_digest(row, last=last, entry_hash=entry.hash, found=found, clean=clean)
    signature = accounts.sign(
        work, password=password, meaning=accounts.Meaning.REVIEWED, ref=_ref(row), digest=digest
    )
    row.state, row.last, row.hash, row.found, row.clean = State.SIGNED, last, entry.hash, found, clean
    row.digest, row.signature_id, row.signed_at = digest, signature.id, work.now
    session.flush()
    tasks.settle(work, TASK, _ref(row))
    after = {"first": row.first, "last": last, "found": found, "clean": clean, "digest": digest}
    work.record("trail-review:sign", _ref(row), before={"state": State.OPEN}, after=after)
    return row


def statement_digest(row: TrailReview, *, last: int, entry_hash: str, found: str, clean: bool) -> str:
    """The digest of what is signed: which entries, what was found."""
    told: dict[str, Any] = {
        "review": row.id,
        "opened_at": iso(row.opened_at),
        "first": row.first,
        "last": last,
        "hash": entry_hash,
        "found": found,
        "clean": clean,
    }
    return hashlib.sha256(b"qms trail review 1\n" + rfc8785.dumps(told)).hexdigest()


def _refuse_others(work: Work) -> None:
    if not all(work.rights.may(each) for each in _NEEDED):
        raise MayNotReview


def _open(session: Session) -> TrailReview | None:
    return session.scalar(select(TrailReview).where(TrailReview.state == State.OPEN))


def _ref(row: TrailReview) -> Ref:
    return Ref("trail-review", str(row.id))
