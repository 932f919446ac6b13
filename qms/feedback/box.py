"""What anybody hands in without signing in: kept until somebody takes it on, and answered by its receipt.

Whoever takes it on is who was asked first (R53): it becomes a complaint, a record like any other, filed
in their name. Nobody is asked for a name here; the receipt alone leads back to the reply (CMP-05).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from qms import accounts, documents, records, rendering, tasks
from qms.feedback import errors, known
from qms.feedback.models import HandedIn
from qms.feedback.rules import BINDING, Matter
from qms.feedback.stages import Stage, stage
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from qms.kernel.settings import Settings
    from qms.kernel.work import Work
    from qms.records import Record

KIND: Final = "handed-in"
TASK: Final = "complaints:take"
SUBJECT: Final = N_("Take on what was handed in without signing in")
MATTERS: Final = (Matter.COMPLAINT, Matter.SUGGESTION, Matter.OPINION)
LONGEST: Final = 4000
AN_HOUR: Final = 60
_SITE: Final = "site"
_RECEIPT: Final = 10
_HOUR: Final = timedelta(hours=1)
_TELLING: Final = frozenset({Stage.CLOSING, Stage.CLOSED})


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing that waits to be taken on."""

    id: int
    matter: Matter
    content: str
    demand: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receipt tells: the stage, None before it was taken on, and once it was given the reply."""

    matter: Matter
    received_at: datetime
    stage: Stage | None
    replies: tuple[str, ...]
    remedies: tuple[str, ...]


def is_open(settings: Settings) -> bool:
    """Whether the organisation lets people hand in without signing in: a form and a post to ask."""
    return bool(settings.box_form and settings.box_post)


def hand_in(work: Work, *, matter: str, content: str, demand: str) -> str:
    """Keep what was handed in and ask the holders of the post; gives the receipt, which is kept nowhere.

    At most so many an hour are taken from everybody together, so that nobody buries the others.
    """
    _refuse_closed(work)
    _refuse_wrong(matter, content, demand)
    holders = accounts.post_holders(work.session, work.settings.box_post, work.today)
    if not holders:
        raise errors.BoxUnattended
    query = select(func.count(HandedIn.id)).where(HandedIn.received_at > work.now - _HOUR)
    if (work.session.scalar(query) or 0) >= AN_HOUR:
        raise errors.BoxBusy(minutes=int(_HOUR.total_seconds() // 60))
    receipt = rendering.short_code(secrets.token_bytes(_RECEIPT))
    row = HandedIn(
        receipt=_digest(receipt),
        matter=Matter(matter),
        content=content.strip(),
        demand=demand.strip(),
        received_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    ref = Ref(KIND, str(row.id))
    work.record("complaint:hand-in", ref, after={"matter": row.matter.value})
    tasks.owe(
        work,
        kind=TASK,
        ref=ref,
        person_ids=holders,
        subject=SUBJECT,
        facts={},
    )
    return receipt


def waiting(work: Work) -> list[Letter]:
    """What waits to be taken on, the oldest first, to who is asked for it; to nobody else."""
    if not is_open(work.settings) or not _is_asked(work):
        return []
    query = select(HandedIn).where(HandedIn.content != "").order_by(HandedIn.id)
    rows = [row for row in work.session.scalars(query) if _record(work, row.id) is None]
    return [Letter(row.id, row.matter, row.content, row.demand, row.received_at) for row in rows]


def take(work: Work, letter_id: int) -> Record:
    """Begin the record of what was handed in, in the name of who takes it on (R53).

    It waits no longer from then on; a draft that is given up lets it wait again.
    """
    _refuse_closed(work)
    if not _is_asked(work):
        raise errors.BoxNotYours(post=work.settings.box_post)
    row = work.session.get(HandedIn, letter_id, with_for_update=True)
    if row is None:
        raise errors.NothingHandedIn
    if not row.content or _record(work, row.id) is not None:
        raise errors.TakenOnAlready
    form = work.settings.box_form
    revision = records.form_in_force(work, form)
    head = documents.known(work.session, documents.ref_of(revision)).head
    return records.begin(work, form, values=_values(row, head), origin=Ref(KIND, str(row.id)))


def settled(work: Work, origin: Ref) -> None:
    """It is filed as a record: nothing of what was written is kept beside it (one truth)."""
    row = work.session.get(HandedIn, int(origin.key))
    if row is not None:
        row.content = row.demand = ""
        tasks.cancel(work, TASK, origin)
        work.session.flush()


def answer(work: Work, receipt: str) -> Answer:
    """How far it has come, by its receipt alone; the reply from when it was given (CMP-04)."""
    code = rendering.parsed_code(receipt)
    query = select(HandedIn).where(HandedIn.receipt == _digest(code or ""))
    row = work.session.scalar(query) if is_open(work.settings) else None
    if row is None:
        raise errors.NoSuchReceipt
    record = _record(work, row.id)
    case = None if record is None else known.complaint(work.session, record.id)
    if record is None or case is None:
        return Answer(row.matter, row.received_at, None, (), ())
    told: dict[str, tuple[str, ...]] = {"replies": (), "remedies": ()}
    at = stage(case)
    if at in _TELLING:
        bound = BINDING.read(documents.known(work.session, Ref.parse(case.revision)).head)
        values = records.values(work, record)
        told = {part: tuple(map(str, bound.every(values, part))) if bound else () for part in told}
    return Answer(row.matter, row.received_at, at, told["replies"], told["remedies"])


def _refuse_closed(work: Work) -> None:
    if not is_open(work.settings):
        raise errors.BoxClosed


def _refuse_wrong(matter: str, content: str, demand: str) -> None:
    problems = []
    if matter not in MATTERS:
        problems.append(
            Problem(N_("Choose one of {choices}."), field="matter", facts={"choices": ", ".join(MATTERS)})
        )
    if not content.strip():
        problems.append(Problem(N_("Fill this in."), field="content"))
    for field, text in (("content", content), ("demand", demand)):
        if len(text) > LONGEST:
            text_of = N_("Write at most {most} characters.")
            problems.append(Problem(text_of, field=field, facts={"most": LONGEST}))
    if problems:
        raise Invalid(problems)


def _is_asked(work: Work) -> bool:
    """Whether who acts holds the post, or stands in for who holds it (R27)."""
    person = work.actor.person_id
    if person is None:
        return False
    asked = set(accounts.post_holders(work.session, work.settings.box_post, work.today))
    return not asked.isdisjoint({person, *accounts.acting_for(work.session, person, work.today)})


def _record(work: Work, letter_id: int) -> Record | None:
    origin = str(Ref(KIND, str(letter_id)))
    return work.session.scalar(select(records.Record).where(records.Record.origin == origin))


def _values(row: HandedIn, head: Mapping[str, Any]) -> dict[str, Any]:
    """What is known already, for the fields that the form binds."""
    bound = BINDING.read(head)
    if bound is None:
        raise errors.BoxFormUnfit(form=head["number"])
    told = {
        "matter": row.matter.value,
        "received": row.received_at.isoformat(),
        "content": row.content,
        "demand": row.demand,
    }
    values = {bound.one[part]: text for part, text in told.items() if text and part in bound.one}
    (channel,) = [each for each in head["fields"] if each.get("id") == bound.one["channel"]]
    if any(each["value"] == _SITE for each in channel.get("options", ())):
        values[channel["id"]] = _SITE
    return values


def _digest(receipt: str) -> str:
    return sha256(receipt.encode()).hexdigest()
