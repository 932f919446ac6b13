"""Of which documents a list that names many things may tell: the trail, the page of jobs (SEC-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select, true

from qms.documents import access
from qms.documents.lifecycle import State
from qms.documents.models import Document, Revision

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref

_KINDS = frozenset({"document", "revision", "plan", "withdrawal"})


def is_about_documents(ref: Ref) -> bool:
    """Whether a ref names a document, a revision, or an act on one."""
    return ref.kind in _KINDS


def hidden(session: Session, rights: Rights, refs: Iterable[Ref], day: date) -> frozenset[Ref]:
    """Those of the refs about documents that do not exist for the person.

    Secrecy and circle bind everybody. Whoever does not read documents at all may still learn that
    one inside their grade was acted on; its content is for the caller to leave out.
    """
    asked = {ref: tuple(ref.key.split("@")[:3]) for ref in refs if is_about_documents(ref)}
    if not asked:
        return frozenset()
    sight = true() if not rights.may("documents:read") else _sight(session, rights, day)
    numbers = {parts[0] for parts in asked.values()}
    every = select(Document.number, Revision.language, Revision.label).join(
        Revision, Revision.document_id == Document.id
    )
    rows = session.execute(every.where(Document.number.in_(numbers), access.graded(rights), sight)).all()
    there = set(session.scalars(select(Document.number).where(Document.number.in_(numbers))))
    seen = {(row.number,) for row in rows} | {(row.number, row.language, row.label) for row in rows}
    return frozenset(ref for ref, parts in asked.items() if parts[0] in there and parts not in seen)


def _sight(session: Session, rights: Rights, day: date) -> ColumnElement[bool]:
    if rights.oversees:
        return true()
    issued = and_(Revision.state == State.ISSUED, access.reached(rights))
    return or_(issued, access.at_work(session, rights, day))
