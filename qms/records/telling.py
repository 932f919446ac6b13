"""What a change of a record tells upper slices, in the same transaction, and what they may forbid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms import forms
from qms.documents import ref_of as revision_ref
from qms.kernel.ports import Filed
from qms.kernel.refs import Ref
from qms.records import contents, rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.kernel.work import Work
    from qms.records.models import Record


def filed(
    work: Work,
    record: Record,
    event: str,
    *,
    step: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Filed:
    """The record as it stands now, as a plain value."""
    definition = rows.definition_of(record.revision)
    return Filed(
        ref=rows.ref_of(record),
        record_id=record.id,
        number=record.number or "",
        form=record.form,
        revision=revision_ref(record.revision),
        event=event,
        step=step,
        state=record.state.value,
        department=record.department,
        secrecy=record.secrecy,
        circle=record.circle,
        author_id=record.author_id,
        filed_on=record.filed_on or work.today,
        closed_on=record.closed_on,
        values=contents.values(work, record) if values is None else values,
        personal=forms.answers.personal_fields(definition),
        sealed=record.sealed,
        origin=None if record.origin is None else Ref.parse(record.origin),
        head=record.revision.head,
    )


def allow(
    work: Work,
    record: Record,
    event: str,
    values: Mapping[str, Any] | None = None,
    *,
    step: str | None = None,
) -> None:
    """Let every guard of the form have its say before anything changes."""
    guards = [
        each for each in work.ports.get("guards", ()) if each.forms is None or record.form in each.forms
    ]
    if guards:
        told = filed(work, record, event, step=step, values=values)
        for guard in guards:
            guard.allow(work, told, event)


def tell(
    work: Work,
    record: Record,
    event: str,
    *,
    step: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Tell every follower of the form; what one raises undoes the whole act."""
    work.session.flush()
    following = [
        each for each in work.ports.get("followers", ()) if each.forms is None or record.form in each.forms
    ]
    if following:
        told = filed(work, record, event, step=step, values=values)
        for follower in following:
            follower.follow(work, told)
