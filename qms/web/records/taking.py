"""A filed record as PDF to take away: set anew from what is kept, stamped for whom and when (DOC-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import records
from qms.http.edge import NothingToSee
from qms.http.limits import limiter
from qms.kernel.refs import Ref
from qms.rendering import StampKind
from qms.web.records._pages import pages
from qms.web.records.listing import reader
from qms.web.stamped import OFTEN, stamped

if TYPE_CHECKING:
    from flask import Response


@pages.get("/records/<number>/record.pdf")
@limiter.limit(OFTEN)
def sheet(number: str) -> Response:
    """The record for whoever may see it, as an uncontrolled copy; set in a process of its own (SEC-19)."""
    work = reader()
    record = records.record_of(work.session, work.rights, Ref("record", number), work.today)
    if record.number is None:
        raise NothingToSee
    printed = records.printed(work, record)
    out = record.state is records.State.CANCELLED
    kind = StampKind.WITHDRAWN if out else StampKind.UNCONTROLLED
    return stamped(work, printed.sheet, printed.source, printed.source_name, file=f"{number}.pdf", kind=kind)
