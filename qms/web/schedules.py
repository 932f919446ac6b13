"""What is due when for whom by the schedules in force, by month; what was missed; one thing to be done."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, current_app, redirect, request, url_for

from qms import schedules
from qms.accounts import Meaning
from qms.http.edge import NothingToSee, act, look, page, tell
from qms.http.forms import Form
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.web import signing
from qms.web.links import link
from qms.web.revisions import titles

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work
    from qms.schedules import Due

pages = Blueprint("schedules", __name__)
_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
_CLASSES: Final = {
    schedules.State.OPEN: "in_review",
    schedules.State.DONE: "in_force",
    schedules.State.MISSED: "withdrawn",
    schedules.State.ENDED: "superseded",
}
_SIZE: Final = 200
_FIRST: Final = 2000
_LAST: Final = 2199


def _seen() -> Work:
    work = look()
    if not work.rights.may("documents:read"):
        raise NothingToSee
    return work


def _month(work: Work) -> date:
    found = _MONTH.fullmatch(request.args.get("month", ""))
    if found is None or not _FIRST <= int(found[1]) <= _LAST:
        return work.today.replace(day=1)
    return date(int(found[1]), int(found[2]), 1)


def _beside(first: date, step: int) -> str:
    months = first.year * 12 + first.month - 1 + step
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def _words() -> dict[str, Any]:
    return {
        "states": schedules.STATES,
        "classes": _CLASSES,
        "every": schedules.EVERY,
        "reasons": schedules.REASONS,
        "link": link,
    }


@pages.get("/schedules")
def listing() -> str:
    """One month, page by page: what is overdue first, then each day with what is due; what runs."""
    work = _seen()
    first = _month(work)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    count = schedules.count(work, since=first, until=last)
    count_of_pages = max(-(-count // _SIZE), 1)
    place = min(max(request.args.get("page", 1, type=int), 1), count_of_pages)
    rows = schedules.due(work, since=first, until=last, first=(place - 1) * _SIZE, limit=_SIZE)
    overdue = schedules.overdue(work)
    on_top = {each.ref for each in overdue}
    days: dict[date, list[Due]] = {}
    for row in (each for each in rows if each.ref not in on_top):
        days.setdefault(row.due_on, []).append(row)
    return page(
        "schedules/list.html",
        first=first,
        before=_beside(first, -1),
        after=_beside(first, 1),
        days=days,
        overdue=overdue,
        late=schedules.overdue_count(work),
        place=place,
        last=count_of_pages,
        titles=titles(work),
        missed=schedules.count(work, since=first, until=last, states=(schedules.State.MISSED,)),
        running=schedules.running(work.session, work.rights),
        **_words(),
    )


@pages.route("/schedules/<key>", methods=["GET", "POST"])
def one(key: str) -> ResponseReturnValue:
    """One thing to be done: by a record where a form is named, else by a signed remark."""
    work = _seen()
    form = Form()
    if request.method == "POST":
        with signing.trying(form, fields={schedules.RemarkNeeded: "remark"}):
            text = form.text("remark")
            form.check()
            prepared = schedules.prepare(work, key)
            opened = signing.key(form, prepared.ref, Meaning.AUTHOR)
            with act() as writing:
                schedules.remark(writing, key, text, password=opened)
            tell(N_("Signed: it is done."))
            return redirect(url_for("schedules.listing"), 303)
        work = _seen()
    found = schedules.occurrence(work, key)
    body = page(
        "schedules/one.html",
        form=form,
        row=found,
        mine=schedules.may_do(work, found),
        subject=link(Ref.parse(found.subject)),
        record=Ref.parse(found.record) if found.record else None,
        fill=_may_fill(found),
        titles=titles(work),
        **_words(),
    )
    return body, form.status


def _may_fill(found: Due) -> bool:
    """Whether there is a page that fills in the form for it."""
    return found.form is not None and "records.begin" in current_app.view_functions
