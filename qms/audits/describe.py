"""Words for audits and findings, and the entries they leave in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.audits.rules import CONFORMING, FINDING_SEEN, NOT_CHECKED
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "audit:report": N_("The audit {ref} was reported with {answers} answers."),
    "audit:deliver": N_("The report of {ref} was delivered to {count} recipient(s)."),
    "audit:receive": N_("{actor} confirmed the report of {ref}."),
    "finding:spread": N_("The common problem of {ref} is looked for in {department} by {action}."),
}
REPORT: Final = N_("Confirm that the report of {audit} has arrived")
SPREAD: Final = N_("Look whether the problem of {finding} is here too, and put it right")
RESULTS: Final[Mapping[str, str]] = {
    CONFORMING: N_("conforming"),
    FINDING_SEEN: N_("finding"),
    NOT_CHECKED: N_("not looked at"),
}
MODES: Final[Mapping[str, str]] = {
    "off-site": N_("off-site"),
    "on-site": N_("on-site"),
    "unannounced": N_("unannounced"),
    "secret": N_("mystery"),
}
