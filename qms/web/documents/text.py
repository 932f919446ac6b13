"""The text of a revision for the screen: citations linked, pictures addressed, changed clauses marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING, Final

from flask import url_for

from qms import documents
from qms.documents import Filters
from qms.kernel.errors import Missing
from qms.kernel.labels import traditional
from qms.rendering import traditional_html
from qms.web.revisions import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from qms.documents import Listed, Revision
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.rendering import Citation

# The HTML is our own, sanitised: headings carry nothing but a lasting id, pictures a plain name.
_HEADING: Final = re.compile(r'(?=<h[1-6] id=")')
_ID: Final = re.compile(r'<h([1-6]) id="([^"]+)">(.*?)</h\1>', re.DOTALL)
_PICTURE: Final = re.compile(r'(<img [^>]*?\bsrc=")([^"]*)(")')


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents."""

    anchor: str
    number: str
    heading: str
    depth: int
    changed: bool


def known(work: Work, numbers: Collection[str]) -> dict[str, Listed]:
    """Those of these documents that are in force today and exist for the reader, by number."""
    found = documents.library(work.session, work.rights, work.today, Filters(numbers=frozenset(numbers)))
    chosen: dict[str, Listed] = {}
    for each in found:
        if each.number not in chosen or each.language == work.language:
            chosen[each.number] = each
    return chosen


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Where citations lead: those of these documents, which exist for the reader, and no others."""

    known: frozenset[str]
    script: str | None = None

    def __call__(self, citation: Citation) -> str | None:
        """The address of a citation; None where it stays plain text."""
        if citation.number not in self.known:
            return None
        if citation.clause is None:
            return url_for("documents.one", number=citation.number, script=self.script)
        return url_for("documents.one", number=citation.number, clause=citation.clause, script=self.script)


def body(
    work: Work,
    revision: Revision,
    ref: Ref,
    changed: Collection[str] = (),
    cite: str = "",
    *,
    there: Mapping[str, Listed] | None = None,
    script: str | None = None,
) -> str:
    """The text in sections, one a clause; `cite` names the address that a clause is cited by.

    `there` is what is known of the documents it cites, where the caller has asked already; a `script`
    shows the words in traditional characters by conversion.
    """
    cited = {target for _, target, _ in documents.references(work.session, work.rights, ref, work.today)}
    there = known(work, cited) if there is None else there
    made = documents.body_html(work, revision, _Addresses(frozenset(cited & there.keys()), script))
    made = traditional_html(made) if script else made
    made = addressed(made, lambda name: url_for("documents.picture", name=name, **parts_of(ref)))
    return "".join(_section(piece, changed, cite) for piece in _HEADING.split(made) if piece)


def addressed(html: str, address: Callable[[str], str]) -> str:
    """The HTML with an address in place of each picture's plain name."""
    return _PICTURE.sub(lambda found: f"{found[1]}{escape(address(unescape(found[2])))}{found[3]}", html)


def _section(piece: str, changed: Collection[str], cite: str) -> str:
    found = _ID.match(piece)
    if found is None:
        return piece
    level, anchor, words = found[1], found[2], found[3]
    mark = f'<a class="anchor" href="{escape(cite)}#{anchor}" aria-hidden="true" tabindex="-1">§</a>'
    head = f'<h{level} id="{anchor}">{words}{mark}</h{level}>'
    name = "clause changed" if anchor in changed else "clause"
    return f'<section class="{name}">{head}{piece[found.end() :]}</section>'


def contents(work: Work, ref: Ref, changed: Collection[str] = (), script: str | None = None) -> list[Entry]:
    """The clauses as a table of contents."""
    said = traditional if script else str
    return [
        Entry(
            each.anchor, each.number, said(each.heading), each.number.count(".") + 1, each.anchor in changed
        )
        for each in documents.clauses(work.session, work.rights, ref, work.today)
        if each.anchor and each.heading
    ]


def anchor_of(work: Work, ref: Ref, clause: str) -> str:
    """The lasting id of the clause of a number; nothing where there is none."""
    clauses = documents.clauses(work.session, work.rights, ref, work.today)
    return next((each.anchor for each in clauses if each.number == clause), "")


def changed_since_read(work: Work, ref: Ref, earlier: Collection[Listed]) -> tuple[str, frozenset[str]]:
    """The last revision the reader signed for before this one, and the clauses changed since (DOC-06)."""
    for each in reversed(list(earlier)):
        if each.code and documents.has_acknowledged(work.session, work.rights, each.ref, work.today):
            try:
                rows = documents.difference(work, ref, against=each.ref).rows
            except Missing:
                return "", frozenset()
            return each.label, frozenset(row.clause for row in rows if row.kind != "same")
    return "", frozenset()


def titles(found: Mapping[str, Listed], numbers: Collection[str]) -> list[tuple[str, Listed | None]]:
    """Each number with what is known of it, once and in order."""
    return [(number, found.get(number)) for number in dict.fromkeys(numbers)]
