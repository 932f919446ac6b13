"""Requests for change: asked for from a document by any reader, listed, and named by the revision begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from qms import changes
from qms.http.edge import NothingToSee, act, look, page
from qms.web.revisions import shared

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("changes", __name__)


@pages.get("/changes")
def listing() -> str:
    """The requests that are open, as far as one may see them."""
    work = look()
    if not work.rights.may("documents:read"):
        raise NothingToSee
    found = changes.requests(work.session, work.rights, work.today)
    return page("changes/listing.html", found=found, **shared(work))


@pages.post("/d/<number>/<lang>/ask-change")
def ask(number: str, lang: str) -> ResponseReturnValue:
    """Begin a request with what is known of the document filled in; a question becomes its reason."""
    if not look().rights.may("documents:read"):
        raise NothingToSee
    with act() as work:
        first = changes.ask(work, number, lang, request.form.get("question", "").strip()).id
    return redirect(url_for("records.draft", record_id=first), 303)
