"""What a controlled document is in the database: documents, revisions, validity, route, readings."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.documents.defaults import Kind
from qms.documents.lifecycle import State
from qms.documents.route import StageName
from qms.documents.validity import Ending
from qms.kernel.database import Base, Id, Instant, Json, choice
from qms.kernel.labels import LANGUAGES

_IN_LANGUAGES = "language IN ({})".format(", ".join(f"'{language}'" for language in LANGUAGES))
_DIGEST = 64


class Purpose(enum.StrEnum):
    """What a route decides: that a revision is issued, or that it is withdrawn."""

    ISSUE = "issue"
    WITHDRAW = "withdraw"


class Member(enum.StrEnum):
    """By what a person belongs to a distribution or to a seat of a route."""

    DEPARTMENT = "department"
    POST = "post"
    ROLE = "role"
    PERSON = "person"


class Passage(enum.StrEnum):
    """The two moments of a revision that happen exactly once (law 5)."""

    ENTER = "enter"
    LEAVE = "leave"


class Link(enum.StrEnum):
    """How one document leans on another (DOC-14)."""

    PARENT = "parent"
    REFERENCE = "reference"
    FORM = "form"
    REGISTER = "register"
    CITATION = "citation"


class Outcome(enum.StrEnum):
    """What a periodic review concluded (DOC-13)."""

    KEEP = "keep"
    REVISE = "revise"
    WITHDRAW = "withdraw"


class WithdrawalState(enum.StrEnum):
    """How far a withdrawal has come on its route."""

    IN_REVIEW = "in_review"
    APPROVED = "approved"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class Document(Base):
    """What is controlled: one number, given once and never again (DOC-01)."""

    __tablename__ = "document"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(60))
    folded: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind, "document_kind"))
    owner: Mapped[str] = mapped_column(String(60), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(120))

    revisions: Mapped[list[Revision]] = relationship(back_populates="document", lazy="raise")


class Revision(Base):
    """One issue state of one language of a document; what is signed of it is frozen (law 7)."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("document_id", "language", "label"),
        UniqueConstraint("document_id", "language", "edition", "modification"),
        Index(
            "uq_revision_open",
            "document_id",
            "language",
            unique=True,
            sqlite_where=text("state <> 'issued' AND discarded_at IS NULL"),
            postgresql_where=text("state <> 'issued' AND discarded_at IS NULL"),
        ),
        CheckConstraint(_IN_LANGUAGES, name="language"),
        CheckConstraint("state = 'draft' OR content_digest IS NOT NULL", name="frozen"),
        CheckConstraint("state = 'draft' OR author_id IS NOT NULL", name="author"),
        CheckConstraint(
            "state NOT IN ('approved', 'issuing', 'issued') OR approved_at IS NOT NULL", name="approved"
        ),
        CheckConstraint(
            "state <> 'issued' OR (pdf_digest IS NOT NULL AND issued_at IS NOT NULL AND"
            " effective_on IS NOT NULL AND publication_on IS NOT NULL AND code IS NOT NULL)",
            name="issued",
        ),
        CheckConstraint("discarded_at IS NULL OR state = 'draft'", name="discarded"),
        CheckConstraint("state <> 'issuing' OR plan_digest IS NOT NULL", name="issuing"),
        CheckConstraint("effective_on IS NULL OR effective_on >= publication_on", name="effective"),
    )

    id: Mapped[Id]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    language: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(20))
    edition: Mapped[int]
    modification: Mapped[int]
    state: Mapped[State] = mapped_column(choice(State, "revision_state"), default=State.DRAFT, index=True)

    source_digest: Mapped[str] = mapped_column(String(_DIGEST))
    head: Mapped[dict[str, Any]] = mapped_column(Json)
    content_digest: Mapped[str | None] = mapped_column(String(_DIGEST))
    title: Mapped[dict[str, str]] = mapped_column(Json)
    secrecy: Mapped[int]
    circle: Mapped[str | None] = mapped_column(String(60))
    distribution: Mapped[dict[str, Any]] = mapped_column(Json)
    for_everyone: Mapped[bool] = mapped_column(default=False)
    change_reason: Mapped[str] = mapped_column(Text, default="")
    change_summary: Mapped[str] = mapped_column(Text, default="")

    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    discarded_at: Mapped[datetime | None] = mapped_column(Instant)

    round: Mapped[int] = mapped_column(default=0)
    route: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)

    plan: Mapped[dict[str, Any] | None] = mapped_column(Json)
    plan_digest: Mapped[str | None] = mapped_column(String(_DIGEST))
    releases: Mapped[int] = mapped_column(default=0)
    issue_failure: Mapped[str | None] = mapped_column(Text)

    issued_at: Mapped[datetime | None] = mapped_column(Instant)
    publication_on: Mapped[date | None]
    effective_on: Mapped[date | None]
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    pdf_digest: Mapped[str | None] = mapped_column(String(_DIGEST))
    pages: Mapped[int | None]
    libraries: Mapped[dict[str, Any] | None] = mapped_column(Json)
    row_version: Mapped[int] = mapped_column(default=1)

    document: Mapped[Document] = relationship(back_populates="revisions", lazy="raise")
    clauses: Mapped[list[ClauseText]] = relationship(
        lazy="raise", order_by="ClauseText.position", viewonly=True
    )

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012 - SQLAlchemy reads this plain dict


class Audience(Base):
    """One department, post or person a revision is distributed to; `for_everyone` needs none."""

    __tablename__ = "revision_audience"
    __table_args__ = (UniqueConstraint("revision_id", "member", "code"),)

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    member: Mapped[Member] = mapped_column(choice(Member, "audience_member"))
    code: Mapped[str] = mapped_column(String(60))


class Image(Base):
    """A picture of a revision's source, by the name the text uses and the digest of its bytes."""

    __tablename__ = "revision_image"
    __table_args__ = (UniqueConstraint("revision_id", "name"),)

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(_DIGEST))


class ClauseText(Base):
    """One numbered heading of a revision with its plain words: what can be cited and found."""

    __tablename__ = "revision_clause"
    __table_args__ = (UniqueConstraint("revision_id", "position"), UniqueConstraint("revision_id", "anchor"))

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    position: Mapped[int]
    anchor: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(40))
    heading: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)


class ReferenceTo(Base):
    """That a revision leans on another document, by number, and on a clause of it (DOC-14)."""

    __tablename__ = "revision_reference"
    __table_args__ = (
        UniqueConstraint("revision_id", "link", "target", "clause"),
        Index("ix_revision_reference_folded", "folded"),
    )

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    link: Mapped[Link] = mapped_column(choice(Link, "reference_link"))
    target: Mapped[str] = mapped_column(String(60))
    folded: Mapped[str] = mapped_column(String(60))
    clause: Mapped[str] = mapped_column(String(120), default="")


class ClauseMap(Base):
    """That a revision answers a clause of an edition of a standard (DOC-15)."""

    __tablename__ = "revision_standard_clause"
    __table_args__ = (
        UniqueConstraint("revision_id", "edition", "clause"),
        Index("ix_revision_standard_clause_edition", "edition", "clause"),
    )

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    edition: Mapped[str] = mapped_column(String(40))
    clause: Mapped[str] = mapped_column(String(40))


class Validity(Base):
    """From which day a revision is in force, and until which day, exclusive (law 6).

    Never two for one document, language and day: see `ddl`. Equal days say that no day is
    its own: it was ended before its first day, or on it.
    """

    __tablename__ = "validity"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="days"),
        CheckConstraint("(until_on IS NULL) = (ended_by IS NULL)", name="ended"),
        CheckConstraint(_IN_LANGUAGES, name="language"),
        Index("ix_validity_days", "document_id", "language", "from_on"),
    )

    id: Mapped[Id]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    language: Mapped[str] = mapped_column(String(10))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), unique=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    ended_by: Mapped[Ending | None] = mapped_column(choice(Ending, "validity_ended_by"))
    act: Mapped[str] = mapped_column(String(120))
    end_act: Mapped[str | None] = mapped_column(String(120))

    revision: Mapped[Revision] = relationship(lazy="raise")
    document: Mapped[Document] = relationship(lazy="raise")


class Enactment(Base):
    """That a revision has entered or left force: at most one of each (law 5)."""

    __tablename__ = "enactment"
    __table_args__ = (UniqueConstraint("revision_id", "passage"),)

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    passage: Mapped[Passage] = mapped_column(choice(Passage, "enactment_passage"))
    on: Mapped[date] = mapped_column("on_day")
    at: Mapped[datetime] = mapped_column("at_instant", Instant)


class Withdrawal(Base):
    """The act of taking a revision out of force, on the same route as its issue (DOC-02)."""

    __tablename__ = "withdrawal"
    __table_args__ = (
        Index(
            "uq_withdrawal_open",
            "revision_id",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
        CheckConstraint("state <> 'decided' OR decided_at IS NOT NULL", name="decided"),
    )

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    state: Mapped[WithdrawalState] = mapped_column(choice(WithdrawalState, "withdrawal_state"))
    round: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    until_on: Mapped[date]
    digest: Mapped[str] = mapped_column(String(_DIGEST))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    route: Mapped[dict[str, Any]] = mapped_column(Json)
    requested_at: Mapped[datetime] = mapped_column(Instant)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    row_version: Mapped[int] = mapped_column(default=1)

    revision: Mapped[Revision] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012 - SQLAlchemy reads this plain dict


class RouteSeat(Base):
    """One post or role that a stage of a route asks, frozen when the round begins (law 7)."""

    __tablename__ = "route_seat"
    __table_args__ = (
        UniqueConstraint("revision_id", "purpose", "round", "stage", "member", "code"),
        Index("ix_route_seat_code", "member", "code"),
    )

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "route_seat_purpose"))
    round: Mapped[int]
    stage: Mapped[StageName] = mapped_column(choice(StageName, "route_seat_stage"))
    member: Mapped[Member] = mapped_column(choice(Member, "route_seat_member"))
    code: Mapped[str] = mapped_column(String(60))


class RouteSignature(Base):
    """One signature that counts on a route: one person and one voice count once in a stage of a round.

    `turn` counts the releases of a round: a plan that failed and was made anew is signed anew.
    """

    __tablename__ = "route_signature"
    __table_args__ = (
        UniqueConstraint("revision_id", "purpose", "round", "turn", "stage", "person_id"),
        UniqueConstraint("revision_id", "purpose", "round", "turn", "stage", "voice_id"),
        CheckConstraint("voice_id = COALESCE(for_person_id, person_id)", name="voice"),
        Index("ix_route_signature_person", "person_id"),
    )

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "route_purpose"))
    round: Mapped[int]
    turn: Mapped[int] = mapped_column(default=0)
    stage: Mapped[StageName] = mapped_column(choice(StageName, "route_signature_stage"))
    seats: Mapped[list[str]] = mapped_column(Json)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    for_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    voice_id: Mapped[int]
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"), unique=True)
    opinion: Mapped[str] = mapped_column(Text, default="")
    signed_at: Mapped[datetime] = mapped_column(Instant)
    voided_at: Mapped[datetime | None] = mapped_column(Instant)


class Comment(Base):
    """A remark of a reviewer; while it is open the revision cannot be approved."""

    __tablename__ = "revision_comment"
    __table_args__ = (
        CheckConstraint("(resolved_at IS NULL) = (resolved_by IS NULL)", name="resolved"),
        Index("ix_revision_comment_revision", "revision_id", "round"),
    )

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    round: Mapped[int]
    anchor: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    resolution: Mapped[str] = mapped_column(Text, default="")


class Acknowledgement(Base):
    """That a person signed to have read and understood exactly these contents (DOC-07)."""

    __tablename__ = "acknowledgement"
    __table_args__ = (UniqueConstraint("revision_id", "person_id", "digest"),)

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    digest: Mapped[str] = mapped_column(String(_DIGEST))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"), unique=True)
    on: Mapped[date] = mapped_column("on_day")
    at: Mapped[datetime] = mapped_column("at_instant", Instant)


class PeriodicReview(Base):
    """The check at planned intervals that a document in force is still right (DOC-13)."""

    __tablename__ = "periodic_review"
    __table_args__ = (
        UniqueConstraint("revision_id", "due_on"),
        CheckConstraint("(done_at IS NULL) = (outcome IS NULL)", name="done"),
    )

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    due_on: Mapped[date]
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome, "periodic_review_outcome"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text, default="")

    revision: Mapped[Revision] = relationship(lazy="raise")


class SyncedFile(Base):
    """The digest of a file when it was last read or written, so that a change is seen (law 14)."""

    __tablename__ = "synced_file"

    id: Mapped[Id]
    path: Mapped[str] = mapped_column(String(300), unique=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    language: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(_DIGEST))
    source_digest: Mapped[str] = mapped_column(String(_DIGEST))
    at: Mapped[datetime] = mapped_column("at_instant", Instant)
