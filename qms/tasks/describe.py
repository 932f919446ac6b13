"""The entries that tasks leave in the trail, as sentences (TRL-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "task:owe": N_("A task on {ref} was given ({kind}), due on: {due}."),
    "task:settle": N_("A task on {ref} is done ({kind})."),
    "task:cancel": N_("A task on {ref} is no longer owed ({kind})."),
    "task:recount": N_("The holidays are known: a task on {ref} is due on {due} ({kind})."),
    "task:chase": N_("A task on {ref} was chased: {step}."),
}
