"""A procedure in force on which others lean, and the next revision of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import impact
from qms.impact import Verdict
from tests.documents import factories as papers
from tests.records import factories

if TYPE_CHECKING:
    from qms.impact import Item
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

CITING = papers.source(
    "CP-08", body="{#purpose}\n# 1 Purpose\n\nAs CP-07 §2.1 says. Somebody follows within 3 working days.\n"
)
BELOW = papers.source("CP-09", more="parent: CP-07")
CHANGED = papers.BODY.replace("the first thing", "the very first thing")
WHATS = ["CP-08", "CP-09", "FM-07-01"]


def house(works: Works) -> Organisation:
    """A procedure with a form below it, one that cites it, one below it; all in force."""
    found = factories.house(works, factories.form(more="parent: CP-07"))
    papers.issued(found, papers.source(more="forms: [FM-07-01]"))
    papers.issued(found, CITING, file="CP-08.md")
    papers.issued(found, BELOW, file="CP-09.md")
    papers.run_day(found)
    return found


def changed(made: Organisation, body: str = CHANGED) -> Ref:
    """The next revision in review."""
    return papers.submitted(made, papers.source(more="forms: [FM-07-01]", body=body, reason="Better"))


def listed(made: Organisation, ref: Ref, login: str = "author") -> list[Item]:
    """The list as somebody reads it."""
    with made.looking(login) as work:
        return impact.checklist(work, ref)


def conclude(
    made: Organisation, ref: Ref, whats: list[str] | None = None, login: str = "author", remark: str = "same"
) -> None:
    """Nothing to do about these lines, or about all."""
    with made.acting(login) as work:
        impact.conclude(work, ref, whats or WHATS, Verdict.NONE, remark=remark)
