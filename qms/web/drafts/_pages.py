"""The one blueprint of the draft desk: writing, review, release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint

from qms import documents
from qms.http.edge import look
from qms.web.revisions import ref_at

if TYPE_CHECKING:
    from qms.documents import Revision
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

pages: Final = Blueprint("drafts", __name__)
AT: Final = "/drafts/<number>/<lang>/<label>"


def opened(number: str, lang: str, label: str) -> tuple[Work, Ref, Revision]:
    """The revision an address names, for those who may see it; for others there is none (SEC-06)."""
    work, ref = look(), ref_at(number, lang, label)
    return work, ref, documents.revision(work.session, work.rights, ref, work.today)
