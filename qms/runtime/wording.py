"""What entries and jobs are called by people: refs as they are written, codes of the slices in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from qms import documents, trail
from qms.kernel.labels import N_, Phrase
from qms.kernel.refs import Ref
from qms.runtime.parts import sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.trail import TrailRow

_SENTENCES: Final = sentences()
_TASKS: Final[Mapping[str, str]] = {
    "documents:read": N_("reading"),
    "documents:review": N_("review"),
    "documents:approve": N_("approval"),
    "documents:release": N_("release"),
    "documents:rework": N_("rework"),
    "documents:periodic-review": N_("periodic review"),
    "documents:withdraw-review": N_("review of a withdrawal"),
    "documents:withdraw-approve": N_("approval of a withdrawal"),
    "documents:withdraw-release": N_("decision on a withdrawal"),
    "record:step": N_("step of a record"),
    "record:follow-up": N_("follow-up of a record"),
}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "meaning": {each.value: said for each, said in documents.MEANINGS.items()},
    "ended_by": {each.value: said for each, said in documents.STANDINGS.items()},
    "kind": _TASKS,
    "grade": {grade.name.lower(): said for grade, said in documents.GRADES.items()},
    "step": {
        "remind": N_("reminder"),
        "overdue": N_("overdue"),
        "escalate": N_("told to the head"),
    },
}
_REASONS: Final[Mapping[str, str]] = {
    "start": N_("start of the worker"),
    "backup": N_("backup"),
    "time-stamp": N_("time-stamp"),
    "asked for on the page": N_("asked for on the page"),
}
_JOBS: Final[Mapping[str, str]] = {
    "documents.issue": N_("Issue {what}"),
    "evidence:build": N_("Build the evidence bundle {what}"),
    "trail.stamp": N_("Time-stamp for checkpoint {what}"),
    "scrub": N_("Full check of everything that is kept"),
}
_STEPS: Final[Mapping[str, str]] = {
    "gather": N_("gathering"),
    "checkpoint": N_("signing a checkpoint"),
    "time-stamp": N_("asking for a time-stamp"),
    "extract": N_("extracting the trail"),
    "plan": N_("planning"),
    "freeze": N_("freezing the list"),
    "bundle": N_("writing the bundle"),
    "record": N_("recording"),
}


def named(key: str) -> str:
    """A ref as people write it: `CP-12@zh-Hans@A/0` is CP-12 A/0 (zh-Hans); others stay as they are."""
    number, *rest = key.removeprefix("revision:").split("@")
    if len(rest) not in {2, 3}:
        return key
    language, label, *count = rest
    return f"{number} {label} ({language}){''.join(f' #{each}' for each in count)}"


def sentence(row: TrailRow, language: str, names: Mapping[str, str] | None = None) -> str:
    """An entry in one sentence; `names` are those of people by number."""
    known = (names or {}).get(row.ref.key) if row.ref.kind == "person" else None
    body = {**row.body, "before": _worded(row.before), "after": _worded(row.after)}
    if row.action == "trail:checkpoint":
        body["after"]["reason"] = _reason(str(row.after.get("reason", "")))
    said = replace(row, ref=Ref(row.ref.kind, known or named(row.ref.key)), body=body)
    return trail.describe(said, language, _SENTENCES)


def _worded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _word(name, value) for name, value in values.items()}


def _word(name: str, value: object) -> object:
    word = _WORDS.get(name, {}).get(value) if isinstance(value, str) else None
    return value if word is None else Phrase(word)


def _reason(value: str) -> object:
    """Why a checkpoint was signed: a word of the house, or the revision or bundle it was signed for."""
    if value in _REASONS:
        return Phrase(_REASONS[value])
    what = value.partition(" ")[2] if value.startswith(("issue ", "evidence ")) else value
    return named(what)


def job(kind: str, key: str) -> Phrase:
    """What a job does."""
    return Phrase(_JOBS.get(kind, kind), what=named(key))


def step(progress: str) -> Phrase:
    """How far a job has come."""
    return Phrase(_STEPS.get(progress, progress))
