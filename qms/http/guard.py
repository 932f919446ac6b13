"""Who may come in: every route but the public ones, sign-in, and the password again where it matters.

Which act asks again stands in one table (SEC-12): whatever is not listed as everyday, or as signed with
the password each time, asks when the last proof is older than the setting `fresh_minutes`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask import g, redirect, request, url_for

from qms import accounts
from qms.http import session as cookie
from qms.http.edge import SAFE, act, close, here, look, page, runtime, visitor
from qms.http.entering import CODE, LOGIN, PASSWORD, WRONG, enter, enter_code, refuse_elsewhere, step
from qms.http.refusals import journal

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

    from qms.kernel.errors import QmsError
    from qms.runtime import Visitor

EVERYDAY: Final = frozenset(
    {
        # Whole blueprints of daily work: what matters in them is signed.
        "home",
        "tasks",
        "documents",
        "drafts",
        "actions",
        "changes",
        "competence",
        "registers",
        "records",
        "management_review",
        "objectives",
        "complaints",
        "risks",
        "search",
        "verification",
        # Single routes of the others, which administer or export.
        "accounts.end_sessions",
        "accounts.sign_out",
        "evidence.new",
        "parties.contacts",
        "parties.edit",
        "parties.new",
        "evidence.reject",
        "evidence.retry",
        "trail.begin_review",
        "trail.verify",
    }
)
"""Acts for which having signed in is enough; a route that is not listed asks for the password again."""
EXPORTING: Final = frozenset({"registers.export"})
"""Acts of everyday blueprints that take content out: they ask all the same (SEC-12)."""
DOWNLOADS: Final = frozenset(
    {
        "competence.export",
        "documents.export",
        "registers.fetch",
        "time_limits.bulletin_file",
        "time_limits.register_file",
        "trail.export_csv",
        "trail.export_proof",
    }
)
"""Looks that take lists out as files: they ask as acts do, though they change nothing (SEC-12)."""
SIGNED: Final = frozenset(
    {
        "accounts.password",
        "documents.one",
        "documents.sign_withdrawal",
        "drafts.release",
        "drafts.sign",
        "drafts.submit",
        "evidence.approve",
        "retention.one",
        "schedules.one",
        "trail.restart",
        "trail.sign_review",
    }
)
"""Acts whose own page asks for the password, every time (P11-200)."""
_ALWAYS: Final = frozenset({"accounts.sign_out", "trail.restart"})
"""Acts that ask by themselves whether the workspace is closed: leaving, and what opens it again."""
_CONFIRM: Final = "accounts.confirm"
_ITS_OWN: Final = frozenset({LOGIN, PASSWORD, CODE, "csrf_token"})
_FROM_ANYWHERE: Final = frozenset({"accounts.sign_out", "home.language"})
_UNTIL_CHANGED: Final = frozenset({"accounts.password", "accounts.sign_out", "home.language"})
_UNTIL_ENROLLED: Final = _UNTIL_CHANGED | {"accounts.second_factor", "accounts.change_factor"}


def asks_again(endpoint: str) -> bool:
    """Whether an act of this route needs a fresh proof of the password (SEC-12); unlisted ones do."""
    listed = EVERYDAY | SIGNED
    return endpoint in EXPORTING | DOWNLOADS or {endpoint, endpoint.partition(".")[0]}.isdisjoint(listed)


def attach(app: Flask) -> None:
    """Guard every route that is not public, and close what the request opened (SEC-06)."""

    @app.before_request
    def _guard() -> ResponseReturnValue | None:
        view = app.view_functions.get(request.endpoint or "")
        if request.endpoint in {None, "static"} or view is None or getattr(view, "qms_bare", False):
            return None
        unsafe = request.method not in SAFE and request.endpoint not in _ALWAYS
        if unsafe and (refusal := runtime().gate()):
            raise refusal  # Works would refuse it too; here nothing that was sent is read first
        look()
        who = visitor()
        if getattr(view, "qms_public", False):
            return None
        if who is None:
            return _turned_away()
        if who.bound and request.endpoint not in _FROM_ANYWHERE:
            refuse_elsewhere()
        if who.must_change and request.endpoint not in _UNTIL_CHANGED:
            return redirect(url_for("accounts.password"), 303)
        if who.must_enrol and request.endpoint not in _UNTIL_ENROLLED:
            return redirect(url_for("accounts.second_factor"), 303)
        return _prompt(who) if asks_again(request.endpoint or "") else None

    @app.teardown_request
    def _close(_: BaseException | None) -> None:
        close()


def _turned_away() -> ResponseReturnValue | None:
    """Send a look to the sign-in page; an act may sign in here and goes on with what was sent."""
    if request.method in SAFE:
        return redirect(url_for("accounts.sign_in", next=here()), 303)
    login, password, code = (request.form.get(name) for name in (LOGIN, PASSWORD, CODE))
    if not (login and password) and not (code and step()):
        return _asked(401, "login")
    try:
        ticket = enter_code(code) if code and step() else enter(login or "", password or "")
    except accounts.SecondFactorAsked:
        return _asked(401, "code")
    except WRONG as error:
        journal(error)
        return _asked(401, "code" if step() else "login", error)
    return redirect(url_for("accounts.password"), 303) if ticket.must_change else None


def _prompt(who: Visitor) -> ResponseReturnValue | None:
    """Ask for the password where it was last given too long ago (SEC-12)."""
    fresh = timedelta(minutes=look().settings.fresh_minutes)
    takes_out = request.endpoint in DOWNLOADS
    if (request.method in SAFE and not takes_out) or look().now - who.authenticated_at < fresh:
        return None
    if takes_out:
        return _asked(403, "again", on=(url_for(_CONFIRM), here()))
    password = request.form.get(PASSWORD)
    if not password:
        return _asked(403, "again")
    try:
        with act() as work:
            ticket = accounts.reauthenticate(work, g.session_token, password)
    except WRONG as error:
        journal(error)
        return _asked(403, "again", error)
    cookie.begin(ticket.token)
    return None


def _asked(
    code: int, what: str, refusal: QmsError | None = None, on: tuple[str, str] | None = None
) -> tuple[str, int]:
    """The page that asks; every field that was sent comes along, so that nothing typed is lost.

    `what` is `login` for a stranger, `code` for the second step, `again` for who is signed in. A look
    that asks takes no password itself: `on` is the act that does, and where it leads on to.
    """
    kept = [pair for pair in request.form.items(multi=True) if pair[0] not in _ITS_OWN]
    action, kept = (on[0], [("next", on[1])]) if on else (request.full_path, kept)
    body = page(
        "confirm.html",
        action=action,
        kept=kept,
        files=bool(request.files),
        names=(LOGIN, PASSWORD, CODE),
        what=what,
        refusal=refusal,
    )
    return body, code
