"""The session cookie: a server-side token with a signed instant for the idle time-out (D-0005)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, request
from itsdangerous import BadSignature, TimestampSigner

if TYPE_CHECKING:
    from flask import Flask, Response

    from qms.kernel.clock import Clock

COOKIE: Final = "__Host-qms"
POLL: Final = "QMS-Poll"  # on what a page asks for by itself, which is no sign that somebody is there


class _Stamp(TimestampSigner):
    """Stamps with the workspace's clock, so that idle time and the session's end agree (law 16)."""

    def __init__(self, secret: str | bytes, clock: Clock) -> None:
        super().__init__(secret, salt="qms-session")
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock.now().timestamp())


def attach(app: Flask) -> None:
    """Renew the signed instant on every answer to a signed-in person."""

    @app.after_request
    def _renew(response: Response) -> Response:
        token = g.get("session_token")
        if g.get("session_ended"):
            response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
        elif token and POLL not in request.headers:
            response.set_cookie(
                COOKIE,
                _signer(app).sign(token).decode("ascii"),
                path="/",
                secure=True,
                httponly=True,
                samesite="Lax",
            )
        return response


def token(app: Flask) -> str | None:
    """The token of the request's cookie; None where it is absent, forged or idle for too long."""
    if g.get("session_token"):
        return str(g.session_token)
    cookie = request.cookies.get(COOKIE)
    if not cookie or g.get("session_ended"):
        return None
    try:
        raw = _signer(app).unsign(cookie, max_age=60 * app.config["SESSION_IDLE_MINUTES"])
    except BadSignature:
        return None
    return raw.decode("ascii")


def begin(new_token: str) -> None:
    """Give the answer of this request the cookie of a session just begun (SEC-01)."""
    g.session_token = new_token
    g.session_ended = False


def end() -> None:
    """Take the cookie away with the answer of this request."""
    g.session_token = None
    g.session_ended = True


def _signer(app: Flask) -> _Stamp:
    return _Stamp(app.secret_key or "", app.extensions["qms"].works.clock)
