"""Beginning a session in a browser: password first, then the code of the second factor where one is on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from flask import g, request, session

from qms import accounts
from qms.http import session as cookie
from qms.http.addresses import comes_from
from qms.http.edge import act, close, look, runtime
from qms.http.limits import limiter
from qms.kernel.clock import iso
from qms.runtime import alarms

if TYPE_CHECKING:
    from qms.accounts import Passed, Ticket
    from qms.kernel.work import Work

LOGIN: Final = "confirm-login"
PASSWORD: Final = "confirm-password"  # noqa: S105 - the name of a field
CODE: Final = "confirm-code"
WRONG: Final = (
    accounts.SignInRefused,
    accounts.TooManyAttempts,
    accounts.SecondFactorWrong,
    accounts.TooManyCodes,
    accounts.SignInOver,
    accounts.AccountAsleep,
    accounts.NotFromHere,
)
"""What refuses a sign-in, to be shown on the page that asked."""
_STEP: Final = "second-step"
_LIMIT: Final = "60 per minute"


def enter(login: str, password: str) -> Ticket:
    """Begin a session for whoever knows the password, and end the one this browser had (SEC-01).

    The comparison is made outside the writing Work (law 2); an address may try so often (SEC-09).
    Where a second factor is on, the browser keeps for some minutes, signed, that the password was
    right; nothing is written and no session begins before the code has come (SEC-10).
    """
    address = request.remote_addr or ""
    session.pop(_STEP, None)
    with limiter.shared_limit(_LIMIT, scope="sign-in"):
        seen = look()
        checked = accounts.check_password(seen.session, login, password, address=address, now=seen.now)
    earlier = g.get("session_token")
    try:
        with act() as work:
            if earlier and checked.right:
                accounts.sign_out(work, earlier, why="renewed")
            ticket = accounts.sign_in(work, login, password, address=address, checked=checked)
            _refuse_bound(work, ticket)
    except accounts.SecondFactorAsked as asked:
        _keep(asked.passed)
        close()
        raise
    return _begun(ticket)


def enter_code(code: str) -> Ticket:
    """Go on with the code, after a right password in this browser."""
    passed = step()
    if passed is None:
        raise accounts.SignInOver
    earlier = g.get("session_token")
    try:
        with limiter.shared_limit(_LIMIT, scope="sign-in"), act() as work:
            if earlier:
                accounts.sign_out(work, earlier, why="renewed")
            ticket = accounts.sign_in_by_code(work, passed, code, address=request.remote_addr or "")
            _refuse_bound(work, ticket)
            alarms.entered(work, ticket)
    except accounts.SignInOver:
        session.pop(_STEP, None)
        raise
    session.pop(_STEP, None)
    return _begun(ticket)


def refuse_elsewhere() -> None:
    """Refuse a request of an administrator that comes from another place than those named (MLP-07)."""
    settings = runtime().settings
    if not comes_from(settings.administer_from, settings):
        raise accounts.NotFromHere(address=request.remote_addr or "?")


def _refuse_bound(work: Work, ticket: Ticket) -> None:
    if runtime().bound(work, ticket.person_id):
        refuse_elsewhere()


def step() -> Passed | None:
    """The right password whose code is still to come, where this browser has one."""
    kept = session.get(_STEP)
    if not isinstance(kept, dict):
        return None
    return accounts.Passed(kept["person"], kept["account"], kept["proof"], datetime.fromisoformat(kept["at"]))


def _keep(passed: Passed) -> None:
    session[_STEP] = {
        "person": passed.person_id,
        "account": passed.account,
        "proof": passed.proof,
        "at": iso(passed.at),
    }


def _begun(ticket: Ticket) -> Ticket:
    cookie.begin(ticket.token)
    close()
    return ticket
