"""Before anybody approves it: everything a change touches, as far as one may see it (R12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import changes, records
from qms.impact import Kind, impact
from qms.kernel.errors import Missing
from tests.documents import factories as papers
from tests.impact.factories import CHANGED, house
from tests.records import factories

if TYPE_CHECKING:
    from qms.impact import Line
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation


@pytest.fixture
def made(works: Works) -> Organisation:
    """A procedure with a form and a record open on it, one that cites it, one below it."""
    found = house(works)
    factories.filed(found)
    return found


def lines(made: Organisation, ref: Ref, login: str = "manager") -> set[tuple[Kind, str]]:
    """The list as somebody reads it."""
    with made.looking(login) as work:
        found: list[Line] = impact(work, ref)
    return {(each.kind, each.what) for each in found}


def test_it_lists_everything_that_leans_on_it(made: Organisation) -> None:
    """Who cites the changed clause, who stands below, the form with an open record."""
    ref = papers.submitted(
        made, papers.source(more="forms: [FM-07-01]", body=CHANGED, reason="Better", summary="First step")
    )
    assert lines(made, ref) >= {
        (Kind.CITES_CHANGED, "CP-08"),
        (Kind.BELOW, "CP-09"),
        (Kind.FORM, "FM-07-01"),
    }


def test_what_cites_another_clause_only_leans_on_it(made: Organisation) -> None:
    """A change of the purpose does not meet those who cite the first step."""
    body = papers.BODY.replace("how risk is controlled", "how every risk is controlled")
    ref = papers.submitted(made, papers.source(more="forms: [FM-07-01]", body=body, reason="Better"))
    found = lines(made, ref)
    assert (Kind.LEANS, "CP-08") in found
    assert (Kind.CITES_CHANGED, "CP-08") not in found


def test_a_count_and_a_list_leave_out_what_one_may_not_see(made: Organisation) -> None:
    """The draft does not exist for a reader, and so neither does its list (SEC-06)."""
    ref = papers.drafted(made, papers.source(body=CHANGED, reason="Better"))
    with pytest.raises(Missing):
        lines(made, ref, "reader")


def test_asking_changes_nothing(made: Organisation) -> None:
    """The simulator reads only: no entry of the trail, no request, no record comes of it."""
    ref = papers.drafted(made, papers.source(body=CHANGED, reason="Better"))
    with made.looking("author") as work:
        impact(work, ref)
        assert work.changes == []
        assert changes.requests(work.session, work.rights, work.today) == []
        assert records.open_on(work, "FM-07-01") == 1
