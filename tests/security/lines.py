"""The matrix of operations: for each one the right it needs, from which state, and who sees what it acts on.

`tests/security/test_matrix.py` fails when a slice offers an operation that has no line here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from qms import (
    accounts,
    actions,
    changes,
    competence,
    documents,
    evidence,
    impact,
    jobs,
    parties,
    records,
    registers,
    retention,
    standards,
    trail,
    trail_reviews,
)
from qms.accounts.models import SecondFactor, SigningLock
from qms.kernel.ports import Scope, Secrecy
from qms.kernel.refs import Ref
from qms.parties import Contact, Facts, Kind
from qms.records.errors import NothingToErase
from qms.retention.errors import NothingDue
from qms.runtime import every_permission
from qms.trail.errors import NothingLost
from qms.uploads import table
from tests.security import filed, kept
from tests.security.house import OWNER, PDF, Persona, number_of, prepared, source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qms.kernel.work import Work
    from tests.security.house import House, Variant

    Act = Callable[["Cell"], object]
    Law = Callable[[Persona, Variant], str]

WORKS: Final = "works"
FORBIDDEN: Final = "forbidden"
MISSING: Final = "missing"
AT_WORK: Final = ("documents:draft", "documents:review", "documents:approve", "documents:release")
_REVIEWERS: Final = {"reviewer", "quality-manager", "department-head"}
_APPROVERS: Final = {"approver", "quality-manager", "department-head"}
SEATED: Final = {"reviewer", "quality-manager"}
"""Whom the review of a record asks."""


@dataclass(slots=True)
class Cell:
    """One try: in which house, with which Work, by whom, on which variant from which state."""

    house: House
    work: Work
    persona: Persona
    variant: Variant
    state: str

    @property
    def ref(self) -> Ref:
        """The revision that is acted on."""
        return self.house.refs[self.state, self.variant.name]

    @property
    def record(self) -> Ref:
        """The record that is acted on."""
        return self.house.records[self.state.removeprefix("record-"), self.variant.name]

    @property
    def paper(self) -> str:
        """The digest of the file of the draft."""
        return self.house.digests[self.variant.name]

    @property
    def key(self) -> accounts.OpenKey:
        """The signing key of whoever tries."""
        return self.house.keys[self.persona.login]

    def id(self, login: str) -> int:
        """The id of somebody else."""
        return self.house.ids[login]

    def ready(self, number: str, text: str = "") -> documents.Prepared:
        """A source of this variant made ready."""
        return prepared(self.house, source(number, self.variant, text=text), f"{number}.md")


def sees_unissued(persona: Persona, variant: Variant) -> bool:
    """Who works on what is not issued: the owner's people, inside grade and circle."""
    return variant.shows(persona) and any(persona.may(each) for each in AT_WORK)


def sees_issued(persona: Persona, variant: Variant) -> bool:
    """Who reads what is issued: inside grade, circle and distribution."""
    reached = not variant.closed or persona.oversees or persona.department == OWNER
    return persona.may("documents:read", None) and variant.shows(persona) and reached


def sees_action(persona: Persona, variant: Variant) -> bool:
    """Who sees the actions of the owner's department: its people, who manages them, who oversees."""
    near = persona.department == OWNER or persona.oversees or persona.may("actions:manage")
    return persona.may("actions:read", None) and variant.shows(persona) and near


def sees_record(persona: Persona, variant: Variant) -> bool:
    """Who sees what was filed: author, seats, own department, who reads it all, who oversees."""
    seated = persona.role in SEATED and not persona.reach
    near = persona.department == OWNER and persona.may("records:file")
    reached = persona.oversees or persona.login == filed.AUTHOR or seated or near
    return variant.shows(persona) and (reached or persona.may("records:read"))


def drafts_record(persona: Persona, variant: Variant) -> bool:
    """A draft exists for its author alone."""
    return persona.login == filed.AUTHOR and variant.shows(persona)


def sees(state: str, persona: Persona, variant: Variant) -> bool:
    """Who sees what is in a state."""
    if state == "record-draft":
        return drafts_record(persona, variant)
    if state.startswith("record"):
        return sees_record(persona, variant)
    issued = state.startswith(("issued", "leaving", "form", "register"))
    return sees_issued(persona, variant) if issued else sees_unissued(persona, variant)


def sees_request(persona: Persona) -> bool:
    """Who knows of a request for evidence about the owner's department."""
    return persona.may("evidence:approve") or persona.may("evidence:build")


@dataclass(frozen=True, slots=True)
class Line:
    """One operation: `permission` at the owner's department, `state` its document starts from.

    `law` says what is right where neither suffices; without a `state` the operation is about no
    document and tried once a role.
    """

    act: Act
    permission: str | None = None
    state: str = ""
    law: Law | None = None
    everybody: bool = False
    open_door: tuple[type[Exception], ...] = ()

    def right(self, persona: Persona, variant: Variant) -> str:
        """What must happen."""
        if self.state and not sees(self.state, persona, variant):
            return MISSING
        if self.law is not None:
            return self.law(persona, variant)
        return WORKS if self.permission is None or persona.may(self.permission) else FORBIDDEN


def _in(roles: set[str]) -> Law:
    return lambda persona, _: WORKS if persona.role in roles and not persona.reach else FORBIDDEN


def _writes(persona: Persona, variant: Variant) -> str:
    return WORKS if persona.may("documents:draft") and variant.shows(persona) else FORBIDDEN


def _concludes(persona: Persona, _: Variant) -> str:
    return WORKS if persona.may("documents:draft") or persona.may("documents:control") else FORBIDDEN


def _of_evidence(permission: str) -> Law:
    def law(persona: Persona, _: Variant) -> str:
        if not sees_request(persona):
            return MISSING
        return WORKS if persona.may(permission) else FORBIDDEN

    return law


def _of_action(persona: Persona, variant: Variant) -> str:
    if not sees_action(persona, variant):
        return MISSING
    return WORKS if persona.may("actions:manage") else FORBIDDEN


def _of_certificate(persona: Persona, _: Variant) -> str:
    if not persona.may("competence:read"):
        return MISSING
    return WORKS if persona.may("competence:manage") else FORBIDDEN


def _asked_over(persona: Persona, variant: Variant) -> str:
    if not sees_action(persona, variant):
        return MISSING
    return WORKS if persona.login == "author" else FORBIDDEN


def _reviews_trail(persona: Persona, _: Variant) -> str:
    return WORKS if persona.may("trail:read") and persona.may("trail:verify") else FORBIDDEN


def _reaches(persona: Persona, variant: Variant) -> str:
    """Who builds gives out only what they may see themselves: the receiver sees secrets of the board."""
    if persona.login == "auditor":
        return FORBIDDEN  # the receiver knows of it, and is given it by somebody else
    known = _of_evidence("evidence:build")(persona, variant)
    if known != WORKS:
        return known
    return (
        WORKS if persona.clearance == Secrecy.SECRET and persona.in_circle and persona.oversees else MISSING
    )


def _release(cell: Cell) -> object:
    name = cell.variant.name
    if name not in cell.house.plans:
        with cell.house.looking("desk-document-controller") as work:
            cell.house.plans[name] = documents.plan_issue(work, cell.ref)
    return documents.release(cell.work, cell.house.plans[name], password=cell.key)


def _decide(cell: Cell) -> object:
    plan = documents.stored_plan(cell.work, cell.ref)
    digest = cell.work.vault.put(PDF)
    return documents.decide_issue(cell.work, plan, pdf_digest=digest, pages=1, versions={})


def _built(cell: Cell) -> object:
    gathered = evidence.Frozen("0" * 64, {"secrecy": 0, "circles": [], "oversees": False, "departments": [],
                                          "posts": [], "person": cell.id("auditor")}, 1, 1)  # fmt: skip
    return evidence.freeze(cell.work, cell.house.requests["approved"], gathered)


def _keys(cell: Cell) -> Path:
    return cell.work.settings.at(cell.work.settings.keys)


def _job(cell: Cell) -> int:
    return jobs.listing(cell.work.session, limit=1)[0].id


EDITION: Final = """
edition: made9001-2026
title: {zh-Hans: 一, zh-Hant: 一, en: Made up}
status: confirmed
clauses:
  - {number: "1", title: {zh-Hans: 一, zh-Hant: 一, en: One}}
"""
_DAY: Final = timedelta(days=1)


def _request(cell: Cell) -> object:
    return evidence.request(
        cell.work, purpose="x", receiver_id=cell.id("auditor"), scope=Scope(departments=(OWNER,))
    )


DOCUMENTS: Final[dict[str, Line]] = {
    "draft": Line(lambda c: documents.draft(c.work, c.ready("CP-99")), law=_writes),
    "revise": Line(
        lambda c: documents.revise(
            c.work,
            documents.next_draft(c.work, c.ref.key.split("@")[0], "zh-Hans", reason="r", summary="s"),
        ),
        "documents:draft",
        "issued",
    ),
    "save_draft": Line(
        lambda c: documents.save_draft(c.work, c.ref, c.ready(c.ref.key.split("@")[0], "别的话。")),
        "documents:draft",
        "draft",
    ),
    "discard_draft": Line(lambda c: documents.discard_draft(c.work, c.ref, "r"), "documents:draft", "draft"),
    "submit": Line(lambda c: documents.submit(c.work, c.ref, password=c.key), "documents:submit", "draft"),
    "comment": Line(lambda c: documents.comment(c.work, c.ref, "r"), "documents:comment", "review"),
    "resolve_comment": Line(
        lambda c: documents.resolve_comment(c.work, c.house.comments[c.variant.name], "r"),
        "documents:draft",
        "review",
    ),
    "sign_review": Line(
        lambda c: documents.sign_review(c.work, c.ref, password=c.key), "documents:review", "review"
    ),
    "return_to_draft": Line(
        lambda c: documents.return_to_draft(c.work, c.ref, "r"), state="review", law=_in(_REVIEWERS)
    ),
    "withdraw_from_review": Line(
        lambda c: documents.withdraw_from_review(c.work, c.ref, "r"), "documents:submit", "review"
    ),
    "sign_approval": Line(
        lambda c: documents.sign_approval(c.work, c.ref, password=c.key), "documents:approve", "approval"
    ),
    "plan_issue": Line(lambda c: documents.plan_issue(c.work, c.ref), "documents:release", "approved"),
    "release": Line(_release, "documents:release", "approved"),
    "decide_issue": Line(_decide, "documents:release", "issuing"),
    "fail_issue": Line(lambda c: documents.fail_issue(c.work, c.ref, "r"), "documents:release", "issuing"),
    "retry_issue": Line(lambda c: documents.retry_issue(c.work, c.ref), "documents:release", "failed"),
    "acknowledge": Line(
        lambda c: documents.acknowledge(c.work, c.ref, password=c.key), "documents:acknowledge", "issued"
    ),
    "withdraw": Line(
        lambda c: documents.withdraw(c.work, c.ref, reason="r", password=c.key), "documents:draft", "issued"
    ),
    "sign_withdrawal_review": Line(
        lambda c: documents.sign_withdrawal_review(c.work, c.ref, password=c.key),
        state="leaving",
        law=_in({"reviewer"}),
    ),
    "sign_withdrawal_approval": Line(
        lambda c: documents.sign_withdrawal_approval(c.work, c.ref, password=c.key),
        state="leaving-approval",
        law=_in(_APPROVERS),
    ),
    "decide_withdrawal": Line(
        lambda c: documents.decide_withdrawal(c.work, c.ref, password=c.key),
        state="leaving-decision",
        law=_in({"document-controller", "quality-manager"}),
    ),
    "cancel_withdrawal": Line(
        lambda c: documents.cancel_withdrawal(c.work, c.ref, "r"), state="leaving", law=_in({"reviewer"})
    ),
    "record_external_check": Line(
        lambda c: documents.record_external_check(c.work, c.ref, documents.Currency.CURRENT),
        "documents:draft",
        "leaving",
    ),
    "conclude_periodic_review": Line(
        lambda c: documents.conclude_periodic_review(c.work, c.ref, documents.Outcome.KEEP, "n"),
        "documents:draft",
        "issued",
    ),
}

PEOPLE: Final = "people:manage"
GRANTS: Final = "grants:manage"


def _acc(permission: str, act: Act) -> Line:
    return Line(act, permission)


def _locked(cell: Cell) -> int:
    """Somebody whose signing wrong passwords have locked."""
    who = cell.id("desk-author")
    cell.work.session.merge(SigningLock(person_id=who, failures=5, until_at=cell.work.now))
    return who


def _enrolled(cell: Cell) -> int:
    """Somebody whose second factor is on."""
    who, now = cell.id("desk-author"), cell.work.now
    row = SecondFactor(person_id=who, sealed={}, made_at=now, on_at=now, last_step=1, failures=0)
    cell.work.session.merge(row)
    return who


ACCOUNTS: Final[dict[str, Line]] = {
    "add_department": _acc(PEOPLE, lambda c: accounts.add_department(c.work, "new", {"en": "New"}, "centre")),
    "move_department": _acc(PEOPLE, lambda c: accounts.move_department(c.work, "business", OWNER)),
    "add_post": _acc(PEOPLE, lambda c: accounts.add_post(c.work, "new", {"en": "New"})),
    "add_person": _acc(PEOPLE, lambda c: accounts.add_person(c.work, "new", "New")),
    "rename_person": _acc(PEOPLE, lambda c: accounts.rename_person(c.work, c.id("reader"), "N", "w")),
    "deactivate": _acc(PEOPLE, lambda c: accounts.deactivate(c.work, c.id("desk-author"), "w")),
    "reactivate": _acc(PEOPLE, lambda c: accounts.reactivate(c.work, c.id("gone"), "w")),
    "reset_password": _acc(PEOPLE, lambda c: accounts.reset_password(c.work, c.id("reader"), "w")),
    "join": _acc(PEOPLE, lambda c: accounts.join(c.work, c.id("desk-author"), "business", c.work.today)),
    "leave": _acc(PEOPLE, lambda c: accounts.leave(c.work, c.id("desk-author"), OWNER, c.work.today + _DAY)),
    "hold_post": _acc(
        PEOPLE,
        lambda c: accounts.hold_post(c.work, c.id("reader"), "deputy-general-manager", c.work.today),
    ),
    "leave_post": _acc(
        PEOPLE,
        lambda c: accounts.leave_post(
            c.work, c.id("approver"), "deputy-general-manager", c.work.today + _DAY
        ),
    ),
    "substitute": _acc(
        PEOPLE,
        lambda c: accounts.substitute(
            c.work,
            c.id("desk-author"),
            c.id("desk-reviewer"),
            from_on=c.work.today,
            until_on=c.work.today + _DAY,
        ),
    ),
    "end_substitution": _acc(PEOPLE, lambda c: accounts.end_substitution(c.work, c.house.substitution)),
    "apply_organisation": _acc(
        PEOPLE,
        lambda c: accounts.apply_organisation(
            c.work, "departments:\n  - {code: fresh, names: {en: Fresh}, parent: centre}\n"
        ),
    ),
    "grant": _acc(GRANTS, lambda c: accounts.grant(c.work, c.id("desk-author"), "reviewer")),
    "withdraw_grant": _acc(GRANTS, lambda c: accounts.withdraw_grant(c.work, c.id("desk-author"), "author")),
    "clear": _acc(GRANTS, lambda c: accounts.clear(c.work, c.id("desk-author"), Secrecy.PUBLIC)),
    "add_circle": _acc(GRANTS, lambda c: accounts.add_circle(c.work, "new", {"en": "New"})),
    "enter_circle": _acc(GRANTS, lambda c: accounts.enter_circle(c.work, c.id("reader.out"), "board")),
    "leave_circle": _acc(GRANTS, lambda c: accounts.leave_circle(c.work, c.id("desk-author"), "board")),
    "set_role": _acc(GRANTS, lambda c: accounts.set_role(c.work, "made", {"en": "M"}, ["search:find"])),
    "confirm_key": _acc(GRANTS, lambda c: accounts.confirm_key(c.work, c.id("gone-key"), "seen")),
    "unlock": _acc(GRANTS, lambda c: accounts.unlock(c.work, _locked(c), "w")),
    "remove_factor": _acc(GRANTS, lambda c: accounts.remove_factor(c.work, _enrolled(c), "w")),
    # Everybody's own: it takes no name of anybody else.
    "begin_factor": Line(lambda c: accounts.begin_factor(c.work)),
    "end_other_sessions": Line(lambda c: accounts.end_other_sessions(c.work, 0)),
}

EVIDENCE: Final[dict[str, Line]] = {
    "request": Line(_request, "evidence:request"),
    "approve": Line(
        lambda c: evidence.approve(c.work, c.house.requests["asked"], password=c.key),
        law=_of_evidence("evidence:approve"),
    ),
    "reject": Line(
        lambda c: evidence.reject(c.work, c.house.requests["asked"], reason="r"),
        law=_of_evidence("evidence:approve"),
    ),
    "retry": Line(
        lambda c: evidence.retry(c.work, c.house.requests["failed"]), law=_of_evidence("evidence:build")
    ),
    "fail": Line(
        lambda c: evidence.fail(c.work, c.house.requests["approved"], reason="r"),
        law=_of_evidence("evidence:build"),
    ),
    "freeze": Line(_built, law=_of_evidence("evidence:build")),
    "hand_over": Line(
        lambda c: evidence.hand_over(c.work, c.house.requests["built"]), law=_reaches, everybody=True
    ),
}

ACTIONS: Final[dict[str, Line]] = {
    "open": Line(
        lambda c: actions.open(
            c.work,
            title="Mend it",
            owner_id=c.id("desk-author"),
            due_on=c.work.today,
            department=OWNER,
        ),
        "actions:open",
    ),
    "ask_hand_over": Line(
        lambda c: actions.ask_hand_over(
            c.work, c.house.actions["plain"], to=c.id("desk-reviewer"), reason="r"
        ),
        law=_of_action,
        open_door=(actions.HandOverOpen,),
    ),
    "accept": Line(lambda c: actions.accept(c.work, c.house.actions["plain"]), law=_asked_over),
    "decline": Line(lambda c: actions.decline(c.work, c.house.actions["plain"], reason="r"), law=_asked_over),
    "add_evidence": Line(
        lambda c: actions.add_evidence(c.work, c.house.actions["plain"], text="done"), law=_of_action
    ),
    "close": Line(lambda c: actions.close(c.work, c.house.actions["plain"]), law=_of_action),
    "cancel": Line(lambda c: actions.cancel(c.work, c.house.actions["plain"], reason="r"), law=_of_action),
}


def _corrects(permission: str) -> Law:
    """The author, and who may for the department."""
    return lambda persona, _: WORKS if persona.login == filed.AUTHOR or persona.may(permission) else FORBIDDEN


def _asked_to(persona: Persona, _: Variant) -> str:
    """What a record asked of reviewers is there for them alone."""
    return WORKS if persona.role == "reviewer" and not persona.reach else MISSING


def _paper(cell: Cell) -> records.Ready:
    return records.Ready("annex.txt", "text/plain", 1, cell.paper, sealed=False)


_TYPED: Final = {"purpose": "other words"}
RETENTION: Final[dict[str, Line]] = {
    "hold": Line(lambda c: retention.hold(c.work, c.record, "r"), retention.MANAGE, "record-closed"),
    "lift": Line(kept.lift, retention.MANAGE, "record-closed"),
    # Nothing is due here, and to be told so one must hold the right.
    "propose": Line(lambda c: retention.propose(c.work, ()), retention.MANAGE, open_door=(NothingDue,)),
    "approve": Line(lambda c: retention.approve(c.work, kept.listed(c), password=c.key), retention.APPROVE),
    "reject": Line(lambda c: retention.reject(c.work, kept.listed(c), "r"), retention.APPROVE),
}
RECORDS: Final[dict[str, Line]] = {
    "begin": Line(
        lambda c: records.begin(c.work, filed.number_of(c.variant), values=_TYPED), "records:file", "form"
    ),
    "template": Line(
        lambda c: records.template(c.work, filed.number_of(c.variant), "csv"), "records:file", "form"
    ),
    "import_table": Line(
        lambda c: records.import_table(
            c.work, filed.number_of(c.variant), [{"": "2", "purpose": "words"}], "r.csv"
        ),
        state="form",
        law=_in({"author"}),
    ),
    "save": Line(lambda c: records.save(c.work, c.record, _TYPED), state="record-draft"),
    "submit": Line(lambda c: records.submit(c.work, c.record), state="record-draft"),
    "discard": Line(lambda c: records.discard(c.work, c.record), state="record-draft"),
    "ready_file": Line(
        lambda c: records.ready_file(
            c.work, c.record, "proof", name="x.txt", media_type="text/plain", content=b"x"
        ),
        state="record-draft",
    ),
    "remove_file": Line(
        lambda c: records.remove_file(c.work, c.record, "proof", c.paper), state="record-draft"
    ),
    "add_file": Line(
        lambda c: records.add_file(c.work, c.record, "annex", _paper(c)),
        state="record-review",
        law=_in(SEATED),
    ),
    "save_step": Line(
        lambda c: records.save_step(c.work, c.record, "review", filed.REMARK),
        state="record-review",
        law=_in(SEATED),
    ),
    "accept": Line(
        lambda c: records.accept(c.work, c.record, "review"), state="record-review", law=_in(SEATED)
    ),
    "act": Line(
        lambda c: records.act(c.work, c.record, "review", values=filed.REMARK, opinion="o"),
        state="record-accepted",
        law=_in(SEATED),
    ),
    "give_back": Line(
        lambda c: records.give_back(c.work, c.record, "review", "r"), state="record-review", law=_in(SEATED)
    ),
    "hold": Line(
        lambda c: records.hold(c.work, c.record, "review", "r"), state="record-review", law=_in(SEATED)
    ),
    "go_on": Line(lambda c: records.go_on(c.work, c.record, "review"), state="record-held", law=_in(SEATED)),
    "erase": Line(
        lambda c: records.erase(c.work, c.record, "r"),
        "records:erase",
        "record-closed",
        open_door=(NothingToErase,),
    ),
    "export": Line(lambda c: records.export(c.work, c.record), state="record-closed"),
    "note_export": Line(
        lambda c: records.note_export(c.work, c.record, records.Exported(b"", 1)), state="record-closed"
    ),
    "amend": Line(
        lambda c: records.amend(c.work, c.record, _TYPED, "r", password=c.key),
        state="record-closed",
        law=_corrects("records:amend"),
    ),
    "cancel": Line(
        lambda c: records.cancel(c.work, c.record, "r"),
        state="record-review",
        law=_corrects("records:cancel"),
    ),
    "answer": Line(
        lambda c: records.answer(c.work, c.house.openings[c.variant.name]),
        state="record-review",
        law=_asked_to,
    ),
}
_CSV: Final = registers.Format.CSV


def _keeps(persona: Persona, _: Variant) -> str:
    """A view is there for who keeps it."""
    return WORKS if persona.login == filed.AUTHOR else MISSING


COMPETENCE: Final[dict[str, Line]] = {
    "require": Line(
        lambda c: competence.require(
            c.work,
            "made",
            {"en": "Made"},
            basis=competence.Basis.TRAINING,
            posts=["deputy-general-manager"],
        ),
        "competence:define",
    ),
    "end_requirement": Line(
        lambda c: competence.end_requirement(c.work, "certificate", reason="r"), "competence:define"
    ),
    "record_evidence": Line(
        lambda c: competence.record_evidence(
            c.work,
            c.id("desk-author"),
            competence.requirement_ref("certificate"),
            basis=competence.Basis.TRAINING,
            title="t",
            from_on=c.work.today,
        ),
        "competence:manage",
    ),
    "verify": Line(lambda c: competence.verify(c.work, c.house.certificate), law=_of_certificate),
    "withdraw_evidence": Line(
        lambda c: competence.withdraw_evidence(c.work, c.house.certificate, reason="r"), law=_of_certificate
    ),
    "answer": Line(
        lambda c: competence.answer(c.work, c.ref, 1, {1: [1]}), "documents:acknowledge", state="leaving"
    ),
    "allow_again": Line(
        lambda c: competence.allow_again(c.work, c.ref, c.id("desk-author"), reason="r"),
        "competence:manage",
        state="leaving",
        open_door=(competence.AttemptsLeft,),
    ),
}

OTHERS: Final[dict[str, dict[str, Line]]] = {
    "standards": {
        "load_edition": Line(lambda c: standards.load_edition(c.work, EDITION), "standards:import"),
    },
    "jobs": {
        "retry": Line(lambda c: _dead(c) and jobs.retry(c.work, _job(c)), "jobs:manage"),
        "cancel": Line(lambda c: jobs.cancel(c.work, _job(c)), "jobs:manage"),
    },
    "registers": {
        "save_view": Line(
            lambda c: registers.save_view(c.work, filed.register_of(c.variant), "v", registers.View()),
            state="register",
        ),
        "drop_view": Line(
            lambda c: registers.drop_view(c.work, c.house.views[c.variant.name]), state="register", law=_keeps
        ),
        "ask_export": Line(
            lambda c: registers.ask_export(c.work, filed.register_of(c.variant), registers.View(), _CSV),
            state="register",
        ),
        "note_export": Line(
            lambda c: registers.note_export(
                c.work, filed.register_of(c.variant), registers.View(), _CSV, rows=0, content=b""
            ),
            state="register",
        ),
        "rebuild": Line(
            lambda c: registers.rebuild(c.work, filed.register_of(c.variant), "w"),
            "documents:control",
            "register",
        ),
    },
    "changes": {
        "ask": Line(
            lambda c: changes.ask(c.work, number_of("issued", c.variant), "zh-Hans"),
            "records:file",
            "issued",
        ),
    },
    "impact": {
        "conclude": Line(
            lambda c: impact.conclude(c.work, c.ref, ["CP-99"], impact.Verdict.NONE),
            state="review",
            law=_concludes,
            open_door=(impact.ReasonNeeded,),
        ),
    },
    "trail_reviews": {
        "begin": Line(lambda c: trail_reviews.begin(c.work), law=_reviews_trail),
        "prepare": Line(
            lambda c: trail_reviews.prepare(c.work),
            law=_reviews_trail,
            open_door=(trail_reviews.NoOpenReview,),
        ),
        "sign_off": Line(
            lambda c: trail_reviews.sign_off(c.work, password=c.key, last=1, found="", clean=True),
            law=_reviews_trail,
            open_door=(trail_reviews.NoOpenReview,),
        ),
    },
    "trail": {
        "erase": Line(
            lambda c: trail.erase(c.work, Ref("person", str(c.id("desk-author"))), why="w"), "trail:erase"
        ),
        # Nothing was lost here, and to be told so one must hold the right.
        "restart": Line(
            lambda c: trail.restart(c.work, [], trail.load_key(_keys(c)).public, "w"),
            "trail:restart",
            open_door=(NothingLost,),
        ),
    },
}


MANAGE: Final = "parties:manage"


def _of_party(persona: Persona, _: Variant) -> str:
    """Who manages parties of the department acts; who only sees them is refused, for others there is none."""
    if persona.may(MANAGE):
        return WORKS
    sees = persona.oversees or persona.department == OWNER
    return FORBIDDEN if persona.may("parties:read", None) and sees else MISSING


def _everywhere(persona: Persona, _: Variant) -> str:
    return WORKS if persona.may(MANAGE) else FORBIDDEN


def _party(cell: Cell, name: str = "Party", kind: Kind = Kind.CLIENT) -> str:
    """A party of the owner's department that is there already."""
    service = replace(cell.work, rights=every_permission())
    return parties.add(service, kind, Facts(name=name, department=OWNER)).number


def _ended(cell: Cell) -> str:
    number = _party(cell)
    parties.end(replace(cell.work, rights=every_permission()), number, why="w")
    return number


_SHEET: Final = f"kind,name,department\nclient,New,{OWNER}\n".encode()
PARTIES: Final[dict[str, Line]] = {
    "add": Line(
        lambda c: parties.add(c.work, Kind.CLIENT, Facts(name="New", department=OWNER)), law=_everywhere
    ),
    "change": Line(
        lambda c: parties.change(c.work, _party(c), Facts(name="New", department=OWNER), version=1),
        law=_of_party,
    ),
    "set_contacts": Line(
        lambda c: parties.set_contacts(c.work, _party(c), [Contact("Somebody")]), law=_of_party
    ),
    "reach_stage": Line(lambda c: parties.reach_stage(c.work, _party(c), "need"), law=_of_party),
    "end": Line(lambda c: parties.end(c.work, _party(c), why="w"), law=_of_party),
    "resume": Line(lambda c: parties.resume(c.work, _ended(c), why="w"), law=_of_party),
    "merge": Line(lambda c: parties.merge(c.work, _party(c), _party(c, "Other"), why="w"), law=_of_party),
    "erase": Line(lambda c: parties.erase(c.work, _party(c), why="w"), law=_of_party),
    "import_sheet": Line(
        lambda c: parties.import_sheet(c.work, table.read(_SHEET, "new.csv"), "new.csv"), law=_everywhere
    ),
    "set_lists": Line(lambda c: parties.set_lists(c.work, "tiers: []\n"), law=_everywhere),
}


def _dead(cell: Cell) -> bool:
    """Bring the newest job to its end first, as its worker would."""
    row = cell.work.session.get_one(jobs.Job, _job(cell))
    row.state, row.ended_at = jobs.State.DEAD, cell.work.now
    cell.work.session.flush()
    return True


MATRIX: Final = {
    "documents": DOCUMENTS,
    "actions": ACTIONS,
    "competence": COMPETENCE,
    "accounts": ACCOUNTS,
    "evidence": EVIDENCE,
    "parties": PARTIES,
    "records": RECORDS,
    "retention": RETENTION,
    **OTHERS,
}
