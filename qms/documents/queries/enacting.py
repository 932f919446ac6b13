"""What happened when the revisions of a document entered or left force, told from the trail (law 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select

from qms import trail
from qms.documents import access, numbering, rows
from qms.documents.models import Document, Enactment, Passage, Revision
from qms.kernel.work import ask

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.trail import TrailRow

_TAGS: Final = {
    Passage.ENTER: "document:revision:enter-force",
    Passage.LEAVE: "document:revision:leave-force",
}
_OWN: Final = "task:"


@dataclass(frozen=True, slots=True)
class Happened:
    """One passage of a revision: the day, the number of readers asked, and the entries of the rest."""

    label: str
    passage: Passage
    on: date
    readings: int
    rows: tuple[TrailRow, ...]


def happened(session: Session, rights: Rights, number: str, language: str, today: date) -> list[Happened]:
    """Every passage of the document's revisions in a language that the reader may see, the newest first.

    The entries a passage caused stand right before its own in the trail, which counts them.
    """
    told = {"folded": numbering.key(number), "language": language}
    passed = ask(session, _PASSED, **told, **access.given(session, rights, today)).all()
    refs = [rows.revision_ref(row.number, row.language, row.label) for row in passed]
    entries = {
        (entry.ref, entry.action): entry
        for entry in trail.history(session, refs, 2 * len(refs), actions=_TAGS.values())
    }
    return [
        _told(session, row, entries[ref, _TAGS[row.passage]]) for row, ref in zip(passed, refs, strict=True)
    ]


_PASSED: Final = (
    select(Enactment.passage, Enactment.on.label("day"), Document.number, Revision.language, Revision.label)
    .join(Revision, Revision.id == Enactment.revision_id)
    .join(Revision.document)
    .where(Document.folded == bindparam("folded"), Revision.language == bindparam("language"), access.VISIBLE)
    .order_by(Enactment.on.desc(), Enactment.id.desc())
)


def _told(session: Session, passage: Row[*tuple[Any, ...]], own: TrailRow) -> Happened:
    count = int(own.after.get("acts", 0))
    before = trail.before(session, own.seq, count) if count else []
    return Happened(
        passage.label,
        passage.passage,
        passage.day,
        int(own.after.get("readings", 0)),
        tuple(row for row in before if not row.action.startswith(_OWN)),
    )
