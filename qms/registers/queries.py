"""What else can be asked of registers: saved views, exports, what concerns a party, what is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import or_, select

from qms.kernel.ports import Secrecy
from qms.registers import access, declared, looking
from qms.registers.errors import ExportNotReady, NoSuchExport, NoSuchView, NotPublished
from qms.registers.models import RegisterCell, RegisterExport, RegisterRow, RegisterView
from qms.registers.views import View

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.registers.columns import Column
    from qms.registers.declared import Register
    from qms.registers.looking import Page

DOSSIER: Final = 200


@dataclass(frozen=True, slots=True)
class Mention:
    """A record that names a party, in one register, by which columns."""

    register: str
    title: Any
    columns: tuple[str, ...]
    number: str
    form: str
    state: str
    filed_on: date
    department: str


def saved_views(session: Session, rights: Rights, register: Register) -> list[RegisterView]:
    """The person's own views and those shared with a department of theirs, by name."""
    mine = RegisterView.owner_id == rights.person_id
    shared = RegisterView.department.in_(sorted(rights.departments))
    query = select(RegisterView).where(RegisterView.register_id == register.id, or_(mine, shared))
    return list(session.scalars(query.order_by(RegisterView.name, RegisterView.id)))


def saved_view(session: Session, rights: Rights, register: Register, view_id: int) -> RegisterView:
    """One of them."""
    for row in saved_views(session, rights, register):
        if row.id == view_id:
            return row
    raise NoSuchView


def dossier(session: Session, rights: Rights, ref: str, day: date, language: str) -> list[Mention]:
    """Every record that names a party in some register, the newest first, by the reader's rights.

    A column the reader may not see mentions nobody to them.
    """
    known = {each.id: each for each in declared.registers(session, rights, day, language)}
    query = (
        select(RegisterRow, RegisterCell.column_id)
        .join(RegisterCell, RegisterCell.row_id == RegisterRow.id)
        .where(
            RegisterCell.ref == ref,
            RegisterRow.register_id.in_(sorted(known)),
            access.visible(
                access.sight(rights, access.own(session, rights, day)), access.seat(session, rights, day)
            ),
        )
        .order_by(RegisterRow.filed_on.desc(), RegisterRow.id.desc())
        .limit(DOSSIER)
    )
    found: dict[int, tuple[RegisterRow, list[str]]] = {}
    for row, column_id in session.execute(query):
        if column_id in {column.id for column in known[row.register_id].columns}:
            found.setdefault(row.id, (row, []))[1].append(column_id)
    return [_mention(known[row.register_id], row, named) for row, named in found.values()]


def _mention(register: Register, row: RegisterRow, named: Sequence[str]) -> Mention:
    return Mention(
        register=register.number,
        title=register.title,
        columns=tuple(sorted(named)),
        number=row.number,
        form=row.form,
        state=row.state,
        filed_on=row.filed_on,
        department=row.department,
    )


def publication(
    session: Session, rights: Rights, register: Register, day: date, zone: ZoneInfo, *, after: str = ""
) -> tuple[tuple[Column, ...], Page]:
    """What a register publishes of one day of filing: internal rows and columns alone (R28).

    Columns above the internal grade are left out for everybody, so that what is hung on the wall is the
    same whoever prints it; rows in a circle or above the grade as well.
    """
    if not register.is_published:
        raise NotPublished(number=register.number)
    columns = tuple(each for each in register.columns if each.secrecy <= Secrecy.INTERNAL)
    public = access.as_published(rights)
    view = View(since=day, until=day)
    found = looking.page(session, public, register, view, zone, after=after, shown=columns)
    return columns, found


def export(session: Session, rights: Rights, export_id: int) -> RegisterExport:
    """An export of one's own."""
    row = session.get(RegisterExport, export_id)
    if row is None or row.person_id != rights.person_id:
        raise NoSuchExport
    return row


def asked_export(session: Session, export_id: int) -> RegisterExport:
    """An export for the service that makes it."""
    row = session.get(RegisterExport, export_id)
    if row is None:
        raise NoSuchExport
    return row


def export_digest(row: RegisterExport) -> str:
    """The file of an export that is ready."""
    if row.digest is None:
        raise ExportNotReady
    return row.digest


def exports(session: Session, rights: Rights) -> list[RegisterExport]:
    """The exports the person asked for, the newest first."""
    query = select(RegisterExport).where(RegisterExport.person_id == rights.person_id)
    return list(session.scalars(query.order_by(RegisterExport.id.desc()).limit(looking.SIZE)))
