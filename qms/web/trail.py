"""The trail in plain sentences, newest first, to take along, and the check that nothing was altered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, redirect, request, url_for

from qms import accounts, evidence, trail, trail_reviews
from qms.accounts import require
from qms.http.edge import NothingToSee, look, page, runtime, t, tell
from qms.http.forms import Form
from qms.kernel.clock import iso, start_of
from qms.kernel.labels import N_, Phrase
from qms.runtime import sentences, told, whole, wording
from qms.web.links import link
from qms.web.trail_labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work
    from qms.trail import TrailRow

pages = Blueprint("trail", __name__)
_PAGE: Final = 50
_MOST: Final = 10_000
_FILTERS: Final = ("actor", "action", "kind", "ref", "refused", "from", "until")
_COLUMNS: Final = (
    N_("No."),
    N_("When"),
    N_("Who"),
    N_("What"),
    N_("Act"),
    N_("About"),
    N_("Before"),
    N_("After"),
    N_("Reason"),
    N_("Digest"),
)
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
    ("trail-review:", N_("reviews of the trail")),
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
    ("trail-review", N_("review of the trail")),
    ("workspace", N_("workspace")),
)


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as the page tells it."""

    row: TrailRow
    sentence: str
    url: str | None
    values: Sequence[Value]
    personal: Sequence[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an entry: its name for people, before and after, and whether the act changed it."""

    name: str
    label: str
    old: str
    new: str
    changed: bool


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
        rows = _asked(work, form, below=request.args.get("below", type=int))
    people = accounts.people(work.session, active=None)
    names = {str(each.id): each.name for each in people}
    body = page(
        "trail/browse.html",
        form=form,
        days=_by_day(work, [_told(work, row, names) for row in told(work, rows[:_PAGE])]),
        more=rows[_PAGE - 1].seq if len(rows) > _PAGE else None,
        people=[(f"person:{each.id}", f"{each.name} ({each.login})") for each in people],
        acts=_ACTS,
        kinds=_KINDS,
        head=trail.head(work.session)[0],
        asked={name: form.get(name) for name in _FILTERS if form.get(name)},
        most=_MOST,
        labels=LABELS,
        review=trail_reviews.open_review(work.session, work.today),
    )
    return body, form.status


def _asked(work: Work, form: Form, limit: int = _PAGE + 1, below: int | None = None) -> list[TrailRow]:
    first, last = form.maybe_day("from"), form.maybe_day("until")
    form.check()
    zone = work.settings.zone_info
    return trail.browse(
        work.session,
        actor=form.get("actor") or None,
        action=form.get("action") or None,
        kind=form.get("kind") or None,
        ref=form.get("ref").strip() or None,
        refused=form.get("refused") == "yes",
        after=start_of(first, zone) if first else None,
        before=start_of(last + timedelta(days=1), zone) if last and last < date.max else None,
        below=below,
        limit=limit,
    )


def _told(work: Work, row: TrailRow, names: Mapping[str, str]) -> Told:
    both = dict.fromkeys((*row.before, *row.after))
    return Told(
        row=row,
        sentence=wording.sentence(row, work.language, names),
        url=link(row.ref),
        values=[_value(key, row) for key in both],
        # The actor's name stands in the sentence already.
        personal=sorted(pair for pair in row.personal.items() if pair[0] != "actor"),
    )


def _value(name: str, row: TrailRow) -> Value:
    old, new = _plain(row.before.get(name)), _plain(row.after.get(name))
    return Value(name, LABELS.get(name, ""), old, new, changed=old != new)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and not any(isinstance(each, (dict, list)) for each in value):
        return ", ".join(str(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _by_day(work: Work, entries: Sequence[Told]) -> list[tuple[date, list[Told]]]:
    days: list[tuple[date, list[Told]]] = []
    for each in entries:
        day = _day(work, each.row.at)
        if not days or days[-1][0] != day:
            days.append((day, []))
        days[-1][1].append(each)
    return days


def _day(work: Work, at: datetime) -> date:
    return at.astimezone(work.settings.zone_info).date()


@pages.get("/trail/export.csv")
def export_csv() -> Response:
    """The entries that fit the filters, for a spreadsheet, where nothing of them is a formula (SEC-21)."""
    work = _seen()
    form = Form()
    rows = _asked(work, form, _MOST)
    names = {str(each.id): each.name for each in accounts.people(work.session, active=None)}
    shown = (_told(work, row, names) for row in reversed(told(work, rows)))
    content = evidence.csv_table([t(name) for name in _COLUMNS], map(_line, shown))
    return _file(content, "trail.csv", "text/csv; charset=utf-8")


def _line(each: Told) -> tuple[object, ...]:
    row = each.row
    old, new = (json.dumps(part, ensure_ascii=False, sort_keys=True) for part in (row.before, row.after))
    return (
        row.seq,
        iso(row.at),
        row.actor_name,
        each.sentence,
        row.action,
        str(row.ref),
        old,
        new,
        row.why,
        row.hash,
    )


@pages.get("/trail/export.jsonl")
def export_proof() -> ResponseReturnValue:
    """The entries that fit the filters, with every link between them and their place under a checkpoint.

    What does not fit, or is hidden from who asks, leaves as digests only. `proof.py` of any evidence
    bundle verifies it (TRL-08).
    What was written since the last signed checkpoint is not in it.
    """
    work = _seen()
    signed = max((each.size for each in trail.checkpoints(work.session, 1)), default=0)
    seqs = {row.seq for row in whole(work, _asked(work, Form(), _MOST)) if row.seq <= signed}
    if not seqs:
        tell(N_("Nothing that fits stands under a signed checkpoint yet; sign one first."), "warn")
        return redirect(url_for("trail.browse"), 303)
    first, last = min(seqs), max(seqs)
    content = "".join(trail.extract(work.session, None, first - 1, last, seqs=seqs)).encode()
    return _file(content, f"trail-{first}-{last}.jsonl", "application/jsonl")


def _file(content: bytes, name: str, kind: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@pages.post("/trail/verify")
def verify() -> str:
    """Check what was added since the last signed checkpoint, and name the first bad entry (TRL-02)."""
    work = look()
    require(work, "trail:verify")
    actor = work.actor
    report = trail.check(runtime().works, actor, whole=False)
    fault = report.fault and Phrase(report.fault.message, seq=report.fault.seq, **report.fault.facts)
    older = report.fault is not None and trail.standing(runtime().works, actor).state is trail.State.OLDER
    return page("trail/report.html", report=report, fault=fault, older=older)


@pages.post("/trail/checkpoint")
def checkpoint() -> ResponseReturnValue:
    """Sign the trail as it stands; the file is kept outside the database (TRL-03)."""
    work = look()
    require(work, "trail:verify")
    made = trail.checkpoint(runtime().works, work.actor, "asked for on the page")
    tell(N_("Signed: a checkpoint over {count} entries."), count=made.size)
    return redirect(url_for("trail.browse"), 303)
