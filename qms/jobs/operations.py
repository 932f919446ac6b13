"""The verbs of jobs: enqueue, claim, report, finish, fail, retry, cancel.

Only what a person decides, and a job's death, is an entry of the trail: the act that causes a job
has its own entry, and so has what the job brings about.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from qms.jobs.describe import SILENT, STATES
from qms.jobs.errors import (
    JobAlreadyOpen,
    JobEnded,
    JobMissing,
    JobStillOpen,
    LeaseLost,
    MayNotManageJobs,
)
from qms.jobs.models import Job
from qms.jobs.schedule import FARTHEST, LEASE, OPEN, State, after_failure, used_up
from qms.kernel.labels import Phrase
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Actor
    from qms.kernel.work import Work, Works

MANAGE: Final = "jobs:manage"
_ERROR_LENGTH: Final = 4000


@dataclass(frozen=True, slots=True)
class Claim:
    """A job held by a worker until `leased_until`; `token` proves it."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    attempt: int
    token: str
    leased_until: datetime
    created_by: str


def enqueue(
    work: Work, kind: str, key: str, payload: Mapping[str, Any], not_before: datetime | None = None
) -> Job:
    """Write a job in the transaction of the act; an open job of this kind and key is given back instead.

    So asking twice is asking once, also from two processes at the same moment (REL-05).
    """
    values = {
        "kind": kind,
        "key": key,
        "payload": dict(payload),
        "state": State.QUEUED,
        "not_before": not_before or work.now,
        "attempts": 0,
        "progress": "",
        "done": 0,
        "total": 0,
        "created_at": work.now,
        "created_by": work.actor.id,
    }
    session = work.session
    sqlite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite_insert if sqlite else postgresql_insert)(Job).values(values)
    while True:
        session.execute(insert.on_conflict_do_nothing())
        job = session.scalar(select(Job).where(Job.kind == kind, Job.key == key, Job.state.in_(OPEN)))
        if job is not None:  # None: the job that stood in the way has just ended, so ask again
            return job


def claim(
    works: Works,
    actor: Actor,
    kinds: Collection[str],
    lease: timedelta = LEASE,
    died: Callable[[Work, Job], None] | None = None,
) -> Claim | None:
    """Take the job that has waited longest and hold it for the lease; None where nothing is due.

    Two workers never hold one job at once: the row is locked (`SKIP LOCKED`) or the whole database
    is (SQLite). A job whose worker fell silent is taken over; one that has used up its attempts so
    is dead, and `died` is told in the transaction of its death.
    """
    with works.reading(actor) as work:
        if work.session.scalar(select(Job.id).where(_due(work.now, kinds)).limit(1)) is None:
            return None
    while True:
        with works.writing(actor) as work:
            due = select(Job).where(_due(work.now, kinds)).order_by(Job.not_before, Job.id).limit(1)
            job = work.session.scalar(due.with_for_update(skip_locked=True))
            if job is None:
                return None
            if not used_up(job.state, job.attempts):
                return _take(job, work, lease)
            _die(work, job, job.error or SILENT)
            if died is not None:
                died(work, job)


def _due(now: datetime, kinds: Collection[str]) -> ColumnElement[bool]:
    waiting = and_(Job.state == State.QUEUED, Job.not_before <= now)
    ended = or_(Job.leased_until <= now, Job.leased_until > now + FARTHEST)
    left = and_(Job.state == State.RUNNING, ended)
    return and_(Job.kind.in_(kinds), or_(waiting, left))


def _take(job: Job, work: Work, lease: timedelta) -> Claim:
    job.state = State.RUNNING
    job.attempts += 1
    job.token = secrets.token_hex(16)
    job.worker = work.actor.id
    job.leased_until = work.now + lease
    job.started_at = work.now
    job.progress, job.done, job.total = "", 0, 0
    return Claim(
        id=job.id,
        kind=job.kind,
        key=job.key,
        payload=job.payload,
        attempt=job.attempts,
        token=job.token,
        leased_until=job.leased_until,
        created_by=job.created_by,
    )


def _held(session: Session, held: Claim) -> Job:
    """The locked row of a job that this claim still holds; refused when it does not."""
    job = session.scalar(
        select(Job).where(Job.id == held.id).with_for_update().execution_options(populate_existing=True)
    )
    if job is None or job.token != held.token:
        raise LeaseLost(id=held.id)
    return job


def report(
    work: Work, held: Claim, text: str, *, done: int = 0, total: int = 0, lease: timedelta = LEASE
) -> None:
    """Say how far the job is, and hold it for another lease."""
    job = _held(work.session, held)
    job.progress, job.done, job.total = text, done, total
    job.leased_until = work.now + lease


def finish(work: Work, held: Claim, result: Mapping[str, Any] | None = None) -> None:
    """End the job in the very transaction that decides what it brought about (law 2).

    A worker that lost its lease is refused, and its whole transaction with it: whatever is done at
    least once is decided exactly once.
    """
    job = _held(work.session, held)
    _end(job, State.DONE, work.now)
    job.error = None
    job.result = None if result is None else dict(result)


def fail(work: Work, held: Claim, error: str) -> State:
    """Note a failed attempt: it is tried again later, or the job is dead after the last one."""
    job = _held(work.session, held)
    state, later = after_failure(job.attempts, work.now, job.key)
    if state is State.DEAD:
        _die(work, job, error)
    else:
        job.state, job.not_before = state, later
        job.token = job.leased_until = job.worker = None
        job.error = error[:_ERROR_LENGTH]
    return state


def refuse(work: Work, held: Claim, error: str) -> None:
    """End a job that cannot succeed however often it is tried: its input is refused."""
    _die(work, _held(work.session, held), error)


def _die(work: Work, job: Job, error: str) -> None:
    _end(job, State.DEAD, work.now)
    job.error = error[:_ERROR_LENGTH]
    after = {"kind": job.kind, "key": job.key, "attempts": job.attempts, "error": job.error}
    work.record("job:die", Ref("job", str(job.id)), after=after)


def _end(job: Job, state: State, now: datetime) -> None:
    job.state = state
    job.ended_at = now
    job.token = job.leased_until = job.worker = None


def retry(work: Work, job_id: int, why: str | None = None) -> Job:
    """Let a dead or cancelled job run again from its first attempt."""
    job = _managed(work, job_id)
    if job.state not in {State.DEAD, State.CANCELLED}:
        raise JobStillOpen(id=job_id, state=Phrase(STATES[job.state]))
    same = select(Job.id).where(Job.kind == job.kind, Job.key == job.key, Job.state.in_(OPEN))
    if other := work.session.scalar(same):
        raise JobAlreadyOpen(id=job_id, other=other)
    before = {"state": job.state.value, "attempts": job.attempts}
    job.state, job.attempts, job.not_before, job.ended_at = State.QUEUED, 0, work.now, None
    work.record("job:retry", Ref("job", str(job_id)), before=before, after={"state": State.QUEUED}, why=why)
    return job


def cancel(work: Work, job_id: int, why: str | None = None) -> Job:
    """End an open job; a worker that runs it learns so when it reports or wants to finish."""
    job = _managed(work, job_id)
    if job.state not in OPEN:
        raise JobEnded(id=job_id, state=Phrase(STATES[job.state]))
    before = {"state": job.state.value, "attempts": job.attempts}
    _end(job, State.CANCELLED, work.now)
    work.record(
        "job:cancel", Ref("job", str(job_id)), before=before, after={"state": State.CANCELLED}, why=why
    )
    return job


def _managed(work: Work, job_id: int) -> Job:
    if not work.rights.may(MANAGE):
        raise MayNotManageJobs
    job = work.session.scalar(select(Job).where(Job.id == job_id).with_for_update())
    if job is None:
        raise JobMissing(id=job_id)
    return job
