"""The rows an act works on: found by what people call them, locked, and refused where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager

from qms.documents import access, errors, numbering
from qms.documents.lifecycle import State
from qms.documents.models import Document, Image, Revision, Validity
from qms.documents.validity import Interval
from qms.kernel.refs import Ref
from qms.kernel.work import ask, remembered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.kernel.errors import Missing
    from qms.kernel.ports import Rights
    from qms.kernel.work import Work


def name(revision: Revision) -> str:
    """What people call a revision: `CP-12 A/3`, with the language where it is not told otherwise."""
    return f"{revision.document.number} {revision.label} ({revision.language})"


def revision_ref(number: str, language: str, label: str) -> Ref:
    """The Ref of a revision, `revision:CP-12@zh-Hans@A/3`."""
    return Ref("revision", f"{number}@{language}@{label}")


def ref_of(revision: Revision) -> Ref:
    """The Ref of a loaded revision."""
    return revision_ref(revision.document.number, revision.language, revision.label)


def document_ref(number: str) -> Ref:
    """The Ref of a document, `document:CP-12`."""
    return Ref("document", number)


def parts(ref: Ref) -> tuple[str, str, str]:
    """Number, language and label of a revision's Ref; anything else is no revision."""
    pieces = ref.key.split("@")
    if ref.kind != "revision" or len(pieces) != len(("number", "language", "label")):
        raise errors.RevisionMissing(revision=str(ref))
    return pieces[0], pieces[1], pieces[2]


def images(session: Session, revision_id: int) -> dict[str, str]:
    """The images of a revision: name to digest."""
    return {row.name: row.digest for row in ask(session, _IMAGES, revision=revision_id)}


def may_see(session: Session, rights: Rights, day: date, revision: Revision) -> bool:
    """Whether a revision exists for the person of these rights."""
    query = (
        select(Revision.id)
        .join(Revision.document)
        .where(Revision.id == revision.id, access.visible(session, rights, day))
    )
    return session.scalar(query) is not None


def find_document(session: Session, number: str) -> Document | None:
    """The document whose number people would take this one for, without asking who looks."""
    return session.scalar(select(Document).where(Document.folded == numbering.key(number)))


def lock_document(work: Work, document_id: int) -> Document:
    """The document, locked: whoever decides about its validity does so alone."""
    return work.session.execute(
        select(Document)
        .where(Document.id == document_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


_SEEN: Final = (
    select(Revision)
    .join(Revision.document)
    .options(contains_eager(Revision.document))
    .where(
        Document.folded == bindparam("folded"),  # the column with the index
        Document.number == bindparam("number"),
        Revision.language == bindparam("language"),
        Revision.label == bindparam("label"),
        access.VISIBLE,
    )
)
_IMAGES: Final = select(Image.name, Image.digest).where(Image.revision_id == bindparam("revision"))


def seen(session: Session, rights: Rights, day: date, ref: Ref) -> Revision:
    """The revision of this Ref with its document; for those who may not see it there is none."""

    def found() -> tuple[Rights, Revision]:
        return rights, _seen(session, rights, day, ref)

    # The rights stand beside the answer, so that their id is not given to others meanwhile.
    return remembered(session, (seen, id(rights), day, ref), found)[1]


def _seen(session: Session, rights: Rights, day: date, ref: Ref) -> Revision:
    number, language, label = parts(ref)
    told = {"folded": numbering.key(number), "number": number, "language": language, "label": label}
    found = session.scalar(_SEEN, told | access.given(session, rights, day))
    if found is None:
        raise errors.RevisionMissing(revision=f"{number} {label}")
    return found


def lock(work: Work, ref: Ref) -> Revision:
    """The revision a person acts on: visible to them, locked and read afresh (SEC-28)."""
    found = seen(work.session, work.rights, work.today, ref)
    return lock_by_id(work, found.id)


def lock_seen(work: Work, revision_id: int, otherwise: Missing) -> Revision:
    """The revision of this id, locked, where the person may see it; otherwise what they asked is missing."""
    known = work.session.scalar(
        select(Revision.id)
        .join(Revision.document)
        .where(Revision.id == revision_id, access.visible(work.session, work.rights, work.today))
    )
    if known is None:
        raise otherwise
    return lock_by_id(work, known)


def lock_by_id(work: Work, revision_id: int) -> Revision:
    """The revision of this id with its document, locked and read afresh."""
    return work.session.execute(
        select(Revision)
        .join(Revision.document)
        .options(contains_eager(Revision.document))
        .where(Revision.id == revision_id)
        .with_for_update(of=Revision)
        .execution_options(populate_existing=True)
    ).scalar_one()


def by_id(session: Session, revision_id: int) -> Revision:
    """The revision of this id with its document, for a service."""
    return session.execute(
        select(Revision)
        .join(Revision.document)
        .options(contains_eager(Revision.document))
        .where(Revision.id == revision_id)
    ).scalar_one()


def open_revision(session: Session, document_id: int, language: str) -> Revision | None:
    """The one revision of this language that is not issued and not discarded."""
    return session.scalar(
        select(Revision)
        .join(Revision.document)
        .options(contains_eager(Revision.document))
        .where(
            Revision.document_id == document_id,
            Revision.language == language,
            Revision.state != State.ISSUED,
            Revision.discarded_at.is_(None),
        )
    )


def labelled(session: Session, document_id: int, language: str, label: str) -> Revision | None:
    """The revision of this label, discarded or not."""
    return session.scalar(
        select(Revision)
        .join(Revision.document)
        .options(contains_eager(Revision.document))
        .where(Revision.document_id == document_id, Revision.language == language, Revision.label == label)
    )


def last_issued(session: Session, document_id: int, language: str) -> Revision | None:
    """The issued revision of this language with the highest label."""
    return session.scalar(
        select(Revision)
        .join(Revision.document)
        .options(contains_eager(Revision.document))
        .where(
            Revision.document_id == document_id,
            Revision.language == language,
            Revision.state == State.ISSUED,
        )
        .order_by(Revision.edition.desc(), Revision.modification.desc())
        .limit(1)
    )


def validities(session: Session, document_id: int, language: str) -> list[Validity]:
    """All validity rows of one language of a document in order of their first day."""
    return list(
        session.scalars(
            select(Validity)
            .join(Validity.revision)
            .join(Revision.document)
            .options(contains_eager(Validity.revision).contains_eager(Revision.document))
            .where(Validity.document_id == document_id, Validity.language == language)
            .order_by(Validity.from_on, Validity.id)
            .execution_options(populate_existing=True)
        )
    )


def intervals(rows: Sequence[Validity]) -> list[Interval]:
    """Validity rows as the plain values the rules work on, named by the label of the revision."""
    return [Interval(row.revision.label, row.from_on, row.until_on, row.ended_by) for row in rows]


def known(session: Session, ref: Ref) -> Revision:
    """The revision of this Ref for a service that works on what a person ordered."""
    number, language, label = parts(ref)
    found = session.scalar(
        select(Revision)
        .join(Revision.document)
        .options(contains_eager(Revision.document))
        .where(
            Document.folded == numbering.key(number),
            Document.number == number,
            Revision.language == language,
            Revision.label == label,
        )
    )
    if found is None:
        raise errors.RevisionMissing(revision=f"{number} {label}")
    return found


def person_id(work: Work) -> int:
    """The person who acts; a service is refused where an opinion or a signature is asked."""
    if work.actor.person_id is None:
        raise errors.PersonNeeded
    return work.actor.person_id


def allow(work: Work, permission: str, owner: str) -> None:
    """Refuse an act that is not granted for the department that owns the document (DOC-08)."""
    if not work.rights.may(permission, owner):
        raise errors.NotAllowedHere(department=owner)
