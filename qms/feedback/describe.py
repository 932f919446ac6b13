"""What is said of complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.feedback.rules import Matter, Verdict, View, Weight
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
SENTENCES: Final[Mapping[str, str]] = {
    "complaint:acknowledge": N_("{ref} was acknowledged with its number on {form}, filed by {actor}."),
}
