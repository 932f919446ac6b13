"""Acknowledgement: a person signs to have read and understood exactly these contents (DOC-07, R13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import accounts, tasks
from qms.accounts import Meaning
from qms.documents import errors, lifecycle, rows
from qms.documents.lifecycle import Standing, State
from qms.documents.models import Acknowledgement, Revision
from qms.documents.operations import reading

if TYPE_CHECKING:
    from qms.accounts import OpenKey
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


def acknowledge(work: Work, ref: Ref, *, password: str | OpenKey) -> Acknowledgement:
    """Sign for the digest of a revision in force, or of the next one already published.

    The signature counts for this digest alone: the next revision has to be read anew.
    """
    revision = rows.lock(work, ref)
    person = rows.person_id(work)
    if not work.rights.may("documents:acknowledge"):
        raise errors.NotAllowedHere(department=revision.document.owner)
    _refuse_unread(work, revision)
    if person in reading.acknowledged(work.session, revision):
        raise errors.AcknowledgedAlready(what=rows.name(revision))
    guards = work.ports.get("reading-guards", ())
    for guard in guards:
        guard.allow(work, ref, revision.head, person)
    digest = revision.content_digest or ""
    signature = accounts.sign(work, password=password, meaning=Meaning.ACKNOWLEDGED, ref=ref, digest=digest)
    made = Acknowledgement(
        revision_id=revision.id,
        person_id=person,
        digest=digest,
        signature_id=signature.id,
        at=work.now,
        on=work.today,
    )
    work.session.add(made)
    tasks.settle(work, reading.KIND, ref, person)
    for guard in guards:
        guard.done(work, ref, revision.head, person)
    work.record("document:revision:acknowledge", ref, after={"person": person, "digest": digest})
    return made


def _refuse_unread(work: Work, revision: Revision) -> None:
    validities = rows.validities(work.session, revision.document_id, revision.language)
    interval = next((each for each in rows.intervals(validities) if each.revision == revision.label), None)
    standing = lifecycle.standing(revision.state, interval, work.today)
    if revision.state is not State.ISSUED or standing not in {Standing.IN_FORCE, Standing.PENDING}:
        raise errors.CannotAcknowledge(what=rows.name(revision))
