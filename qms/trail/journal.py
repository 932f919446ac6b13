"""Appending to the trail, and reading it back: the one writer of `trail_entry` (law 3)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, Select, bindparam, insert, select, text, update

from qms.kernel.clock import iso
from qms.kernel.ports import Change
from qms.kernel.refs import Ref
from qms.kernel.work import ask
from qms.trail.canonical import canonical, commitment, new_salt
from qms.trail.clocks import CLOCK, step_change
from qms.trail.models import TrailEntry, TrailHead, TrailPersonal
from qms.trail.proof import TAG, body_digest, link

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from qms.kernel.errors import QmsError
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work, Works


ACTOR: Final = "actor"
REFUSALS: Final = ("operation:deny", "person:sign-in:refuse", "signature:refuse", "trail:refuse")
"""What was tried and refused, whoever tried it (TRL-16)."""
# Core statements, built once: the trail is the last thing each act waits for (TRL-14).
_ENTRIES, _PERSONAL, _HEAD = (
    model.metadata.tables[model.__tablename__] for model in (TrailEntry, TrailPersonal, TrailHead)
)
_LAST: Final = select(_ENTRIES.c.at).where(_ENTRIES.c.seq == bindparam("seq"))
_TIP: Final = select(_HEAD.c.seq, _HEAD.c.hash)
_LOCK: Final = select(_HEAD.c.seq, _HEAD.c.hash).with_for_update()
_WRITE: Final = insert(_ENTRIES)
_KEEP: Final = insert(_PERSONAL)
_NAMED: Final = select(TrailPersonal.seq, TrailPersonal.name, TrailPersonal.value).where(
    TrailPersonal.seq.in_(bindparam("seqs", expanding=True))
)
_SINCE: Final = (
    select(TrailEntry)
    .where(TrailEntry.seq > bindparam("seq"))
    .order_by(TrailEntry.seq)
    .limit(bindparam("most", type_=Integer))
)
_ABOUT: Final = (
    select(TrailEntry)
    .where(TrailEntry.ref.in_(bindparam("refs", expanding=True)))
    .order_by(TrailEntry.seq.desc())
    .limit(bindparam("most", type_=Integer))
)
_DONE_TO: Final = _ABOUT.where(TrailEntry.action.in_(bindparam("actions", expanding=True)))
_MOVE: Final = update(_HEAD).where(_HEAD.c.id == 1)


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One entry as a reader gets it; `personal` holds the values that have not been erased."""

    seq: int
    at: datetime
    actor: str
    action: str
    ref: Ref
    body: Mapping[str, Any]
    hash: str
    personal: Mapping[str, str | None]

    @property
    def actor_name(self) -> str:
        """The printed name of the actor, frozen when the entry was made; the lasting id once it is erased."""
        return str(self.body["actor"].get("name") or self.personal.get(ACTOR) or self.actor)

    @property
    def why(self) -> str | None:
        """The reason given, if any."""
        return self.body.get("why")

    @property
    def before(self) -> Mapping[str, Any]:
        """The values before."""
        return self.body.get("before") or {}

    @property
    def after(self) -> Mapping[str, Any]:
        """The values after."""
        return self.body.get("after") or {}


def append(work: Work, changes: Sequence[Change]) -> None:
    """Write the entries of one act as the last statements of its transaction (TRL-01).

    The head row is locked first, so that writers go one after another: no fork, no gap, and a
    rolled-back act leaves no number behind (TRL-04, TRL-05, TRL-06). Where the clock was moved since
    the entry before, an entry of its own says so first (TRL-07).
    """
    if not changes:
        return
    work.session.flush()
    connection = work.session.connection()
    head = connection.execute(_LOCK).one()
    seq, prev = int(head.seq), str(head.hash)
    last = connection.scalar(_LAST, {"seq": seq})
    step = step_change(last, work.now, work.leap)
    if step is not None:
        changes = (step, *changes)
    at = iso(work.now)
    entries: list[dict[str, Any]] = []
    personal: list[dict[str, Any]] = []
    for change in changes:
        seq += 1
        actor = CLOCK if change is step else work.actor
        kept = [_kept(seq, name, value) for name, value in sorted(_personal(actor, change).items())]
        body = canonical(_body(actor, at, change, kept))
        hashed = link(seq, prev, body_digest(body))
        entries.append(
            {
                "seq": seq,
                "tag": TAG,
                "at": work.now,
                "actor": actor.id,
                "action": change.action,
                "ref": str(change.ref),
                "body": body,
                "prev": prev,
                "hash": hashed,
            }
        )
        personal += kept
        prev = hashed
    connection.execute(_WRITE, entries)
    if personal:
        connection.execute(_KEEP, personal)
    connection.execute(_MOVE, {"seq": seq, "hash": prev})


def _personal(actor: Actor, change: Change) -> dict[str, str]:
    """The erasable values of an entry: those of the change, and the name of the person who acted (TRL-12)."""
    acted = {} if actor.person_id is None else {ACTOR: actor.name}
    return {**acted, **change.personal}


def _kept(seq: int, name: str, value: str) -> dict[str, Any]:
    return {"seq": seq, "name": name, "salt": new_salt(), "value": value}


def _body(actor: Actor, at: str, change: Change, kept: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    named = {"name": actor.name} if actor.person_id is None else {}
    body: dict[str, Any] = {
        "action": change.action,
        "actor": {"id": actor.id, **named},
        "at": at,
        "ref": str(change.ref),
    }
    told = {"before": change.before, "after": change.after, "why": change.why}
    body.update({key: value for key, value in told.items() if value is not None})
    if kept:
        body["personal"] = {one["name"]: commitment(one["salt"], one["name"], one["value"]) for one in kept}
    return body


def record_refusal(
    works: Works,
    actor: Actor,
    *,
    attempt: str,
    ref: Ref,
    refusal: QmsError,
    personal: Mapping[str, str] | None = None,
) -> None:
    """Journal a refused signing, failed sign-in or denied operation in a Work of its own (law 10).

    The edge calls this after the refused Work has rolled back (P11-300d, TRL-16). `attempt` is the
    tag of what was tried. The facts of the refusal stay out of the body, since they may be personal.
    """
    after = {"attempt": attempt, "refusal": refusal.code, "message": refusal.message}
    with works.writing(actor) as work:
        work.record("trail:refuse", ref, after=after, personal=personal)


def head(session: Session) -> tuple[int, str]:
    """The number and the hash of the last entry; (0, zeros) for an empty trail."""
    row = session.connection().execute(_TIP).one()
    return int(row.seq), str(row.hash)


def since(session: Session, seq: int, limit: int = 1000) -> list[TrailRow]:
    """The entries after `seq` in order; what a follower asks for (law 4)."""
    return rows(session, _SINCE, seq=seq, most=limit)


def before(session: Session, seq: int, count: int) -> list[TrailRow]:
    """The `count` entries that stand before one, in order: what the act that ended with it did."""
    query = select(TrailEntry).where(TrailEntry.seq < seq, TrailEntry.seq >= seq - count)
    return rows(session, query.order_by(TrailEntry.seq))


def history(
    session: Session,
    ref: Ref | Collection[Ref],
    limit: int = 100,
    *,
    actions: Collection[str] | None = None,
) -> list[TrailRow]:
    """The latest entries about a thing, or any of several, the newest first; of some actions, or all."""
    refs = [str(ref)] if isinstance(ref, Ref) else [str(one) for one in ref]
    if actions is None:
        return rows(session, _ABOUT, refs=refs, most=limit)
    return rows(session, _DONE_TO, refs=refs, actions=list(actions), most=limit)


def browse(
    session: Session,
    *,
    actor: str | None = None,
    action: str | None = None,
    kind: str | None = None,
    after: datetime | None = None,
    before: datetime | None = None,
    ref: str | None = None,
    refused: bool = False,
    below: int | None = None,
    limit: int = 100,
) -> list[TrailRow]:
    """The newest entries that fit the filter, for a page; `below` is the seq to go on from (TRL-15).

    `action` may end in `:` to mean every tag that begins so; `kind` is the kind of the ref, `ref` one
    of them whole; `refused` leaves only what was refused.
    """
    query = select(TrailEntry).order_by(TrailEntry.seq.desc()).limit(limit)
    if actor is not None:
        query = query.where(TrailEntry.actor == actor)
    if action is not None:
        exact = not action.endswith(":")
        query = query.where(
            TrailEntry.action == action if exact else TrailEntry.action.startswith(action, autoescape=True)
        )
    if kind is not None:
        query = query.where(TrailEntry.ref.startswith(f"{kind}:", autoescape=True))
    if ref is not None:
        query = query.where(TrailEntry.ref == ref)
    if refused:
        query = query.where(TrailEntry.action.in_(REFUSALS))
    if after is not None:
        query = query.where(TrailEntry.at >= after)
    if before is not None:
        query = query.where(TrailEntry.at < before)
    if below is not None:
        query = query.where(TrailEntry.seq < below)
    return rows(session, query)


def rows(session: Session, query: Select[TrailEntry], **given: object) -> list[TrailRow]:
    """The entries of a query as values, with their personal values in one more question."""
    found = ask(session, query, **given).all()
    personal: dict[int, dict[str, str | None]] = {}
    if found:
        for seq, name, value in ask(session, _NAMED, seqs=[entry.seq for entry in found]):
            personal.setdefault(seq, {})[name] = value
    return [
        TrailRow(
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            ref=Ref.parse(entry.ref),
            body=json.loads(entry.body),
            hash=entry.hash,
            personal=personal.get(entry.seq, {}),
        )
        for entry in found
    ]


def snapshot(session: Session) -> str:
    """The name by which another PostgreSQL connection can see exactly what this session sees."""
    return str(session.execute(text("SELECT pg_export_snapshot()")).scalar_one())
