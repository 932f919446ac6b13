"""Submission: everything is checked, the content is frozen by its digest, and the author signs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qms import accounts, tasks
from qms.accounts import Meaning
from qms.documents import lifecycle, route, rows
from qms.documents.lifecycle import Event
from qms.documents.operations import checks, walk

if TYPE_CHECKING:
    from qms.accounts import OpenKey
    from qms.documents.models import Revision
    from qms.documents.tree import Link
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Submitted:
    """A revision that is now in review, and the references of it that end nowhere."""

    revision: Revision
    dangling: tuple[Link, ...]


def submit(work: Work, ref: Ref, *, password: str | OpenKey) -> Submitted:
    """Freeze a draft, sign it as its author, and ask the first stage of its route (law 7).

    Every fault of source, head and route is raised at once; references that end nowhere are told,
    and refuse nothing (DOC-14).
    """
    revision = rows.lock(work, ref)
    author = rows.person_id(work)
    if author != revision.author_id or not work.rights.may("documents:submit"):
        rows.allow(work, "documents:submit", revision.document.owner)
    before = revision.state
    state = lifecycle.move(before, Event.SUBMIT, rows.name(revision))
    revision.author_id = author
    source = checks.stored(work, revision)
    checks.refuse(work, revision, source)
    revision.round += 1
    revision.route = route.plain(route.read_route(revision.head.get("route"), revision.document.kind))
    revision.content_digest = checks.digest_of(revision, source)
    revision.submitted_at = work.now
    revision.state = state
    work.session.flush()
    accounts.sign(
        work,
        password=password,
        meaning=Meaning.AUTHOR,
        ref=ref,
        digest=revision.content_digest,
        round=revision.round,
    )
    tasks.cancel(work, walk.REWORK, ref)
    walked = walk.of_revision(revision, approved=False)
    walk.seat(work, walked)
    walk.ask(work, walked, ref, walk.progress(work.session, walked, work.today))
    work.record(
        "document:revision:submit",
        ref,
        before={"state": before.value},
        after={
            "state": state.value,
            "round": revision.round,
            "digest": revision.content_digest,
            "route": revision.route,
        },
    )
    for law in work.ports.get("reviews", ()):
        law.begin(work, ref)
    return Submitted(revision, tuple(checks.dangling(work, revision)))
