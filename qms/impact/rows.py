"""The lines of a list as they are stored, and which of them exist for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from qms import documents, records
from qms.documents.models import Revision
from qms.impact.lines import Kind
from qms.impact.models import ImpactLine
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.kernel.ports import Rights
    from qms.kernel.work import Work


def of_round(work: Work, revision: Revision) -> list[ImpactLine]:
    """Every line of the present round, in the order of the list."""
    query = select(ImpactLine).where(
        ImpactLine.revision_id == revision.id, ImpactLine.round == revision.round
    )
    order = list(Kind)
    return sorted(work.session.scalars(query), key=lambda row: (order.index(row.kind), row.what))


def visible(work: Work, rights: Rights, rows: Sequence[ImpactLine]) -> list[ImpactLine]:
    """Those whose document or request exists for the person of these rights (law 11)."""
    refs = {row.id: _subject(row) for row in rows}
    hidden = documents.hidden(work.session, rights, refs.values(), work.today)
    hidden |= records.hidden(work.session, rights, refs.values(), work.today)
    return [row for row in rows if refs[row.id] not in hidden]


def _subject(row: ImpactLine) -> Ref:
    """What a line speaks of; a realisation in another language goes with its document."""
    if row.kind is Kind.REQUEST:
        return Ref("record", row.what)
    return documents.document_ref(row.what.partition(" ")[0])


def left_open(work: Work, revision: Revision) -> int:
    """How many lines of the round nobody has concluded yet."""
    query = select(func.count()).where(
        ImpactLine.revision_id == revision.id,
        ImpactLine.round == revision.round,
        ImpactLine.verdict.is_(None),
    )
    return work.session.scalar(query) or 0


def locked(work: Work, revision: Revision) -> Revision:
    """The revision, held: nobody approves while a line is concluded (SEC-28)."""
    query = select(Revision).join(Revision.document).options(contains_eager(Revision.document))
    query = query.where(Revision.id == revision.id).with_for_update(of=Revision)
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def name(revision: Revision) -> str:
    """What people call a revision."""
    return f"{revision.document.number} {revision.label}"
