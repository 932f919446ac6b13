"""The calendar of audits: which lie over each other in one department (S62, R50)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms.audits import rules
from qms.audits.models import Audit, AuditCriterion, AuditDepartment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

GONE: Final = ("cancelled", "disposed")


def departments_of(session: Session, ids: Iterable[int]) -> dict[int, list[str]]:
    """The departments each audit comes to."""
    found: dict[int, list[str]] = {}
    query = select(AuditDepartment).where(AuditDepartment.audit_id.in_(set(ids)))
    for row in session.scalars(query.order_by(AuditDepartment.audit_id, AuditDepartment.department)):
        found.setdefault(row.audit_id, []).append(row.department)
    return found


def criteria_of(session: Session, ids: Iterable[int]) -> dict[int, list[AuditCriterion]]:
    """The documents each audit is held against."""
    found: dict[int, list[AuditCriterion]] = {}
    query = select(AuditCriterion).where(AuditCriterion.audit_id.in_(set(ids)))
    for row in session.scalars(query.order_by(AuditCriterion.audit_id, AuditCriterion.document)):
        found.setdefault(row.audit_id, []).append(row)
    return found


def planned(session: Session, found: Sequence[Audit]) -> list[rules.Planned]:
    """The audits as the law of overlap sees them."""
    ids = [each.id for each in found]
    places, criteria = departments_of(session, ids), criteria_of(session, ids)
    return [
        rules.Planned(
            number=row.number,
            departments=frozenset(places.get(row.id, ())),
            from_on=row.from_on,
            until_on=row.until_on,
            period_from=row.period_from,
            period_until=row.period_until,
            documents=frozenset(each.document for each in criteria.get(row.id, ())),
        )
        for row in found
    ]


def overlapping(session: Session, row: Audit) -> list[str]:
    """The numbers of the audits that ask of a department what this one asks, or come on the same days."""
    here = select(AuditDepartment.department).where(AuditDepartment.audit_id == row.id)
    there = select(AuditDepartment.audit_id).where(AuditDepartment.department.in_(here))
    query = select(Audit).where(Audit.id.in_(there), Audit.id != row.id, Audit.state.not_in(GONE))
    near = (Audit.from_on <= row.until_on) & (Audit.until_on >= row.from_on)
    again = (Audit.period_from <= row.period_until) & (Audit.period_until >= row.period_from)
    others = session.scalars(query.where(near | again).order_by(Audit.number)).all()
    (own,) = planned(session, [row])
    return [each.number for each in planned(session, others) if rules.overlaps(own, each)]
