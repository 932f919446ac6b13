"""Words for jobs: their states, and the entries they leave in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.jobs.schedule import State
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "job:retry": N_("{actor} let job {ref} run again."),
    "job:cancel": N_("{actor} cancelled job {ref}."),
    "job:die": N_("Job {ref} ({kind}) failed for good: {error}"),
}

STATES: Final[Mapping[State, str]] = {
    State.QUEUED: N_("waiting"),
    State.RUNNING: N_("running"),
    State.DONE: N_("done"),
    State.DEAD: N_("failed for good"),
    State.CANCELLED: N_("cancelled"),
}
SILENT: Final = N_("The worker fell silent on the last attempt.")
