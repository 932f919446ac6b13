"""Review and approval: comments, signatures, and the way back to draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms.documents import errors, lifecycle, rows
from qms.documents.lifecycle import Event
from qms.documents.models import Comment, Revision
from qms.documents.operations import walk
from qms.documents.route import StageName

if TYPE_CHECKING:
    from qms.accounts import OpenKey
    from qms.documents.route import Progress
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


def comment(work: Work, ref: Ref, text: str, *, anchor: str = "") -> Comment:
    """Remark on a revision in review, at a clause where one is named; it blocks approval until closed."""
    revision = rows.lock(work, ref)
    person = rows.person_id(work)
    if not work.rights.may("documents:comment"):
        raise errors.NotAllowedHere(department=revision.document.owner)
    lifecycle.move(revision.state, Event.SIGN, rows.name(revision))
    if not text.strip():
        raise errors.ReasonMissing
    made = Comment(
        revision_id=revision.id,
        round=revision.round,
        anchor=anchor,
        text=text.strip(),
        person_id=person,
        made_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    work.record(
        "document:revision:comment",
        ref,
        after={"comment": made.id, "round": revision.round, "clause": anchor, "text": made.text},
    )
    return made


def resolve_comment(work: Work, comment_id: int, resolution: str) -> Comment:
    """Close a comment with the answer to it; its writer, the author or the owner's drafters do it."""
    found = work.session.get(Comment, comment_id)
    if found is None:
        raise errors.CommentMissing
    revision = rows.lock_seen(work, found.revision_id, errors.CommentMissing())
    work.session.refresh(found)
    person = rows.person_id(work)
    mine = person in (found.person_id, revision.author_id)
    if not mine and not work.rights.may("documents:draft", revision.document.owner):
        raise errors.NotAllowedHere(department=revision.document.owner)
    if found.resolved_at is not None:
        raise errors.CommentResolved
    if not resolution.strip():
        raise errors.ReasonMissing
    found.resolved_at = work.now
    found.resolved_by = person
    found.resolution = resolution.strip()
    work.record(
        "document:revision:resolve-comment",
        rows.ref_of(revision),
        after={"comment": found.id, "resolution": found.resolution},
    )
    return found


def sign_review(
    work: Work, ref: Ref, *, password: str | OpenKey, opinion: str = "", standing_for: int | None = None
) -> Progress:
    """Sign that the revision was reviewed; the stage closes with the last signature it asks (DOC-02)."""
    return _sign(work, ref, StageName.REVIEW, password=password, opinion=opinion, standing_for=standing_for)


def sign_approval(
    work: Work, ref: Ref, *, password: str | OpenKey, opinion: str = "", standing_for: int | None = None
) -> Progress:
    """Sign that the revision is approved; the author never does, and open comments block it (DOC-02)."""
    return _sign(work, ref, StageName.APPROVE, password=password, opinion=opinion, standing_for=standing_for)


def _sign(
    work: Work,
    ref: Ref,
    stage: StageName,
    *,
    password: str | OpenKey,
    opinion: str,
    standing_for: int | None,
) -> Progress:
    revision = rows.lock(work, ref)
    lifecycle.move(revision.state, Event.SIGN, rows.name(revision))
    walked = walk.of_revision(revision, approved=False)
    now = walk.sign(
        work,
        walked,
        stage,
        password=password,
        ref=ref,
        digest=revision.content_digest or "",
        opinion=opinion,
        standing_for=standing_for,
    )
    work.record(
        f"document:revision:{'review' if stage is StageName.REVIEW else 'approve'}",
        ref,
        after={
            "round": revision.round,
            "digest": revision.content_digest,
            "standing_for": standing_for,
            "opinion": opinion,
            "left": now.left,
        },
    )
    walk.done(work, walked, ref, stage, standing_for or rows.person_id(work))
    if now.is_approved:
        _approve(work, revision, ref)
    walk.ask(work, walked, ref, now)
    return now


def _approve(work: Work, revision: Revision, ref: Ref) -> None:
    before = revision.state
    revision.state = lifecycle.move(revision.state, Event.APPROVE, rows.name(revision))
    revision.approved_at = work.now
    work.record(
        "document:revision:close-approval",
        ref,
        before={"state": before.value},
        after={"state": revision.state.value, "digest": revision.content_digest, "round": revision.round},
    )
    for law in work.ports.get("reviews", ()):
        law.end(work, ref, approved=True)


def return_to_draft(work: Work, ref: Ref, reason: str) -> Revision:
    """Give a revision back to its author with the reason; the signatures of the round lapse (law 7)."""
    revision = rows.lock(work, ref)
    _back(work, revision, ref, Event.RETURN, reason, tag="return")
    return revision


def _on_route(work: Work, revision: Revision) -> bool:
    """Whether the open stage of the revision waits for the acting person or whom they stand in for."""
    now = walk.progress(work.session, walk.of_revision(revision, approved=False), work.today)
    person = rows.person_id(work)
    return person in now.signers or person in now.standing_in


def withdraw_from_review(work: Work, ref: Ref, reason: str) -> Revision:
    """Take one's own revision back before it is released; the signatures of the round lapse (law 7)."""
    revision = rows.lock(work, ref)
    _back(work, revision, ref, Event.RECALL, reason, tag="recall")
    return revision


def _back(work: Work, revision: Revision, ref: Ref, event: Event, reason: str, *, tag: str) -> None:
    person = rows.person_id(work)
    before = revision.state
    after = lifecycle.move(before, event, rows.name(revision))
    if event is Event.RETURN and not _on_route(work, revision):
        raise errors.NotOnTheRoute(what=rows.name(revision))
    if event is Event.RECALL and person != revision.author_id:
        rows.allow(work, "documents:submit", revision.document.owner)
    if not reason.strip():
        raise errors.ReasonMissing
    walked = walk.of_revision(revision, approved=False)
    digest = revision.content_digest
    walk.void(work, walked)
    revision.state = after
    revision.content_digest = None
    revision.submitted_at = None
    revision.approved_at = None
    revision.plan = None
    revision.plan_digest = None
    revision.issue_failure = None
    walk.dismiss(work, walked, ref)
    walk.tell_author(work, revision, ref, reason.strip())
    work.record(
        f"document:revision:{tag}",
        ref,
        before={"state": before.value, "round": revision.round, "digest": digest},
        after={"state": after.value},
        why=reason.strip(),
    )
    for law in work.ports.get("reviews", ()):
        law.end(work, ref, approved=False)
