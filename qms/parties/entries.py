"""What search keeps of parties: one entry each, without anything personal but an outside person's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms.kernel.clock import local_day
from qms.kernel.labels import say
from qms.kernel.ports import Entry
from qms.kernel.refs import Ref
from qms.parties.describe import KIND, KINDS
from qms.parties.kinds import State
from qms.parties.models import Party, PartyIdentifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qms.kernel.work import Work


class PartyEntries:
    """The Entries of parties; merged ones have none, since their number leads to the one that is kept."""

    kinds: frozenset[str] = frozenset({KIND})

    def group_of(self, ref: Ref) -> Ref | None:
        """A party is its own group."""
        return ref if ref.kind == "party" else None

    def groups(self, work: Work) -> Iterator[Ref]:
        """Every party that can be found."""
        query = select(Party.number).where(Party.state != State.MERGED).order_by(Party.number)
        for number in work.session.scalars(query).all():
            yield Ref("party", number)

    def entries(self, work: Work, ref: Ref) -> Sequence[Entry]:
        """Its names and identifiers, for its department and its owner, inside grade and circle."""
        row = work.session.scalar(select(Party).where(Party.number == ref.key))
        if row is None or row.state is State.MERGED:
            return ()
        given = select(PartyIdentifier.value).where(PartyIdentifier.party_id == row.id)
        language = work.settings.language
        return (
            Entry(
                key=str(ref),
                group=str(ref),
                number=row.number,
                title=row.name,
                kind=KIND,
                language=language,
                revision="",
                heading="",
                clause="",
                anchor="",
                text=" ".join([say(KINDS[row.kind], language), row.short_name, *work.session.scalars(given)]),
                secrecy=row.secrecy,
                circle=row.circle,
                departments=frozenset({row.department}),
                posts=frozenset(),
                people=frozenset() if row.owner_id is None else frozenset({str(row.owner_id)}),
                from_on=local_day(row.added_at, work.settings.zone_info),
                until_on=None,
            ),
        )
