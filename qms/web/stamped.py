"""What is set anew to be taken along: a stamped PDF, made by a process of its own (SEC-19, DOC-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import documents, rendering
from qms.http.edge import close
from qms.http.limits import a_minute
from qms.rendering import Pool, Stamp, StampKind
from qms.web.documents.library import download

if TYPE_CHECKING:
    from flask import Response

    from qms.kernel.work import Work
    from qms.rendering import Sheet

OFTEN: Final = a_minute(6)
"""Setting a sheet takes seconds and memory; who reads on the screen needs none of it."""
_PDF: Final = "application/pdf"


def stamped(
    work: Work,
    sheet: Sheet,
    source: bytes,
    source_name: str,
    *,
    file: str,
    kind: StampKind = StampKind.UNCONTROLLED,
) -> Response:
    """The sheet as PDF for who asks, with its source inside; the look is closed while it is set."""
    mark = Stamp(
        kind=kind,
        language=sheet.language,
        name=work.actor.name,
        at=documents.local(work, work.now),
        made_at=work.now,
    )
    settings = work.settings
    close()
    with Pool(seconds=settings.render_seconds, megabytes=settings.render_megabytes, size=1) as pool:
        made = pool.render(sheet, source, source_name)
    return download(rendering.stamp(made.pdf, mark), file, _PDF)
