"""Complaints and suggestions: the cases of a year with what is due, their trend, self-inspection."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, redirect, request, url_for

from qms import accounts, feedback, rendering
from qms.feedback import Stage
from qms.http.edge import act, page
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.web.links import link
from qms.web.records.listing import reader
from qms.web.revisions import departments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask.typing import ResponseReturnValue

    from qms.feedback import Case
    from qms.kernel.work import Work

pages = Blueprint("complaints", __name__)
CLASSES: Final = {
    Stage.HANDING_OVER: "in_review",
    Stage.GRADING: "in_review",
    Stage.INVESTIGATING: "in_review",
    Stage.ANSWERING: "in_review",
    Stage.CLOSING: "approved",
    Stage.CLOSED: "in_force",
    Stage.CANCELLED: "draft",
    Stage.DISPOSED: "draft",
}
_BY: Final[tuple[tuple[str, str, Callable[[Case], str]], ...]] = (
    ("channel", N_("By channel"), lambda each: each.channel),
    ("matter", N_("By kind"), lambda each: each.matter.value),
    ("department", N_("By department"), lambda each: each.department),
    ("cause", N_("By cause"), lambda each: each.cause or ""),
)


def shared(work: Work) -> dict[str, Any]:
    """What the pages of complaints say in words."""
    return {
        "css": CLASSES,
        "stages": feedback.STAGES,
        "matters": feedback.MATTERS,
        "weights": feedback.WEIGHTS,
        "views": feedback.VIEWS,
        "named": feedback.words(work),
        "departments": departments(work),
        "now": work.now,
        "has_box": feedback.box.is_open(work.settings),
        "link": lambda number: link(Ref("record", number)),
    }


@pages.get("/complaints/box")
def box() -> str:
    """What waits to be taken on, to who is asked, and the sheet with the address of the box."""
    work = reader()
    address = f"{work.settings.public_url.rstrip('/')}{url_for('box.ask')}"
    picture = base64.b64encode(rendering.qr_svg(address)).decode("ascii")
    return page(
        "complaints/box.html",
        letters=feedback.box.waiting(work),
        address=address,
        picture=f"data:image/svg+xml;base64,{picture}",
        **shared(work),
    )


@pages.post("/complaints/box/<int:letter_id>")
def take(letter_id: int) -> ResponseReturnValue:
    """Take on what was handed in: its record is begun in one's own name (R53)."""
    with act() as work:
        first = feedback.box.take(work, letter_id).id
    return redirect(url_for("records.draft", record_id=first), 303)


def _year(work: Work) -> int:
    return min(max(request.args.get("year", work.today.year, type=int), 1), 9998)


@pages.get("/complaints")
def listing() -> str:
    """The cases received in a year, those with the next limit that runs; filters by department and kind."""
    work = reader()
    asked = {name: request.args.get(name, "") for name in ("department", "matter", "only")}
    year = _year(work)
    rows = feedback.listing(
        work, year, department=asked["department"], matter=asked["matter"], only_open=asked["only"] == "open"
    )
    return page(
        "complaints/listing.html",
        rows=rows,
        asked=asked,
        year=year,
        years=sorted({*feedback.years(work), year}, reverse=True),
        choosable=accounts.departments(work.session),
        **shared(work),
    )


@pages.get("/complaints/figures")
def figures() -> str:
    """The trend by month, channel, kind, department and cause, and what self-inspection finds."""
    work = reader()
    year = _year(work)
    told = shared(work)
    cases = feedback.counted(feedback.listing(work, year))
    return page(
        "complaints/figures.html",
        n=len(cases),
        tables=[
            (title, [(_said(told, kind, each.key), each) for each in _lines(cases, key)])
            for kind, title, key in _BY
        ],
        inspected=feedback.inspect(cases),
        demands=feedback.DEMANDS,
        silent=feedback.silent(cases, list(told["named"]["channel"])),
        months=feedback.MONTHS,
        year=year,
        years=sorted({*feedback.years(work), year}, reverse=True),
        **told,
    )


def _lines(cases: Sequence[Case], key: Callable[[Case], str]) -> list[feedback.Line]:
    return [each for each in feedback.lines(cases, key, lambda case: case.received_on) if each.key]


def _said(told: dict[str, Any], kind: str, key: str) -> Any:
    """A word of the catalogue, a name in languages, or the code where neither is known."""
    if kind == "matter":
        return feedback.MATTERS[feedback.Matter(key)]
    if kind == "department":
        return told["departments"].get(key, key)
    return told["named"][kind].get(key, key)
