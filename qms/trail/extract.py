"""Extracts: all links of a range and the bodies of a scope only, verifiable by `proof` alone (BND-11)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms.trail.errors import NothingToExtract, NotYetCheckpointed
from qms.trail.merkle import inclusion_proof
from qms.trail.models import TrailCheckpoint, TrailEntry
from qms.trail.proof import EXTRACT, GENESIS, body_digest, read_note

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from sqlalchemy.orm import Session

    from qms.kernel.refs import Ref

_BATCH: Final = 2000


def extract(
    session: Session,
    refs: Collection[Ref] | None,
    since_seq: int = 0,
    until_seq: int | None = None,
    *,
    seqs: Collection[int] | None = None,
) -> Iterator[str]:
    """The lines of an extract over the entries after `since_seq` up to `until_seq`.

    The bodies are those about `refs` (None: all of them), and of these only the numbers `seqs` where
    given; of the others only the digests leave, so that nobody learns what they say. The extract hangs on
    the oldest checkpoint that covers it; without `until_seq` it ends where the newest checkpoint ends.
    """
    first = since_seq + 1
    newest = session.scalar(select(TrailCheckpoint.size).order_by(TrailCheckpoint.size.desc()).limit(1)) or 0
    last = newest if until_seq is None else until_seq
    covering = select(TrailCheckpoint.note).where(TrailCheckpoint.size >= last).order_by(TrailCheckpoint.size)
    note = session.scalar(covering.limit(1))
    if note is None:
        raise NotYetCheckpointed(last=last)
    if not 1 <= first <= last:
        raise NothingToExtract(first=first, last=last)
    named = None if refs is None else {str(ref) for ref in refs}
    chosen = None if seqs is None else frozenset(seqs)

    def opened(seq: int, ref: str) -> bool:
        return (named is None or ref in named) and (chosen is None or seq in chosen)

    return _lines(session, opened, first, last, note)


def _lines(
    session: Session, opened: Callable[[int, str], bool], first: int, last: int, note: str
) -> Iterator[str]:
    size = read_note(note).size
    hashes = select(TrailEntry.hash).where(TrailEntry.seq <= size).order_by(TrailEntry.seq)
    leaves = [bytes.fromhex(hashed) for hashed in session.scalars(hashes)]
    head = {
        "format": EXTRACT,
        "first": first,
        "last": last,
        "prev": leaves[first - 2].hex() if first > 1 else GENESIS,
        "checkpoint": note,
        "path": [step.hex() for step in inclusion_proof(last - 1, leaves)],
    }
    yield _line(head)
    query = select(TrailEntry.seq, TrailEntry.tag, TrailEntry.ref, TrailEntry.body, TrailEntry.hash)
    query = query.where(TrailEntry.seq >= first, TrailEntry.seq <= last).order_by(TrailEntry.seq)
    with session.execute(query, execution_options={"yield_per": _BATCH}) as found:
        for row in found:
            told = {"seq": row.seq, "tag": row.tag, "digest": body_digest(row.body), "hash": row.hash}
            if opened(row.seq, row.ref):
                told["body"] = row.body
            yield _line(told)


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
