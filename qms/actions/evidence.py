"""What actions contribute to a bundle: lists and files, inside the receiver's rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from qms import accounts, documents
from qms.actions.access import visible
from qms.actions.entries import KIND
from qms.actions.lifecycle import LABELS, State
from qms.actions.models import Action
from qms.actions.queries import pieces
from qms.kernel.clock import local_day, start_of
from qms.kernel.labels import N_, say
from qms.kernel.ports import Item
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from qms.actions.queries import Piece
    from qms.kernel.ports import Rights, Scope
    from qms.kernel.work import Work

_LIST: Final = (
    N_("Number"),
    N_("Title"),
    N_("Origin"),
    N_("Responsible person"),
    N_("Department"),
    N_("Opened on"),
    N_("Due on"),
    N_("State"),
    N_("Ended on"),
    N_("Outcome"),
)
_PIECES: Final = (N_("Number"), N_("Evidence"), N_("File"), N_("Digest"), N_("By"), N_("Added at"))


class ActionEvidenceItems:
    """The Evidence of actions: those open at any time in the days a scope names (BND-06)."""

    def gather(self, work: Work, scope: Scope, rights: Rights) -> Sequence[Item]:
        """Two lists and the files; nothing at all where the scope names documents, clauses or other kinds."""
        last = _last(work, scope)
        found = _in_scope(work, scope, rights, last)
        if not found:
            return ()
        items = [
            Item(
                "actions/actions.csv",
                content=documents.master_list.to_csv(_list(work, rights, found, last)),
                title=say(N_("Actions"), work.language),
                refs=tuple(Ref(KIND, row.number) for row in found),
            ),
            Item(
                "actions/evidence.csv",
                content=documents.master_list.to_csv(_evidence(work, rights, found, last)),
                title=say(N_("Evidence for actions"), work.language),
            ),
        ]
        items += [item for row in found for item in _files(work, rights, row, last)]
        return sorted(items, key=lambda item: item.path)


def _last(work: Work, scope: Scope) -> date:
    return scope.as_of or scope.until or work.today


def _in_scope(work: Work, scope: Scope, rights: Rights, last: date) -> Sequence[Action]:
    if scope.clauses or (scope.kinds and KIND not in scope.kinds):
        return ()
    first = scope.as_of or scope.since or last
    zone = work.settings.zone_info
    query = select(Action).where(
        visible(rights),
        Action.opened_on <= last,
        or_(Action.ended_at.is_(None), Action.ended_at >= start_of(first, zone)),
    )
    if scope.numbers:
        query = query.where(Action.number.in_(scope.numbers))
    if scope.departments:
        codes = accounts.tree(work.session).subtrees(scope.departments)
        query = query.where(Action.department.in_(sorted(codes)))
    return work.session.scalars(query.order_by(Action.id)).all()


def _until(work: Work, row: Action, last: date) -> date | None:
    """The day an action ended, as far as it had by the last day (BND-06)."""
    ended = None if row.ended_at is None else local_day(row.ended_at, work.settings.zone_info)
    return ended if ended is not None and ended <= last else None


def _list(work: Work, rights: Rights, found: Sequence[Action], last: date) -> list[list[str]]:
    origins = {row.origin: Ref.parse(row.origin) for row in found if row.origin}
    secret = work.hidden(origins.values(), rights) if origins else frozenset()
    names = accounts.names_of(work.session, {row.owner_id for row in found})
    table = [[say(name, work.language) for name in _LIST]]
    for row in found:
        ended = _until(work, row, last)
        table.append(
            [
                row.number,
                row.title,
                row.origin if row.origin and origins[row.origin] not in secret else "",
                names.get(row.owner_id, ""),
                row.department,
                row.opened_on.isoformat(),
                row.due_on.isoformat(),
                say(LABELS[row.state if ended else State.OPEN], work.language),
                ended.isoformat() if ended else "",
                row.outcome if ended else "",
            ]
        )
    return table


def _evidence(work: Work, rights: Rights, found: Sequence[Action], last: date) -> list[list[str]]:
    table = [[say(name, work.language) for name in _PIECES]]
    for row in found:
        for piece in _pieces(work, rights, row, last):
            at = documents.local(work, piece.at)
            table.append([row.number, piece.text, piece.name or "", piece.digest or "", piece.person, at])
    return table


def _pieces(work: Work, rights: Rights, row: Action, last: date) -> list[Piece]:
    zone = work.settings.zone_info
    return [each for each in pieces(work.session, rights, row.number) if local_day(each.at, zone) <= last]


def _files(work: Work, rights: Rights, row: Action, last: date) -> Iterator[Item]:
    for piece in _pieces(work, rights, row, last):
        if piece.digest is None or piece.name is None:
            continue
        suffix = piece.name.rpartition(".")[2].lower()
        path = f"actions/{row.number}/{piece.id}.{suffix}"
        yield Item(
            path, digest=piece.digest, title=f"{row.number} {piece.name}", refs=(Ref(KIND, row.number),)
        )
