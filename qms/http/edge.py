"""One request is one Work: who asks, what they may, and the Work they get (laws 1 and 11)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from flask import current_app, flash, g, get_flashed_messages, render_template, request

from qms.http import session as cookie
from qms.kernel.errors import Missing
from qms.kernel.labels import LANGUAGES, say
from qms.kernel.ports import Actor
from qms.runtime import Runtime, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qms.kernel.work import Work

ANONYMOUS: Final = Actor("service:web", "web")
NAMES: Final = (("zh-Hans", "简体中文"), ("zh-Hant", "繁體中文"), ("en", "English"))
LANGUAGE_COOKIE: Final = "qms-language"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound="Callable[..., Any]")


class NothingToSee(Missing):
    """A page that is not for this person does not exist for them (SEC-06)."""

    message = "There is nothing here that you may see."


def public(view: View) -> View:
    """Mark a view that anybody may call; every other one asks for a signed-in person (SEC-06)."""
    view.qms_public = True  # type: ignore[attr-defined]
    return view


def bare(view: View) -> View:
    """Mark a view for machines: anybody may call it, no Work is opened and no session looked at."""
    view.qms_bare = True  # type: ignore[attr-defined]
    return public(view)


def runtime() -> Runtime:
    """The parts of the running application."""
    return cast("Runtime", current_app.extensions["qms"])


def language() -> str:
    """The language of the answer: chosen, else the browser's, else the organisation's."""
    if "language" not in g:
        g.language = _wanted()
    return cast("str", g.language)


def _wanted() -> str:
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

    def said(text: str, /, **facts: object) -> str:
        return say(text, work.language, **facts)

    return render_template(
        template,
        _=said,
        language=work.language,
        languages=NAMES,
        organisation=runtime().settings.organisation,
        demo=runtime().demo,
        closed=runtime().gate(),
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
