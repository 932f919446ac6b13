"""The verbs of competence: require, record, verify and withdraw evidence; the day job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms import accounts, tasks
from qms.competence import describe, errors, needs
from qms.competence.access import DEFINE, people, require_manager
from qms.competence.models import Evidence, Requirement, RequirementPost, TrainingDuty
from qms.competence.rules import WARN, Basis
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from qms.kernel.work import Work
    from qms.uploads import Kept

VERIFY: Final = "competence:verify"
RENEW: Final = "competence:renew"
AUDIT: Final = "audit"
STAGES: Final = ("review", "approve", "release", AUDIT)
"""The stages of a route, and auditing: what is asked for it is asked of every team (AUD-03)."""
_LONGEST: Final = 300


def require(
    work: Work,
    code: str,
    names: Mapping[str, str],
    *,
    basis: Basis,
    posts: Sequence[str],
    stage: str | None = None,
) -> Requirement:
    """Ask a competence of the holders of posts, and of whoever signs a stage of a route (TRN-01, TRN-03)."""
    accounts.require(work, DEFINE)
    problems = list(_requirement_faults(work, code, names, posts, stage))
    if problems:
        raise errors.CompetenceInvalid(problems)
    row = Requirement(code=code, names=dict(names), basis=basis, stage=stage, made_at=work.now)
    work.session.add(row)
    work.session.flush()
    work.session.add_all(RequirementPost(requirement_id=row.id, post=post) for post in sorted(set(posts)))
    work.session.flush()
    ref = needs.requirement_ref(code)
    after = {"names": dict(names), "posts": sorted(set(posts)), "stage": stage, "kind": basis.value}
    work.record("competence:require", ref, after=after)
    needs.sync(work, needs.of_requirement(work, row))
    return row


def _requirement_faults(
    work: Work, code: str, names: Mapping[str, str], posts: Sequence[str], stage: str | None
) -> list[Problem]:
    known = {each.code for each in accounts.posts(work.session)}
    found = []
    if not code or not code.isascii() or not code.replace("-", "").replace(".", "").isalnum():
        found.append(Problem(N_("A code has Latin letters, figures and hyphens only."), field="code"))
    elif work.session.scalar(select(Requirement.id).where(Requirement.code == code)) is not None:
        found.append(Problem(N_("There is one of this code already."), field="code"))
    if not any(text.strip() for text in names.values()):
        found.append(Problem(N_("Fill this in."), field="name"))
    if stage is not None and stage not in STAGES:
        found.append(Problem(N_("Choose one from the list."), field="stage"))
    if not posts and stage is None:
        found.append(Problem(N_("Name posts, or what it is needed for."), field="posts"))
    found += [
        Problem(N_("There is no post {code}."), field="posts", facts={"code": post})
        for post in posts
        if post not in known
    ]
    return found


def end_requirement(work: Work, code: str, *, reason: str) -> Requirement:
    """Ask a competence of nobody any more, with a reason; what was shown for it stays."""
    accounts.require(work, DEFINE)
    row = _requirement(work, code)
    if not reason.strip():
        raise errors.CompetenceInvalid([Problem(N_("Give a reason."), field="reason")])
    row.ended_on = work.today
    work.session.flush()
    work.record("competence:end-requirement", needs.requirement_ref(code), why=reason.strip())
    needs.sync(work, needs.of_requirement(work, row))
    return row


def _requirement(work: Work, code: str) -> Requirement:
    row = work.session.scalar(
        select(Requirement).where(Requirement.code == code, Requirement.ended_on.is_(None)).with_for_update()
    )
    if row is None:
        raise errors.NoSuchRequirement(code=code)
    return row


def record_evidence(
    work: Work,
    person_id: int,
    subject: Ref,
    *,
    basis: Basis,
    title: str,
    issuer: str = "",
    from_on: date,
    until_on: date | None = None,
    hours: int | None = None,
    effectiveness: str = "",
    file: Kept | None = None,
) -> Evidence:
    """Record what shows a competence of a person: they themselves, or who manages their competence.

    It counts when somebody else than the person has verified it; what a manager records of others is
    verified with it (TRN-01).
    """
    by = accounts.acting_person(work)
    if by.id != person_id:
        require_manager(work, person_id)
    person = accounts.active_person(work, person_id)
    title = " ".join(title.split())
    _refuse_faults(work, subject, title, from_on, until_on)
    row = Evidence(
        person_id=person.id,
        subject=str(subject),
        basis=basis,
        title=title,
        issuer=" ".join(issuer.split()),
        from_on=from_on,
        until_on=until_on,
        hours=hours,
        effectiveness=effectiveness.strip(),
        entered_by_id=by.id,
        entered_at=work.now,
    )
    if file is not None:
        row.name, row.digest, row.size, row.type = file.name, file.digest, file.size, file.type
    if by.id != person_id:
        row.verified_by_id, row.verified_at = by.id, work.now
    work.session.add(row)
    work.session.flush()
    after = {
        "subject": row.subject,
        "kind": basis.value,
        "title": title,
        "from": from_on.isoformat(),
        "until": until_on and until_on.isoformat(),
        "digest": row.digest,
    }
    work.record("competence:evidence", _person(person.id), after=after)
    if row.verified_at is None:
        _ask_verification(work, row, person.name)
    else:
        _counts(work, row)
    return row


def _refuse_faults(work: Work, subject: Ref, title: str, from_on: date, until_on: date | None) -> None:
    problems = []
    if not title:
        problems.append(Problem(N_("Fill this in."), field="title"))
    if len(title) > _LONGEST:
        problems.append(Problem(N_("At most {most} characters."), field="title", facts={"most": _LONGEST}))
    if from_on > work.today:
        problems.append(Problem(N_("This day has not come yet."), field="from_on"))
    if until_on is not None and until_on < from_on:
        problems.append(Problem(N_("The last day lies before the first."), field="until_on"))
    if not _is_asked(work, subject):
        problems.append(Problem(N_("Choose one from the list."), field="subject"))
    if problems:
        raise errors.CompetenceInvalid(problems)


def _is_asked(work: Work, subject: Ref) -> bool:
    if subject.kind == "requirement":
        query = select(Requirement.id).where(Requirement.code == subject.key, Requirement.ended_on.is_(None))
    else:
        query = select(TrainingDuty.id).where(
            TrainingDuty.revision == str(subject), TrainingDuty.left_on.is_(None)
        )
    return work.session.scalar(query) is not None


def verify(work: Work, evidence_id: int) -> Evidence:
    """Say that evidence was looked at and is right; never of oneself (R27)."""
    row = _evidence(work, evidence_id)
    if row.person_id == work.actor.person_id:
        raise errors.OwnEvidence
    require_manager(work, row.person_id)
    if row.verified_at is not None or row.withdrawn_at is not None:
        raise errors.EvidenceDecided
    row.verified_by_id, row.verified_at = accounts.acting_person(work).id, work.now
    work.session.flush()
    tasks.settle(work, VERIFY, _own(row))
    work.record(
        "competence:verify", _person(row.person_id), after={"subject": row.subject, "title": row.title}
    )
    _counts(work, row)
    return row


def withdraw_evidence(work: Work, evidence_id: int, *, reason: str) -> Evidence:
    """Take evidence back that is not right, with a reason; it stays on record and counts no more."""
    row = _evidence(work, evidence_id)
    by = accounts.acting_person(work)
    if by.id != row.person_id:
        require_manager(work, row.person_id)
    if row.withdrawn_at is not None or (by.id == row.person_id and row.verified_at is not None):
        raise errors.EvidenceDecided
    if not reason.strip():
        raise errors.CompetenceInvalid([Problem(N_("Give a reason."), field="reason")])
    row.withdrawn_by_id, row.withdrawn_at = by.id, work.now
    work.session.flush()
    tasks.cancel(work, VERIFY, _own(row))
    tasks.cancel(work, RENEW, _own(row))
    after = {"subject": row.subject, "title": row.title}
    work.record("competence:withdraw", _person(row.person_id), after=after, why=reason.strip())
    _sync_of(work, Ref.parse(row.subject))
    return row


def _evidence(work: Work, evidence_id: int) -> Evidence:
    row = work.session.scalar(
        select(Evidence)
        .where(
            Evidence.id == evidence_id, Evidence.person_id.in_(people(work.session, work.rights, work.today))
        )
        .with_for_update()
    )
    if row is None:
        raise errors.NoSuchEvidence
    return row


def _counts(work: Work, row: Evidence) -> None:
    """New evidence that counts ends the need it answers, and what an older one that runs out asked."""
    _sync_of(work, Ref.parse(row.subject))
    older = work.session.scalars(
        select(Evidence).where(
            Evidence.person_id == row.person_id, Evidence.subject == row.subject, Evidence.id != row.id
        )
    ).all()
    for each in older:
        tasks.settle(work, RENEW, _own(each))


def _sync_of(work: Work, ref: Ref) -> None:
    for subject in needs.subjects(work):
        if subject.ref == ref:
            needs.sync(work, subject)


def _ask_verification(work: Work, row: Evidence, person: str) -> None:
    tasks.owe(
        work,
        kind=VERIFY,
        ref=_own(row),
        person_ids=heads(work, row.person_id),
        subject=describe.VERIFY,
        facts={"person": person, "title": row.title},
    )


def heads(work: Work, person_id: int) -> list[int]:
    """Who leads a person: the nearest head above them, else the quality managers."""
    found = accounts.heads_of(work.session, person_id, work.today)
    managers = accounts.role_holders(work.session, "quality-manager", work.today)
    return found or [each for each in managers if each != person_id]


def day(work: Work) -> None:
    """The day job: needs of joiners and movers, and warnings of evidence that runs out (TRN-02)."""
    for subject in needs.subjects(work):
        needs.sync(work, subject)
    _warn(work)


def _warn(work: Work) -> None:
    running = work.session.scalars(
        select(Evidence)
        .where(
            Evidence.until_on.is_not(None),
            Evidence.until_on <= work.today + WARN,
            Evidence.until_on >= work.today,
            Evidence.verified_at.is_not(None),
            Evidence.withdrawn_at.is_(None),
        )
        .order_by(Evidence.id)
    ).all()
    for row in running:
        if not _is_asked(work, Ref.parse(row.subject)) or _is_outlived(work, row):
            continue
        made = tasks.owe(
            work,
            kind=RENEW,
            ref=_own(row),
            person_ids=[row.person_id, *heads(work, row.person_id)],
            subject=describe.RENEW,
            facts={"title": row.title},
            due_on=row.until_on,
        )
        if made:
            after = {"title": row.title, "until": row.until_on and row.until_on.isoformat()}
            work.record("competence:expiring", _person(row.person_id), after=after)


def _is_outlived(work: Work, row: Evidence) -> bool:
    """Whether other evidence of the same goes on longer."""
    held = needs.validities(work.session, [row.person_id], [row.subject])
    last = row.until_on
    return any(
        each.until_on is None or (last is not None and each.until_on > last)
        for spans in held.values()
        for each in spans
    )


def _own(row: Evidence) -> Ref:
    return Ref("competence", f"{row.person_id}/{row.id}")


def _person(person_id: int) -> Ref:
    return Ref("person", str(person_id))
