"""Information codes through time: which column or field carried which, so that data stays traceable (S12)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, insert, literal, select

from qms import documents
from qms.documents.models import Document
from qms.registers import columns, declared
from qms.registers.models import CELLS, Bearer, Mark, RegisterCell, RegisterCode, RegisterRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.forms import Definition, Field
    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.registers.declared import Declared

Words = Any


@dataclass(frozen=True, slots=True)
class Carried:
    """That something carried a code over some days, with what it carries now where that differs."""

    document: str
    bearer: Bearer
    name: str
    label: Words
    code: str
    from_on: date
    until_on: date | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Coded:
    """One code with everything that carries or carried it; `is_doubled`: for different things at once."""

    code: str
    carriers: tuple[Carried, ...]
    is_doubled: bool


def bearers(definition: Definition) -> dict[tuple[Bearer, str], Field]:
    """Everything of a declaration that may carry a code, by its name; columns of tables as `table.column`."""
    found: dict[tuple[Bearer, str], Field] = {
        (Bearer.COLUMN, each.id): each for each in definition.columns if each.id != columns.ORDINAL
    }
    for each in definition.fields:
        found[Bearer.FIELD, each.id] = each
        found |= {(Bearer.FIELD, f"{each.id}.{inner.id}"): inner for inner in each.columns}
    return found


def enter(work: Work, one: Declared, ref: Ref, on: date) -> None:
    """Write down the codes a revision brings, and which of them are others than before.

    Called in the transaction in which the revision enters into force. Rows written before a column was
    there get an empty cell that says so: a column fills from its first day on.
    """
    last = _last(work.session, one.document_id)
    now = bearers(one.definition)
    changed: dict[str, tuple[str | None, str | None]] = {}
    for key, field in now.items():
        row = last.get(key)
        is_new = row is None or row.until_on not in {None, on}
        if is_new and last and key[0] is Bearer.COLUMN:
            _earlier(work, one.document_id, key[1])
        if row is None:
            work.session.add(_row(one, key, field, on))
            continue
        if row.code != (field.code or None):
            changed[key[1]] = row.code, field.code or None
        _carry(work, row, _row(one, key, field, on))
    for key, row in last.items():
        if key not in now and row.until_on is None:
            row.until_on = on
    work.session.flush()
    if changed:
        before = {name: old for name, (old, _) in sorted(changed.items())}
        after = {name: new for name, (_, new) in sorted(changed.items())}
        told = ", ".join(
            f"{name} {old or '-'} > {new or '-'}" for name, (old, new) in sorted(changed.items())
        )
        work.record("register:code:change", ref, before=before, after={"codes": after, "told": told})


def _carry(work: Work, row: RegisterCode, new: RegisterCode) -> None:
    """Go on with a row that says the same, or ends on the same day; otherwise end it and begin another."""
    goes_on = row.code == new.code and row.until_on in {None, new.from_on}
    if goes_on or row.from_on == new.from_on:
        row.code, row.label, row.until_on = new.code, new.label, None
    else:
        row.until_on = row.until_on or new.from_on
        work.session.add(new)


def leave(work: Work, document_id: int, on: date) -> None:
    """End what a document's columns and fields carried; a revision that follows takes it up again."""
    for row in _last(work.session, document_id).values():
        if row.until_on is None:
            row.until_on = on
    work.session.flush()


def catch_up(work: Work) -> int:
    """Write down the codes of what came into force before codes were written down; says of how many."""
    known = set(work.session.scalars(select(RegisterCode.document_id).distinct()))
    found = declared.in_force(work.session, work.today).values()
    missing = [each for each in found if each.document_id not in known and bearers(each.definition)]
    for one in missing:
        work.session.add_all(
            _row(one, key, field, work.today) for key, field in bearers(one.definition).items()
        )
    work.session.flush()
    return len(missing)


def _row(one: Declared, key: tuple[Bearer, str], field: Field, on: date) -> RegisterCode:
    return RegisterCode(
        document_id=one.document_id,
        bearer=key[0],
        name=key[1],
        label=field.label,
        code=field.code or None,
        from_on=on,
        revision_id=one.revision_id,
    )


def _last(session: Session, document_id: int) -> dict[tuple[Bearer, str], RegisterCode]:
    rows = session.scalars(
        select(RegisterCode).where(RegisterCode.document_id == document_id).order_by(RegisterCode.from_on)
    )
    return {(row.bearer, row.name): row for row in rows}


def _earlier(work: Work, register_id: int, column_id: str) -> None:
    """An empty cell for every row that stood there before the column did, in one statement."""
    there = exists().where(RegisterCell.row_id == RegisterRow.id, RegisterCell.column_id == column_id)
    rows = select(
        RegisterRow.id,
        literal(column_id),
        literal(0),
        RegisterRow.register_id,
        literal(Mark.EARLIER, RegisterCell.mark.type),
    ).where(RegisterRow.register_id == register_id, ~there)
    names = ["row_id", "column_id", "place", "register_id", "mark"]
    work.session.execute(insert(CELLS).from_select(names, rows))


def codes(session: Session, rights: Rights, day: date, code: str = "") -> list[Coded]:
    """Every code with its carriers, as far as the person may see the documents that declare them."""
    kinds = frozenset({documents.Kind.REGISTER.value, documents.Kind.FORM.value})
    seen = documents.master_rows(session, rights, day, documents.Filters(kinds=kinds))
    query = (
        select(RegisterCode, Document.number)
        .join(Document, Document.id == RegisterCode.document_id)
        .where(Document.number.in_({each.number for each in seen}))
        .order_by(Document.number, RegisterCode.name, RegisterCode.from_on)
    )
    rows = session.execute(query).all()
    now = {(row.document_id, row.bearer, row.name): row.code for row, _ in rows if row.until_on is None}
    found: dict[str, list[Carried]] = defaultdict(list)
    for row, number in rows:
        if row.code is not None and code in {"", row.code}:
            present = now.get((row.document_id, row.bearer, row.name))
            found[row.code].append(
                Carried(number, row.bearer, row.name, row.label, row.code, row.from_on, row.until_on, present)
            )
    return [Coded(each, tuple(found[each]), doubled(found[each])) for each in sorted(found)]


def doubled(carriers: Sequence[Carried]) -> bool:
    """Whether a code is carried today by things of different names, which is worth a look (R64)."""
    return len({each.name.rpartition(".")[2] for each in carriers if each.until_on is None}) > 1
