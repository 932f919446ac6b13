"""The review page: what changed, what is said about each clause, who signed, and signing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, url_for
from markupsafe import Markup

from qms import accounts, documents
from qms import impact as touching
from qms.accounts import Meaning
from qms.documents import State
from qms.http.edge import NothingToSee, act, page, tell
from qms.http.forms import Form
from qms.kernel.labels import N_
from qms.web import signing
from qms.web.desk import desk_of, refuse_other_stage, standing_for
from qms.web.documents import text
from qms.web.drafts._pages import AT, opened, pages
from qms.web.revisions import name_of, page_of, ref_at, shared, work_on

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.documents import Difference, Revision
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.rendering import Row

_VERBS = {
    "review": (documents.sign_review, Meaning.REVIEWED),
    "approve": (documents.sign_approval, Meaning.APPROVED),
}
_STILL_OPEN = frozenset({State.IN_REVIEW, State.APPROVED})


@pages.get(f"{AT}/review")
def review(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Everything a reviewer needs on one page (DOC-02, DOC-06)."""
    work, ref, revision = opened(number, lang, label)
    if revision.state is State.ISSUED:
        return redirect(page_of(ref))
    if revision.state is State.ISSUING:
        return redirect(work_on("drafts.issue", ref))
    return _review(work, ref, revision, Form())


def _review(work: Work, ref: Ref, revision: Revision, form: Form, at: str = "") -> str:
    session, rights, today = work.session, work.rights, work.today
    comments = documents.comments(session, rights, ref, today)
    waiting = documents.waiting(session, rights, ref, today)
    clauses = text.contents(work, ref)
    changes = documents.difference(work, ref)
    me, owner = work.actor.person_id, revision.document.owner
    submits = revision.author_id == me or rights.may("documents:submit", owner)
    people = {each.person_id for each in comments} | {each.resolved_by for each in comments}
    return page(
        "drafts/review.html",
        form=form,
        at=at,
        ref=ref,
        name=name_of(revision),
        revision=revision,
        title=revision.title,
        lang=revision.language,
        desk=desk_of(work, waiting),
        waiting=waiting,
        comments=comments,
        follows=documents.consequences(work, ref),
        untouched=sum(each.verdict is None for each in touching.checklist(work, ref)),
        open_count=sum(each.resolved_at is None for each in comments),
        names=accounts.names_of(session, [each for each in people if each]),
        closable=lambda each: (
            me in (each.person_id, revision.author_id) or rights.may("documents:draft", owner)
        ),
        clauses=clauses,
        headings={each.anchor: f"{each.number} {each.heading}".strip() for each in clauses},
        changes=changes,
        groups=_groups(changes),
        body=Markup(text.body(work, revision, ref)),  # noqa: S704 - sanitised by rendering
        signatures=documents.signatures(session, rights, ref, today),
        local=lambda at_: documents.local(work, at_),
        may_comment=rights.may("documents:comment") and revision.state is State.IN_REVIEW,
        may_recall=submits and revision.state in _STILL_OPEN,
        author=accounts.names_of(session, [revision.author_id]).get(revision.author_id, "")
        if revision.author_id
        else "",
        **shared(work),
    )


def _groups(changes: Difference) -> list[tuple[str, list[Row]]]:
    """What differs, together by clause; unchanged pieces are left out."""
    groups: list[tuple[str, list[Row]]] = []
    for row in changes.rows:
        if row.kind == "same":
            continue
        if not groups or groups[-1][0] != row.clause:
            groups.append((row.clause, []))
        groups[-1][1].append(row)
    return groups


@pages.post(f"{AT}/sign")
def sign(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Sign the open stage, review or approval, with an opinion (DOC-02)."""
    work, ref, _ = opened(number, lang, label)
    waiting = documents.waiting(work.session, work.rights, ref, work.today)
    stage = waiting.stage.value if waiting else ""
    form = Form()
    if stage not in _VERBS and form.get("stage") in {"", stage}:
        raise NothingToSee
    with signing.trying(form):
        refuse_other_stage(form, stage)
        verb, meaning = _VERBS[stage]
        key = signing.key(form, ref, meaning)
        with act() as writing:
            verb(writing, ref, password=key, opinion=form.get("opinion"), standing_for=standing_for(form))
        tell(N_("Signed."))
        return _back(ref)
    return _again(number, lang, label, form, "sign")


def _back(ref: Ref, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(work_on("drafts.review", ref, _anchor=anchor), 303)


def _again(number: str, lang: str, label: str, form: Form, at: str) -> ResponseReturnValue:
    work, ref, revision = opened(number, lang, label)
    return _review(work, ref, revision, form, at), form.status


@pages.post(f"{AT}/comments")
def comment(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Remark on a clause; approval waits until it is closed."""
    ref, form = ref_at(number, lang, label), Form()
    with signing.trying(form, "text"):
        said = form.text("text")
        form.check()
        with act() as work:
            made = documents.comment(work, ref, said, anchor=form.get("anchor"))
            place = f"comment-{made.id}"
        return _back(ref, place)
    return _again(number, lang, label, form, "comment")


@pages.post(f"{AT}/comments/<int:comment_id>")
def resolve(number: str, lang: str, label: str, comment_id: int) -> ResponseReturnValue:
    """Close a remark with the answer to it."""
    ref, form = ref_at(number, lang, label), Form()
    field = f"resolution-{comment_id}"
    with signing.trying(form, field):
        said = form.text(field)
        form.check()
        with act() as work:
            documents.resolve_comment(work, comment_id, said)
        return _back(ref, f"comment-{comment_id}")
    return _again(number, lang, label, form, f"comment-{comment_id}")


@pages.post(f"{AT}/return")
def give_back(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Give the text back to its author with the reason; the signatures of the round lapse (law 7)."""
    ref, form = ref_at(number, lang, label), Form()
    with signing.trying(form, "reason"):
        reason = form.text("reason")
        form.check()
        with act() as work:
            documents.return_to_draft(work, ref, reason)
        tell(N_("It is back with its author, with your reason."))
        return redirect(url_for("drafts.mine"), 303)
    return _again(number, lang, label, form, "return")


@pages.post(f"{AT}/recall")
def recall(number: str, lang: str, label: str) -> ResponseReturnValue:
    """Take one's own text back before it is released (law 7)."""
    ref, form = ref_at(number, lang, label), Form()
    with signing.trying(form, "recall_reason"):
        reason = form.text("recall_reason")
        form.check()
        with act() as work:
            documents.withdraw_from_review(work, ref, reason)
        tell(N_("It is a draft again; the signatures of this round have lapsed."))
        return redirect(work_on("drafts.edit", ref), 303)
    return _again(number, lang, label, form, "recall")
