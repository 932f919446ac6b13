"""Where a page about a reference stands: one line a kind, told by nothing but the kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import current_app, url_for

from qms.kernel.refs import Ref
from qms.web.revisions import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable


def _revision(key: str) -> dict[str, Any]:
    return parts_of(Ref("revision", key))


def _point(key: str) -> dict[str, Any]:
    document, _, code = key.partition("#")
    return {"document": document, "code": code}


# Kind of the ref: the endpoint of its page, and what the endpoint needs from the key.
LINKS: Final[dict[str, tuple[str, Callable[[str], dict[str, Any]]]]] = {
    "person": ("accounts.person", lambda key: {"person_id": key}),
    "requirement": ("competence.matrix", lambda _: {}),
    "competence": ("competence.person", lambda key: {"person_id": key.partition("/")[0]}),
    "department": ("accounts.organisation", lambda _: {}),
    "document": ("documents.one", lambda key: {"number": key}),
    "revision": ("documents.by_ref", _revision),
    "plan": ("documents.by_ref", _revision),
    "withdrawal": ("documents.withdrawal", _revision),
    "action": ("actions.one", lambda key: {"number": key}),
    "party": ("parties.one", lambda key: {"number": key}),
    "occurrence": ("schedules.one", lambda key: {"key": key}),
    "control-point": ("risks.one", _point),
    "control-warning": ("risks.warning", lambda key: {"warning_id": key}),
    "handed-in": ("complaints.box", lambda _: {}),
    "disposal": ("retention.one", lambda key: {"number": key}),
    "record": ("records.one", lambda key: {"number": key}),
    "record-draft": ("records.draft", lambda key: {"record_id": key}),
    "record-opening": ("records.opening", lambda key: {"opening_id": key}),
    "evidence": ("evidence.one", lambda key: {"number": key}),
    "trail-review": ("trail.reviews", lambda _: {}),
    "scrub": ("jobs.full_check", lambda _: {}),
    "job": ("jobs.one", lambda key: {"job_id": key}),
}


def link(ref: Ref) -> str | None:
    """The address of the page about a reference; None where there is no page of its kind."""
    endpoint, needs = LINKS.get(ref.kind, ("", None))
    if needs is None or endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, **needs(ref.key))
