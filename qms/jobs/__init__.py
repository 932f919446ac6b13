"""Jobs: long work outside transactions, held under leases, tried again, dead letters kept (law 2)."""

from __future__ import annotations

from qms.jobs.describe import SENTENCES, STATES
from qms.jobs.errors import (
    JobAlreadyOpen,
    JobEnded,
    JobMissing,
    JobStillOpen,
    LeaseLost,
    MayNotManageJobs,
)
from qms.jobs.models import Job
from qms.jobs.operations import Claim, cancel, claim, enqueue, fail, finish, refuse, report, retry
from qms.jobs.queries import JobView, counts, job, latest, listing, waiting_since
from qms.jobs.schedule import LEASE, MAX_ATTEMPTS, State, back_off

__all__ = [
    "LEASE",
    "MAX_ATTEMPTS",
    "SENTENCES",
    "STATES",
    "Claim",
    "Job",
    "JobAlreadyOpen",
    "JobEnded",
    "JobMissing",
    "JobStillOpen",
    "JobView",
    "LeaseLost",
    "MayNotManageJobs",
    "State",
    "back_off",
    "cancel",
    "claim",
    "counts",
    "enqueue",
    "fail",
    "finish",
    "job",
    "latest",
    "listing",
    "refuse",
    "report",
    "retry",
    "waiting_since",
]
