"""A page costs what it shows: pieces of lists come from the database, and rows are found by an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from qms import documents, tasks
from qms.documents import Filters
from qms.kernel.ports import Secrecy
from tests.web.house import LOGINS, person_id

if TYPE_CHECKING:
    from tests.web.papers import Papers


ASKED = (
    (Filters(), None),
    (Filters(), int(Secrecy.PUBLIC)),
    (Filters(kinds=frozenset({"control-procedure"}), languages=frozenset({"zh-Hans"})), None),
    (Filters(words="控制"), None),
)


def test_the_pieces_of_the_library_are_the_library(papers: Papers) -> None:
    """DOC-03, SEC-06: piece by piece the same rows, and the count is of what this person may see."""
    for login in ("reader", "controller", "outsider", "system-administrator"):
        _, rights = papers.runtime.person(login)
        for filters, secrecy in ASKED:
            with papers.looking() as work:
                whole = documents.library(work.session, rights, work.today, filters)
                wanted = [each for each in whole if secrecy is None or each.secrecy == secrecy]
                pieces = []
                for first in range(0, 12, 2):
                    rows, count = documents.library_page(
                        work.session, rights, work.today, filters, secrecy=secrecy, first=first, size=2
                    )
                    assert (count, len(rows) <= 2) == (len(wanted), True)
                    pieces += rows
                assert pieces == wanted


def test_the_number_beside_the_inbox_is_that_of_the_inbox(papers: Papers) -> None:
    """Counted by the database for everybody, with what one stands in for."""
    with papers.looking() as work:
        found = {
            login: (
                tasks.task_count(work.session, person_id(work, login), day),
                len(tasks.inbox(work.session, person_id(work, login), day)),
            )
            for login in LOGINS
            for day in (work.today, None)
        }
    assert any(shown for _, shown in found.values())
    assert [login for login, (count, shown) in found.items() if count != shown] == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_revision_is_found_by_an_index(papers: Papers) -> None:
    """Whatever looks at one revision reads no other document's row."""
    heard: list[tuple[str, Any]] = []

    def told(_: Any, __: Any, statement: str, given: Any, *more: Any) -> None:
        del more
        heard.append((statement, given))

    with papers.looking() as work:
        ref = documents.revision_ref("CP-08", "en", "A/0")
        event.listen(papers.runtime.engine, "before_cursor_execute", told)
        documents.revision(work.session, work.rights, ref, work.today)
        many = frozenset({"CP-08", *(f"CP-{number}" for number in range(40, 70))})
        documents.library(work.session, work.rights, work.today, Filters(numbers=many))
        documents.DocumentEntries().entries(work, documents.document_ref("CP-08"))
        event.remove(papers.runtime.engine, "before_cursor_execute", told)
        line = work.session.connection()
        plans = [
            str(row[3])
            for statement, given in heard
            if "FROM revision JOIN document" in " ".join(statement.split())
            for row in line.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]
    assert len(plans) >= 4
    whole = ("SCAN document", "SCAN revision", "SEARCH revision USING INDEX ix_revision_state (state=?)")
    assert [plan for plan in plans if plan in whole or plan.startswith(whole[:2])] == []
