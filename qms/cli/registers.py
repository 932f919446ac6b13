"""`qms register`: the registers, their rows, files of them, codes, and filling one anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from qms import registers
from qms.forms import spoken
from qms.kernel.errors import Invalid
from qms.kernel.labels import N_, in_language, say
from qms.registers import Format, views, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.cli.session import Session
    from qms.kernel.work import Work
    from qms.registers import Register, View

_NARROW: Final = click.option(
    "--where",
    "conditions",
    multiple=True,
    metavar="COLUMN.OP=VALUE",
    help="Narrow it as the page does: amount.from=100, product.is=loan, since=2026-01-01; may be repeated.",
)


@click.group()
def register() -> None:
    """Registers: records in lines, filtered, totalled, exported."""


def _asked(work: Work, found: Register, conditions: Sequence[str]) -> View:
    parts = [(name, value) for name, _, value in (each.partition("=") for each in conditions)]
    if problems := views.unread(parts, found.columns, work.settings.zone_info):
        raise Invalid(problems)
    return views.kept(views.parsed(parts), found.columns)


def _register(work: Work, number: str) -> Register:
    return registers.register(work.session, work.rights, number, work.today, work.language)


@register.command("list")
@click.pass_obj
def listing(session: Session) -> None:
    """List the registers in force."""
    with session.reading() as work:
        found = registers.registers(work.session, work.rights, work.today, session.output.language)
    session.output.rows(
        {"number": N_("Number"), "title": N_("Title"), "forms": N_("Filled from"), "columns": N_("Columns")},
        [
            {
                "number": each.number,
                "title": in_language(each.title, session.output.language),
                "forms": " ".join(each.definition.sources),
                "columns": len(each.columns),
            }
            for each in found
        ],
    )


@register.command()
@click.argument("number")
@_NARROW
@click.option("--after", default="", help="Go on after the cursor that was told.")
@click.option("--size", type=click.IntRange(1, 500), default=50, show_default=True, help="How many rows.")
@click.pass_obj
def show(session: Session, number: str, conditions: tuple[str, ...], after: str, size: int) -> None:
    """Show rows of a register, the newest first."""
    language = session.output.language
    with session.reading() as work:
        found = _register(work, number)
        view = _asked(work, found, conditions)
        shown = views.shown(view, found.columns)
        zone = work.settings.zone_info
        page = registers.page(work.session, work.rights, found, view, zone, after=after, size=size)
        lines = registers.reveal(work, page.lines, shown)
        names = registers.making.names_of(work, lines, shown)
    tellers = {each.id: words.teller(each, language, zone, names) for each in shown}
    rows = [
        {
            "number": line.number,
            "filed_on": line.filed_on,
            "state": say(words.STATES.get(line.state, line.state), language),
            **{name: tell(line.cells.get(name, registers.looking.NO_CELL)) for name, tell in tellers.items()},
        }
        for line in lines
    ]
    heads = {"number": N_("Record"), "filed_on": N_("Filed on"), "state": N_("State")}
    session.output.rows(heads | {each.id: spoken(each.label, language) for each in shown}, rows)
    if page.after is not None:
        session.output.say(N_("There are further rows; show them with: --after {cursor}"), cursor=page.after)


@register.command()
@click.argument("number")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_NARROW
@click.pass_obj
def export(session: Session, number: str, file: Path, conditions: tuple[str, ...]) -> None:
    """Write a register to FILE, as .csv or .xlsx, safe against formulas; on record with who did it."""
    kind = Format.XLSX if file.suffix == ".xlsx" else Format.CSV
    with session.reading() as work:
        found = _register(work, number)
        view = _asked(work, found, conditions)
        with registers.making.file(work, found, view, kind) as made:
            content, rows = made.stream.read(), made.rows
    with session.writing("register export") as work:
        registers.note_export(work, number, view, kind, rows=rows, content=content)
    file.write_bytes(content)
    session.output.result({"file": file, "rows": rows}, N_("{rows} rows written to {file}."))


@register.command()
@click.argument("number")
@click.option("--why", required=True, help="Why it is filled anew; kept on record.")
@click.pass_obj
def rebuild(session: Session, number: str, why: str) -> None:
    """Fill the rows of a register anew from the stored records."""
    with session.writing("register rebuild") as work:
        rows = registers.rebuild(work, number, why)
    session.output.result({"number": number, "rows": rows}, N_("{rows} rows of {number} were filled anew."))


@register.command()
@click.argument("code", default="")
@click.pass_obj
def codes(session: Session, code: str) -> None:
    """List which columns and fields carry which information code, since when, and what it became."""
    with session.reading() as work:
        found = registers.codes.codes(work.session, work.rights, work.today, code)
    session.output.rows(
        {
            "code": N_("Code"),
            "document": N_("Document"),
            "name": N_("Carried by"),
            "since": N_("Since"),
            "until": N_("Until"),
            "now": N_("Now"),
            "doubled": N_("carried by different things"),
        },
        [
            {
                "code": each.code,
                "document": carried.document,
                "name": carried.name,
                "since": carried.from_on,
                "until": carried.until_on,
                "now": carried.now if carried.now != each.code else None,
                "doubled": each.is_doubled,
            }
            for each in found
            for carried in each.carriers
        ],
    )


COMMANDS: Final = (register,)
