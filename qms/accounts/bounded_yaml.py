"""YAML that somebody brings as a file: refused while it is still only a stream of events (SEC-14).

An alias may stand for a thousand others and a hundred brackets may be opened by a hundred bytes; both
are met here before anything is built of them.
"""

from __future__ import annotations

from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from qms.kernel.errors import Problem
from qms.kernel.labels import N_

LONGEST: Final = 2_000_000
_DEPTH: Final = 20
_LONG: Final = N_("The text is longer than {most} characters; split the document.")
_ANCHORS: Final = N_("Anchors (&), aliases (*) and tags (!) have no place here; write the value out.")
_NESTED: Final = N_("The values are nested too deeply.")
_UNREADABLE: Final = N_("The YAML cannot be read: {fault}.")


def yaml_fault(text: str, file: str | None = None) -> Problem | None:
    """Why a YAML text may not be built, or None: too long, nested too deeply, or with anchors and tags."""
    if len(text) > LONGEST:
        return Problem(_LONG, file, facts={"most": LONGEST})
    depth = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                depth += 1
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                depth -= 1
            marked = getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None
            if isinstance(event, AliasEvent) or marked:
                return Problem(_ANCHORS, file, event.start_mark.line + 1)
            if depth > _DEPTH:
                return Problem(_NESTED, file, event.start_mark.line + 1)
    except MarkedYAMLError as fault:
        line = None if fault.problem_mark is None else fault.problem_mark.line + 1
        return Problem(_UNREADABLE, file, line, facts={"fault": str(fault.problem)})
    except (YAMLError, ValueError, OverflowError, RecursionError) as fault:
        return Problem(_UNREADABLE, file, facts={"fault": " ".join(str(fault).split())})
    return None
