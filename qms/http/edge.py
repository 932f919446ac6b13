"""One request is one Work: who asks, what they may, and the Work they get (laws 1 and 11)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from flask import current_app, flash, g, redirect, render_template, request, url_for

from qms.http import session as cookie
from qms.kernel.labels import LANGUAGES, say
from qms.kernel.ports import Actor
from qms.runtime import Runtime, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from werkzeug.wrappers import Response

    from qms.kernel.work import Work

ANONYMOUS: Final = Actor("service:web", "web")
NAMES: Final = (("zh-Hans", "简体中文"), ("zh-Hant", "繁體中文"), ("en", "English"))
LANGUAGE_COOKIE: Final = "qms-language"
View = TypeVar("View", bound="Callable[..., Any]")


def public(view: View) -> View:
    """Mark a view that anybody may call; every other one asks for a signed-in person (SEC-06)."""
    view.qms_public = True  # type: ignore[attr-defined]
    return view


def runtime() -> Runtime:
    """The parts of the running application."""
    return cast("Runtime", current_app.extensions["qms"])


def language() -> str:
    """The language of the answer: chosen, else the browser's, else the organisation's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    for wanted, _ in request.accept_languages:
        tag = wanted.lower()
        if tag.startswith(("zh-tw", "zh-hk", "zh-hant", "zh-mo")):
            return "zh-Hant"
        if tag.startswith("zh"):
            return "zh-Hans"
        if tag.startswith("en"):
            return "en"
    return runtime().settings.language


def look() -> Work:
    """The reading Work of this request, opened once and closed with it."""
    if "look" not in g:
        g.opened = runtime().works.reading(ANONYMOUS, language=language())
        g.look = g.opened.__enter__()
        person = visitor_of(g.look)
        if person is not None:
            runtime().identify(g.look, person)
    return cast("Work", g.look)


@contextmanager
def act() -> Iterator[Work]:
    """The writing Work of this request; rights are computed inside it, so that they are today's.

    The reading Work is given back first: one connection a request.
    """
    close()
    with runtime().works.writing(ANONYMOUS, language=language()) as work:
        person = visitor_of(work)
        if person is not None:
            runtime().identify(work, person)
            g.actor = work.actor
        yield work


def visitor_of(work: Work) -> Visitor | None:
    """Who asks, by the cookie and the server-side session; None for a stranger."""
    token = cookie.token(current_app)
    found = runtime().visitor(work, token) if token else None
    if found is not None:
        g.visitor = found
        g.session_token = token
    return found


def visitor() -> Visitor | None:
    """Who asks, as found when the request came in."""
    return cast("Visitor | None", g.get("visitor"))


def close() -> None:
    """Give the reading Work back."""
    opened = g.pop("opened", None)
    g.pop("look", None)
    if opened is not None:
        opened.__exit__(None, None, None)


def attach(app: Flask) -> None:
    """Guard every route that is not public, and close what the request opened."""

    @app.before_request
    def _guard() -> Response | None:
        view = app.view_functions.get(request.endpoint or "")
        if request.endpoint in {None, "static"} or view is None:
            return None
        look()
        if getattr(view, "qms_public", False):
            return None
        who = visitor()
        if who is None:
            if request.method == "GET":
                return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
            return redirect(url_for("accounts.sign_in"), 303)
        if who.must_change and request.endpoint not in {
            "accounts.password",
            "accounts.sign_out",
            "home.language",
        }:
            return redirect(url_for("accounts.password"), 303)
        return None

    @app.teardown_request
    def _close(_: BaseException | None) -> None:
        close()


def t(text: str, **facts: object) -> str:
    """A text in the language of the answer."""
    return say(text, language(), **facts)


def tell(text: str, kind: str = "", **facts: object) -> None:
    """Keep a sentence for the next page."""
    flash(t(text, **facts), kind)


def page(template: str, **context: Any) -> str:
    """A page with the frame around it: who, where, how many tasks wait."""
    work = look()
    who = visitor()
    context.setdefault("query", "")
    return render_template(
        template,
        _=t,
        language=work.language,
        languages=NAMES,
        organisation=runtime().settings.organisation,
        demo=runtime().demo,
        person=who,
        may=work.rights.may,
        places=current_app.extensions["qms-places"](work) if who else (),
        today=work.today,
        zone=runtime().settings.zone_info,
        **context,
    )
