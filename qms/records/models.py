"""What is kept of a record: its frozen contents, the steps it went, who acted, what lies beside it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.documents.models import Revision
from qms.kernel.database import Base, Id, Instant, Json, choice
from qms.records.states import State, StepState

_DIGEST = 64
_NUMBER = 80


class SeatKind(StrEnum):
    """Whom a seat of a step asks."""

    POST = "post"
    ROLE = "role"
    PERSON = "person"


class RecordSeries(Base):
    """The last number given in a series; its row is locked to give the next, so there is no gap (law 13)."""

    __tablename__ = "record_series"
    __table_args__ = (CheckConstraint("last >= 0", name="last"),)

    series: Mapped[str] = mapped_column(String(_NUMBER), primary_key=True)
    last: Mapped[int]


class Record(Base):
    """One filled form, pinned to the form's revision; numbered when it is filed, kept when cancelled.

    `department`, `secrecy` and `circle` decide who sees it. `version` counts the frozen contents,
    `round` how often it was sent back. `sealed` says that all of its content is kept encrypted.
    """

    __tablename__ = "record"
    __table_args__ = (
        CheckConstraint("(state = 'draft') = (number IS NULL)", name="numbered"),
        CheckConstraint("(state = 'draft') = (filed_on IS NULL)", name="filed"),
        CheckConstraint("state = 'draft' OR version >= 1", name="frozen"),
        CheckConstraint("state <> 'closed' OR closed_on IS NOT NULL", name="closed"),
        CheckConstraint("state <> 'cancelled' OR cancelled_at IS NOT NULL", name="cancelled"),
        Index("ix_record_form_id", "form", "id"),
        Index("ix_record_department_id", "department", "id"),
        Index("ix_record_author_id_state", "author_id", "state"),
        Index("ix_record_origin", "origin"),
    )

    id: Mapped[Id]
    number: Mapped[str | None] = mapped_column(String(_NUMBER), unique=True)
    form: Mapped[str] = mapped_column(String(60))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    state: Mapped[State] = mapped_column(choice(State, "record_state"), default=State.DRAFT)
    title: Mapped[str] = mapped_column(String(200), default="")
    department: Mapped[str] = mapped_column(String(60))
    secrecy: Mapped[int]
    circle: Mapped[str | None] = mapped_column(String(60))
    sealed: Mapped[bool] = mapped_column(default=False)
    seal: Mapped[str | None] = mapped_column(String(40), unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    origin: Mapped[str | None] = mapped_column(String(200))
    round: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=0)
    handed_over: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str | None] = mapped_column(String(60))
    business_on: Mapped[date | None]
    filed_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    filed_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    erased_at: Mapped[datetime | None] = mapped_column(Instant)
    row_version: Mapped[int] = mapped_column(default=1)

    revision: Mapped[Revision] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012 - SQLAlchemy reads this plain dict


class RecordDraft(Base):
    """What a person has typed and not yet filed: the first step of a draft, or their part of an open step."""

    __tablename__ = "record_draft"
    __table_args__ = (UniqueConstraint("record_id", "person_id"),)

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    content: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class RecordContent(Base):
    """One frozen content: canonical JSON of the open answers and the sealed rest; never changed (REC-01)."""

    __tablename__ = "record_content"
    __table_args__ = (
        UniqueConstraint("record_id", "version"),
        CheckConstraint(f"length(digest) = {_DIGEST}", name="digest"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    version: Mapped[int]
    event: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(_DIGEST))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column("at_instant", Instant)


class RecordStep(Base):
    """One step a record came to, in one round; the open one is what somebody owes."""

    __tablename__ = "record_step"
    __table_args__ = (
        UniqueConstraint("record_id", "round", "step"),
        Index("ix_record_step_state", "state", "record_id"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted"),
        CheckConstraint("state <> 'done' OR done_at IS NOT NULL", name="done"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    round: Mapped[int]
    step: Mapped[str] = mapped_column(String(60))
    state: Mapped[StepState] = mapped_column(choice(StepState, "record_step_state"))
    needed: Mapped[int] = mapped_column(default=1)
    department: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")


class RecordSeat(Base):
    """One post, role or person a step asks, frozen when the step opens."""

    __tablename__ = "record_seat"
    __table_args__ = (
        UniqueConstraint("step_id", "member", "code"),
        Index("ix_record_seat_code", "member", "code", "record_id"),
        Index("ix_record_seat_record_id", "record_id"),
    )

    id: Mapped[Id]
    step_id: Mapped[int] = mapped_column(ForeignKey("record_step.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    member: Mapped[SeatKind] = mapped_column(choice(SeatKind, "record_seat_member"))
    code: Mapped[str] = mapped_column(String(60))


class RecordAct(Base):
    """What one person did in a step: opinion, decision, signature; one voice counts once (R25)."""

    __tablename__ = "record_act"
    __table_args__ = (
        UniqueConstraint("step_id", "person_id"),
        UniqueConstraint("step_id", "voice_id"),
        CheckConstraint("voice_id = COALESCE(for_person_id, person_id)", name="voice"),
        Index("ix_record_act_person_id", "person_id"),
    )

    id: Mapped[Id]
    step_id: Mapped[int] = mapped_column(ForeignKey("record_step.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    for_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    voice_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(60), default="")
    opinion: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(_DIGEST))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), unique=True)
    at: Mapped[datetime] = mapped_column("at_instant", Instant)


class RecordFile(Base):
    """One attached file; its bytes lie in the vault, sealed with the record or for a personal field.

    `digest` names the stored bytes; what a field says of its files lies in the content.
    """

    __tablename__ = "record_file"
    __table_args__ = (
        UniqueConstraint("record_id", "digest", "field"),
        CheckConstraint("size >= 0", name="size"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    field: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(_DIGEST), index=True)
    sealed: Mapped[bool] = mapped_column(default=False)
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)


class RecordAmendment(Base):
    """A correction beside a filed record, signed, with its reason; what was filed stays as it is (REC-02)."""

    __tablename__ = "record_amendment"
    __table_args__ = (
        UniqueConstraint("record_id", "place"),
        CheckConstraint("length(reason) > 0", name="reason"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    place: Mapped[int]
    fields: Mapped[list[str]] = mapped_column(Json)
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(200))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"), unique=True)
    at: Mapped[datetime] = mapped_column("at_instant", Instant)


class RecordOpening(Base):
    """What a record asked to be opened: once for each place in the form and round (S68, R51)."""

    __tablename__ = "record_opening"
    __table_args__ = (UniqueConstraint("record_id", "round", "place"),)

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    round: Mapped[int]
    place: Mapped[int]
    what: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(200), default="")
    values: Mapped[dict[str, str]] = mapped_column("first_values", Json)
    answered: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column("at_instant", Instant)
