"""One request is one Work: who asks, what they may, and the Work they get (laws 1 and 11)."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from flask import current_app, flash, g, get_flashed_messages, redirect, render_template, request, url_for

from qms import accounts
from qms.http import session as cookie
from qms.kernel.labels import LANGUAGES, say
from qms.kernel.ports import Actor
from qms.runtime import Runtime, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work

ANONYMOUS: Final = Actor("service:web", "web")
NAMES: Final = (("zh-Hans", "简体中文"), ("zh-Hant", "繁體中文"), ("en", "English"))
LANGUAGE_COOKIE: Final = "qms-language"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FRESH: Final = timedelta(minutes=15)
CONFIRM: Final = "confirm-password"
_UNTIL_CHANGED: Final = frozenset({"accounts.password", "accounts.sign_out", "home.language"})
View = TypeVar("View", bound="Callable[..., Any]")


def public(view: View) -> View:
    """Mark a view that anybody may call; every other one asks for a signed-in person (SEC-06)."""
    view.qms_public = True  # type: ignore[attr-defined]
    return view


def sensitive(view: View) -> View:
    """Mark a view whose POST asks for the password again when the sign-in is some time ago (SEC-12)."""
    view.qms_sensitive = True  # type: ignore[attr-defined]
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


def signed_in() -> Visitor:
    """Who asks, in a view that is not public: the guard let nobody else in."""
    return cast("Visitor", g.visitor)


def close() -> None:
    """Give the reading Work back."""
    opened = g.pop("opened", None)
    g.pop("look", None)
    if opened is not None:
        opened.__exit__(None, None, None)


def local(target: str | None, otherwise: str = "/") -> str:
    """The target where it is a path of this site, and cannot be read as another (SEC-24)."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return otherwise
    # Browsers drop tabs and line ends and read a backslash as a slash before they look for a host.
    if "\\" in target or any(ord(char) <= ord(" ") or ord(char) == 0x7F for char in target):  # noqa: PLR2004 - DEL
        return otherwise
    return target


def here() -> str:
    """The page that was asked for, to come back to."""
    return request.full_path.rstrip("?") if request.method in SAFE else "/"


def attach(app: Flask) -> None:
    """Guard every route that is not public, and close what the request opened."""

    @app.before_request
    def _guard() -> ResponseReturnValue | None:
        view = app.view_functions.get(request.endpoint or "")
        if request.endpoint in {None, "static"} or view is None:
            return None
        look()
        who = visitor()
        if getattr(view, "qms_public", False):
            return None
        if who is None:
            return _turned_away()
        if who.must_change and request.endpoint not in _UNTIL_CHANGED:
            return redirect(url_for("accounts.password"), 303)
        return _prompt(who) if getattr(view, "qms_sensitive", False) else None

    @app.teardown_request
    def _close(_: BaseException | None) -> None:
        close()


def _turned_away() -> ResponseReturnValue:
    if request.method in SAFE:
        return redirect(url_for("accounts.sign_in", next=here()), 303)
    return page("ended.html"), 401


def _prompt(who: Visitor) -> ResponseReturnValue | None:
    """Ask for the password where it was last given too long ago; what was sent comes along (SEC-12)."""
    if request.method in SAFE or look().now - who.authenticated_at < FRESH:
        return None
    given, refusal = request.form.get(CONFIRM), None
    if given:
        try:
            with act() as work:
                ticket = accounts.reauthenticate(work, g.session_token, given)
        except (accounts.SignInRefused, accounts.TooManyAttempts) as error:
            refusal = error
            with runtime().works.writing(g.actor) as work:
                accounts.journal_refusal(work, error)
        else:
            cookie.begin(ticket.token)
            return None
    kept = [pair for pair in request.form.items(multi=True) if pair[0] not in {CONFIRM, "csrf_token"}]
    return page("confirm.html", kept=kept, confirm=CONFIRM, refusal=refusal), 403


def t(text: str, **facts: object) -> str:
    """A text in the language of the answer."""
    return say(text, language(), **facts)


def tell(text: str, kind: str = "", **facts: object) -> None:
    """Keep a sentence for the next page; `kind` is the class of the note: "", "warn" or "bad"."""
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
        served=current_app.view_functions,
        flashes=get_flashed_messages(with_categories=True),
        here=here(),
        today=work.today,
        zone=runtime().settings.zone_info,
        **context,
    )
