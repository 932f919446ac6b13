"""Drafts: mine, what waits on its way to issue, and how a new one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, request

from qms import changes, documents, uploads
from qms.documents import KINDS, Filters
from qms.http.edge import NothingToSee, act, look, page, runtime, t, tell
from qms.http.forms import Form
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_, in_language
from qms.web import signing
from qms.web.drafts import written
from qms.web.drafts._pages import AT, opened, pages
from qms.web.revisions import NAMES, departments, name_of, shared, work_on

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.documents import Prepared
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


def writer() -> Work:
    """The look of somebody who drafts; for others there is no desk to begin at."""
    work = look()
    if not work.rights.may("documents:draft"):
        raise NothingToSee
    return work


@pages.get("/drafts")
def mine() -> str:
    """What I write, and everything on its way to issue that I may see (DOC-02)."""
    work = look()
    own = documents.my_drafts(work.session, work.rights, work.today)
    mine_too = {each.ref for each in own}
    others = [
        each for each in documents.unissued(work.session, work.rights, work.today) if each.ref not in mine_too
    ]
    if not own and not others and not work.rights.may("documents:draft"):
        raise NothingToSee
    waiting = {
        each.ref: documents.waiting(work.session, work.rights, each.ref, work.today)
        for each in (*own, *others)
    }
    return page("drafts/mine.html", own=own, others=others, waiting=waiting, **shared(work))


@pages.route("/drafts/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Begin a document from a few facts; the text is written in the editor (DOC-01)."""
    work = writer()
    form = Form(lang=work.settings.language)
    if request.method == "POST":
        with signing.trying(form, "number"):
            return _begun(_first(form))
        work = writer()
    return _new(work, form), form.status


def _new(work: Work, form: Form) -> str:
    own = work.rights.permissions["documents:draft"]
    return page(
        "drafts/new.html",
        form=form,
        choices=[(kind.value, t(name)) for kind, name in KINDS.items()],
        owners=[
            (code, name)
            for code, name in sorted(departments(work).items(), key=lambda each: each[1])
            if own is None or code in own
        ],
        parents=_parents(work),
        **shared(work),
    )


def _parents(work: Work) -> list[tuple[str, str]]:
    kinds = frozenset({"quality-manual", "policy", "control-procedure", "operating-manual"})
    rows = documents.library(work.session, work.rights, work.today, Filters(kinds=kinds))
    named = {each.number: f"{each.number} {in_language(each.title, work.language)}" for each in rows}
    return list(named.items())


def _first(form: Form) -> Prepared:
    number, title, owner = form.text("number"), form.text("title"), form.text("owner")
    form.check()
    lang = form.chosen("lang", NAMES.items())
    kind = form.chosen("kind", [(each.value, "") for each in KINDS])
    head = {"number": number, "kind": kind, "language": lang, "title": {lang: title}, "owner": owner}
    if form.get("parent"):
        head["parent"] = form.get("parent")
    works = runtime().works
    return documents.prepare(works.vault, works.settings, written.skeleton(head), "")


def _begun(ready: Prepared) -> ResponseReturnValue:
    with act() as work:
        ref = documents.ref_of(documents.draft(work, ready))
    return redirect(work_on("drafts.edit", ref), 303)


@pages.post("/drafts/upload")
def upload() -> ResponseReturnValue:
    """Begin a document, or its next revision, from a source file with its pictures (law 14)."""
    work = writer()
    form = Form(lang=work.settings.language)
    with signing.trying(form, "file"):
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid([Problem(N_("Choose a file."), field="file")])
        works = runtime().works
        pictures = written.uploaded(works.settings, request.files.getlist("pictures"))
        content, name = file.read(), written.name_of(file)
        uploads.scan(works.settings, name, content)
        ready = documents.prepare(works.vault, works.settings, content, name, pictures)
        return _begun(ready)
    return _new(writer(), form), form.status


@pages.route(f"{AT}/revise", methods=["GET", "POST"])
def revise(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Begin the next revision of an issued text, with the reason for its change (DOC-06)."""
    work, ref, revision = opened(number, lang, label)
    if not work.rights.may("documents:draft", revision.document.owner):
        raise NothingToSee
    name, title = name_of(revision), revision.title
    form = Form()
    if request.method == "POST":
        with signing.trying(form, "reason"):
            begun = _revised(form, ref)
            tell(
                N_("{what} is begun as a copy of {old}."), what=" ".join(begun.key.split("@")[::2]), old=name
            )
            return redirect(work_on("drafts.edit", begun), 303)
        work = writer()
    asked = changes.open_for(work, number)
    body = page(
        "drafts/revise.html",
        form=form,
        ref=ref,
        name=name,
        title=title,
        asked=[(each.number, f"{each.number} {each.title}") for each in asked],
        **shared(work),
    )
    return body, form.status


def _revised(form: Form, ref: Ref) -> Ref:
    number, lang, _ = ref.key.split("@")
    reason = form.text("reason")
    form.check()
    begun = documents.next_draft(look(), number, lang, reason=reason, summary=form.get("summary"))
    with act() as work:
        made = documents.ref_of(documents.revise(work, begun, new_edition=form.get("edition") == "new"))
        if form.get("request"):
            changes.lead(work, form.get("request"), made)
        return made
