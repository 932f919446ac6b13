"""Which attached files the answers of a record name; only those are part of it, the others are let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import forms
from qms.records import contents, rows
from qms.records.models import RecordContent, RecordDraft, RecordFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


def named(work: Work, record: Record, held: Iterable[RecordContent | RecordDraft]) -> Named:
    """What these frozen contents, or drafts, name."""
    definition = rows.definition_of(record.revision)
    return Named(
        frozenset(
            pair
            for each in held
            for pair in forms.answers.attached(definition, contents.unpacked(work, record, each))
        ),
        record.erased_at is not None,
    )


def named_ever(work: Work, record: Record) -> Named:
    """What any version names: an earlier one stays readable, and so do its files (REC-01)."""
    return named(work, record, _frozen(work, record))


def _frozen(work: Work, record: Record) -> Sequence[RecordContent]:
    return work.session.scalars(select(RecordContent).where(RecordContent.record_id == record.id)).all()


def let_go(work: Work, record: Record, step: str | None = None) -> None:
    """Forget what was typed and attached without being filed; the vault sweeps what nothing names.

    Called once nobody can file it any more: a step is done, or the record ends before its time and no
    step is to come. What somebody typed for a step that comes again after a return waits for it.
    """
    left = _drop_drafts(work, record, step)
    files = work.session.scalars(select(RecordFile).where(RecordFile.record_id == record.id)).all()
    if not files:
        return
    kept = named(work, record, [*_frozen(work, record), *left])
    for file in files:
        if not kept.holds(file):
            work.session.delete(file)
            work.record(
                "record:let-go", rows.ref_of(record), before={"field": file.field, "digest": file.digest}
            )
    work.session.flush()


def _drop_drafts(work: Work, record: Record, step: str | None) -> list[RecordDraft]:
    """Drop what others had typed for a step that is done, or all of it; gives what is left."""
    fields = None if step is None else rows.definition_of(record.revision).fields_of(step)
    left = []
    for row in work.session.scalars(select(RecordDraft).where(RecordDraft.record_id == record.id)).all():
        typed = contents.unpacked(work, record, row)
        if fields is None or typed.keys() <= {each.id for each in fields}:
            work.session.delete(row)
        else:
            left.append(row)
    work.session.flush()
    return left
