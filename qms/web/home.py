"""The frame of the pages: where one can go, the language, the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from qms import tasks
from qms.http.edge import LANGUAGE_COOKIE, look, page, public
from qms.kernel.labels import LANGUAGES, N_, say

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from qms.kernel.work import Work

pages = Blueprint("home", __name__)
_YEAR: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail; `key` is pressed after `g`; `more` stands in the menu on a phone."""

    name: str
    url: str
    key: str
    current: bool
    more: bool = False
    count: int = 0


_PLACES: Final = (
    ("tasks.inbox", N_("My tasks"), "m", "tasks:own", False),
    ("documents.library", N_("Documents"), "d", "documents:read", False),
    ("drafts.mine", N_("Drafts"), "w", "documents:draft", False),
    ("evidence.requests", N_("Evidence"), "e", "evidence:request", False),
    ("trail.browse", N_("Trail"), "t", "trail:read", True),
    ("accounts.people", N_("People"), "p", "people:manage", True),
    ("jobs.listing", N_("Jobs"), "j", "jobs:read", True),
)


def places(work: Work) -> list[Place]:
    """The places the person may go to, at most seven, the present one marked."""
    here = (request.blueprint or "", request.endpoint or "")
    waiting = len(tasks.inbox(work.session, work.rights.person_id)) if work.rights.person_id else 0
    return [
        Place(
            name=say(name, work.language),
            url=url_for(endpoint),
            key=key,
            current=endpoint.split(".")[0] == here[0],
            more=more,
            count=waiting if endpoint == "tasks.inbox" else 0,
        )
        for endpoint, name, key, permission, more in _PLACES
        if work.rights.may(permission)
    ]


@pages.get("/")
def start() -> Response:
    """The first place of the person."""
    work = look()
    mine = places(work)
    return redirect(mine[0].url if mine else url_for("accounts.me"), 303)


@pages.get("/menu")
def menu() -> str:
    """All places, for a phone."""
    return page("menu.html", all_places=places(look()))


@pages.post("/language")
@public
def language() -> Response:
    """Keep the chosen language and go back to the page it was chosen on."""
    chosen = request.form.get("language", "")
    back = request.form.get("back", "/")
    local = back.startswith("/") and not back.startswith(("//", "/\\"))
    answer = redirect(back if local else "/", 303)
    if chosen in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=_YEAR, path="/", secure=True, httponly=True, samesite="Lax"
        )
    return answer
