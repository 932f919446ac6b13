"""Words for control points, and the entries they leave in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_
from qms.risks.models import State

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "control-point:check": N_("The record {ref} checked the control point {point}."),
    "control-point:void": N_("The record {ref} no longer counts as a check of {point}."),
    "control-warning:open": N_("The record {ref} gave a warning at {point}, to be treated by {due}."),
    "control-warning:treat": N_("{actor} treated the warning that {ref} gave at {point}."),
    "control-warning:report": N_("{actor} reported what was done on the warning that {ref} gave at {point}."),
    "control-warning:void": N_("The warning that {ref} gave at {point} no longer stands."),
}
STATES: Final[Mapping[State, str]] = {
    State.OPEN: N_("to be treated"),
    State.TREATED: N_("to be reported"),
    State.REPORTED: N_("reported"),
    State.VOID: N_("no longer stands"),
}
KINDS: Final[Mapping[str, str]] = {
    "time": N_("Time point"),
    "review": N_("Review point"),
    "cost": N_("Cost point"),
    "plan": N_("Plan point"),
    "client-service": N_("Client service point"),
    "risk": N_("Risk point"),
}
TASK: Final = N_("Treat and report the warning at {point} ({record})")
TOLD: Final = N_("A warning at “{point}” ({document}) was treated")
TOLD_BODY: Final = N_(
    "The warning at “{point}” of {document} was treated and reported; look at it under control points."
)
BEGINS: Final = N_("The control point “{point}” begins; {record} records its checks.")
CHANGES: Final = N_("The control point “{point}” changes; {record} records its checks.")
ENDS: Final = N_("The control point “{point}” ends; its checks stay.")
