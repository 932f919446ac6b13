"""Objectives are set, split, checked and revised as their forms declare (S16, S27 to S29, R29 to R37)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from qms import accounts, documents, forms, impact, objectives, records, trail
from qms.kernel.errors import Forbidden
from qms.kernel.ports import Secrecy
from qms.objectives import State, Status
from qms.records.errors import RecordInvalid
from tests.documents import factories as papers
from tests.nonconformities import test_law as corrected
from tests.objectives import factories as made_of
from tests.records import factories as forms_of

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from qms.objectives import Standing
    from tests.documents.factories import Organisation


@pytest.fixture
def made(works: Works) -> Organisation:
    """The three forms in force."""
    return made_of.house(works)


def look(made: Organisation, ref: Ref, login: str = "author") -> Standing:
    """An objective as somebody sees it."""
    with made.looking(login) as work:
        return objectives.one(work, ref.key)


def test_it_is_proposed_and_then_set(made: Organisation) -> None:
    """Its last step sets it, with a first version of its targets; rates hold in every month."""
    ref = made_of.proposed(made)
    found = look(made, ref)
    assert (found.state, found.target, found.status, found.points) == (State.PROPOSED, None, None, ())
    with pytest.raises(Forbidden):
        made_of.act(made, "manager", ref, "approve")
    made_of.act(made, "deputy", ref, "approve")
    found = look(made, ref)
    assert (found.state, found.target, found.owner) == (State.SET, Decimal(95), "Risk-Head")
    assert [each.target for each in found.points] == [Decimal(95)] * 12
    assert found.status is Status.MISSING
    with made.looking("author") as work:
        (first,) = objectives.history(work, ref.key)
    assert (first.version, first.record, first.target) == (1, ref.key, Decimal(95))


def test_a_count_is_split_by_season(made: Organisation) -> None:
    """Two halves of six months each, with their targets as written."""
    found = look(made, made_of.objective(made, **made_of.COUNT))
    assert [(each.label, each.target) for each in found.points] == [("H1", Decimal(48)), ("H2", Decimal(72))]


@pytest.mark.parametrize(
    ("split", "refusal"),
    [
        (None, objectives.SplitMissing),
        ([{"period": "x", "weight": "20"}] * 5, objectives.SplitNotOfPeriod),
        ([{"period": "x", "weight": "50"}] * 2, objectives.SplitEven),
        ([{"weight": "40", "part": "48"}, {"weight": "60", "part": "70"}], objectives.SplitNotWhole),
    ],
)
def test_a_split_that_is_no_season_is_refused(
    made: Organisation, split: Any, refusal: type[Exception]
) -> None:
    """None at all, no whole months, an average, or parts that do not make the whole (S16)."""
    with pytest.raises(refusal):
        made_of.proposed(made, **{**made_of.COUNT, "split": split})


def test_an_even_split_needs_a_reason(made: Organisation) -> None:
    """With it, it is a decision and no habit."""
    rows = [{"weight": "50", "why": "No season in this trade"}, {"weight": "50"}]
    found = look(made, made_of.objective(made, **{**made_of.COUNT, "split": rows}))
    assert [each.target for each in found.points] == [Decimal(60), Decimal(60)]


def test_a_departments_objective_arises_from_the_centres(made: Organisation) -> None:
    """Set before, of the level above, for the same time; a person's from that of the own department (R30)."""
    open_one = made_of.proposed(made)
    below: dict[str, Any] = {"code": "MB-11", "level": "department", "indicator": "Other"}
    for parent in (None, open_one.key):
        with pytest.raises(objectives.ParentNotFitting):
            made_of.proposed(made, above=parent, **below)
    made_of.act(made, "deputy", open_one, "approve")
    department = made_of.objective(made, above=open_one.key, **below)
    person: dict[str, Any] = {"code": "MB-21", "level": "person", "indicator": "Third"}
    for wrong in ({"above": open_one.key}, {"above": department.key, "unit_of": "outlet-east"}):
        with pytest.raises(objectives.ParentNotFitting):
            made_of.proposed(made, **{**person, **wrong})
    last = made_of.objective(made, above=department.key, **person)
    with made.looking("author") as work:
        above, children = objectives.family_of(work, department.key)
        assert above is not None
        assert (above.record, [each.record for each in children]) == (open_one.key, [last.key])
        assert objectives.family_of(work, open_one.key)[0] is None


def test_one_number_and_one_source_for_an_indicator(made: Organisation) -> None:
    """At the same time; a year later the number is free again (R42)."""
    made_of.proposed(made)
    with pytest.raises(objectives.CodeInUse):
        made_of.proposed(made)
    with pytest.raises(objectives.IndicatorElsewhere, match="RG-02-02"):
        made_of.proposed(made, code="MB-03", source="a private list")
    made_of.proposed(made, first="2027-01-01", last="2027-12-31")


def test_what_is_set_changes_by_revision_alone(made: Organisation) -> None:
    """No amendment of the record, however it is reasoned (S29, R35)."""
    ref = made_of.objective(made)
    with made.acting("author") as work, pytest.raises(objectives.TargetsByRevisionOnly):
        records.amend(work, ref, {"target": "90"}, "It was too high", password=made.keys["author"])
    assert look(made, ref).target == 95


def test_months_are_checked_against_their_target(made: Organisation) -> None:
    """Results and what they come to; what is missing is told as missing (R33)."""
    ref = made_of.objective(made)
    checks = [
        made_of.checked(made, ref, month, actual) for month, actual in ((1, "96"), (2, "94"), (4, "98"))
    ]
    found = look(made, ref)
    assert [each.status for each in found.points[:5]] == [
        Status.MET,
        Status.MISSED,
        Status.MISSING,
        Status.MET,
        Status.MISSING,
    ]
    assert [each.record for each in found.points[:2]] == [checks[0].key, checks[1].key]
    assert (found.so_far.actual, found.so_far.missing, found.so_far.of) == (Decimal(96), 7, 10)
    assert {each.method.value for each in found.forecasts} == {"line", "season"}
    assert found.status is Status.ON_TRACK
    with made.acting("author") as work:
        records.cancel(work, checks[0], "of another month")
    assert look(made, ref).points[0].status is Status.MISSING


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"objective": None}, forms.PartUnanswered),
        ({"first": "2025-12-01", "last": "2025-12-31"}, objectives.OutsidePeriod),
        ({"first": "2026-03-02"}, objectives.PartNotFitting),
        ({"target": "90"}, objectives.TargetNotInForce),
        ({"achieved": False}, objectives.VerdictWrong),
        ({"last": None}, forms.PartUnanswered),
    ],
)
def test_a_check_that_does_not_fit_is_refused(
    made: Organisation, change: dict[str, Any], refusal: type[Exception]
) -> None:
    """Of nothing, outside, across parts, against another target, judged against the figures."""
    ref = made_of.objective(made)
    with pytest.raises(refusal):
        made_of.checked(made, ref, 3, "96", **change)


def test_a_part_has_one_result(made: Organisation) -> None:
    """A second monthly check is refused; self-checks and weekly ones stand beside it."""
    ref = made_of.objective(made)
    first = made_of.checked(made, ref, 3, "96")
    with pytest.raises(objectives.CheckedTwice, match=first.key):
        made_of.checked(made, ref, 3, "97")
    made_of.checked(made, ref, 3, "97", own=True)
    for score in ("80", "90"):
        made_of.checked(made, ref, 3, "96", level="week", score=score)
    for level, good, items in (("day", "9", "10"), ("random", "1", "2"), ("day", "0", None)):
        made_of.checked(made, ref, 3, "96", level=level, good=good, items=items)
    with made.looking("author") as work:
        found = objectives.checks(work, ref.key)
        weekly, daily = objectives.scores(found)
    assert len(found) == 7
    assert (weekly.score, weekly.checks) == (Decimal(85), 2)
    assert (round(daily.score, 2), daily.checks) == (Decimal("83.33"), 2)


def test_what_was_not_set_is_not_checked(made: Organisation) -> None:
    """Nor revised."""
    ref = made_of.proposed(made)
    with pytest.raises(objectives.ObjectiveNotSet):
        made_of.checked(made, ref, 3, "96")
    with pytest.raises(objectives.ObjectiveNotSet):
        made_of.revision(made, ref)


def test_what_is_missed_again_needs_its_corrective_action(made: Organisation) -> None:
    """Twice in a row, or by more than a fifth, the check is concluded with the record that corrects it."""
    ref = made_of.objective(made)
    first, second = made_of.checked(made, ref, 1, "90"), made_of.checked(made, ref, 2, "90")
    made_of.act(made, "manager", first, "collect")
    with pytest.raises(Forbidden):
        made_of.act(made, "risk-head", second, "collect")
    with pytest.raises(objectives.CorrectiveActionWanted, match="2"):
        made_of.act(made, "manager", second, "collect")
    corrected.filed(made, source=second.key)
    made_of.act(made, "manager", second, "collect")
    third = made_of.checked(made, ref, 3, "90", measure=first.key)
    made_of.act(made, "manager", third, "collect")
    by_far = made_of.checked(made, ref, 6, "70")
    with pytest.raises(objectives.CorrectiveActionWanted, match=r"73\.7"):
        made_of.act(made, "manager", by_far, "collect")
    good = made_of.checked(made, ref, 7, "99")
    made_of.act(made, "manager", good, "collect")


def test_a_revision_makes_a_new_version_from_its_day(made: Organisation) -> None:
    """What went before keeps its target, and every version can be read (S29, 5.7.4)."""
    ref = made_of.objective(made)
    filed = made_of.revision(made, ref)
    assert look(made, ref).target == 95
    made_of.file(made, filed, "2026-11-03")
    found = look(made, ref)
    assert found.target == 97
    assert [each.target for each in found.points[10:]] == [Decimal(95), Decimal(97)]
    with made.looking("author") as work:
        told = objectives.history(work, ref.key)
    assert [(each.version, each.record, each.filing, each.reason) for each in told] == [
        (1, ref.key, "", ""),
        (2, filed.key, "BA-1", "Results were better"),
    ]


def test_a_revised_split_holds_from_its_day(made: Organisation) -> None:
    """The second half by the new split, the first by the old one."""
    ref = made_of.objective(made, **{**made_of.COUNT, "first": "2026-10-01", "last": "2027-09-30"})
    rows = [{"weight": "45", "part": "60"}, {"weight": "55", "part": "80"}]
    filed = made_of.revision(made, ref, old="120", new="140", split=rows)
    made_of.file(made, filed)
    assert [each.target for each in look(made, ref).points] == [Decimal(48), Decimal(80)]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"old": "94"}, objectives.OldTargetWrong),
        ({"level": "department"}, objectives.RevisionMisplaced),
        ({"unit_of": "outlet-east"}, objectives.RevisionMisplaced),
        ({"split": [{"weight": "100"}]}, objectives.SplitNotOfPeriod),
        ({"objective": None}, objectives.ObjectiveNotSet),
    ],
)
def test_a_revision_that_does_not_fit_is_refused(
    made: Organisation, change: dict[str, Any], refusal: type[Exception]
) -> None:
    """From another target, at another level or department, or to parts that are no parts of it."""
    ref = made_of.objective(made)
    with pytest.raises(refusal):
        made_of.revision(made, ref, **change)


def test_a_revision_takes_effect_in_its_period(made: Organisation) -> None:
    """Neither before the version it follows nor after the end; each filing number is given once."""
    ref = made_of.objective(made)
    filed = made_of.revision(made, ref)
    for day in ("2026-01-01", "2027-01-01"):
        with pytest.raises(objectives.EffectiveOutside):
            made_of.file(made, filed, day)
    made_of.file(made, filed)
    again = made_of.revision(made, ref, old="97", new="98")
    with pytest.raises(objectives.FilingNumberInUse):
        made_of.file(made, again, "2026-12-01")
    with pytest.raises(Forbidden):
        made_of.act(made, "risk-head", again, "file", filing="BA-2", from_day="2026-12-01")
    made_of.file(made, again, "2026-12-01", "BA-2")
    assert look(made, ref).target == 98


def test_a_deleted_objective_ends_on_its_day(made: Organisation) -> None:
    """It is checked for what went before, and for nothing after; an added one is proposed by itself."""
    ref = made_of.objective(made)
    made_of.revision(made, ref, kind="add", objective=None)
    filed = made_of.revision(made, ref, kind="delete", new=None)
    made_of.file(made, filed, "2026-11-03")
    found = look(made, ref)
    assert (found.state, str(found.ended_on), found.status) == (State.ENDED, "2026-11-03", None)
    assert len(found.points) == 11  # nothing is owed of December
    made_of.checked(made, ref, 10, "96")
    with pytest.raises(objectives.ObjectiveNotSet):
        made_of.revision(made, ref)
    with pytest.raises(objectives.ObjectiveNotSet):
        made_of.checked(made, ref, 10, "96", first="2026-12-01", last="2026-12-31")


def test_a_cancelled_proposal_frees_its_number(made: Organisation) -> None:
    """And is no objective any longer."""
    ref = made_of.proposed(made)
    with made.acting("author") as work:
        records.cancel(work, ref, "thought better")
    with made.looking("author") as work, pytest.raises(objectives.NoSuchObjective):
        objectives.one(work, ref.key)
    made_of.proposed(made)


def test_the_list_shows_what_one_may_see(made: Organisation) -> None:
    """By year, department, level and status; another department's reader sees none (R40)."""
    ref = made_of.objective(made)
    made_of.objective(made, **made_of.COUNT)

    def listed(login: str, year: int = 2026, **asked: str) -> list[str]:
        with made.looking(login) as work:
            return [each.code for each in objectives.listing(work, year, **asked)]

    assert listed("author") == ["MB-01", "MB-02"]
    assert listed("author", 2025) == []
    assert listed("author", status="missing") == ["MB-01", "MB-02"]
    assert listed("author", status="met") == listed("author", level="person") == []
    assert listed("author", department="outlet-east") == []
    assert listed("outsider") == []
    with made.looking("outsider") as work, pytest.raises(objectives.NoSuchObjective):
        objectives.one(work, ref.key)
    with made.looking("author") as work:
        assert objectives.years(work) == [2026]


def test_a_document_is_known_to_measure_objectives(made: Organisation) -> None:
    """By its number in the one source of an objective in force; not what is proposed, nor what is over."""
    of_source = made_of.objective(made)
    made_of.proposed(made, code="MB-02", indicator="Other")
    made_of.objective(made, code="MB-03", indicator="Third", first="2025-01-01", last="2025-12-31")

    def named(*numbers: str, login: str = "author") -> list[str]:
        with made.looking(login) as work:
            return [each.record for each in objectives.measured_by(work, numbers)]

    assert named("RG-02-02", "CP-02") == [of_source.key]
    assert named("RG-02-01") == named() == named("RG-02-02", login="outsider") == []
    by_form = made_of.objective(made, code="MB-04", indicator="Fourth", source="FM-08-02, its results")
    with made.looking("author") as work:
        ref = documents.revision_ref("FM-08-02", "zh-Hans", "A/0")
        assert [each.record for each in impact.measured(work, ref)] == [by_form.key]


def test_earlier_years_propose_the_split(made: Organisation) -> None:
    """Only whole ones of the same number."""
    past: dict[str, Any] = {**made_of.COUNT, "first": "2025-01-01", "last": "2025-12-31"}
    old = made_of.objective(made, **past)
    for first, last, actual in (("2025-01-01", "2025-06-30", "30"), ("2025-07-01", "2025-12-31", "90")):
        target = "48" if first == "2025-01-01" else "72"
        made_of.checked(made, old, 1, actual, first=first, last=last, target=target)
    new = made_of.proposed(made, **made_of.COUNT)
    with made.looking("author") as work:
        assert objectives.proposal(objectives.earlier(work, new.key)) == [Decimal(25), Decimal(75)]


def test_a_form_that_seals_its_answers_holds_no_objectives(made: Organisation) -> None:
    """They are published; sealed they could be neither listed nor added up."""
    more = made_of.OBJECTIVE.replace("records: {", "records: {secrecy: confidential, ")
    forms_of.issue(made, forms_of.form("FM-08-04", fields=made_of.FIELDS, steps=made_of.STEPS, more=more))
    with made.service() as work:
        accounts.clear(work, made.ids["author"], Secrecy.CONFIDENTIAL)
    with pytest.raises(objectives.ObjectiveSealed):
        forms_of.filed(made, "author", "FM-08-04", **made_of.RATE)


def test_what_the_law_goes_by_must_be_answered(made: Organisation) -> None:
    """Where the form lets it be left out, the law does not."""
    for left, label in (("first", "From"), ("level", "Level"), ("unit", "Unit"), ("source", "Source")):
        nothing: dict[str, Any] = {left: None}
        with pytest.raises(forms.PartUnanswered, match=label):
            made_of.proposed(made, **nothing)
    ref = made_of.objective(made)
    with pytest.raises(forms.PartUnanswered):
        made_of.checked(made, ref, 3, "96", level=None)
    with pytest.raises(forms.PartUnanswered):
        made_of.revision(made, ref, kind=None)


def test_the_trail_tells_of_it(made: Organisation) -> None:
    """Set, revised, ended: each in a sentence of its own."""
    ref = made_of.objective(made)
    revised = made_of.revision(made, ref)
    made_of.file(made, revised)
    ended = made_of.revision(made, ref, kind="delete", old="97", new=None)
    made_of.file(made, ended, "2026-12-01", "BA-2")
    with made.service() as work:
        told = {
            tag: [each.ref for each in trail.browse(work.session, action=tag, limit=9)]
            for tag in objectives.SENTENCES
        }
    assert told == {
        "objective:set": [ref],
        "objective:revise": [revised],
        "objective:end": [ended],
    }


def test_what_is_set_is_published_down_the_line(made: Organisation) -> None:
    """Those of the department and below see it and may name it above their own; nobody else does (R37)."""
    with made.service() as work:
        papers.add(work, made, "east", role="author", department="outlet-east")
    centre = made_of.proposed(made, unit_of="centre")
    with made.looking("east") as work, pytest.raises(objectives.NoSuchObjective):
        objectives.one(work, centre.key)
    made_of.act(made, "deputy", centre, "approve")
    made_of.checked(made, centre, 3, "96")
    found = look(made, centre, "east")
    assert (found.points[2].actual, found.points[2].record) == (Decimal(96), "")
    made_of.proposed(made, "east", code="MB-11", level="department", unit_of="outlet-east", above=centre.key)
    of_risk = made_of.objective(made, code="MB-12", level="department", above=centre.key)
    with made.looking("east") as work, pytest.raises(objectives.NoSuchObjective):
        objectives.one(work, of_risk.key)
    with pytest.raises(RecordInvalid):
        made_of.proposed(made, "east", code="MB-13", level="person", above=of_risk.key)


@pytest.mark.parametrize(
    ("begin", "form", "known"),
    [
        (
            objectives.begin_check,
            made_of.CHECKED,
            {"first": "2026-01-01", "last": "2026-01-31", "target": "95"},
        ),
        (objectives.begin_revision, made_of.REVISED, {"kind": "change", "old": "95", "level": "centre"}),
        (objectives.begin_below, made_of.SET, {"level": "department", "unit_of": "risk", "unit": "percent"}),
    ],
)
def test_what_is_begun_from_an_objective_knows_of_it(
    made: Organisation, begin: Any, form: str, known: dict[str, Any]
) -> None:
    """On the form in force that declares it; not before the objective is set, nor by who may file nothing."""
    ref = made_of.proposed(made)
    with made.acting("author") as work, pytest.raises(objectives.ObjectiveNotSet):
        begin(work, ref.key)
    made_of.act(made, "deputy", ref, "approve")
    with made.acting("author") as work:
        record = begin(work, ref.key)
        told = records.draft_values(work, record, record.author_id) or {}
        assert record.form == form
    assert {name: told.get(name) for name in known} == known
    assert ref.key in told.values()
    with made.acting("outsider") as work, pytest.raises((objectives.NoSuchObjective, objectives.FormMissing)):
        begin(work, ref.key)


def test_without_a_form_there_is_nothing_to_begin(works: Works) -> None:
    """No form in force says that it checks objectives."""
    made = made_of.house(works, made_of.SET)
    ref = made_of.objective(made)
    with made.acting("author") as work, pytest.raises(objectives.FormMissing, match="objective-check"):
        objectives.begin_check(work, ref.key)
