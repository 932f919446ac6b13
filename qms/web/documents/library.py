"""The library: the master list in force today or as it stood on a day, narrowed in words, and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Response, request

from qms import documents, standards
from qms.documents import KINDS, Filters, Standing, master_list
from qms.http.edge import NothingToSee, look, page, t
from qms.http.forms import Form
from qms.kernel.labels import N_, in_language
from qms.kernel.ports import Secrecy
from qms.web.documents._pages import pages
from qms.web.revisions import NAMES, departments, shared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from flask.typing import ResponseReturnValue

    from qms.documents import Listed
    from qms.kernel.work import Work

_PAGE: Final = 100
_ALL: Final = "all"
_FILTERS: Final = ("q", "kind", "owner", "clause", "state", "secrecy", "lang", "day")
STATES: Final = (
    ("", N_("in force")),
    (Standing.PENDING.value, N_("issued for a later day")),
    ("work", N_("being worked on")),
    (Standing.WITHDRAWN.value, N_("withdrawn")),
    (_ALL, N_("any state")),
)
_AT_WORK: Final = frozenset({Standing.DRAFT, Standing.IN_REVIEW, Standing.APPROVED, Standing.ISSUING})
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader narrowed the list to."""

    day: date
    state: str
    filters: Filters
    secrecy: int | None


def seen() -> Work:
    """The look of a reader of documents; for others there is no library."""
    work = look()
    if not work.rights.may("documents:read"):
        raise NothingToSee
    return work


@pages.get("/d")
def library() -> ResponseReturnValue:
    """The master list as cards or rows, a hundred at a time (R01, DOC-03)."""
    work = seen()
    form = Form()
    rows: Sequence[Listed] = ()
    day, count = work.today, 0
    first = max(0, request.args.get("first", 0, type=int))
    with form.catch():
        asked = _asked(work, form)
        day = asked.day
        rows, count = _shown(work, asked, first)
    body = page(
        "documents/library.html",
        form=form,
        rows=rows,
        count=count,
        day=day,
        first=first,
        more=first + _PAGE if count > first + _PAGE else None,
        asked={name: form.get(name) for name in _FILTERS if form.get(name)},
        choices=_choices(work),
        states=STATES,
        **shared(work),
    )
    return body, form.status


def _choices(work: Work) -> dict[str, list[tuple[str, str]]]:
    clauses = standards.clauses(work.session, work.settings.standard) if _has_standard(work) else []
    return {
        "kind": [(kind.value, t(name)) for kind, name in KINDS.items()],
        "owner": sorted(departments(work).items(), key=lambda each: each[1]),
        "clause": [
            (each.number, f"{each.number} {in_language(each.title, work.language)}") for each in clauses
        ],
        "secrecy": [
            (str(int(grade)), t(name))
            for grade, name in documents.GRADES.items()
            if grade <= work.rights.secrecy
        ],
        "lang": list(NAMES.items()),
    }


def _has_standard(work: Work) -> bool:
    return work.settings.standard in {each.code for each in standards.editions(work.session)}


def _asked(work: Work, form: Form) -> Asked:
    day = form.maybe_day("day") or work.today
    form.check()
    numbers = _answering(work, form.get("clause"), day) if form.get("clause") else None
    grade = form.get("secrecy")
    return Asked(
        day,
        form.get("state"),
        Filters(
            kinds=_one(form.get("kind")),
            owners=_one(form.get("owner")),
            languages=_one(form.get("lang")),
            standings=_standings(form.get("state")),
            numbers=numbers,
            words=form.get("q"),
        ),
        int(grade) if grade in {str(int(each)) for each in Secrecy} else None,
    )


def _one(value: str) -> frozenset[str] | None:
    return frozenset({value}) if value else None


def _standings(state: str) -> frozenset[Standing] | None:
    if state == "work":
        return _AT_WORK
    return frozenset({Standing(state)}) if state in {each.value for each in Standing} else None


def _answering(work: Work, clause: str, day: date) -> frozenset[str]:
    """The numbers of the documents that answer a clause or one below it (DOC-15)."""
    if not _has_standard(work):
        return frozenset()
    matrix = documents.clause_matrix(work.session, work.rights, work.settings.standard, day)
    return frozenset(
        number
        for row in matrix.rows
        if row.clause.number == clause or row.clause.number.startswith(f"{clause}.")
        for number in row.documents
    )


def _shown(work: Work, asked: Asked, first: int) -> tuple[Sequence[Listed], int]:
    """A hundred rows of the list, and how many there are in all."""
    if not asked.state:
        return documents.library_page(
            work.session,
            work.rights,
            asked.day,
            asked.filters,
            secrecy=asked.secrecy,
            first=first,
            size=_PAGE,
        )
    rows = _rows(work, asked)
    return rows[first : first + _PAGE], len(rows)


def _rows(work: Work, asked: Asked) -> list[Listed]:
    ask = documents.master_rows if asked.state else documents.library
    found = ask(work.session, work.rights, asked.day, asked.filters)
    return [each for each in found if asked.secrecy is None or each.secrecy == asked.secrecy]


@pages.get("/d/list/master-list.<suffix>")
def export(suffix: str) -> ResponseReturnValue:
    """The list as it is narrowed on the page, as a file that no spreadsheet computes (R01, SEC-21)."""
    work = seen()
    if suffix not in {"csv", "xlsx"}:
        raise NothingToSee
    form = Form()
    asked = _asked(work, form)
    table = master_list.table(_rows(work, asked), work.language, departments(work))
    name = f"master-list-{asked.day.isoformat()}.{suffix}"
    title = t(N_("Master list {day}"), day=asked.day.isoformat())
    body = master_list.to_csv(table) if suffix == "csv" else master_list.to_xlsx(table, title)
    return download(body, name, "text/csv; charset=utf-8" if suffix == "csv" else _XLSX)


def download(body: bytes, name: str, kind: str, *, inline: bool = False) -> Response:
    """Bytes as a file; `inline` shows it on the screen instead of saving it."""
    answer = Response(body, content_type=kind)
    answer.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=name)
    return answer
