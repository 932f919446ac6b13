"""Who there is: people, departments, posts, roles, grants, and what they prove themselves with."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, Json, choice
from qms.kernel.ports import Secrecy


class Meaning(StrEnum):
    """What a signature says; shown wherever the signature is shown (P11-50)."""

    AUTHOR = "author"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    ACKNOWLEDGED = "acknowledged"


class Person(Base):
    """One human being with one lasting id, kept after leaving and never given again (P11-100).

    `login` is stored normalised (NFKC, trimmed, case folded), so that look-alikes collide.
    `verified` says how identity was checked at enrolment, `enrolled_by` who checked it.
    """

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("length(login) > 0", name="login"), {"sqlite_autoincrement": True})

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str | None] = mapped_column(String(10))
    active: Mapped[bool] = mapped_column(default=True)
    verified: Mapped[str] = mapped_column(default="")
    enrolled_by: Mapped[str] = mapped_column(String(200))
    enrolled_at: Mapped[datetime] = mapped_column(Instant)
    deactivated_at: Mapped[datetime | None] = mapped_column(Instant)


class Department(Base):
    """A unit of the organisation in a tree with one root."""

    __tablename__ = "department"
    __table_args__ = (
        CheckConstraint("parent_id <> id", name="not_own_parent"),
        CheckConstraint("is_root = (parent_id IS NULL)", name="root"),
        Index("uq_department_root", "is_root", unique=True,
              sqlite_where=text("is_root"), postgresql_where=text("is_root")),
    )  # fmt: skip

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    is_root: Mapped[bool] = mapped_column(default=False)


class Membership(Base):
    """A person belongs to a department from a day, until (exclusive) another."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("person_id", "department_id", "from_on"),
        CheckConstraint("until_on >= from_on", name="span"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Post(Base):
    """A position of the organisation; `is_head` marks the post that leads its department."""

    __tablename__ = "post"
    __table_args__ = (CheckConstraint("NOT is_head OR department_id IS NOT NULL", name="head_of"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    is_head: Mapped[bool] = mapped_column(default=False)


class PostHolding(Base):
    """A person holds a post from a day, until (exclusive) another."""

    __tablename__ = "post_holding"
    __table_args__ = (
        UniqueConstraint("person_id", "post_id", "from_on"),
        CheckConstraint("until_on >= from_on", name="span"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Role(Base):
    """A named set of permissions; `oversees` sees documents of every department (Rights).

    `administrator` marks the three roles that exclude each other and give no content (MLP-04).
    """

    __tablename__ = "role"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    oversees: Mapped[bool] = mapped_column(default=False)
    administrator: Mapped[bool] = mapped_column(default=False)


class RolePermission(Base):
    """One permission of one role."""

    __tablename__ = "role_permission"

    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(60), primary_key=True)


class Grant(Base):
    """A role given to a person for a department and all below it, or everywhere.

    The schema itself lets nobody hold two of the three administrator roles at once (MLP-04).
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        Index("uq_role_grant_administrator", "person_id", unique=True,
              sqlite_where=text("administrator AND withdrawn_at IS NULL"),
              postgresql_where=text("administrator AND withdrawn_at IS NULL")),
        Index("uq_role_grant_department", "person_id", "role_id", "department_id", unique=True,
              sqlite_where=text("withdrawn_at IS NULL"), postgresql_where=text("withdrawn_at IS NULL")),
        Index("uq_role_grant_everywhere", "person_id", "role_id", unique=True,
              sqlite_where=text("department_id IS NULL AND withdrawn_at IS NULL"),
              postgresql_where=text("department_id IS NULL AND withdrawn_at IS NULL")),
        CheckConstraint("NOT administrator OR department_id IS NULL", name="administrator_everywhere"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
    )  # fmt: skip

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    administrator: Mapped[bool] = mapped_column(default=False)
    granted_by: Mapped[str] = mapped_column(String(200))
    granted_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)


class Clearance(Base):
    """The highest grade of secrecy a person may see (R16); without a row it is *internal*."""

    __tablename__ = "clearance"
    __table_args__ = (CheckConstraint(f"grade BETWEEN 0 AND {int(max(Secrecy))}", name="grade"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    grade: Mapped[int]
    given_by: Mapped[str] = mapped_column(String(200))
    given_at: Mapped[datetime] = mapped_column(Instant)


class Circle(Base):
    """A closed circle: what is marked with it exists for its members only (R19)."""

    __tablename__ = "circle"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)


class CircleMember(Base):
    """A person inside a closed circle, from an instant until they leave it."""

    __tablename__ = "circle_member"
    __table_args__ = (
        Index("uq_circle_member_open", "circle_id", "person_id", unique=True,
              sqlite_where=text("left_at IS NULL"), postgresql_where=text("left_at IS NULL")),
    )  # fmt: skip

    id: Mapped[Id]
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    entered_at: Mapped[datetime] = mapped_column(Instant)
    entered_by: Mapped[str] = mapped_column(String(200))
    left_at: Mapped[datetime | None] = mapped_column(Instant)


class Substitution(Base):
    """A person lets another stand in from a day, until (exclusive) another (R27)."""

    __tablename__ = "substitution"
    __table_args__ = (
        CheckConstraint("person_id <> substitute_id", name="another"),
        CheckConstraint("until_on >= from_on", name="span"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    given_by: Mapped[str] = mapped_column(String(200))


class Credential(Base):
    """The Argon2id hash of a person's password; `must_change` until they chose their own (SEC-08)."""

    __tablename__ = "credential"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hashed: Mapped[str] = mapped_column(String(200))
    earlier: Mapped[list[str]] = mapped_column(Json, default=list)
    must_change: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    reset_by: Mapped[str | None] = mapped_column(String(200))


class SigningKey(Base):
    """A person's Ed25519 key; its private half is sealed under their password (CN-03, P11-200).

    A retired key has lost its private half and stays to verify what it signed. A key made after
    somebody reset the password waits for a second administrator (`needs_confirmation`).
    """

    __tablename__ = "signing_key"
    __table_args__ = (
        Index("uq_signing_key_present", "person_id", unique=True,
              sqlite_where=text("retired_at IS NULL"), postgresql_where=text("retired_at IS NULL")),
        CheckConstraint("(retired_at IS NULL) = (sealed IS NOT NULL)", name="retired_has_no_private_half"),
    )  # fmt: skip

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    public: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[dict[str, str | int] | None] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    needs_confirmation: Mapped[bool] = mapped_column(default=False)
    reset_by: Mapped[str | None] = mapped_column(String(200))
    confirmed_by: Mapped[str | None] = mapped_column(String(200))


class LoginSession(Base):
    """A signed-in browser or terminal, known by the hash of a random token (SEC-01, SEC-02)."""

    __tablename__ = "login_session"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    authenticated_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_why: Mapped[str | None] = mapped_column(String(40))


class Attempt(Base):
    """Failed passwords for one account from one address, and the last success (SEC-09, MLP-02).

    The account is kept as a hash, because people type passwords into the wrong box.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        CheckConstraint("failures >= 0", name="failures"),
        Index("ix_sign_in_attempt_address_failed_at", "address", "failed_at"),
    )

    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    succeeded_at: Mapped[datetime | None] = mapped_column(Instant)


class SigningLock(Base):
    """Wrong passwords of a person at signing, and until when they lock it (P11-300d).

    The row stays when the lock has run out, until a security administrator has looked into it.
    """

    __tablename__ = "signing_lock"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    until_at: Mapped[datetime | None] = mapped_column(Instant)


class SecondFactor(Base):
    """The secret of a person's one-time codes, sealed under the workspace's own key (SEC-10).

    Without `on_at` it is being set up and asks nobody. `last_step` is the half minute of the last
    code taken: none of it or before it is taken again.
    """

    __tablename__ = "second_factor"
    __table_args__ = (
        CheckConstraint("failures >= 0", name="failures"),
        CheckConstraint("(on_at IS NULL) = (last_step IS NULL)", name="on_by_a_code"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed: Mapped[dict[str, str]] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(Instant)
    on_at: Mapped[datetime | None] = mapped_column(Instant)
    last_step: Mapped[int | None]
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)


class RecoveryCode(Base):
    """The hash of a code that stands in for a lost device, once (SEC-10)."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    hashed: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Signature(Base):
    """An electronic signature; every column stands in the signed statement (P11-50, P11-70)."""

    __tablename__ = "signature"
    __table_args__ = (
        Index("uq_signature_once", "ref", "meaning", "round", "person_id", "post", unique=True,
              sqlite_where=text("substitute_for_id IS NULL"),
              postgresql_where=text("substitute_for_id IS NULL")),
        Index("uq_signature_once_for", "ref", "meaning", "round", "person_id", "post", "substitute_for_id",
              unique=True),
        CheckConstraint("(substitute_for_id IS NULL) = (substitute_for_name IS NULL)", name="substitute"),
        CheckConstraint("substitute_for_id <> person_id", name="not_for_oneself"),
        CheckConstraint("round >= 1", name="round"),
    )  # fmt: skip

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(128))
    meaning: Mapped[Meaning] = mapped_column(choice(Meaning, "meaning"))
    round: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(60), default="")
    post_names: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    substitute_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    substitute_for_name: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"))
    signed: Mapped[str] = mapped_column(String(128))
