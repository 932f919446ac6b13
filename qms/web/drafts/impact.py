"""What a change touches: looked at any time, concluded line by line while it is in review (R12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, request

from qms import documents
from qms import impact as touching
from qms.documents import State
from qms.http.edge import act, page, t, tell
from qms.http.forms import Form
from qms.impact import Verdict
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.web import signing
from qms.web.drafts._pages import AT, opened, pages
from qms.web.drafts.touching import touched
from qms.web.revisions import name_of, page_of, ref_at, shared, work_on

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.documents import Revision
    from qms.kernel.errors import QmsError
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


@pages.get(f"{AT}/impact")
def impact(number: str, lang: str, label: str) -> str:
    """What the change of a document touches, what was concluded of it, and what its release will do."""
    return _impact(*opened(number, lang, label), Form())


def _impact(work: Work, ref: Ref, revision: Revision, form: Form) -> str:
    issued = revision.state is State.ISSUED
    listed = touching.checklist(work, ref)
    named = {each.what for each in listed}
    return page(
        "drafts/impact.html",
        form=form,
        ref=ref,
        name=name_of(revision),
        title=revision.title,
        lang=revision.language,
        listed=listed,
        # What stands on the frozen list is not told again as it is today.
        touched=touched(work, [each for each in touching.impact(work, ref) if each.what not in named]),
        measured=touching.measured(work, ref),
        kinds_of_impact=touching.KINDS,
        verdicts=touching.VERDICTS,
        choices=[(each.value, t(words)) for each, words in touching.VERDICTS.items()],
        mine=revision.state is State.IN_REVIEW and touching.may_conclude(work, revision),
        follows=[] if issued else documents.consequences(work, ref),
        back=page_of(ref) if issued else work_on("drafts.review", ref),
        **shared(work),
    )


@pages.post(f"{AT}/impact")
def conclude(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Say of the marked lines what is done about them (CP-12 §5.8.3)."""
    work, ref, revision = opened(number, lang, label)
    form = Form()
    beside: dict[type[QmsError], str] = {touching.ReasonNeeded: "remark", touching.DayNeeded: "until"}
    with signing.trying(form, fields=beside):
        if not touching.may_conclude(work, revision):
            raise touching.NotConcluding(department=revision.document.owner)
        verdict = Verdict(form.chosen("verdict", [(each.value, "") for each in Verdict]))
        until = form.maybe_day("until")
        form.check()
        chosen = request.form.getlist("line")
        if not chosen:
            raise Invalid([Problem(N_("Mark the lines this is about."), field="lines")])
        with act() as writing:
            touching.conclude(
                writing, ref_at(number, lang, label), chosen, verdict,
                remark=form.get("remark"), until_on=until,
            )  # fmt: skip
        tell(N_("Concluded."))
        return redirect(work_on("drafts.impact", ref), 303)
    return _impact(*opened(number, lang, label), form), form.status
