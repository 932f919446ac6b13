"""A filed record as PDF to take away: set anew from what is kept, stamped for whom and when (DOC-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import documents, records, rendering
from qms.http.edge import NothingToSee, close
from qms.http.limits import a_minute, limiter
from qms.kernel.refs import Ref
from qms.rendering import Pool, Stamp, StampKind
from qms.web.documents.library import download
from qms.web.records._pages import pages
from qms.web.records.listing import reader

if TYPE_CHECKING:
    from flask import Response

_PDF: Final = "application/pdf"
# Setting a sheet takes seconds and memory; who reads on the screen needs none of it.
_SHEETS: Final = a_minute(6)


@pages.get("/records/<number>/record.pdf")
@limiter.limit(_SHEETS)
def sheet(number: str) -> Response:
    """The record for whoever may see it, as an uncontrolled copy; set in a process of its own (SEC-19)."""
    work = reader()
    record = records.record_of(work.session, work.rights, Ref("record", number), work.today)
    if record.number is None:
        raise NothingToSee
    printed = records.printed(work, record)
    out = record.state is records.State.CANCELLED
    mark = Stamp(
        kind=StampKind.WITHDRAWN if out else StampKind.UNCONTROLLED,
        language=record.revision.language,
        name=work.actor.name,
        at=documents.local(work, work.now),
        made_at=work.now,
    )
    settings = work.settings
    close()
    with Pool(seconds=settings.render_seconds, megabytes=settings.render_megabytes, size=1) as pool:
        made = pool.render(printed.sheet, printed.source, printed.source_name)
    return download(rendering.stamp(made.pdf, mark), f"{number}.pdf", _PDF)
