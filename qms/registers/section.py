"""What the declaration of columns and fields means when its document enters into force (S12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from qms import formulas
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_, say
from qms.registers import codes, declared
from qms.registers.columns import FACT

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_BEGUN = N_("The register begins, with {count} columns.")
_ADDED = N_("These columns begin, and fill from the first day on: {names}.")
_ENDED = N_("These columns end; what stands in them stays: {names}.")
_CODED = N_("Information codes change: {changes}.")


@dataclass(frozen=True, slots=True)
class CodesSection:
    """The key `columns` of registers, or `fields` of forms: codes are written down, columns begin and end."""

    key: str

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:  # noqa: ARG002
        """The formulas of columns can be read."""
        return list(_faults(self.key, value))

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:
        """Which columns begin or end and which codes change."""
        before, after = _ids(old), _ids(new)
        told = []
        if self.key == "columns" and after and not before:
            told.append(say(_BEGUN, work.language, count=len(after)))
        if self.key == "columns" and before:
            names = (after.keys() - before.keys(), before.keys() - after.keys())
            told += [
                say(text, work.language, names=", ".join(sorted(each)))
                for text, each in zip((_ADDED, _ENDED), names, strict=True)
                if each
            ]
        changes = [
            f"{name} {before[name] or '-'} > {after[name] or '-'}"
            for name in sorted(before.keys() & after.keys())
            if before[name] != after[name]
        ]
        return [*told, *([say(_CODED, work.language, changes=", ".join(changes))] if changes else [])]

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:  # noqa: ARG002
        """Write the codes down, and give older rows their empty cells."""
        codes.enter(work, declared.of_revision(work.session, revision), revision, on)

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:  # noqa: ARG002
        """End what the document's columns and fields carried."""
        codes.leave(work, declared.of_revision(work.session, revision).document_id, on)


def _ids(items: Any) -> dict[str, str]:
    return {item["id"]: item.get("code", "") for item in items or () if "id" in item}


def _faults(key: str, items: Any) -> Iterator[Problem]:
    if key != "columns":
        return
    for place, item in enumerate(items, 1):
        text = item.get("value", "")
        if not text or FACT.fullmatch(text):
            continue
        try:
            formulas.parse(text)
        except Invalid as fault:
            yield Problem(fault.message, field=f"columns.{place}.value", facts=fault.facts)
