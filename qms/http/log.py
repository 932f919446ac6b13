"""One line of the log for each request, under a number that its answer carries as well (SEC-25).

Only what the route table and the session say goes in: never an address that was typed, a field, a
cookie or a name.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import TYPE_CHECKING, Final

from flask import current_app, g, request

from qms.http.edge import runtime, visitor
from qms.runtime.logs import about

if TYPE_CHECKING:
    from flask import Flask, Response

LOG: Final = logging.getLogger("qms.http")
NUMBER: Final = "X-Request-Id"
_GIVEN: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_QUIET: Final = frozenset({"health.alive", "health.ready", "metrics.page", "static"})
_FAULT: Final = 500


def attach(app: Flask) -> None:
    """Number every request, and log it when its answer is ready."""

    @app.before_request
    def _begin() -> None:
        g.began = time.monotonic()
        g.request_id = _number()
        g.about = about.set({"request": g.request_id})

    @app.after_request
    def _told(response: Response) -> Response:
        if "began" in g:
            response.headers[NUMBER] = g.request_id
            _log(response.status_code, time.monotonic() - g.began)
        return response

    @app.teardown_request
    def _end(_: BaseException | None) -> None:
        token = g.pop("about", None)
        if token is not None:
            about.reset(token)


def _number() -> str:
    """The number the organisation's own proxy gave, where one stands in front; else one of our own."""
    given = request.headers.get(NUMBER, "") if runtime().settings.proxy_hops else ""
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)


def _log(status: int, seconds: float) -> None:
    meters = current_app.extensions["qms-meters"]
    meters.count(request.endpoint, request.method, status, seconds)
    level = logging.DEBUG if request.endpoint in _QUIET and status < _FAULT else logging.INFO
    who = visitor()
    facts = {
        "method": request.method,
        "route": request.endpoint,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "person": who.person_id if who else None,
        "address": request.remote_addr,
    }
    LOG.log(level, "request", extra={"facts": facts})
