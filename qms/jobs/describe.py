"""Sentences for the entries that jobs leave in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "job:retry": N_("{actor} let job {ref} run again."),
    "job:cancel": N_("{actor} cancelled job {ref}."),
    "job:die": N_("Job {ref} ({kind}) failed for good: {error}"),
}
