"""What opens each route and each command: the table the role tests are made from.

A new route or command needs a line here: `tests/security/test_routes.py` fails without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.security.filed import AUTHOR, number_of, register_of
from tests.security.house import OWNER, VARIANTS, Persona, source
from tests.security.lines import (
    AT_WORK,
    EDITION,
    SEATED,
    drafts_record,
    sees_action,
    sees_issued,
    sees_record,
    sees_request,
    sees_unissued,
)

if TYPE_CHECKING:
    from tests.security.house import House, Variant


@dataclass(frozen=True, slots=True)
class Gate:
    """Who passes: any of `rights` for a look, any of `acts` for an act; and what must be visible first.

    `sees` is "issued", "unissued", "either" or "request"; `rule` says what no right says. `apart` names the
    test that tells who passes, where the house has none of such things and nobody gets through here.
    """

    rights: tuple[str, ...] = ()
    acts: tuple[str, ...] | None = None
    sees: str = ""
    public: bool = False
    apart: str = ""
    rule: Callable[[Persona, Variant], bool] | None = None


def _reads_record(persona: Persona, variant: Variant) -> bool:
    """Who reads records at all, of those who see this one."""
    return any(persona.may(each) for each in _RECORDS) and sees_record(persona, variant)


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
_CONCLUDE: Final = ("documents:draft", "documents:control")
_REVIEW: Final = {"reviewer", "quality-manager", "department-head"}


def _on(roles: set[str]) -> Callable[[Persona, Variant], bool]:
    return lambda persona, _: persona.role in roles and not persona.reach


def sees_party(persona: Persona, variant: Variant) -> bool:
    near = persona.department == OWNER or persona.oversees or persona.may("parties:manage")
    return persona.may("parties:read", None) and variant.shows(persona) and near


def _keeps_party(persona: Persona, variant: Variant) -> bool:
    return sees_party(persona, variant) and persona.may("parties:manage")


def _sees_due(persona: Persona, variant: Variant) -> bool:
    near = persona.department == OWNER or persona.oversees or persona.may("tasks:oversee")
    return persona.may("documents:read", None) and variant.shows(persona) and near


def _sees_action(persona: Persona, variant: Variant) -> bool:
    return sees_action(persona, variant)


def _does_action(persona: Persona, variant: Variant) -> bool:
    return sees_action(persona, variant) and persona.may("actions:manage")


def _asked_over(persona: Persona, variant: Variant) -> bool:
    return sees_action(persona, variant) and persona.login == "author"


def _asked_of_record(persona: Persona, variant: Variant) -> bool:
    return sees_record(persona, variant) and persona.role == "reviewer" and not persona.reach


def _in_step(persona: Persona, variant: Variant) -> bool:
    return sees_record(persona, variant) and persona.role in SEATED and not persona.reach


def _corrects(permission: str) -> Callable[[Persona, Variant], bool]:
    """The author, and who may for the department."""
    return lambda persona, variant: (
        sees_record(persona, variant) and (persona.login == AUTHOR or persona.may(permission))
    )


def _has(permission: str) -> Callable[[Persona, Variant], bool]:
    """Who may for the department, where the record is there for them."""
    return lambda persona, variant: sees_record(persona, variant) and persona.may(permission)


def sees_warning(persona: Persona, variant: Variant) -> bool:
    """Whoever reads documents and sees the record that caused it; in this house its author was warned."""
    return persona.may("documents:read", None) and sees_record(persona, variant)


def _nobody(persona: Persona, variant: Variant) -> bool:  # noqa: ARG001 - whoever asks
    """In this house no form declares an audit; tests/audits asks who sees which."""
    return False


def sees_certificate(persona: Persona, variant: Variant) -> bool:
    """Who decides on disposal and sees every record of the list."""
    return sees_record(persona, variant) and any(persona.may(each) for each in _DISPOSAL)


_DISPOSAL: Final = ("retention:manage", "retention:approve")
_RECORDS: Final = ("records:file", "records:read")

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
    "accounts.confirm": Gate(),
    "tasks.inbox": Gate(),
    "time_limits.register": Gate(),
    "time_limits.register_file": Gate(),
    "time_limits.bulletin": Gate(),
    "time_limits.bulletin_file": Gate(),
    "tasks.overseen": Gate(("tasks:oversee",)),
    "documents.library": Gate(_READ),
    "documents.export": Gate(_READ),
    "documents.screen": Gate(sees="issued"),
    "documents.copy": Gate(sees="issued"),
    "documents.draft": Gate(_READ, sees="unissued"),
    "documents.blank": Gate(sees="issued"),
    "documents.original": Gate(("documents:control",), sees="issued"),
    "documents.source": Gate(_DRAFT, sees="issued"),
    "documents.picture": Gate(sees="issued"),
    "documents.one": Gate(sees="issued"),
    "documents.readers": Gate(sees="issued"),
    # Whoever sees the revision may read when its reviews are due and what they said; to conclude one is
    # asked by the act itself (`documents.conclude_periodic_review` in lines.py).
    "documents.periodic_review": Gate(sees="issued"),
    "documents.checks": Gate(_READ),
    "documents.external_check": Gate(sees="issued"),
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
    "drafts.impact": Gate(sees="either"),
    "drafts.lead": Gate(_DRAFT, sees="unissued"),
    "drafts.conclude": Gate(_CONCLUDE, sees="unissued"),
    "drafts.release": Gate(sees="unissued"),
    "drafts.issue": Gate(sees="unissued"),
    "drafts.retry": Gate(("documents:release",), sees="unissued"),
    "drafts.review": Gate(sees="unissued"),
    "drafts.sign": Gate(sees="unissued"),
    "drafts.comment": Gate(sees="unissued"),
    "drafts.resolve": Gate(sees="unissued"),
    "drafts.give_back": Gate(sees="unissued"),
    "drafts.recall": Gate(sees="unissued"),
    "actions.listing": Gate(("actions:read",)),
    "actions.new": Gate(("actions:open",)),
    "actions.one": Gate(rule=_sees_action),
    "actions.evidence": Gate(rule=_does_action),
    "actions.file": Gate(rule=_sees_action),
    "actions.hand_over": Gate(rule=_sees_action),
    "actions.answer": Gate(rule=_asked_over),
    "actions.close": Gate(rule=_does_action),
    "actions.cancel": Gate(rule=_does_action),
    "competence.matrix": Gate(("documents:acknowledge",)),
    "competence.export": Gate(("documents:acknowledge",)),
    "competence.person": Gate(("competence:read",)),
    "competence.file": Gate(("competence:read",)),
    "competence.decide": Gate(("competence:manage",)),
    "competence.requirements": Gate(("competence:define",)),
    "competence.quiz": Gate(sees="issued"),
    "competence.quiz_again": Gate(("competence:manage",), sees="issued"),
    "parties.listing": Gate(("parties:read",)),
    "parties.suggest": Gate(("parties:read",)),
    "parties.one": Gate(rule=sees_party),
    "parties.new": Gate(("parties:manage",)),
    "parties.edit": Gate(rule=_keeps_party),
    "parties.contacts": Gate(rule=_keeps_party),
    "parties.change": Gate(rule=_keeps_party),
    "parties.lists": Gate(("parties:manage",)),
    "schedules.listing": Gate(_READ),
    "schedules.one": Gate(rule=_sees_due),
    "records.listing": Gate(_RECORDS),
    "records.new": Gate(_RECORDS),
    "records.pick": Gate(_RECORDS),
    "records.begin": Gate(sees="issued"),
    "records.draft": Gate(rule=drafts_record),
    "records.settle": Gate(rule=drafts_record),
    "records.discard": Gate(rule=drafts_record),
    "records.opening": Gate(rule=sees_record),
    "records.answer": Gate(rule=_asked_of_record),
    "records.one": Gate(rule=sees_record),
    "records.file": Gate(rule=sees_record),
    "records.sheet": Gate(rule=sees_record),
    "records.step": Gate(rule=_in_step),
    "records.settle_step": Gate(rule=_in_step),
    "records.amend": Gate(rule=_corrects("records:amend")),
    "records.cancel": Gate(rule=_corrects("records:cancel")),
    "management_review.listing": Gate(_RECORDS),
    "management_review.one": Gate(rule=_nobody, apart="tests/management_review/test_pages.py"),
    "management_review.freeze": Gate(rule=_nobody, apart="tests/management_review/test_pages.py"),
    "management_review.sheet": Gate(rule=_nobody, apart="tests/management_review/test_pages.py"),
    "scores.listing": Gate(_RECORDS),
    "scores.ranking": Gate(rule=_nobody, apart="tests/scoring/test_pages.py"),
    "scores.one": Gate(rule=_nobody, apart="tests/scoring/test_pages.py"),
    "box.ask": Gate(public=True),
    "box.hand_in": Gate(public=True),
    "box.reply": Gate(public=True),
    "complaints.box": Gate(_RECORDS),
    "complaints.take": Gate(rule=lambda persona, _: persona.login == "approver"),  # who holds the post
    "complaints.listing": Gate(_RECORDS),
    "complaints.figures": Gate(_RECORDS),
    "objectives.listing": Gate(_RECORDS),
    "objectives.heat": Gate(_RECORDS),
    "objectives.one": Gate(rule=sees_record),
    "objectives.sheet": Gate(rule=sees_record),
    "objectives.begin": Gate(rule=sees_record),
    "registers.listing": Gate(_READ),
    "registers.codes": Gate(_READ),
    "registers.exports": Gate(_READ),
    "registers.one": Gate(sees="issued"),
    "registers.count": Gate(sees="issued"),
    "registers.totals": Gate(sees="issued"),
    "registers.publication": Gate(sees="issued"),
    "registers.keep": Gate(sees="issued"),
    "registers.export": Gate(sees="issued"),
    "registers.drop": Gate(rule=drafts_record),
    "registers.fetch": Gate(rule=drafts_record),
    "records.bring": Gate(sees="issued"),
    "records.template": Gate(sees="issued"),
    "risks.listing": Gate(_READ),
    "risks.one": Gate(sees="issued"),
    "risks.warning": Gate(rule=sees_warning),
    "audits.listing": Gate(_RECORDS),
    "audits.coverage": Gate(("records:read",)),
    "audits.plan": Gate(rule=_nobody, apart="tests/audits/test_pages.py"),
    "audits.one": Gate(rule=_nobody, apart="tests/audits/test_pages.py"),
    "audits.receive": Gate(rule=_nobody, apart="tests/audits/test_pages.py"),
    "audits.report": Gate(rule=_nobody, apart="tests/audits/test_pages.py"),
    "standards.mapping": Gate(("standards:import",)),
    "changes.listing": Gate(_READ),
    "changes.ask": Gate(sees="issued"),
    "retention.listing": Gate(_DISPOSAL, ("retention:manage",)),
    "retention.one": Gate(rule=sees_certificate),
    "retention.certificate": Gate(rule=sees_certificate),
    "retention.hold": Gate(rule=_has("retention:manage")),
    "retention.lift": Gate(rule=_has("retention:manage")),
    "retention.erase": Gate(rule=_has("records:erase")),
    "retention.export": Gate(rule=sees_record),
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
    "library.check": Gate(("documents:release",)),
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


def _record(house: House) -> str:
    return house.records["closed", "plain"].key


def _written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def _draft(house: House, folder: Path) -> Path:
    del house
    return _written(folder, "CP-97.md", source("CP-97", VARIANTS[0]).decode())


_REGISTER: Final = register_of(VARIANTS[0])
_FORM: Final = number_of(VARIANTS[0])
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
    "document impact": Command(lambda h, _: ("document", "impact", _key(h, "issued")), Gate(sees="issued")),
    "document lead": Command(
        lambda h, _: ("document", "lead", _key(h, "draft"), "FM-12-01-2026-999999"),
        Gate(rule=lambda *_: False),  # no request of this house was approved: for everybody there is none
    ),
    "document conclude-impact": Command(
        lambda h, _: ("document", "conclude-impact", _key(h, "review"), "CP-99", "--verdict", "none"),
        Gate(_CONCLUDE, sees="unissued"),
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
        # Whoever could has signed it just above, and has it before them no longer.
        Gate(sees="issued", rule=lambda *_: False),
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
    "clock list": Command(lambda *_: ("clock", "list"), Gate()),
    "clock bulletin": Command(lambda *_: ("clock", "bulletin"), Gate()),
    "action list": Command(lambda *_: ("action", "list"), Gate()),
    "action open": Command(
        lambda *_: (
            *("action", "open", "Mend it", "--owner", "desk-author", "--due", "2027-01-01"),
            *("--department", "risk"),
        ),
        Gate(("actions:open",)),
    ),
    "action close": Command(lambda h, _: ("action", "close", h.actions["plain"]), Gate(rule=_does_action)),
    "party list": Command(lambda *_: ("party", "list"), Gate(("parties:read",))),
    "party show": Command(lambda h, _: ("party", "show", h.parties["plain"]), Gate(rule=sees_party)),
    "party add": Command(
        lambda *_: ("party", "add", "client", "New", "--department", "risk"), Gate(("parties:manage",))
    ),
    "party import": Command(
        lambda _, f: ("party", "import", _written(f, "p.csv", "kind,name,department\nclient,New,risk\n")),
        Gate(("parties:manage",)),
    ),
    "record import": Command(
        lambda _, f: ("record", "import", _FORM, _written(f, "r.csv", "purpose\nwords\n")),
        Gate(sees="issued", rule=_on({"author"})),
    ),
    "record template": Command(lambda _, f: ("record", "template", _FORM, f / "t.csv"), Gate(sees="issued")),
    "record list": Command(lambda *_: ("record", "list")),
    "record show": Command(lambda h, _: ("record", "show", _record(h)), Gate(rule=sees_record)),
    "record export": Command(
        lambda h, f: ("record", "export", _record(h), "-o", f / "r.zip"), Gate(rule=sees_record)
    ),
    "complaint list": Command(lambda *_: ("complaint", "list"), Gate(_RECORDS)),
    "management-review list": Command(lambda *_: ("management-review", "list"), Gate(_RECORDS)),
    "management-review pack": Command(
        lambda h, _: ("management-review", "pack", _record(h)), Gate(rule=_nobody)
    ),
    "score list": Command(lambda *_: ("score", "list"), Gate(_RECORDS)),
    "score show": Command(lambda h, _: ("score", "show", _record(h)), Gate(rule=_nobody)),
    "objective list": Command(lambda *_: ("objective", "list"), Gate(_RECORDS)),
    "objective show": Command(lambda h, _: ("objective", "show", _record(h)), Gate(rule=_reads_record)),
    "audit list": Command(lambda *_: ("audit", "list"), Gate(_RECORDS)),
    "audit coverage": Command(lambda *_: ("audit", "coverage"), Gate(("records:read",))),
    "control-point list": Command(lambda *_: ("control-point", "list"), Gate(_READ)),
    "schedule list": Command(lambda *_: ("schedule", "list"), Gate(_READ)),
    "register list": Command(lambda *_: ("register", "list")),
    "register codes": Command(lambda *_: ("register", "codes")),
    "register show": Command(lambda *_: ("register", "show", _REGISTER), Gate(sees="issued")),
    "register export": Command(
        lambda _, f: ("register", "export", _REGISTER, f / "r.csv"), Gate(sees="issued")
    ),
    "register rebuild": Command(
        lambda *_: ("register", "rebuild", _REGISTER, "--why", "w"),
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
    "people substitute": Command(
        lambda *_: (
            *("people", "substitute", "desk-reviewer", "--of", "desk-author"),
            *("--from", "2999-01-01", "--until", "2999-01-09"),
        ),
        Gate(("people:manage",)),
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
    "library check": "It reads source files; it shows faults of their heads, no content.",
    "doctor": "The keeper's check; it shows numbers and keys, no content.",
    "drill": "Whoever owns the machine practises a restore.",
    "backup": "Whoever owns the machine keeps copies of its bytes.",
    "restore": "Whoever owns the machine brings a copy back.",
    "demo run": "It makes a workspace of its own, marked for ever.",
}
"""Commands that ask for no person: they are run by whoever may read the files anyway, and why."""
