"""What a field that names something offers while one types: people, documents, records, parties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request

from qms import accounts, documents, records
from qms.http.edge import NothingToSee, page
from qms.kernel.labels import in_language
from qms.web.records._pages import pages
from qms.web.records.listing import reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.work import Work

_MOST: Final = 12


def _people(work: Work, words: str) -> list[tuple[str, str]]:
    return [
        (each.login, each.name)
        for each in accounts.people(work.session)
        if words in f"{each.login} {each.name}".casefold()
    ]


def _documents(work: Work, words: str) -> list[tuple[str, str]]:
    found = documents.library(work.session, work.rights, work.today)
    rows = [(each.number, in_language(each.title, work.language)) for each in found]
    return [row for row in rows if words in " ".join(row).casefold()]


def _records(work: Work, words: str) -> list[tuple[str, str]]:
    found = records.listing(work.session, work.rights, work.today, records.Filters(number=words), limit=_MOST)
    return [(each.number, each.title) for each in found]


def _parties(work: Work, words: str) -> list[tuple[str, str]]:
    for directory in work.ports.get("parties", ()):
        return list(directory.matching(work, words, _MOST))
    return []


_PICKS: Final[dict[str, Callable[[Work, str], list[tuple[str, str]]]]] = {
    "person": _people,
    "document": _documents,
    "record": _records,
    "party": _parties,
}


@pages.get("/records/pick/<kind>")
def pick(kind: str) -> str:
    """Suggestions for a field, by what was typed; never what one may not see (SEC-07)."""
    work = reader()
    if kind not in _PICKS:
        raise NothingToSee
    name = next((value for value in request.args.values() if value), "")
    words = name.strip().casefold()
    found = _PICKS[kind](work, words)[:_MOST] if words else []
    return page("records/_options.html", options=found)
