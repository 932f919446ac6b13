"""The verbs of requests for change: ask for one from a document, and say what was begun from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import documents, records
from qms.changes import rules
from qms.changes.errors import DraftNotYours, NoSuchRequest, RequestForOther, RequestNotApproved
from qms.changes.models import ChangeRequest, ChangeRevision
from qms.kernel.errors import Missing
from qms.kernel.ports import Secrecy
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from qms.kernel.work import Work
    from qms.records import Record

_AGREED = "agree"
_DRAFT = "documents:draft"


def ask(work: Work, number: str, language: str, question: str = "") -> Record:
    """Begin a request for the change of a document in force, its facts filled in; any reader may."""
    found = documents.in_force(work.session, work.rights, number, language, work.today)
    head, document = found.head, found.document
    values = {
        "request_kind": "revise",
        "document": document.number,
        "document_title": found.title.get(language) or next(iter(found.title.values())),
        "document_kind": document.kind.value,
        "owner_department": document.owner,
        "origin": "suggestion",
        "secrecy_grade": Secrecy(found.secrecy).name.lower(),
    }
    more = {"parent_document": head.get("parent"), "detail_grade": head.get("detail"), "reason": question}
    return records.begin(work, rules.FORM, values=values | {key: said for key, said in more.items() if said})


def lead(work: Work, request: str, revision: Ref) -> ChangeRevision:
    """Say that a revision was begun from an approved request; it holds the request open (DOC-16)."""
    draft = documents.revision(work.session, work.rights, revision, work.today)
    if not work.rights.may(_DRAFT, draft.document.owner):
        raise DraftNotYours(department=draft.document.owner)
    row = _asked(work, request)
    if row.document not in {None, draft.document.number}:
        raise RequestForOther(request=request, document=row.document, other=draft.document.number)
    made = ChangeRevision(
        request_id=row.id,
        revision=str(revision),
        person_id=work.rights.person_id,
        at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    work.record("change:lead", revision, after={"request": row.number})
    return made


def _asked(work: Work, request: str) -> ChangeRequest:
    try:
        record = records.record_of(work.session, work.rights, Ref("record", request), work.today)
    except Missing as missing:
        raise NoSuchRequest(request=request) from missing
    row = work.session.scalar(select(ChangeRequest).where(ChangeRequest.record_id == record.id))
    if row is None:
        raise NoSuchRequest(request=request)
    if row.state != "open" or record.decision != _AGREED:
        raise RequestNotApproved(request=request)
    return row
