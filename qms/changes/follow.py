"""Requests follow the records of their form, and hold them back where a change is not thought out or done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms import documents
from qms.changes import rules
from qms.changes.errors import (
    ChangeNotBegun,
    ChangeNotDone,
    ChangeNotThoughtOut,
    EffectNotChecked,
    WithdrawalNotDecided,
)
from qms.changes.models import ChangeRequest, ChangeRevision
from qms.documents import WithdrawalState
from qms.documents.models import Document, Revision, Withdrawal
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work


class ChangeFollower:
    """Keeps the row of a request as its record stands."""

    forms: frozenset[str] | None = frozenset({rules.FORM})

    def follow(self, work: Work, filed: Filed) -> None:
        """Write down the document, what is asked, and the state."""
        row = _row(work, filed)
        if row is None:
            row = ChangeRequest(record_id=filed.record_id, number=filed.number)
            work.session.add(row)
        row.document = _text(filed.values.get("document")) or None
        row.asked = _text(filed.values.get("request_kind"))
        row.state = filed.state
        work.session.flush()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


class ChangeGuard:
    """The law of a change: thought out before approval, done and checked before it is closed (DOC-16)."""

    forms: frozenset[str] | None = frozenset({rules.FORM})

    def allow(self, work: Work, filed: Filed, event: str) -> None:
        """Refuse the approval and the close that come too early."""
        if event != "step":
            return
        if filed.step == rules.APPROVE:
            wanting = rules.missing(filed.values, rules.THOUGHT_OUT)
            if wanting:
                raise ChangeNotThoughtOut(request=filed.number, fields=", ".join(wanting))
        if filed.step == rules.EFFECT:
            _refuse_idle(work, filed)
            left = _under_way(work, filed)
            if left:
                raise ChangeNotDone(request=filed.number, revisions=", ".join(left))
            if rules.missing(filed.values, rules.CHECKED):
                raise EffectNotChecked(request=filed.number)


def _row(work: Work, filed: Filed) -> ChangeRequest | None:
    return work.session.scalar(select(ChangeRequest).where(ChangeRequest.record_id == filed.record_id))


def _refuse_idle(work: Work, filed: Filed) -> None:
    """What was approved has led to what was asked for (DOC-16)."""
    needs = rules.needs(filed.values)
    if needs is rules.Needs.WITHDRAWAL and not _withdrawn(work, _text(filed.values.get("document"))):
        raise WithdrawalNotDecided(request=filed.number, document=_text(filed.values.get("document")))
    begun = (
        select(ChangeRevision.id)
        .join(ChangeRequest, ChangeRequest.id == ChangeRevision.request_id)
        .where(ChangeRequest.record_id == filed.record_id)
    )
    if needs is rules.Needs.REVISION and work.session.scalar(begun.limit(1)) is None:
        raise ChangeNotBegun(request=filed.number)


def _withdrawn(work: Work, document: str) -> bool:
    query = (
        select(Withdrawal.id)
        .join(Revision, Revision.id == Withdrawal.revision_id)
        .join(Document, Document.id == Revision.document_id)
        .where(Document.number == document, Withdrawal.state == WithdrawalState.DECIDED)
    )
    return work.session.scalar(query.limit(1)) is not None


def _under_way(work: Work, filed: Filed) -> list[str]:
    query = (
        select(ChangeRevision.revision)
        .join(ChangeRequest, ChangeRequest.id == ChangeRevision.request_id)
        .where(ChangeRequest.record_id == filed.record_id)
        .order_by(ChangeRevision.id)
    )
    found = [documents.known(work.session, Ref.parse(each)) for each in work.session.scalars(query)]
    return [
        f"{each.document.number} {each.label}"
        for each in found
        if not rules.is_done(each.effective_on, work.today, given_up=each.discarded_at is not None)
    ]
