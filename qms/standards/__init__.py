"""Standards as data: editions, clause numbers with our own titles, the matrix and its gaps (law 15)."""

from __future__ import annotations

from qms.standards.describe import SENTENCES
from qms.standards.errors import EditionInvalid, EditionMissing, MayNotImportStandards
from qms.standards.matrix import Assignment, Carried, ClauseRow, Gap, GapKind, Matrix, Row, carry, matrix
from qms.standards.models import Clause, ClauseLink, Edition, Status
from qms.standards.operations import load_edition, shipped
from qms.standards.queries import EditionView, clauses, edition, editions, has_clause, links
from qms.standards.source import EditionSource, read_edition

__all__ = [
    "SENTENCES",
    "Assignment",
    "Carried",
    "Clause",
    "ClauseLink",
    "ClauseRow",
    "Edition",
    "EditionInvalid",
    "EditionMissing",
    "EditionSource",
    "EditionView",
    "Gap",
    "GapKind",
    "Matrix",
    "MayNotImportStandards",
    "Row",
    "Status",
    "carry",
    "clauses",
    "edition",
    "editions",
    "has_clause",
    "links",
    "load_edition",
    "matrix",
    "read_edition",
    "shipped",
]
