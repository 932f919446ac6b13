"""The day job of documents: what dates bring about, exactly once and in order (law 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from qms.documents.models import Enactment, Passage, Revision, Validity
from qms.documents.operations import externals, force, reading, reviewing

if TYPE_CHECKING:
    from datetime import date

    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class DayReport:
    """What one run of the day job did."""

    enacted: int
    reviews: int
    looks: int = 0


def run(work: Work, day: date | None = None) -> DayReport:
    """Enter and leave force whatever is due, owe readings to joiners and reviews that draw near.

    Runs at midnight of the organisation's zone and at every start; after any down-time it catches
    up in order, and a second run of the same day does nothing.
    """
    today = day or work.today
    enacted = force.enact(work, today)
    reading.owe_all(work, _in_force(work, today))
    looks = externals.LOOKS.owe_due(work, today)
    return DayReport(enacted, reviewing.REVIEWS.owe_due(work, today), looks)


def _in_force(work: Work, day: date) -> list[Revision]:
    """Every revision in force on the day that has entered."""
    return list(
        work.session.scalars(
            select(Revision)
            .join(Validity, Validity.revision_id == Revision.id)
            .join(Enactment, Enactment.revision_id == Revision.id)
            .join(Revision.document)
            .options(contains_eager(Revision.document))
            .where(
                Enactment.passage == Passage.ENTER,
                Validity.from_on <= day,
                (Validity.until_on.is_(None)) | (Validity.until_on > day),
            )
            .order_by(Revision.id)
        )
    )
