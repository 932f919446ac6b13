"""Signing in and out, and choosing one's own password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, redirect, request, session, url_for

from qms import accounts
from qms.http import session as cookie
from qms.http.edge import act, local, look, page, public, tell, visitor
from qms.http.entering import WRONG, enter, enter_code, step
from qms.http.forms import Form
from qms.http.limits import a_minute, limiter
from qms.http.refusals import journal
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.web.accounts._pages import pages

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.accounts import Ticket


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Let in who knows the password; the same answer for a wrong one and an unknown login (SEC-09)."""
    onward = local(request.values.get("next"))
    form = Form()
    if request.method == "POST":
        try:
            ticket = enter(form.get("login"), form.get("password"))
        except accounts.SecondFactorAsked:
            return redirect(url_for("accounts.sign_in_code", next=onward), 303)
        except WRONG as error:
            journal(error)
            form.take(error)
        else:
            return redirect(url_for("accounts.password") if ticket.must_change else onward, 303)
    elif visitor() is not None:
        return redirect(onward, 303)
    return page("accounts/sign_in.html", form=form, onward=onward), form.status


@pages.route("/sign-in/code", methods=["GET", "POST"])
@public
def sign_in_code() -> ResponseReturnValue:
    """Ask for the code of the second factor, after a right password in this browser (SEC-10)."""
    onward = local(request.values.get("next"))
    form = Form()
    if step() is None:
        return redirect(url_for("accounts.sign_in", next=onward), 303)
    if request.method == "POST":
        try:
            ticket = enter_code(form.get("code"))
        except WRONG as error:
            journal(error)
            form.take(error, "code")
        else:
            if ticket.codes_left is not None:
                tell(N_("You used a recovery code; {left} are left."), "warn", left=ticket.codes_left)
            return redirect(url_for("accounts.password") if ticket.must_change else onward, 303)
    return page("accounts/code.html", form=form, onward=onward), form.status


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session on the server; a copy of the cookie is worth nothing from now on (SEC-02)."""
    try:
        with act() as work:
            accounts.sign_out(work, g.session_token)
    finally:  # this browser forgets it in any case, also while nothing can be written
        cookie.end()
    session.clear()
    tell(N_("You have signed out."))
    return redirect(url_for("accounts.sign_in"), 303)


@pages.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Go on to a look that asked for the password again; the guard has taken it by then (SEC-12)."""
    return redirect(local(request.form.get("next")), 303)


@pages.route("/password", methods=["GET", "POST"])
@limiter.limit(a_minute(30), methods=["POST"])
def password() -> ResponseReturnValue:
    """Choose one's own password: before anything else at the first sign-in, later at will."""
    who = visitor()
    first = who is not None and who.must_change
    form = Form()
    if request.method == "POST":
        try:
            with form.catch(field="new"):
                ticket = _changed(form)
                cookie.begin(ticket.token)
                tell(N_("Your new password holds from now on; all other sessions have ended."))
                return redirect(url_for("home.start" if first else "accounts.me"), 303)
        except (accounts.SignInRefused, accounts.TooManyAttempts) as error:
            journal(error)
            form.take(error, "old")
    settings = look().settings
    rules = accounts.policy_in(settings)
    return page("accounts/password.html", form=form, first=first, rules=rules), form.status


def _changed(form: Form) -> Ticket:
    new = form.get("new")
    if new != form.get("again"):
        raise Invalid([Problem(N_("The two new passwords differ; type the same one twice."), field="again")])
    with act() as work:
        return accounts.change_password(work, form.get("old"), new)
