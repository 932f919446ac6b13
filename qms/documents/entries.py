"""What search keeps of documents: each clause of each issued revision with its days (search port)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from qms.documents import numbering, rows
from qms.documents.defaults import Kind
from qms.documents.lifecycle import State
from qms.documents.models import Audience, ClauseText, Document, Member, Revision, Validity
from qms.kernel.labels import in_language
from qms.kernel.ports import Entry
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qms.kernel.work import Work

_ABOUT_REVISIONS: Final = frozenset({"revision", "withdrawal", "plan"})


class DocumentEntries:
    """The Entries of documents: one group a document, one entry a clause, every issued revision."""

    kinds: frozenset[str] = frozenset(kind.value for kind in Kind)

    def group_of(self, ref: Ref) -> Ref | None:
        """The document that a trail entry speaks of, by itself or by one of its revisions."""
        if ref.kind == "document":
            return ref
        if ref.kind in _ABOUT_REVISIONS:
            return rows.document_ref(ref.key.partition("@")[0])
        return None

    def groups(self, work: Work) -> Iterator[Ref]:
        """Every document that was ever issued."""
        numbers = work.session.scalars(
            select(Document.number)
            .join(Revision, Revision.document_id == Document.id)
            .where(Revision.state == State.ISSUED)
            .distinct()
            .order_by(Document.number)
        )
        for number in numbers.all():
            yield rows.document_ref(number)

    def entries(self, work: Work, ref: Ref) -> Sequence[Entry]:
        """The clauses of all issued revisions of a document, with the days they are in force."""
        found = work.session.execute(
            select(Revision, Validity)
            .join(Revision.document)
            .join(Validity, Validity.revision_id == Revision.id)
            .options(contains_eager(Revision.document))
            .where(Document.folded == numbering.key(ref.key), Revision.state == State.ISSUED)
            .order_by(Revision.language, Revision.edition, Revision.modification)
        ).all()
        return [entry for revision, row in found for entry in _entries(work, ref, revision, row)]


def audience(work: Work, revision: Revision) -> tuple[frozenset[str] | None, frozenset[str], frozenset[str]]:
    """Departments (None: all), posts and people of a revision, the owner's department among them."""
    if revision.for_everyone:
        return None, frozenset(), frozenset()
    named: dict[Member, set[str]] = {member: set() for member in Member}
    for row in work.session.scalars(select(Audience).where(Audience.revision_id == revision.id)):
        named[row.member].add(row.code)
    departments = named[Member.DEPARTMENT] | {revision.document.owner}
    return frozenset(departments), frozenset(named[Member.POST]), frozenset(named[Member.PERSON])


def _entries(work: Work, group: Ref, revision: Revision, row: Validity) -> Iterator[Entry]:
    if row.until_on == row.from_on:
        return  # it was withdrawn before its first day and is in force on none
    departments, posts, people = audience(work, revision)
    own = rows.ref_of(revision)
    clauses = work.session.scalars(
        select(ClauseText).where(ClauseText.revision_id == revision.id).order_by(ClauseText.position)
    )
    for clause in clauses:
        yield Entry(
            key=f"{own}#{clause.anchor}",
            group=str(group),
            number=revision.document.number,
            title=in_language(revision.title, revision.language),
            kind=revision.document.kind.value,
            language=revision.language,
            revision=revision.label,
            heading=clause.heading,
            clause=clause.number,
            anchor=clause.anchor,
            text=clause.text,
            secrecy=revision.secrecy,
            circle=revision.circle,
            departments=departments,
            posts=posts,
            people=people,
            from_on=row.from_on,
            until_on=row.until_on,
        )
