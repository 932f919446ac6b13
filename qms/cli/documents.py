"""`qms document VERB`: the life of a controlled document from a terminal."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from qms import accounts, documents
from qms.accounts import Meaning
from qms.kernel.labels import N_, in_language
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.cli.session import Session

_DAY: Final = click.DateTime(["%Y-%m-%d"])
_COLUMNS: Final[Mapping[str, str]] = {
    "number": N_("Number"),
    "revision": N_("Revision"),
    "language": N_("Language"),
    "title": N_("Title"),
    "state": N_("State"),
    "effective_on": N_("Effective from"),
    "owner": N_("Owner"),
}


@click.group()
def document() -> None:
    """Controlled documents: draft, submit, sign, release, read, look up."""


def _row(found: documents.Listed, language: str) -> dict[str, object]:
    return {
        "number": found.number,
        "revision": found.label,
        "language": found.language,
        "title": in_language(found.title, language),
        "state": found.standing.value,
        "effective_on": found.effective_on,
        "owner": found.owner,
        "ref": str(found.ref),
    }


@document.command("list")
@click.option("--on", "day", type=_DAY, help="As it stood on this day.")
@click.option("--drafts", is_flag=True, help="What is on its way to issue instead.")
@click.pass_obj
def listing(session: Session, day: datetime | None, drafts: bool) -> None:
    """List the library in force, today or as it stood on a day."""
    with session.reading() as work:
        on = day.date() if day else work.today
        query = documents.unissued if drafts else documents.library
        rows = [_row(found, session.output.language) for found in query(work.session, work.rights, on)]
    session.output.rows(_COLUMNS, rows)


@document.command("export-list")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--on", "day", type=_DAY, help="As it stood on this day.")
@click.pass_obj
def export_list(session: Session, file: Path, day: datetime | None) -> None:
    """Write the master list to FILE, as .csv or .xlsx, safe against formulas."""
    with session.reading() as work:
        on = day.date() if day else work.today
        listed = documents.master_rows(work.session, work.rights, on)
        names = {
            each.code: in_language(each.names, session.output.language)
            for each in accounts.departments(work.session)
        }
    rows = documents.master_list.table(listed, session.output.language, names)
    if file.suffix == ".xlsx":
        data = documents.master_list.to_xlsx(rows, on.isoformat())
    else:
        data = documents.master_list.to_csv(rows)
    file.write_bytes(data)
    session.output.result({"file": file, "rows": len(listed)}, N_("{rows} rows written to {file}."))


@document.command()
@click.argument("number")
@click.option("--on", "day", type=_DAY, help="As it stood on this day.")
@click.pass_obj
def show(session: Session, number: str, day: datetime | None) -> None:
    """Show the revisions of a document."""
    with session.reading() as work:
        on = day.date() if day else work.today
        rows = [
            _row(found, session.output.language)
            for found in documents.timeline(work.session, work.rights, number, on)
        ]
    session.output.rows({**_COLUMNS, "ref": N_("Reference")}, rows)


@document.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def draft(session: Session, file: Path) -> None:
    """Draft a document, or its next revision, from a source FILE."""
    works = session.runtime.works
    session.who()
    images = {
        path.name: path.read_bytes()
        for path in file.parent.iterdir()
        if path.suffix in {".png", ".jpg", ".jpeg"}
    }
    ready = documents.prepare(works.vault, works.settings, file.read_bytes(), file.name, images)
    with session.writing("document draft") as work:
        made = documents.draft(work, ready)
        ref = documents.ref_of(made)
    session.output.result({"revision": ref}, N_("{revision} is a draft."))


@document.command()
@click.argument("number")
@click.option(
    "--in", "language", default="zh-Hans", show_default=True, help="Which language of the document."
)
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write here instead of its own place.",
)
@click.pass_obj
def export(session: Session, number: str, language: str, file: Path | None) -> None:
    """Write the current source of a document back to its file."""
    with session.reading() as work:
        exported = documents.sync.export(work, number, language)
    if file:
        file.write_bytes(exported.data)
    else:
        documents.sync.place(exported)
        with session.writing("document export") as work:
            documents.sync.note_export(work, exported)
    session.output.result(
        {"file": file or exported.path, "revision": exported.revision}, N_("{revision} written to {file}.")
    )


def _key(session: Session, ref: Ref, meaning: Meaning) -> accounts.OpenKey:
    """The acting person's key, opened with the password outside any writing Work."""
    actor, _ = session.who()
    with session.runtime.works.reading(actor) as work:
        return accounts.open_key(
            work.session, actor.person_id or 0, session.password(), ref=ref, meaning=meaning, now=work.now
        )


def _ref(text: str) -> Ref:
    return Ref.parse(text if text.startswith("revision:") else f"revision:{text}")


@document.command()
@click.argument("revision")
@click.pass_obj
def submit(session: Session, revision: str) -> None:
    """Sign a draft as its author and start its route. REVISION is for example CP-12@zh-Hans@A/0."""
    ref = _ref(revision)
    key = _key(session, ref, Meaning.AUTHOR)
    with session.writing("document submit") as work:
        done = documents.submit(work, ref, password=key)
    session.output.result(
        {"revision": ref, "dangling": len(done.dangling)},
        N_("{revision} is in review; {dangling} references end nowhere."),
    )


@document.command()
@click.argument("revision")
@click.option("--opinion", required=True, help="The written opinion.")
@click.option("--approve", is_flag=True, help="Approve instead of review.")
@click.pass_obj
def sign(session: Session, revision: str, opinion: str, approve: bool) -> None:
    """Sign a review or an approval with an opinion."""
    ref = _ref(revision)
    key = _key(session, ref, Meaning.APPROVED if approve else Meaning.REVIEWED)
    verb = documents.sign_approval if approve else documents.sign_review
    with session.writing("document sign") as work:
        progress = verb(work, ref, password=key, opinion=opinion)
    session.output.result({"revision": ref, "approved": progress.is_approved}, N_("Signed {revision}."))


@document.command("return")
@click.argument("revision")
@click.option("--reason", required=True, help="Why it goes back.")
@click.pass_obj
def return_(session: Session, revision: str, reason: str) -> None:
    """Send a revision back to its author with the reason."""
    ref = _ref(revision)
    with session.writing("document return") as work:
        documents.return_to_draft(work, ref, reason)
    session.output.result({"revision": ref}, N_("{revision} is a draft again."))


@document.command()
@click.argument("revision")
@click.option("--effective", type=_DAY, help="The first day in force; the earliest allowed by default.")
@click.pass_obj
def release(session: Session, revision: str, effective: datetime | None) -> None:
    """Sign the release of an approved revision; the worker makes its PDF and issues it."""
    ref = _ref(revision)
    day: date | None = effective.date() if effective else None
    with session.reading("document release") as work:
        plan = documents.plan_issue(work, ref, effective_on=day)
    key = _key(session, ref, Meaning.RELEASED)
    with session.writing("document release") as work:
        documents.release(work, plan, password=key)
    session.output.result(
        {"revision": ref, "effective": plan.effective_on},
        N_("{revision} is being issued, effective from {effective}."),
    )


@document.command()
@click.argument("revision")
@click.pass_obj
def acknowledge(session: Session, revision: str) -> None:
    """Sign that you have read and understood a revision."""
    ref = _ref(revision)
    key = _key(session, ref, Meaning.ACKNOWLEDGED)
    with session.writing("document acknowledge") as work:
        documents.acknowledge(work, ref, password=key)
    session.output.result({"revision": ref}, N_("You have acknowledged {revision}."))


@document.command()
@click.argument("revision")
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the PDF goes.",
)
@click.pass_obj
def pdf(session: Session, revision: str, file: Path) -> None:
    """Write the stored PDF of an issued revision: the original, for document controllers."""
    ref = _ref(revision)
    with session.reading() as work:
        data = documents.original(work, ref)
    file.write_bytes(data)
    session.output.result(
        {"revision": ref, "file": file, "bytes": len(data)}, N_("{revision} written to {file}.")
    )


COMMANDS: Final = (document,)
