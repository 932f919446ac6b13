"""What parties contribute to a bundle: the list of those in scope, without anything personal (BND-08)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from qms import accounts, documents
from qms.kernel.clock import local_day, start_of
from qms.kernel.labels import N_, say
from qms.kernel.ports import Item
from qms.kernel.refs import Ref
from qms.parties.access import visible
from qms.parties.describe import KIND, KINDS
from qms.parties.kinds import Kind
from qms.parties.models import Party

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.kernel.ports import Rights, Scope
    from qms.kernel.work import Work

_DAY: Final = timedelta(days=1)
_LIST: Final = (N_("Number"), N_("Kind"), N_("Name"), N_("Department"), N_("Added on"), N_("Ended on"))


class PartyEvidence:
    """The Evidence of parties: those dealt with at any time in the days a scope names (BND-06)."""

    def gather(self, work: Work, scope: Scope, rights: Rights) -> Sequence[Item]:
        """One list; nothing at all where the scope names documents, clauses or other kinds."""
        found = _in_scope(work, scope, rights)
        if not found:
            return ()
        table = [[say(name, work.language) for name in _LIST], *(_line(work, scope, row) for row in found)]
        return (
            Item(
                "parties/parties.csv",
                content=documents.master_list.to_csv(table),
                title=say(N_("Parties"), work.language),
                refs=tuple(Ref(KIND, row.number) for row in found),
            ),
        )


def _in_scope(work: Work, scope: Scope, rights: Rights) -> Sequence[Party]:
    if scope.clauses or (scope.kinds and KIND not in scope.kinds):
        return ()
    last = scope.as_of or scope.until or work.today
    first = scope.as_of or scope.since or last
    zone = work.settings.zone_info
    query = select(Party).where(
        visible(rights),
        Party.added_at < start_of(last, zone) + _DAY,
        or_(Party.ended_at.is_(None), Party.ended_at >= start_of(first, zone)),
    )
    if scope.numbers:
        query = query.where(Party.number.in_(scope.numbers))
    if scope.departments:
        codes = accounts.tree(work.session).subtrees(scope.departments)
        query = query.where(Party.department.in_(sorted(codes)))
    return work.session.scalars(query.order_by(Party.number)).all()


def _line(work: Work, scope: Scope, row: Party) -> list[str]:
    """A line as it stood on the last day; the name of an outside person is personal."""
    zone = work.settings.zone_info
    last = scope.as_of or scope.until or work.today
    ended = None if row.ended_at is None else local_day(row.ended_at, zone)
    return [
        row.number,
        say(KINDS[row.kind], work.language),
        "" if row.kind is Kind.OUTSIDE else row.name,
        row.department,
        local_day(row.added_at, zone).isoformat(),
        ended.isoformat() if ended is not None and ended <= last else "",
    ]
