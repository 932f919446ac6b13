"""The registers that documents in force declare, and which of them take the records of a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import contains_eager

from qms import documents, forms
from qms.documents.models import Document, Revision, Validity
from qms.kernel.labels import LANGUAGES
from qms.registers import access, columns
from qms.registers.errors import NoSuchRegister

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from qms.forms import Definition
    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref
    from qms.registers.columns import Column

_KINDS: Final = (documents.Kind.REGISTER, documents.Kind.FORM)


@dataclass(frozen=True, slots=True)
class Declared:
    """One document in force that declares columns or fields."""

    document_id: int
    number: str
    kind: str
    revision_id: int
    definition: Definition

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of a register."""
        return columns.columns(self.definition)


@dataclass(frozen=True, slots=True)
class Register:
    """A register as one person meets it: only the columns their clearance shows.

    `near` are the departments whose records they see because they belong to them, `seated` the
    condition for records they have a seat on.
    """

    id: int
    number: str
    title: Mapping[str, str]
    owner: str
    ref: Ref
    is_in_force: bool
    definition: Definition
    columns: tuple[Column, ...]
    secrecy: int
    circle: str | None
    is_published: bool
    clauses: Mapping[str, Sequence[str]]
    near: frozenset[str]
    seated: ColumnElement[bool] | None


def in_force(session: Session, day: date) -> dict[str, Declared]:
    """Every form and register in force on a day by its number, whoever asks; one realisation of each."""
    query = (
        select(Revision.id, Revision.content_digest, Revision.language, Document.id, Document.number,
               Document.kind)
        .join(Document, Document.id == Revision.document_id)
        .join(Validity, Validity.revision_id == Revision.id)
        .where(Document.kind.in_(_KINDS), Validity.from_on <= day,
               or_(Validity.until_on.is_(None), Validity.until_on > day))
    )  # fmt: skip
    found = sorted(session.execute(query), key=lambda row: LANGUAGES.index(row[2]), reverse=True)
    known = _definitions(session, {row[1] or "": row[0] for row in found})
    return {
        number: Declared(owner, number, kind.value, revision, known[digest or ""])
        for revision, digest, _, owner, number, kind in found
    }


def _definitions(session: Session, wanted: Mapping[str, int]) -> dict[str, Definition]:
    """What revisions declare, by the digests of their contents; only heads not built before are read."""
    made = {digest: found for digest in wanted if (found := forms.built(digest)) is not None}
    missing = [wanted[digest] for digest in wanted if digest not in made]
    if missing:
        heads = select(Revision.content_digest, Revision.head).where(Revision.id.in_(missing))
        made |= {digest or "": forms.declared(digest, head) for digest, head in session.execute(heads)}
    return made


def of_revision(session: Session, ref: Ref) -> Declared:
    """What one revision declares, for a service that works on a record pinned to it or enacts it."""
    number, language, label = ref.key.split("@")
    row = session.execute(
        select(Revision.id, Revision.content_digest, Document.id, Document.kind)
        .join(Document, Document.id == Revision.document_id)
        .where(Document.number == number, Revision.language == language, Revision.label == label)
    ).one()
    revision_id, digest, document_id, kind = row
    made = _definitions(session, {digest or "": revision_id})[digest or ""]
    return Declared(document_id, number, kind.value, revision_id, made)


def takers(found: Mapping[str, Declared], form: str) -> list[Declared]:
    """The registers a record of the form stands in, by number.

    Those that name the form, the one the form names, and every master register above them.
    """
    named = {one.number for one in found.values() if form in one.definition.sources and one.columns}
    own = found.get(form)
    if own is not None and own.definition.register:
        named.add(own.definition.register)
    masters = {one.number: one.definition.part_of for one in found.values() if one.definition.part_of}
    for number in sorted(named):
        above = masters.get(number)
        while above is not None and above not in named:
            named.add(above)
            above = masters.get(above)
    return [found[number] for number in sorted(named) if number in found and found[number].columns]


def parts(found: Mapping[str, Declared], number: str) -> list[str]:
    """The sub-registers of a master register."""
    return sorted(one.number for one in found.values() if one.definition.part_of == number)


def registers(session: Session, rights: Rights, day: date, language: str) -> list[Register]:
    """The registers in force that the person may see, one realisation of each, by number."""
    filters = documents.Filters(kinds=frozenset({documents.Kind.REGISTER.value}))
    best: dict[str, documents.Listed] = {}
    for each in documents.library(session, rights, day, filters):
        if each.number not in best or each.language == language:
            best[each.number] = each
    rows = _revisions(session, [each.ref for each in best.values()])
    reach = _reach(session, rights, day)
    return [_register(rows[each.ref], rights, each, reach) for each in best.values()]


def register(session: Session, rights: Rights, number: str, day: date, language: str) -> Register:
    """One register: what is in force, else its last revision; not visible is not there (SEC-06)."""
    try:
        revisions = documents.timeline(session, rights, number, day)
    except documents.DocumentMissing:
        raise NoSuchRegister(number=number) from None
    found = [
        each for each in revisions if each.kind == documents.Kind.REGISTER and each.issued_at is not None
    ]
    if not found:
        raise NoSuchRegister(number=number)
    best = max(found, key=lambda each: (each.is_in_force, each.language == language, found.index(each)))
    return _register(_revisions(session, [best.ref])[best.ref], rights, best, _reach(session, rights, day))


def _revisions(session: Session, refs: Sequence[Ref]) -> dict[Ref, Revision]:
    """The revisions behind what lists have shown to a person already, in one query."""
    query = (
        select(Revision)
        .join(Revision.document)
        .options(contains_eager(Revision.document))
        .where(tuple_(Document.number, Revision.language, Revision.label).in_(_keys(refs)))
    )
    return {documents.ref_of(each): each for each in session.scalars(query)} if refs else {}


def _keys(refs: Sequence[Ref]) -> list[tuple[str, ...]]:
    return [tuple(ref.key.split("@")) for ref in refs]


_Reach = tuple[frozenset[str], "ColumnElement[bool] | None"]


def _reach(session: Session, rights: Rights, day: date) -> _Reach:
    """The own departments, and the condition for records somebody has a seat on."""
    seated = None if rights.oversees else access.seat(session, rights, day)
    return access.own(session, rights, day), seated


def _register(revision: Revision, rights: Rights, listed: documents.Listed, reach: _Reach) -> Register:
    made = forms.declared(revision.content_digest, revision.head)
    near, seated = reach
    return Register(
        id=revision.document_id,
        number=listed.number,
        title=listed.title,
        owner=listed.owner,
        ref=listed.ref,
        is_in_force=listed.is_in_force,
        definition=made,
        columns=columns.visible(columns.columns(made), rights.secrecy),
        secrecy=listed.secrecy,
        circle=listed.circle,
        is_published=revision.head.get("publish") == "daily",
        clauses=revision.head.get("clauses", {}),
        near=near,
        seated=seated,
    )


def number_of(session: Session, register_id: int) -> str:
    """The number of a register, for what is kept of it."""
    return session.scalars(select(Document.number).where(Document.id == register_id)).one()
