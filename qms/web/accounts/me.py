"""One's own page: name, places, rights in words, key, sessions, and who stands in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flask import redirect, request, url_for

from qms import accounts
from qms.accounts import PERMISSIONS
from qms.http.edge import NothingToSee, act, look, page, signed_in, tell
from qms.kernel.labels import N_, in_language
from qms.web.accounts import acts
from qms.web.accounts._pages import pages
from qms.web.accounts.person_acts import END_SUBSTITUTE, EVERYWHERE, GRADES, SUBSTITUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from qms.kernel.ports import Rights
    from qms.kernel.work import Work

_OWN: Final = {
    "substitute": replace(SUBSTITUTE, permission=None),
    "end-substitute": replace(END_SUBSTITUTE, permission=None),
}


@pages.get("/me")
def me() -> str:
    """Everything the system knows of who asks, and may do in their name."""
    work, who = look(), signed_in()
    return page(
        "accounts/me.html",
        seen=accounts.profile(work.session, who.person_id, work.today),
        guarded=accounts.guarded(work.session, who.person_id, work.now),
        rights=in_words(work, work.rights),
        grades=GRADES,
        everywhere=EVERYWHERE,
        circles=accounts.circles(work.session),
        sessions=accounts.sessions(work.session, who.person_id, work.now),
    )


def in_words(work: Work, rights: Rights) -> list[tuple[list[str], list[str]]]:
    """The rights in words, together where they hold in the same departments; none means everywhere."""
    named: Mapping[str, str] = {
        each.code: in_language(each.names, work.language) for each in accounts.departments(work.session)
    }
    together: dict[frozenset[str] | None, list[str]] = {}
    for code, permission in PERMISSIONS.items():
        if code in rights.permissions:
            together.setdefault(rights.permissions[code], []).append(permission.name)
    return [
        (sorted(named[each] for each in covered or () if each in named), texts)
        for covered, texts in together.items()
    ]


@pages.route("/me/<verb>", methods=["GET", "POST"])
def change_me(verb: str) -> ResponseReturnValue:
    """Name a substitute for oneself, or take it back (R27)."""
    one = _OWN.get(verb)
    if one is None:
        raise NothingToSee
    about, back = signed_in().person_id, url_for("accounts.me")
    form = acts.started(one, look().today)
    if request.method == "POST":
        with form.catch():
            acts.done(one, form, about)
            tell(one.done)
            return redirect(back, 303)
    return acts.shown(one, form, about, back)


@pages.post("/me/sessions/end")
def end_sessions() -> ResponseReturnValue:
    """End every other session of one's own at once (SEC-02)."""
    kept = signed_in().session_id
    with act() as work:
        count = accounts.end_other_sessions(work, kept)
    tell(N_("Other sessions ended: {count}."), count=count)
    return redirect(url_for("accounts.me"), 303)
