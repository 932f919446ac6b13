"""The entries that documents leave in the trail, as sentences (TRL-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "document:create": N_("{actor} took the number {number} for a new document of {owner}."),
    "document:hand-over": N_("{actor} handed {ref} over from {old_owner} to {owner}."),
    "document:periodic-review:conclude": N_(
        "{actor} concluded the periodic review of {ref} due on {due}: {outcome}. {why}"
    ),
    "document:external-check:record": N_(
        "{actor} looked up whether {ref} is the present edition, due on {due}: {outcome}. {why}"
    ),
    "document:revision:draft": N_("{actor} began {ref}: {reason}"),
    "document:revision:save": N_("{actor} changed the draft {ref}."),
    "document:revision:discard": N_("{actor} discarded the draft {ref}: {why}"),
    "document:revision:submit": N_("{actor} submitted {ref}, round {round}."),
    "document:revision:comment": N_("{actor} commented on {ref}: {text}"),
    "document:revision:resolve-comment": N_("{actor} closed a comment on {ref}: {resolution}"),
    "document:revision:review": N_("{actor} signed the review of {ref}."),
    "document:revision:approve": N_("{actor} signed the approval of {ref}."),
    "document:revision:close-approval": N_("{ref} is approved."),
    "document:revision:return": N_("{actor} returned {ref} to draft: {why}"),
    "document:revision:recall": N_("{actor} took {ref} back to draft: {why}"),
    "document:revision:release": N_("{actor} released {ref}, effective from {effective}."),
    "document:revision:issue": N_("{ref} was issued, effective from {effective}, {pages} pages."),
    "document:revision:fail-issue": N_("The issue of {ref} failed: {why}"),
    "document:revision:retry-issue": N_("{actor} ordered the issue of {ref} again."),
    "document:revision:enter-force": N_("{ref} entered into force on {on}."),
    "document:revision:leave-force": N_("{ref} left force on {on} ({ended_by})."),
    "document:revision:acknowledge": N_("{actor} acknowledged {ref}."),
    "document:revision:ask-withdrawal": N_("{actor} asked to withdraw {ref} on {on}: {why}"),
    "document:revision:withdrawal-review": N_("{actor} signed the review of the withdrawal of {ref}."),
    "document:revision:withdrawal-approve": N_("{actor} signed the approval of the withdrawal of {ref}."),
    "document:revision:cancel-withdrawal": N_("{actor} cancelled the withdrawal of {ref}: {why}"),
    "document:revision:withdraw": N_("{actor} withdrew {ref} as of {on}: {why}"),
}
