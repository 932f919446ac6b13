"""Issue: a plan is frozen and released by signature, a job renders it, a short act decides (laws 2, 5, 8)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts, calendar, jobs
from qms.documents import defaults, errors, lifecycle, rows, validity
from qms.documents import plan as plans
from qms.documents.lifecycle import Event, State
from qms.documents.models import Purpose, Revision, RouteSignature
from qms.documents.operations import checks, force, walk
from qms.documents.plan import Approved, IssuePlan, Past
from qms.documents.route import StageName
from qms.kernel.errors import Damaged
from qms.kernel.refs import Ref
from qms.kernel.vault import BlobMissing
from qms.rendering import short_code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from typing import Any

    from qms.accounts import OpenKey, Signature
    from qms.kernel.work import Work

JOB = "documents.issue"
_BYTES = 10


class SignatureBroken(Damaged):
    """A signature on the revision does not verify, or was given to something else (P11-70)."""

    message = "A signature on {revision} does not verify; nothing may be issued on it."


def plan_issue(work: Work, ref: Ref, *, effective_on: date | None = None) -> IssuePlan:
    """Check all rules and freeze what a release would decide: digest, dates, instant, code (law 2).

    Publication is today; the effective day keeps the minimum notice of head and kind. Where others
    have released already and one signature is wanting, their plan is given again.
    """
    revision = rows.seen(work.session, work.rights, work.today, ref)
    if not work.rights.may("documents:release"):
        rows.allow(work, "documents:release", revision.document.owner)
    lifecycle.move(revision.state, Event.RELEASE, rows.name(revision))
    begun = _begun(work, revision)
    if begun is not None and effective_on in {None, begun.effective_on}:
        return begun
    day = effective_on or _earliest(work, revision, work.today)
    made = _build(
        work,
        revision,
        effective_on=day,
        at=work.now,
        code=short_code(secrets.token_bytes(_BYTES)),
        release=revision.releases + 1,
    )
    _rules(work, revision, made)
    return made


def _begun(work: Work, revision: Revision) -> IssuePlan | None:
    """The plan that some have released and others still have to."""
    if revision.plan is None or revision.issue_failure is not None:
        return None
    walked = walk.of_revision(revision, approved=True)
    given = [each for each in walk.signed(work.session, walked) if each.stage is StageName.RELEASE]
    return plans.from_json(revision.plan) if given else None


def _earliest(work: Work, revision: Revision, publication: date) -> date:
    return calendar.kept(work.settings.home).after(publication, defaults.notice(revision.head)).day


def _build(
    work: Work, revision: Revision, *, effective_on: date, at: datetime, code: str, release: int
) -> IssuePlan:
    base = work.settings.public_url.rstrip("/")
    return IssuePlan(
        revision=str(rows.ref_of(revision)),
        content_digest=revision.content_digest or "",
        round=revision.round,
        release=release,
        publication_on=work.today,
        effective_on=effective_on,
        at=at,
        code=code,
        address=f"{base}/v/{code}" if base else "",
        demo=work.demo,
        approvals=tuple(approvals_of(work, revision)),
        history=tuple(history_of(work, revision)),
    )


def approvals_of(work: Work, revision: Revision) -> list[Approved]:
    """The author's signature and those of the route in this round, each verified (P11-50, P11-70)."""
    counted = set(
        work.session.scalars(
            select(RouteSignature.signature_id).where(
                RouteSignature.revision_id == revision.id,
                RouteSignature.purpose == Purpose.ISSUE,
                RouteSignature.round == revision.round,
                RouteSignature.stage != StageName.RELEASE,
                RouteSignature.voided_at.is_(None),
            )
        )
    )
    ref = rows.ref_of(revision)
    found = []
    for signature in accounts.signatures_on(work.session, ref):
        of_author = signature.meaning == accounts.Meaning.AUTHOR and signature.round == revision.round
        if not of_author and signature.id not in counted:
            continue
        counted.discard(signature.id)
        _verify(work, revision, signature, ref, revision.content_digest or "")
        found.append(approved(signature))
    if counted:
        raise SignatureBroken(revision=rows.name(revision))
    return found


def _verify(work: Work, revision: Revision, signature: Signature, ref: Ref, digest: str) -> None:
    if not accounts.verify_signature(work.session, signature, ref=ref, digest=digest):
        raise SignatureBroken(revision=rows.name(revision))


def approved(signature: Signature) -> Approved:
    """A signature as the plan and the sheet show it (P11-50)."""
    return Approved(
        signature=signature.id,
        meaning=signature.meaning.value,
        person=signature.person_id,
        name=signature.name,
        post_names=dict(signature.post_names),
        substitute_for=signature.substitute_for_name,
        at=signature.at,
    )


def history_of(work: Work, revision: Revision) -> list[Past]:
    """The revision history to be printed: all issued ones, then this one (DOC-06)."""
    issued = work.session.scalars(
        select(Revision)
        .where(
            Revision.document_id == revision.document_id,
            Revision.language == revision.language,
            Revision.state == State.ISSUED,
        )
        .order_by(Revision.edition, Revision.modification)
    )
    return [
        *(Past(each.label, each.effective_on, each.change_summary, each.change_reason) for each in issued),
        Past(revision.label, None, revision.change_summary, revision.change_reason),
    ]


def _rules(work: Work, revision: Revision, plan: IssuePlan) -> None:
    """Every rule of issue, checked when planned, when released and when decided."""
    what = rows.name(revision)
    if not work.settings.public_url and not work.demo:
        raise errors.PublicAddressMissing
    if walk.open_comments(work.session, revision.id):
        raise errors.CommentsOpen(what=what, count=walk.open_comments(work.session, revision.id))
    earliest = _earliest(work, revision, max(plan.publication_on, work.today))
    if plan.effective_on < earliest:
        raise errors.EffectiveTooEarly(what=what, earliest=earliest, day=plan.effective_on)
    validity.enter(_intervals(work, revision), revision.label, plan.effective_on)
    source = checks.refuse_altered(work, revision)
    checks.refuse(work, revision, source)


def _intervals(work: Work, revision: Revision) -> list[validity.Interval]:
    return rows.intervals(rows.validities(work.session, revision.document_id, revision.language))


def plan_ref(ref: Ref, release: int) -> Ref:
    """What a releaser signs: the plan of one release of a revision."""
    return Ref("plan", f"{ref.key}@{release}")


def release(
    work: Work,
    plan: IssuePlan,
    *,
    password: str | OpenKey,
    opinion: str = "",
    standing_for: int | None = None,
) -> Revision:
    """Sign the plan; with the last signature the route asks, the job that renders the PDF is ordered.

    The plan is built again from the register and has to be the same to the last character.
    """
    ref = Ref.parse(plan.revision)
    revision = rows.lock(work, ref)
    state = lifecycle.move(revision.state, Event.RELEASE, rows.name(revision))
    _refuse_stale(work, revision, plan)
    _rules(work, revision, plan)
    if revision.plan_digest != plan.digest:
        revision.releases = plan.release
        revision.plan = plans.to_json(plan)
        revision.plan_digest = plan.digest
        revision.issue_failure = None
        work.session.flush()
    walked = walk.of_revision(revision, approved=True)
    now = walk.sign(
        work,
        walked,
        StageName.RELEASE,
        password=password,
        ref=plan_ref(ref, plan.release),
        digest=plan.digest,
        opinion=opinion,
        standing_for=standing_for,
    )
    walk.done(work, walked, ref, StageName.RELEASE, standing_for or rows.person_id(work))
    work.record(
        "document:revision:release",
        ref,
        after={"plan": plan.digest, "release": plan.release, "effective": plan.effective_on.isoformat()},
    )
    if now.is_complete:
        _order(work, revision, ref, state)
    walk.ask(work, walked, ref, now)
    return revision


def _refuse_stale(work: Work, revision: Revision, plan: IssuePlan) -> None:
    turn = revision.releases if revision.plan_digest == plan.digest else revision.releases + 1
    again = _build(work, revision, effective_on=plan.effective_on, at=plan.at, code=plan.code, release=turn)
    if again.digest != plan.digest:
        raise errors.PlanStale(what=rows.name(revision))


def _order(work: Work, revision: Revision, ref: Ref, state: State) -> None:
    revision.state = state
    revision.issue_failure = None
    work.session.flush()
    jobs.enqueue(work, JOB, str(ref), {"revision": str(ref), "plan": revision.plan_digest})


def stored_plan(work: Work, ref: Ref) -> IssuePlan:
    """The released plan of a revision, for the job that carries it out."""
    revision = rows.known(work.session, ref)
    if revision.plan is None:
        raise errors.PlanMissing(what=rows.name(revision))
    return plans.from_json(revision.plan)


def decide_issue(
    work: Work, plan: IssuePlan, *, pdf_digest: str, pages: int, versions: Mapping[str, Any]
) -> Revision:
    """Bind the rendered PDF to the release: rules and digest are checked again, validity is written.

    A second decision about the same PDF changes nothing, so that a job may be repeated. What is
    effective today enters force in this very act (law 5).
    """
    ref = Ref.parse(plan.revision)
    found = _by_service(work, ref)
    rows.lock_document(work, found.document_id)
    revision = rows.lock_by_id(work, found.id)
    if revision.state is State.ISSUED and revision.pdf_digest == pdf_digest:
        return revision
    before = revision.state
    state = lifecycle.move(before, Event.BIND, rows.name(revision))
    if revision.plan_digest != plan.digest:
        raise errors.PlanStale(what=rows.name(revision))
    if not work.vault.has(pdf_digest):
        raise BlobMissing(digest=pdf_digest)
    _rules(work, revision, plan)
    _verify_releases(work, revision, plan)
    wanted = validity.enter(_intervals(work, revision), revision.label, plan.effective_on)
    revision.state = state
    revision.issued_at = work.now
    revision.publication_on = plan.publication_on
    revision.effective_on = plan.effective_on
    revision.code = plan.code
    revision.pdf_digest = pdf_digest
    revision.pages = pages
    revision.libraries = dict(versions)
    work.session.flush()
    force.write(work, revision, wanted, str(plan_ref(ref, plan.release)))
    work.record(
        "document:revision:issue",
        ref,
        before={"state": before.value},
        after={
            "state": state.value,
            "digest": revision.content_digest,
            "plan": plan.digest,
            "pdf": pdf_digest,
            "pages": pages,
            "published": plan.publication_on.isoformat(),
            "effective": plan.effective_on.isoformat(),
        },
    )
    force.enact(work, work.today, revision.document_id)
    return revision


def _by_service(work: Work, ref: Ref) -> Revision:
    """A named service carries out what people released; a person must see it and may release."""
    if work.actor.person_id is None:
        return rows.known(work.session, ref)
    found = rows.seen(work.session, work.rights, work.today, ref)
    rows.allow(work, "documents:release", found.document.owner)
    return found


def _verify_releases(work: Work, revision: Revision, plan: IssuePlan) -> None:
    target = plan_ref(rows.ref_of(revision), plan.release)
    found = accounts.signatures_on(work.session, target)
    if not found or {entry.signature for entry in plan.approvals} != {
        entry.signature for entry in approvals_of(work, revision)
    }:
        raise SignatureBroken(revision=rows.name(revision))
    for signature in found:
        _verify(work, revision, signature, target, plan.digest)


def fail_issue(work: Work, ref: Ref, reason: str) -> Revision:
    """A job that could not render leaves the revision approved, with the reason, for another try."""
    revision = rows.lock_by_id(work, _by_service(work, ref).id)
    before = revision.state
    revision.state = lifecycle.move(before, Event.FAIL, rows.name(revision))
    revision.issue_failure = reason
    work.session.flush()
    walked = walk.of_revision(revision, approved=True)
    walk.ask_again(work, walked, ref, reason)
    work.record(
        "document:revision:fail-issue",
        ref,
        before={"state": before.value},
        after={"state": revision.state.value},
        why=reason,
    )
    return revision


def retry_issue(work: Work, ref: Ref) -> Revision:
    """Order the failed job again on the same released plan, while its dates still hold."""
    revision = rows.lock(work, ref)
    rows.allow(work, "documents:release", revision.document.owner)
    state = lifecycle.move(revision.state, Event.RELEASE, rows.name(revision))
    if revision.plan is None or revision.issue_failure is None:
        raise errors.PlanMissing(what=rows.name(revision))
    plan = plans.from_json(revision.plan)
    _rules(work, revision, plan)
    _order(work, revision, ref, state)
    walk.dismiss(work, walk.of_revision(revision, approved=True), ref)
    work.record("document:revision:retry-issue", ref, after={"plan": plan.digest})
    return revision
