"""Words for what a change touches, and the entries its list leaves in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.impact.lines import Kind, Verdict
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "impact:freeze": N_("The impact list of {ref} was drawn up: {count} line(s) to conclude."),
    "impact:conclude": N_("{actor} concluded {count} line(s) of the impact list of {ref}: {verdict}."),
}
KINDS: Final[Mapping[Kind, str]] = {
    Kind.CITES_CHANGED: N_("cites a clause that changes"),
    Kind.BELOW: N_("stands below it"),
    Kind.LEANS: N_("refers to it"),
    Kind.FORM: N_("form with open records"),
    Kind.SCHEDULE: N_("schedule running"),
    Kind.LANGUAGE: N_("other language, to be looked at"),
    Kind.REQUEST: N_("request for change open"),
}
VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.TOGETHER: N_("done together with this change"),
    Verdict.NONE: N_("nothing to do"),
    Verdict.LATER: N_("done later"),
}
TASK: Final = N_("Conclude what the change of {number} {label} touches: {title}")
LATER: Final = N_("Look at {what} after the change of {number} {label}")
