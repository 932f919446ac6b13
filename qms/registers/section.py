"""What the declaration of columns and fields means when its document enters into force (S12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qms.forms import spoken
from qms.kernel.labels import N_, say
from qms.registers import codes, declared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from qms.kernel.errors import Problem
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_BEGUN = N_("The register begins, with {count} columns.")
_ADDED = N_("These columns begin, and fill from the first day on: {names}.")
_ENDED = N_("These columns end; what stands in them stays: {names}.")
_PUBLISHED = N_("What is filed in it on a day is published, without confidential columns and records.")
_UNPUBLISHED = N_("What is filed in it is no longer published by day.")
_CODED = N_("Information codes change: {changes}.")


@dataclass(frozen=True, slots=True)
class CodesSection:
    """The key `columns` of registers, or `fields` of forms: codes are written down, columns begin and end."""

    key: str

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:  # noqa: ARG002
        """Whether formulas can be read is told by what checks the declaration itself."""
        return ()

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:
        """Which columns begin or end and which codes change."""
        before, after = _ids(old), _ids(new)
        labels = _labels(old, work.language) | _labels(new, work.language)
        told = []
        if self.key == "columns" and after and not before:
            told.append(say(_BEGUN, work.language, count=len(after)))
        if self.key == "columns" and before:
            told += [
                say(text, work.language, names=", ".join(names))
                for text, names in (
                    (_ADDED, [labels[name] for name in after if name not in before]),
                    (_ENDED, [labels[name] for name in before if name not in after]),
                )
                if names
            ]
        changes = [
            f"{labels[name]} {before[name] or '–'} → {after[name] or '–'}"
            for name in after
            if name in before and before[name] != after[name]
        ]
        return [*told, *([say(_CODED, work.language, changes=", ".join(changes))] if changes else [])]

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:  # noqa: ARG002
        """Write the codes down, and give older rows their empty cells."""
        codes.enter(work, declared.of_revision(work.session, revision), revision, on)

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:  # noqa: ARG002
        """End what the document's columns and fields carried."""
        codes.leave(work, declared.of_revision(work.session, revision).document_id, on)


class PublicationSection:
    """The key `publish` of a register: what is filed on a day stands on a page of its own (R28)."""

    key = "publish"

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:  # noqa: ARG002
        """Only `daily` can be written, which the shape of the head says."""
        return ()

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:
        """That the publication begins or ends."""
        if bool(old) == bool(new):
            return ()
        return (say(_PUBLISHED if new else _UNPUBLISHED, work.language),)

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """What is published is read from the register each time; nothing is kept beside."""

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """The page is there no longer."""


def _ids(items: Any) -> dict[str, str]:
    return {item["id"]: item.get("code", "") for item in items or () if "id" in item}


def _labels(items: Any, language: str) -> dict[str, str]:
    """What columns and fields are called."""
    return {
        item["id"]: spoken(item.get("label", item["id"]), language) for item in items or () if "id" in item
    }
