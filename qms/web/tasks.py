"""What somebody owes: one's own and that of the people one stands in for, the most urgent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from qms import tasks
from qms.http.edge import NothingToSee, look, page, signed_in
from qms.web.links import link
from qms.web.revisions import NAMES, parts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.kernel.work import Work
    from qms.tasks import Owed

pages = Blueprint("tasks", __name__)


@pages.get("/tasks")
def inbox() -> str:
    """My open tasks, and those of the people I stand in for today (R27)."""
    work = look()
    rows = tasks.inbox(work.session, signed_in().person_id, work.today)
    return _listed(work, rows, mine=True)


@pages.get("/tasks/departments")
def overseen() -> str:
    """The open tasks of everybody in the departments one oversees."""
    work = look()
    if not work.rights.may("tasks:oversee"):
        raise NothingToSee
    return _listed(work, tasks.overseen(work.session, work.rights, work.today), mine=False)


def _tongue(work: Work, row: Owed) -> str | None:
    """The language of a revision that is not the usual one, so that two tasks of one number differ."""
    language = parts_of(row.ref)["lang"] if row.ref.kind == "revision" else None
    return None if language == work.settings.language else language


def _listed(work: Work, rows: Sequence[Owed], *, mine: bool) -> str:
    late = [row for row in rows if row.is_overdue]
    due = [row for row in rows if not row.is_overdue and row.due_on]
    undated = [row for row in rows if row.due_on is None]
    return page(
        "tasks/inbox.html",
        groups=[("overdue", late), ("due", due), ("undated", undated)],
        count=len(rows),
        mine=mine,
        link=link,
        tongues={row.id: tongue for row in rows if (tongue := _tongue(work, row))},
        names=NAMES,
        away={row.id: (row.due_on - work.today).days for row in rows if row.due_on},
    )
