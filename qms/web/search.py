"""Search: clauses in force with what was found marked, and suggestions while one types (DOC-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup

from qms import actions, documents, parties, records
from qms.documents import KINDS, Filters, Kind
from qms.http.edge import NothingToSee, look, page, runtime
from qms.http.forms import Form
from qms.kernel.refs import Ref
from qms.rendering import traditional_html
from qms.search import QueryRefused
from qms.web.links import link
from qms.web.revisions import shared, written

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work
    from qms.search import Fragment, Hit, Page

pages = Blueprint("search", __name__)
_SIZE: Final = 20
_LONGEST: Final = 400
_KINDS: Final[dict[str, str]] = {
    **{kind.value: name for kind, name in KINDS.items()},
    actions.KIND: actions.NAME,
    parties.KIND: parties.NAME,
    records.KIND: records.NAME,
}


def _seen() -> Work:
    work = look()
    if not (work.rights.may("search:find") and work.rights.may("documents:read")):
        raise NothingToSee
    return work


@pages.get("/search")
def find() -> ResponseReturnValue:
    """The clauses in force that hold the words, the best first, from every language (SEC-06)."""
    work = _seen()
    form = Form()
    text = form.get("q").strip()[:_LONGEST]
    found: Page | None = None
    if text:
        with form.catch(field="find"):
            found = runtime().search.find(
                work, text, kinds=_chosen("kind"), page=request.args.get("page", 1, type=int), size=_SIZE
            )
    body = page(
        "search/find.html",
        form=form,
        query=text,
        found=found,
        kind=form.get("kind"),
        near=_in_force(work, found) if found else {},
        html=_html,
        script=_script,
        found_kinds=_KINDS,
        address=_address,
        written=written,
        last=-(-found.total // _SIZE) if found else 0,
        **shared(work),
    )
    return body, form.status


def _address(hit: Hit) -> str:
    """The page of what was found: a document at its clause, every other thing by its kind."""
    if hit.kind in set(Kind):
        return url_for("documents.one", number=hit.number, lang=hit.language, _anchor=hit.anchor or None)
    return link(Ref.parse(hit.group)) or url_for("documents.library")


def _chosen(name: str) -> tuple[str, ...]:
    value = request.args.get(name, "")
    return (value,) if value else ()


def _html(fragment: Fragment, script: str) -> Markup:
    """A fragment escapes every word itself and adds nothing but marks; its words in the reader's script."""
    made = fragment.html()
    return Markup(traditional_html(made) if script == "zh-Hant" else made)  # noqa: S704 - escaped by the fragment


def _script(hit: Hit, language: str) -> str:
    """The language a hit is shown in: simplified words in traditional characters to who reads those."""
    return "zh-Hant" if (hit.language, language) == ("zh-Hans", "zh-Hant") else hit.language


def _in_force(work: Work, found: Page) -> dict[tuple[str, str, str], bool]:
    """Which of the hits are still in force in the register, which decides (law 4)."""
    numbers = frozenset(hit.number for hit in found.hits)
    rows = documents.library(work.session, work.rights, work.today, Filters(numbers=numbers))
    return {(each.number, each.language, each.label): True for each in rows}


@pages.get("/search/suggest")
def suggest() -> str:
    """Documents that go on from what is typed, as the options of the search box."""
    work = _seen()
    text = request.args.get("q", "").strip()[:_LONGEST]
    try:
        found = runtime().search.suggest(work, text) if text else []
    except QueryRefused:
        found = []
    return render_template("search/options.html", found=found)
