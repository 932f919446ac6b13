"""The periodic review of a document in force: whether it is still right, concluded with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import redirect, request

from qms import accounts, documents
from qms.documents import OUTCOMES, Outcome
from qms.http.edge import NothingToSee, act, page, t, tell
from qms.http.forms import Form
from qms.kernel.labels import N_
from qms.web import signing
from qms.web.documents._pages import pages
from qms.web.documents.library import seen
from qms.web.revisions import name_of, page_of, ref_at, shared, work_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from qms.documents.models import PeriodicReview
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_NEXT: Final = {Outcome.REVISE: "drafts.revise", Outcome.WITHDRAW: "documents.ask_withdrawal"}


@pages.route("/d/<number>/<label>/<lang>/periodic-review", methods=["GET", "POST"])
def periodic_review(number: str, label: str, lang: str) -> ResponseReturnValue:
    """Say with reasons whether a document stays, is revised or is withdrawn (DOC-13)."""
    work, ref = seen(), ref_at(number, lang, label)
    form = Form(outcome=Outcome.KEEP.value)
    if request.method == "POST":
        with signing.trying(form, "note"):
            outcome = _conclude(form, ref)
            tell(N_("The review is concluded; the next one is planned."))
            return redirect(work_on(_NEXT[outcome], ref) if outcome in _NEXT else page_of(ref), 303)
        work = seen()
    return _shown(work, ref, form), form.status


def _choices() -> list[tuple[str, str]]:
    return [(outcome.value, t(text)) for outcome, text in OUTCOMES.items()]


def _conclude(form: Form, ref: Ref) -> Outcome:
    outcome, note = Outcome(form.chosen("outcome", _choices())), form.text("note")
    form.check()
    with act() as work:
        documents.conclude_periodic_review(work, ref, outcome, note)
    return outcome


def _shown(work: Work, ref: Ref, form: Form) -> str:
    revision = documents.revision(work.session, work.rights, ref, work.today)
    reviews = documents.periodic_reviews(work.session, work.rights, ref, work.today)
    if not reviews:
        raise NothingToSee
    done = [each for each in reviews if each.done_at is not None]
    return page(
        "documents/periodic_review.html",
        form=form,
        ref=ref,
        name=name_of(revision),
        title=revision.title,
        open=next((each for each in reviews if each.done_at is None), None),
        done=done,
        outcomes=OUTCOMES,
        choices=_choices(),
        names=accounts.names_of(work.session, _people(done)),
        may_conclude=work.rights.may("documents:draft", revision.document.owner),
        local=lambda at: documents.local(work, at),
        leaning=sorted(
            {
                link.source
                for link in documents.leaning_on(
                    work.session, work.rights, revision.document.number, work.today
                )
            }
        ),
        **shared(work),
    )


def _people(done: Sequence[PeriodicReview]) -> list[int]:
    return [each.person_id for each in done if each.person_id is not None]
