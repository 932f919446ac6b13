"""Who may come in: every route but the public ones, sign-in, and the password again where it matters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask import g, redirect, request, url_for

from qms import accounts
from qms.http import session as cookie
from qms.http.edge import SAFE, act, close, here, look, page, visitor
from qms.http.limits import limiter
from qms.http.refusals import journal

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

    from qms.accounts import Ticket
    from qms.kernel.errors import QmsError
    from qms.runtime import Visitor

FRESH: Final = timedelta(minutes=15)
LOGIN: Final = "confirm-login"
PASSWORD: Final = "confirm-password"  # noqa: S105 - the name of a field
_ITS_OWN: Final = frozenset({LOGIN, PASSWORD, "csrf_token"})
_UNTIL_CHANGED: Final = frozenset({"accounts.password", "accounts.sign_out", "home.language"})
_WRONG: Final = (accounts.SignInRefused, accounts.TooManyAttempts)


def attach(app: Flask) -> None:
    """Guard every route that is not public, and close what the request opened (SEC-06)."""

    @app.before_request
    def _guard() -> ResponseReturnValue | None:
        view = app.view_functions.get(request.endpoint or "")
        if request.endpoint in {None, "static"} or view is None or getattr(view, "qms_bare", False):
            return None
        look()
        who = visitor()
        if getattr(view, "qms_public", False):
            return None
        if who is None:
            return _turned_away()
        if who.must_change and request.endpoint not in _UNTIL_CHANGED:
            return redirect(url_for("accounts.password"), 303)
        return _prompt(who) if getattr(view, "qms_sensitive", False) else None

    @app.teardown_request
    def _close(_: BaseException | None) -> None:
        close()


def enter(login: str, password: str) -> Ticket:
    """Begin a session for whoever knows the password, and end the one this browser had (SEC-01).

    The comparison is made outside the writing Work (law 2); an address may try so often (SEC-09).
    """
    address = request.remote_addr or ""
    with limiter.shared_limit("60 per minute", scope="sign-in"):
        seen = look()
        checked = accounts.check_password(seen.session, login, password, address=address, now=seen.now)
    earlier = g.get("session_token")
    with act() as work:
        if earlier and checked.right:
            accounts.sign_out(work, earlier, why="renewed")
        ticket = accounts.sign_in(work, login, password, address=address, checked=checked)
    cookie.begin(ticket.token)
    close()
    return ticket


def _turned_away() -> ResponseReturnValue | None:
    """Send a look to the sign-in page; an act may sign in here and goes on with what was sent."""
    if request.method in SAFE:
        return redirect(url_for("accounts.sign_in", next=here()), 303)
    login, password = request.form.get(LOGIN), request.form.get(PASSWORD)
    if not login or not password:
        return _asked(401, stranger=True)
    try:
        ticket = enter(login, password)
    except _WRONG as error:
        journal(error)
        return _asked(401, stranger=True, refusal=error)
    return redirect(url_for("accounts.password"), 303) if ticket.must_change else None


def _prompt(who: Visitor) -> ResponseReturnValue | None:
    """Ask for the password where it was last given too long ago (SEC-12)."""
    if request.method in SAFE or look().now - who.authenticated_at < FRESH:
        return None
    password = request.form.get(PASSWORD)
    if not password:
        return _asked(403)
    try:
        with act() as work:
            ticket = accounts.reauthenticate(work, g.session_token, password)
    except _WRONG as error:
        journal(error)
        return _asked(403, refusal=error)
    cookie.begin(ticket.token)
    return None


def _asked(code: int, *, stranger: bool = False, refusal: QmsError | None = None) -> tuple[str, int]:
    """The page that asks; every field that was sent comes along, so that nothing typed is lost."""
    kept = [pair for pair in request.form.items(multi=True) if pair[0] not in _ITS_OWN]
    body = page(
        "confirm.html",
        kept=kept,
        files=bool(request.files),
        names=(LOGIN, PASSWORD),
        stranger=stranger,
        refusal=refusal,
    )
    return body, code
