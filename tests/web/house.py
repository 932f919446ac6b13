"""A small organisation made by real operations, and a browser that fills in its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from lxml import html  # type: ignore[import-untyped]  # it comes without stubs

from qms import accounts
from qms.kernel.labels import LANGUAGES
from qms.kernel.ports import Actor
from qms.runtime import KEEPER, every_permission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from qms.kernel.work import Work, Works

PASSWORD: Final = "seven green lanterns 42"  # noqa: S105 - of the people of the tests
BASE: Final = "https://localhost"
DEPARTMENTS: Final = (
    ("risk", "风控合规部", "centre"),
    ("business", "业务部", "centre"),
    ("loans", "贷款组", "business"),
)
POSTS: Final = (
    ("deputy-general-manager", "副总经理", None, False),
    ("risk-head", "风控合规部负责人", "risk", True),
    ("business-head", "业务部负责人", "business", True),
)
# Login, name, role, department of the grant (None: everywhere), member of, post.
PEOPLE: Final = (
    ("reader", "Reader", "reader", None, "risk", None),
    ("author", "Author", "author", None, "risk", None),
    ("reviewer", "Reviewer", "reviewer", None, "business", "business-head"),
    ("approver", "Approver", "approver", None, "centre", "deputy-general-manager"),
    ("controller", "Document controller", "document-controller", None, "centre", None),
    ("manager", "Quality manager", "quality-manager", None, "risk", "risk-head"),
    ("head", "Department head", "department-head", "business", "business", None),
    ("auditor", "Auditor", "auditor", None, "centre", None),
    ("outsider", "Outsider", "reader", "business", "loans", None),
)
ADMINISTRATORS: Final = accounts.ADMINISTRATORS
LOGINS: Final = (*ADMINISTRATORS, *(row[0] for row in PEOPLE))


def found(works: Works) -> None:
    """The departments, posts and people; each has chosen `PASSWORD` and so holds a signing key."""
    with works.writing(KEEPER, every_permission()) as work:
        founded = accounts.found(work, "centre", names("示例金融服务中心"))
        first = dict(founded.passwords)
        for code, name, parent in DEPARTMENTS:
            accounts.add_department(work, code, names(name), parent)
        for code, name, department, is_head in POSTS:
            accounts.add_post(work, code, names(name), department_code=department, is_head=is_head)
        for login, name, role, where, member, post in PEOPLE:
            person, first[login] = accounts.add_person(work, login, name, verified="identity card seen")
            accounts.grant(work, person.id, role, where)
            accounts.join(work, person.id, member, work.today)
            if post:
                accounts.hold_post(work, person.id, post, work.today)
    for login, password in first.items():
        with works.writing(KEEPER) as work:
            as_person(work, login)
            accounts.change_password(work, password, PASSWORD)


def names(text: str) -> dict[str, str]:
    """The same words in every language."""
    return dict.fromkeys(LANGUAGES, text)


def person_id(work: Work, login: str) -> int:
    """The id of a login."""
    person = accounts.person_by_login(work.session, login)
    assert person is not None
    return person.id


def as_person(work: Work, login: str) -> Actor:
    """Let an open Work act in the name of a login, with the rights of its day."""
    who = person_id(work, login)
    work.actor = accounts.actor_of(work.session, who)
    work.rights = accounts.rights_of(work.session, who, work.today)
    return work.actor


@dataclass
class Browser:
    """A client over https that keeps cookies, takes the CSRF token from a page and posts forms."""

    app: Flask
    language: str = "en"
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        """Start without any cookie."""
        self.client = self.app.test_client()
        self.client.set_cookie("qms-language", self.language, domain="localhost")

    def get(self, path: str, **more: Any) -> TestResponse:
        """One GET; redirects are not followed unless asked."""
        # Buffered: files that are sent are read and closed here.
        return self.client.get(path, base_url=BASE, buffered=True, **more)

    def dom(self, path: str, **more: Any) -> html.HtmlElement:
        """A page that must answer 200, as a tree."""
        answer = self.get(path, **more)
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        return html.fromstring(answer.text)

    def token(self, page: str = "/sign-in") -> str:
        """The CSRF token that a page carries."""
        answer = self.get(page, follow_redirects=True)
        return str(html.fromstring(answer.text).xpath("//meta[@name='csrf-token']/@content")[0])

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, page: str = "/me", **more: Any
    ) -> TestResponse:
        """Post fields to an address with the token of `page`."""
        fields = {**(data or {}), "csrf_token": self.token(page)}
        return self.client.post(path, base_url=BASE, data=fields, **more)

    def submit(
        self, page: str, data: Mapping[str, Any] | None = None, *, action: str | None = None, **more: Any
    ) -> TestResponse:
        """Fill in a form of a page as a person would: all its fields and their values, then `data`.

        `action` is the end of the form's address where the page has several.
        """
        form = the_form(self.dom(page), action or page)
        fields = [(name, value) for name, value in form.form_values() if name not in (data or {})]
        unknown = set(data or {}) - set(form.fields)
        assert not unknown, f"the form has no field {unknown}"
        for name, value in (data or {}).items():
            fields += [(name, each) for each in (value if isinstance(value, (list, tuple)) else [value])]
        target = urlsplit(form.get("action") or page)
        body: dict[str, list[Any]] = {}
        for name, value in fields:
            body.setdefault(name, []).append(value)
        return self.client.post(target.path, base_url=BASE, data=body, query_string=target.query, **more)

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        """Sign in by the page."""
        return self.submit("/sign-in", {"login": login, "password": password})

    def cookie(self, name: str = "__Host-qms") -> str | None:
        """The value of a cookie."""
        found = self.client.get_cookie(name, domain="localhost")
        return found.value if found else None


def the_form(page: html.HtmlElement, action: str) -> html.FormElement:
    """The form of a page whose address ends in `action`."""
    wanted = urlsplit(action).path
    forms = [form for form in page.forms if urlsplit(form.get("action") or "").path.endswith(wanted)]
    assert forms, (action, [form.get("action") for form in page.forms])
    return forms[0]


def words_of(page: html.HtmlElement) -> str:
    """What a person reads in the middle of a page."""
    return " ".join(" ".join(page.xpath("//main")[0].itertext()).split())
