"""Management reviews: the pack as it stands or was frozen, each figure with its list, the decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, redirect, url_for

from qms import management_review
from qms.http.edge import act, page, tell
from qms.http.limits import limiter
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.web.links import link
from qms.web.records.listing import reader
from qms.web.stamped import OFTEN, stamped

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue


pages = Blueprint("management_review", __name__)
_CSS: Final = {"open": "in_review", "closed": "in_force", "cancelled": "withdrawn", "disposed": "superseded"}


_LISTS: Final[Mapping[str, Callable[..., str]]] = {
    "objectives": lambda year, status: url_for("objectives.listing", year=year, status=status),
    "objective": lambda number: url_for("objectives.one", number=number),
    "action": lambda number: url_for("actions.one", number=number),
    "complaints": lambda year: url_for("complaints.listing", year=year),
    "audits": lambda year: url_for("audits.listing", year=year),
    "time-limits": lambda month: url_for("time_limits.bulletin", month=month),
    "control-points": lambda only="": url_for("risks.listing", only=only or None),
    "competence": lambda: url_for("competence.matrix"),
    "changes": lambda: url_for("changes.listing"),
}


def _place(place: str) -> str | None:
    """The page with the list behind a figure; a figure without a list stands alone."""
    kind, *more = place.split(":")
    return _LISTS[kind](*more) if kind in _LISTS else None


def _shared() -> dict[str, Any]:
    return {
        "sections": management_review.SECTIONS,
        "states": management_review.STATES,
        "css": _CSS,
        "nothing": management_review.NONE,
        "spoken": management_review.spoken,
        "where": _place,
        "link": lambda number: link(Ref("record", number)),
    }


@pages.get("/management-reviews")
def listing() -> str:
    """The reviews, the last one first, with what is left of their decisions."""
    work = reader()
    return page("management_review/listing.html", rows=management_review.listing(work), **_shared())


@pages.get("/management-reviews/<number>")
def one(number: str) -> str:
    """One review: its frozen pack, or the pack as it stands now; what was decided."""
    work = reader()
    found = management_review.one(work, number)
    now = found.pack or management_review.gather(work, number)
    return page("management_review/one.html", found=found, pack=now, **_shared())


@pages.post("/management-reviews/<number>")
def freeze(number: str) -> ResponseReturnValue:
    """Gather the pack in a look, then freeze it in one short act."""
    work = reader()
    ready = management_review.prepare(work, number)
    with act() as writing:
        management_review.freeze(writing, ready)
    tell(N_("The pack is frozen; it stays as it is."))
    return redirect(url_for(".one", number=number), 303)


@pages.get("/management-reviews/<number>/pack.pdf")
@limiter.limit(OFTEN)
def sheet(number: str) -> Response:
    """The frozen pack as PDF, an uncontrolled copy; set in a process of its own (SEC-19)."""
    work = reader()
    printed = management_review.printed(work, number)
    return stamped(work, printed.sheet, printed.source, printed.source_name, file=f"{number}-pack.pdf")
