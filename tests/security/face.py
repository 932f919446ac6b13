"""The house through its pages: a browser that is signed in already, and the address of every route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qms.http import session as cookie
from qms.rendering import short_code
from tests.security.guarded import CODE
from tests.security.house import OWNER, VARIANTS, token_of
from tests.web.house import BASE, Browser
from tests.web.routes import SAFE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.security.house import House

# The state in which the document of a route stands, where it is not the issued one.
_STATES: Final = {
    "drafts.edit": "draft",
    "drafts.preview": "draft",
    "drafts.submit": "draft",
    "drafts.discard": "draft",
    "drafts.release": "approved",
    "drafts.issue": "failed",
    "drafts.retry": "failed",
    "drafts.review": "review",
    "drafts.sign": "review",
    "drafts.conclude": "review",
    "drafts.lead": "draft",
    "drafts.comment": "review",
    "drafts.resolve": "review",
    "drafts.give_back": "review",
    "drafts.recall": "review",
    "documents.draft": "draft",
    "documents.blank": "form",
    "competence.quiz": "leaving",
    "documents.external_check": "leaving",
    "competence.quiz_again": "leaving",
    "documents.withdrawal": "leaving",
    "documents.sign_withdrawal": "leaving",
    "documents.cancel_withdrawal": "leaving",
}
# What a page asks for behind its address; without it there is nothing there for anybody.
_QUERIES: Final = {"records.amend": {"field": "purpose"}}
_REQUESTS: Final = {"evidence.retry": "failed", "evidence.bundle": "built"}


@dataclass(frozen=True, slots=True)
class Address:
    """A route with an address that leads to something real; `variant` says which documents."""

    endpoint: str
    path: str
    methods: frozenset[str]
    public: bool
    variant: str = ""

    @property
    def unsafe(self) -> list[str]:
        """The methods that may change something."""
        return sorted(self.methods - SAFE)


def signed_in(app: Flask, login: str, language: str = "en") -> Browser:
    """A browser with the session the house opened for a login."""
    browser = Browser(app, language)
    value = cookie._signer(app).sign(token_of(login)).decode("ascii")
    browser.client.set_cookie(cookie.COOKIE, value, domain="localhost", secure=True)
    return browser


def send(browser: Browser, address: Address, method: str, token: str, **fields: Any) -> TestResponse:
    """One request as a page would make it, with the token of the form."""
    asked = _QUERIES.get(address.endpoint, {})
    data = None if method in SAFE else {"csrf_token": token, **asked, **fields}
    return browser.client.open(address.path, method=method, base_url=BASE, data=data, buffered=True)


def addresses(app: Flask, house: House) -> list[Address]:
    """Every route with real addresses: those about documents once for each kind of document."""
    found = []
    with app.test_request_context("/", base_url=BASE):
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if rule.endpoint == "static":
                continue
            public = bool(getattr(app.view_functions[rule.endpoint], "qms_public", False))
            more = _QUERIES.get(rule.endpoint, {})
            for variant, values in _values(house, rule.endpoint, set(rule.arguments)):
                path = adapter.build(rule.endpoint, {**values, **more}, force_external=False)
                methods = frozenset(rule.methods or ())
                found.append(Address(rule.endpoint, path, methods, public, variant))
    return found


def _own(house: House, endpoint: str, variant: str) -> dict[str, Any]:
    """What stands for the arguments of the routes of a slice whose things come in every variant."""
    part, _, name = endpoint.partition(".")
    record = house.records["held" if name == "lift" else "closed", variant].key
    every: dict[str, dict[str, Any]] = {
        "actions": {"number": house.actions[variant], "piece": house.pieces[variant]},
        "parties": {"number": house.parties[variant], "verb": "end"},
        "schedules": {"key": house.occurrences[variant]},
        "registers": {
            "number": house.refs["register", variant].key.split("@")[0],
            "view_id": house.views[variant],
            "export_id": house.exports[variant],
        },
        "records": {
            "form": house.refs["form", variant].key.split("@")[0],
            "record_id": house.drafts[variant],
            "opening_id": house.openings[variant],
            "number": house.records["review", variant].key,
            "file_id": house.papers[variant],
            "step": "review",
            "kind": "record",
        },
        "risks": {
            "document": house.refs["issued", variant].key.split("@")[0],
            "code": CODE,
            "warning_id": house.warnings[variant],
        },
        "management_review": {"number": house.objectives[variant]},
        "scores": {
            "number": house.objectives[variant],
            "card": house.refs["form", variant].key.split("@")[0],
        },
        "complaints": {"letter_id": house.letters[variant]},
        "objectives": {"number": house.objectives[variant], "what": "check"},
        "retention": {
            "number": house.lists[variant] if name in {"one", "certificate"} else record,
            "hold_id": house.holds[variant],
        },
    }
    return every.get(part, {})


def _values(house: House, endpoint: str, names: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What stands for the arguments of a route; a new argument fails here until it has a sample."""
    if not names:
        yield "", {}
    elif _own(house, endpoint, VARIANTS[0].name):
        for variant in (VARIANTS[0],) if names == {"kind"} else VARIANTS:
            own = _own(house, endpoint, variant.name)
            own |= {"kind": "csv"} if "form" in names else {}
            yield "" if names == {"kind"} else variant.name, {name: own[name] for name in names}
    elif endpoint.startswith("evidence."):
        yield "", {"number": house.requests[_REQUESTS.get(endpoint, "asked")]}
    elif "number" in names:
        for variant in VARIANTS:
            key = house.refs[_STATES.get(endpoint, "issued"), variant.name].key
            number, lang, label = key.split("@")
            every = {
                "number": number,
                "lang": lang,
                "label": label.replace("/", "-"),
                "name": "x.png",
                "person_id": house.ids["desk-author"],
                "comment_id": house.comments[variant.name],
            }
            yield variant.name, {name: every[name] for name in names}
    else:
        samples = {
            "verb": {
                "accounts.change_me": "substitute",
                "accounts.change_organisation": "add-department",
                "accounts.change_factor": "begin",
            }.get(endpoint, "rename"),
            "person_id": house.ids["desk-author"],
            "job_id": 1,
            "piece": house.certificate,
            "review_id": 1,
            "suffix": "csv",
            "code": "reader" if endpoint == "accounts.role" else short_code(b"0123456789"),
            "role": "reader",
            "department": OWNER,
        }
        yield "", {name: samples[name] for name in names}
