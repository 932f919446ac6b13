"""Pages: one file a slice, thin; each view opens a Work, calls one operation or some queries, and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.web import (
    accounts,
    actions,
    audits,
    box,
    changes,
    competence,
    complaints,
    documents,
    drafts,
    evidence,
    home,
    jobs,
    library,
    management_review,
    objectives,
    parties,
    records,
    registers,
    retention,
    risks,
    schedules,
    scores,
    search,
    standards,
    tasks,
    time_limits,
    trail_reviews,
    verification,
)
from qms.web.home import places

if TYPE_CHECKING:
    from flask import Blueprint

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (
    home.pages,
    accounts.pages,
    tasks.pages,
    time_limits.pages,
    documents.pages,
    library.pages,
    drafts.pages,
    actions.pages,
    objectives.pages,
    management_review.pages,
    scores.pages,
    complaints.pages,
    box.pages,
    changes.pages,
    competence.pages,
    parties.pages,
    schedules.pages,
    registers.pages,
    retention.pages,
    risks.pages,
    audits.pages,
    standards.pages,
    records.pages,
    search.pages,
    evidence.pages,
    verification.pages,
    trail_reviews.pages,  # the pages of the trail, with those of its reviews
    jobs.pages,
)

__all__ = ["BLUEPRINTS", "places"]
