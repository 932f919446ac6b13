"""The frame of the pages: where one can go, the language, the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, current_app, redirect, request, url_for

from qms import tasks
from qms.http.edge import LANGUAGE_COOKIE, local, look, page, public
from qms.kernel.labels import LANGUAGES, N_, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response

    from qms.kernel.work import Work

pages = Blueprint("home", __name__)
_YEAR: Final = 365 * 24 * 3600
_ON_A_PHONE: Final = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail; `key` is pressed after `g`; on a phone `more` stands in the menu.

    `inside` are the places below it, shown while one is there.
    """

    name: str
    url: str
    key: str
    current: bool
    more: bool = False
    count: int = 0
    inside: tuple[Place, ...] = ()


# At most seven places, each with what is inside: endpoint, name, key after `g`, the permissions any of
# which opens it. The first one that is open is where the place leads.
_PLACES: Final = (
    (N_("My tasks"), (("tasks.inbox", N_("My tasks"), "m", ("tasks:own",)),)),
    (
        N_("Documents"),
        (
            ("documents.library", N_("Library"), "d", ("documents:read",)),
            ("drafts.mine", N_("Drafts"), "w", ("documents:draft",)),
            ("changes.listing", N_("Requests for change"), "q", ("documents:read",)),
        ),
    ),
    (
        N_("Records"),
        (
            ("records.listing", N_("Records"), "r", ("records:file", "records:read")),
            ("registers.listing", N_("Registers"), "l", ("documents:read",)),
            ("time_limits.register", N_("Time limits"), "i", ("records:file", "records:read")),
            ("schedules.listing", N_("Schedules"), "s", ("documents:read",)),
            ("parties.listing", N_("Parties"), "c", ("parties:read",)),
            ("retention.listing", N_("Retention"), "n", ("retention:manage", "retention:approve")),
        ),
    ),
    (
        N_("Improvement"),
        (
            ("actions.listing", N_("Actions"), "a", ("actions:read",)),
            ("objectives.listing", N_("Objectives"), "x", ("records:file", "records:read")),
            ("scores.listing", N_("Scores"), "g", ("records:file", "records:read")),
            ("audits.listing", N_("Audits"), "u", ("records:file", "records:read")),
            ("complaints.listing", N_("Complaints"), "f", ("records:file", "records:read")),
            ("risks.listing", N_("Control points"), "o", ("documents:read",)),
            ("management_review.listing", N_("Management reviews"), "v", ("records:file", "records:read")),
            ("competence.matrix", N_("Competence"), "k", ("documents:acknowledge",)),
        ),
    ),
    (
        N_("Evidence"),
        (
            ("evidence.requests", N_("Evidence"), "e", ("evidence:request",)),
            ("trail.browse", N_("Trail"), "t", ("trail:read",)),
        ),
    ),
    (
        N_("Administration"),
        (
            ("accounts.people", N_("People"), "p", ("people:manage", "grants:manage")),
            ("jobs.listing", N_("Jobs"), "j", ("jobs:read",)),
            ("standards.mapping", N_("Standards"), "b", ("standards:import",)),
        ),
    ),
)


def places(work: Work) -> list[Place]:
    """The places the person may go to, at most seven, the present one marked."""
    found: list[Place] = []
    for name, inner in _PLACES:
        inside = tuple(_inside(work, inner))
        if not inside:
            continue
        first = inside[0]
        found.append(
            Place(
                name=say(name, work.language) if len(inside) > 1 else first.name,
                url=first.url,
                key=first.key,
                current=any(each.current for each in inside),
                more=len(found) >= _ON_A_PHONE,
                count=first.count,
                inside=inside if len(inside) > 1 else (),
            )
        )
    return found


def _inside(work: Work, inner: tuple[tuple[str, str, str, tuple[str, ...]], ...]) -> Iterator[Place]:
    for endpoint, name, key, permissions in inner:
        if endpoint in current_app.view_functions and any(work.rights.may(each) for each in permissions):
            yield Place(
                name=say(name, work.language),
                url=url_for(endpoint),
                key=key,
                current=_is_at(url_for(endpoint)),
                count=_waiting(work) if endpoint == "tasks.inbox" else 0,
            )


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
