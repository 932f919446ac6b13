"""Withdrawal: asked for with a reason, walked through the same route as the issue, decided by signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, request

from qms import documents
from qms.accounts import Meaning
from qms.http.edge import NothingToSee, act, page, tell
from qms.http.forms import Form
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.web import signing
from qms.web.desk import Desk, desk_of, refuse_other_stage, standing_for
from qms.web.documents._pages import pages
from qms.web.documents.library import seen
from qms.web.revisions import name_of, page_of, ref_at, shared, work_on

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.documents import Withdrawal
    from qms.kernel.work import Work

_AT = "/d/<number>/<label>/<lang>/withdrawal"
_VERBS = {
    "review": (documents.sign_withdrawal_review, Meaning.REVIEWED),
    "approve": (documents.sign_withdrawal_approval, Meaning.APPROVED),
    "release": (documents.decide_withdrawal, Meaning.WITHDRAWN),
}


@pages.route(f"{_AT}/ask", methods=["GET", "POST"])
def ask_withdrawal(number: str, label: str, lang: str) -> ResponseReturnValue:
    """Ask with reasons that a revision be out of force from a day on (DOC-02)."""
    work, ref = seen(), ref_at(number, lang, label)
    revision = documents.revision(work.session, work.rights, ref, work.today)
    if not work.rights.may("documents:draft", revision.document.owner):
        raise NothingToSee
    form = Form(on=work.today.isoformat())
    if request.method == "POST":
        with signing.trying(form, "reason", {documents.FamilyInForce: "family"}):
            _ask(form, ref)
            tell(N_("The withdrawal of {what} is asked for and goes its route."), what=name_of(revision))
            return redirect(work_on("documents.withdrawal", ref), 303)
        work = seen()
    body = page(
        "documents/withdraw.html",
        form=form,
        ref=ref,
        name=name_of(revision),
        title=revision.title,
        leaning=_leaning(work, revision.document.number),
        family=documents.left_behind(work.session, work.rights, ref, work.today),
        **shared(work),
    )
    return body, form.status


def _leaning(work: Work, number: str) -> list[str]:
    """The documents in force that lean on one, each once (R12)."""
    found = documents.leaning_on(work.session, work.rights, number, work.today)
    return sorted({link.source for link in found})


def _ask(form: Form, ref: Ref) -> None:
    reason, on = form.text("reason"), form.day("on")
    form.check()
    opened = signing.key(form, ref, Meaning.AUTHOR)
    with act() as work:
        documents.withdraw(work, ref, reason=reason, on=on, password=opened, family=form.get("family"))


@pages.get(_AT)
def withdrawal(number: str, label: str, lang: str) -> str:
    """How far a withdrawal is, and what the reader may do about it."""
    return _shown(ref_at(number, lang, label), Form())


def _shown(ref: Ref, form: Form) -> str:
    work = seen()
    revision = documents.revision(work.session, work.rights, ref, work.today)
    asked = documents.withdrawal(work.session, work.rights, ref, work.today)
    if asked is None:
        raise NothingToSee
    given = documents.signatures(work.session, work.rights, ref, work.today)
    return page(
        "documents/withdrawal.html",
        form=form,
        ref=ref,
        name=name_of(revision),
        title=revision.title,
        asked=asked,
        is_open=_is_open(asked),
        desk=_desk(ref),
        own=asked.author_id == work.actor.person_id,
        signatures=[each for each in given if each.purpose == "withdraw" and each.round == asked.round],
        local=lambda at: documents.local(work, at),
        leaning=_leaning(work, revision.document.number),
        **shared(work),
    )


def _is_open(asked: Withdrawal) -> bool:
    return asked.state in {documents.WithdrawalState.IN_REVIEW, documents.WithdrawalState.APPROVED}


def _desk(ref: Ref) -> Desk:
    work = seen()
    waiting = documents.waiting(work.session, work.rights, ref, work.today)
    return desk_of(work, waiting if waiting and waiting.purpose == "withdraw" else None)


@pages.post(f"{_AT}/sign")
def sign_withdrawal(number: str, label: str, lang: str) -> ResponseReturnValue:
    """Sign the open stage of a withdrawal."""
    ref, form = ref_at(number, lang, label), Form()
    stage = _desk(ref).stage
    if stage not in _VERBS and form.get("stage") in {"", stage}:
        raise NothingToSee
    with signing.trying(form):
        refuse_other_stage(form, stage)
        verb, meaning = _VERBS[stage]
        opened = signing.key(form, ref, meaning)
        with act() as work:
            verb(work, ref, password=opened, opinion=form.get("opinion"), standing_for=standing_for(form))
        tell(N_("Signed."))
        return redirect(work_on("documents.withdrawal", ref), 303)
    return _shown(ref, form), form.status


@pages.post(f"{_AT}/cancel")
def cancel_withdrawal(number: str, label: str, lang: str) -> ResponseReturnValue:
    """Take a request for withdrawal back, or turn it down, with the reason."""
    ref, form = ref_at(number, lang, label), Form()
    with signing.trying(form, "reason"):
        reason = form.text("reason")
        form.check()
        with act() as work:
            documents.cancel_withdrawal(work, ref, reason)
        tell(N_("The withdrawal is called off; the document stays in force."))
        return redirect(page_of(ref), 303)
    return _shown(ref, form), form.status
