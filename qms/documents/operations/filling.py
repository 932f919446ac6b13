"""What a source says, written into the rows of its revision; used by every door to a draft (law 14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from qms import accounts
from qms.documents import errors, numbering
from qms.documents.defaults import secrecy, titles
from qms.documents.models import (
    Audience,
    ClauseMap,
    ClauseText,
    Document,
    Image,
    Link,
    Member,
    ReferenceTo,
    Revision,
)
from qms.rendering import citations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from qms.documents.prepared import Prepared
    from qms.kernel.work import Work

_PARTS = (Audience, Image, ClauseText, ReferenceTo, ClauseMap)


def refuse_hidden(work: Work, head: Mapping[str, Any]) -> None:
    """Nobody writes into a grade or circle they cannot see themselves."""
    if secrecy(head) > work.rights.secrecy:
        raise errors.AboveClearance
    circle = head.get("circle")
    if circle is not None and circle not in work.rights.circles:
        raise errors.CircleUnknown(circle=circle)


def empty(work: Work, revision: Revision) -> None:
    """Take away all parts of a draft."""
    for part in _PARTS:
        work.session.execute(delete(part).where(part.revision_id == revision.id))


def columns(head: Mapping[str, Any]) -> dict[str, Any]:
    """What a head says, as the columns of its revision; never anything else stands there (law 14)."""
    distribution = head.get("distribution") or {"departments": "all"}
    change = head.get("change") or {}
    return {
        "head": dict(head),
        "title": titles(head),
        "secrecy": int(secrecy(head)),
        "circle": head.get("circle"),
        "distribution": distribution,
        "for_everyone": distribution.get("departments") == "all",
        "change_reason": change.get("reason", ""),
        "change_summary": change.get("summary", ""),
    }


def fill(work: Work, revision: Revision, prepared: Prepared) -> None:
    """Write head, clauses, images, audience, references and clause map of a draft anew."""
    revision.source_digest = prepared.digest
    for name, value in columns(prepared.source.head).items():
        setattr(revision, name, value)
    revision.changed_at = work.now
    work.session.add(revision)
    work.session.flush()
    empty(work, revision)
    for part in _parts(work, revision, prepared):
        part.revision_id = revision.id
        work.session.add(part)
    work.session.flush()


def _parts(
    work: Work, revision: Revision, prepared: Prepared
) -> Iterator[Audience | Image | ClauseText | ReferenceTo | ClauseMap]:
    yield from _audience(work, revision.distribution)
    for name, digest in sorted(prepared.images.items()):
        yield Image(name=name, digest=digest)
    yield from _clauses(work, prepared)
    yield from _references(work, prepared)
    for edition, numbers in (revision.head.get("clauses") or {}).items():
        for clause in numbers:
            yield ClauseMap(edition=edition, clause=clause)


def _audience(work: Work, distribution: Mapping[str, Any]) -> Iterator[Audience]:
    departments = distribution.get("departments", ())
    if departments != "all":
        for code in departments:
            yield Audience(member=Member.DEPARTMENT, code=code)
    for code in distribution.get("posts", ()):
        yield Audience(member=Member.POST, code=code)
    for person in sorted(people_of(work.session, distribution).values()):
        yield Audience(member=Member.PERSON, code=str(person))


def people_of(session: Session, distribution: Mapping[str, Any]) -> dict[str, int]:
    """The ids of the people a distribution names by their login, those that exist."""
    found = {login: accounts.person_by_login(session, login) for login in distribution.get("people", ())}
    return {login: person.id for login, person in found.items() if person is not None}


def _clauses(work: Work, prepared: Prepared) -> Iterator[ClauseText]:
    head = prepared.source.head
    body = body_of(work, head["kind"])
    if body is not None:
        text = body.text(head, head["language"]) if is_sound(body, head) else ""
        yield ClauseText(position=1, anchor="", number="", heading="", text=text)
        return
    seen: set[str] = set()
    for position, clause in enumerate(prepared.content.clauses, 1):
        anchor = clause.anchor if clause.anchor not in seen else f"{clause.anchor}-{position}"
        seen.add(anchor)
        yield ClauseText(
            position=position,
            anchor=anchor,
            number=clause.number,
            heading=clause.heading,
            text=clause.text,
        )


def body_of(work: Work, kind: str) -> Any:
    """The Body that knows the content of a declared kind, where one is registered."""
    return next((body for body in work.ports.get("bodies", ()) if kind in body.kinds), None)


def is_sound(body: Any, head: Mapping[str, Any]) -> bool:
    """Whether a declared content can be set and told in words; a draft is saved with its faults too."""
    return not body.check(head, "")


def _references(work: Work, prepared: Prepared) -> Iterator[ReferenceTo]:
    head = prepared.source.head
    named: list[tuple[Link, str, str]] = []
    if head.get("parent"):
        named.append((Link.PARENT, head["parent"], ""))
    named += [(Link.REFERENCE, target, "") for target in head.get("references", ())]
    named += [(Link.FORM, target, "") for target in (*head.get("forms", ()), *head.get("from", ()))]
    named += [(Link.REGISTER, target, "") for target in head.get("registers", ())]
    if head.get("register"):
        named.append((Link.REGISTER, head["register"], ""))
    pattern = work.settings.number_pattern
    for cited in citations(prepared.content.plain, pattern):
        if numbering.key(cited.number) != numbering.key(head["number"]):
            named.append((Link.CITATION, cited.number, cited.clause or ""))
    for link, target, clause in dict.fromkeys(named):
        yield ReferenceTo(link=link, target=target, folded=numbering.key(target), clause=clause)


def parents_of(session: Session) -> dict[str, str | None]:
    """The parent each document names in its newest revision (DOC-14)."""
    found = session.execute(
        select(Document.number, ReferenceTo.target)
        .join(Revision, Revision.document_id == Document.id)
        .join(ReferenceTo, (ReferenceTo.revision_id == Revision.id) & (ReferenceTo.link == Link.PARENT))
        .order_by(Revision.id)
    )
    return {row.number: row.target for row in found}
