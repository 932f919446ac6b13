"""Pure rules: what each kind of document has where its head says nothing, and how a head is asked.

An organisation changes it document by document, in the head.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from qms.calendar import Span, Unit, span
from qms.kernel.ports import Secrecy

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """What sort of controlled document it is."""

    QUALITY_MANUAL = "quality-manual"
    POLICY = "policy"
    CONTROL_PROCEDURE = "control-procedure"
    WORK_INSTRUCTION = "work-instruction"
    OPERATING_MANUAL = "operating-manual"
    FORM = "form"
    REGISTER = "register"
    SCORECARD = "scorecard"
    OBJECTIVE_SHEET = "objective-sheet"
    EXTERNAL_DOCUMENT = "external-document"


DECLARED: Final = frozenset({Kind.FORM, Kind.REGISTER, Kind.SCORECARD, Kind.OBJECTIVE_SHEET})
"""Kinds whose content is declared in YAML instead of written as text."""

GRADES: Final[Mapping[str, Secrecy]] = {
    "public": Secrecy.PUBLIC,
    "internal": Secrecy.INTERNAL,
    "confidential": Secrecy.CONFIDENTIAL,
    "secret": Secrecy.SECRET,
}
"""How a head writes the grades of secrecy."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """The rules of a kind.

    `route` is written as in a head; `notice` is the least span from publication to the effective
    day; `read_within` runs from the effective day.
    """

    route: Mapping[str, Mapping[str, Any]]
    notice: Span
    read_within: Span
    review_every: Span
    secrecy: Secrecy = Secrecy.INTERNAL


_RELEASE: Final = {"posts": ["document-controller"], "quorum": "any"}
_TOP: Final = {
    "review": {"posts": ["quality-manager"], "quorum": "all"},
    "approve": {"posts": ["general-manager"], "quorum": "any"},
    "release": _RELEASE,
}
_PROCEDURE: Final = {
    "review": {"posts": ["quality-manager"], "quorum": "all"},
    "approve": {"posts": ["deputy-general-manager"], "quorum": "any"},
    "release": _RELEASE,
}
_WORKING: Final = {
    "review": {"roles": ["reviewer"], "quorum": "any"},
    "approve": {"posts": ["quality-manager"], "quorum": "any"},
    "release": _RELEASE,
}
_AT_ONCE: Final = Span(0, Unit.DAY)
_TEN_DAYS: Final = Span(10, Unit.WORKING_DAY)
_YEAR: Final = Span(12, Unit.MONTH)

BY_KIND: Final[Mapping[Kind, Defaults]] = {
    Kind.POLICY: Defaults(_TOP, _AT_ONCE, _TEN_DAYS, _YEAR),
    Kind.QUALITY_MANUAL: Defaults(_TOP, _AT_ONCE, _TEN_DAYS, _YEAR),
    Kind.CONTROL_PROCEDURE: Defaults(_PROCEDURE, _AT_ONCE, _TEN_DAYS, _YEAR),
    Kind.WORK_INSTRUCTION: Defaults(_WORKING, _AT_ONCE, _TEN_DAYS, _YEAR),
    Kind.OPERATING_MANUAL: Defaults(_WORKING, _AT_ONCE, _TEN_DAYS, _YEAR),
    Kind.FORM: Defaults(_WORKING, _AT_ONCE, _TEN_DAYS, _YEAR),
    Kind.REGISTER: Defaults(_WORKING, _AT_ONCE, _TEN_DAYS, _YEAR),
    Kind.SCORECARD: Defaults(_PROCEDURE, _AT_ONCE, _TEN_DAYS, _YEAR),
    Kind.OBJECTIVE_SHEET: Defaults(_PROCEDURE, _AT_ONCE, _TEN_DAYS, _YEAR),
    Kind.EXTERNAL_DOCUMENT: Defaults(_WORKING, _AT_ONCE, _TEN_DAYS, _YEAR),
}


def titles(head: Mapping[str, Any]) -> dict[str, str]:
    """The title by language; one text counts for the language of the file."""
    title = head["title"]
    return dict(title) if isinstance(title, dict) else {head["language"]: title}


def notice(head: Mapping[str, Any]) -> Span:
    """The least span from publication to the effective day (S54 where prices rise)."""
    said = head.get("notice")
    return span(said) if said else BY_KIND[Kind(head["kind"])].notice


def review_every(head: Mapping[str, Any]) -> Span:
    """How often the document is reviewed (DOC-13)."""
    said = head.get("review-every")
    return span(said) if said else BY_KIND[Kind(head["kind"])].review_every


def secrecy(head: Mapping[str, Any]) -> Secrecy:
    """The grade of secrecy (R16)."""
    said = head.get("secrecy")
    return GRADES[said] if said else BY_KIND[Kind(head["kind"])].secrecy
