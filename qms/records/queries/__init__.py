"""Looks at records; what somebody may not see does not exist."""

from qms.records.queries.answering import amendable, givable
from qms.records.queries.coming import Source, asking, source
from qms.records.queries.ending import Ending, SentBack, ending, sent_back
from qms.records.queries.keeping import hidden, is_about_records, unseen
from qms.records.queries.listing import Filters, Row, drafts, fillable, listing
from qms.records.queries.showing import (
    Act,
    Standing,
    Walked,
    amendments,
    brought,
    file,
    files,
    may,
    opening,
    openings,
    record_of,
    signatures,
    steps,
    versions,
)

__all__ = [
    "Act",
    "Ending",
    "Filters",
    "Row",
    "SentBack",
    "Source",
    "Standing",
    "Walked",
    "amendable",
    "amendments",
    "asking",
    "brought",
    "drafts",
    "ending",
    "file",
    "files",
    "fillable",
    "givable",
    "hidden",
    "is_about_records",
    "listing",
    "may",
    "opening",
    "openings",
    "record_of",
    "sent_back",
    "signatures",
    "source",
    "steps",
    "unseen",
    "versions",
]
