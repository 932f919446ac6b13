"""A review from its pack to its actions, and the next one that begins with them (MRV-01 to MRV-04)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qms import actions, management_review, records, trail
from qms.kernel.errors import Forbidden
from qms.kernel.ports import Scope
from qms.management_review import pack
from tests.audits import house as audited
from tests.management_review.test_rules import HEAD
from tests.objectives import factories as aims
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from qms.management_review import Pack
    from tests.documents.factories import Organisation

NUMBER = "FM-13-04"
_ROWS = "columns: [{id: what, label: W, type: text}, {id: who, label: O, type: person}, {id: due, label: D, type: date}]"  # noqa: E501 - YAML in flow style
FIELDS = f"""
  - {{id: first, label: From, type: date}}
  - {{id: last, label: Until, type: date}}
  - {{id: context, label: What changed, type: text}}
  - {{section: Decisions, step: review}}
  - {{id: improvement, label: Improvement, type: table, rows: 2, {_ROWS}}}
  - {{id: change, label: Changes, type: table, rows: 2, {_ROWS}}}
  - {{id: resource, label: Resources, type: table, rows: 2, {_ROWS}}}
  - {{id: no_improvement, label: None, type: yes-no}}
  - {{id: no_change, label: None, type: yes-no}}
  - {{id: no_resource, label: None, type: yes-no}}
"""
STEPS = """
steps:
  - {id: prepare, label: Prepare, by: {roles: [author, reader]}}
  - {id: review, label: Review, by: {posts: [deputy-general-manager]}}
"""
YEAR = {"first": "2026-01-01", "last": "2026-12-31", "context": "A new office"}
NOTHING = {"no_improvement": True, "no_change": True, "no_resource": True}


def law() -> str:
    """The key as the head of the form writes it."""
    told = HEAD["management-review"]
    lines = [f"  {key}: {value}" for key, value in told.items() if key not in {"context", "steps"}]
    return "\n".join(["management-review:", *lines, "  context: [context]", "  steps: {decide: review}"])


@pytest.fixture
def made(works: Works) -> Organisation:
    """The form of reviews and those of objectives in force."""
    found = aims.house(works, aims.SET, aims.CHECKED)
    factories.issue(found, factories.form(NUMBER, fields=FIELDS, steps=STEPS, more=law()))
    return found


def begun(made: Organisation, **values: Any) -> Ref:
    """A review that was prepared."""
    return factories.filed(made, "author", NUMBER, **{**YEAR, **values})


def freeze(made: Organisation, ref: Ref, login: str = "author") -> None:
    """Its pack gathered and frozen."""
    with made.looking(login) as work:
        ready = management_review.prepare(work, ref.key)
    with made.acting(login) as work:
        management_review.freeze(work, ready)


def decide(made: Organisation, ref: Ref, **values: Any) -> None:
    """The decisions of a review."""
    with made.acting("deputy") as work:
        records.act(work, ref, "review", values={**NOTHING, **values})


def told(made: Organisation, ref: Ref, code: str, login: str = "author") -> list[str]:
    """A section of the pack in English."""
    with made.looking(login) as work:
        found = management_review.one(work, ref.key).pack or management_review.gather(work, ref.key)
        return [management_review.spoken(each, "en") for each in found.sections[code]]


def test_every_section_is_there_and_an_empty_one_is_empty(made: Organisation) -> None:
    """Twelve of them, whatever there is to tell (MRV-01); what changed is what the record says."""
    ref = begun(made)
    with made.looking("author") as work:
        found = management_review.gather(work, ref.key)
    assert list(found.sections) == list(management_review.SECTIONS)
    assert len(found.sections) == 12
    assert found.sections["c7"] == ()
    assert told(made, ref, "b") == ["What changed: A new office"]


def test_figures_come_from_the_slices(made: Organisation) -> None:
    """An objective that is missed stands there by name, with the list behind it."""
    objective = aims.objective(made, first="2026-10-01", last="2026-10-31")
    aims.checked(made, objective, 10, "90")
    ref = begun(made)
    assert told(made, ref, "c2") == [
        "Objectives not reached: 1",
        "MB-01 On time: 90 against a target of 95",
    ]
    with made.looking("author") as work:
        lines = management_review.gather(work, ref.key).sections["c2"]
    assert [each.place for each in lines] == ["objectives:2026:missed", f"objective:{objective.key}"]


def test_audits_and_corrective_actions_are_counted(works: Works) -> None:
    """What was held and found in the period; what is not classed yet is told apart."""
    made = audited.house(works)
    factories.issue(made, factories.form(NUMBER, fields=FIELDS, steps=STEPS, more=law()))
    audited.found(made, audited.started(made))
    with made.acting("author") as work:
        records.cancel(work, audited.planned(made), "not this year")
    ref = begun(made)
    assert told(made, ref, "c6", "manager")[0] == "Audits and inspections: 1; closed: 0"
    assert told(made, ref, "c6", "manager")[1].startswith("Findings")
    assert told(made, ref, "c4", "manager") == []
    other = begun(made, first="2025-01-01", last="2025-12-31")
    assert told(made, other, "c6", "manager") == []


def test_nothing_is_decided_before_the_pack_is_frozen(made: Organisation) -> None:
    """And what is frozen stays as it was, whatever happens afterwards (MRV-04)."""
    ref = begun(made)
    with pytest.raises(management_review.PackMissing):
        decide(made, ref)
    freeze(made, ref)
    with made.looking("author") as work:
        before = management_review.one(work, ref.key)
    assert before.listed.digest is not None
    aims.objective(made)
    with made.looking("author") as work:
        after = management_review.one(work, ref.key)
        assert management_review.gather(work, ref.key) != after.pack
    assert before.pack == after.pack
    with pytest.raises(management_review.PackFrozen):
        freeze(made, ref)
    with made.acting("author") as work, pytest.raises(management_review.PackFrozen):
        records.amend(work, ref, {"last": "2026-11-30"}, "Sooner", password=made.keys["author"])
    decide(made, ref)


def test_the_frozen_bytes_are_those_of_the_digest(made: Organisation) -> None:
    """Written and read back alike; the trail names the digest."""
    ref = begun(made)
    freeze(made, ref)
    with made.service() as work:
        found = management_review.one(work, ref.key)
        assert found.pack is not None
        assert found.listed.digest is not None
        assert pack.to_bytes(found.pack) == work.vault.read(found.listed.digest)
        (entry,) = trail.browse(work.session, action="management-review:freeze", limit=2)
    assert entry.after["digest"] == found.listed.digest


def test_who_prepared_it_freezes_it(made: Organisation) -> None:
    """Or who may correct records there; not another colleague, not once it has ended."""
    ref = begun(made)
    with pytest.raises(Forbidden):
        freeze(made, ref, "writer")
    with made.acting("author") as work:
        records.cancel(work, ref, "not this year")
    with pytest.raises(management_review.ReviewEnded):
        freeze(made, ref)


def test_a_cancelled_review_keeps_its_pack(made: Organisation) -> None:
    """It is in no list any longer; its pack is read and printed as before, and says so."""
    ref = begun(made)
    freeze(made, ref)
    with made.acting("author") as work:
        records.cancel(work, ref, "not this year")
    with made.looking("author") as work:
        work.language = "en"
        assert management_review.listing(work) == []
        assert management_review.one(work, ref.key).listed.state == "cancelled"
        printed = management_review.printed(work, ref.key)
    assert "cancelled" in {each.value for each in printed.sheet.details}


def test_another_period_needs_another_pack(made: Organisation) -> None:
    """What was gathered for other days is not frozen."""
    ref = begun(made)
    with made.looking("author") as work:
        ready = management_review.prepare(work, ref.key)
    with made.acting("author") as work:
        records.amend(work, ref, {"last": "2026-11-30"}, "Sooner", password=made.keys["author"])
    with made.acting("author") as work, pytest.raises(management_review.PackOutdated):
        management_review.freeze(work, ready)


def test_the_three_headings_are_answered(made: Organisation) -> None:
    """Each with decisions or with none; a decision has an owner and a day (MRV-03)."""
    ref = begun(made)
    freeze(made, ref)
    with pytest.raises(management_review.OutputsMissing, match="资源"):
        decide(made, ref, no_resource=False)
    with pytest.raises(management_review.OutputIncomplete, match="体系变更"):
        decide(made, ref, change=[{"what": "Shorten the route", "who": "author"}])
    with pytest.raises(Forbidden), made.acting("risk-head") as work:
        records.act(work, ref, "review", values=NOTHING)


def test_decisions_become_actions_that_the_next_review_begins_with(
    made: Organisation, clock: SimulatedClock
) -> None:
    """Owed by their owners from the close on, carried forward while they are open (MRV-02)."""
    ref = begun(made)
    freeze(made, ref)
    row = {"what": "Train the reviewers", "who": "risk-head", "due": "2026-11-20"}
    decide(made, ref, improvement=[row], no_improvement=False)
    with made.looking("author") as work:
        found = management_review.one(work, ref.key)
        (listed,) = management_review.listing(work)
    (action,) = found.actions
    assert (action.title, action.owner, str(action.due_on)) == (row["what"], "Risk-Head", row["due"])
    assert (listed.state, listed.actions, listed.left) == ("closed", 1, 1)
    clock.advance(timedelta(days=3))
    following = begun(made)
    assert told(made, following, "a") == [f"{action.number} Train the reviewers: open, due on 2026-11-20"]
    with made.acting("manager") as work:
        actions.cancel(work, action.number, reason="Done otherwise")
    assert told(made, following, "a") == [f"{action.number} Train the reviewers: given up"]


def test_a_bundle_holds_the_packs_of_its_scope(made: Organisation) -> None:
    """Frozen by its last day, of reviews the receiver may see."""
    ref = begun(made)
    evidence = management_review.ReviewEvidence()
    with made.looking("author") as work:
        assert evidence.gather(work, Scope(numbers=(NUMBER,)), work.rights) == []
    freeze(made, ref)
    with made.looking("author") as work:
        (item,) = evidence.gather(work, Scope(numbers=(NUMBER,)), work.rights)
        digest = management_review.one(work, ref.key).listed.digest
        assert (item.digest, item.refs) == (digest, (ref,))
        day = Scope(numbers=(NUMBER,), as_of=work.today - timedelta(days=1))
        assert evidence.gather(work, day, work.rights) == []
        assert evidence.gather(work, Scope(numbers=("FM-08-01",)), work.rights) == []
    with made.looking("outsider") as work:
        assert evidence.gather(work, Scope(), work.rights) == []


def test_a_record_of_another_form_is_no_review(made: Organisation) -> None:
    """Nor one that does not exist for who asks."""
    other = aims.proposed(made)
    ref = begun(made)
    for login, number in (("author", other.key), ("outsider", ref.key), ("author", "FM-13-04-2026-000099")):
        with made.looking(login) as work, pytest.raises(management_review.NoSuchReview):
            management_review.one(work, number)
    with made.looking("outsider") as work:
        assert management_review.listing(work) == []


def test_the_pack_is_printed_once_it_is_frozen(made: Organisation) -> None:
    """With its digest in the head band, every section, and the bytes of the pack in the file."""
    ref = begun(made)
    with made.looking("author") as work, pytest.raises(management_review.PackMissing):
        management_review.printed(work, ref.key)
    freeze(made, ref)
    with made.looking("author") as work:
        work.language = "en"
        printed = management_review.printed(work, ref.key)
        found = management_review.one(work, ref.key)
    assert printed.sheet.body.count("<h2>") == 13
    assert found.listed.digest in {each.value for each in printed.sheet.details}
    assert printed.source == pack.to_bytes(_whole(found.pack))


def _whole(found: Pack | None) -> Pack:
    assert found is not None
    return found
