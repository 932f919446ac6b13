"""What changed between two revisions, for reviewers and readers (DOC-06)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select
from sqlalchemy.orm import contains_eager

from qms import rendering
from qms.documents import access, rows
from qms.documents.lifecycle import State
from qms.documents.models import Revision, Validity
from qms.documents.operations import checks, filling
from qms.documents.queries.finding import covering
from qms.kernel.labels import in_language
from qms.rendering import Block, Content, Row, RowKind

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Difference:
    """Two revisions side by side; `old` is None for a document that was never in force.

    `title` holds the marked title, old and new, where it changed. `is_hidden` says that there is a
    revision before it which the person may not see.
    """

    old: Ref | None
    new: Ref
    title: tuple[str, str] | None
    rows: tuple[Row, ...]
    is_hidden: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether both texts are the same, word by word."""
        return self.title is None and all(row.kind is RowKind.SAME for row in self.rows)


def difference(work: Work, ref: Ref, against: Ref | None = None) -> Difference:
    """A revision compared with another one, or with the one in force before it.

    Whoever works on a revision that is not issued sees what it changes, whomever the earlier text was
    distributed to; only grade and circle hide it. What is hidden is not compared with: the text then
    shows as wholly new, and the answer says why.
    """
    new = rows.seen(work.session, work.rights, work.today, ref)
    if against is not None:
        old: Revision | None = rows.seen(work.session, work.rights, work.today, against)
    else:
        sight = access.issued(work.rights)
        if new.state is not State.ISSUED:
            sight = and_(Revision.state == State.ISSUED, access.graded(work.rights))
        old = _before(work, new, work.today, sight)
    before = Content((), "", "") if old is None else _content(work, old)
    language = new.language
    title = None
    if old is not None and in_language(old.title, language) != in_language(new.title, language):
        title = rendering.compare_texts(in_language(old.title, language), in_language(new.title, language))
    compared = tuple(rendering.compare(before, _content(work, new)))
    is_hidden = old is None and _before(work, new, work.today, Revision.state == State.ISSUED) is not None
    return Difference(None if old is None else rows.ref_of(old), ref, title, compared, is_hidden)


def _before(work: Work, new: Revision, day: date, sight: ColumnElement[bool]) -> Revision | None:
    """The revision in force today, or, where that is this one, the issued one before it."""
    query = (
        select(Revision)
        .join(Revision.document)
        .join(Validity, Validity.revision_id == Revision.id)
        .options(contains_eager(Revision.document))
        .where(
            Revision.document_id == new.document_id,
            Revision.language == new.language,
            sight,
        )
    )
    now = work.session.scalar(query.where(covering(day)))
    if now is not None and (now.edition, now.modification) < (new.edition, new.modification):
        return now
    earlier = (Revision.edition < new.edition) | (
        (Revision.edition == new.edition) & (Revision.modification < new.modification)
    )
    return work.session.scalar(
        query.where(earlier, Validity.until_on.is_(None) | (Validity.until_on > Validity.from_on))
        .order_by(Revision.edition.desc(), Revision.modification.desc())
        .limit(1)
    )


def _content(work: Work, revision: Revision) -> Content:
    """The blocks of a revision; a declared one is compared line by line of its words."""
    source = checks.stored(work, revision)
    body = filling.body_of(work, revision.document.kind)
    if body is None:
        return source.content
    head = source.source.head
    if revision.state is State.DRAFT and not filling.is_sound(body, head):
        return Content((), "", "")
    text = body.text(head, revision.language)
    blocks = tuple(Block("", "item", line) for line in text.split("\n") if line.strip())
    return Content((), "", text, blocks=blocks)
