"""The document page: the text as on the sheet, its state, what I owe on it, and what stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import redirect, request, url_for
from markupsafe import Markup

from qms import changes, competence, documents, standards, tasks
from qms.accounts import Meaning
from qms.documents import Standing
from qms.http.edge import NothingToSee, act, page, signed_in, tell
from qms.http.forms import Form
from qms.kernel.errors import Missing
from qms.kernel.labels import N_, in_language
from qms.runtime import told, wording
from qms.web import signing
from qms.web.documents import text
from qms.web.documents._pages import pages
from qms.web.documents.library import seen
from qms.web.revisions import BANDS, closest, label_of, name_of, page_of, ref_at, shared, work_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from flask.typing import ResponseReturnValue

    from qms.documents import Happened, Listed, Revision
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

READ = "documents:read"
CONVERTED = "zh-Hant"
_TO_CONFIRM = frozenset({Standing.IN_FORCE, Standing.PENDING})


@dataclass(frozen=True, slots=True)
class Around:
    """What a document stands under, above and beside."""

    parent: Sequence[tuple[str, Listed | None]]
    children: Sequence[tuple[str, Listed | None]]
    forms: Sequence[tuple[str, Listed | None]]
    leans_on: Sequence[tuple[str, Listed | None]]
    named_by: Sequence[tuple[str, Listed | None]]


@dataclass(frozen=True, slots=True)
class Mine:
    """What the reader owes or has done on the revision."""

    can_confirm: bool
    owed: bool
    due_on: date | None
    is_overdue: bool
    confirmed_on: date | None


@pages.route("/d/<number>", methods=["GET", "POST"])
@pages.route("/d/<number>/<label>", methods=["GET", "POST"])
def one(number: str, label: str | None = None) -> ResponseReturnValue:
    """A document: the revision in force, or the one an address names (DOC-03, DOC-18)."""
    work = seen()
    rows = documents.timeline(work.session, work.rights, number, work.today)
    shown = _chosen(work, rows, label)
    clause, script = request.args.get("clause"), _script(shown)
    if clause is not None:
        anchor = text.anchor_of(work, shown.ref, clause)
        return redirect(_address(shown, script, anchor))
    if label is not None and shown.number != number:
        return redirect(page_of(shown.ref))
    form = Form()
    if request.method == "POST":
        with signing.trying(form):
            _confirm(form, shown.ref)
            tell(N_("Thank you: you have confirmed {what}."), what=f"{shown.number} {shown.label}")
            return redirect(page_of(shown.ref), 303)
        work = seen()
    return _page(work, rows, shown, form, script), form.status


def _script(shown: Listed) -> str | None:
    """Traditional characters where they are asked for and can be had by conversion (law 17)."""
    wanted = request.args.get("script") == CONVERTED and shown.language == "zh-Hans"
    return CONVERTED if wanted else None


def _address(shown: Listed, script: str | None, anchor: str) -> str:
    return url_for("documents.one", number=shown.number, lang=shown.language, script=script, _anchor=anchor)


def _confirm(form: Form, ref: Ref) -> None:
    opened = signing.key(form, ref, Meaning.ACKNOWLEDGED)
    with act() as work:
        documents.acknowledge(work, ref, password=opened)


def _chosen(work: Work, rows: Sequence[Listed], label: str | None) -> Listed:
    """The revision an address means: the named one, else the one in force, else the nearest to it."""
    lang = request.args.get("lang")
    offered = list(dict.fromkeys(each.language for each in rows))
    if lang is not None and lang not in offered:
        raise NothingToSee
    if label is not None:
        named = [each for each in rows if each.label == label_of(label)]
        if not named:
            raise NothingToSee
        lang = lang or closest(work, [each.language for each in named])
        return next((each for each in named if each.language == lang), named[0])
    lang = lang or closest(work, [each.language for each in rows if each.is_in_force] or offered)
    own = [each for each in rows if each.language == lang]
    return max(own, key=lambda each: (_NEAREST.get(each.standing, 0), own.index(each)))


_NEAREST = {Standing.IN_FORCE: 4, Standing.PENDING: 3, Standing.WITHDRAWN: 2, Standing.SUPERSEDED: 1}


def _page(work: Work, rows: Sequence[Listed], shown: Listed, form: Form, script: str | None) -> str:
    ref = shown.ref
    revision = documents.revision(work.session, work.rights, ref, work.today)
    own = [each for each in rows if each.language == shown.language]
    current = next((each for each in own if each.is_in_force), None)
    since, changed = text.changed_since_read(work, ref, own[: own.index(shown)])
    entries = text.contents(work, ref, changed, script)
    unnamed = current is shown and "label" not in (request.view_args or {})
    cite = url_for("documents.one", number=shown.number) if unnamed else page_of(ref)
    out = documents.references(work.session, work.rights, ref, work.today)
    into = documents.leaning_on(work.session, work.rights, shown.number, work.today)
    there = text.known(work, {*(target for _, target, _ in out), *(link.source for link in into)})
    return page(
        "documents/one.html",
        form=form,
        shown=shown,
        name=name_of(revision),
        head=revision.head,
        editions={each.code: each.title for each in standards.editions(work.session)},
        body=Markup(text.body(work, revision, ref, changed, cite, there=there, script=script)),  # noqa: S704 - sanitised by rendering
        contents=entries,
        since=since,
        changed=[each for each in entries if each.changed],
        band=None if shown.standing is Standing.IN_FORCE else BANDS[shown.standing],
        current=current,
        timeline=own,
        tongues_of=_tongues(rows),
        converted=script is not None,
        title=in_language(shown.title, "zh-Hant") if script else _title(shown),
        converts=shown.language == "zh-Hans" and CONVERTED not in _tongues(rows),
        mine=mine(work, shown),
        quiz=_quiz(work, shown),
        requests=changes.requests(work.session, work.rights, work.today, shown.number),
        may_ask=shown.is_in_force and work.rights.may("records:file"),
        happened=happenings(work, shown),
        follows=documents.consequences(work, ref) if shown.standing is Standing.PENDING else [],
        around=_around(shown.number, out, [(link.way, link.source) for link in into], there),
        signatures=documents.signatures(work.session, work.rights, ref, work.today),
        waiting=documents.waiting(work.session, work.rights, ref, work.today),
        local=lambda at: documents.local(work, at),
        issued=shown.pdf_digest is not None,
        may_revise=work.rights.may("documents:draft", shown.owner) and _is_last(shown, own),
        may_withdraw=work.rights.may("documents:draft", shown.owner) and shown.standing in _TO_CONFIRM,
        withdrawal=documents.withdrawal(work.session, work.rights, ref, work.today),
        controls=work.rights.may("documents:control", shown.owner),
        oversees=work.rights.may("tasks:oversee") or work.rights.oversees,
        **shared(work),
    )


def happenings(work: Work, shown: Listed) -> list[tuple[Happened, list[str]]]:
    """What each revision did when it entered or left force, in sentences, as far as the reader may know."""
    passed = documents.happened(work.session, work.rights, shown.number, shown.language, work.today)
    known = told(work, [row for each in passed for row in each.rows])
    named = {row.seq: wording.sentence(row, work.language) for row in known if row.ref.kind != "hidden"}
    return [(each, [named[row.seq] for row in each.rows if row.seq in named]) for each in passed]


def _quiz(work: Work, shown: Listed) -> str | None:
    """The address of the quiz that is to be passed before the reading can be confirmed (R13)."""
    if not work.rights.may("documents:acknowledge"):
        return None
    try:
        found = competence.paper(work.session, work.rights, shown.ref, work.today, work.language)
    except competence.NoQuiz:
        return None
    return None if found.passed else work_on("competence.quiz", shown.ref)


def _is_last(shown: Listed, own: Sequence[Listed]) -> bool:
    """Whether the next revision may begin here: this is the newest one, and issued."""
    return own[-1] is shown and shown.pdf_digest is not None


def _title(shown: Listed) -> str:
    return in_language(shown.title, shown.language)


def _tongues(rows: Sequence[Listed]) -> list[str]:
    return list(dict.fromkeys(each.language for each in rows))


def mine(work: Work, shown: Listed) -> Mine:
    """What the reader owes on a revision, and since when it is confirmed (DOC-07)."""
    person = signed_in().person_id
    can = shown.standing in _TO_CONFIRM and work.rights.may("documents:acknowledge")
    done = documents.acknowledged_on(work.session, work.rights, shown.ref, work.today)
    owing = []
    if done is None:
        owing = tasks.outstanding(work.session, READ, shown.ref, work.today, person_id=person)
    task = next(iter(owing), None)
    return Mine(
        can_confirm=can and done is None,
        owed=task is not None,
        due_on=task.due_on if task else None,
        is_overdue=task is not None and task.is_overdue,
        confirmed_on=done,
    )


def _around(
    number: str,
    out: Sequence[tuple[str, str, str]],
    into: Sequence[tuple[str, str]],
    there: Mapping[str, Listed],
) -> Around:
    def named(*ways: str) -> list[tuple[str, Listed | None]]:
        return text.titles(there, [target for way, target, _ in out if way in ways])

    forms = named("form", "register")
    above = named("parent")
    told = {target for target, _ in (*forms, *above)}
    children = [source for way, source in into if way == "parent"]
    others = [source for _, source in into if source not in {*children, *told, number}]
    leans = [each for each in named("reference", "citation") if each[0] not in {*told, *children}]
    return Around(
        parent=above,
        children=text.titles(there, children),
        forms=forms,
        leans_on=leans,
        named_by=text.titles(there, others),
    )


@pages.get("/d/<number>/<label>/<lang>/readers")
def readers(number: str, lang: str, label: str) -> str:
    """Who still owes the reading of a revision and who has signed for it, as far as one oversees (DOC-07)."""
    work = seen()
    ref = ref_at(number, lang, label)
    revision = documents.revision(work.session, work.rights, ref, work.today)
    return page(
        "documents/readers.html",
        ref=ref,
        name=name_of(revision),
        title=revision.title,
        owing=documents.outstanding(work.session, work.rights, ref, work.today),
        signed=documents.acknowledgements(work.session, work.rights, ref, work.today),
        **shared(work),
    )


@pages.get("/r/<number>/<lang>/<label>")
def by_ref(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Where a task or a trail entry about a revision leads: to what can be done with it now."""
    work = seen()
    ref = ref_at(number, lang, label)
    try:
        revision = documents.revision(work.session, work.rights, ref, work.today)
    except Missing as missing:
        raise NothingToSee from missing
    if revision.state == documents.State.ISSUED:
        return redirect(page_of(ref))
    if revision.state == documents.State.DRAFT and may_write(work, revision):
        return redirect(work_on("drafts.edit", ref))
    return redirect(work_on("drafts.review", ref))


def may_write(work: Work, revision: Revision) -> bool:
    """Whether the reader may change a draft: its author, or who drafts for its owner."""
    own = revision.author_id is not None and revision.author_id == work.actor.person_id
    return own or work.rights.may("documents:draft", revision.document.owner)
