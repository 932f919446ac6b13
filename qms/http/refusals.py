"""Refusals become answers: one page, one status, and a journal entry where something was denied."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from flask import current_app, g, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from qms import accounts
from qms.http.edge import ANONYMOUS, SAFE, close, page, runtime, t
from qms.http.problems import status
from qms.kernel.errors import Collided, Damaged, Exhausted, Forbidden, Invalid, QmsError, Unavailable
from qms.kernel.labels import LANGUAGES, N_, say
from qms.kernel.refs import Ref
from qms.runtime import alarms
from qms.runtime.logs import neutral

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask
    from flask.typing import ResponseReturnValue

    from qms.kernel.errors import Problem

LOG = logging.getLogger("qms.http")

_PLAIN: Final = {
    400: N_("The request could not be understood. Go back, reload the page and try again."),
    404: N_("There is nothing here that you may see."),
    405: N_("This address does not take that kind of request."),
    413: N_("What was sent is too large."),
    429: N_("Too many requests in a short time. Wait a minute and try again."),
    500: N_("Something went wrong on our side. It has been noted; try again, or tell your administrator."),
}
_SERVER: Final = 500
_TRIES: Final = 2
_KEPT_OUT: Final = (accounts.SignInRefused, accounts.SecondFactorWrong, accounts.TooManyAttempts)
_COUNTED = (
    accounts.SignInRefused,
    accounts.SigningRefused,
    accounts.SecondFactorWrong,
    accounts.TooManyAttempts,
    accounts.TooManyCodes,
)


def attach(app: Flask) -> None:
    """Answer every refusal and every fault with a page in the person's language (SEC-26)."""

    @app.errorhandler(QmsError)
    def _refused(error: QmsError) -> tuple[str, int]:
        close()
        journal(error)
        if isinstance(error, Damaged | Unavailable | Exhausted):
            LOG.error("%s: %s", error.code, neutral(str(error)))
        problems = error.problems if isinstance(error, Invalid) else ()
        return _answer(status(error), error, problems)

    @app.errorhandler(Collided)
    def _again(error: Collided) -> ResponseReturnValue:
        """Repeat the whole request, guards and all: what collided left nothing behind (REL-05)."""
        for _ in range(_TRIES):
            close()
            try:
                answer = app.preprocess_request()
                return app.dispatch_request() if answer is None else answer
            except Collided as again:
                error = again
            except QmsError as refusal:
                return _refused(refusal)
        return _refused(error)

    @app.errorhandler(CSRFError)
    def _forged(_: CSRFError) -> tuple[str, int]:
        close()
        return _answer(400, t(_PLAIN[400]))

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[str, int]:
        close()
        code = error.code or _SERVER
        return _answer(code, t(_PLAIN.get(code, _PLAIN[_SERVER if code >= _SERVER else 400])))

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> tuple[str, int]:
        close()
        LOG.error("unhandled in %s %s", request.method, request.endpoint, exc_info=error)
        return _answer(_SERVER, t(_PLAIN[_SERVER]))


def _answer(code: int, text: object, problems: Sequence[Problem] = ()) -> tuple[str, int]:
    try:
        return page("refusal.html", text=text, problems=problems, code=code), code
    except Exception:
        # The frame itself needs the database and the routes; where they fail, this sentence remains.
        LOG.exception("no page for the refusal")
        close()
        return _last_resort(code), code


def _last_resort(code: int) -> str:
    text = _PLAIN.get(code, _PLAIN[_SERVER])
    lines = "".join(f'<p lang="{each}">{say(text, each)}</p>' for each in LANGUAGES)
    return f"<!doctype html><meta charset=utf-8><title>{code}</title>{lines}"


def journal(error: QmsError) -> None:
    """Journal what was denied in a Work of its own, after the refused one has rolled back (law 10).

    A wrong password is counted there too (SEC-09), and the alarm it may set off is a task of the
    security administrators in the same Work (P11-300d). Looks are not journalled, since no GET writes;
    the log has them.
    """
    facts = {"refusal": error.code, "method": request.method, "route": request.endpoint}
    LOG.info("refused", extra={"facts": facts})
    if isinstance(error, _KEPT_OUT):
        current_app.extensions["qms-meters"].refused()
    if request.method in SAFE or runtime().gate():
        return
    actor = g.get("actor", ANONYMOUS)
    if isinstance(error, _COUNTED):
        with runtime().works.writing(actor) as work:
            alarms.journal(work, error)
    elif isinstance(error, Forbidden) or getattr(error, "journalled", False):
        runtime().record_refusal(
            actor, attempt=f"web:{request.endpoint}", ref=Ref("address", request.path), refusal=error
        )
