"""Where anybody hands in a complaint or suggestion without signing in, and asks for the reply (R52)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from qms import feedback
from qms.http.edge import act, look, page, public
from qms.http.forms import Form
from qms.http.limits import a_minute, limiter

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("box", __name__)
# One writes a page in a minute; whoever guesses at receipts of 80 bits gets nowhere (SEC-09).
_WRITING: Final = a_minute(6)
_LOOKING: Final = a_minute(30)


@pages.get("/box")
@public
@limiter.limit(_LOOKING)
def ask() -> ResponseReturnValue:
    """The sheet to write on; neither name nor address is asked for (CMP-05)."""
    if not feedback.box.is_open(look().settings):
        raise feedback.BoxClosed
    return _sheet(Form())


@pages.post("/box")
@public
@limiter.limit(_WRITING)
def hand_in() -> ResponseReturnValue:
    """Keep it, and show the receipt once: it is stored nowhere and cannot be asked for again."""
    if not feedback.box.is_open(look().settings):
        raise feedback.BoxClosed
    form, receipt = Form(), ""
    with form.catch(), act() as work:
        receipt = feedback.box.hand_in(
            work, matter=form.get("matter"), content=form.get("content"), demand=form.get("demand")
        )
    return page("box/receipt.html", receipt=receipt) if receipt else _sheet(form)


@pages.get("/box/reply")
@public
@limiter.limit(_LOOKING)
def reply() -> ResponseReturnValue:
    """How far it has come, and the reply, for whoever has the receipt."""
    typed = request.args.get("receipt", "").strip()
    if not typed:
        return redirect(url_for("box.ask"), 303)
    found = feedback.box.answer(look(), typed)
    return page("box/reply.html", found=found, stages=feedback.STAGES, matters=feedback.MATTERS)


def _sheet(form: Form) -> ResponseReturnValue:
    told = {each: feedback.MATTERS[each] for each in feedback.box.MATTERS}
    return page("box/ask.html", form=form, matters=told, longest=feedback.box.LONGEST), form.status
