"""Competence: the matrix, one person's record, what is asked of posts, and quizzes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from qms import accounts, competence, documents, uploads
from qms.competence import Basis, Standing
from qms.documents import master_list
from qms.http.edge import NothingToSee, act, look, page, signed_in, t, tell
from qms.http.forms import Form
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import LANGUAGES, N_, in_language
from qms.kernel.refs import Ref
from qms.web import signing
from qms.web.documents.library import download
from qms.web.links import link
from qms.web.revisions import page_of, parts_of, ref_at, shared
from qms.web.sent import sent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Response
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work

pages = Blueprint("competence", __name__)
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CLASSES: Final = {
    Standing.MET: "in_force",
    Standing.EXPIRING: "in_review",
    Standing.EXPIRED: "withdrawn",
    Standing.GAP: "withdrawn",
    Standing.NOT_ASKED: "",
}
_STAGES: Final = {
    "review": N_("signing a review"),
    "approve": N_("signing an approval"),
    "release": N_("signing a release"),
    "audit": N_("auditing"),
}


def _seen() -> Work:
    work = look()
    if not work.rights.may("documents:acknowledge"):
        raise NothingToSee
    return work


# Who stands in the matrix: those of whom something is asked, those who lack some of it, everybody.
_VIEWS: Final[Mapping[str, Callable[[competence.Row], bool]]] = {
    "asked": lambda row: any(cell.standing != Standing.NOT_ASKED for cell in row.cells),
    "gaps": lambda row: row.gaps > 0,
    "all": lambda _: True,
}


@pages.get("/competence")
def matrix() -> str:
    """Person by requirement with its gaps: a head sees their department, everybody their own row."""
    work = _seen()
    found = competence.matrix(work.session, work.rights, work.today)
    which = request.args.get("which", "")
    which = which if which in _VIEWS else "asked"
    rows = [row for row in found.rows if _VIEWS[which](row)]
    return page(
        "competence/matrix.html",
        columns=found.columns,
        rows=rows,
        which=which,
        counts={name: sum(map(fits, found.rows)) for name, fits in _VIEWS.items()},
        missing=sum(row.gaps for row in found.rows),
        css=_CLASSES,
        words=competence.STANDINGS,
        link=link,
        post_names=_posts(work),
        defines=work.rights.may(competence.DEFINE),
        **shared(work),
    )


def _posts(work: Work) -> dict[str, str]:
    return {each.code: in_language(each.names, work.language) for each in accounts.posts(work.session)}


@pages.get("/competence/matrix.<suffix>")
def export(suffix: str) -> ResponseReturnValue:
    """The matrix as a file that no spreadsheet computes (SEC-21)."""
    work = _seen()
    if suffix not in {"csv", "xlsx"}:
        raise NothingToSee
    found = competence.table(competence.matrix(work.session, work.rights, work.today), work.language)
    name = f"competence-{work.today.isoformat()}.{suffix}"
    csv = suffix == "csv"
    body = master_list.to_csv(found) if csv else master_list.to_xlsx(found, t(N_("Competence")))
    return download(body, name, "text/csv; charset=utf-8" if csv else _XLSX)


@pages.route("/competence/people/<int:person_id>", methods=["GET", "POST"])
def person(person_id: int) -> ResponseReturnValue:
    """What is asked of a person, what they have shown, and adding to it."""
    form = Form(basis=Basis.TRAINING.value)
    if request.method == "POST":
        competence.evidence_of(_seen().session, look().rights, person_id, look().today)
        with signing.trying(form, "title"):
            _recorded(form, person_id)
            mine = signed_in().person_id == person_id
            tell(N_("Kept; it counts when somebody else has verified it.") if mine else N_("Kept."))
            return redirect(url_for("competence.person", person_id=person_id), 303)
    return _person(person_id, form)


def _person(person_id: int, form: Form) -> ResponseReturnValue:
    work = _seen()
    shown = competence.evidence_of(work.session, work.rights, person_id, work.today)
    found = competence.matrix(work.session, work.rights, work.today, person_id)
    row = found.rows[0]
    me = signed_in().person_id
    manages = competence.manages(work.session, work.rights, person_id, work.today)
    body = page(
        "competence/person.html",
        form=form,
        who=row,
        asked=[
            (column, cell)
            for column, cell in zip(found.columns, row.cells, strict=True)
            if cell.standing is not Standing.NOT_ASKED
        ],
        shown=shown,
        named={
            column.ref: f"{column.code} {in_language(column.names, work.language)}"
            for column in found.columns
        },
        subjects=[
            (str(column.ref), f"{column.code} {in_language(column.names, work.language)}")
            for column in found.columns
        ],
        bases=_bases(),
        basis_words=competence.BASES,
        css=_CLASSES,
        words=competence.STANDINGS,
        me=me,
        manages=manages and me != person_id,
        adds=manages or me == person_id,
        post_names=_posts(work),
        link=link,
        quiz_of=lambda ref: url_for("competence.quiz", **parts_of(ref)),
        most=uploads.MOST_BYTES >> 20,
        local=lambda instant: documents.local(work, instant),
        **shared(work),
    )
    return body, form.status


def _bases() -> list[tuple[str, str]]:
    return [(basis.value, t(text)) for basis, text in competence.BASES.items()]


def _recorded(form: Form, person_id: int) -> None:
    title, since = form.text("title"), form.day("from_on")
    until = form.maybe_day("until_on")
    form.check()
    work = look()
    subjects = [(str(each.ref), "") for each in competence.columns(work.session, work.rights, work.today)]
    subject = Ref.parse(form.chosen("subject", subjects))
    basis = Basis(form.chosen("basis", _bases()))
    hours = form.get("hours").strip()
    if hours and not (hours.isascii() and hours.isdigit() and len(hours) < 6):  # noqa: PLR2004 - a life has fewer
        raise Invalid([Problem(N_("Write a whole number."), field="hours")])
    file = sent()
    with act() as work:
        competence.record_evidence(
            work,
            person_id,
            subject,
            basis=basis,
            title=title,
            issuer=form.get("issuer"),
            from_on=since,
            until_on=until,
            hours=int(hours) if hours else None,
            effectiveness=form.get("effectiveness"),
            file=file,
        )


@pages.get("/competence/people/<int:person_id>/evidence/<int:piece>")
def file(person_id: int, piece: int) -> Response:
    """A file of the evidence, always as a download (SEC-13)."""
    work = _seen()
    for each in competence.evidence_of(work.session, work.rights, person_id, work.today):
        if each.id == piece and each.digest and each.name:
            return download(work.vault.read(each.digest), each.name, "application/octet-stream")
    raise NothingToSee


@pages.post("/competence/people/<int:person_id>/evidence/<int:piece>")
def decide(person_id: int, piece: int) -> ResponseReturnValue:
    """Verify evidence, or take it back with a reason."""
    competence.evidence_of(_seen().session, look().rights, person_id, look().today)
    form = Form(basis=Basis.TRAINING.value)
    with signing.trying(form, "reason"):
        with act() as work:
            if form.get("verb") == "verify":
                competence.verify(work, piece)
            else:
                competence.withdraw_evidence(work, piece, reason=form.get("reason"))
        tell(N_("Done."))
        return redirect(url_for("competence.person", person_id=person_id), 303)
    return _person(person_id, form)


@pages.route("/competence/requirements", methods=["GET", "POST"])
def requirements() -> ResponseReturnValue:
    """Say which competence the holders of posts need, and who signs (TRN-01, TRN-03)."""
    work = look()
    if not work.rights.may(competence.DEFINE):
        raise NothingToSee
    form = Form(basis=Basis.CERTIFICATE.value)
    if request.method == "POST":
        with signing.trying(form, "code"):
            _required(form)
            tell(N_("Kept."))
            return redirect(url_for("competence.requirements"), 303)
        work = look()
    body = page(
        "competence/requirements.html",
        form=form,
        asked=[
            each
            for each in competence.columns(work.session, work.rights, work.today)
            if each.has_quiz is None
        ],
        posts=sorted(_posts(work).items()),
        post_names=_posts(work),
        bases=_bases(),
        stages=[(value, t(text)) for value, text in _STAGES.items()],
        **shared(work),
    )
    return body, form.status


def _required(form: Form) -> None:
    if form.get("verb") == "end":
        with act() as work:
            competence.end_requirement(work, form.get("ended"), reason=form.get("reason"))
        return
    code, name = form.text("code"), form.text("name")
    form.check()
    basis = Basis(form.chosen("basis", _bases()))
    stage = form.chosen("stage", [("", ""), *((each, "") for each in competence.STAGES)])
    names = {look().settings.language: name.strip()}
    names |= {
        each: form.get(f"name-{each}").strip() for each in LANGUAGES if form.get(f"name-{each}").strip()
    }
    with act() as work:
        competence.require(
            work, code.strip(), names, basis=basis, posts=request.form.getlist("posts"), stage=stage or None
        )


@pages.route("/d/<number>/<label>/<lang>/quiz", methods=["GET", "POST"])
def quiz(number: str, label: str, lang: str) -> ResponseReturnValue:
    """Take the quiz of a document; when it is passed the reading can be confirmed (R13)."""
    work, ref = _seen(), ref_at(number, lang, label)
    shown = competence.paper(work.session, work.rights, ref, work.today, work.language)
    form = Form()
    if request.method == "POST":
        with signing.trying(form):
            passed = _answered(form, ref, [each.place for each in shown.questions])
            if passed:
                tell(N_("Passed. Now confirm the reading."), "good")
                return redirect(page_of(ref), 303)
            tell(N_("Not passed."), "bad")
            return redirect(url_for("competence.quiz", **parts_of(ref)), 303)
        work = _seen()
        shown = competence.paper(work.session, work.rights, ref, work.today, work.language)
    body = page("competence/quiz.html", form=form, ref=ref, quiz=shown, **shared(work))
    return body, form.status


def _answered(form: Form, ref: Ref, places: list[int]) -> bool:
    turn = form.get("turn")
    chosen = {
        place: [int(each) for each in request.form.getlist(f"q{place}") if each.isascii() and each.isdigit()]
        for place in places
    }
    with act() as work:
        return competence.answer(
            work, ref, int(turn) if turn.isascii() and turn.isdigit() else 0, chosen
        ).passed


@pages.post("/d/<number>/<label>/<lang>/quiz/<int:person_id>")
def quiz_again(number: str, label: str, lang: str, person_id: int) -> ResponseReturnValue:
    """Let somebody whose attempts are used try again, with a reason."""
    ref = ref_at(number, lang, label)
    competence.paper(_seen().session, look().rights, ref, look().today, look().language)
    form = Form(basis=Basis.TRAINING.value)
    with signing.trying(form, "reason"):
        with act() as work:
            competence.allow_again(work, ref, person_id, reason=form.get("reason"))
        tell(N_("Done."))
        return redirect(url_for("competence.person", person_id=person_id), 303)
    return _person(person_id, form)
