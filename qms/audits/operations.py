"""The verbs of audits: a recipient confirms that the report has arrived (AUD-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts, tasks
from qms.audits import errors
from qms.audits.follow import REPORT
from qms.audits.models import Audit, AuditDelivery
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from qms.kernel.work import Work


def receive(work: Work, audit: str) -> AuditDelivery:
    """Confirm that the report of an audit has arrived; each recipient for themselves, once."""
    person = accounts.acting_person(work).id
    found = work.session.scalar(
        select(AuditDelivery)
        .join(Audit, Audit.id == AuditDelivery.audit_id)
        .where(Audit.number == audit, AuditDelivery.person_id == person)
        .with_for_update()
    )
    if found is None:
        raise errors.NotARecipient(audit=audit)
    if found.received_at is not None:
        raise errors.ReportReceived(audit=audit)
    found.received_at = work.now
    work.session.flush()
    ref = Ref("record", audit)
    tasks.settle(work, REPORT, ref, person)
    work.record("audit:receive", ref, after={"person": person})
    return found
