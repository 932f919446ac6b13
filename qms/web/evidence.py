"""Evidence: asked for, approved by signature, built, and given out, each time on record (BND-08, R18)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, redirect, request, url_for

from qms import accounts, documents, evidence, standards
from qms.accounts import Meaning
from qms.documents import KINDS
from qms.evidence import State
from qms.http.edge import NothingToSee, act, look, page, runtime, t, tell
from qms.http.forms import Form
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_, in_language
from qms.kernel.ports import Scope
from qms.kernel.refs import Ref
from qms.web import signing
from qms.web.revisions import departments, shared

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

    from qms.evidence import Request
    from qms.kernel.work import Work

pages = Blueprint("evidence", __name__)
_RIGHTS: Final = ("evidence:request", "evidence:approve", "evidence:build")
_BETWEEN: Final = re.compile(r"[\s,;，；、]+")
_READY: Final = frozenset({State.BUILT, State.HANDED_OVER})
_UNDER_WAY: Final = frozenset({State.APPROVED, State.BUILDING})
_CLASSES: Final = {
    State.REQUESTED: "in_review",
    State.APPROVED: "approved",
    State.BUILDING: "approved",
    State.REJECTED: "withdrawn",
    State.FAILED: "withdrawn",
    State.BUILT: "in_force",
    State.HANDED_OVER: "in_force",
}


@pages.get("/evidence")
def requests() -> str:
    """The requests one may know of, the newest first."""
    work = look()
    rows = evidence.requests(work.session, work.rights)
    if not rows and not any(work.rights.may(each) for each in _RIGHTS):
        raise NothingToSee
    return page("evidence/requests.html", rows=rows, classes=_CLASSES, **shared(work))


@pages.route("/evidence/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Ask for evidence: what for, for whom, and of what (R18)."""
    work = _asker()
    form = Form(when="day", as_of=work.today.isoformat())
    if request.method == "POST":
        with signing.trying(form, fields={evidence.NoSuchReceiver: "receiver"}):
            number = _asked(form)
            tell(N_("{number} is asked for; somebody else has to approve it."), number=number)
            return redirect(url_for("evidence.one", number=number), 303)
        work = _asker()
    body = page(
        "evidence/new.html",
        form=form,
        people=[
            (str(each.id), f"{each.name} ({each.login})")
            for each in accounts.people(work.session)
            if each.id != work.actor.person_id
        ],
        choices=_choices(work),
        **shared(work),
    )
    return body, form.status


def _asker() -> Work:
    work = look()
    if not work.rights.may("evidence:request"):
        raise NothingToSee
    return work


def _choices(work: Work) -> dict[str, list[tuple[str, str]]]:
    covered = work.rights.permissions["evidence:request"]
    edition = work.settings.standard
    loaded = edition in {each.code for each in standards.editions(work.session)}
    rows = standards.clauses(work.session, edition) if loaded else []
    return {
        "kinds": [(kind.value, t(name)) for kind, name in KINDS.items()],
        "departments": [
            (code, name)
            for code, name in sorted(departments(work).items(), key=lambda each: each[1])
            if covered is None or code in covered
        ],
        "clauses": [(row.number, f"{row.number} {in_language(row.title, work.language)}") for row in rows],
    }


def _asked(form: Form) -> str:
    purpose, receiver = form.text("purpose"), form.text("receiver")
    scope = _scope(form)
    form.check()
    if not (receiver.isascii() and receiver.isdigit()):
        raise Invalid([Problem(N_("Choose one from the list."), field="receiver")])
    with act() as work:
        made = evidence.request(
            work,
            purpose=purpose,
            receiver_id=int(receiver),
            scope=scope,
            organisation=form.get("organisation"),
        )
    return made.number


def _scope(form: Form) -> Scope:
    as_of: date | None = None
    since: date | None = None
    until: date | None = None
    if form.get("when") == "period":
        since, until = form.day("since"), form.day("until")
    else:
        as_of = form.day("as_of")
    return Scope(
        numbers=_several(form.get("numbers")),
        kinds=tuple(request.form.getlist("kinds")),
        departments=tuple(request.form.getlist("departments")),
        clauses=_several(form.get("clauses")),
        as_of=as_of,
        since=since,
        until=until,
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(each for each in _BETWEEN.split(text.strip()) if each)


@pages.get("/evidence/<number>")
def one(number: str) -> ResponseReturnValue:
    """A request with its state, and what can be done about it."""
    return _shown(number, Form())


def _shown(number: str, form: Form, at: str = "") -> ResponseReturnValue:
    work = look()
    found = evidence.request_of(work.session, work.rights, number)
    names = departments(work)
    body = page(
        "evidence/one.html",
        form=form,
        at=at,
        found=found,
        css=_CLASSES[found.state],
        names=names,
        may_decide=found.state is State.REQUESTED and _decides(work, found),
        may_retry=found.state is State.FAILED and _builds(work, found),
        is_ready=found.state in _READY and _may_fetch(work, found),
        hands_over=_builds(work, found),
        is_under_way=found.state in _UNDER_WAY,
        fingerprint=evidence.spelled(found.fingerprint) if found.fingerprint else "",
        approver=_approver(work, found),
        local=lambda at_: documents.local(work, at_),
        **shared(work),
    )
    return body, form.status


def _covers(work: Work, right: str, found: Request) -> bool:
    if not found.scope.departments:
        return work.rights.may(right) and work.rights.permissions[right] is None
    return all(work.rights.may(right, each) for each in found.scope.departments)


def _decides(work: Work, found: Request) -> bool:
    """Neither who asked nor who receives decides (R18, R27)."""
    me = work.actor.person_id
    return me not in (found.requested_by, found.receiver_id) and _covers(work, "evidence:approve", found)


def _builds(work: Work, found: Request) -> bool:
    return _covers(work, "evidence:build", found)


def _may_fetch(work: Work, found: Request) -> bool:
    try:
        evidence.bundle(work.session, work.rights, found.number)
    except (evidence.NoSuchRequest, evidence.BundleNotBuilt):
        return False
    return True


def _approver(work: Work, found: Request) -> str:
    if found.approved_by is None:
        return ""
    return accounts.names_of(work.session, [found.approved_by]).get(found.approved_by, "")


@pages.post("/evidence/<number>/approve")
def approve(number: str) -> ResponseReturnValue:
    """Approve a request by signature; its bundle is built next (BND-08)."""
    form = Form()
    with signing.trying(form):
        key = signing.key(form, Ref("evidence", number), Meaning.APPROVED)
        with act() as work:
            evidence.approve(work, number, password=key)
        tell(N_("Approved: the bundle is being built."))
        return redirect(url_for("evidence.one", number=number), 303)
    return _shown(number, form, "approve")


@pages.post("/evidence/<number>/reject")
def reject(number: str) -> ResponseReturnValue:
    """Reject a request, with a reason (R25)."""
    form = Form()
    with signing.trying(form, "reason"):
        reason = form.text("reason")
        form.check()
        with act() as work:
            evidence.reject(work, number, reason=reason)
        tell(N_("Rejected, with your reason."))
        return redirect(url_for("evidence.one", number=number), 303)
    return _shown(number, form, "reject")


@pages.post("/evidence/<number>/retry")
def retry(number: str) -> ResponseReturnValue:
    """Have a failed bundle built again."""
    with act() as work:
        evidence.retry(work, number)
    tell(N_("The bundle is built again."))
    return redirect(url_for("evidence.one", number=number), 303)


@pages.post("/evidence/<number>/bundle")
def bundle(number: str) -> Response:
    """Give the bundle out: who builds hands it over, each time on record; its receiver then fetches it."""
    work = look()
    found = evidence.bundle(work.session, work.rights, number)
    if _builds(work, found):
        with act() as writing:
            found = evidence.hand_over(writing, number)
    answer = Response(runtime().works.vault.chunks(found.bundle_digest or ""), content_type="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=found.file_name)
    answer.headers["Content-Length"] = str(found.size)
    return answer
