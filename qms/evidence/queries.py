"""What a person may know of requests for evidence and their bundles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from qms import documents
from qms.accounts import Department
from qms.evidence import plan as plans
from qms.evidence import scope as scopes
from qms.evidence.errors import BundleNotBuilt, NoSuchRequest
from qms.evidence.lifecycle import FINISHED, LABELS, State
from qms.evidence.models import EvidenceDepartment, EvidenceRequest
from qms.kernel.labels import Phrase
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights, Scope
    from qms.kernel.work import Work

REQUEST, APPROVE, BUILD = "evidence:request", "evidence:approve", "evidence:build"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as readers get it."""

    number: str
    purpose: str
    receiver_id: int
    receiver_name: str
    organisation: str
    scope: Scope
    requested_by: int
    requester_name: str
    requested_at: datetime
    digest: str
    state: State
    approved_by: int | None
    approved_at: datetime | None
    reason: str
    failure: str | None
    bundle_digest: str | None
    manifest_digest: str | None
    fingerprint: str | None
    size: int | None
    files: int | None
    head_seq: int | None
    checkpoint_size: int | None
    built_at: datetime | None
    handed_over_at: datetime | None

    @property
    def ref(self) -> Ref:
        """The request as a Ref; the bundle shares its number."""
        return Ref("evidence", self.number)

    @property
    def state_label(self) -> Phrase:
        """The state in words."""
        return Phrase(LABELS[self.state])

    @property
    def file_name(self) -> str:
        """How the bundle's file is called."""
        return f"{self.number}.zip"


def value(row: EvidenceRequest) -> Request:
    """The row as a plain value."""
    same = {name: getattr(row, name) for name in Request.__dataclass_fields__ if name != "scope"}
    return Request(scope=scopes.read(row.scope), **same)


def requests(session: Session, rights: Rights, state: State | None = None, limit: int = 200) -> list[Request]:
    """The requests the person may know of, the newest first."""
    query = select(EvidenceRequest).where(_visible(rights)).order_by(EvidenceRequest.id.desc()).limit(limit)
    if state is not None:
        query = query.where(EvidenceRequest.state == state)
    return [value(row) for row in session.scalars(query)]


def request_of(session: Session, rights: Rights, number: str) -> Request:
    """One request; for those who may not know of it there is none (law 11)."""
    return value(visible_row(session, rights, number))


def visible_row(session: Session, rights: Rights, number: str, *, lock: bool = False) -> EvidenceRequest:
    """The row of a request the person may know of, locked and read afresh where an act needs it."""
    query: Select[EvidenceRequest] = select(EvidenceRequest).where(
        EvidenceRequest.number == number, _visible(rights)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NoSuchRequest(number=number)
    return row


def hidden(session: Session, rights: Rights, refs: Iterable[Ref]) -> frozenset[Ref]:
    """Those of the refs about requests of which the person may not know."""
    asked = {ref for ref in refs if ref.kind == "evidence"}
    if not asked:
        return frozenset()
    numbers = [ref.key for ref in asked]
    query = select(EvidenceRequest.number).where(EvidenceRequest.number.in_(numbers), _visible(rights))
    seen = set(session.scalars(query))
    return frozenset(ref for ref in asked if ref.key not in seen)


def _visible(rights: Rights) -> ColumnElement[bool]:
    own: ColumnElement[bool] = false()
    if rights.person_id is not None:
        mine = EvidenceRequest.requested_by == rights.person_id
        given = and_(EvidenceRequest.receiver_id == rights.person_id, EvidenceRequest.state.in_(FINISHED))
        own = or_(mine, given)
    return or_(own, *(_covered(rights, permission) for permission in (APPROVE, BUILD)))


def _covered(rights: Rights, permission: str) -> ColumnElement[bool]:
    """The requests whose every department the right covers; for all departments none may be missing."""
    if not rights.may(permission):
        return false()
    departments = rights.permissions[permission]
    if departments is None:
        return true()
    named = select(EvidenceDepartment.request_id).where(EvidenceDepartment.request_id == EvidenceRequest.id)
    outside = named.join(Department, Department.id == EvidenceDepartment.department_id).where(
        Department.code.not_in(departments)
    )
    return and_(named.exists(), ~outside.exists())


def bundle(session: Session, rights: Rights, number: str) -> Request:
    """The request whose finished bundle the person may be given: its receiver, or who builds it.

    Who is not the receiver must see at least as far as the receiver did (SEC-07); otherwise there is
    no such bundle.
    """
    row = visible_row(session, rights, number)
    scope = scopes.read(row.scope)
    builder = scopes.allows(rights, BUILD, scope.departments)
    receiver = rights.person_id == row.receiver_id
    if row.state not in FINISHED:
        raise BundleNotBuilt(number=number, state=Phrase(LABELS[row.state]))
    if not (receiver or builder) or not scopes.reaches(rights, row.ceiling or {}):
        raise NoSuchRequest(number=number)
    if receiver and not builder and row.state is not State.HANDED_OVER:
        raise BundleNotBuilt(number=number, state=Phrase(LABELS[row.state]))
    return value(row)


def planned(work: Work, part: str = "") -> Iterator[str]:
    """The digests that frozen plans name and that begin so: a bundle can be made again from them (BND-05).

    A plan that cannot be read is refused, for nobody knows then what it names.
    """
    query = select(EvidenceRequest.plan_digest).where(EvidenceRequest.plan_digest.is_not(None)).distinct()
    for digest in work.session.scalars(query):
        for file in plans.read(work.vault.read(digest or "")).files:
            if file.sha256.startswith(part):
                yield file.sha256


def holding(work: Work, ref: Ref) -> Iterator[tuple[str, datetime]]:
    """The bundles whose frozen plan has a file of the record, and when they were built (REC-05)."""
    base = f"records/{documents.safe_name(ref.key)}/"
    query = (
        select(EvidenceRequest).where(EvidenceRequest.plan_digest.is_not(None)).order_by(EvidenceRequest.id)
    )
    for row in work.session.scalars(query):
        plan = plans.read(work.vault.read(row.plan_digest or ""))
        if any(file.path.removeprefix("data/").startswith(base) for file in plan.files):
            yield row.number, row.built_at or plan.at
