"""Which citations meet a changed clause, on every branch (R12)."""

from __future__ import annotations

import pytest

from qms.impact import Kind, Line
from qms.impact.lines import bare, of_link, to_conclude


@pytest.mark.parametrize(
    ("way", "clause", "kind"),
    [
        ("citation", "§2.1", Kind.CITES_CHANGED),
        ("parent", "2.1", Kind.CITES_CHANGED),
        ("citation", "§9", Kind.LEANS),
        ("reference", "", Kind.LEANS),
        ("parent", "", Kind.BELOW),
    ],
)
def test_a_changed_clause_comes_first(way: str, clause: str, kind: Kind) -> None:
    """Whoever cites what changes is told apart from whoever leans on the rest."""
    assert kind is of_link(way, clause, {"2.1", "step-one"})


def test_a_clause_is_compared_without_its_mark() -> None:
    """`§ 5.3` is 5.3."""
    assert [bare(each) for each in ("§ 5.3", "5.3", "#step-one")] == ["5.3", "5.3", "step-one"]


def test_each_thing_is_one_line_by_its_nearest_tie() -> None:
    """Clauses of the nearest tie together; forms and schedules only told; its own request left out."""
    found = [
        Line(Kind.LEANS, "CP-08"),
        Line(Kind.CITES_CHANGED, "CP-08", "§2.2"),
        Line(Kind.CITES_CHANGED, "CP-08", "§2.1"),
        Line(Kind.FORM, "FM-07-01", "3"),
        Line(Kind.SCHEDULE, "CP-07/monthly", "visit"),
        Line(Kind.REQUEST, "FM-12-01-2026-000001", "old"),
        Line(Kind.REQUEST, "FM-12-01-2026-000002", "new"),
        Line(Kind.BELOW, "CP-01"),
    ]
    assert [
        Line(Kind.CITES_CHANGED, "CP-08", "§2.1, §2.2"),
        Line(Kind.BELOW, "CP-01"),
        Line(Kind.REQUEST, "FM-12-01-2026-000002", "new"),
    ] == to_conclude(found, {"FM-12-01-2026-000001"})
    assert to_conclude([]) == []
