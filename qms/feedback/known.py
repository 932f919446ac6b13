"""The rows kept beside complaints, as the law and the lists look them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms.feedback.models import Complaint

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def complaint(session: Session, record_id: int) -> Complaint | None:
    """The row beside a record; None where none was filed yet."""
    return session.scalar(select(Complaint).where(Complaint.record_id == record_id))
