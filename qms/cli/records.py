"""`qms record`: filed records, filing many from a table, and one whole in open formats (REC-06)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from qms import records, uploads
from qms.accounts import Meaning
from qms.kernel.labels import N_, in_language, say
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from qms.cli.session import Session
    from qms.records import Row


_COLUMNS: Final = {
    "number": N_("Number"),
    "form": N_("Form"),
    "title": N_("Title"),
    "state": N_("State"),
    "department": N_("Department"),
    "filed_on": N_("Filed on"),
    "closed_on": N_("Closed on"),
}


@click.group()
def record() -> None:
    """Records: forms filled in and filed."""


@record.command("import")
@click.argument("form")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def import_(session: Session, form: str, file: Path) -> None:
    """File one record of FORM for each line of a CSV or XLSX FILE, all of them or none."""
    with session.reading() as look:
        steps = records.definition_of(records.form_in_force(look, form)).steps
    signed = bool(steps and steps[0].signature)
    key = session.key(Ref("document", form), Meaning.AUTHOR, "record import") if signed else None
    lines = uploads.table.read(file.read_bytes(), file.name)
    with session.writing("record import") as work:
        made = records.import_table(work, form, lines, file.name, password=key)
        numbers = [each.number for each in made]
    session.output.result({"filed": numbers}, N_("{count} records are filed."), count=len(numbers))


@record.command("template")
@click.argument("form")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def template(session: Session, form: str, file: Path) -> None:
    """Write the empty table of FORM to FILE, as CSV or XLSX by its name."""
    kind = "xlsx" if file.suffix.lower() == ".xlsx" else "csv"
    with session.reading() as look:
        content = records.template(look, form, kind)
    file.write_bytes(content)
    session.output.result({"file": str(file)}, N_("The table is written to {file}."))


@record.command("list")
@click.option("--form", default="", help="Only records of this form.")
@click.option("--department", default="", help="Only records of this department.")
@click.pass_obj
def listing(session: Session, form: str, department: str) -> None:
    """List the filed records that exist for the acting person, the newest first."""
    asked = records.Filters(form=form, department=department)
    with session.reading() as work:
        found: list[Row] = []
        while page := records.listing(
            work.session, work.rights, work.today, asked, before=found[-1].id if found else None
        ):
            found += page
    session.output.rows(_COLUMNS, [_line(each, session.output.language) for each in found])


def _line(row: Row, language: str) -> dict[str, Any]:
    return {
        "number": row.number,
        "form": row.form,
        "title": row.title or in_language(row.form_title, language),
        "state": say(records.STATES[row.state], language),
        "department": row.department,
        "filed_on": row.filed_on.isoformat() if row.filed_on else "",
        "closed_on": row.closed_on.isoformat() if row.closed_on else "",
    }


@record.command("show")
@click.argument("number")
@click.pass_obj
def show(session: Session, number: str) -> None:
    """Show one record: what it says of itself and its answers."""
    with session.reading() as work:
        found = records.record_of(work.session, work.rights, Ref(records.KIND, number), work.today)
        told = records.extract(work, found, records.Bounds(personal=True))
        said = records.said(work, found, told)
    if session.output.as_json:
        session.output.value(told)
        return
    rows = [{"name": name, "value": value} for name, value in said]
    session.output.rows({"name": N_("Name"), "value": N_("Value")}, rows)


@record.command("export")
@click.argument("number")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where the record goes.",
)
@click.pass_obj
def export(session: Session, number: str, output: Path) -> None:
    """Write a record whole: JSON, a page, its history as CSV, its files and all digests, in a ZIP file."""
    ref = Ref(records.KIND, number)
    with session.reading() as work:
        exported = records.export(work, ref)
    with session.writing("record export") as work:
        records.note_export(work, ref, exported)
    with output.open("xb") as stream:
        stream.write(exported.content)
    session.output.result({"number": number, "file": str(output)}, N_("{number} is written to {file}."))


COMMANDS: Final = (record,)
