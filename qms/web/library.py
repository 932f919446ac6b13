"""What does not agree between procedures, forms and registers, for those who release documents (R01, R64)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, url_for

from qms import documents
from qms import library as libraries
from qms.http.edge import NothingToSee, look, page
from qms.kernel.labels import in_language, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from qms.kernel.errors import Problem
    from qms.kernel.work import Work

pages = Blueprint("library", __name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """One place that does not agree: where in the file, and what is wrong."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Apart:
    """The faults of one source, with the page of its document where there is one."""

    file: str
    title: str
    url: str | None
    faults: tuple[Fault, ...]


@pages.get("/library/check")
def check() -> str:
    """All that is in force or ahead of it read together, each fault with its document; it changes nothing."""
    work = look()
    if not work.rights.may("documents:release"):
        raise NothingToSee
    papers = libraries.own(work)
    found = libraries.check(papers, libraries.structure(work.session))
    titles = {
        each.number: in_language(each.title, work.language)
        for each in documents.library(work.session, work.rights, work.today)
    }
    told = _seen(work, found, {each.name.partition(".")[0] for each in papers})
    apart = list(_by_file(work, told, titles))
    ahead = sum(each.is_file for each in papers)
    return page("library/check.html", apart=apart, count=len(told), ahead=ahead, in_force=len(papers) - ahead)


def _seen(work: Work, found: Iterable[Problem], numbers: Iterable[str]) -> list[Problem]:
    """Without what speaks of documents that exist and are hidden from who asks (SEC-06)."""
    refs = [documents.document_ref(number) for number in numbers]
    shut = {ref.key for ref in documents.hidden(work.session, work.rights, refs, work.today)}
    return [
        each
        for each in found
        if _number(each) not in shut and shut.isdisjoint(str(fact) for fact in each.facts.values())
    ]


def _number(problem: Problem) -> str:
    """The number in the name of a source, such as CP-12.en.md."""
    return (problem.file or "").partition(".")[0]


def _by_file(work: Work, found: Iterable[Problem], titles: Mapping[str, str]) -> Iterator[Apart]:
    gathered: dict[str, list[Problem]] = {}
    for each in found:
        gathered.setdefault(each.file or "", []).append(each)
    for file in sorted(gathered):
        number = file.partition(".")[0]
        url = url_for("documents.one", number=number) if number in titles else None
        faults = tuple(_fault(each, work.language) for each in gathered[file])
        yield Apart(file, titles.get(number, ""), url, faults)


def _fault(problem: Problem, language: str) -> Fault:
    place = " · ".join(str(part) for part in (problem.line, problem.field) if part)
    return Fault(place, say(problem.message, language, **problem.facts))
