"""What one person may bring: each file checked and scanned, all of a day within a bound (SEC-13)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.uploads.checking import Kept, UploadRefused, checked
from qms.uploads.scanning import scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.kernel.work import Work

_DAY: Final = timedelta(days=1)
_MEGABYTE: Final = 1 << 20


class DayFull(UploadRefused):
    """A person has brought as much within a day as the organisation lets one person bring."""


def admitted(work: Work, brought: Sequence[tuple[str, str, bytes]]) -> list[tuple[str, str]]:
    """The plain name and media type of each of `brought` (field, name, content), or a refusal of all of them.

    Called over a reading Work, before anything is put into the vault (laws 2 and 9).
    """
    found = [checked(name, content, field) for field, name, content in brought]
    _refuse_beyond(work, brought)
    for (plain, _), (field, _, content) in zip(found, brought, strict=True):
        scan(work.settings, plain, content, field)
    return found


def kept(work: Work, name: str, content: bytes, field: str = "file") -> Kept:
    """Put one file into the vault after it was admitted; called before any writing Work (laws 2 and 9)."""
    ((plain, kind),) = admitted(work, [(field, name, content)])
    return Kept(plain, work.vault.put(content), len(content), kind)


def _refuse_beyond(work: Work, brought: Sequence[tuple[str, str, bytes]]) -> None:
    """Count what the person brought within the last 24 hours, in every slice that keeps files."""
    most, person = work.settings.day_megabytes, work.actor.person_id
    if not most or person is None or not brought:
        return
    had = sum(count(work.session, person, work.now - _DAY) for count in work.ports.get("uploads", ()))
    if had + sum(len(content) for _, _, content in brought) > most * _MEGABYTE:
        text = N_("One person may bring {most} MB of files within 24 hours; {had} MB were brought already.")
        facts = {"most": most, "had": had // _MEGABYTE}
        raise DayFull([Problem(text, field=brought[0][0], facts=facts)])
