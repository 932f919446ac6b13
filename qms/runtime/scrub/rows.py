"""What a scrub asks of the database: its own integrity, its laws, its signatures; a few rows at a time."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, not_, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from qms import accounts, documents, parties, records
from qms.accounts.models import Signature
from qms.documents.models import Document, Revision, Validity
from qms.kernel.database import READING, options
from qms.kernel.labels import N_
from qms.runtime.scrub.findings import Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Column, ForeignKeyConstraint, Table
    from sqlalchemy.orm import Session

    from qms.kernel.work import Work
    from qms.runtime.parts import Runtime

_MOST: Final = 100
_BATCH: Final = 500
_NOT_ALLOWED: Final = "42501"
_RELATIONS: Final = """
SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_am m ON m.oid = c.relam
WHERE n.nspname = 'public' AND c.relkind = :kind AND m.amname = :method ORDER BY c.relname
"""
_AMCHECK: Final = {
    "r": "SELECT msg FROM verify_heapam({oid}::regclass)",
    "i": "SELECT 1 WHERE bt_index_check({oid}::regclass, true) IS NULL",
}
_METHODS: Final = {"r": "heap", "i": "btree"}


def integrity(made: Runtime, remark: Callable[[Finding], None]) -> Iterator[Finding]:
    """What the database says of its own pages and indexes."""
    if made.engine.dialect.name == "sqlite":
        yield from _of_sqlite(made)
        return
    for name in _tables(made):
        try:
            _read_through(made, name)
        except DBAPIError as fault:
            yield _said(f"{name}: {fault.orig}")
    yield from _of_postgresql(made, remark)


def _of_sqlite(made: Runtime) -> Iterator[Finding]:
    with made.engine.connect().execution_options(**options(made.engine, READING)) as connection:
        for (said,) in connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})"):
            if said != "ok":
                yield _said(said)


def _said(text: str) -> Finding:
    return Finding(
        Kind.INTEGRITY, N_("The database says of itself: {said}"), {"said": " ".join(text.split())}
    )


def _tables(made: Runtime) -> list[str]:
    with made.engine.connect().execution_options(**options(made.engine, READING)) as connection:
        return list(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))


def _read_through(made: Runtime, table: str) -> None:
    """Read every value of a table, long ones too: a broken page ends it with the server's own words."""
    with made.engine.connect().execution_options(**options(made.engine, READING)) as connection:
        connection.execute(text(f'SELECT sum(length(one::text)) FROM "{table}" AS one')).scalar()  # noqa: S608 - the database's own names


def _of_postgresql(made: Runtime, remark: Callable[[Finding], None]) -> Iterator[Finding]:
    """What PostgreSQL's own extension amcheck says; where it is not there or not allowed, that is said."""
    with made.engine.connect().execution_options(**options(made.engine, READING)) as connection:
        there = connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'"))
        sums = connection.scalar(text("SHOW data_checksums"))
        asked = [
            (name, said.format(oid=oid))
            for kind, said in _AMCHECK.items()
            for oid, name in connection.execute(text(_RELATIONS), {"kind": kind, "method": _METHODS[kind]})
        ]
    if sums != "on":
        told = N_("The server keeps no checksums of its pages (initdb --data-checksums).")
        remark(Finding(Kind.INTEGRITY, told))
    if not there:
        told = N_("The server's own check was left out: CREATE EXTENSION amcheck in this database allows it.")
        remark(Finding(Kind.INTEGRITY, told))
        return
    for name, said in asked:
        try:
            with made.engine.connect().execution_options(**options(made.engine, READING)) as connection:
                for row in connection.execute(text(said)).all():
                    yield _said(f"{name}: {row[0]}")
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", "") == _NOT_ALLOWED:
                told = N_("The server's own check may not be used by this account: {said}")
                remark(Finding(Kind.INTEGRITY, told, {"said": " ".join(str(fault.orig).split())}))
                return
            yield _said(f"{name}: {fault.orig}")


def foreign_keys(session: Session, table: Table) -> tuple[int, list[Finding]]:
    """How many rows a table has, and those that point at nothing."""
    found: list[Finding] = []
    for key in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
        found += _pointing_nowhere(session, table, key)
    return session.scalar(select(func.count()).select_from(table)) or 0, found


def _pointing_nowhere(session: Session, table: Table, key: ForeignKeyConstraint) -> Iterable[Finding]:
    parent = key.referred_table.alias("parent")
    pairs = [(table.c[each.parent.name], parent.c[each.column.name]) for each in key.elements]
    lost = (
        select(*table.primary_key.columns)
        .select_from(table.outerjoin(parent, and_(*(one == other for one, other in pairs))))
        .where(*(one.is_not(None) for one, _ in pairs), pairs[0][1].is_(None))
        .limit(_MOST)
    )
    for row in session.execute(lost):
        name = " ".join(str(value) for value in row)
        facts = {"table": table.name, "row": name, "key": key.name, "other": parent.element.name}  # type: ignore[attr-defined]
        told = N_("Row {row} of {table} points at a row of {other} that is not there ({key}).")
        yield Finding(Kind.FOREIGN_KEY, told, facts)


def named(
    session: Session, column: Column[Any], parts: Iterable[str], *, beside: bool = False
) -> Iterator[tuple[str, str]]:
    """The digests of a column that begin with one of `parts`, or with none, each with the column's name."""
    place = f"{column.table.name}.{column.name}"
    begins = or_(*(column.startswith(part) for part in parts))
    query = select(column).where(not_(begins) if beside else begins).distinct()
    for digest in session.scalars(query.execution_options(yield_per=_BATCH)):
        yield digest, place


def two_in_force(session: Session) -> Iterator[Finding]:
    """Never two revisions for one document, language and day (law 6)."""
    one, other = aliased(Validity), aliased(Validity)
    query = (
        select(Document.number, one.language, one.revision_id, other.revision_id, other.from_on)
        .join(Document, Document.id == one.document_id)
        .join(other, and_(other.document_id == one.document_id, other.language == one.language,
                          other.id != one.id))
        .where(
            or_(one.from_on < other.from_on, and_(one.from_on == other.from_on, one.id < other.id)),
            or_(one.until_on.is_(None), one.until_on > other.from_on),
            or_(other.until_on.is_(None), other.until_on > other.from_on),
        )
        .limit(_MOST)
    )  # fmt: skip
    for number, language, first, second, day in session.execute(query):
        facts = {"number": number, "language": language, "first": first, "second": second, "day": day}
        yield Finding(Kind.VALIDITY, N_("Two revisions of {number} ({language}) are in force on {day}: "
                                        "rows {first} and {second}."), facts)  # fmt: skip


def issued_without(session: Session) -> Iterator[Finding]:
    """What is issued has its row of validity, and only that (law 6)."""
    query = (
        select(Document.number, Revision.language, Revision.label)
        .join(Document, Document.id == Revision.document_id)
        .outerjoin(Validity, Validity.revision_id == Revision.id)
        .where((Revision.state == "issued") == Validity.id.is_(None))
        .limit(_MOST)
    )
    for number, language, label in session.execute(query):
        facts = {"revision": f"{number}@{language}@{label}"}
        yield Finding(Kind.ISSUED, N_("{revision} is issued by one table and not by another."), facts)


def frozen(work: Work) -> Iterator[Finding | None]:
    """Every revision and every content of a record against what was signed of it; None for each sound one."""
    for name in documents.altered(work):
        told = N_("{revision} is not what was signed and issued.")
        yield None if name is None else Finding(Kind.ALTERED, told, {"revision": name})
    for name in records.altered(work.session):
        told = N_("What is kept of record {record} is not what was filed and signed.")
        yield None if name is None else Finding(Kind.ALTERED, told, {"record": name})


def witnessed(work: Work) -> Iterator[Finding | None]:
    """Every filed record's rows against what the trail was told of it; None for each that agrees."""
    for name in records.unlike_trail(work):
        told = N_("The rows of record {record} say other things than the trail.")
        yield None if name is None else Finding(Kind.ALTERED, told, {"record": name})


def sealed(work: Work) -> Iterator[Finding | None]:
    """Everything that is kept sealed and was not erased, under its own key; None for what opens (D-0022)."""
    for found in chain(records.unopened(work), parties.unopened(work)):
        if found is None:
            yield None
            continue
        told = N_("What is sealed of {what} does not open; "
                  "its key is to be restored from the backup of the keys.")  # fmt: skip
        yield Finding(Kind.SEALED, told, {"what": found})


def lost_numbers(session: Session) -> Iterator[Finding]:
    """No number of a record was given and is nowhere: filed records are never deleted (law 13)."""
    for number in records.lost_numbers(session):
        told = N_("The number {number} was given, and no record has it.")
        yield Finding(Kind.NUMBER, told, {"number": number})


def signatures(session: Session) -> Iterator[Finding | None]:
    """Every signature against the key of its person; None for each that verifies (P11-70)."""
    for row in session.scalars(select(Signature).order_by(Signature.id).execution_options(yield_per=_BATCH)):
        if accounts.verify_signature(session, row):
            yield None
        else:
            yield Finding(Kind.SIGNATURE, N_("Signature {id} on {ref} is not what its person signed."),
                          {"id": row.id, "ref": row.ref})  # fmt: skip
