"""What registers keep: a row for each record, a typed cell for each column, codes, views and exports."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, Json, choice
from qms.registers.cells import KEY, REF

_KEY = String(KEY).with_variant(String(KEY, collation="C"), "postgresql")
"""Keys are compared byte by byte on both databases, so that they sort alike and an index serves them."""


class Mark(StrEnum):
    """Why a cell is empty though its record may have an answer."""

    SEALED = "sealed"
    FAULTY = "faulty"
    EARLIER = "earlier"


class Bearer(StrEnum):
    """What carries an information code: a column of a register or a field of a form."""

    COLUMN = "column"
    FIELD = "field"


class Format(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    XLSX = "xlsx"


class RegisterRow(Base):
    """That a record stands in a register; grade, circle and department decide who sees it (R16, R19).

    They stand here once more, so that what one may not see is left out inside the query (law 11).
    """

    __tablename__ = "register_row"
    __table_args__ = (
        UniqueConstraint("record_id", "register_id"),
        Index("ix_register_row_filed", "register_id", "filed_on", "id"),
    )

    id: Mapped[Id]
    register_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    number: Mapped[str] = mapped_column(String(60))
    form: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(20))
    filed_on: Mapped[date]
    closed_on: Mapped[date | None]
    month: Mapped[int]
    department: Mapped[str] = mapped_column(String(60))
    secrecy: Mapped[int]
    circle: Mapped[str | None] = mapped_column(String(60))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class RegisterCell(Base):
    """One value of one column: typed, with the information code it had when it was written (S12).

    `key` orders the values of a column whatever their type, and is what filters and sorting go by;
    None where there is no value. `place` counts the values of an answer of several. A marked cell has
    no value: it is sealed and read from its record alone (R17), its formula failed, or its column came
    later than the record.
    """

    __tablename__ = "register_cell"
    __table_args__ = (
        Index("ix_register_cell_key", "register_id", "column_id", "sort_key", "row_id"),
        Index(
            "ix_register_cell_ref",
            "ref",
            "row_id",
            sqlite_where=text("ref IS NOT NULL"),
            postgresql_where=text("ref IS NOT NULL"),
        ),
        CheckConstraint("mark IS NULL OR sort_key IS NULL", name="marked"),
        {"sqlite_with_rowid": False},
    )

    row_id: Mapped[int] = mapped_column(ForeignKey("register_row.id"), primary_key=True)
    column_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    register_id: Mapped[int]
    code: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(Text)
    number: Mapped[int | None] = mapped_column(BigInteger)
    day: Mapped[date | None] = mapped_column("on_day", Date)
    instant: Mapped[datetime | None] = mapped_column("at_instant", Instant)
    ref: Mapped[str | None] = mapped_column(String(REF))
    key: Mapped[str | None] = mapped_column("sort_key", _KEY)
    mark: Mapped[Mark | None] = mapped_column(choice(Mark, "register_cell_mark"))


ROWS: Final = cast("Table", RegisterRow.__table__)
CELLS: Final = cast("Table", RegisterCell.__table__)
"""The tables themselves, for reading and writing many rows and cells without making objects of them."""


class RegisterCode(Base):
    """That a column or field carried an information code from a day on, and until which (S12)."""

    __tablename__ = "register_code"
    __table_args__ = (
        UniqueConstraint("document_id", "bearer", "name", "from_on"),
        Index("ix_register_code_code", "code"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="days"),
    )

    id: Mapped[Id]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    bearer: Mapped[Bearer] = mapped_column(choice(Bearer, "register_code_bearer"))
    name: Mapped[str] = mapped_column(String(130))
    label: Mapped[Any] = mapped_column(Json)
    code: Mapped[str | None] = mapped_column(String(20))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))


class RegisterView(Base):
    """A way of looking that somebody keeps, for themselves or for a department."""

    __tablename__ = "register_view"
    __table_args__ = (
        UniqueConstraint("register_id", "owner_id", "name"),
        Index("ix_register_view_department", "register_id", "department"),
    )

    id: Mapped[Id]
    register_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(80))
    department: Mapped[str | None] = mapped_column(String(60))
    view: Mapped[dict[str, Any]] = mapped_column("content", Json)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class RegisterExport(Base):
    """A large export made by a job: who asked for which view, and the file that came of it."""

    __tablename__ = "register_export"
    __table_args__ = (
        CheckConstraint("(made_at IS NULL) = (digest IS NULL)", name="made"),
        Index("ix_register_export_person", "person_id"),
    )

    id: Mapped[Id]
    register_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    format: Mapped[Format] = mapped_column(choice(Format, "register_export_format"))
    language: Mapped[str] = mapped_column(String(10))
    view: Mapped[dict[str, Any]] = mapped_column("content", Json)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    made_at: Mapped[datetime | None] = mapped_column(Instant)
    digest: Mapped[str | None] = mapped_column(String(64))
    rows: Mapped[int | None] = mapped_column("row_count")
    failure: Mapped[str | None] = mapped_column(Text)
