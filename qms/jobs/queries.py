"""What pages and the command line show of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from qms.jobs.errors import JobMissing
from qms.jobs.models import Job
from qms.jobs.schedule import State

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as a page shows it."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    state: State
    not_before: datetime
    attempts: int
    worker: str | None
    leased_until: datetime | None
    progress: str
    done: int
    total: int
    error: str | None
    result: Mapping[str, Any] | None
    created_at: datetime
    created_by: str
    started_at: datetime | None
    ended_at: datetime | None


def listing(
    session: Session,
    states: Collection[State] | None = None,
    *,
    kind: str | None = None,
    below: int | None = None,
    limit: int = 100,
) -> list[JobView]:
    """The newest jobs, of some states or a kind where asked; `below` is the id to go on from."""
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    if states is not None:
        query = query.where(Job.state.in_(states))
    if kind is not None:
        query = query.where(Job.kind == kind)
    if below is not None:
        query = query.where(Job.id < below)
    return [_view(job) for job in session.scalars(query)]


def job(session: Session, job_id: int) -> JobView:
    """One job; refused when there is none of this number."""
    found = session.get(Job, job_id)
    if found is None:
        raise JobMissing(id=job_id)
    return _view(found)


def latest(session: Session, kind: str, key: str) -> JobView | None:
    """The newest job of a kind and key: how a page tells 'being issued' from 'failed, and why'."""
    query = select(Job).where(Job.kind == kind, Job.key == key).order_by(Job.id.desc()).limit(1)
    found = session.scalar(query)
    return _view(found) if found else None


def counts(session: Session) -> dict[State, int]:
    """How many jobs stand in each state."""
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
    found = {state: count for state, count in rows}  # noqa: C416 - rows are no pairs to mypy
    return {state: found.get(state, 0) for state in State}


def waiting_since(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest job that is due has waited; None where nothing waits."""
    due = select(func.min(Job.not_before)).where(Job.state == State.QUEUED, Job.not_before <= now)
    return session.scalar(due)


def _view(row: Job) -> JobView:
    return JobView(**{name: getattr(row, name) for name in JobView.__dataclass_fields__})
