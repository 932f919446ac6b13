"""The plan of an issue: what exactly is released, frozen as plain data with a digest; pure (law 2)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from qms.kernel.clock import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

TAG: Final = "qms:issue-plan:1"


@dataclass(frozen=True, slots=True)
class Approved:
    """One signature before the release: its row, what it means, who gave it in which post, and when."""

    signature: int
    meaning: str
    person: int
    name: str
    post_names: Mapping[str, str]
    substitute_for: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the revision history (DOC-06)."""

    label: str
    on: date | None
    summary: str
    reason: str


@dataclass(frozen=True, slots=True)
class IssuePlan:
    """Everything the release decides; the releaser signs its digest, which covers the content's."""

    revision: str
    content_digest: str
    round: int
    release: int
    publication_on: date
    effective_on: date
    at: datetime
    code: str
    address: str
    demo: bool
    approvals: tuple[Approved, ...]
    history: tuple[Past, ...]

    @property
    def digest(self) -> str:
        """SHA-256 in hex over the canonical JSON of the plan; a promise, never changed."""
        return hashlib.sha256(rfc8785.dumps({"tag": TAG, **to_json(self)})).hexdigest()


def to_json(plan: IssuePlan) -> dict[str, Any]:
    """The plan as JSON values."""
    value = asdict(plan)
    for key in ("publication_on", "effective_on"):
        value[key] = value[key].isoformat()
    value["at"] = iso(plan.at)
    value["approvals"] = [
        {**asdict(entry), "post_names": dict(entry.post_names), "at": iso(entry.at)}
        for entry in plan.approvals
    ]
    value["history"] = [
        {**asdict(entry), "on": None if entry.on is None else entry.on.isoformat()} for entry in plan.history
    ]
    return value


def from_json(value: Mapping[str, Any]) -> IssuePlan:
    """The plan of the JSON values made by `to_json`."""
    return IssuePlan(
        revision=value["revision"],
        content_digest=value["content_digest"],
        round=value["round"],
        release=value["release"],
        publication_on=date.fromisoformat(value["publication_on"]),
        effective_on=date.fromisoformat(value["effective_on"]),
        at=_instant(value["at"]),
        code=value["code"],
        address=value["address"],
        demo=value["demo"],
        approvals=tuple(Approved(**{**entry, "at": _instant(entry["at"])}) for entry in value["approvals"]),
        history=tuple(
            Past(**{**entry, "on": None if entry["on"] is None else date.fromisoformat(entry["on"])})
            for entry in value["history"]
        ),
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
