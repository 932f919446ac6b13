"""Retention: what is due, what is held, disposal lists, approval and certificates (REC-04, REC-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, redirect, request, url_for

from qms import accounts, documents, records, retention
from qms.accounts import Meaning
from qms.http.edge import NothingToSee, act, look, page, tell
from qms.http.forms import Form
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.web import signing
from qms.web.documents.library import download
from qms.web.revisions import shared, titles

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work

pages = Blueprint("retention", __name__)
_CLASSES: Final = {
    retention.State.PROPOSED: "in_review",
    retention.State.REJECTED: "withdrawn",
    retention.State.APPROVED: "approved",
    retention.State.DONE: "in_force",
}


def _seen() -> Work:
    work = look()
    if not (work.rights.may(retention.MANAGE) or work.rights.may(retention.APPROVE)):
        raise NothingToSee
    return work


@pages.route("/retention", methods=["GET", "POST"])
def listing() -> ResponseReturnValue:
    """What is due, and the lists; chosen records are proposed for disposal."""
    _seen()
    form = Form()
    if request.method == "POST":
        with signing.trying(form, "records"):
            with act() as work:
                number = retention.propose(work, request.form.getlist("records")).number
            tell(N_("The list {number} waits for the approval of a second person."), number=number)
            return redirect(url_for(".one", number=number), 303)
    work = _seen()
    held, lists = retention.held(work), retention.lists(work)
    people = [each.proposed_by for each in lists] + [hold.set_by for hold, _ in held]
    body = page(
        "retention/listing.html",
        form=form,
        due=retention.due(work),
        held=held,
        lists=lists,
        names=accounts.names_of(work.session, people),
        classes=_CLASSES,
        titles=titles(work),
        states=retention.STATES,
        manages=work.rights.may(retention.MANAGE),
        **shared(work),
    )
    return body, form.status


@pages.route("/retention/<number>", methods=["GET", "POST"])
def one(number: str) -> ResponseReturnValue:
    """One list: its records, who proposed it, approval by signature, the certificate."""
    _seen()
    form = Form()
    if request.method == "POST":
        with signing.trying(form, "reason"):
            _decide(form, number)
            return redirect(url_for(".one", number=number), 303)
    work = _seen()
    found, lines, whole = retention.seen_list(work, number)
    own = found.state == "proposed" and found.proposed_by == work.actor.person_id
    people = [each for each in (found.proposed_by, found.approved_by) if each is not None]
    body = page(
        "retention/one.html",
        form=form,
        found=found,
        lines=lines,
        whole=whole,
        names=accounts.names_of(work.session, people),
        classes=_CLASSES,
        states=retention.STATES,
        results=retention.RESULTS,
        local=lambda instant: documents.local(work, instant),
        own=own,
        decides=found.state == "proposed" and not own and work.rights.may(retention.APPROVE),
        **shared(work),
    )
    return body, form.status


def _decide(form: Form, number: str) -> None:
    if form.get("do") == "reject":
        with act() as work:
            retention.reject(work, number, form.get("reason"))
        return tell(N_("The list is rejected; its records are due as before."))
    key = signing.key(form, Ref("disposal", number), Meaning.APPROVED)
    with act() as work:
        retention.approve(work, number, password=key)
    return tell(N_("Approved. The disposal is being carried out."))


@pages.get("/retention/<number>/certificate")
def certificate(number: str) -> Response:
    """The stored certificate."""
    found = retention.certificate(_seen(), number)
    if found is None:
        raise NothingToSee
    return download(found, f"{number}.txt", "text/plain; charset=utf-8")


@pages.post("/records/<number>/hold")
def hold(number: str) -> ResponseReturnValue:
    """Put a hold on a record."""
    reason = Form().get("reason")
    with act() as work:
        retention.hold(work, Ref(records.KIND, number), reason)
    tell(N_("The record is held; it is not disposed of."))
    return redirect(url_for("records.one", number=number), 303)


@pages.post("/records/<number>/holds/<int:hold_id>/lift")
def lift(number: str, hold_id: int) -> ResponseReturnValue:
    """Lift a hold."""
    reason = Form().get("reason")
    with act() as work:
        retention.lift(work, Ref(records.KIND, number), hold_id, reason)
    tell(N_("The hold is lifted."))
    return redirect(url_for("records.one", number=number), 303)


@pages.post("/records/<number>/erase")
def erase(number: str) -> ResponseReturnValue:
    """Erase what is sealed of a record; its key goes after the act is committed (D-0022)."""
    form, ref = Form(), Ref(records.KIND, number)
    with act() as work:
        records.erase(work, ref, form.get("reason"))
    records.destroy_erased(look())
    tell(N_("Erased. Copies in bundles and backups stay sealed, or are named on the page of the record."))
    return redirect(url_for("records.one", number=number), 303)


@pages.post("/records/<number>/export")
def export(number: str) -> Response:
    """One record whole, with its history and files (REC-06)."""
    ref = Ref(records.KIND, number)
    exported = records.export(look(), ref)
    with act() as work:
        records.note_export(work, ref, exported)
    return download(exported.content, f"{documents.safe_name(number)}.zip", "application/zip")
