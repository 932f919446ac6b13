"""Reviews of the trail, and going on after a restore: the audit administrators' pages (TRL-15, TRL-10)."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

from flask import redirect, request, url_for

from qms import trail, trail_reviews
from qms.accounts import Meaning
from qms.http.edge import NothingToSee, act, look, page, runtime, signed_in, tell
from qms.http.forms import Form
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_, say
from qms.kernel.refs import Ref
from qms.runtime import refuse_closed, restart_trail
from qms.web import signing
from qms.web.trail import SENTENCES, pages

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work

__all__ = ["pages"]

_RESULTS = (("yes", N_("nothing that needs action")), ("no", N_("something that needs action")))


def _seen() -> Work:
    work = look()
    if not work.rights.may("trail:read"):
        raise NothingToSee
    return work


@pages.get("/trail/reviews")
def reviews() -> ResponseReturnValue:
    """What was reviewed, by whom, with what result; and the review to be done."""
    return _page(Form())


def _page(form: Form) -> ResponseReturnValue:
    work = _seen()
    found = trail_reviews.open_review(work.session, work.today)
    head = trail.head(work.session)[0]
    last = form.get("last") or str(head)
    counted = None
    if found is not None:
        counted = trail_reviews.summary(work.session, found.first, int(last) if last.isdecimal() else head)
    body = page(
        "trail/reviews.html",
        form=form,
        review=found,
        last=last,
        counted=counted,
        acts=[(tag, _in_words(work, tag), count) for tag, count in counted.acts] if counted else (),
        rows=[each for each in trail_reviews.reviews(work.session, work.today) if each != found],
        results=[(value, say(text, work.language)) for value, text in _RESULTS],
        reviews=all(work.rights.may(each) for each in ("trail:read", "trail:verify")),
    )
    return body, form.status


def _in_words(work: Work, tag: str) -> str:
    """An act in words: its sentence with dots for what differs from entry to entry."""
    text = {**trail.SENTENCES, **SENTENCES}.get(tag)
    if text is None:
        return tag
    return say(text, work.language, **{field: "…" for _, field, _, _ in Formatter().parse(text) if field})


@pages.post("/trail/reviews")
def begin_review() -> ResponseReturnValue:
    """Begin a review that is not due yet."""
    form = Form()
    with signing.trying(form):
        with act() as work:
            trail_reviews.begin(work)
        return redirect(url_for("trail.reviews"), 303)
    return _page(form)


@pages.post("/trail/reviews/sign")
def sign_review() -> ResponseReturnValue:
    """Sign the open review off with the own password, and what it found."""
    form = Form()
    with signing.trying(form, fields={trail_reviews.FindingNeeded: "found"}):
        prepared = trail_reviews.prepare(look())
        found = form.text("found")
        last = form.text("last")
        form.check()
        clean = form.chosen("clean", _RESULTS) == "yes"
        if not (last.isascii() and last.isdecimal()):
            raise Invalid([Problem(N_("Write the number of an entry."), field="last")])
        key = signing.key(form, prepared.ref, Meaning.REVIEWED)
        with act() as work:
            trail_reviews.sign_off(work, password=key, last=int(last), found=found, clean=clean)
        tell(N_("Signed: the trail was reviewed up to entry {last}."), last=int(last))
        return redirect(url_for("trail.reviews"), 303)
    return _page(form)


@pages.route("/trail/restart", methods=["GET", "POST"])
def restart() -> ResponseReturnValue:
    """Let the trail go on from an older state, with a reason and the own password (TRL-10)."""
    if request.method == "POST":
        refuse_closed(runtime())
    work = look()
    if not work.rights.may("trail:restart"):
        raise NothingToSee
    form = Form()
    if request.method == "POST":
        with signing.trying(form, fields={trail.RestartWithoutReason: "why"}):
            why = form.text("why")
            form.check()
            # The password is proven without writing: nothing may be written before this act.
            signing.key(form, Ref("person", str(signed_in().person_id)), Meaning.APPROVED)
            count = restart_trail(runtime(), work.actor, work.rights, why)
            tell(N_("The trail goes on; {count} signed checkpoints were given up."), count=count)
            return redirect(url_for("trail.browse"), 303)
    return page(
        "trail/restart.html", form=form, found=trail.standing(runtime().works, look().actor)
    ), form.status
