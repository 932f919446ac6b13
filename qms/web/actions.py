"""Actions: what is mine, my department's or overdue; one with its evidence; opening, handing over, ending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from qms import accounts, actions, documents, uploads
from qms.actions import State, Which
from qms.http.edge import NothingToSee, act, look, page, t, tell
from qms.http.forms import Form
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_, in_language
from qms.kernel.refs import Ref
from qms.web import signing
from qms.web.documents.library import download
from qms.web.links import link
from qms.web.revisions import departments, shared
from qms.web.sent import sent

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work

pages = Blueprint("actions", __name__)
CLASSES: Final = {State.OPEN: "in_review", State.CLOSED: "in_force", State.CANCELLED: "withdrawn"}
_SIZE: Final = 50
_LISTS: Final = {
    Which.MINE: N_("Mine"),
    Which.DEPARTMENT: N_("All open ones"),
    Which.OVERDUE: N_("Overdue"),
    Which.ENDED: N_("Ended"),
}


def _seen() -> Work:
    work = look()
    if not work.rights.may(actions.READ):
        raise NothingToSee
    return work


@pages.get("/actions")
def listing() -> str:
    """Actions one may see: one's own, all open ones, those overdue, those that have ended."""
    work = _seen()
    asked = request.args.get("which", "")
    which = Which(asked) if asked in set(Which) else Which.MINE
    place = max(request.args.get("page", 1, type=int), 1)
    rows, count = actions.listing(
        work.session, work.rights, work.today, which, first=(place - 1) * _SIZE, size=_SIZE
    )
    return page(
        "actions/listing.html",
        rows=rows,
        count=count,
        which=which,
        lists=_LISTS,
        place=place,
        last=-(-count // _SIZE),
        labels=actions.LABELS,
        css=CLASSES,
        **shared(work),
    )


@pages.route("/actions/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Open an action for somebody until a day."""
    work = _opener()
    form = Form(secrecy="1", origin=request.args.get("origin", ""))
    if request.method == "POST":
        with signing.trying(form, fields={actions.OwnerMayNotSee: "owner"}):
            number = _opened(form)
            tell(N_("{number} is opened."), number=number)
            return redirect(url_for("actions.one", number=number), 303)
        work = _opener()
    body = page("actions/new.html", form=form, choices=_choices(work), **shared(work))
    return body, form.status


def _opener() -> Work:
    work = look()
    if not work.rights.may(actions.OPEN):
        raise NothingToSee
    return work


def _choices(work: Work) -> dict[str, list[tuple[str, str]]]:
    covered = work.rights.permissions[actions.OPEN]
    names = departments(work)
    circles = accounts.circles(work.session)
    return {
        "department": [(code, name) for code, name in names.items() if covered is None or code in covered],
        "owner": _people(work),
        "secrecy": [
            (str(int(grade)), t(text))
            for grade, text in documents.GRADES.items()
            if grade <= work.rights.secrecy
        ],
        "circle": [
            (each.code, in_language(each.names, work.language))
            for each in circles
            if each.code in work.rights.circles
        ],
    }


def _people(work: Work) -> list[tuple[str, str]]:
    return [(str(each.id), f"{each.name} ({each.login})") for each in accounts.people(work.session)]


def _opened(form: Form) -> str:
    title, due = form.text("title"), form.day("due_on")
    form.check()
    choices = _choices(look())
    owner = form.chosen("owner", choices["owner"])
    department = form.chosen("department", choices["department"])
    secrecy = form.chosen("secrecy", choices["secrecy"])
    circle = form.chosen("circle", [("", ""), *choices["circle"]])
    origin = _origin(form.get("origin"))
    with act() as work:
        return actions.open(
            work,
            title=title,
            detail=form.get("detail"),
            owner_id=int(owner),
            due_on=due,
            department=department,
            secrecy=int(secrecy),
            circle=circle or None,
            origin=origin,
        ).number


def _origin(text: str) -> Ref | None:
    """What made the action necessary, where the page that led here named it."""
    if not text.strip():
        return None
    try:
        return Ref.parse(text.strip()[:200])
    except ValueError as fault:
        raise Invalid([Problem(N_("This names nothing that is known here."), field="origin")]) from fault


@pages.get("/actions/<number>")
def one(number: str) -> ResponseReturnValue:
    """An action with its evidence, and what may be done about it."""
    return _one(number, Form())


def _one(number: str, form: Form, at: str = "") -> ResponseReturnValue:
    work = _seen()
    found = actions.action(work.session, work.rights, number, work.today)
    me = work.actor.person_id
    manages = actions.manages(work.session, work.rights, number)
    is_open = found.state is State.OPEN
    origin = None if found.origin is None or work.hidden([found.origin]) else found.origin
    body = page(
        "actions/one.html",
        form=form,
        at=at,
        found=found,
        origin=origin,
        pieces=actions.pieces(work.session, work.rights, number),
        link=link,
        labels=actions.LABELS,
        css=CLASSES,
        acts=is_open and (manages or found.owner_id == me),
        ends=is_open and manages,
        closes=is_open and manages and found.owner_id != me,
        answers=is_open and found.next_owner_id == me,
        people=[each for each in _people(work) if each[0] != str(found.owner_id)],
        most=uploads.MOST_BYTES >> 20,
        local=lambda instant: documents.local(work, instant),
        **shared(work),
    )
    return body, form.status


@pages.post("/actions/<number>/evidence")
def evidence(number: str) -> ResponseReturnValue:
    """Add what shows that it was done: words, a photograph or another file."""
    form = Form()
    with signing.trying(form, "text"):
        actions.action(look().session, look().rights, number, look().today)
        file = sent()
        with act() as work:
            actions.add_evidence(work, number, text=form.get("text"), file=file)
        tell(N_("The evidence is kept."))
        return redirect(url_for("actions.one", number=number), 303)
    return _one(number, form, "evidence")


@pages.get("/actions/<number>/evidence/<int:piece>")
def file(number: str, piece: int) -> Response:
    """A file of the evidence, always as a download (SEC-13)."""
    work = _seen()
    actions.action(work.session, work.rights, number, work.today)
    for each in actions.pieces(work.session, work.rights, number):
        if each.id == piece and each.digest and each.name:
            return download(work.vault.read(each.digest), each.name, "application/octet-stream")
    raise NothingToSee


@pages.post("/actions/<number>/hand-over")
def hand_over(number: str) -> ResponseReturnValue:
    """Ask somebody to take it over."""
    form = Form()
    with signing.trying(form, fields={actions.OwnerMayNotSee: "to", actions.HandOverOpen: "to"}):
        actions.action(look().session, look().rights, number, look().today)
        reason, to = form.text("reason"), form.chosen("to", _people(look()))
        form.check()
        with act() as work:
            actions.ask_hand_over(work, number, to=int(to), reason=reason)
        tell(N_("Asked; it stays with its owner until it is taken over."))
        return redirect(url_for("actions.one", number=number), 303)
    return _one(number, form, "hand_over")


@pages.post("/actions/<number>/answer")
def answer(number: str) -> ResponseReturnValue:
    """Take it over, or decline with a reason."""
    form = Form()
    with signing.trying(form, "reason"):
        takes = form.get("answer") == "accept"
        with act() as work:
            if takes:
                actions.accept(work, number)
            else:
                actions.decline(work, number, reason=form.get("reason"))
        tell(N_("It is yours now.") if takes else N_("You declined; it stays with its owner."))
        return redirect(url_for("actions.one" if takes else "actions.listing", number=number), 303)
    return _one(number, form, "answer")


@pages.post("/actions/<number>/close")
def close(number: str) -> ResponseReturnValue:
    """Close it on its evidence."""
    form = Form()
    with signing.trying(form, "outcome"):
        with act() as work:
            actions.close(work, number, outcome=form.get("outcome"))
        tell(N_("{number} is closed."), number=number)
        return redirect(url_for("actions.one", number=number), 303)
    return _one(number, form, "close")


@pages.post("/actions/<number>/cancel")
def cancel(number: str) -> ResponseReturnValue:
    """End it because it is no longer needed."""
    form = Form()
    with signing.trying(form, "reason"):
        with act() as work:
            actions.cancel(work, number, reason=form.get("reason"))
        tell(N_("{number} is cancelled."), number=number)
        return redirect(url_for("actions.one", number=number), 303)
    return _one(number, form, "cancel")
