"""What the head of a form, register, scorecard or objective sheet may declare, checked by field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from qms.forms.building import is_section
from qms.forms.source.declared import Declared
from qms.forms.source.fields import COLUMN, FIELD, SECTION, shapes
from qms.forms.source.links import faults
from qms.forms.source.steps import CLOCK, OPENING, RECORDS, STEP
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

__all__ = ["problems"]

_MARK: Final = re.compile(r"\{([^{}]*)\}")
_SEQUENCE: Final = re.compile(r"seq:[1-9]", re.ASCII)
_LISTS: Final = {"steps": STEP, "clocks": CLOCK, "opens": OPENING}
_WANTED: Final[Mapping[str, tuple[str, ...]]] = {"form": ("fields",), "register": ("columns",)}
_OF_FORMS: Final = ("clocks", "opens", "records")


def problems(head: Mapping[str, Any]) -> list[Problem]:
    """The faults of a declared content by field; the head itself has its right shape.

    What has its right shape is held against the rest even where something else has not, so that
    all faults are told at once.
    """
    found: list[Problem] = []
    sound: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for key in ("fields", "columns", *_LISTS):
        for place, item in enumerate(head.get(key, ()), 1):
            wrong = shapes.problems_of(_schema(key, item), item, key, str(place))
            found += wrong
            if not wrong:
                sound.setdefault(key, []).append((place, item))
            elif key == "fields" and is_section(item):
                sound.setdefault(key, []).append((place, {"section": ""}))
    kept = head.get("records", {})
    wrong = shapes.problems_of(RECORDS, kept, "records")
    declared = Declared.of(head, sound, {} if wrong else kept)
    return [*found, *wrong, *faults(declared), *_whole_problems(head)]


def _schema(key: str, item: Mapping[str, Any]) -> Any:
    if key == "fields":
        return SECTION if is_section(item) else FIELD
    return _LISTS.get(key, COLUMN)


def _whole_problems(head: Mapping[str, Any]) -> Iterator[Problem]:
    kind = head["kind"]
    wanted = _WANTED.get(kind, ("fields", "columns"))
    if not any(head.get(key) for key in wanted):
        text = N_("Nothing can be filled in here; declare {keys}.")
        yield Problem(text, field=wanted[0], facts={"keys": ", ".join(wanted)})
    for key in ("fields", "columns"):
        if key in head and key not in wanted:
            text = N_("A document of the kind {kind} declares {keys} instead.")
            yield Problem(text, field=key, facts={"kind": kind, "keys": ", ".join(wanted)})
    for key in _OF_FORMS if "fields" not in wanted else ("part-of",):
        if key in head and kind in _WANTED:
            text = N_("This key has no place in a document of the kind {kind}.")
            yield Problem(text, field=key, facts={"kind": kind})
    if head.get("part-of") is not None and head["part-of"] == head.get("number"):
        yield Problem(N_("A register cannot be a part of itself."), field="part-of")
    template = head.get("record-number")
    if template is not None and not _is_record_number(template):
        text = N_("A record number has {example} in it: year may be left out, seq says how many digits.")
        yield Problem(text, field="record-number", facts={"example": "{year}-{seq:6}"})


def _is_record_number(template: str) -> bool:
    marks = _MARK.findall(template)
    left = _MARK.sub("", template)
    sequences = [mark for mark in marks if _SEQUENCE.fullmatch(mark)]
    known = all(mark in {"year", "month"} or mark in sequences for mark in marks)
    return known and len(sequences) == 1 and not set("{} /\\@:") & set(left)
