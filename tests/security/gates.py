"""What opens each route and each command: the table the role tests are made from.

A new route or command needs a line here: `tests/security/test_routes.py` fails without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.security.house import VARIANTS, Persona, source
from tests.security.lines import AT_WORK, EDITION, sees_issued, sees_request, sees_unissued

if TYPE_CHECKING:
    from tests.security.house import House, Variant


@dataclass(frozen=True, slots=True)
class Gate:
    """Who passes: any of `rights` for a look, any of `acts` for an act; and what must be visible first.

    `sees` is "issued", "unissued", "either" or "request"; `rule` says what no right says.
    """

    rights: tuple[str, ...] = ()
    acts: tuple[str, ...] | None = None
    sees: str = ""
    public: bool = False
    rule: Callable[[Persona, Variant], bool] | None = None


def may_pass(gate: Gate, persona: Persona, name: str, method: str) -> bool:
    """Whether somebody may pass a gate."""
    if gate.public:
        return True
    variant = next((each for each in VARIANTS if each.name == name), VARIANTS[0])
    if not _sees(gate.sees, persona, variant):
        return False
    if gate.rule is not None:
        return gate.rule(persona, variant)
    asked = gate.acts if method != "GET" and gate.acts is not None else gate.rights
    return not asked or any(persona.may(each) for each in asked)


def _sees(what: str, persona: Persona, variant: Variant) -> bool:
    if what == "request":
        return sees_request(persona)
    issued, unissued = sees_issued(persona, variant), sees_unissued(persona, variant)
    return {"": True, "issued": issued, "unissued": unissued, "either": issued or unissued}[what]


_EITHER: Final = ("people:manage", "grants:manage")
_READ: Final = ("documents:read",)
_DRAFT: Final = ("documents:draft",)
_REVIEW: Final = {"reviewer", "quality-manager", "department-head"}


def _on(roles: set[str]) -> Callable[[Persona, Variant], bool]:
    return lambda persona, _: persona.role in roles and not persona.reach


# An act with empty fields is refused for what it lacks (422) where the person may act at all. Where the
# page reads the fields before it opens the act, a person without the right is told of the fields first.
ROUTES: Final[dict[str, Gate]] = {
    "home.start": Gate(),
    "home.menu": Gate(),
    "home.language": Gate(public=True),
    "accounts.me": Gate(),
    "accounts.change_me": Gate(),
    "accounts.end_sessions": Gate(),
    "accounts.people": Gate(_EITHER),
    "accounts.add_person": Gate(("people:manage",), ()),
    "accounts.person": Gate(_EITHER),
    "accounts.change_person": Gate(("people:manage",)),
    "accounts.organisation": Gate(_EITHER),
    "accounts.change_organisation": Gate(("people:manage",)),
    "accounts.sign_in": Gate(public=True),
    "accounts.sign_in_code": Gate(public=True),
    "accounts.second_factor": Gate(),
    "accounts.change_factor": Gate(),
    "accounts.new_role": Gate(("grants:manage",)),
    "accounts.role": Gate(("grants:manage",)),
    "accounts.unused": Gate(_EITHER),
    "health.alive": Gate(public=True),
    "health.ready": Gate(public=True),
    "metrics.page": Gate(public=True),
    "accounts.sign_out": Gate(),
    "accounts.password": Gate(),
    "tasks.inbox": Gate(),
    "tasks.overseen": Gate(("tasks:oversee",)),
    "documents.library": Gate(_READ),
    "documents.export": Gate(_READ),
    "documents.screen": Gate(sees="issued"),
    "documents.copy": Gate(sees="issued"),
    "documents.draft": Gate(_READ, sees="unissued"),
    "documents.original": Gate(("documents:control",), sees="issued"),
    "documents.source": Gate(_DRAFT, sees="issued"),
    "documents.picture": Gate(sees="issued"),
    "documents.one": Gate(sees="issued"),
    "documents.readers": Gate(sees="issued"),
    "documents.periodic_review": Gate(_DRAFT, sees="issued"),
    "documents.by_ref": Gate(sees="issued"),
    "documents.ask_withdrawal": Gate(_DRAFT, sees="issued"),
    "documents.withdrawal": Gate(sees="issued"),
    "documents.sign_withdrawal": Gate(sees="issued"),
    "documents.cancel_withdrawal": Gate(sees="issued"),
    "drafts.edit": Gate(_DRAFT, sees="unissued"),
    "drafts.preview": Gate(_DRAFT, sees="unissued"),
    "drafts.submit": Gate(("documents:submit",), sees="unissued"),
    "drafts.discard": Gate(_DRAFT, sees="unissued"),
    "drafts.mine": Gate(AT_WORK),
    "drafts.new": Gate(_DRAFT),
    "drafts.upload": Gate(_DRAFT),
    "drafts.revise": Gate(_DRAFT, sees="issued"),
    "drafts.release": Gate(sees="unissued"),
    "drafts.issue": Gate(sees="unissued"),
    "drafts.retry": Gate(("documents:release",), sees="unissued"),
    "drafts.review": Gate(sees="unissued"),
    "drafts.sign": Gate(sees="unissued"),
    "drafts.comment": Gate(sees="unissued"),
    "drafts.resolve": Gate(sees="unissued"),
    "drafts.give_back": Gate(sees="unissued"),
    "drafts.recall": Gate(sees="unissued"),
    "search.find": Gate(("search:find",)),
    "search.suggest": Gate(("search:find",)),
    "evidence.requests": Gate(("evidence:request",)),
    "evidence.new": Gate(("evidence:request",)),
    "evidence.one": Gate(sees="request"),
    "evidence.approve": Gate(sees="request"),
    "evidence.reject": Gate(sees="request"),
    "evidence.retry": Gate(("evidence:build",), sees="request"),
    "evidence.bundle": Gate(rule=_on({"document-controller", "quality-manager", "auditor"})),
    "verification.ask": Gate(public=True),
    "verification.state": Gate(public=True),
    "trail.browse": Gate(("trail:read",)),
    "trail.verify": Gate(("trail:verify",)),
    "trail.checkpoint": Gate(("trail:verify",)),
    "trail.export_csv": Gate(("trail:read",)),
    "trail.export_proof": Gate(("trail:read",)),
    "trail.reviews": Gate(("trail:read",)),
    "trail.begin_review": Gate(("trail:verify",)),
    "trail.sign_review": Gate(("trail:verify",)),
    "trail.restart": Gate(("trail:restart",)),
    "jobs.listing": Gate(("jobs:read",)),
    "jobs.one": Gate(("jobs:read",)),
    "jobs.full_check": Gate(("jobs:read",)),
    "jobs.check_now": Gate(("jobs:manage",)),
    "jobs.retry": Gate(("jobs:manage",)),
    "jobs.cancel": Gate(("jobs:manage",)),
}


@dataclass(frozen=True, slots=True)
class Command:
    """A command with words that make it do something, and its gate."""

    words: Callable[[House, Path], tuple[object, ...]]
    gate: Gate = Gate()


def _key(house: House, state: str) -> str:
    return house.refs[state, "plain"].key


def _written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def _draft(house: House, folder: Path) -> Path:
    del house
    return _written(folder, "CP-97.md", source("CP-97", VARIANTS[0]).decode())


_ORGANISATION: Final = "departments:\n  - {code: fresh, names: {en: Fresh}, parent: centre}\n"
COMMANDS: Final[dict[str, Command]] = {
    "sync": Command(lambda *_: ("sync", "--dry-run")),
    "document list": Command(lambda *_: ("document", "list")),
    "document export-list": Command(lambda _, f: ("document", "export-list", f / "l.csv")),
    "document show": Command(
        lambda h, _: ("document", "show", _key(h, "issued").split("@")[0]), Gate(sees="issued")
    ),
    "document draft": Command(lambda h, f: ("document", "draft", _draft(h, f)), Gate(_DRAFT)),
    "document comment": Command(
        lambda h, _: ("document", "comment", _key(h, "review"), "words"),
        Gate(("documents:comment",), sees="unissued"),
    ),
    "document comments": Command(
        lambda h, _: ("document", "comments", _key(h, "review")), Gate(sees="unissued")
    ),
    "document resolve": Command(
        lambda h, _: ("document", "resolve", h.comments["plain"], "answer"), Gate(_DRAFT, sees="unissued")
    ),
    "document conclude-review": Command(
        lambda h, _: (
            "document",
            "conclude-review",
            _key(h, "issued"),
            "--outcome",
            "keep",
            "--note",
            "n",
        ),
        Gate(_DRAFT, sees="issued"),
    ),
    "document reviews": Command(lambda h, _: ("document", "reviews", _key(h, "issued")), Gate(sees="issued")),
    "document withdraw": Command(
        lambda h, _: ("document", "withdraw", _key(h, "issued"), "--reason", "r"),
        Gate(_DRAFT, sees="issued"),
    ),
    "document sign-withdrawal": Command(
        lambda h, _: ("document", "sign-withdrawal", _key(h, "leaving"), "review", "--opinion", "o"),
        Gate(sees="issued", rule=_on({"reviewer"})),
    ),
    "document cancel-withdrawal": Command(
        lambda h, _: ("document", "cancel-withdrawal", _key(h, "leaving"), "--reason", "r"),
        Gate(sees="issued", rule=_on({"reviewer"})),
    ),
    "document export": Command(
        lambda h, f: ("document", "export", _key(h, "issued").split("@")[0], "-o", f / "x.md"),
        Gate(sees="issued"),
    ),
    "document submit": Command(
        lambda h, _: ("document", "submit", _key(h, "draft")), Gate(("documents:submit",), sees="unissued")
    ),
    "document sign": Command(
        lambda h, _: ("document", "sign", _key(h, "review"), "--opinion", "o"),
        Gate(sees="unissued", rule=_on(_REVIEW)),
    ),
    "document return": Command(
        lambda h, _: ("document", "return", _key(h, "approval"), "--reason", "r"),
        Gate(sees="unissued", rule=_on({"approver", "quality-manager", "department-head"})),
    ),
    "document release": Command(
        lambda h, _: ("document", "release", _key(h, "approved")),
        Gate(("documents:release",), sees="unissued"),
    ),
    "document acknowledge": Command(
        lambda h, _: ("document", "acknowledge", _key(h, "issued")),
        Gate(("documents:acknowledge",), sees="issued"),
    ),
    "document pdf": Command(
        lambda h, f: ("document", "pdf", _key(h, "issued"), "-o", f / "x.pdf"),
        Gate(("documents:control",), sees="issued"),
    ),
    "search find": Command(lambda *_: ("search", "find", "风险"), Gate(("search:find",))),
    "evidence list": Command(lambda *_: ("evidence", "list")),
    "evidence request": Command(
        lambda *_: ("evidence", "request", "--purpose", "p", "--receiver", "auditor", "--department", "risk"),
        Gate(("evidence:request",)),
    ),
    "evidence approve": Command(
        lambda h, _: ("evidence", "approve", h.requests["asked"]),
        Gate(("evidence:approve",), sees="request"),
    ),
    "evidence reject": Command(
        lambda h, _: ("evidence", "reject", h.requests["asked"], "--reason", "r"),
        Gate(("evidence:approve",), sees="request"),
    ),
    "evidence hand-over": Command(
        lambda h, f: ("evidence", "hand-over", h.requests["built"], "-o", f / "b.zip"),
        Gate(rule=_on({"document-controller", "quality-manager"})),
    ),
    "trail show": Command(lambda *_: ("trail", "show"), Gate(("trail:read",))),
    "trail checkpoint": Command(lambda *_: ("trail", "checkpoint"), Gate(("trail:verify",))),
    "trail review": Command(lambda *_: ("trail", "review"), Gate(("trail:read",))),
    "trail stamps": Command(lambda *_: ("trail", "stamps"), Gate(("trail:read",))),
    "trail export": Command(lambda _, f: ("trail", "export", f / "t.jsonl"), Gate(("trail:read",))),
    "trail restart": Command(lambda *_: ("trail", "restart", "--why", "w"), Gate(("trail:restart",))),
    "people list": Command(lambda *_: ("people", "list"), Gate(("people:manage",))),
    "people import": Command(
        lambda _, f: ("people", "import", _written(f, "o.yaml", _ORGANISATION)), Gate(("people:manage",))
    ),
    "people reset": Command(
        lambda *_: ("people", "reset", "desk-author", "--reason", "r"), Gate(("people:manage",))
    ),
    "people role": Command(lambda *_: ("people", "role", "reader"), Gate(("grants:manage",))),
    "people unused": Command(lambda *_: ("people", "unused"), Gate(("people:manage",))),
    "people unlock": Command(
        lambda *_: ("people", "unlock", "desk-author", "--reason", "r"), Gate(("grants:manage",))
    ),
    "people remove-second-factor": Command(
        lambda *_: ("people", "remove-second-factor", "desk-author", "--reason", "r"),
        Gate(("grants:manage",)),
    ),
    "export site": Command(lambda _, f: ("export", "site", f / "site"), Gate(("documents:control",))),
    "standard list": Command(lambda *_: ("standard", "list")),
    "standard import": Command(
        lambda _, f: ("standard", "import", _written(f, "e.yaml", EDITION)), Gate(("standards:import",))
    ),
    "standard matrix": Command(lambda *_: ("standard", "matrix")),
}

KEEPER: Final = {
    "init": "Whoever owns the machine makes a workspace.",
    "upgrade": "Whoever owns the machine brings the schema forward.",
    "serve": "Whoever owns the machine serves the pages.",
    "worker": "Whoever owns the machine runs the jobs.",
    "search rebuild": "The index is a cache; whoever owns the machine may build it anew.",
    "search state": "It shows counts of the index alone.",
    "evidence verify": "It needs no workspace and no person.",
    "trail verify": "It names the first bad entry by its number and shows none.",
    "people second-factor": "It asks for one's own password and sets up one's own.",
    "people recover": "At the console, with the passwords of witnesses.",
    "people password": "It asks for one's own password and changes one's own.",
    "doctor": "The keeper's check; it shows numbers and keys, no content.",
    "drill": "Whoever owns the machine practises a restore.",
    "backup": "Whoever owns the machine keeps copies of its bytes.",
    "restore": "Whoever owns the machine brings a copy back.",
    "demo run": "It makes a workspace of its own, marked for ever.",
}
"""Commands that ask for no person: they are run by whoever may read the files anyway, and why."""
