"""Release: what exactly is decided, signed; then the page that waits for the sheet to be made."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import make_response, redirect, request

from qms import calendar, documents
from qms import impact as touching
from qms.accounts import Meaning
from qms.documents import State
from qms.http.edge import NothingToSee, act, page, t, tell
from qms.http.forms import Form
from qms.kernel.errors import Conflict, Invalid, Problem
from qms.kernel.labels import N_
from qms.web import signing
from qms.web.desk import Desk, desk_of, standing_for
from qms.web.drafts._pages import AT, opened, pages
from qms.web.revisions import name_of, page_of, shared, work_on

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.documents import IssuePlan, Revision
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


@pages.route(f"{AT}/release", methods=["GET", "POST"])
def release(number: str, lang: str, label: str) -> ResponseReturnValue:
    """The plan of an issue, shown before it is signed: dates, effective day, and what will happen (law 2)."""
    work, ref, revision = opened(number, lang, label)
    desk = _desk(work, ref)
    if not desk.may_sign:
        return redirect(work_on("drafts.review", ref), 303)
    form = Form()
    if request.method == "POST":
        with signing.trying(form, "effective"):
            is_ordered = _released(form, work, ref)
            if not is_ordered:
                tell(N_("Signed; another release signature is wanting."))
            return redirect(work_on("drafts.issue" if is_ordered else "drafts.review", ref), 303)
        work, ref, revision = opened(number, lang, label)
    return _page(work, ref, revision, form, desk), form.status


def _desk(work: Work, ref: Ref) -> Desk:
    waiting = documents.waiting(work.session, work.rights, ref, work.today)
    return desk_of(work, waiting if waiting and waiting.stage == "release" else None)


def _page(work: Work, ref: Ref, revision: Revision, form: Form, desk: Desk) -> str:
    plan, hindrance = _planned(work, ref, _wanted(form) if not form.problems else None)
    rows = documents.timeline(
        work.session, work.rights, revision.document.number, work.today, revision.language
    )
    return page(
        "drafts/release.html",
        form=form,
        ref=ref,
        desk=desk,
        name=name_of(revision),
        title=revision.title,
        lang=revision.language,
        revision=revision,
        plan=plan,
        hindrance=None if plan and form.problems else hindrance,
        mark=seen_mark(plan) if plan else "",
        replaced=next((each for each in rows if each.is_in_force), None),
        follows=documents.consequences(work, ref, plan.effective_on if plan else None),
        reached=documents.preview(work, ref).sheet.distribution,
        companions=touching.companions(work, ref),
        notice=calendar.phrase(calendar.span(revision.head["notice"]))
        if revision.head.get("notice")
        else None,
        **shared(work),
    )


def _planned(work: Work, ref: Ref, wanted: date | None) -> tuple[IssuePlan | None, Conflict | Invalid | None]:
    """The plan for a day, and what hinders it; where only the day does, the plan for the first free one."""
    try:
        return documents.plan_issue(work, ref, effective_on=wanted), None
    except documents.LaterRevisionSet as refusal:
        taken = refusal.day
        if taken == date.max:
            return None, refusal
        plan, hindrance = _planned(work, ref, taken + timedelta(days=1))
        return plan, hindrance or refusal
    except (Conflict, Invalid) as refusal:
        return None, refusal


def _wanted(form: Form) -> date | None:
    return form.maybe_day("effective")


def seen_mark(plan: IssuePlan) -> str:
    """What the page showed of a plan; a release of anything else is refused (law 7)."""
    told = f"{plan.revision}\n{plan.content_digest}\n{plan.round}\n{plan.publication_on}"
    return hashlib.sha256(told.encode()).hexdigest()


def _released(form: Form, work: Work, ref: Ref) -> bool:
    """Sign the plan; says whether the sheet is being made now."""
    day = form.day("effective")
    form.check()
    plan = documents.plan_issue(work, ref, effective_on=day)
    if seen_mark(plan) != form.get("mark"):
        raise Invalid([Problem(N_("Something has changed since this page was shown; look again."))])
    key = signing.key(form, ref, Meaning.RELEASED)
    with act() as writing:
        done = documents.release(
            writing, plan, password=key, opinion=form.get("opinion"), standing_for=standing_for(form)
        )
        return done.state is State.ISSUING


@pages.get(f"{AT}/issue")
def issue(number: str, lang: str, label: str) -> ResponseReturnValue:
    """How far an issue is; asks again by itself until the sheet is made."""
    work, ref, revision = opened(number, lang, label)
    if revision.state is State.ISSUED:
        if "HX-Request" not in request.headers:
            tell(N_("{what} is issued."), what=name_of(revision))
            return redirect(page_of(ref))
        onward = make_response("")
        onward.headers["HX-Redirect"] = work_on("drafts.issue", ref)
        return onward
    if revision.state not in {State.ISSUING, State.APPROVED}:
        raise NothingToSee
    return page(
        "drafts/issue.html",
        ref=ref,
        name=name_of(revision),
        title=revision.title,
        revision=revision,
        is_running=revision.state is State.ISSUING,
        may_retry=work.rights.may("documents:release", revision.document.owner),
        **shared(work),
    )


@pages.post(f"{AT}/retry")
def retry(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Have the sheet made again on the same signed plan, while its dates hold."""
    _, ref, _ = opened(number, lang, label)
    with act() as work:
        documents.retry_issue(work, ref)
    tell(t(N_("The issue is tried again.")))
    return redirect(work_on("drafts.issue", ref), 303)
