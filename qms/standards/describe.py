"""Sentences for the entries that standards leave in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "standards:map": N_("{actor} mapped clause {clause} of {other} to {targets} of {ref}."),
    "standards:load": N_("{actor} loaded the edition {ref} with {clauses} clauses."),
}
