"""What the issue of a form does to its records, told before the release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from qms.kernel.labels import N_, say
from qms.records import access, rows
from qms.records.models import Record
from qms.records.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_FILLABLE = N_("The form can be filled in from its first day in force.")
_EXCHANGED = N_("Whoever fills in the form from then on fills in this revision, no longer {label}.")
_FINISHING = N_("{count} open records you may see were begun under earlier revisions and finish under them.")


class RecordPreview:
    """A form that becomes fillable or is exchanged, and the records that finish under the old one."""

    keys: frozenset[str] = frozenset()

    def foretell(
        self, work: Work, revision: Ref, head: Mapping[str, Any], before: Ref | None
    ) -> Sequence[str]:
        """The sentences for a form; nothing for what is no form."""
        if head.get("kind") not in rows.FILLED:
            return ()
        if before is None:
            return (say(_FILLABLE, work.language),)
        told = [say(_EXCHANGED, work.language, label=before.key.split("@")[2])]
        count = open_on(work, revision.key.split("@")[0])
        return (*told, *([say(_FINISHING, work.language, count=count)] if count else ()))


def open_on(work: Work, form: str) -> int:
    """How many records of a form are on their way, as far as the reader may see them (R19)."""
    query = (
        select(func.count())
        .select_from(Record)
        .where(
            Record.form == form,
            Record.state == State.OPEN,
            access.visible(work.session, work.rights, work.today),
        )
    )
    return work.session.scalar(query) or 0
