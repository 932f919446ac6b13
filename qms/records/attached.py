"""Which attached files the answers of a record name; only those are part of it, the others are let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import forms
from qms.records import contents, rows
from qms.records.models import RecordContent, RecordFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qms.kernel.work import Work
    from qms.records.models import Record


@dataclass(frozen=True, slots=True)
class Named:
    """The files that frozen answers name, by field and digest; what is erased tells of its files no more."""

    pairs: frozenset[tuple[str, str]]
    is_erased: bool

    def holds(self, file: RecordFile) -> bool:
        """Whether a file is named; one sealed with what was erased cannot be asked and counts as named.

        A row of a table may have moved since the file came, so that its field is the table alone.
        """
        if file.sealed and self.is_erased:
            return True
        return (file.field.partition(".")[0], file.digest) in self.pairs


def named(work: Work, record: Record, frozen: Iterable[RecordContent]) -> Named:
    """What these frozen contents name."""
    definition = rows.definition_of(record.revision)
    return Named(
        frozenset(
            pair
            for each in frozen
            for pair in forms.answers.attached(definition, contents.unpacked(work, record, each))
        ),
        record.erased_at is not None,
    )


def named_ever(work: Work, record: Record) -> Named:
    """What any version names: an earlier one stays readable, and so do its files (REC-01)."""
    found = select(RecordContent).where(RecordContent.record_id == record.id)
    return named(work, record, work.session.scalars(found).all())


def let_go(work: Work, record: Record) -> None:
    """Forget what was typed and attached without ever being filed; the vault sweeps what nothing names.

    Called once nobody can file it any more: a step is done, or the record ends before its time.
    """
    contents.drop_drafts(work, record)
    files = work.session.scalars(select(RecordFile).where(RecordFile.record_id == record.id)).all()
    if not files:
        return
    kept = named_ever(work, record)
    for file in files:
        if not kept.holds(file):
            work.session.delete(file)
            work.record(
                "record:let-go", rows.ref_of(record), before={"field": file.field, "digest": file.digest}
            )
    work.session.flush()
