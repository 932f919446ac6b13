"""The matrix clause > documents in the bundle > records, with every gap stated (DOC-15, BND-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import documents, standards
from qms.evidence import csvs
from qms.evidence import scope as scopes
from qms.kernel.labels import N_, in_language, say
from qms.kernel.ports import Item

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from qms.kernel.ports import Rights, Scope
    from qms.kernel.work import Work
    from qms.standards import Row

PATH: Final = "02-matrix.csv"
TITLE: Final = N_("Clause matrix")
_HEAD: Final = (N_("Edition"), N_("Clause"), N_("Title"), N_("Documents"), N_("Records"), N_("Gap"))
_ELSEWHERE: Final = N_("Answered by documents outside this scope.")


def matrix(work: Work, scope: Scope, rights: Rights, held: Collection[str]) -> Item | None:
    """One row for each clause asked for: the documents of this bundle that answer it, or why there is none.

    `held` are the numbers of the documents in the bundle. None where the edition has not been loaded.
    """
    code = scope.edition or work.settings.standard
    if code not in {one.code for one in standards.editions(work.session)}:
        return None
    made = documents.clause_matrix(work.session, rights, code, scopes.last_day(scope))
    gaps = {gap.clause: gap.sentence(work.language) for gap in reversed(made.gaps) if gap.clause}
    rows = []
    for row in made.rows:
        if not _asked(row.clause.number, scope.clauses):
            continue
        answering = (*row.documents, *row.inherited)
        here = [number for number in answering if number in held]
        gap = gaps.get(row.clause.number, "")
        if answering and not here:
            gap = say(_ELSEWHERE, work.language)
        rows.append((code, *_cells(row, here, work.language), gap))
    head = [say(name, work.language) for name in _HEAD]
    return Item(PATH, content=csvs.table(head, rows), title=say(TITLE, work.language))


def _asked(number: str, wanted: Iterable[str]) -> bool:
    named = tuple(wanted)
    return not named or any(number == one or number.startswith(f"{one}.") for one in named)


def _cells(row: Row, here: list[str], language: str) -> tuple[str, str, str, str]:
    records = ", ".join(row.records) if here else ""
    return row.clause.number, in_language(row.clause.title, language), ", ".join(here), records
