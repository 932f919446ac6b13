"""External documents: looked up at their source at planned intervals, each look on record (DOC-09)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from qms import calendar, tasks
from qms.documents import errors, rows
from qms.documents.currency import Currency, ExternalCheck
from qms.documents.operations.recurring import AHEAD, Recurring
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from qms.documents.models import Revision
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

EVERY: Final = "12 months"
LOOKS: Final = Recurring(
    ExternalCheck,
    "documents:external-check",
    N_("Look up whether {number} {label} is still the present edition: {title}"),
)


def plan(work: Work, revision: Revision, since: date, last: date = date.min) -> None:
    """Set the day of the next look at what comes from outside, counted from a day by what the head says."""
    declared = revision.head.get("external")
    if declared is not None:
        LOOKS.plan(work, revision, calendar.span(declared.get("check-every", EVERY)), since, last)


def record_external_check(
    work: Work, ref: Ref, outcome: Currency, *, edition: str = "", note: str = ""
) -> ExternalCheck:
    """Record what looking at the source has shown; a newer edition is named, and the next look planned.

    What has been replaced or is gone is looked at again within a month, until a revision or a
    withdrawal has followed.
    """
    revision = rows.lock(work, ref)
    person = rows.person_id(work)
    rows.allow(work, "documents:draft", revision.document.owner)
    opened = LOOKS.opened(work, revision)
    if opened is None:
        raise errors.ExternalCheckMissing(what=rows.name(revision))
    if outcome is Currency.REPLACED and not edition.strip():
        raise errors.EditionMissing
    opened.edition, opened.note, opened.person_id = edition.strip(), note.strip(), person
    opened.outcome, opened.done_at, opened.done_on = outcome, work.now, work.today
    work.session.flush()
    tasks.settle(work, LOOKS.kind, ref)
    if outcome is Currency.CURRENT:
        plan(work, revision, work.today, opened.due_on)
    else:
        LOOKS.set(work, revision, max(work.today, opened.due_on) + AHEAD)
    work.record(
        "document:external-check:record",
        ref,
        after={"due": opened.due_on.isoformat(), "outcome": outcome.value, "edition": opened.edition},
        why=opened.note or None,
    )
    return opened
