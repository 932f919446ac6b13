"""Drafts: a new document or the next revision, saved, and discarded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qms import accounts, tasks
from qms.documents import access, errors, labels, lifecycle, numbering, prepared, rows, tree
from qms.documents.lifecycle import Event, State
from qms.documents.models import Document, Revision
from qms.documents.operations import checks, filling, walk
from qms.documents.words import KINDS
from qms.kernel.errors import Missing
from qms.kernel.labels import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from qms.documents.prepared import Prepared
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


def draft(work: Work, ready: Prepared, *, new_edition: bool = False) -> Revision:
    """Begin a new document, or the next revision of one that is issued, from a source (DOC-01).

    Refused while a revision of the same language is still open.
    """
    head = ready.source.head
    _may_write(work, head)
    document = _document(work, head)
    opened = rows.open_revision(work.session, document.id, head["language"])
    if opened is not None:
        raise errors.OpenRevision(what=rows.name(opened))
    _check_parent(work, document, head)
    revision = _next(work, document, head["language"], new_edition=new_edition)
    filling.fill(work, revision, ready)
    work.record("document:revision:draft", rows.ref_of(revision), after=_shown(revision))
    return revision


@dataclass(frozen=True, slots=True)
class NextDraft:
    """The source of a next revision, and the revision it is a copy of."""

    ready: Prepared
    after: Ref


def next_draft(look: Work, number: str, language: str, *, reason: str, summary: str = "") -> NextDraft:
    """The last issued text under a head with the reason for its change; done outside any writing Work."""
    document = rows.find_document(look.session, number)
    issued = None if document is None else rows.last_issued(look.session, document.id, language)
    if issued is None:
        raise errors.RevisionMissing(revision=f"{number} ({language})")
    after = rows.ref_of(issued)
    rows.seen(look.session, look.rights, look.today, after)
    if not reason.strip():
        raise errors.ReasonMissing
    old = checks.stored(look, issued)
    change = {"reason": reason.strip(), "summary": summary.strip()}
    head = {**old.source.head, "change": {key: said for key, said in change.items() if said}}
    return NextDraft(prepared.copy(look.vault, look.settings, old, head), after)


def revise(work: Work, begun: NextDraft, *, new_edition: bool = False) -> Revision:
    """Begin the next revision as a copy of the last issued one (DOC-06).

    `A/0` becomes `A/1`, or `B/0` where a new edition is asked for. Refused where another revision was
    issued since the copy was made, whose changes it would take back.
    """
    head = begun.ready.source.head
    document = rows.find_document(work.session, head["number"])
    issued = None if document is None else rows.last_issued(work.session, document.id, head["language"])
    if issued is None or rows.ref_of(issued) != begun.after:
        raise errors.IssuedMeanwhile(what=f"{head['number']} ({head['language']})")
    return draft(work, begun.ready, new_edition=new_edition)


def save_draft(work: Work, ref: Ref, ready: Prepared, *, expected: int | None = None) -> Revision:
    """Write a changed source into an open draft; `expected` is the row version the writer has seen.

    Somebody else's change meanwhile refuses the save, so that nothing is overwritten unseen (REL-05).
    """
    revision = rows.lock(work, ref)
    document = revision.document
    head = ready.source.head
    _may_change(work, revision)
    if expected is not None and revision.row_version != expected:
        raise errors.DraftChanged(what=rows.name(revision))
    lifecycle.move(revision.state, Event.EDIT, rows.name(revision))
    _may_write(work, head)
    _same(document, revision, head)
    _hand_over(work, document, head["owner"])
    _check_parent(work, document, head)
    before = _shown(revision)
    filling.fill(work, revision, ready)
    if before != _shown(revision):
        work.record("document:revision:save", ref, before=before, after=_shown(revision))
    return revision


def discard_draft(work: Work, ref: Ref, reason: str) -> Revision:
    """Give up a draft; its label is taken up again by the next draft, and the trail keeps it all."""
    revision = rows.lock(work, ref)
    _may_change(work, revision)
    lifecycle.move(revision.state, Event.EDIT, rows.name(revision))
    if not reason.strip():
        raise errors.ReasonMissing
    before = _shown(revision)
    filling.empty(work, revision)
    revision.discarded_at = work.now
    tasks.cancel(work, walk.REWORK, ref)
    work.session.flush()
    work.record("document:revision:discard", ref, before=before, why=reason.strip())
    return revision


def _may_write(work: Work, head: Mapping[str, Any]) -> None:
    numbering.check(head["number"], work.settings.number_pattern)
    try:
        accounts.department(work.session, head["owner"])
    except Missing as fault:
        raise errors.OwnerUnknown(department=head["owner"]) from fault
    rows.allow(work, "documents:draft", head["owner"])
    filling.refuse_hidden(work, head)


def _may_change(work: Work, revision: Revision) -> None:
    if work.actor.person_id is None or work.actor.person_id != revision.author_id:
        rows.allow(work, "documents:draft", revision.document.owner)


def _document(work: Work, head: Mapping[str, Any]) -> Document:
    """The document of a head, made when the number is new; a look-alike number is refused."""
    number = head["number"]
    found = rows.find_document(work.session, number)
    if found is None:
        return _new_document(work, head)
    found = rows.lock_document(work, found.id)
    _refuse_unseen(work, found, number)
    if found.number != number:
        raise errors.NumberLooksLike(number=number, other=found.number)
    rows.allow(work, "documents:draft", found.owner)
    if found.kind != head["kind"]:
        raise errors.KindFixed(number=number, kind=Phrase(KINDS[found.kind]))
    _hand_over(work, found, head["owner"])
    return found


def _refuse_unseen(work: Work, found: Document, number: str) -> None:
    """A number given to what the person may not see is taken, and nothing more is said (SEC-07)."""
    kept = select(Revision.id).where(Revision.document_id == found.id, Revision.discarded_at.is_(None))
    any_of_it = work.session.scalar(kept.limit(1))
    if any_of_it and work.session.scalar(kept.where(access.graded(work.rights)).limit(1)) is None:
        raise errors.NumberTaken(number=number)


def _new_document(work: Work, head: Mapping[str, Any]) -> Document:
    document = Document(
        number=head["number"],
        folded=numbering.key(head["number"]),
        kind=head["kind"],
        owner=head["owner"],
        created_at=work.now,
        created_by=work.actor.id,
    )
    try:
        with work.session.begin_nested():
            work.session.add(document)
    except IntegrityError as fault:
        # Somebody took the number in this very moment (REL-05).
        raise errors.NumberLooksLike(number=head["number"], other=head["number"]) from fault
    work.record(
        "document:create",
        rows.document_ref(document.number),
        after={"number": document.number, "kind": document.kind, "owner": document.owner},
    )
    return rows.lock_document(work, document.id)


def _hand_over(work: Work, document: Document, owner: str) -> None:
    """A changed owner is a hand-over, which those who draft for both departments may do."""
    if owner == document.owner:
        return
    if not (work.rights.may("documents:draft", owner) and work.rights.may("documents:draft", document.owner)):
        raise errors.OwnerFixed(number=document.number, department=owner)
    before, document.owner = document.owner, owner
    work.record(
        "document:hand-over",
        rows.document_ref(document.number),
        before={"owner": before},
        after={"owner": owner},
    )


def _same(document: Document, revision: Revision, head: Mapping[str, Any]) -> None:
    if head["number"] != document.number:
        raise errors.NumberMismatch(said=head["number"], number=document.number)
    if head["language"] != revision.language:
        raise errors.LanguageMismatch(said=head["language"], language=revision.language)
    if head["kind"] != document.kind:
        raise errors.KindFixed(number=document.number, kind=Phrase(KINDS[document.kind]))


def _check_parent(work: Work, document: Document, head: Mapping[str, Any]) -> None:
    parents = {
        number: parent
        for number, parent in filling.parents_of(work.session).items()
        if number != document.number
    }
    tree.check_parent(document.number, head.get("parent"), parents)


def _next(work: Work, document: Document, language: str, *, new_edition: bool) -> Revision:
    """The row of the next label; a discarded draft of that label is taken up again."""
    issued = rows.last_issued(work.session, document.id, language)
    label = _label(work, issued, new_edition=new_edition)
    discarded = rows.labelled(work.session, document.id, language, label)
    if discarded is not None:
        discarded.discarded_at = None
        discarded.author_id = work.actor.person_id
        return discarded
    edition, modification = labels.order(label)
    return Revision(
        document=document,
        language=language,
        label=label,
        edition=edition,
        modification=modification,
        state=State.DRAFT,
        author_id=work.actor.person_id,
        created_at=work.now,
        route={},
    )


def _label(work: Work, issued: Revision | None, *, new_edition: bool) -> str:
    """The label after the last issued one; the first of all where none was issued yet."""
    if issued is None:
        return labels.first(work.settings.revision_labels)
    return labels.next_edition(issued.label) if new_edition else labels.next_modification(issued.label)


def _shown(revision: Revision) -> dict[str, Any]:
    return {
        "source": revision.source_digest,
        "title": revision.title,
        "secrecy": revision.secrecy,
        "circle": revision.circle,
        "reason": revision.change_reason,
        "summary": revision.change_summary,
    }
