"""Records from a table: an empty one to take, a filled one to bring, faults told line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import redirect, request, url_for

from qms import records, uploads
from qms.accounts import Meaning
from qms.http.edge import NothingToSee, act, page, tell
from qms.http.forms import Form
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.web import signing
from qms.web.documents.library import download
from qms.web.drafts.written import name_of
from qms.web.records._pages import pages
from qms.web.records.listing import reader
from qms.web.revisions import shared

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work

_KINDS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _filer() -> Work:
    work = reader()
    if not work.rights.may("records:file"):
        raise NothingToSee
    return work


@pages.route("/records/import/<form>", methods=["GET", "POST"])
def bring(form: str) -> ResponseReturnValue:
    """File one record for each line of a table; where one line is faulty none is filed."""
    sent = Form()
    if request.method == "POST":
        with signing.trying(sent, "file"):
            count = _brought(sent, form)
            tell(N_("{count} records are filed."), count=count)
            return redirect(url_for(".listing", form=form), 303)
    work = _filer()
    revision = records.form_in_force(work, form)
    definition = records.definition_of(revision)
    body = page(
        "records/import.html",
        form=sent,
        number=form,
        title=revision.title,
        label=revision.label,
        headings=records.headings(definition, work.language),
        signed=bool(definition.steps and definition.steps[0].signature),
        most=records.MOST,
        **shared(work),
    )
    return body, sent.status


def _brought(sent: Form, form: str) -> int:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid([Problem(N_("Choose a file."), field="file")])
    work = _filer()
    definition = records.definition_of(records.form_in_force(work, form))
    key = None
    if definition.steps and definition.steps[0].signature:
        key = signing.key(sent, Ref("document", form), Meaning.AUTHOR)
    name = name_of(file)
    content = file.read()
    uploads.scan(work.settings, name, content)
    lines = uploads.table.read(content, name)
    with act() as acting:
        return len(records.import_table(acting, form, lines, name, password=key))


@pages.get("/records/import/<form>/template.<kind>")
def template(form: str, kind: str) -> Response:
    """The empty table of a form, its headings labels with ids."""
    work = _filer()
    if kind not in _KINDS:
        raise NothingToSee
    return download(records.template(work, form, kind), f"{form}.{kind}", _KINDS[kind])
