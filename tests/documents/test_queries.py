"""What the register answers: on any day, and only what may be seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from qms import accounts, documents, standards
from qms.accounts import Meaning, Signature
from qms.accounts.models import Clearance, Department, Membership, SigningKey
from qms.documents import access, errors
from qms.documents.lifecycle import Standing
from qms.documents.models import Acknowledgement, Revision
from qms.kernel.ports import Rights, Scope, Secrecy
from qms.kernel.work import ask
from tests.documents import factories

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Work, Works
    from tests.documents.factories import Organisation

TODAY = date(2026, 11, 2)
OUTSIDE = "distribution: {departments: [risk]}"


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people."""
    return factories.organisation(works)


def later(days: int) -> date:
    """A day after the start."""
    return TODAY + timedelta(days=days)


def test_the_library_as_it_stood_on_a_day(made: Organisation) -> None:
    """Each day shows what was in force on it, and nothing before the first day (DOC-03)."""
    factories.issued(made)
    factories.revised(made, later(5))
    with made.looking("reader") as work:
        days = {
            days: [row.label for row in documents.library(work.session, work.rights, later(days))]
            for days in (-1, 0, 4, 5, 400)
        }
        line = documents.timeline(work.session, work.rights, "cp-07", later(5))
    assert days == {-1: [], 0: ["A/0"], 4: ["A/0"], 5: ["A/1"], 400: ["A/1"]}
    assert [(row.label, row.standing) for row in line] == [
        ("A/0", Standing.SUPERSEDED),
        ("A/1", Standing.IN_FORCE),
    ]
    assert (line[0].until_on, line[1].reason) == (later(5), "It got better")


def test_what_is_not_distributed_to_somebody_does_not_exist_for_them(made: Organisation) -> None:
    """Not in lists, not by number, not by Ref, not in force (law 11)."""
    ref = factories.issued(made, more=OUTSIDE)
    with made.looking("reader") as work:
        session, rights = work.session, work.rights
        assert documents.library(session, rights, TODAY) == []
        assert documents.master_rows(session, rights, TODAY) == []
        assert documents.links(session, rights, TODAY) == []
        assert documents.parents(session, rights, TODAY) == {}
        for ask in (
            lambda: documents.document(session, rights, "CP-07", TODAY),
            lambda: documents.in_force(session, rights, "CP-07", "zh-Hans", TODAY),
            lambda: documents.timeline(session, rights, "CP-07", TODAY),
        ):
            with pytest.raises(errors.DocumentMissing):
                ask()
        with pytest.raises(errors.RevisionMissing):
            documents.signatures(session, rights, ref, TODAY)
    with made.looking("author") as work:
        assert documents.in_force(work.session, work.rights, "CP-07", "zh-Hans", TODAY).label == "A/0"
    with made.looking("controller") as work:
        assert len(documents.library(work.session, work.rights, TODAY)) == 1


def test_secrecy_binds_everybody(made: Organisation) -> None:
    """Overseers as well; a clearance opens it (R16)."""
    with made.service() as work:
        for login in ("author", "manager", "deputy", "controller"):
            factories.clear(work, made.ids[login], Secrecy.SECRET)
    factories.issued(made, more="secrecy: secret")
    with made.looking("controller") as work:
        assert len(documents.library(work.session, work.rights, TODAY)) == 1
    for login in ("reader", "risk-head", "general"):
        with made.looking(login) as work:
            assert documents.library(work.session, work.rights, TODAY) == []


def test_drafts_are_seen_by_those_who_work_on_them(made: Organisation) -> None:
    """Mine in my list, all of them in the controller's, none in a reader's."""
    ref = factories.drafted(made)
    with made.looking("author") as work:
        assert [row.ref for row in documents.my_drafts(work.session, work.rights, TODAY)] == [ref]
    with made.looking("writer") as work:
        assert documents.my_drafts(work.session, work.rights, TODAY) == []
        assert [row.ref for row in documents.unissued(work.session, work.rights, TODAY)] == [ref]
    with made.looking("reader") as work:
        assert documents.unissued(work.session, work.rights, TODAY) == []


def test_a_statement_built_once_sees_what_one_built_each_time_sees(made: Organisation) -> None:
    """D-0028: the law of who sees what is written once, whether values stand in it or are given to it."""
    factories.issued(made, more=OUTSIDE)
    factories.issued(made, number="CP-08")
    with made.service() as work:
        factories.clear(work, made.ids["author"], Secrecy.SECRET)
    factories.drafted(made, number="CP-09", more="secrecy: secret")
    factories.submitted(made, number="CP-10")
    every = select(Revision.id).join(Revision.document)
    seen: dict[str, set[int]] = {}
    with made.service() as work:
        session, asked = work.session, [*made.ids.values(), None]
        for person in asked:
            rights = Rights() if person is None else accounts.rights_of(session, person, TODAY)
            # Somebody of whom a role holds in one department only, and the same without reading.
            part = replace(
                rights,
                permissions={key: frozenset({"risk"}) for key in rights.permissions if ":read" not in key},
            )
            for one in (rights, part):
                given_ = access.given(session, one, TODAY)
                visible = set(session.scalars(every.where(access.visible(session, one, TODAY))))
                assert set(ask(session, every.where(access.VISIBLE), **given_).scalars()) == visible
                issued = set(session.scalars(every.where(access.issued(one))))
                told = access.given_rights(one)
                assert set(ask(session, every.where(access.ISSUED), **told).scalars()) == issued
                seen[f"{person} {one is part}"] = visible
    assert seen["None False"] == seen["None True"] == set()
    assert len({frozenset(each) for each in seen.values()}) > 3  # the people do differ


def test_nothing_in_force_is_said_as_such(made: Organisation) -> None:
    """A document that exists for the person but is not in force that day or in that language."""
    factories.issued(made, None, later(3))
    with made.looking("reader") as work, pytest.raises(errors.NothingIssued):
        documents.in_force(work.session, work.rights, "CP-07", "zh-Hans", TODAY)


def test_reviewers_see_what_changed_against_what_is_in_force(made: Organisation) -> None:
    """Old and new words by clause; a first revision is wholly new (DOC-06)."""
    first = factories.issued(made)
    changed = factories.BODY.replace("3 working days", "5 working days")
    ref = factories.submitted(made, body=changed, reason="More time", summary="Five days")
    with made.looking("manager") as work:
        told = documents.difference(work, ref)
        whole = documents.difference(work, first)
        same = documents.difference(work, first, first)
    assert told.old == first
    rows = [row for row in told.rows if row.kind.value != "same"]
    assert [(row.clause, row.kind.value) for row in rows] == [("step-one", "changed")]
    assert "<del>3</del>" in rows[0].old_html
    assert "<ins>5</ins>" in rows[0].new_html
    assert (whole.old, same.is_empty, told.is_empty) == (None, True, False)


def test_a_seat_shows_what_the_change_is_compared_with(made: Organisation) -> None:
    """Who signs sees the text before, whomever it was distributed to; what their grade hides is told."""
    shut = "distribution: {departments: [credit]}"
    with made.service() as work:
        for login in ("author", "manager", "deputy", "controller"):
            factories.clear(work, made.ids[login], Secrecy.SECRET)
    first = factories.issued(made, more=f"{shut}\nsecrecy: secret")
    ref = factories.submitted(made, more=shut, body=factories.BODY.replace("3 w", "5 w"))
    factories.review(made, ref)
    with made.looking("deputy") as work:
        with pytest.raises(errors.RevisionMissing):
            documents.revision(work.session, work.rights, first, work.today)
        told = documents.difference(work, ref)
    assert (told.old, told.is_hidden) == (first, False)
    assert [row.clause for row in told.rows if row.kind.value != "same"] == ["step-one"]
    with made.service() as work:
        work.session.execute(
            update(Clearance)
            .where(Clearance.person_id == made.ids["deputy"])
            .values(grade=int(Secrecy.INTERNAL))
        )
    with made.looking("deputy") as work:
        told = documents.difference(work, ref)
    assert (told.old, told.is_hidden) == (None, True)
    with made.looking("outsider") as work, pytest.raises(errors.RevisionMissing):
        documents.difference(work, ref)


def test_what_is_in_the_library_is_known_whomever_it_is_for(made: Organisation) -> None:
    """Distribution says who reads; a grade says who may know (SEC-07)."""
    factories.issued(made, more="distribution: {departments: [credit]}")
    factories.drafted(made, number="CP-08", file="CP-08.md")
    asked = ["CP-07", "CP-08", "CP-09"]
    with made.looking("outsider") as work:
        told = documents.in_library(work.session, work.rights, asked, work.today)
    assert told == {"CP-07": True, "CP-08": False}
    with made.service() as work:
        factories.clear(work, made.ids["outsider"], Secrecy.PUBLIC)
    with made.looking("outsider") as work:
        assert documents.in_library(work.session, work.rights, asked, work.today) == {}


def test_what_entering_force_will_do_is_told_before(made: Organisation) -> None:
    """Whom it replaces, how many read it, and what is declared that nothing enacts yet."""
    factories.issued(made)
    more = "distribution: {departments: [credit], read-within: 5 days}\nschedules: [{id: yearly}]"
    ref = factories.approved(made, more=more, reason="More", summary="More")
    with made.looking("controller") as work:
        told = documents.consequences(work, ref)
    assert told[0] == "它将取代 A/0。"
    assert told[1] == f"1 人须在 {later(5)} 前阅读。"
    assert told[2:] == ["已声明、尚未启用：schedules。"]
    with made.looking("reader") as work, pytest.raises(errors.RevisionMissing):
        documents.consequences(work, ref)


def test_realisations_one_may_not_see_are_not_named(made: Organisation) -> None:
    """SEC-07: the preview names another language to those for whom it exists."""
    with made.service() as work:
        for login in ("author", "manager", "deputy", "controller"):
            factories.clear(work, made.ids[login], Secrecy.CONFIDENTIAL)
    factories.issued(made, language="en", file="CP-07.en.md", more="secrecy: confidential")
    ref = factories.approved(made)
    for login, sees in (("author", True), ("writer", False)):
        with made.looking(login) as work:
            assert ("A/0 (en)" in " ".join(documents.consequences(work, ref))) is sees


def test_a_code_tells_anyone_whether_the_paper_holds(made: Organisation) -> None:
    """In force, superseded by what, and a wrong code; however it is typed (DOC-11)."""
    ref = factories.issued(made)
    code = factories.state(made, ref).code or ""
    factories.revised(made, later(2))
    with made.works.reading(factories.SERVICE) as work:
        now = documents.verification(work.session, code.lower().replace("-", " "), TODAY)
        then = documents.verification(work.session, code, later(2))
        for wrong in ("0000-0000-0000-0000", "nonsense", ""):
            with pytest.raises(errors.LinkMissing):
                documents.verification(work.session, wrong, TODAY)
    assert (now.standing, now.number, now.label, now.tells_all) == (Standing.IN_FORCE, "CP-07", "A/0", True)
    assert (then.standing, then.superseded_by, then.until_on) == (Standing.SUPERSEDED, "A/1", later(2))


def test_above_internal_a_code_tells_state_and_days_only(made: Organisation) -> None:
    """Neither number nor title nor digest leaves the house (DOC-11)."""
    with made.service() as work:
        for login in ("author", "manager", "deputy", "controller"):
            factories.clear(work, made.ids[login], Secrecy.CONFIDENTIAL)
    ref = factories.issued(made, more="secrecy: confidential")
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        code = documents.revision(work.session, factories.EVERYTHING, ref, TODAY).code
        told = documents.verification(work.session, code or "", TODAY)
    assert (told.standing, told.effective_on, told.tells_all) == (Standing.IN_FORCE, TODAY, False)
    assert {told.number, told.language, told.label, told.title, told.pdf_digest, told.content_digest} == {
        None
    }


def test_the_matrix_answers_by_clause_with_gaps_both_ways(made: Organisation) -> None:
    """Documents in force by clause, clauses nobody answers, documents that answer none (DOC-15)."""
    with made.service() as work:
        for text in standards.shipped().values():
            standards.load_edition(work, text)
    more = "clauses: {iso9001-2015: ['7.5']}\nforms: [FM-12-01]"
    factories.issued(made, more=more)
    factories.issued(made, factories.source("CP-08"), file="CP-08.md")
    with made.looking("reader") as work:
        found = documents.clause_matrix(work.session, work.rights, "iso9001-2015", TODAY)
    row = next(row for row in found.rows if row.clause.number == "7.5")
    assert (row.documents, row.records) == (("CP-07",), ("FM-12-01",))
    sentences = {gap.sentence("en") for gap in found.gaps}
    assert "CP-08 answers no clause." in sentences
    assert any(gap.clause == "10.3" for gap in found.gaps)
    bad = factories.drafted(
        made, factories.source("CP-09", more="clauses: {iso9001-2015: ['7.9']}"), file="CP-09.md"
    )
    with pytest.raises(errors.SourceInvalid) as caught:
        factories.submit(made, bad)
    assert [problem.field for problem in caught.value.problems] == ["clauses.iso9001-2015.1"]


def test_search_gets_each_clause_of_each_issued_revision_with_its_days(made: Organisation) -> None:
    """In force from and until; what was withdrawn before its day is in force on none (search port)."""
    first = factories.issued(made, more=OUTSIDE)
    factories.revised(made, later(5))
    factories.drafted(made, language="en", file="CP-07.en.md")
    port = documents.DocumentEntries()
    group = documents.document_ref("CP-07")
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        entries = port.entries(work, group)
        assert list(port.groups(work)) == [group]
    old = [entry for entry in entries if entry.revision == "A/0"]
    new = [entry for entry in entries if entry.revision == "A/1"]
    assert [(entry.clause, entry.anchor) for entry in old] == [
        ("1", "purpose"),
        ("2", "steps"),
        ("2.1", "step-one"),
    ]
    assert {(entry.from_on, entry.until_on) for entry in old} == {(TODAY, later(5))}
    assert {(entry.from_on, entry.until_on) for entry in new} == {(later(5), None)}
    assert (old[0].departments, new[0].departments) == (frozenset({"risk"}), None)
    assert len({entry.key for entry in entries}) == len(entries) == 6
    assert port.group_of(first) == group
    assert port.group_of(documents.document_ref("CP-07")) == group


def test_evidence_of_a_day_is_what_held_on_it(made: Organisation, clock: SimulatedClock) -> None:
    """The PDF then in force with source and approvals, and nothing of what came later (BND-06)."""
    first = factories.issued(made)
    with made.acting("reader") as work:
        documents.acknowledge(work, first, password=made.keys["reader"])
    clock.advance(timedelta(days=1))
    second = factories.revised(made, later(5))
    clock.advance(timedelta(days=10))
    factories.run_day(made)
    port = documents.DocumentEvidence()

    def gathered(login: str, scope: Scope) -> dict[str, str]:
        with made.looking(login) as work:
            items = port.gather(work, scope, work.rights)
        return {item.path: (item.content or b"").decode("utf-8") for item in items}

    then = gathered("controller", Scope(as_of=TODAY))
    now = gathered("controller", Scope())
    both = gathered("controller", Scope(since=TODAY, until=later(6)))
    assert [path for path in then if path.endswith((".pdf", ".md"))] == [
        "documents/CP-07/A-0.zh-Hans.md",
        "documents/CP-07/A-0.zh-Hans.pdf",
    ]
    assert [path for path in now if path.endswith(".pdf")] == ["documents/CP-07/A-1.zh-Hans.pdf"]
    assert len([path for path in both if path.endswith(".pdf")]) == 2
    assert "A/1" not in "".join(then.values())
    assert then["documents/approvals.csv"].count("\r\n") == 5
    assert "Reader" in then["documents/acknowledgements.csv"]
    assert "Reader" not in now["documents/acknowledgements.csv"]
    assert str(later(5)) not in then["documents/history.csv"]
    assert now["documents/history.csv"].count("\r\n") == 3
    assert second.key.endswith("A/1")


def test_evidence_keeps_to_its_scope_and_to_the_receivers_rights(made: Organisation) -> None:
    """By number, kind, department and clause; two receivers, two contents (BND-08)."""
    with made.service() as work:
        for text in standards.shipped().values():
            standards.load_edition(work, text)
    factories.issued(made, more=f"{OUTSIDE}\nclauses: {{iso9001-2015: ['7.5.3']}}")
    factories.issued(made, factories.source("CP-08"), file="CP-08.md")
    port = documents.DocumentEvidence()

    def numbers(login: str, scope: Scope) -> list[str]:
        with made.looking(login) as work:
            items = port.gather(work, scope, work.rights)
        return sorted({item.path.split("/")[1] for item in items if item.path.endswith(".pdf")})

    assert numbers("controller", Scope()) == ["CP-07", "CP-08"]
    assert numbers("reader", Scope()) == ["CP-08"]
    assert numbers("controller", Scope(numbers=("cp08",))) == ["CP-08"]
    assert numbers("controller", Scope(kinds=("policy",))) == []
    assert numbers("controller", Scope(departments=("credit",))) == []
    assert numbers("controller", Scope(departments=("centre",))) == ["CP-07", "CP-08"]
    for clause in ("7", "7.5", "7.5.3", "7.5.3.1"):
        assert numbers("controller", Scope(clauses=(clause,), edition="iso9001-2015")) == ["CP-07"]
    assert numbers("controller", Scope(clauses=("7.4",), edition="iso9001-2015")) == []


SPANS = st.lists(
    st.tuples(
        st.sampled_from(["credit", "risk", "outlet-east"]),
        st.integers(-5, 20),
        st.integers(1, 20),
        st.none() | st.integers(0, 25),
    ),
    max_size=6,
)


@given(spans=SPANS)
@settings(
    max_examples=10,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_outstanding_is_the_set_difference_on_any_day(
    works: Works, spans: list[tuple[str, int, int, int | None]]
) -> None:
    """Distribution x membership on the day, minus those who had signed by it (DOC-07)."""
    if not works.demo:
        works.demo = True  # marks that the document of this database is made
        factories.issued(factories.organisation(works), more="distribution: {departments: [credit]}")
    made = factories.Organisation(works)
    people: list[int] = []
    with made.service() as work:
        revision = work.session.scalars(select(Revision)).one()
        places = dict(work.session.execute(select(Department.code, Department.id)).all())
        for code, since, length, signed in spans:
            person = factories.add(work, made, f"p-{uuid4().hex}", role="reader", department=None)
            people.append(person)
            work.session.add(
                Membership(
                    person_id=person,
                    department_id=places[code],
                    from_on=later(since),
                    until_on=later(since + length),
                )
            )
            if signed is not None:
                _acknowledged(work, revision, person, later(signed))
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        for day in range(0, 26, 5):
            found = documents.outstanding(
                work.session,
                factories.EVERYTHING,
                documents.revision_ref("CP-07", "zh-Hans", "A/0"),
                later(day),
            )
            expected = {
                person
                for person, (code, since, length, signed) in zip(people, spans, strict=True)
                if code in {"credit", "outlet-east"}
                and since <= day < since + length
                and (signed is None or signed > day)
            }
            assert {reader.person_id for reader in found} & set(people) == expected


def _acknowledged(work: Work, revision: Revision, person: int, on: date) -> None:
    """The row of an acknowledgement, its signature signed by nobody."""
    signature = Signature(
        ref=f"test:{person}",
        digest=revision.content_digest or "",
        meaning=Meaning.ACKNOWLEDGED,
        round=1,
        person_id=person,
        name="P",
        at=work.now,
        key_id=work.session.scalars(select(SigningKey.id).where(SigningKey.person_id == person)).one(),
        signed="",
    )
    work.session.add(signature)
    work.session.flush()
    work.session.add(
        Acknowledgement(
            revision_id=revision.id,
            person_id=person,
            digest=revision.content_digest,
            signature_id=signature.id,
            on=on,
            at=work.now,
        )
    )
