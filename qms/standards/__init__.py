"""Standards as data: editions, clause numbers with our own titles, the matrix and its gaps (law 15)."""

from __future__ import annotations

from qms.standards.describe import SENTENCES
from qms.standards.errors import (
    ClauseMissing,
    EditionInvalid,
    EditionMissing,
    MayNotImportStandards,
    SameEdition,
)
from qms.standards.matrix import Assignment, Carried, ClauseRow, Gap, GapKind, Matrix, Row, carry, matrix
from qms.standards.models import Clause, ClauseLink, Edition, Status
from qms.standards.operations import IMPORT, load_edition, map_clause, shipped
from qms.standards.queries import (
    EditionView,
    Mapped,
    clauses,
    edition,
    editions,
    has_clause,
    links,
    mapped_from,
    mapping,
)
from qms.standards.source import EditionSource, read_edition

__all__ = [
    "IMPORT",
    "SENTENCES",
    "Assignment",
    "Carried",
    "Clause",
    "ClauseLink",
    "ClauseMissing",
    "ClauseRow",
    "Edition",
    "EditionInvalid",
    "EditionMissing",
    "EditionSource",
    "EditionView",
    "Gap",
    "GapKind",
    "Mapped",
    "Matrix",
    "MayNotImportStandards",
    "Row",
    "SameEdition",
    "Status",
    "carry",
    "clauses",
    "edition",
    "editions",
    "has_clause",
    "links",
    "load_edition",
    "map_clause",
    "mapped_from",
    "mapping",
    "matrix",
    "read_edition",
    "shipped",
]
