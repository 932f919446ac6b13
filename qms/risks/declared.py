"""The control points of documents in force: derived from validity, never stored beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from qms import documents
from qms.documents.models import Document, Revision, Validity
from qms.kernel.labels import LANGUAGES
from qms.risks import rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref
    from qms.risks.rules import Point

SECTION = "control-points"


@dataclass(frozen=True, slots=True)
class Declared:
    """A control point in force and the document that declares it."""

    document: str
    owner: str
    point: Point

    @property
    def ref(self) -> Ref:
        """The point as a Ref."""
        return rules.ref_of(self.document, self.point.id)


def in_force(session: Session, day: date, number: str | None = None) -> list[Declared]:
    """Every control point in force on a day, whoever asks; the first language of a document counts."""
    query = (
        select(Document.number, Document.owner, Revision.language, Revision.head)
        .join(Document, Document.id == Revision.document_id)
        .join(Validity, Validity.revision_id == Revision.id)
        .where(Validity.from_on <= day, or_(Validity.until_on.is_(None), Validity.until_on > day))
    )
    if number is not None:
        query = query.where(Document.number == number)
    rows = sorted(session.execute(query), key=lambda row: (row.number, LANGUAGES.index(row.language)))
    found: dict[tuple[str, str], Declared] = {}
    for row in rows:
        declared = row.head.get(SECTION, [])
        # What entered force before the law of points was read is passed over where it has faults.
        for point in () if rules.faults(declared) else rules.read(declared):
            found.setdefault((row.number, point.id), Declared(row.number, row.owner, point))
    return list(found.values())


def seen(session: Session, rights: Rights, day: date) -> list[Declared]:
    """The control points of the documents in force that exist for the person: who sees one sees the other."""
    numbers = {each.number for each in documents.library(session, rights, day)}
    return [each for each in in_force(session, day) if each.document in numbers]


def taking(found: Sequence[Declared], form: str, code: str) -> Declared | None:
    """The one point of this id whose checks are filed on the form; None where there is none, or several."""
    fits = [each for each in found if each.point.id == code and form in {each.point.form, each.point.record}]
    return fits[0] if len(fits) == 1 else None
