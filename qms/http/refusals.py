"""Refusals become answers: one page, one status, and a journal entry where something was denied."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import g, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from qms.http.edge import ANONYMOUS, close, page, runtime, t
from qms.http.problems import status
from qms.kernel.errors import Damaged, Forbidden, Invalid, QmsError
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from flask import Flask

LOG = logging.getLogger("qms.http")

_PLAIN = {
    400: N_("The request could not be understood. Go back, reload the page and try again."),
    404: N_("There is nothing here that you may see."),
    405: N_("This address does not take that kind of request."),
    413: N_("What was sent is too large."),
    429: N_("Too many requests in a short time. Wait a minute and try again."),
    500: N_("Something went wrong on our side. It has been noted; try again, or tell your administrator."),
}


def attach(app: Flask) -> None:
    """Answer every refusal and every fault with a page in the person's language (SEC-26)."""

    @app.errorhandler(QmsError)
    def _refused(error: QmsError) -> tuple[str, int]:
        close()
        journal(error)
        if isinstance(error, Damaged):
            LOG.error("damaged: %s", error)
        problems = error.problems if isinstance(error, Invalid) else ()
        code = status(error)
        return page("refusal.html", text=error, problems=problems, code=code), code

    @app.errorhandler(CSRFError)
    def _forged(_: CSRFError) -> tuple[str, int]:
        close()
        return page("refusal.html", text=t(_PLAIN[400]), problems=(), code=400), 400

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[str, int]:
        close()
        code = error.code or 500
        text = t(_PLAIN.get(code, _PLAIN[500 if code >= 500 else 400]))  # noqa: PLR2004 - server faults
        return page("refusal.html", text=text, problems=(), code=code), code

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> tuple[str, int]:
        close()
        LOG.exception("unhandled", exc_info=error)
        return page("refusal.html", text=t(_PLAIN[500]), problems=(), code=500), 500


def journal(error: QmsError) -> None:
    """Journal what was denied in a Work of its own, after the refused one has rolled back (law 10).

    Looks are not journalled, since no GET writes; the log has them.
    """
    LOG.info("refused %s %s: %s", request.method, request.endpoint, error.code)
    journalled = isinstance(error, Forbidden) or getattr(error, "journalled", False)
    if request.method != "GET" and journalled:
        runtime().record_refusal(
            g.get("actor", ANONYMOUS),
            attempt=f"web:{request.endpoint}",
            ref=Ref("address", request.path),
            refusal=error,
        )
