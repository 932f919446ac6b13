"""What is to be looked at again: periodic reviews due, and external documents with their editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, request

from qms import accounts, documents
from qms.documents import CURRENCIES, Currency
from qms.http.edge import NothingToSee, act, page, t, tell
from qms.http.forms import Form
from qms.kernel.labels import N_
from qms.web import signing
from qms.web.documents._pages import pages
from qms.web.documents.library import seen
from qms.web.revisions import name_of, ref_at, shared, work_on

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


@pages.get("/d/list/checks")
def checks() -> str:
    """Periodic reviews that are overdue or near (DOC-13), and every external document (DOC-09)."""
    work = seen()
    return page(
        "documents/checks.html",
        reviews=documents.due_reviews(work.session, work.rights, work.today),
        externals=documents.externals(work.session, work.rights, work.today),
        currencies=CURRENCIES,
        **shared(work),
    )


@pages.route("/d/<number>/<label>/<lang>/external-check", methods=["GET", "POST"])
def external_check(number: str, label: str, lang: str) -> ResponseReturnValue:
    """Record whether an external document is still the present edition (DOC-09)."""
    work, ref = seen(), ref_at(number, lang, label)
    form = Form(outcome=Currency.CURRENT.value)
    if request.method == "POST":
        with signing.trying(form, "note", {documents.EditionMissing: "edition"}):
            _recorded(form, ref)
            tell(N_("Kept; the next look is planned."))
            return redirect(work_on("documents.external_check", ref), 303)
        work = seen()
    return _shown(work, ref, form), form.status


def _choices() -> list[tuple[str, str]]:
    return [(each.value, t(text)) for each, text in CURRENCIES.items()]


def _recorded(form: Form, ref: Ref) -> None:
    outcome = Currency(form.chosen("outcome", _choices()))
    with act() as work:
        documents.record_external_check(
            work, ref, outcome, edition=form.get("edition"), note=form.get("note")
        )


def _shown(work: Work, ref: Ref, form: Form) -> str:
    revision = documents.revision(work.session, work.rights, ref, work.today)
    found = documents.external_checks(work.session, work.rights, ref, work.today)
    if not found:
        raise NothingToSee
    done = [each for each in found if each.done_at is not None]
    leaning = documents.leaning_on(work.session, work.rights, revision.document.number, work.today)
    return page(
        "documents/external_check.html",
        form=form,
        ref=ref,
        name=name_of(revision),
        title=revision.title,
        declared=revision.head["external"],
        open=next((each for each in found if each.done_at is None), None),
        done=done,
        choices=_choices(),
        currencies=CURRENCIES,
        names=accounts.names_of(work.session, {each.person_id or 0 for each in done}),
        may_record=work.rights.may("documents:draft", revision.document.owner),
        leaning=sorted({link.source for link in leaning}),
        **shared(work),
    )
