"""Pure rules: the words around a document (state, facts, page label) in the language of the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qms.kernel.labels import say
from qms.rendering.sheet import Heading

if TYPE_CHECKING:
    from qms.rendering.markdown import Content
    from qms.rendering.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Fact:
    """One label and its value on the cover."""

    label: str
    value: str


def state_line(sheet: Sheet) -> str:
    """What the paper may say of its own state: from when it holds, and where to ask whether it still does.

    Paper cannot know that it has been superseded, so it never claims to be in force (DOC-11).
    """
    if sheet.state:
        return sheet.state
    if sheet.effective_on is None:
        return say("Draft, not issued", sheet.language)
    day = sheet.effective_on.isoformat()
    if not sheet.short_code:
        return say("Effective from {day}", sheet.language, day=day)
    return say("Issued, effective from {day}; validity: scan", sheet.language, day=day)


def signed_line(sheet: Sheet) -> str:
    """The last two signatures, for the foot of each page."""
    rows = sheet.approvals[-2:]
    return " · ".join(f"{row.meaning} {row.name} {row.at[:10]}" for row in rows)


def page_label(language: str) -> tuple[str, str, str]:
    """The words before the page number, between it and the count of pages, and after."""
    before, _, rest = say("Page {page} of {pages}", language, page="\x00", pages="\x00").partition("\x00")
    between, _, after = rest.partition("\x00")
    return before, between, after


def fact_rows(sheet: Sheet) -> list[list[Fact]]:
    """The quiet block of the cover, two facts a line, long ones alone."""
    language = sheet.language
    short = [
        Fact(say("Published on", language), sheet.published_on.isoformat() if sheet.published_on else ""),
        Fact(say("Effective from", language), sheet.effective_on.isoformat() if sheet.effective_on else ""),
        Fact(say("Owner", language), sheet.owner),
        Fact(say("Secrecy", language), sheet.secrecy),
    ]
    long = [
        Fact(say("Distribution", language), sheet.distribution),
        Fact(say("Parent document", language), sheet.parent),
        Fact(say("Clauses of the standard", language), sheet.clauses),
    ]
    short = [fact for fact in short if fact.value]
    pairs = [short[start : start + 2] for start in range(0, len(short), 2)]
    return pairs + [[fact] for fact in long if fact.value]


def contents_of(content: Content, depth: int = 2) -> tuple[Heading, ...]:
    """The contents of a body down to a depth of headings."""
    return tuple(
        Heading(clause.number, clause.heading, clause.level, clause.anchor)
        for clause in content.clauses
        if 0 < clause.level <= depth
    )
