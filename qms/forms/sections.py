"""What forms, registers and the documents that use them say before they enter into force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qms import documents
from qms.forms.building import build
from qms.forms.definition import Definition, spoken
from qms.forms.names import SYSTEM
from qms.forms.paper import limit_words
from qms.formulas import FormulaUnreadable, parse
from qms.kernel.errors import Missing, Problem
from qms.kernel.labels import LANGUAGES, N_, listed, say

if TYPE_CHECKING:
    from datetime import date

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_USES: Final = ("forms", "registers")
_NOWHERE: Final = N_("Not in the library yet, or hidden from you: {names}.")
_NOT_IN_FORCE: Final = N_("Not in force today: {names}.")
_PARTS: Final = {
    "fields": (
        N_("Asked anew: {names}."),
        N_("No longer asked; what was recorded stays: {names}."),
        N_("Asked differently: {names}."),
    ),
    "steps": (
        N_("New steps: {names}."),
        N_("Steps that fall away; records begun before still go through them: {names}."),
        N_("Steps that change; records begun before keep the old ones: {names}."),
    ),
    "clocks": (
        N_("New time limits of the whole process: {names}."),
        N_("Time limits of the whole process that end: {names}."),
        N_("Time limits of the whole process that change: {names}."),
    ),
}
_FIRST: Final = {
    "steps": N_("Each record goes through: {names}."),
    "clocks": N_("Time limits of the whole process: {names}."),
}
_NO_NAME: Final = N_(
    "None of the forms that feed this register has a field {name}, and the system knows none."
)


class _Quiet:
    """A declaration that needs no act of its own: records and registers read it from the revision."""

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:  # noqa: ARG002
        """Its shape was checked when it was read."""
        return ()

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """Nothing is to be begun: records are pinned to the revision in force on their day."""

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """Nothing is to be ended: records begun under the revision finish under it."""


@dataclass(frozen=True, slots=True)
class UseSection(_Quiet):
    """The key `forms` or `registers` of a procedure: what it puts into use, and what of it is missing."""

    key: str

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:  # noqa: ARG002
        """Which of what it puts into use is not there or not in force; documents tell the rest."""
        nowhere, waiting = _absent(work, sorted(set(new or ())))
        told = ((_NOWHERE, nowhere), (_NOT_IN_FORCE, waiting))
        return [_listed(work, text, names) for text, names in told if names]


@dataclass(frozen=True, slots=True)
class PartSection(_Quiet):
    """The key `fields`, `steps` or `clocks` of a form: what is added, taken away, changed."""

    key: str

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:
        """Each change by the labels people read; of a first revision, how its records go."""
        before, after = build({self.key: old or []}), build({self.key: new or []})
        then, now = _parts(before, self.key), _parts(after, self.key)
        if old is None:
            first = _FIRST.get(self.key)
            names = [_named(after, each, work.language) for each in now.values()]
            return [_listed(work, first, names)] if first and names else []
        changed = [name for name in now if name in then and now[name] != then[name]]
        groups: list[tuple[Definition, list[Any]]] = [
            (after, [now[name] for name in now if name not in then]),
            (before, [then[name] for name in then if name not in now]),
            (after, [now[name] for name in changed]),
        ]
        return [
            _listed(work, text, [_named(of, each, work.language) for each in items])
            for text, (of, items) in zip(_PARTS[self.key], groups, strict=True)
            if items
        ]


class ValueSection(_Quiet):
    """The key `columns` of a register: its formulas name what the forms that feed it really ask."""

    key = "columns"

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:
        """Held against the forms in force; while one of them is missing nothing can be said."""
        sources = [_in_force(work, number) for number in head.get("from", ())]
        if not sources or None in sources:
            return ()
        known = {"clocks", "true", "false", *SYSTEM}
        known |= {entry.id for source in sources if source is not None for entry in source.fields}
        return list(_unknown(value, known))

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:  # noqa: ARG002
        """Registers themselves say which columns begin and end."""
        return ()


def sections() -> tuple[Any, ...]:
    """Everything forms enact, one section a key."""
    uses = tuple(UseSection(key) for key in _USES)
    return (*uses, *(PartSection(key) for key in _PARTS), ValueSection())


def _unknown(columns: Any, known: set[str]) -> Iterator[Problem]:
    for place, column in enumerate(columns, 1):
        text = column.get("value", "")
        try:
            names = parse(text).names if text else frozenset()
        except FormulaUnreadable:
            continue  # told by the check of its shape
        for name in sorted({each.partition(".")[0] for each in names} - known):
            yield Problem(_NO_NAME, field=f"columns.{place}.value", facts={"name": name})


def _in_force(work: Work, number: str) -> Definition | None:
    for language in LANGUAGES:
        try:
            found = documents.in_force(work.session, work.rights, number, language, work.today)
        except Missing:
            continue
        return build(found.head)
    return None


def _absent(work: Work, numbers: Sequence[str]) -> tuple[list[str], list[str]]:
    """Those that are nowhere in the library as far as one may know, and those that are not in force."""
    there = documents.in_library(work.session, work.rights, numbers, work.today)
    nowhere = [number for number in numbers if number not in there]
    return nowhere, [number for number in numbers if there.get(number) is False]


def _parts(definition: Definition, key: str) -> dict[str, Any]:
    parts: Sequence[Any] = getattr(definition, key)
    return {each.id: each for each in parts}


def _named(definition: Definition, part: Any, language: str) -> str:
    """A part by its label, with its time limit where it has one."""
    label = spoken(part.label, language)
    limit = getattr(part, "within", None)
    return f"{label} ({limit_words(limit, definition, language)})" if limit else label


def _listed(work: Work, text: str, names: Sequence[str]) -> str:
    return say(text, work.language, names=listed(names, work.language))
