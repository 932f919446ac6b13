"""What must hold before a revision may be submitted, and again before it may be issued (DOC-02, DOC-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts, standards
from qms.documents import access, digest, errors, prepared, route, rows, tree
from qms.documents.defaults import DECLARED, Kind
from qms.documents.models import ClauseText, Document, ReferenceTo, Revision
from qms.documents.operations import filling, walk
from qms.documents.words import KINDS
from qms.kernel.errors import Damaged, Missing, Problem
from qms.kernel.labels import N_, Phrase
from qms.rendering import own_fonts, uncovered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from qms.documents.prepared import Prepared
    from qms.documents.source import Source
    from qms.kernel.work import Work

MOST_PLACES = 10


class ContentAltered(Damaged):
    """The stored content of a revision no longer gives the digest that was signed (law 7)."""

    message = "The content of {revision} is not what was signed; restore it from a backup."


def stored(work: Work, revision: Revision) -> Prepared:
    """The source of a revision as it lies in the vault."""
    return prepared.read_back(work.vault, work.settings, revision, rows.images(work.session, revision.id))


def digest_of(revision: Revision, source: Prepared) -> str:
    """The content digest of a revision as its rows and bytes stand now (law 7)."""
    printed = {
        "number": revision.document.number,
        "kind": revision.document.kind.value,
        "language": revision.language,
        "label": revision.label,
        "author": revision.author_id,
        "round": revision.round,
        "route": revision.route,
        "bytes": revision.source_digest,
    }
    return digest.content_digest(source.source.head, source.source.body, source.images, printed)


def refuse_altered(work: Work, revision: Revision) -> Prepared:
    """The stored source, refused where rows or bytes are no longer what was signed."""
    source = stored(work, revision)
    if digest_of(revision, source) != revision.content_digest:
        raise ContentAltered(revision=rows.name(revision))
    return source


def refuse(work: Work, revision: Revision, source: Prepared) -> None:
    """Raise every fault of a revision at once, each by file, line and field."""
    problems = [
        *source.problems,
        *source.source.locate(_route(work, revision, source.source.head)),
        *of_source(work, revision, source.source),
    ]
    if problems:
        raise errors.SourceInvalid(problems)


def of_source(work: Work, revision: Revision, source: Source) -> list[Problem]:
    """What the head of a source, typed or stored, has against its submission, and signs nobody can print.

    Who can sign today is no fault of what is written, and is told when it is submitted.
    """
    return [*source.locate(_of_head(work, revision, source)), *_glyphs(work, source)]


def _of_head(work: Work, revision: Revision, source: Source) -> Iterator[Problem]:
    head = source.head
    if not (head.get("change") or {}).get("reason"):
        yield Problem(N_("Say why: a revision needs the reason for its change."), field="change.reason")
    if not (head.get("change") or {}).get("summary"):
        yield Problem(N_("Say what changed: a revision needs a summary."), field="change.summary")
    if head["kind"] == Kind.EXTERNAL_DOCUMENT and "external" not in head:
        text = N_("An external document names its issuer and edition, and where both can be looked up.")
        yield Problem(text, field="external")
    yield from _places(work, head)
    yield from _clauses(work, head)
    try:
        tree.check_parent(revision.document.number, head.get("parent"), filling.parents_of(work.session))
    except errors.ParentCycle as fault:
        yield Problem(fault.message, field="parent", facts=fault.facts)
    yield from _declared(work, head, source.file)


def _places(work: Work, head: Mapping[str, Any]) -> Iterator[Problem]:
    """Departments, posts and people of the head exist."""
    departments = {each.code for each in accounts.departments(work.session)}
    posts = {each.code for each in accounts.posts(work.session)}
    distribution = head.get("distribution") or {}
    if head["owner"] not in departments:
        yield Problem(errors.OwnerUnknown.message, field="owner", facts={"department": head["owner"]})
    named = distribution.get("departments", ())
    for code in () if named == "all" else named:
        if code not in departments:
            yield Problem(_NO_DEPARTMENT, field="distribution.departments", facts={"code": code})
    for code in distribution.get("posts", ()):
        if code not in posts:
            yield Problem(_NO_POST, field="distribution.posts", facts={"code": code})
    known = filling.people_of(work.session, distribution)
    for login in distribution.get("people", ()):
        if login not in known:
            yield Problem(_NO_PERSON, field="distribution.people", facts={"login": login})


_NO_DEPARTMENT = N_("There is no department {code}.")
_NO_POST = N_("There is no post {code}.")
_NO_PERSON = N_("There is nobody with the login {login}.")


def _clauses(work: Work, head: Mapping[str, Any]) -> Iterator[Problem]:
    """Clauses of standards named in the head exist in their edition (DOC-15)."""
    for edition, numbers in (head.get("clauses") or {}).items():
        for place, number in enumerate(numbers, 1):
            field = f"clauses.{edition}.{place}"
            try:
                exists = standards.has_clause(work.session, edition, number)
            except Missing as fault:
                yield Problem(fault.message, field=f"clauses.{edition}", facts=fault.facts)
                break
            if not exists:
                text = N_("The edition {edition} has no clause {number}.")
                yield Problem(text, field=field, facts={"edition": edition, "number": number})


def _route(work: Work, revision: Revision, head: Mapping[str, Any]) -> Iterator[Problem]:
    """Somebody can sign each stage today."""
    asked = route.read_route(head.get("route"), head["kind"])
    held = walk.holders(work.session, asked, revision, work.today)
    yield from route.faults(asked, held, revision.author_id or 0)


def declared(work: Work, head: Mapping[str, Any], file: str) -> Iterator[tuple[Collection[str], Problem]]:
    """The faults of what a head declares, each with the keys that cannot be read for it.

    A Section is asked about a key of the Body only where the content is sound, on which it builds.
    """
    body = filling.body_of(work, head["kind"])
    wrong = () if body is None else body.check(head, file)
    for each in wrong:
        yield body.keys, each
    for section in work.ports.get("sections", ()):
        if section.key in head and not (wrong and section.key in body.keys):
            for each in section.check(work, head[section.key], head):
                yield {section.key}, each


def _declared(work: Work, head: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Every Section finds its key in order, and the Body its content."""
    yield from (each for _, each in declared(work, head, file))
    if head["kind"] in DECLARED and filling.body_of(work, head["kind"]) is None:
        text = N_("Nothing is installed that can print a document of the kind {kind}.")
        yield Problem(text, field="kind", facts={"kind": Phrase(KINDS[Kind(head["kind"])])})


def _glyphs(work: Work, source: Source) -> Iterator[Problem]:
    """Every character can be printed with the shipped fonts or the organisation's own, else it is named."""
    lines = _lines(source)
    text = "\n".join(line for _, line in lines)
    starts, offset = [], 0
    for _, line in lines:
        starts.append(offset)
        offset += len(line) + 1
    seen: set[str] = set()
    for missing in uncovered(text, own_fonts(work.settings.at(work.settings.fonts))):
        if missing.char in seen or len(seen) >= MOST_PLACES:
            continue
        seen.add(missing.char)
        place = sum(start <= missing.offset for start in starts) - 1
        text_ = N_("No shipped font can print the character {char} ({code}).")
        facts = {"char": missing.char, "code": f"U+{ord(missing.char[0]):04X}"}
        yield Problem(text_, source.file, lines[place][0], facts=facts)


def _lines(source: Source) -> list[tuple[int, str]]:
    """The lines that are printed, with their place in the file: texts of the head, then the body."""
    found = list(_head_texts(source.head, "", source))
    body = source.body.split("\n")
    return found + [(source.body_line + place, line) for place, line in enumerate(body)]


def _head_texts(value: Any, path: str, source: Source) -> Iterator[tuple[int, str]]:
    if isinstance(value, str):
        yield source.line(path), value.replace("\n", " ")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _head_texts(inner, f"{path}.{key}" if path else key, source)
    elif isinstance(value, list):
        for place, inner in enumerate(value, 1):
            yield from _head_texts(inner, f"{path}.{place}" if path else str(place), source)


def dangling(work: Work, revision: Revision) -> list[tree.Link]:
    """The references of a revision that end nowhere: a warning, never a refusal (DOC-14).

    What lies above the author's grade ends nowhere for them, so that nobody learns of it by asking.
    """
    links = [
        tree.Link(revision.document.number, row.target, row.link.value, row.clause)
        for row in work.session.scalars(select(ReferenceTo).where(ReferenceTo.revision_id == revision.id))
    ]
    targets = {link.target for link in links}
    seen = select(Document.number).join(Revision, Revision.document_id == Document.id)
    seen = seen.where(Document.number.in_(targets), access.graded(work.rights))
    numbers = set(work.session.scalars(seen))
    return list(
        tree.dangling(links, numbers, _clause_numbers(work, {link.target for link in links if link.clause}))
    )


def _clause_numbers(work: Work, targets: set[str]) -> dict[str, set[str]]:
    """The clause numbers that any revision of each document has, where it has any."""
    found: dict[str, set[str]] = {}
    for row in work.session.execute(
        select(Document.number.label("document"), ClauseText.number)
        .join(Revision, Revision.document_id == Document.id)
        .join(ClauseText, ClauseText.revision_id == Revision.id)
        .where(Document.number.in_(targets), ClauseText.number != "", access.graded(work.rights))
    ):
        found.setdefault(row.document, set()).add(row.number)
    return found
