"""People for their administrators: the list, enrolment, one person, departments and posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import redirect, request, url_for

from qms import accounts
from qms.accounts import PERMISSIONS
from qms.http.edge import NothingToSee, act, look, page, tell
from qms.http.forms import Form
from qms.kernel.labels import LANGUAGES, N_, say
from qms.web.accounts import acts
from qms.web.accounts._pages import pages
from qms.web.accounts.acts import Act, Field, only
from qms.web.accounts.person_acts import ACTS, EVERYWHERE, GRADES, departments

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work

_EITHER: Final = ("people:manage", "grants:manage")
_LANGUAGES: Final = (("zh-Hans", "简体中文"), ("zh-Hant", "繁體中文"), ("en", "English"))


@pages.get("/people")
def people() -> str:
    """Everybody, by name, with their places of today."""
    work = look()
    only(work, *_EITHER)
    form = Form()
    left = form.get("left") == "yes"
    rows = accounts.directory(
        work.session, work.today, active=None if left else True, words=form.get("words").strip()
    )
    return page("people/list.html", rows=rows, form=form, left=left)


@pages.route("/people/new", methods=["GET", "POST"])
def add_person() -> ResponseReturnValue:
    """Enrol a person; the first password is shown once, on the answer, and kept nowhere."""
    form = Form()
    if request.method == "POST":
        with form.catch(fields={accounts.LoginTaken: "login"}):
            form.text("login"), form.text("name"), form.text("verified")
            form.check()
            with act() as work:
                made, password = accounts.add_person(
                    work,
                    form.get("login"),
                    form.get("name"),
                    email=form.get("email").strip() or None,
                    language=form.chosen("language", _LANGUAGES) if form.get("language") else None,
                    verified=form.get("verified").strip(),
                )
            return page(
                "people/password.html", name=made.name, login=made.login, password=password, person_id=made.id
            )
    else:
        only(look(), "people:manage")
    return page("people/new.html", form=form, choices=_LANGUAGES), form.status


@pages.get("/people/<int:person_id>")
def person(person_id: int) -> str:
    """One person with places, rights, key and substitutes."""
    work = look()
    only(work, *_EITHER)
    return page(
        "people/person.html",
        seen=accounts.profile(work.session, person_id, work.today),
        guarded=accounts.guarded(work.session, person_id, work.now),
        grades=GRADES,
        everywhere=EVERYWHERE,
        circles=accounts.circles(work.session),
        acts=ACTS,
    )


@pages.route("/people/<int:person_id>/<verb>", methods=["GET", "POST"])
def change_person(person_id: int, verb: str) -> ResponseReturnValue:
    """One act on one person, on a page of its own."""
    one = ACTS.get(verb)
    if one is None:
        raise NothingToSee
    name = ""
    back = url_for("accounts.person", person_id=person_id)
    form = acts.started(one, look().today)
    if request.method == "POST":
        with form.catch():
            password = acts.done(one, form, person_id)
            if password is None:
                tell(one.done)
                return redirect(back, 303)
            made = accounts.person(look().session, person_id)
            return page(
                "people/password.html",
                name=made.name,
                login=made.login,
                password=password,
                person_id=person_id,
            )
    if any(look().rights.may(each) for each in _EITHER):
        name = accounts.person(look().session, person_id).name
    return acts.shown(one, form, person_id, back, name)


@pages.get("/people/organisation")
def organisation() -> str:
    """The tree of departments with posts and who holds them; roles with what they allow."""
    work = look()
    only(work, *_EITHER)
    branches, apart = accounts.organisation(work.session, work.today)
    allowed = {
        each.code: accounts.permissions_of(work.session, each.code) for each in accounts.roles(work.session)
    }
    return page(
        "people/organisation.html",
        branches=branches,
        apart=apart,
        roles=accounts.roles(work.session),
        allowed=allowed,
        permissions=PERMISSIONS,
        circles=accounts.circles(work.session),
        acts=PLACES,
    )


@pages.route("/people/organisation/<verb>", methods=["GET", "POST"])
def change_organisation(verb: str) -> ResponseReturnValue:
    """One act on departments, posts or circles, on a page of its own."""
    one = PLACES.get(verb)
    if one is None:
        raise NothingToSee
    back = url_for("accounts.organisation")
    form = acts.started(one, look().today)
    if request.method == "POST":
        with form.catch(fields={accounts.CodeTaken: "code", accounts.TreeCircle: "parent"}):
            acts.done(one, form, 0)
            tell(one.done)
            return redirect(back, 303)
    return acts.shown(one, form, 0, back)


def _names(form: Form) -> dict[str, str]:
    return {code: form.get(f"name-{code}").strip() for code in LANGUAGES if form.get(f"name-{code}").strip()}


def _add_department(work: Work, form: Form, _: int) -> None:
    accounts.add_department(work, form.get("code").strip(), _names(form), form.get("parent"))


def _move_department(work: Work, form: Form, _: int) -> None:
    accounts.move_department(work, form.get("department"), form.get("parent"))


def _add_post(work: Work, form: Form, _: int) -> None:
    home = form.get("department") or None
    head = form.chosen("head", _heads(work, 0)) == "yes"
    accounts.add_post(work, form.get("code").strip(), _names(form), department_code=home, is_head=head)


def _add_circle(work: Work, form: Form, _: int) -> None:
    accounts.add_circle(work, form.get("code").strip(), _names(form))


def _heads(work: Work, _: int) -> list[tuple[str, str]]:
    return [("no", say(N_("no"), work.language)), ("yes", say(N_("yes"), work.language))]


_CODE: Final = Field(
    "code", N_("Code"), N_("Lower-case letters and digits joined by hyphens; it never changes.")
)
_NAMED: Final = (
    Field("name-zh-Hans", N_("Name in simplified Chinese")),
    Field("name-zh-Hant", N_("Name in traditional Chinese"), needed=False),
    Field("name-en", N_("Name in English"), needed=False),
)
PLACES: Final = {
    "add-department": Act(
        N_("Add a department"),
        N_("Add the department"),
        N_("The department is added."),
        _add_department,
        (*_NAMED, _CODE, Field("parent", N_("Stands under"), choices=departments)),
        "people:manage",
    ),
    "move-department": Act(
        N_("Move a department"),
        N_("Move the department"),
        N_("The department is moved."),
        _move_department,
        (
            Field("department", N_("Department"), choices=departments, empty=N_("Choose a department")),
            Field("parent", N_("Stands under"), choices=departments),
        ),
        "people:manage",
        N_("Everything below it moves with it; rights and reading duties follow at once."),
    ),
    "add-post": Act(
        N_("Add a post"),
        N_("Add the post"),
        N_("The post is added."),
        _add_post,
        (
            *_NAMED,
            _CODE,
            Field(
                "department", N_("Department"), needed=False, choices=departments, empty=N_("no department")
            ),
            Field("head", N_("Leads the department"), choices=_heads),
        ),
        "people:manage",
    ),
    "add-circle": Act(
        N_("Make a closed circle"),
        N_("Make the circle"),
        N_("The circle is made."),
        _add_circle,
        (*_NAMED, _CODE),
        "grants:manage",
        N_("What is marked with the circle exists for its members only."),
    ),
}
