"""Erasing personal values: the chain stays valid, the value is gone, an entry says so (TRL-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_, select, update

from qms.trail.errors import MayNotErase, NothingToErase
from qms.trail.journal import ACTOR
from qms.trail.models import TrailEntry, TrailPersonal

if TYPE_CHECKING:
    from collections.abc import Collection

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

ERASE: Final = "trail:erase"


def erase(work: Work, ref: Ref, *, why: str, seqs: Collection[int] | None = None) -> int:
    """Erase the personal values of all entries about `ref`, or of the named entries, with their salts.

    For a person that includes their name on every entry they made; who acted on anything else stays.

    What stays is a commitment from which nothing can be guessed back. Gives how many were erased.
    """
    if not work.rights.may(ERASE):
        raise MayNotErase
    query = (
        select(TrailPersonal.id, TrailPersonal.seq, TrailPersonal.name)
        .join(TrailEntry, TrailEntry.seq == TrailPersonal.seq)
        .where(TrailPersonal.salt.is_not(None))
    )
    own = and_(TrailEntry.actor == str(ref), TrailPersonal.name == ACTOR)
    named = TrailEntry.ref == str(ref) if seqs is None else TrailPersonal.seq.in_(seqs)
    query = query.where(or_(own, and_(named, TrailPersonal.name != ACTOR)))
    found = work.session.execute(query.order_by(TrailPersonal.seq, TrailPersonal.name)).all()
    if not found:
        raise NothingToErase(ref=ref)
    chosen = TrailPersonal.id.in_([row.id for row in found])
    work.session.execute(update(TrailPersonal).where(chosen).values(salt=None, value=None))
    work.record(ERASE, ref, after={"erased": [f"{row.seq}/{row.name}" for row in found]}, why=why)
    return len(found)
