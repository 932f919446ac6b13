"""Records one may see, the newest first; and one's own drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import request, url_for

from qms import parties, records
from qms.http.edge import NothingToSee, look, page, t
from qms.http.forms import Form
from qms.records import State
from qms.web.records._pages import pages
from qms.web.revisions import shared

if TYPE_CHECKING:
    from qms.kernel.work import Work

PAGE: Final = 50
_DIGITS: Final = 18
STATES: Final = records.STATES
CLASSES: Final = {
    State.DRAFT: "draft",
    State.OPEN: "in_review",
    State.CLOSED: "in_force",
    State.CANCELLED: "withdrawn",
    State.DISPOSED: "superseded",
}


def reader() -> Work:
    """The look of somebody who may see records at all."""
    work = look()
    if not records.may_read(work.rights):
        raise NothingToSee
    return work


@pages.get("/records")
def listing() -> str:
    """The filed records one may see, page by page from a key."""
    work = reader()
    form = Form()
    before = request.args.get("before", "")
    rows = records.listing(
        work.session,
        work.rights,
        work.today,
        _filters(form),
        before=int(before) if before.isascii() and before.isdecimal() and len(before) <= _DIGITS else None,
        limit=PAGE + 1,
    )
    kept: dict[str, Any] = {
        name: form.get(name) for name in ("form", "state", "department", "number", "since", "until", "mine")
    }
    more = url_for(".listing", before=rows[PAGE - 1].id, **kept) if len(rows) > PAGE else ""
    return page(
        "records/listing.html",
        form=form,
        rows=rows[:PAGE],
        more=more,
        drafts=records.drafts(work.session, work.rights),
        forms=[(each.number, each.title) for each in records.fillable(work.session, work.rights, work.today)],
        states=[(each.value, t(STATES[each])) for each in STATES if each is not State.DRAFT],
        names=STATES,
        parties=parties.names(work.session, work.rights, (row.title for row in rows)),
        classes=CLASSES,
        filtered=any(kept.values()),
        **shared(work),
    )


def _filters(form: Form) -> records.Filters:
    state = form.get("state")
    return records.Filters(
        form=form.get("form"),
        state=State(state) if state in {each.value for each in State} else None,
        department=form.get("department"),
        number=form.get("number"),
        since=form.maybe_day("since"),
        until=form.maybe_day("until"),
        mine=bool(form.get("mine")),
    )
