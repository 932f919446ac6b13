"""What documents contribute to a bundle: stored PDFs and sources then in force, and who signed for them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import contains_eager

from qms import accounts, standards
from qms.documents import access, lifecycle, master_list, numbering, rows
from qms.documents.defaults import DECLARED
from qms.documents.lifecycle import State
from qms.documents.models import ClauseMap, Document, Enactment, Image, Passage, Revision, Validity
from qms.documents.printing import local
from qms.documents.queries import mapping, reading, standing
from qms.documents.validity import Interval
from qms.documents.words import MEANINGS, STANDINGS
from qms.kernel.clock import start_of
from qms.kernel.labels import N_, in_language, say
from qms.kernel.ports import Item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights, Scope
    from qms.kernel.work import Work

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
_DAY: Final = timedelta(days=1)
_APPROVALS: Final = (
    N_("Number"),
    N_("Language"),
    N_("Revision"),
    N_("Round"),
    N_("Meaning"),
    N_("Name"),
    N_("Post"),
    N_("Substitute for"),
    N_("Signed at"),
    N_("Opinion"),
    N_("Lapsed"),
    N_("Verified"),
    N_("Digest"),
)
_READINGS: Final = (N_("Number"), N_("Language"), N_("Revision"), N_("Name"), N_("Acknowledged on"))
_HISTORY: Final = (
    N_("Number"),
    N_("Language"),
    N_("Revision"),
    N_("State"),
    N_("Published on"),
    N_("Effective from"),
    N_("Until"),
    N_("Reason for change"),
    N_("Summary of change"),
    N_("Content digest"),
    N_("PDF digest"),
)
_MATRIX: Final = (N_("Edition"), N_("Clause"), N_("Title"), N_("Documents"), N_("Records"), N_("Gap"))


@dataclass(frozen=True, slots=True)
class Span:
    """The days a bundle speaks of, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class _Held:
    revision: Revision
    row: Validity


class DocumentEvidence:
    """The Evidence of documents, inside the rights of its receiver (BND-06, BND-08)."""

    def gather(self, work: Work, scope: Scope, rights: Rights) -> Sequence[Item]:
        """PDFs and sources in force in the scope's days, with lists of who signed, read and changed what."""
        span = span_of(work, scope)
        held = _in_scope(work, scope, rights, span)
        items = [item for each in held for item in _files(work, each)]
        items += [
            _csv(work, "documents/in-force.csv", N_("Documents in force"), _in_force(work, held, span)),
            _csv(work, "documents/approvals.csv", N_("Approvals"), _approvals(work, rights, held, span)),
            _csv(
                work,
                "documents/acknowledgements.csv",
                N_("Acknowledgements"),
                _readings(work, rights, held, span),
            ),
            _csv(work, "documents/history.csv", N_("Revision history"), _history(work, rights, held, span)),
        ]
        matrix = _matrix(work, scope, rights, {each.revision.document.number for each in held}, span)
        items.append(_csv(work, "documents/matrix.csv", N_("Clause matrix"), matrix))
        return sorted(items, key=lambda item: item.path)


def scoped(work: Work, scope: Scope, rights: Rights) -> list[Revision]:
    """The revisions a bundle of this scope holds, for slices that add what they know of them."""
    return [each.revision for each in _in_scope(work, scope, rights, span_of(work, scope))]


def span_of(work: Work, scope: Scope) -> Span:
    """The days a scope speaks of; with none named, today."""
    if scope.as_of is not None:
        return Span(scope.as_of, scope.as_of)
    last = scope.until or work.today
    return Span(scope.since or last, last)


def safe_name(name: str) -> str:
    """A name of `[A-Za-z0-9._-]` alone; one that had to change keeps a mark of what it was (BND-04)."""
    plain = _UNSAFE.sub("_", name).strip(".")
    if plain == name and plain:
        return plain
    return f"{plain or 'x'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _in_scope(work: Work, scope: Scope, rights: Rights, span: Span) -> list[_Held]:
    query = (
        select(Revision, Validity)
        .join(Revision.document)
        .join(Validity, Validity.revision_id == Revision.id)
        .options(contains_eager(Revision.document))
        .where(
            access.issued(rights),
            Validity.from_on <= span.last,
            Validity.until_on.is_(None) | (Validity.until_on > span.first),
            # Withdrawn on its first day it was in force for hours; one that never entered was not.
            Validity.until_on.is_(None)
            | (Validity.until_on > Validity.from_on)
            | Revision.id.in_(select(Enactment.revision_id).where(Enactment.passage == Passage.ENTER)),
        )
        .order_by(Document.number, Revision.language, Revision.edition, Revision.modification)
    )
    if scope.numbers:
        query = query.where(Document.folded.in_(sorted({numbering.key(each) for each in scope.numbers})))
    if scope.kinds:
        query = query.where(Document.kind.in_(scope.kinds))
    if scope.departments:
        codes = accounts.tree(work.session).subtrees(scope.departments)
        query = query.where(Document.owner.in_(sorted(codes)))
    if scope.clauses:
        query = query.where(
            Revision.id.in_(_answering(work.session, scope.edition or work.settings.standard, scope.clauses))
        )
    return [_Held(revision, row) for revision, row in work.session.execute(query)]


def _answering(session: Session, edition: str, clauses: Sequence[str]) -> Select[int]:
    """Revisions that name one of the clauses, one below it, or one above it.

    One that names none of the edition counts by what its clauses of another edition became (E26-01).
    """
    wanted = ClauseMap.clause.in_(sorted({above for clause in clauses for above in _lineage(clause)}))
    below = [ClauseMap.clause.startswith(f"{clause}.", autoescape=True) for clause in clauses]
    own = select(ClauseMap.revision_id).where(ClauseMap.edition == edition)
    found = [and_(ClauseMap.edition == edition, or_(wanted, *below))]
    loaded = edition in {each.code for each in standards.editions(session)}
    for other in standards.mapped_from(session, edition) if loaded else ():
        became = standards.links(session, other, edition)
        old = [number for number, targets in became.items() if any(_meets(each, clauses) for each in targets)]
        found.append(
            and_(
                ClauseMap.edition == other,
                ClauseMap.clause.in_(sorted(old)),
                ClauseMap.revision_id.not_in(own),
            )
        )
    return select(ClauseMap.revision_id).where(or_(*found))


def _meets(number: str, clauses: Sequence[str]) -> bool:
    """Whether a clause is one of these, above or below one of them."""
    return any(each in _lineage(number) or number in _lineage(each) for each in clauses)


def _lineage(clause: str) -> Iterator[str]:
    parts = clause.split(".")
    for end in range(len(parts), 0, -1):
        yield ".".join(parts[:end])


def _files(work: Work, held: _Held) -> Iterator[Item]:
    revision = held.revision
    number = revision.document.number
    base = f"documents/{safe_name(number)}/{safe_name(revision.label.replace('/', '-'))}.{revision.language}"
    own = (rows.ref_of(revision), rows.document_ref(number))
    title = f"{number} {revision.label} {in_language(revision.title, revision.language)}"
    suffix = "yaml" if revision.document.kind in DECLARED else "md"
    yield Item(f"{base}.pdf", digest=revision.pdf_digest, title=title, refs=own)
    yield Item(f"{base}.{suffix}", digest=revision.source_digest, title=title, refs=own)
    images = work.session.scalars(select(Image).where(Image.revision_id == revision.id).order_by(Image.name))
    for image in images:
        name = safe_name(image.name.replace("/", "-"))
        path = f"{base}/{PurePosixPath(name)}"
        yield Item(path, digest=image.digest, title=f"{title}: {image.name}", refs=own)


def _csv(work: Work, path: str, title: str, table: Sequence[Sequence[str]]) -> Item:
    return Item(path, content=master_list.to_csv(table), title=say(title, work.language))


def _heads(work: Work, names: Sequence[str]) -> list[str]:
    return [say(name, work.language) for name in names]


def _until(row: Validity, span: Span) -> str:
    """The end of a validity, as far as it had come by the last day (BND-06)."""
    return row.until_on.isoformat() if row.until_on is not None and row.until_on <= span.last else ""


def _standing(each: _Held, span: Span) -> str:
    interval = Interval(each.revision.label, each.row.from_on, each.row.until_on, each.row.ended_by)
    return STANDINGS[lifecycle.standing(State.ISSUED, interval, span.last)]


def _line(each: _Held, work: Work, span: Span) -> list[str]:
    revision = each.revision
    return [
        revision.document.number,
        revision.language,
        revision.label,
        say(_standing(each, span), work.language),
        revision.publication_on.isoformat() if revision.publication_on else "",
        each.row.from_on.isoformat(),
        _until(each.row, span),
        revision.change_reason,
        revision.change_summary,
        revision.content_digest or "",
        revision.pdf_digest or "",
    ]


def _in_force(work: Work, held: Sequence[_Held], span: Span) -> list[list[str]]:
    """What was in force on the last day."""
    covering = [
        each
        for each in held
        if each.row.from_on <= span.last and (each.row.until_on is None or each.row.until_on > span.last)
    ]
    return [_heads(work, _HISTORY), *(_line(each, work, span) for each in covering)]


def _history(work: Work, rights: Rights, held: Sequence[_Held], span: Span) -> list[list[str]]:
    """Every revision of the documents in scope that had been published by the last day (DOC-06)."""
    owners = {each.revision.document_id for each in held}
    found = work.session.execute(
        select(Revision, Validity)
        .join(Revision.document)
        .join(Validity, Validity.revision_id == Revision.id)
        .options(contains_eager(Revision.document))
        .where(Revision.document_id.in_(owners), access.issued(rights), Revision.publication_on <= span.last)
        .order_by(Document.number, Revision.language, Revision.edition, Revision.modification)
    )
    return [_heads(work, _HISTORY), *(_line(_Held(revision, row), work, span) for revision, row in found)]


def _end_of(work: Work, span: Span) -> datetime:
    return start_of(span.last + _DAY, work.settings.zone_info)


def _approvals(work: Work, rights: Rights, held: Sequence[_Held], span: Span) -> list[list[str]]:
    """Every signature on a revision in scope given by the last day, lapsed rounds included (P11-50)."""
    table = [_heads(work, _APPROVALS)]
    end = _end_of(work, span)
    for each in held:
        revision = each.revision
        for given in standing.signatures(work.session, rights, rows.ref_of(revision), work.today):
            if given.at >= end:
                continue
            table.append(
                [
                    revision.document.number,
                    revision.language,
                    revision.label,
                    str(given.round),
                    say(MEANINGS[accounts.Meaning(given.meaning)], work.language),
                    given.name,
                    in_language(given.post_names, work.language),
                    given.substitute_for or "",
                    local(work, given.at),
                    given.opinion,
                    _yes(work, value=given.is_void),
                    _yes(work, value=given.is_verified),
                    given.digest,
                ]
            )
    return table


def _yes(work: Work, *, value: bool) -> str:
    return say(N_("yes") if value else N_("no"), work.language)


def _readings(work: Work, rights: Rights, held: Sequence[_Held], span: Span) -> list[list[str]]:
    """Who had acknowledged by the last day, as far as the receiver oversees them (DOC-07)."""
    table = [_heads(work, _READINGS)]
    for each in held:
        revision = each.revision
        for reader in reading.acknowledgements(work.session, rights, rows.ref_of(revision), work.today):
            if reader.acknowledged_on is None or reader.acknowledged_on > span.last:
                continue
            table.append(
                [
                    revision.document.number,
                    revision.language,
                    revision.label,
                    reader.name,
                    reader.acknowledged_on.isoformat(),
                ]
            )
    return table


def _matrix(work: Work, scope: Scope, rights: Rights, numbers: set[str], span: Span) -> list[list[str]]:
    """The clause matrix of the documents in scope as it stood on the last day (DOC-15).

    A gap is told only where the scope takes in every document; a part cannot show what is missing.
    """
    whole = not (scope.numbers or scope.kinds or scope.departments or scope.clauses)
    editions = [scope.edition] if scope.edition else [each.code for each in standards.editions(work.session)]
    table = [_heads(work, _MATRIX)]
    for edition in editions:
        given = [
            each
            for each in mapping.assignments(work.session, rights, edition, span.last)
            if each.document in numbers
        ]
        made = standards.matrix(standards.clauses(work.session, edition), given)
        gaps: dict[str, str] = {}
        for gap in made.gaps if whole else ():
            gaps.setdefault(gap.clause, gap.sentence(work.language))
        table.extend(
            [
                edition,
                row.clause.number,
                in_language(row.clause.title, work.language),
                " ".join((*row.documents, *row.inherited)),
                " ".join(row.records),
                gaps.get(row.clause.number, ""),
            ]
            for row in made.rows
        )
    return table
