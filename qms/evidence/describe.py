"""Sentences for the entries that evidence leaves in the trail (TRL-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "evidence:request": N_("{actor} asked for evidence {ref}: {purpose}"),
    "evidence:approve": N_("{actor} approved the request for evidence {ref}."),
    "evidence:reject": N_("{actor} rejected the request for evidence {ref}: {why}"),
    "evidence:freeze": N_("What {ref} holds was gathered after trail entry {head}."),
    "evidence:build": N_("The bundle {ref} with {files} files was made."),
    "evidence:fail": N_("The bundle {ref} could not be made: {failure}"),
    "evidence:retry": N_("{actor} had the bundle {ref} made again."),
    "evidence:hand-over": N_("{actor} handed the bundle {ref} over to its receiver."),
}
