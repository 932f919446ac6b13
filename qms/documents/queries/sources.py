"""The written source of a revision and its pictures, for editors and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms.documents import prepared, rows
from qms.documents.operations import checks

if TYPE_CHECKING:
    from qms.documents.source import Source
    from qms.kernel.errors import Problem
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


def source_of(work: Work, ref: Ref) -> tuple[str, bytes]:
    """The file name and the stored bytes of a revision's source, checked against their digest."""
    revision = rows.seen(work.session, work.rights, work.today, ref)
    return prepared.file_of(work.settings, revision), work.vault.read(revision.source_digest)


def faults(work: Work, ref: Ref, source: Source) -> list[Problem]:
    """What a source typed for a revision would be refused for at its submission, text and route left out."""
    revision = rows.seen(work.session, work.rights, work.today, ref)
    return checks.of_source(work, revision, source)


def pictures(work: Work, ref: Ref) -> dict[str, str]:
    """The pictures of a revision: the name its text uses, and the digest of the bytes."""
    revision = rows.seen(work.session, work.rights, work.today, ref)
    return rows.images(work.session, revision.id)
