"""What is said of complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.feedback.inspection import Demand
from qms.feedback.rules import Matter, Verdict, View, Weight
from qms.feedback.stages import Stage
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

MATTERS: Final[Mapping[Matter, str]] = {
    Matter.COMPLAINT: N_("Complaint"),
    Matter.SUGGESTION: N_("Suggestion"),
    Matter.OPINION: N_("Opinion"),
    Matter.REPAIR: N_("Repair request"),
    Matter.REPORT: N_("Denunciation"),
}
WEIGHTS: Final[Mapping[Weight, str]] = {
    Weight.ORDINARY: N_("ordinary"),
    Weight.MAJOR: N_("grave"),
}
FINDINGS: Final[Mapping[Verdict, str]] = {
    Verdict.JUSTIFIED: N_("justified"),
    Verdict.PARTLY: N_("partly justified"),
    Verdict.UNJUSTIFIED: N_("not justified"),
    Verdict.UNCLEAR: N_("cannot be determined"),
}
VIEWS: Final[Mapping[View, str]] = {
    View.SATISFIED: N_("satisfied"),
    View.BASICALLY: N_("basically satisfied"),
    View.DISSATISFIED: N_("dissatisfied"),
    View.NONE: N_("not obtained"),
}
STAGES: Final[Mapping[Stage, str]] = {
    Stage.HANDING_OVER: N_("to be taken over"),
    Stage.GRADING: N_("to be graded"),
    Stage.INVESTIGATING: N_("under investigation"),
    Stage.ANSWERING: N_("to be answered"),
    Stage.CLOSING: N_("to be closed"),
    Stage.CLOSED: N_("closed"),
    Stage.CANCELLED: N_("cancelled"),
    Stage.DISPOSED: N_("disposed of"),
}
DEMANDS: Final[Mapping[Demand, str]] = {
    Demand.ACKNOWLEDGED: N_("acknowledged on the day it came"),
    Demand.ACCEPTED: N_("handed over with acceptance"),
    Demand.IN_TIME: N_("every limit kept so far"),
    Demand.ANSWERED: N_("answered before the close"),
    Demand.ASKED: N_("view of the giver obtained"),
    Demand.SATISFIED: N_("giver satisfied, or basically so"),
    Demand.CAUSE: N_("cause known"),
}
SENTENCES: Final[Mapping[str, str]] = {
    "complaint:hand-in": N_("A {matter} was handed in without signing in: {ref}."),
    "complaint:acknowledge": N_("{ref} was acknowledged with its number on {form}, filed by {actor}."),
}
