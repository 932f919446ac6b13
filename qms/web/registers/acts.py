"""Acts on registers: keep and drop a view, export one, fetch a large export."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import Response, redirect, url_for

from qms import registers
from qms.http.edge import act, look, page, runtime, tell
from qms.http.forms import Form
from qms.kernel.labels import N_
from qms.registers import Format, views
from qms.web.documents.library import download
from qms.web.registers._pages import asked, pages, register_at, seen

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.registers import RegisterExport

AT_ONCE: Final = 5_000
"""Up to so many rows a file is made while one waits; a larger one by a job."""
_KINDS: Final = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMATS: Final = tuple((each.value, each.value) for each in Format)
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")


@pages.post("/registers/<number>/views")
def keep(number: str) -> ResponseReturnValue:
    """Keep the view of the page under a name, for oneself or one's department."""
    work = seen()
    register = register_at(work, number)
    view = asked(register, sent=True)
    form = Form()
    with form.catch(fields={registers.ViewUnnamed: "name"}):
        name = form.text("name")
        form.check()
        with act() as writing:
            row = registers.save_view(writing, number, name, view, department=form.get("share_with") or None)
            kept = row.id
        tell(N_("The view {name} is kept."), name=name)
        return redirect(url_for("registers.one", number=number, view=kept), 303)
    parts = views.address(view)
    return page(
        "registers/keep.html", form=form, register=register_at(look(), number), parts=parts
    ), form.status


@pages.post("/registers/views/<int:view_id>/drop")
def drop(view_id: int) -> ResponseReturnValue:
    """Drop a view of one's own."""
    with act() as work:
        registers.drop_view(work, view_id)
    tell(N_("The view is dropped."))
    return redirect(url_for("registers.listing"), 303)


@pages.post("/registers/<number>/export")
def export(number: str) -> ResponseReturnValue:
    """The view as a file, on record with who exported what; a large one is made by a job."""
    work = seen()
    register = register_at(work, number)
    view = asked(register, sent=True)
    form = Form()
    kind = Format(form.chosen("format", _FORMATS))
    rows = registers.count(work.session, work.rights, register, view, work.settings.zone_info)
    if rows is None or rows > AT_ONCE:
        with act() as writing:
            made = registers.ask_export(writing, number, view, kind).id
        tell(N_("The file is being made; it is found here when it is ready."))
        return redirect(url_for("registers.exports", _anchor=str(made)), 303)
    with registers.making.file(work, register, view, kind) as file:
        content, rows = file.stream.read(), file.rows
        name = _name(register.number, work.today.isoformat(), kind)
    with act() as writing:
        registers.note_export(writing, number, view, kind, rows=rows, content=content)
    return download(content, name, _KINDS[kind])


def _name(number: str, day: str, kind: Format) -> str:
    return f"{_UNSAFE.sub('_', number)}-{day}.{kind.value}"


@pages.get("/registers/exports")
def exports() -> str:
    """The large exports one has asked for."""
    work = seen()
    rows = registers.exports(work.session, work.rights)
    numbers = {each.id: registers.number_of(work.session, each.register_id) for each in rows}
    return page("registers/exports.html", rows=rows, numbers=numbers, busy=any(map(_is_open, rows)))


def _is_open(row: RegisterExport) -> bool:
    return row.digest is None and row.failure is None


@pages.get("/registers/exports/<int:export_id>")
def fetch(export_id: int) -> Response:
    """The file of a large export, for who asked for it."""
    work = seen()
    row = registers.export(work.session, work.rights, export_id)
    digest = registers.export_digest(row)
    number = registers.number_of(work.session, row.register_id)
    answer = Response(runtime().works.vault.chunks(digest), content_type=_KINDS[row.format])
    name = _name(number, row.asked_at.date().isoformat(), row.format)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
