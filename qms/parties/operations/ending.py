"""Merging duplicates, and erasing what is personal (CN-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update

from qms.kernel import sealing
from qms.parties import rows
from qms.parties.errors import MergeIntoItself, MergeOfOtherKind, PartyErased, PartyNotActive
from qms.parties.kinds import Kind, State, folded
from qms.parties.models import Party, PartyContact, PartyIdentifier
from qms.parties.operations import facts as told
from qms.parties.operations.keeping import MOST_CONTACTS, keep, opened

if TYPE_CHECKING:
    from qms.kernel.work import Work

_NAMELESS: Final = frozenset({Kind.OUTSIDE})
"""Kinds whose own name is personal: it goes with the rest."""


def merge(work: Work, party: str, into: str, *, why: str) -> Party:
    """Say that one party is a duplicate of another: its number leads there, and what it had goes along.

    Records filed under the old number stay as they are, and the dossier of the kept one shows them.
    """
    why = rows.reason(why)
    # Always in the same order, so that two merges at once never wait for each other.
    first, second = sorted((party.strip().upper(), into.strip().upper()))
    if first == second:
        raise MergeIntoItself(party=first)
    pair = {row.number: row for row in (rows.locked(work, first), rows.locked(work, second))}
    row, kept = pair[party.strip().upper()], pair[into.strip().upper()]
    for each in (row, kept):
        if each.state is State.MERGED or (each is kept and each.state is not State.ACTIVE):
            raise PartyNotActive(party=each.number)
    if row.kind is not kept.kind:
        raise MergeOfOtherKind(party=row.number, other=kept.number)
    before = told.told(row)
    _bring(work, row, kept)
    row.state, row.merged_into_id, row.ended_at = State.MERGED, kept.id, work.now
    row.version += 1
    kept.version += 1
    work.session.flush()
    after = {**told.told(row), "into": kept.number}
    work.record("party:merge", rows.ref_of(row), before=before, after=after, why=why)
    # The kept one tells of it as well, and is found anew by what came along.
    work.record("party:change", rows.ref_of(kept), after={"changed": [f"merged {row.number}"]}, why=why)
    return kept


def _bring(work: Work, row: Party, kept: Party) -> None:
    has = select(PartyIdentifier.scheme).where(PartyIdentifier.party_id == kept.id)
    work.session.execute(
        update(PartyIdentifier)
        .where(PartyIdentifier.party_id == row.id, PartyIdentifier.scheme.not_in(has))
        .values(party_id=kept.id)
        .execution_options(synchronize_session=False)
    )
    brought = opened(work, row)
    if brought and kept.erased_at is None:
        present = opened(work, kept)
        more = [each for each in brought if each not in present]
        keep(work, kept, (*present, *more)[:MOST_CONTACTS])


def erase(work: Work, party: str, *, why: str) -> Party:
    """Erase what is personal of a party: whom one spoke to, what identifies it, an outside person's name.

    Duplicates are the same party: whichever number is named, all of them are erased. Numbers, records and
    the trail stay. The keys are destroyed once this act is committed: see `destroy_erased`. Values in the
    trail are erased by whoever may erase there.
    """
    row = rows.locked(work, party)
    why = rows.reason(why)
    left = [each for each in _same(work, row) if each.erased_at is None]
    if not left:
        raise PartyErased(party=row.number)
    for each in left:
        _erase(work, each, why)
    return row


def _same(work: Work, row: Party) -> list[Party]:
    """The party a row leads to, which is asked for as any other is, and every duplicate of it; all locked."""
    root = row
    while root.merged_into_id is not None:
        root = work.session.get_one(Party, root.merged_into_id)
    found = [root if root is row else rows.locked(work, root.number)]
    for each in found:  # it grows: duplicates may have duplicates of their own
        merged = select(Party).where(Party.merged_into_id == each.id).order_by(Party.id).with_for_update()
        found += work.session.scalars(merged.execution_options(populate_existing=True)).all()
    return found


def _erase(work: Work, row: Party, why: str) -> None:
    work.session.execute(delete(PartyContact).where(PartyContact.party_id == row.id))
    row.erased_at, row.note = work.now, ""
    if row.kind in _NAMELESS:
        work.session.execute(delete(PartyIdentifier).where(PartyIdentifier.party_id == row.id))
        row.name, row.short_name, row.folded = row.number, "", folded(row.number)
    row.version += 1
    work.session.flush()
    work.record("party:erase", rows.ref_of(row), after={"kind": row.kind.value}, why=why)


def destroy_erased(work: Work) -> int:
    """Destroy the keys of erased parties, outside any act that could be undone; says how many there were.

    Called after the act of erasing, and by the day job for whoever fell in between (D-0022).
    """
    keys = work.settings.at(work.settings.keys)
    found = select(Party.seal).where(Party.erased_at.is_not(None), Party.seal.is_not(None))
    return sum(sealing.destroy(keys, name) for name in work.session.scalars(found).all() if name)
