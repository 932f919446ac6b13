"""External documents looked up, reviews overdue, families of what is withdrawn (DOC-09, DOC-13)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from qms import documents, tasks
from qms.documents import Currency, errors
from tests.documents import factories

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

ROUTE = (
    "route: {review: {posts: [quality-manager]}, approve: {posts: [deputy-general-manager]},"
    " release: {posts: [document-controller]}}"
)
LAW = 'external: {issuer: 税务总局, edition: "2024", check-at: official site, check-every: 6 months}'


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people."""
    return factories.organisation(works)


def law(made: Organisation) -> Ref:
    """An external document that has entered force."""
    ref = factories.issued(made, number="ED-001", kind="external-document", more=f"{LAW}\n{ROUTE}")
    factories.run_day(made)
    return ref


def listed(made: Organisation, login: str = "author") -> list[documents.External]:
    """The external documents a person sees."""
    with made.looking(login) as work:
        return documents.externals(work.session, work.rights, work.today)


def owed(made: Organisation, login: str) -> list[str]:
    """What a person owes about editions."""
    with made.looking(login) as work:
        found = tasks.inbox(work.session, made.ids[login], work.today)
        return [each.text("en") for each in found if each.kind == "documents:external-check"]


def look(made: Organisation, ref: Ref, outcome: Currency, edition: str = "", login: str = "author") -> None:
    """Record a look at the source."""
    with made.acting(login) as work:
        documents.record_external_check(work, ref, outcome, edition=edition, note="seen")


def test_an_external_document_names_where_it_comes_from(made: Organisation) -> None:
    """Without issuer and edition it is not submitted (DOC-09)."""
    ref = factories.drafted(made, number="ED-001", kind="external-document", more=ROUTE)
    with pytest.raises(errors.SourceInvalid) as refused:
        factories.submit(made, ref)
    assert "external" in [each.field for each in refused.value.problems]


def test_it_is_looked_up_when_due(made: Organisation, clock: SimulatedClock) -> None:
    """A look is planned, owed when near, shown as overdue, recorded, planned again; what leans shows."""
    ref = law(made)
    factories.issued(made, more="references: [ED-001]")
    (row,) = listed(made)
    assert (row.issuer, row.edition, row.affected) == ("税务总局", "2024", ("CP-07",))
    assert (row.due_on, row.is_overdue, row.last) == (date(2027, 5, 2), False, None)
    assert owed(made, "risk-head") == []
    clock.advance(timedelta(days=185))
    factories.run_day(made)
    assert len(owed(made, "risk-head")) == 1
    assert listed(made)[0].is_overdue
    look(made, ref, Currency.CURRENT)
    assert owed(made, "risk-head") == []
    (row,) = listed(made)
    assert (row.last, row.last_on, row.is_overdue) == (Currency.CURRENT, date(2027, 5, 6), False)
    assert row.due_on == date(2027, 11, 6)


def test_another_edition_is_named_and_looked_at_soon(made: Organisation) -> None:
    """Replaced says by which edition; the next look comes within a month until the revision follows."""
    ref = law(made)
    with pytest.raises(errors.EditionMissing):
        look(made, ref, Currency.REPLACED)
    look(made, ref, Currency.REPLACED, "2027")
    (row,) = listed(made)
    assert (row.last, row.newer) == (Currency.REPLACED, "2027")
    with made.looking("author") as work:
        assert len(documents.external_checks(work.session, work.rights, ref, work.today)) == 2


def test_who_may_look_it_up_and_of_what(made: Organisation) -> None:
    """Whoever drafts for the department; not a reader, nor of a document of one's own house."""
    ref = law(made)
    with pytest.raises(errors.NotAllowedHere):
        look(made, ref, Currency.CURRENT, login="reader")
    own = factories.issued(made)
    with pytest.raises(errors.ExternalCheckMissing):
        look(made, own, Currency.CURRENT)


def test_reviews_that_are_near_or_overdue_are_listed(made: Organisation, clock: SimulatedClock) -> None:
    """The most urgent first, for those who may see the document (DOC-13)."""
    factories.issued(made, more="review-every: 3 months")
    factories.run_day(made)

    def seen(rights: Rights | None = None) -> list[bool]:
        with made.looking("author") as work:
            found = documents.due_reviews(work.session, rights or work.rights, work.today)
            return [each.is_overdue for each in found]

    assert seen() == []
    clock.advance(timedelta(days=70))
    assert seen() == [False]
    clock.advance(timedelta(days=60))
    assert seen() == [True]


def withdraw(made: Organisation, ref: Ref, family: str = "") -> None:
    """Ask for a withdrawal."""
    with made.acting("author") as work:
        documents.withdraw(work, ref, reason="Gone", password=made.keys["author"], family=family)


def test_a_family_is_named_before_its_head_is_withdrawn(made: Organisation) -> None:
    """Children in force are listed and need a reason to stay; it stands in the signed reason (DOC-14)."""
    ref = factories.issued(made)
    factories.issued(made, number="WI-07-01", kind="work-instruction", more=f"parent: CP-07\n{ROUTE}")
    with made.looking("author") as work:
        assert documents.left_behind(work.session, work.rights, ref, work.today) == ["WI-07-01"]
    with pytest.raises(errors.FamilyInForce, match="WI-07-01"):
        withdraw(made, ref)
    withdraw(made, ref, "The instruction moves to CP-08")
    with made.looking("author") as work:
        asked = documents.withdrawal(work.session, work.rights, ref, work.today)
    assert asked is not None
    assert asked.reason == "Gone\nThe instruction moves to CP-08"


def test_nothing_is_left_behind_where_the_document_goes_on(made: Organisation, clock: SimulatedClock) -> None:
    """Another revision or language in force keeps the family."""
    first = factories.issued(made)
    factories.issued(made, number="WI-07-01", kind="work-instruction", more=f"parent: CP-07\n{ROUTE}")
    clock.advance(timedelta(days=1))
    factories.revised(made, effective_on=date(2026, 12, 1))
    withdraw(made, first)
