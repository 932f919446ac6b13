"""The coverage map of a small house, a plan begun from it, and who sees neither (AUD-01, AUD-04, AUD-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import accounts, audits, records, standards
from qms.audits import Asked
from qms.documents import Kind
from qms.documents.errors import DocumentMissing
from tests.audits import house
from tests.audits.house import DONE, TODAY, act, planned, reported
from tests.documents import factories as papers
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

POINT = """distribution: {departments: [credit]}
clauses: {iso9001-2015: ["8.1"]}
control-points:
  - {id: cp-time, clause: step-one, kind: time, standard: {en: Within three days}, owner: risk-head, record: FM-13-02, form: FM-13-02}
"""  # noqa: E501 - YAML in flow style


@pytest.fixture
def made(works: Works) -> Organisation:
    """The small house of audits, and a second procedure with a control point for one line."""
    found = house.house(works)
    with found.service() as work:
        standards.load_edition(work, standards.shipped()["iso9001-2015"])
    papers.issued(found, papers.source("CP-08", more=POINT), file="CP-08.md")
    papers.run_day(found)
    return found


def states(made: Organisation, login: str = "manager", **asked: object) -> dict[tuple[str, str], str]:
    """The map as somebody sees it."""
    with made.looking(login) as work:
        found = audits.coverage_map(work, Asked(**asked))  # type: ignore[arg-type]
        return {(each.cell.department, each.cell.document): each.state for each in found.cells}


def test_the_map_tells_what_was_never_looked_at(made: Organisation) -> None:
    """A document applies where it is owned and distributed, and below; a result makes it looked at."""
    never = states(made)
    assert set(never.values()) == {"never"}
    assert {place for place, number in never if number == "CP-08"} == {"risk", "credit", "outlet-east"}
    ref = reported(made)
    finding = house.found(made, ref)
    house.decided(made, finding)
    now = states(made)
    assert {key for key, state in now.items() if state == "covered"} == {("outlet-east", "CP-07")}
    with made.looking("manager") as work:
        found = audits.coverage_map(work, Asked(department="outlet-east"))
        last = next(each.last for each in found.cells if each.cell.document == "CP-07")
        assert last is not None
        assert (last.audit, last.on, last.findings, last.weight) == (ref.key, TODAY, 1, 2)
        assert found.counts == {"never": 1, "overdue": 0, "covered": 1}


def test_what_was_not_checked_was_not_looked_at(made: Organisation) -> None:
    """A question without an answer covers nothing, nor does a plan; a cancelled audit covers nothing more."""
    planned(made, first=house.day(20), last=house.day(21))
    results = [{**each, "result": "not-checked"} for each in DONE["results"]]
    ref = house.started(made, since=house.day(-500), until=house.day(-400))
    act(made, "author", ref, "report", **{**DONE, "results": results})
    assert set(states(made).values()) == {"never"}
    other = house.started(
        made, since=house.day(-900), until=house.day(-800), first=house.day(9), last=house.day(9)
    )
    results = [{**each, "result": "conforming"} for each in DONE["results"]]
    act(made, "author", other, "report", **{**DONE, "results": results})
    assert states(made)["outlet-east", "CP-07"] == "covered"
    with made.acting("author") as work:
        records.cancel(work, other, "not done by the rules")
    assert set(states(made).values()) == {"never"}


def test_a_head_sees_the_map_of_their_own_and_others_none(made: Organisation) -> None:
    """Who may read no records is refused; a department that is not here is none."""
    factories.head(made, "credit-head", "credit")
    assert {place for place, _ in states(made, "credit-head")} == {"credit", "outlet-east"}
    with pytest.raises(audits.CoverageNotAllowed):
        states(made, "reader")
    with pytest.raises(accounts.NoSuchDepartment):
        states(made, department="nowhere")
    assert states(made, kind=Kind.POLICY) == {}
    assert len(states(made, kind=None)) == len(states(made))


def test_clauses_and_the_next_programme(made: Organisation) -> None:
    """The clauses a document answers; the heavier document first; what is planned is not proposed again."""
    with made.looking("manager") as work:
        found = audits.coverage_map(work, Asked(department="credit"))
    (clause,) = found.clauses
    assert (clause.clause, clause.department, clause.state, clause.never) == (
        "8.1",
        "credit",
        "never",
        ("CP-08",),
    )
    (visit,) = found.visits
    assert [(each.covered.cell.document, each.importance) for each in visit.proposals] == [
        ("CP-08", 2),
        ("CP-07", 1),
    ]
    planned(made, objects=[{"unit": "credit"}], criteria=[{"document": "CP-08"}])
    with made.looking("manager") as work:
        (visit,) = audits.coverage_map(work, Asked(department="credit")).visits
        assert [each.covered.cell.document for each in visit.proposals] == ["CP-07"]
        assert len(audits.coverage_map(work, Asked(), visits=2).visits) == 2


@pytest.mark.parametrize("mode", ["unannounced", "secret"])
def test_the_map_does_not_tell_who_comes_unannounced(made: Organisation, mode: str) -> None:
    """R49: what is proposed for a department stays the same, whatever is planned in secret."""
    factories.head(made, "credit-head", "credit")

    def proposed() -> list[str]:
        with made.looking("credit-head") as work:
            (visit,) = audits.coverage_map(work, Asked(department="credit")).visits
        return [each.covered.cell.document for each in visit.proposals]

    before = proposed()
    planned(made, objects=[{"unit": "credit"}], criteria=[{"document": "CP-08"}], mode=[mode])
    assert proposed() == before


def test_a_plan_begins_with_questions_of_documents_in_force(made: Organisation) -> None:
    """AUD-04: control points at their clauses, and clauses of the standard; a draft like any other."""
    with made.acting("author") as work:
        assert audits.forms_of(work) == ["FM-13-01"]
        draft = audits.plan(work, "FM-13-01", ["credit"], ["CP-07", "CP-08"])
        values = records.draft_values(work, draft, made.ids["author"])
    assert values is not None
    assert values["objects"] == [{"unit": "credit"}]
    assert values["criteria"] == [{"document": "CP-07"}, {"document": "CP-08"}]
    assert [(each["document"], each.get("clause")) for each in values["list"]] == [
        ("CP-07", None),
        ("CP-08", "CP-08 §2.1"),
        ("CP-08", None),
    ]
    assert "8.1" in values["list"][2]["item"]


def test_a_plan_is_begun_on_a_form_of_audits_and_documents_in_force(made: Organisation) -> None:
    """Nobody begins one on another form, nor of what is not there for them."""
    with made.acting("author") as work, pytest.raises(audits.NotAnAuditForm):
        audits.plan(work, "FM-13-02", ["credit"], ["CP-07"])
    with made.acting("author") as work, pytest.raises(DocumentMissing):
        audits.plan(work, "FM-13-01", ["credit"], ["CP-99"])
