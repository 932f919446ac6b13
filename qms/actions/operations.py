"""The verbs of actions: open, hand over with acceptance, add evidence, close, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import accounts, tasks
from qms.actions import describe, errors
from qms.actions.access import MANAGE, OPEN, visible
from qms.actions.lifecycle import State, number
from qms.actions.models import Action, ActionCounter, ActionEvidence
from qms.kernel.database import next_number
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.kernel.ports import Secrecy
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from qms.kernel.work import Work
    from qms.uploads import Kept

DO: Final = "actions:do"
ANSWER: Final = "actions:answer"
JUDGE: Final = "actions:judge"
_NOTHING: Final[Mapping[str, Any]] = {}
_LONGEST_TITLE: Final = 300
_LONGEST: Final = 20_000


def open_action(
    work: Work,
    *,
    title: str,
    owner_id: int,
    due_on: date,
    department: str,
    origin: Ref | None = None,
    secrecy: int = Secrecy.INTERNAL,
    circle: str | None = None,
    detail: str = "",
    declared: bool = False,
    counted: Mapping[str, Any] = _NOTHING,
) -> Action:
    """Open an action for an owner until a day; numbered without gaps, its origin links back to it.

    Opening by hand needs the right; what a document in force `declared` needs none of whoever sets
    it off. `counted` says how a provisional day was counted.
    """
    if not declared:
        accounts.require(work, OPEN, department)
    accounts.department(work.session, department)
    title = " ".join(title.split())
    _refuse_faults(work, title, detail, due_on, secrecy, circle, declared=declared)
    owner = accounts.active_person(work, owner_id)
    year = work.today.year
    seq = next_number(work.session, ActionCounter, year)
    _refuse_blind(work, owner_id, number(year, seq), secrecy, circle)
    row = Action(
        number=number(year, seq),
        year=year,
        seq=seq,
        title=title,
        detail=detail.strip(),
        origin=None if origin is None else str(origin),
        owner_id=owner.id,
        department=department,
        secrecy=int(secrecy),
        circle=circle,
        due_on=due_on,
        opened_by_id=work.actor.person_id,
        opened_by=work.actor.name,
        opened_at=work.now,
        opened_on=work.today,
        state=State.OPEN,
    )
    work.session.add(row)
    work.session.flush()
    _owe(work, row, DO, [row.owner_id], describe.DO, counted=counted)
    after = {
        "title": title,
        "owner": owner.id,
        "due": due_on.isoformat(),
        "department": department,
        "origin": row.origin,
    }
    work.record("action:open", ref_of(row), after=after)
    return row


def ask_hand_over(work: Work, action: str, *, to: int, reason: str) -> Action:
    """Ask somebody to take an action over; it stays with its owner until they accept (S68)."""
    row = _acting(work, action)
    if row.next_owner_id is not None:
        raise errors.HandOverOpen(number=row.number)
    reason = _text(reason, "reason")
    if to == row.owner_id:
        raise errors.ActionInvalid([Problem(N_("Choose somebody else than the owner."), field="to")])
    other = accounts.active_person(work, to)
    _refuse_blind(work, other.id, row.number, row.secrecy, row.circle)
    row.next_owner_id = other.id
    work.session.flush()
    _owe(work, row, ANSWER, [other.id], describe.ANSWER)
    work.record("action:ask-hand-over", ref_of(row), after={"to": other.id}, why=reason)
    return row


def accept(work: Work, action: str) -> Action:
    """Take an action over; from now on it is one's own and nothing goes back (S68)."""
    row = _asked(work, action)
    before = {"owner": row.owner_id}
    row.owner_id, row.next_owner_id = row.next_owner_id or 0, None
    work.session.flush()
    tasks.settle(work, ANSWER, ref_of(row))
    tasks.cancel(work, DO, ref_of(row))
    _owe(work, row, DO, [row.owner_id], describe.DO)
    work.record("action:accept", ref_of(row), before=before, after={"owner": row.owner_id})
    return row


def decline(work: Work, action: str, *, reason: str) -> Action:
    """Decline to take an action over, with a reason; it stays with its owner."""
    row = _asked(work, action)
    reason = _text(reason, "reason")
    row.next_owner_id = None
    work.session.flush()
    tasks.settle(work, ANSWER, ref_of(row))
    work.record("action:decline", ref_of(row), after={"owner": row.owner_id}, why=reason)
    return row


def add_evidence(work: Work, action: str, *, text: str = "", file: Kept | None = None) -> ActionEvidence:
    """Add what shows that an action was done: words, a file in the vault, or both."""
    row = _acting(work, action)
    person = accounts.acting_person(work)
    text = text.strip()
    if not text and file is None:
        raise errors.ActionInvalid([Problem(N_("Write something or choose a file."), field="text")])
    if len(text) > _LONGEST:
        raise errors.ActionInvalid([_too_long("text", _LONGEST)])
    made = ActionEvidence(action_id=row.id, text=text, person_id=person.id, at=work.now)
    if file is not None:
        made.name, made.digest, made.size, made.type = file.name, file.digest, file.size, file.type
    work.session.add(made)
    work.session.flush()
    _owe(work, row, JUDGE, _judges(work, row), describe.JUDGE)
    work.record("action:evidence", ref_of(row), after={"text": text, "digest": made.digest})
    return made


def close(work: Work, action: str, *, outcome: str = "") -> Action:
    """Close an action on its evidence: who manages the department's actions, never its owner (R27)."""
    row = _locked(work, action)
    accounts.require(work, MANAGE, row.department)
    _refuse_ended(row)
    if row.owner_id == work.actor.person_id:
        raise errors.OwnerCloses(number=row.number)
    proof = select(ActionEvidence.id).where(ActionEvidence.action_id == row.id).limit(1)
    if work.session.scalar(proof) is None:
        raise errors.EvidenceNeeded(number=row.number)
    _end(work, row, State.CLOSED, outcome.strip())
    work.record("action:close", ref_of(row), after={"state": row.state.value}, why=row.outcome or None)
    return row


def cancel(work: Work, action: str, *, reason: str) -> Action:
    """End an action that is no longer needed, with a reason; number and history stay."""
    row = _locked(work, action)
    accounts.require(work, MANAGE, row.department)
    _refuse_ended(row)
    _end(work, row, State.CANCELLED, _text(reason, "reason"))
    work.record("action:cancel", ref_of(row), after={"state": row.state.value}, why=row.outcome)
    return row


def ref_of(row: Action) -> Ref:
    """The action as a Ref."""
    return Ref("action", row.number)


def _end(work: Work, row: Action, state: State, outcome: str) -> None:
    person = accounts.acting_person(work)
    row.state, row.outcome, row.next_owner_id = state, outcome, None
    row.ended_by_id, row.ended_at = person.id, work.now
    work.session.flush()
    done = tasks.settle if state is State.CLOSED else tasks.cancel
    done(work, DO, ref_of(row))
    done(work, JUDGE, ref_of(row))
    tasks.cancel(work, ANSWER, ref_of(row))


def _judges(work: Work, row: Action) -> list[int]:
    """Who is asked to look at the evidence: the heads of the department, else the quality managers."""
    heads = accounts.role_holders(work.session, "department-head", work.today, row.department)
    managers = accounts.role_holders(work.session, "quality-manager", work.today, row.department)
    others = [each for each in heads if each != row.owner_id]
    return others or [each for each in managers if each != row.owner_id]


def _owe(
    work: Work,
    row: Action,
    kind: str,
    people: list[int],
    subject: str,
    *,
    counted: Mapping[str, Any] | None = None,
) -> None:
    """A task on an action; what takes the place of another one is counted again as that one would be."""
    told = tasks.counted(work.session, DO, ref_of(row)) if counted is None else counted
    facts: dict[str, Any] = {"number": row.number, "title": row.title, **told}
    facts |= {tasks.SECRECY: row.secrecy, tasks.CIRCLE: row.circle, tasks.RIGHT: "actions:read"}
    tasks.owe(
        work, kind=kind, ref=ref_of(row), person_ids=people, subject=subject, facts=facts, due_on=row.due_on
    )


def move(work: Work, moved: Sequence[tasks.Moved]) -> None:
    """Actions are due when their tasks are, whose days were counted again."""
    for each in moved:
        if each.kind == DO:
            _locked(work, each.ref.key).due_on = each.after
    work.session.flush()


def _acting(work: Work, action: str) -> Action:
    """The open action for its owner or for who manages the department's actions."""
    row = _locked(work, action)
    owner = work.actor.person_id is not None and row.owner_id == work.actor.person_id
    if not owner and not work.rights.may(MANAGE, row.department):
        raise errors.NotTheOwner(number=row.number)
    _refuse_ended(row)
    return row


def _asked(work: Work, action: str) -> Action:
    row = _locked(work, action)
    if row.next_owner_id is None or row.next_owner_id != work.actor.person_id:
        raise errors.NotAskedToTakeOver(number=row.number)
    return row


def _locked(work: Work, action: str) -> Action:
    row = work.session.scalar(
        select(Action)
        .where(Action.number == action, visible(work.rights))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise errors.NoSuchAction(number=action)
    return row


def _refuse_ended(row: Action) -> None:
    if row.state is not State.OPEN:
        raise errors.ActionEnded(number=row.number)


def _refuse_blind(work: Work, person_id: int, action: str, secrecy: int, circle: str | None) -> None:
    if person_id not in accounts.cleared(work.session, int(secrecy), circle):
        name = accounts.person(work.session, person_id).name
        raise errors.OwnerMayNotSee(person=name, number=action)


def _refuse_faults(  # noqa: PLR0917 - each is one thing that was written
    work: Work, title: str, detail: str, due_on: date, secrecy: int, circle: str | None, *, declared: bool
) -> None:
    problems = []
    if not title:
        problems.append(Problem(N_("Fill this in."), field="title"))
    if len(title) > _LONGEST_TITLE:
        problems.append(_too_long("title", _LONGEST_TITLE))
    if len(detail) > _LONGEST:
        problems.append(_too_long("detail", _LONGEST))
    if due_on < work.today:
        problems.append(Problem(N_("The last day has passed already."), field="due_on"))
    outside = secrecy > work.rights.secrecy or (circle is not None and circle not in work.rights.circles)
    if outside and not declared:
        problems.append(
            Problem(N_("Choose a grade and a circle that you may see yourself."), field="secrecy")
        )
    if problems:
        raise errors.ActionInvalid(problems)


def _too_long(field: str, most: int) -> Problem:
    return Problem(N_("At most {most} characters."), field=field, facts={"most": most})


def _text(text: str, field: str) -> str:
    if not text.strip():
        raise errors.ActionInvalid([Problem(N_("Give a reason."), field=field)])
    return text.strip()
