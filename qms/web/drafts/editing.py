"""The editor: typed text beside what it will look like, saved without overwriting anybody unseen."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from flask import redirect, render_template, request

from qms import changes, documents
from qms.accounts import Meaning
from qms.documents import State
from qms.http.edge import NothingToSee, act, look, page, runtime, t, tell
from qms.http.forms import Form
from qms.kernel.labels import N_
from qms.web import signing
from qms.web.documents.reading import may_write
from qms.web.drafts import written
from qms.web.drafts._pages import AT, opened, pages
from qms.web.revisions import name_of, ref_at, shared, work_on

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.documents import Revision
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


def mine(number: str, lang: str, label: str) -> tuple[Work, Ref, Revision]:
    """A draft that the person may write; for others there is no editor."""
    work, ref, revision = opened(number, lang, label)
    if not may_write(work, revision):
        raise NothingToSee
    return work, ref, revision


@pages.route(AT, methods=["GET", "POST"])
def edit(number: str, lang: str, label: str) -> ResponseReturnValue:
    """The editor of a draft; a text in review is only shown where it is reviewed (DOC-02)."""
    work, ref, revision = mine(number, lang, label)
    if revision.state is not State.DRAFT and request.method == "GET":
        return redirect(work_on("drafts.review", ref))
    file, data = documents.source_of(work, ref)
    form = Form(source=data.decode(), seen=str(revision.row_version))
    if request.method == "POST":
        try:
            with signing.trying(form):
                _saved(form, ref, file)
                tell(N_("Saved."))
                return redirect(work_on("drafts.edit", ref), 303)
        except _Changed:
            return _both(form, ref), 409
        work, ref, revision = mine(number, lang, label)
    return _editor(work, ref, revision, form, file), form.status


class _Changed(Exception):  # noqa: N818 - it leads to the page that shows both texts
    pass


def _saved(form: Form, ref: Ref, file: str) -> None:
    work = look()
    sent = written.uploaded(work.settings, request.files.getlist("pictures"))
    there = {name: work.vault.read(digest) for name, digest in documents.pictures(work, ref).items()}
    text = written.with_pictures(form.get("source"), sent)
    works = runtime().works
    ready = documents.prepare(works.vault, works.settings, written.as_bytes(text), file, {**there, **sent})
    seen = form.get("seen")
    try:
        with act() as writing:
            documents.save_draft(
                writing, ref, ready, expected=int(seen) if seen.isascii() and seen.isdigit() else -1
            )
    except documents.DraftChanged as changed:
        raise _Changed from changed


def _both(form: Form, ref: Ref) -> str:
    """The page of a conflict: what stands in the register, what was typed, and what differs (REL-05)."""
    work = look()
    revision = documents.revision(work.session, work.rights, ref, work.today)
    theirs = documents.source_of(work, ref)[1].decode()
    typed = written.as_bytes(form.get("source")).decode()
    lines = difflib.unified_diff(
        theirs.splitlines(),
        typed.splitlines(),
        t(N_("saved by somebody else")),
        t(N_("typed by you")),
        "",
        "",
        2,
        "",
    )
    return page(
        "drafts/conflict.html",
        form=form,
        ref=ref,
        name=name_of(revision),
        theirs=theirs,
        typed=typed,
        lines=[line for line in lines if not line.startswith(("---", "+++"))],
        seen=revision.row_version,
        **shared(work),
    )


def _editor(work: Work, ref: Ref, revision: Revision, form: Form, file: str) -> str:
    source = form.get("source")
    asked = [each for each in changes.open_for(work, revision.document.number) if ref not in each.revisions]
    comments = documents.comments(work.session, work.rights, ref, work.today)
    return page(
        "drafts/edit.html",
        form=form,
        ref=ref,
        name=name_of(revision),
        title=revision.title,
        file=file,
        lang=revision.language,
        shown=written.shown(work, source, file, ref),
        asked=[(each.number, f"{each.number} {each.title}") for each in asked],
        pictures=sorted(documents.pictures(work, ref)),
        open_comments=[each for each in comments if each.resolved_at is None],
        **shared(work),
    )


@pages.post(f"{AT}/preview")
def preview(number: str, lang: str, label: str) -> str:
    """What is typed as it would be set; nothing is stored."""
    work, ref, _ = mine(number, lang, label)
    file, _ = documents.source_of(work, ref)
    seen = written.shown(work, request.form.get("source", ""), file, ref)
    return render_template("drafts/_preview.html", shown=seen, _=t, language=work.language)


@pages.post(f"{AT}/lead")
def lead(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Say from which approved request for change a draft was begun (DOC-16)."""
    _, ref, _ = mine(number, lang, label)
    form = Form()
    asked = form.text("request")
    form.check()
    with act() as work:
        changes.lead(work, asked, ref)
    tell(N_("{request} stays open until this revision is in force or given up."), request=asked)
    return redirect(work_on("drafts.edit", ref), 303)


@pages.route(f"{AT}/submit", methods=["GET", "POST"])
def submit(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Sign a draft as its author; every fault of it is listed at once (law 7, DOC-02)."""
    work, ref, revision = mine(number, lang, label)
    form = Form()
    if request.method == "POST":
        with signing.trying(form):
            _submitted(form, ref)
            return redirect(work_on("drafts.review", ref), 303)
        work, ref, revision = mine(number, lang, label)
    if revision.state is not State.DRAFT:
        return redirect(work_on("drafts.review", ref), 303)
    body = page(
        "drafts/submit.html",
        form=form,
        ref=ref,
        name=name_of(revision),
        title=revision.title,
        revision=revision,
        comments=documents.open_comments(work.session, work.rights, ref, work.today),
        **shared(work),
    )
    return body, form.status


def _submitted(form: Form, ref: Ref) -> None:
    opened_key = signing.key(form, ref, Meaning.AUTHOR)
    with act() as work:
        done = documents.submit(work, ref, password=opened_key)
        loose = sorted(
            {f"{link.target} §{link.clause}" if link.clause else link.target for link in done.dangling}
        )
    tell(N_("Submitted: your signature is on it, and it waits for review."))
    if loose:
        tell(N_("These references end nowhere yet: {list}"), "warn", list=", ".join(loose))


@pages.route(f"{AT}/discard", methods=["GET", "POST"])
def discard(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Give a draft up, with the reason; the trail keeps it (DOC-06)."""
    work, ref, revision = mine(number, lang, label)
    name, title = name_of(revision), revision.title
    form = Form()
    if request.method == "POST":
        with signing.trying(form, "reason"):
            reason = form.text("reason")
            form.check()
            with act() as writing:
                documents.discard_draft(writing, ref_at(number, lang, label), reason)
            tell(N_("The draft {what} is given up."), what=name)
            return redirect("/drafts", 303)
        work = look()
    return page(
        "drafts/discard.html", form=form, ref=ref, name=name, title=title, **shared(work)
    ), form.status
