"""The verbs of evidence: ask, approve, reject, freeze, record what was built, give up, hand over."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from qms import accounts, jobs
from qms.accounts import Meaning, Signature
from qms.evidence import scope as scopes
from qms.evidence.errors import (
    BundleNotBuilt,
    EvidenceNotAllowed,
    NoSuchReceiver,
    NoSuchRequest,
    PersonNeeded,
    PlanChanged,
    ReceiverApproves,
    ReceiverMaySeeLess,
    RequestAltered,
    RequestDecided,
    RequesterApproves,
    RequestInvalid,
    RequestNotApproved,
)
from qms.evidence.lifecycle import BUILDABLE, LABELS, State, follows
from qms.evidence.models import EvidenceCounter, EvidenceDepartment, EvidenceRequest
from qms.evidence.queries import APPROVE, BUILD, REQUEST, Request, value, visible_row
from qms.kernel.clock import iso
from qms.kernel.database import next_number
from qms.kernel.errors import Problem
from qms.kernel.labels import N_, Phrase
from qms.kernel.ports import Scope
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from qms.accounts import OpenKey, Person
    from qms.kernel.work import Work

LONGEST: Final = 2000
JOB: Final = "evidence:build"


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a gathering froze: the plan's digest, the receiver's sight, the moment in the trail."""

    plan_digest: str
    ceiling: dict[str, Any]
    head_seq: int
    checkpoint_size: int


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made of a plan: the stored file, its tag manifest, the key's fingerprint, its extent."""

    plan_digest: str
    bundle_digest: str
    manifest_digest: str
    fingerprint: str
    size: int
    files: int


def request(work: Work, *, purpose: str, receiver_id: int, scope: Scope, organisation: str = "") -> Request:
    """Ask for evidence for a receiver and a purpose; numbered without gaps, decided by somebody else (R18).

    What the scope leaves open is settled now: a request without a day means today.
    """
    asker = _person(work)
    asked = scopes.settled(scope, work.today, work.settings.standard)
    if not scopes.allows(work.rights, REQUEST, asked.departments):
        raise EvidenceNotAllowed
    purpose, organisation = " ".join(purpose.split()), " ".join(organisation.split())
    problems = _text_faults(purpose, organisation) + scopes.faults(asked, work.today)
    if problems:
        raise RequestInvalid(problems)
    receiver = _receiver(work, receiver_id)
    departments = [accounts.department(work.session, code) for code in asked.departments]
    year, seq = work.today.year, next_number(work.session, EvidenceCounter, work.today.year)
    row = EvidenceRequest(
        number=f"EB-{year}-{seq:04d}",
        year=year,
        seq=seq,
        purpose=purpose,
        receiver_id=receiver.id,
        receiver_name=receiver.name,
        organisation=organisation,
        scope=scopes.written(asked),
        requested_by=asker.id,
        requester_name=asker.name,
        requested_at=work.now,
        state=State.REQUESTED,
    )
    row.digest = statement_digest(row)
    work.session.add(row)
    work.session.flush()
    work.session.add_all(
        EvidenceDepartment(request_id=row.id, department_id=department.id) for department in departments
    )
    after = {"receiver": row.receiver_id, "purpose": purpose, "scope": row.scope, "digest": row.digest}
    work.record("evidence:request", _ref(row), after=after)
    return value(row)


def statement_digest(row: EvidenceRequest) -> str:
    """The SHA-256 of everything a request asks; what its approval signs (law 7)."""
    told: dict[str, Any] = {
        "number": row.number,
        "purpose": row.purpose,
        "receiver": row.receiver_id,
        "receiver_name": row.receiver_name,
        "organisation": row.organisation,
        "scope": row.scope,
        "requested_by": row.requested_by,
        "requested_at": iso(row.requested_at),
    }
    return hashlib.sha256(b"qms evidence request 1\n" + rfc8785.dumps(told)).hexdigest()


def approve(work: Work, number: str, *, password: str | OpenKey) -> Request:
    """Approve a request by signature; neither who asked nor who receives may do it (R18, R27, BND-08)."""
    row, approver = _to_decide(work, number)
    if statement_digest(row) != row.digest:
        raise RequestAltered(number=number)
    signature = accounts.sign(
        work, password=password, meaning=Meaning.APPROVED, ref=_ref(row), digest=row.digest
    )
    row.state, row.approved_by, row.approved_at = State.APPROVED, approver.id, work.now
    row.signature_id = signature.id
    after = {"state": row.state.value, "digest": row.digest, "signature": signature.id}
    work.record("evidence:approve", _ref(row), before={"state": State.REQUESTED.value}, after=after)
    jobs.enqueue(work, JOB, number, {"number": number})
    return value(row)


def reject(work: Work, number: str, *, reason: str) -> Request:
    """Reject a request, with a reason (R25)."""
    row, person = _to_decide(work, number)
    if not reason.strip():
        raise RequestInvalid([Problem(N_("Give a reason."), field="reason")])
    row.state, row.rejected_by, row.rejected_at = State.REJECTED, person.id, work.now
    row.reason = reason.strip()
    before, after = {"state": State.REQUESTED.value}, {"state": row.state.value}
    work.record("evidence:reject", _ref(row), before=before, after=after, why=row.reason)
    return value(row)


def freeze(work: Work, number: str, frozen: Frozen) -> Request:
    """Write down what was gathered before the bundle is made; a failed build may gather anew (law 2)."""
    row = _to_build(work, number)
    _refuse_lost_sight(work, row, frozen.ceiling)
    before = {"state": row.state.value, "plan": row.plan_digest}
    row.state, row.failure = State.BUILDING, None
    row.plan_digest, row.ceiling = frozen.plan_digest, frozen.ceiling
    row.head_seq, row.checkpoint_size = frozen.head_seq, frozen.checkpoint_size
    after = {
        "state": row.state.value,
        "plan": row.plan_digest,
        "head": row.head_seq,
        "checkpoint": row.checkpoint_size,
    }
    work.record("evidence:freeze", _ref(row), before=before, after=after)
    return value(row)


def record_built(work: Work, number: str, built: Built) -> Request:
    """Bind the stored bundle to its request; rules, plan and the receiver's rights are checked again.

    The trail entry holds the digest of the bundle and of its tag manifest, scope and receiver (BND-08).
    """
    row = _to_build(work, number)
    if row.state is not State.BUILDING or row.plan_digest != built.plan_digest:
        raise PlanChanged(number=number)
    _refuse_lost_sight(work, row, row.ceiling or {})
    row.state, row.built_at = State.BUILT, work.now
    row.bundle_digest, row.manifest_digest = built.bundle_digest, built.manifest_digest
    row.fingerprint, row.size, row.files = built.fingerprint, built.size, built.files
    after = {
        "state": row.state.value,
        "bundle": row.bundle_digest,
        "manifest": row.manifest_digest,
        "certificate": row.fingerprint,
        "bytes": str(row.size),
        "files": row.files,
        "plan": row.plan_digest,
        "scope": row.scope,
        "receiver": row.receiver_id,
        "checkpoint": row.checkpoint_size,
    }
    work.record("evidence:build", _ref(row), before={"state": State.BUILDING.value}, after=after)
    return value(row)


def fail(work: Work, number: str, *, reason: str) -> Request:
    """Write down that a build was given up, and why; it may be tried again."""
    row = _to_build(work, number)
    before = {"state": row.state.value}
    row.state, row.failure = State.FAILED, reason[:LONGEST] or "?"
    work.record(
        "evidence:fail", _ref(row), before=before, after={"state": row.state.value, "failure": row.failure}
    )
    return value(row)


def retry(work: Work, number: str) -> Request:
    """Have the bundle of an approved request made again after a failure."""
    row = _to_build(work, number)
    before = {"state": row.state.value}
    work.record("evidence:retry", _ref(row), before=before, after={"state": row.state.value})
    jobs.enqueue(work, JOB, number, {"number": number})
    return value(row)


def hand_over(work: Work, number: str) -> Request:
    """Give the bundle out to its receiver; every time is written down (R18).

    Nobody gives out what they may not see themselves: for them there is no such bundle (SEC-07).
    """
    giver = _person(work)
    row = visible_row(work.session, work.rights, number, lock=True)
    scope = scopes.read(row.scope)
    if not scopes.allows(work.rights, BUILD, scope.departments):
        raise EvidenceNotAllowed
    if not scopes.reaches(work.rights, row.ceiling or scopes.ceiling(work.rights)):
        raise NoSuchRequest(number=number)
    if not follows(row.state, State.HANDED_OVER):
        raise BundleNotBuilt(number=number, state=Phrase(LABELS[row.state]))
    before = {"state": row.state.value}
    if row.state is not State.HANDED_OVER:
        row.handed_over_by, row.handed_over_at = giver.id, work.now
    row.state = State.HANDED_OVER
    after = {"state": row.state.value, "receiver": row.receiver_id, "bundle": row.bundle_digest}
    work.record("evidence:hand-over", _ref(row), before=before, after=after)
    return value(row)


def _ref(row: EvidenceRequest) -> Ref:
    return Ref("evidence", row.number)


def _person(work: Work) -> Person:
    if work.actor.person_id is None:
        raise PersonNeeded
    return accounts.person(work.session, work.actor.person_id)


def _receiver(work: Work, receiver_id: int) -> Person:
    found = accounts.person(work.session, receiver_id)
    if not found.active:
        raise NoSuchReceiver(person=found.name)
    return found


def _text_faults(purpose: str, organisation: str) -> list[Problem]:
    found = []
    if not purpose:
        found.append(Problem(N_("Say what the evidence is for."), field="purpose"))
    for name, text, most in (("purpose", purpose, LONGEST), ("organisation", organisation, 200)):
        if len(text) > most:
            found.append(Problem(N_("Write at most {most} characters."), field=name, facts={"most": most}))
    return found


def _to_decide(work: Work, number: str) -> tuple[EvidenceRequest, Person]:
    person = _person(work)
    row = visible_row(work.session, work.rights, number, lock=True)
    if not scopes.allows(work.rights, APPROVE, scopes.read(row.scope).departments):
        raise EvidenceNotAllowed
    if person.id == row.requested_by:
        raise RequesterApproves
    if person.id == row.receiver_id:
        raise ReceiverApproves
    if row.state is not State.REQUESTED:
        raise RequestDecided(number=number, state=Phrase(LABELS[row.state]))
    return row, person


def _to_build(work: Work, number: str) -> EvidenceRequest:
    row = visible_row(work.session, work.rights, number, lock=True)
    if not scopes.allows(work.rights, BUILD, scopes.read(row.scope).departments):
        raise EvidenceNotAllowed
    if row.state not in BUILDABLE:
        raise RequestNotApproved(number=number, state=Phrase(LABELS[row.state]))
    refuse_unapproved(work, row)
    return row


def refuse_unapproved(work: Work, row: EvidenceRequest) -> Signature:
    """The signed approval; refused where it does not fit the request any more (P11-70)."""
    signature = work.session.get(Signature, row.signature_id) if row.signature_id else None
    if (
        signature is None
        or signature.person_id != row.approved_by
        or signature.meaning is not Meaning.APPROVED
        or statement_digest(row) != row.digest
        or not accounts.verify_signature(work.session, signature, ref=_ref(row), digest=row.digest)
    ):
        raise RequestAltered(number=row.number)
    return signature


def _refuse_lost_sight(work: Work, row: EvidenceRequest, ceiling: dict[str, Any]) -> None:
    receiver = _receiver(work, row.receiver_id)
    rights = accounts.rights_of(work.session, receiver.id, work.today)
    if not scopes.reaches(rights, ceiling):
        raise ReceiverMaySeeLess(number=row.number)
