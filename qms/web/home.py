"""The frame of the pages: where one can go, the language, the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, current_app, redirect, request, url_for

from qms import tasks
from qms.http.edge import LANGUAGE_COOKIE, local, look, page, public
from qms.kernel.labels import LANGUAGES, N_, say

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from qms.kernel.work import Work

pages = Blueprint("home", __name__)
_YEAR: Final = 365 * 24 * 3600
_ON_A_PHONE: Final = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail; `key` is pressed after `g`; on a phone `more` stands in the menu."""

    name: str
    url: str
    key: str
    current: bool
    more: bool = False
    count: int = 0


# Endpoint, name, key after `g`, the permissions any of which opens it.
_PLACES: Final = (
    ("tasks.inbox", N_("My tasks"), "m", ("tasks:own",)),
    ("documents.library", N_("Documents"), "d", ("documents:read",)),
    ("drafts.mine", N_("Drafts"), "w", ("documents:draft",)),
    ("evidence.requests", N_("Evidence"), "e", ("evidence:request",)),
    ("trail.browse", N_("Trail"), "t", ("trail:read",)),
    ("accounts.people", N_("People"), "p", ("people:manage", "grants:manage")),
    ("jobs.listing", N_("Jobs"), "j", ("jobs:read",)),
)


def places(work: Work) -> list[Place]:
    """The places the person may go to, at most seven, the present one marked."""
    open_ones = [
        (endpoint, name, key)
        for endpoint, name, key, permissions in _PLACES
        if endpoint in current_app.view_functions and any(work.rights.may(each) for each in permissions)
    ]
    return [
        Place(
            name=say(name, work.language),
            url=url_for(endpoint),
            key=key,
            current=_is_at(url_for(endpoint)),
            more=number >= _ON_A_PHONE,
            count=_waiting(work) if endpoint == "tasks.inbox" else 0,
        )
        for number, (endpoint, name, key) in enumerate(open_ones)
    ]


def _is_at(url: str) -> bool:
    return request.path == url or request.path.startswith(f"{url}/")


def _waiting(work: Work) -> int:
    person_id = work.rights.person_id
    return tasks.task_count(work.session, person_id, work.today) if person_id else 0


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
    answer = redirect(local(request.form.get("back")), 303)
    if chosen in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=_YEAR, path="/", secure=True, httponly=True, samesite="Lax"
        )
    return answer
