"""The impact list as its page shows it: one line for each thing touched, in words and with its page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from flask import current_app, url_for

from qms.impact import Kind
from qms.kernel.labels import N_, listed, say
from qms.web.revisions import NAMES, titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qms.impact import Line
    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Touched:
    """One thing the change touches: its number, its title, clauses or counts in words, its page."""

    what: str
    title: str
    detail: str
    url: str | None


def touched(work: Work, lines: Iterable[Line]) -> list[tuple[Kind, list[Touched]]]:
    """The lines by kind; the clauses by which one document leans on the changed one stand in one line."""
    known = titles(work)
    found = []
    for kind, of_kind in groupby(lines, key=lambda each: each.kind):
        by_number = groupby(of_kind, key=lambda each: each.what)
        found.append((kind, [_one(work, kind, what, list(each), known) for what, each in by_number]))
    return found


def _one(work: Work, kind: Kind, what: str, lines: Sequence[Line], known: dict[str, str]) -> Touched:
    details = [each.detail for each in lines if each.detail]
    number = what.partition("/")[0]
    if kind is Kind.REQUEST:
        return Touched(what, listed(details, work.language), "", _page("records.one", what))
    if kind is Kind.SCHEDULE:
        return Touched(number, listed(details, work.language), "", _page("documents.one", number))
    if kind is Kind.LANGUAGE:
        tongues = [NAMES.get(each, each) for each in details]
        return Touched(what, listed(tongues, work.language), "", None)
    text = ""
    if kind is Kind.FORM:
        text = say(N_("open records: {count}"), work.language, count=listed(details, work.language))
    elif details:
        clauses = listed(sorted(details, key=_in_order), work.language)
        text = say(N_("cites the clauses {clauses}"), work.language, clauses=clauses)
    return Touched(what, known.get(what, ""), text, _page("documents.one", what))


def _in_order(clause: str) -> list[tuple[int, str]]:
    """5.2 before 5.10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in clause.split(".")]


def _page(endpoint: str, number: str) -> str | None:
    return url_for(endpoint, number=number) if endpoint in current_app.view_functions else None
