"""The page behind the code on paper: whether it still holds, for anyone with the paper in hand (DOC-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from qms import documents, rendering
from qms.documents import Standing
from qms.http.edge import language, look, page, public
from qms.http.limits import a_minute, limiter
from qms.kernel.errors import Missing
from qms.kernel.labels import LANGUAGES, N_, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from qms.documents import Verification

pages = Blueprint("verification", __name__)
# Thirty looks a minute serve every desk; a guesser of 80 bits gets nowhere (SEC-09).
_LIMIT: Final = a_minute(30)
_SAID: Final[Mapping[Standing, str]] = {
    Standing.IN_FORCE: N_("In force since {since}."),
    Standing.PENDING: N_("Issued, but not in force before {since}."),
    Standing.SUPERSEDED: N_("Superseded since {until}. Do not work by it."),
    Standing.WITHDRAWN: N_("Withdrawn since {until}. Do not work by it."),
}
_BY: Final = N_("Superseded since {until} by {number} {label}. Do not work by it.")
_UNKNOWN: Final = N_("No document carries this code.")
_NOTHING = 404


@pages.get("/v/")
@public
@limiter.limit(_LIMIT)
def ask() -> ResponseReturnValue:
    """A small form for typing the code of a paper."""
    typed = request.args.get("code", "").strip()
    if typed:
        return redirect(url_for("verification.state", code=rendering.parsed_code(typed) or typed))
    return page("verification/ask.html", typed="", said=None)


@pages.get("/v/<code>")
@public
@limiter.limit(_LIMIT)
def state(code: str) -> ResponseReturnValue:
    """The state of what was issued under a code; above *internal* nothing but state and days (DOC-04)."""
    work = look()
    try:
        found = documents.verification(work.session, code, work.today)
    except Missing:
        return page("verification/ask.html", typed=code, said=_in_each(_UNKNOWN)), _NOTHING
    return page(
        "verification/state.html",
        found=found,
        said=_in_each(*_told(found)),
        others=[each for each in LANGUAGES if each != language()],
        standings=documents.STANDINGS,
        now=documents.local(work, work.now),
    )


def _told(found: Verification) -> tuple[str, dict[str, object]]:
    facts: dict[str, object] = {"since": found.effective_on, "until": found.until_on}
    if found.standing is Standing.SUPERSEDED and found.superseded_by and found.number:
        return _BY, {**facts, "number": found.number, "label": found.superseded_by}
    return _SAID[found.standing], facts


def _in_each(text: str, facts: Mapping[str, object] | None = None) -> dict[str, str]:
    """The sentence in every language, since nobody knows who holds the paper."""
    return {each: say(text, each, **(facts or {})) for each in LANGUAGES}
