"""The trail in plain sentences, newest first, and the check that nothing in it was altered."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, redirect, request, url_for

from qms import accounts, trail
from qms.accounts import require
from qms.http.edge import NothingToSee, look, page, runtime, tell
from qms.http.forms import Form
from qms.kernel.clock import start_of
from qms.kernel.labels import N_, Phrase
from qms.kernel.refs import Ref
from qms.runtime import sentences
from qms.web.links import link

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work
    from qms.trail import TrailRow

pages = Blueprint("trail", __name__)
_PAGE: Final = 50
SENTENCES: Final = sentences()
_ACTS: Final = (
    ("document:", N_("documents")),
    ("signature:", N_("signatures")),
    ("task:", N_("tasks")),
    ("evidence:", N_("evidence")),
    ("person:", N_("people and their rights")),
    ("role:", N_("roles")),
    ("circle:", N_("closed circles")),
    ("department:", N_("departments")),
    ("job:", N_("jobs")),
    ("trail:", N_("the trail itself")),
    ("operation:deny", N_("denied operations")),
    ("person:sign-in", N_("signing in")),
    ("person:sign-in:refuse", N_("refused sign-ins")),
)
_KINDS: Final = (
    ("document", N_("document")),
    ("revision", N_("revision")),
    ("person", N_("person")),
    ("department", N_("department")),
    ("post", N_("post")),
    ("role", N_("role")),
    ("circle", N_("closed circle")),
    ("evidence", N_("evidence")),
    ("job", N_("job")),
    ("checkpoint", N_("checkpoint")),
    ("workspace", N_("workspace")),
)


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as the page tells it."""

    row: TrailRow
    sentence: str
    url: str | None
    values: Sequence[tuple[str, str, str]]
    personal: Sequence[tuple[str, str | None]]


def _seen() -> Work:
    work = look()
    if not work.rights.may("trail:read"):
        raise NothingToSee
    return work


@pages.get("/trail")
def browse() -> ResponseReturnValue:
    """The entries that fit the filters, a page at a time, each in a sentence (TRL-15)."""
    work = _seen()
    form = Form()
    rows: list[TrailRow] = []
    with form.catch():
        rows = _asked(work, form)
    people = accounts.people(work.session, active=None)
    names = {str(each.id): each.name for each in people}
    body = page(
        "trail/browse.html",
        form=form,
        days=_by_day(work, [_told(work, row, names) for row in rows[:_PAGE]]),
        more=rows[_PAGE - 1].seq if len(rows) > _PAGE else None,
        people=[(f"person:{each.id}", f"{each.name} ({each.login})") for each in people],
        acts=_ACTS,
        kinds=_KINDS,
        head=trail.head(work.session)[0],
        asked={
            name: form.get(name)
            for name in ("actor", "action", "kind", "ref", "from", "until")
            if form.get(name)
        },
    )
    return body, form.status


def _asked(work: Work, form: Form) -> list[TrailRow]:
    first, last = form.maybe_day("from"), form.maybe_day("until")
    form.check()
    zone = work.settings.zone_info
    return trail.browse(
        work.session,
        actor=form.get("actor") or None,
        action=form.get("action") or None,
        kind=form.get("kind") or None,
        after=start_of(first, zone) if first else None,
        before=start_of(last + timedelta(days=1), zone) if last and last < date.max else None,
        below=request.args.get("below", type=int),
        limit=_PAGE + 1,
    )


def _told(work: Work, row: TrailRow, names: Mapping[str, str]) -> Told:
    # A person is told by name; the number stays in the reference beside it.
    known = names.get(row.ref.key) if row.ref.kind == "person" else None
    said = replace(row, ref=Ref(row.ref.kind, known)) if known else row
    both = dict.fromkeys((*row.before, *row.after))
    return Told(
        row=row,
        sentence=trail.describe(said, work.language, SENTENCES),
        url=link(row.ref),
        values=[(key, _plain(row.before.get(key)), _plain(row.after.get(key))) for key in both],
        # The actor's name stands in the sentence already.
        personal=sorted(pair for pair in row.personal.items() if pair[0] != "actor"),
    )


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and not any(isinstance(each, (dict, list)) for each in value):
        return ", ".join(str(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _by_day(work: Work, told: Sequence[Told]) -> list[tuple[date, list[Told]]]:
    days: list[tuple[date, list[Told]]] = []
    for each in told:
        day = _day(work, each.row.at)
        if not days or days[-1][0] != day:
            days.append((day, []))
        days[-1][1].append(each)
    return days


def _day(work: Work, at: datetime) -> date:
    return at.astimezone(work.settings.zone_info).date()


@pages.post("/trail/verify")
def verify() -> str:
    """Check what was added since the last signed checkpoint, and name the first bad entry (TRL-02)."""
    work = look()
    require(work, "trail:verify")
    actor = work.actor
    report = trail.check(runtime().works, actor, whole=False)
    fault = report.fault and Phrase(report.fault.message, seq=report.fault.seq, **report.fault.facts)
    return page("trail/report.html", report=report, fault=fault)


@pages.post("/trail/checkpoint")
def checkpoint() -> ResponseReturnValue:
    """Sign the trail as it stands; the file is kept outside the database (TRL-03)."""
    work = look()
    require(work, "trail:verify")
    made = trail.checkpoint(runtime().works, work.actor, "asked for on the page")
    tell(N_("Signed: a checkpoint over {count} entries."), count=made.size)
    return redirect(url_for("trail.browse"), 303)
