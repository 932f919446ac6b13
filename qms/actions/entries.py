"""What search keeps of actions: one entry each, from the day it was opened (search port)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms.actions.models import Action, ActionEvidence
from qms.kernel.ports import Entry
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qms.kernel.work import Work

KIND: Final = "action"


class ActionEntries:
    """The Entries of actions: one group and one entry an action."""

    kinds: frozenset[str] = frozenset({KIND})

    def group_of(self, ref: Ref) -> Ref | None:
        """The action that a trail entry speaks of."""
        return ref if ref.kind == KIND else None

    def groups(self, work: Work) -> Iterator[Ref]:
        """Every action there is."""
        for number in work.session.scalars(select(Action.number).order_by(Action.id)).all():
            yield Ref(KIND, number)

    def entries(self, work: Work, ref: Ref) -> Sequence[Entry]:
        """The words of an action and of its evidence, for those who may see it."""
        row = work.session.scalar(select(Action).where(Action.number == ref.key))
        if row is None:
            return ()
        said = work.session.scalars(
            select(ActionEvidence.text)
            .where(ActionEvidence.action_id == row.id, ActionEvidence.text != "")
            .order_by(ActionEvidence.id)
        ).all()
        people = {row.owner_id, row.next_owner_id, row.opened_by_id} - {None}
        return (
            Entry(
                key=str(ref),
                group=str(ref),
                number=row.number,
                title=row.title,
                kind=KIND,
                language=work.settings.language,
                revision="",
                heading="",
                clause="",
                anchor="",
                text="\n".join([row.detail, *said, row.outcome]).strip(),
                secrecy=row.secrecy,
                circle=row.circle,
                departments=frozenset({row.department}),
                posts=frozenset(),
                people=frozenset(str(each) for each in people),
                from_on=row.opened_on,
                until_on=None,
            ),
        )
