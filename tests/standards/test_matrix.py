"""The clause matrix and its gaps both ways (DOC-15, E26-01)."""

from __future__ import annotations

import pytest

from qms.standards import Assignment, ClauseRow, Gap, GapKind, carry, matrix
from qms.standards.matrix import GAPS, above, parent_of

CLAUSES = [
    ClauseRow("1", requirement=False),
    ClauseRow("7"),
    ClauseRow("7.5"),
    ClauseRow("7.5.1"),
    ClauseRow("7.5.2"),
    ClauseRow("8"),
    ClauseRow("8.3"),
]
WHOLE = [
    Assignment("CP-12", ("7.5",), ("FM-12-01",)),
    Assignment("CP-08", ("8.3",), ("FM-08-01", "FM-08-02")),
]


def test_a_whole_matrix_has_no_gap() -> None:
    """A clause answers those below it; naming all parts answers the whole."""
    made = matrix(CLAUSES, WHOLE)
    assert made.gaps == ()
    rows = {row.clause.number: row for row in made.rows}
    assert [row.clause.number for row in made.rows] == [clause.number for clause in CLAUSES]
    assert (rows["7.5"].documents, rows["7.5"].inherited) == (("CP-12",), ())
    assert (rows["7.5.2"].documents, rows["7.5.2"].inherited) == ((), ("CP-12",))
    assert rows["7.5.2"].records == ("FM-12-01",)
    assert rows["8.3"].records == ("FM-08-01", "FM-08-02")
    assert rows["8"].documents == ()


def test_a_document_named_twice_over_is_shown_once() -> None:
    """What names the clause itself is not shown as inherited too."""
    made = matrix(CLAUSES, [*WHOLE, Assignment("CP-12", ("7.5.1",)), Assignment("AB-01", ("7.5.1",), ("R",))])
    row = made.rows[3]
    assert (row.documents, row.inherited, row.records) == (("AB-01", "CP-12"), (), ("FM-12-01", "R"))


@pytest.mark.parametrize(
    ("assignments", "exclusions", "gap"),
    [
        (WHOLE[:1], {}, Gap(GapKind.CLAUSE_WITHOUT_DOCUMENT, clause="8.3")),
        (
            [*WHOLE[:1], Assignment("CP-08", ("8.3",))],
            {},
            Gap(GapKind.CLAUSE_WITHOUT_RECORD, clause="8.3"),
        ),
        ([*WHOLE, Assignment("CP-09")], {}, Gap(GapKind.DOCUMENT_WITHOUT_CLAUSE, document="CP-09")),
        (
            [*WHOLE, Assignment("CP-09", ("9.9",))],
            {},
            Gap(GapKind.UNKNOWN_CLAUSE, clause="9.9", document="CP-09"),
        ),
        (WHOLE, {"8": "no design"}, Gap(GapKind.EXCLUDED_YET_ASSIGNED, clause="8.3", document="CP-08")),
        (WHOLE[:1], {"8.3": " "}, Gap(GapKind.EXCLUSION_WITHOUT_REASON, clause="8.3")),
        (WHOLE, {"9.9": "none"}, Gap(GapKind.UNKNOWN_EXCLUSION, clause="9.9")),
    ],
)
def test_each_seeded_hole_is_reported(
    assignments: list[Assignment], exclusions: dict[str, str], gap: Gap
) -> None:
    """One hole in the input, exactly one gap in the matrix, in either direction."""
    assert matrix(CLAUSES, assignments, exclusions).gaps == (gap,)


def test_an_exclusion_with_a_reason_closes_the_gap() -> None:
    """An excluded clause takes those below it with it (ISO 9001 4.3)."""
    made = matrix(CLAUSES, WHOLE[:1], {"8": "the organisation develops nothing"})
    assert made.gaps == ()
    assert made.rows[-1].excluded == "the organisation develops nothing"
    assert made.rows[0].excluded is None


def test_gaps_speak_the_reader_s_language() -> None:
    """Every kind of gap has its sentence."""
    assert set(GAPS) == set(GapKind)
    gap = Gap(GapKind.UNKNOWN_CLAUSE, clause="9.9", document="CP-09")
    assert gap.sentence() == "CP-09 names clause 9.9, which this edition does not have."
    assert "9.9" in gap.sentence("zh-Hans")
    assert gap.sentence("zh-Hans") != gap.sentence()


def test_the_clause_above() -> None:
    """By number alone."""
    assert (parent_of("7.5.3"), parent_of("7")) == ("7.5", None)
    assert list(above("7.1.5.2")) == ["7.1.5", "7.1", "7"]


def test_links_are_carried_over_and_the_rest_is_listed() -> None:
    """Every mapped link survives a change of edition, and unmapped ones are named (E26-01)."""
    old = [Assignment("CP-12", ("7.5.1", "7.5.2", "4.1"), ("FM-12-01",)), Assignment("CP-13", ())]
    carried = carry(old, {"7.5.1": ["7.5.2"], "7.5.2": ["7.5.2", "7.6"], "4.1": []})
    assert carried.assignments == (Assignment("CP-12", ("7.5.2", "7.6"), ("FM-12-01",)), Assignment("CP-13"))
    assert carried.unmapped == (("CP-12", "4.1"),)
