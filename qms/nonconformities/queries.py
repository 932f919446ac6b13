"""What lists and other slices ask of corrective actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms.nonconformities.models import CorrectiveAction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def arisen_from(session: Session, source: str) -> list[str]:
    """The numbers of the corrective actions a record made necessary, cancelled ones left out (NCA-01)."""
    query = select(CorrectiveAction.number).where(
        CorrectiveAction.source == source, CorrectiveAction.state.in_(("open", "closed"))
    )
    return list(session.scalars(query.order_by(CorrectiveAction.id)))
