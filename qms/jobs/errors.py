"""What the jobs refuse, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Missing


class JobMissing(Missing):
    """No job has this number."""

    message = "There is no job {id}."


class LeaseLost(Conflict):
    """The worker no longer holds the job: it was cancelled, or another worker took it over."""

    message = "Job {id} is no longer held by this worker; nothing of this attempt counts."


class JobStillOpen(Conflict):
    """Only a dead or cancelled job can be run again."""

    message = "Job {id} is {state}; only a dead or cancelled job can run again."


class JobAlreadyOpen(Conflict):
    """Another job of the same kind and key is already waiting or running."""

    message = "Job {other} already does the same as job {id}."


class JobEnded(Conflict):
    """A job that has ended cannot be cancelled."""

    message = "Job {id} is {state} and cannot be cancelled."


class MayNotManageJobs(Forbidden):
    """Running again and cancelling need their own permission."""

    message = "You may not manage background jobs."
