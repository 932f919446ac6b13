"""Words for competence, and the entries it leaves in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "competence:require": N_("{actor} set the required competence {ref}."),
    "competence:end-requirement": N_("{actor} ended the required competence {ref}."),
    "competence:evidence": N_("{actor} recorded evidence of competence of {ref}."),
    "competence:verify": N_("{actor} verified evidence of competence of {ref}."),
    "competence:withdraw": N_("{actor} withdrew evidence of competence of {ref}."),
    "competence:need": N_("Needs for training about {ref} arose."),
    "competence:meet": N_("Needs for training about {ref} are met."),
    "competence:drop": N_("Needs for training about {ref} are no longer there."),
    "competence:expiring": N_("Evidence of competence of {ref} runs out on: {until}."),
    "quiz:attempt": N_("{actor} answered the quiz of {ref}: {score} %."),
    "quiz:grant": N_("{actor} let somebody try the quiz of {ref} again."),
}
TRAIN: Final = N_("Be trained in {number} {label}: {title}")
SHOW: Final = N_("Show evidence of: {title}")
RENEW: Final = N_("Evidence runs out: {title}")
VERIFY: Final = N_("Verify evidence of {person}: {title}")
FAILED: Final = N_("{person} did not pass the quiz of {number} {label}; decide how to go on")
