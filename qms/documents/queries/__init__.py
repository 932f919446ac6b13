"""What can be asked of the register: every answer is bounded by the rights of who asks (law 11)."""

from qms.documents.operations.withdrawal import leaning_on
from qms.documents.queries.checking import Due, External, due_reviews, external_checks, externals, left_behind
from qms.documents.queries.comparing import Difference, difference
from qms.documents.queries.consequences import consequences
from qms.documents.queries.enacting import Happened, happened
from qms.documents.queries.finding import document, in_force, in_library, revision
from qms.documents.queries.keeping import StoredSource, entered, not_enacted, original
from qms.documents.queries.listing import (
    Filters,
    Listed,
    library,
    library_page,
    master_rows,
    my_drafts,
    timeline,
    unissued,
)
from qms.documents.queries.mapping import assignments, clause_matrix, links, parents, unmapped
from qms.documents.queries.reading import (
    Reader,
    acknowledged_on,
    acknowledgements,
    confirmed,
    has_acknowledged,
    outstanding,
)
from qms.documents.queries.sources import faults, pictures, source_of
from qms.documents.queries.standing import (
    Given,
    Waiting,
    clauses,
    comments,
    open_comments,
    periodic_reviews,
    references,
    signatures,
    waiting,
    withdrawal,
)
from qms.documents.queries.telling import hidden, is_about_documents
from qms.documents.queries.verifying import Verification, verification

__all__ = [
    "Difference",
    "Due",
    "External",
    "Filters",
    "Given",
    "Happened",
    "Listed",
    "Reader",
    "StoredSource",
    "Verification",
    "Waiting",
    "acknowledged_on",
    "acknowledgements",
    "assignments",
    "clause_matrix",
    "clauses",
    "comments",
    "confirmed",
    "consequences",
    "difference",
    "document",
    "due_reviews",
    "entered",
    "external_checks",
    "externals",
    "faults",
    "happened",
    "has_acknowledged",
    "hidden",
    "in_force",
    "in_library",
    "is_about_documents",
    "leaning_on",
    "left_behind",
    "library",
    "library_page",
    "links",
    "master_rows",
    "my_drafts",
    "not_enacted",
    "open_comments",
    "original",
    "outstanding",
    "parents",
    "periodic_reviews",
    "pictures",
    "references",
    "revision",
    "signatures",
    "source_of",
    "timeline",
    "unissued",
    "unmapped",
    "verification",
    "waiting",
    "withdrawal",
]
