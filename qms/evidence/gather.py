"""Gathering: one look at the register with the rights of the receiver, in a fixed order (BND-09)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from qms import accounts, trail
from qms.evidence import csvs
from qms.evidence import scope as scopes
from qms.evidence.bag import UnsafeItemError
from qms.evidence.errors import RequestNotApproved
from qms.evidence.lifecycle import BUILDABLE, LABELS
from qms.evidence.operations import refuse_unapproved
from qms.evidence.paths import is_safe
from qms.evidence.queries import Request, value, visible_row
from qms.evidence.standalone import RESERVED
from qms.kernel.clock import start_of
from qms.kernel.labels import Phrase
from qms.kernel.refs import Ref
from qms.kernel.vault import BlobMissing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Evidence, Item
    from qms.kernel.work import Work

_AT_ONCE: Final = 400


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one look found: the files in order, and the moment of the trail it was taken at.

    `opened` are the things whose trail entries the extract opens, up to `closes_at`: what came
    after the scope's last day stays shut. `first_seq` is the earliest entry about any of them.
    """

    request: Request
    items: tuple[Item, ...]
    digests: tuple[str, ...]
    head_seq: int
    head_hash: str
    head_at: datetime
    first_seq: int
    closes_at: datetime
    opened: frozenset[Ref]
    ceiling: dict[str, Any]
    approver: str
    missing: tuple[str, ...]


def gather(work: Work, number: str) -> Gathered:
    """Everything the receiver may see inside the request's scope, from every registered Evidence.

    Called in one reading Work, so that all of it is the register at one trail entry. A stored file
    that is not in the vault, an unsafe name or an unsafe CSV is refused here, before anything is
    written.
    """
    row = visible_row(work.session, work.rights, number)
    if row.state not in BUILDABLE:
        raise RequestNotApproved(number=number, state=Phrase(LABELS[row.state]))
    approval = refuse_unapproved(work, row)
    request = value(row)
    rights = accounts.rights_of(work.session, request.receiver_id, work.today)
    sources: Sequence[Evidence] = work.ports.get("evidence", ())
    items = [item for source in sources for item in source.gather(work, request.scope, rights)]
    items.sort(key=lambda item: item.path)
    head_seq, head_hash = trail.head(work.session)
    opened = frozenset({request.ref, *(ref for item in items for ref in item.refs)})
    return Gathered(
        request=request,
        items=tuple(items),
        digests=tuple(_digest(work, item) for item in items),
        head_seq=head_seq,
        head_hash=head_hash,
        head_at=trail.since(work.session, head_seq - 1, 1)[0].at,
        first_seq=_first(work.session, opened) or head_seq,
        closes_at=start_of(_after(scopes.last_day(request.scope)), work.settings.zone_info),
        opened=opened,
        ceiling=scopes.ceiling(rights),
        approver=approval.name,
        missing=_missing(request.scope.numbers, opened),
    )


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _digest(work: Work, item: Item) -> str:
    """The digest of an item that may travel; a program's fault is refused by name."""
    if not is_safe(item.path) or item.path in RESERVED:
        raise UnsafeItemError(f"the path {item.path!r} may not be used in a bundle")
    if (item.digest is None) == (item.content is None):
        raise UnsafeItemError(f"{item.path} needs either a digest or content")
    if item.content is None:
        digest = str(item.digest)
        if not work.vault.has(digest):
            raise BlobMissing(digest=digest)
        return digest
    if item.path.endswith(".csv") and (wrong := csvs.fault(item.content)):
        raise UnsafeItemError(f"{item.path}: {wrong}")
    return hashlib.sha256(item.content).hexdigest()


def _first(session: Session, refs: Iterable[Ref]) -> int | None:
    names = sorted(str(ref) for ref in refs)
    entry = trail.TrailEntry
    found = [
        session.scalar(select(func.min(entry.seq)).where(entry.ref.in_(names[start : start + _AT_ONCE])))
        for start in range(0, len(names), _AT_ONCE)
    ]
    return min((seq for seq in found if seq is not None), default=None)


def _missing(numbers: Iterable[str], opened: Iterable[Ref]) -> tuple[str, ...]:
    """The numbers asked for of which nothing is in the bundle: a stated gap (BND-07)."""
    held = {ref.key.split("@")[0].casefold() for ref in opened}
    return tuple(number for number in numbers if number.casefold() not in held)
