"""`qms audit`: audits and inspections, and what they covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import audits, records
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from qms.cli.session import Session


@click.group("audit")
def audit() -> None:
    """Audits and inspections, and what they covered."""


@audit.command("list")
@click.option("--department", default="", help="Only those that come to this department.")
@click.option("--stage", type=click.Choice(audits.STAGES), default=None, help="Only those that are so far.")
@click.pass_obj
def listing(session: Session, department: str, stage: str | None) -> None:
    """List the audits with their days, departments and findings."""
    with session.reading() as work:
        records.require_reader(work)
        rows = [
            {
                "number": each.number,
                "programme": each.programme,
                "from": each.from_on,
                "until": each.until_on,
                "departments": " ".join(each.departments),
                "documents": " ".join(each.documents),
                "stage": each.stage,
                "findings": each.findings,
                "undecided": each.undecided,
            }
            for each in audits.listing(work, department=department, at=stage or "")
        ]
    session.output.rows(
        {
            "number": N_("Audit"),
            "from": N_("From"),
            "until": N_("Until"),
            "departments": N_("Departments"),
            "documents": N_("Documents"),
            "stage": N_("Stage"),
            "findings": N_("Findings"),
        },
        rows,
    )


@audit.command("coverage")
@click.option("--department", default="", help="Only this department.")
@click.option(
    "--months", type=click.IntRange(1, 120), default=12, show_default=True, help="What counts as lately."
)
@click.option("--missing", is_flag=True, help="Only what was never looked at, or too long ago.")
@click.option("--propose", "proposed", is_flag=True, help="What the next programme should look at, and why.")
@click.pass_obj
def coverage(session: Session, department: str, months: int, missing: bool, proposed: bool) -> None:
    """Show what was looked at where, when last and with which result."""
    with session.reading() as work:
        found = audits.coverage_map(work, audits.Asked(department=department, months=months))
    if proposed:
        _propose(session, found)
        return
    rows = [
        {
            "department": each.cell.department,
            "document": each.cell.document,
            "clauses": " ".join(each.cell.clauses),
            "state": each.state,
            "last": each.last and each.last.on,
            "audit": each.last and each.last.audit,
            "findings": each.last and each.last.findings,
        }
        for each in found.cells
        if not missing or each.state != "covered"
    ]
    session.output.rows(
        {
            "department": N_("Department"),
            "document": N_("Document"),
            "clauses": N_("Clauses"),
            "state": N_("State"),
            "last": N_("Last looked at"),
            "findings": N_("Findings"),
        },
        rows,
    )


def _propose(session: Session, found: audits.Map) -> None:
    rows = [
        {
            "department": visit.department,
            "document": each.covered.cell.document,
            "weight": each.weight,
            "importance": each.importance,
            "months": each.covered.months,
            "changes": each.changes,
        }
        for visit in found.visits
        for each in visit.proposals
    ]
    session.output.rows(
        {
            "department": N_("Department"),
            "document": N_("Document"),
            "weight": N_("Weight"),
            "importance": N_("Importance"),
            "months": N_("Months since"),
            "changes": N_("Changes since"),
        },
        rows,
    )


COMMANDS: Final = (audit,)
