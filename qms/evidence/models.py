"""What is kept of a request for evidence: who asked what for whom, who approved, what was given out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qms.evidence.lifecycle import State
from qms.kernel.database import Base, Id, Instant, Json, choice

_DIGEST = 64


class EvidenceCounter(Base):
    """The last number given in a year; its row is locked to give the next, so there is no gap (law 13)."""

    __tablename__ = "evidence_counter"
    __table_args__ = (CheckConstraint("last >= 0", name="last"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class EvidenceRequest(Base):
    """One request and the bundle that came of it (BND-08, R18, R63).

    `digest` is what the approval signs: everything asked, by and for whom. `plan_digest` names the
    frozen list of files in the vault; `ceiling` says how far the receiver's sight reached then;
    `head_seq` is the last trail entry of the moment gathered, `checkpoint_size` the signed
    checkpoint that covers it.
    """

    __tablename__ = "evidence_request"
    __table_args__ = (
        UniqueConstraint("year", "seq"),
        Index(None, "state"),
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("length(purpose) > 0", name="purpose"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint(
            "approved_by <> requested_by AND approved_by <> receiver_id", name="another_approves"
        ),
        CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)"
            " AND (approved_by IS NULL) = (signature_id IS NULL)",
            name="approval",
        ),
        CheckConstraint("(state IN ('requested', 'rejected')) = (approved_by IS NULL)", name="approved"),
        CheckConstraint("(state = 'rejected') = (rejected_by IS NOT NULL)", name="rejected"),
        CheckConstraint("(rejected_by IS NULL) = (rejected_at IS NULL)", name="rejection"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed"),
        CheckConstraint(
            "(plan_digest IS NULL) = (ceiling IS NULL) AND (plan_digest IS NULL) = (head_seq IS NULL)"
            " AND (plan_digest IS NULL) = (checkpoint_size IS NULL)",
            name="plan",
        ),
        CheckConstraint("checkpoint_size >= head_seq", name="covered"),
        CheckConstraint(
            "state NOT IN ('building', 'built', 'handed_over') OR plan_digest IS NOT NULL", name="frozen"
        ),
        CheckConstraint("(state IN ('built', 'handed_over')) = (bundle_digest IS NOT NULL)", name="built"),
        CheckConstraint(
            "(bundle_digest IS NULL) = (manifest_digest IS NULL) AND (bundle_digest IS NULL) = (size IS NULL)"
            " AND (bundle_digest IS NULL) = (files IS NULL) AND (bundle_digest IS NULL) = (built_at IS NULL)"
            " AND (bundle_digest IS NULL) = (fingerprint IS NULL)",
            name="bundle",
        ),
        CheckConstraint("(state = 'handed_over') = (handed_over_by IS NOT NULL)", name="handed_over"),
        CheckConstraint("(handed_over_by IS NULL) = (handed_over_at IS NULL)", name="handing_over"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    year: Mapped[int]
    seq: Mapped[int]
    purpose: Mapped[str] = mapped_column(Text)
    receiver_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    receiver_name: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    scope: Mapped[dict[str, Any]] = mapped_column(Json)
    requested_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    requester_name: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[str] = mapped_column(String(_DIGEST))
    state: Mapped[State] = mapped_column(choice(State, "evidence_state"), default=State.REQUESTED)

    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), unique=True)
    rejected_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    rejected_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")
    failure: Mapped[str | None] = mapped_column(Text)

    plan_digest: Mapped[str | None] = mapped_column(String(_DIGEST))
    ceiling: Mapped[dict[str, Any] | None] = mapped_column(Json)
    head_seq: Mapped[int | None]
    checkpoint_size: Mapped[int | None]
    bundle_digest: Mapped[str | None] = mapped_column(String(_DIGEST))
    manifest_digest: Mapped[str | None] = mapped_column(String(_DIGEST))
    fingerprint: Mapped[str | None] = mapped_column(String(_DIGEST))
    size: Mapped[int | None] = mapped_column(BigInteger)
    files: Mapped[int | None]
    built_at: Mapped[datetime | None] = mapped_column(Instant)
    handed_over_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handed_over_at: Mapped[datetime | None] = mapped_column(Instant)
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012 - SQLAlchemy reads this plain dict


class EvidenceDepartment(Base):
    """One department a request's scope names; a request without any asks for all of them."""

    __tablename__ = "evidence_department"

    request_id: Mapped[int] = mapped_column(ForeignKey("evidence_request.id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)
